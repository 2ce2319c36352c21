//! Figures of search (quality.md section 1): processor time of one search at 1,000 and 100,000 tickets, the database's processes
//! counted as well. Measures and prints, judges nothing. One command, with a release build of this checkout:
//! `RECADO_BIN=target/release/recado cargo test -p server --test searching -- --ignored --nocapture`
//! (`RECADO_TICKETS=1000` asks for one size alone.)

mod process;

use process::{
    Base, Recado,
    browser::Browser,
    cpu::{Spent, function},
};
// its functions' addresses are known where it is linked
use server as _;

/// Searches of one figure.
const SEARCHES: u32 = 200;
const PASSWORD: &str = "correct horse battery";

async fn ask(browser: &Browser, text: &str, brief: bool) -> model::search::Found {
    let asked = model::search::Asked { brief, ..model::search::Asked::new(text) };
    let json = format!(r#"{{"asked":{}}}"#, serde_json::to_string(&asked).expect("JSON"));
    let answer = browser.call(function("search_for"), &json).await.expect("an answer");
    assert_eq!(answer.status, 200, "{text}: {}", answer.text);
    serde_json::from_str(&answer.text).expect("what was found")
}

async fn of_tickets(base: Base, first: Option<u32>, tickets: u32) {
    let mut recado = Recado::new(base, &[]).await;
    let begun = tokio::time::Instant::now();
    recado.run(&["seed", "--tickets", &tickets.to_string(), "--chats", "0", "--password", PASSWORD]).await;
    let seeded = begun.elapsed().as_secs_f64();
    recado.start().await;
    let browser = Browser::sign_in_as(recado.http, "marta@aurora.example", PASSWORD).await;
    let messages = recado.number("select count(*) from message").await;
    println!(
        "{base:?}, {tickets} tickets, {messages} messages, seeded in {seeded:.0} s; ms of CPU of one search, of Recado + of the database:"
    );
    for (name, text) in [
        ("a rare word", "zirbelkiefer"),
        ("a common word", "order"),
        ("two common words", "order hello"),
        ("a quotation", "\"two weeks ago\""),
        ("the beginning of a word", "deliv"),
        ("the beginning of many", "re"),
        ("a number", "#997"),
        ("an operator with a common word", "order assignee:me"),
        ("a rare operator with a common word", "order tag:vip priority:highest"),
        ("an operator with a rare word", "walnut status:open"),
        ("operators alone", "status:open assignee:me"),
        ("operators that no index has", "-tag:refund has:attachment after:2020-01-01"),
        ("a customer", "from:ana status:solved"),
        ("nothing", "wordthatnobodysaid"),
    ] {
        for brief in [true, false] {
            let mut found = model::search::Found::default();
            for _ in 0..10 {
                found = ask(&browser, text, brief).await;
            }
            let spent = Spent::now(recado.pid(), first);
            for _ in 0..SEARCHES {
                ask(&browser, text, brief).await;
            }
            let (own, database) = spent.each(SEARCHES);
            let (shown, total) = (found.hits.len(), found.total);
            println!("  {own:5.2} + {database:5.2}  {name}: {text:?} ({shown} of {total}{})", if found.bounded { "+" } else { "" });
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
        for tickets in &sizes {
            of_tickets(base, first.filter(|_| base == Base::Postgres), *tickets).await;
        }
    }
}
