//! Figures of search (quality.md section 1): processor time of one search at 1,000 and 100,000 tickets, the database's processes
//! counted as well. Measures and prints, judges nothing. One command, with a release build of this checkout:
//! `RECADO_BIN=target/release/recado cargo test -p server --test searching -- --ignored --nocapture`
//! (`RECADO_TICKETS=1000` asks for one size alone.)

mod process;

use process::{Base, Recado, browser::Browser};
// its functions' addresses are known where it is linked
use server as _;

/// Searches of one figure.
const SEARCHES: u32 = 200;
/// Milliseconds of a tick of /proc's processor times: always 10 on Linux, as programs see it.
const TICK: f64 = 10.0;
const PASSWORD: &str = "correct horse battery";

/// Parent, and processor time so far in milliseconds, of a process.
fn process_of(pid: u32) -> Option<(u32, f64)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // the name before it may hold anything
    let after = stat.rsplit_once(')')?.1;
    let field = |at: usize| after.split_whitespace().nth(at)?.parse::<f64>().ok();
    let parent = after.split_whitespace().nth(1)?.parse().ok()?;
    Some((parent, (field(11)? + field(12)?) * TICK))
}

/// Processor time of all processes of PostgreSQL that live.
fn of_database(first: Option<u32>) -> f64 {
    let Some(first) = first else { return 0.0 };
    let all = std::fs::read_dir("/proc").expect("processes").filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    all.filter_map(process_of).filter(|(parent, _)| *parent == first).map(|(_, time)| time).sum()
}

/// The path of a server function.
fn function(name: &str) -> &'static str {
    let mut paths = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path);
    let named = |path: &&str| path.trim_start_matches("/api/").trim_end_matches(|c: char| c.is_ascii_digit()) == name;
    paths.find(named).unwrap_or_else(|| panic!("no server function {name}"))
}

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
            let before = (process_of(recado.pid()).expect("it runs").1, of_database(first));
            for _ in 0..SEARCHES {
                ask(&browser, text, brief).await;
            }
            let after = (process_of(recado.pid()).expect("it runs").1, of_database(first));
            let (own, database) = ((after.0 - before.0) / f64::from(SEARCHES), (after.1 - before.1) / f64::from(SEARCHES));
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
