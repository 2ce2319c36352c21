//! Figures of quality.md section 1 that a release build has to reach: idle memory, start, processor time per request at 1,000 and
//! 100,000 conversations, the database's processes counted as well. Measures and prints, judges nothing. The binary is one of this
//! checkout: addresses of server functions carry a hash of it. One command, of which `page::`, `search::` or `report::` asks a part:
//! `RECADO_BIN=target/release/recado cargo test -p server --test figures -- --ignored --nocapture --test-threads 1`
//! (`RECADO_TICKETS=1000` asks for one size alone.)

#[path = "../process/mod.rs"]
mod process;

mod page;
mod report;
mod search;

use process::{
    Base, Recado,
    browser::{Answer, Browser},
    cpu::Spent,
};
// its functions' addresses are known where it is linked
use server as _;

const PASSWORD: &str = "correct horse battery";

/// A seeded Recado that is running, and an agent of it.
struct World {
    recado: Recado,
    browser: Browser,
    /// PostgreSQL's first process.
    database: Option<u32>,
    /// Which one it is, for a line of figures.
    name: String,
}

impl World {
    /// One of so many tickets and chats.
    async fn new(base: Base, tickets: u32, chats: u32) -> Self {
        let database = if base == Base::Postgres { process::durable_postgres() } else { None };
        let mut recado = Recado::new(base, &[]).await;
        let begun = tokio::time::Instant::now();
        recado.run(&["seed", "--tickets", &tickets.to_string(), "--chats", &chats.to_string(), "--password", PASSWORD]).await;
        let seeded = begun.elapsed().as_secs_f64();
        recado.start().await;
        let browser = Browser::sign_in_as(recado.http, "marta@aurora.example", PASSWORD).await;
        Self { recado, browser, database, name: format!("{base:?}, {tickets} tickets, {chats} chats, seeded in {seeded:.0} s") }
    }

    /// Milliseconds of processor time of one of so many doings: of Recado, and of the database.
    async fn cost<F: Future<Output = ()>>(&self, times: u32, doing: impl Fn() -> F) -> String {
        for _ in 0..20 {
            doing().await;
        }
        let spent = Spent::now(self.recado.pid(), self.database);
        for _ in 0..times {
            doing().await;
        }
        let (own, database) = spent.each(times);
        format!("{own:.2} + {database:.2}")
    }
}

/// What a server function answers.
async fn call(browser: &Browser, name: &str, json: &str) -> Answer {
    answered(name, browser.call(process::cpu::function(name), json).await.expect("an answer"))
}

fn answered(what: &str, answer: Answer) -> Answer {
    assert_eq!(answer.status, 200, "{what}: {}", answer.text);
    answer
}

/// Each database at each size.
async fn each<F: Future<Output = ()>>(of: impl Fn(Base, u32) -> F) {
    println!("binary: {}; ms of CPU, of Recado + of the database", process::binary().display());
    let sizes = std::env::var("RECADO_TICKETS").map_or_else(|_| vec![1_000, 100_000], |one| vec![one.parse().expect("a number")]);
    for base in [Base::Sqlite, Base::Postgres] {
        for size in &sizes {
            of(base, *size).await;
        }
    }
}
