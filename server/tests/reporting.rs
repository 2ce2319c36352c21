//! Figures of reports: processor time of one report at 1,000 and 100,000 conversations, the database's processes counted as well. Measures and prints, judges nothing. One command, with a release build of this checkout:
//! `RECADO_BIN=target/release/recado cargo test -p server --test reporting -- --ignored --nocapture`
//! (`RECADO_TICKETS=1000` asks for one size alone.)

mod process;

use process::{
    Base, Recado,
    browser::Browser,
    cpu::{Spent, function},
};
// its functions' addresses are known where it is linked
use server as _;

/// Reports of one figure.
const REPORTS: u32 = 100;
const PASSWORD: &str = "correct horse battery";

async fn ask(browser: &Browser, period: &str, by: &str) -> model::report::Report {
    let json = format!(r#"{{"asked":{{"period":"{period}","by":"{by}"}}}}"#);
    let answer = browser.call(function("load_report"), &json).await.expect("an answer");
    assert_eq!(answer.status, 200, "{period} {by}: {}", answer.text);
    serde_json::from_str(&answer.text).expect("a report")
}

async fn of_conversations(base: Base, first: Option<u32>, count: u32) {
    let mut recado = Recado::new(base, &[]).await;
    let begun = tokio::time::Instant::now();
    let (tickets, chats) = (count - count / 5, count / 5);
    recado.run(&["seed", "--tickets", &tickets.to_string(), "--chats", &chats.to_string(), "--password", PASSWORD]).await;
    let seeded = begun.elapsed().as_secs_f64();
    recado.start().await;
    let browser = Browser::sign_in_as(recado.http, "marta@aurora.example", PASSWORD).await;
    let (facts, days) = (recado.number("select count(*) from report_fact").await, recado.number("select count(*) from report_day").await);
    println!(
        "{base:?}, {count} conversations, {facts} facts, {days} sums of days, seeded in {seeded:.0} s; ms of CPU of one report, of Recado + of the database:"
    );
    for period in ["7", "30", "90", "366"] {
        for by in ["agent", "department", "tag", "channel"] {
            let fresh = ask(&browser, period, by).await.figures.fresh;
            let spent = Spent::now(recado.pid(), first);
            for _ in 0..REPORTS {
                ask(&browser, period, by).await;
            }
            let (own, database) = spent.each(REPORTS);
            println!("  {own:5.2} + {database:5.2}  {period} days by {by}: {fresh} new conversations");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "figures of a release build, to be read by people; see the first lines of this file"]
async fn figures() {
    println!("binary: {}", process::binary().display());
    let first = process::durable_postgres();
    let sizes = std::env::var("RECADO_TICKETS").map_or_else(|_| vec![1_000, 100_000], |one| vec![one.parse().expect("a number")]);
    for base in [Base::Sqlite, Base::Postgres] {
        for size in &sizes {
            of_conversations(base, first.filter(|_| base == Base::Postgres), *size).await;
        }
    }
}
