//! T-01: visitors and agents write while Recado is killed. T-09: they write over lines that delay, cut and halve what passes.

use std::time::Duration;

use crate::{
    Kills, kills, number, pause,
    process::{
        Base, Dice, Recado,
        proxy::Proxy,
        quantile, reached,
        talk::{Plan, Talk, unlimited},
    },
};

/// Chats at once under kills, and agents who answer them.
const CHATS: u64 = 24;
const AGENTS: u64 = 4;
/// Fewest messages in a second for it to be a load.
const RATE: u32 = 300;

async fn chats_survive(base: Base) {
    let mut recado = Recado::started(base, &unlimited()).await;
    let mut talk = Talk::begin(&recado, Plan { port: recado.http, chats: CHATS, agents: AGENTS, pause: Some((5, 60)), back: 100 }).await;
    let (mut done, mut dice) = (Kills::default(), Dice::new(10_000_000));
    for _ in 0..kills() {
        pause(&mut dice, 300, 2_500).await;
        done.one(&mut recado).await;
    }
    pause(&mut dice, 500, 1_000).await;
    let lasted = talk.end().await;
    let times: Vec<_> = talk.record.lock().expect("a record").acknowledged.values().copied().collect();
    let first = quantile(&mut done.until_first(&times), 0.95);
    println!(
        "T-01 {base:?}: {} kills; restart p95 {:.2} s, kill to first acknowledgement p95 {:.2} s",
        done.at.len(),
        quantile(&mut done.starts.clone(), 0.95).as_secs_f64(),
        first.as_secs_f64(),
    );
    reached("T-01: from a kill to the first acknowledgement, p95", first, Duration::from_secs(2));
    // while it ran; a message that takes longer than this on the whole is one of fewer
    let each = lasted.saturating_sub(done.starts.iter().sum()) / u32::try_from(times.len()).unwrap_or(u32::MAX);
    println!("T-01 {base:?}: a message each {:.2} ms while it ran", each.as_secs_f64() * 1e3);
    reached("T-01: time for each message", each, Duration::from_secs(1) / RATE);
    assert!(times.len() > 20 * done.at.len(), "hardly anything was sent");
    talk.judge("T-01", &recado, lasted).await;
}

async fn lossy_lines(base: Base) {
    let recado = Recado::started(base, &unlimited()).await;
    let proxy = Proxy::start(recado.http, 4, 150).await;
    let clients = number("RECADO_CLIENTS", 50);
    // a line that holds up each 4 KiB for 75 ms carries what is said some eighty times a second, and no more
    let mut talk = Talk::begin(&recado, Plan { port: proxy.port, chats: clients, agents: 4, pause: Some((500, 2_000)), back: 100 }).await;
    tokio::time::sleep(Duration::from_secs(number("RECADO_SECONDS", 20))).await;
    let lasted = talk.end().await;
    println!("T-09 {base:?}: {clients} clients, the line was cut {} times", proxy.cuts());
    assert!(proxy.cuts() >= clients / 2, "the line was hardly bad");
    talk.judge("T-09", &recado, lasted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chats_survive_kill_9_on_sqlite() {
    chats_survive(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chats_survive_kill_9_on_postgres() {
    chats_survive(Base::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missed_over_bad_lines_on_sqlite() {
    lossy_lines(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missed_over_bad_lines_on_postgres() {
    lossy_lines(Base::Postgres).await;
}
