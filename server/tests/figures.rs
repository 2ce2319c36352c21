//! Figures of quality.md section 1 that a release build has to reach: idle memory, start, CPU per request at 1,000 and 100,000 tickets.
//! Measures and prints, judges nothing. The binary is one of this checkout: addresses of server functions carry a hash of it. One command: `RECADO_BIN=target/release/recado cargo test -p server --test figures -- --ignored --nocapture`

mod common;
mod process;

use std::time::Duration;

use common::function;
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

/// A page, or a server function with what it is asked.
#[derive(Clone, Copy)]
enum Request<'a> {
    Page(&'a str),
    Call(&'a str, &'a str),
}

/// Processor time of a request, in milliseconds.
async fn per_request(recado: &Recado, browser: &Browser, request: Request<'_>) -> f64 {
    for _ in 0..20 {
        ask(browser, request).await;
    }
    let before = processor(recado);
    for _ in 0..REQUESTS {
        ask(browser, request).await;
    }
    (processor(recado) - before) / f64::from(REQUESTS)
}

async fn ask(browser: &Browser, request: Request<'_>) {
    let (path, answer) = match request {
        Request::Page(path) => (path, browser.get(path).await),
        Request::Call(path, json) => (path, browser.call(path, json).await),
    };
    let answer = answer.expect("an answer");
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
    // of six messages in each world, so that pages of the same size are compared
    let six = "select c.id from conversation c where c.folder = 'inbox' and c.kind = 'ticket' \
               and (select count(*) from message m where m.property = c.property and m.conversation = c.id) = 6 order by c.last_at desc limit 1";
    let rows = recado.rows(six).await;
    let id: &str = rows.first().expect("a ticket").get("id");
    let (page, asked) = (format!("/inbox/{id}"), format!(r#"{{"conversation":"{id}"}}"#));
    let view = format!(r#"{{"view":{}}}"#, serde_json::to_string(&model::view::View::default()).expect("a view"));
    let mut costs = vec![];
    for (name, request) in [
        ("GET /inbox", Request::Page("/inbox")),
        ("GET a ticket's page", Request::Page(&page)),
        ("list_inbox", Request::Call(function("list_inbox"), &view)),
        ("open_conversation", Request::Call(function("open_conversation"), &asked)),
    ] {
        costs.push(format!("{name} {:.2}", per_request(&recado, &browser, request).await));
    }
    println!(
        "{base:?}, {tickets} tickets: seeded in {:.0} s, start {:.0} ms (median of 5), memory {:.0} MiB afterwards, ms of CPU: {}",
        seeded.as_secs_f64(),
        quantile(&mut starts, 0.5).as_secs_f64() * 1e3,
        recado.memory("VmRSS"),
        costs.join(", "),
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
