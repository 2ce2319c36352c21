//! Figures of quality.md section 1 that a release build has to reach: idle memory, start, CPU per request at 1,000 and 100,000 tickets.
//! Measures and prints, judges nothing. One command: `RECADO_BIN=target/release/recado cargo test -p server --test figures -- --ignored --nocapture`

mod process;

use std::time::Duration;

use process::{Base, Recado, browser::Browser, quantile};
use sqlx::Row as _;

/// Requests of one figure.
const REQUESTS: u32 = 500;
/// Ticks of /proc's processor times in a second: always 100 on Linux, as programs see it.
const TICKS: f64 = 100.0;
const PASSWORD: &str = "correct horse battery";

/// Processor time of the process so far, in milliseconds.
fn processor(recado: &Recado) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", recado.pid())).expect("a stat");
    // the name before it may hold anything
    let after = stat.rsplit_once(')').expect("a name").1;
    let field = |at: usize| after.split_whitespace().nth(at).and_then(|text| text.parse::<f64>().ok()).expect("a number");
    (field(11) + field(12)) * 1_000.0 / TICKS
}

async fn per_request(recado: &Recado, browser: &Browser, path: &str) -> f64 {
    for _ in 0..20 {
        ask(browser, path).await;
    }
    let before = processor(recado);
    for _ in 0..REQUESTS {
        ask(browser, path).await;
    }
    (processor(recado) - before) / f64::from(REQUESTS)
}

async fn ask(browser: &Browser, path: &str) {
    let answer = browser.get(path).await.expect("an answer");
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
}

async fn of_tickets(base: Base, tickets: u32) {
    let mut recado = Recado::new(base, &[]).await;
    let begun = tokio::time::Instant::now();
    recado.run(&["seed", "--tickets", &tickets.to_string(), "--chats", "0", "--password", PASSWORD]).await;
    let seeded = begun.elapsed();
    let mut starts = vec![];
    for _ in 0..5 {
        starts.push(recado.start().await);
        recado.kill().await;
    }
    recado.start().await;
    let browser = Browser::sign_in_as(recado.http, "marta@aurora.example", PASSWORD).await;
    let newest = recado.rows("select id from conversation where folder = 'inbox' and kind = 'ticket' order by last_at desc limit 1").await;
    let ticket = format!("/inbox/{}", newest.first().expect("a ticket").get::<&str, _>("id"));
    let (list, page) = (per_request(&recado, &browser, "/inbox").await, per_request(&recado, &browser, &ticket).await);
    println!(
        "{base:?}, {tickets} tickets: seeded in {:.0} s, start {:.0} ms (median of 5), GET /inbox {list:.2} ms and a ticket's page {page:.2} ms of CPU, memory {:.0} MiB",
        seeded.as_secs_f64(),
        quantile(&mut starts, 0.5).as_secs_f64() * 1e3,
        recado.memory("VmRSS"),
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "figures of a release build, to be read by people; see the first lines of this file"]
async fn figures() {
    println!("binary: {}", process::binary().display());
    let recado = Recado::started(Base::Sqlite, &[]).await;
    let fresh = recado.memory("VmRSS");
    tokio::time::sleep(Duration::from_secs(10)).await;
    println!("fresh SQLite database: {fresh:.1} MiB after the start, {:.1} MiB after 10 idle seconds", recado.memory("VmRSS"));
    drop(recado);
    for base in [Base::Sqlite, Base::Postgres] {
        for tickets in [1_000, 100_000] {
            of_tickets(base, tickets).await;
        }
    }
}
