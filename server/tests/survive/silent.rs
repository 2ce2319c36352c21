//! A line that falls silent: nothing passes, nothing is closed. Who holds its other end gives it up in time, on both sides; the rest is as
//! with one that was cut.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::{
    cut::all_open,
    process::{
        Base, Recado,
        browser::Browser,
        proxy::Proxy,
        talk::{Plan, Talk, key, unlimited},
    },
};

/// Chats whose lines fall silent, and agents.
const CHATS: u64 = 12;
const AGENTS: u64 = 2;
/// Longest time until nobody is taken for there: three beats, and the moment that is left to a page that is loaded anew.
const GIVEN_UP: Duration = Duration::from_secs(60 + 15);
/// Longest time until all are back once the line passes: an attempt that was silent, and the pause before the next.
const BACK: Duration = Duration::from_secs(30);

/// Waits until the widget says so of agents, and so many visitors have not left; gives how long it took.
async fn seem_there(recado: &Recado, key: &str, wanted: (bool, i64)) -> Duration {
    let (stranger, begun) = (Browser::at(recado.http, "10.200.0.1"), Instant::now());
    loop {
        let page = stranger.get(&format!("/chat/{key}")).await.expect("a page").text;
        let visitors = recado.number("select count(*) from visitor where left_at is null").await;
        let seem = (page.contains("data-status=\"online\""), visitors);
        if seem == wanted {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < GIVEN_UP, "{seem:?}, not {wanted:?}");
        sleep(Duration::from_millis(500)).await;
    }
}

async fn silent_lines(base: Base) {
    let recado = Recado::started(base, &unlimited()).await;
    let proxy = Proxy::start(recado.http, 0, 0).await;
    let plan = Plan { port: proxy.port, chats: CHATS, agents: AGENTS, pause: Some((500, 2_000)), back: 400 };
    let mut talk = Talk::begin(&recado, plan).await;
    all_open(&talk).await;
    let key = key(&recado).await;
    seem_there(&recado, &key, (true, i64::try_from(CHATS).unwrap_or(0))).await;
    proxy.turn();
    let given_up = seem_there(&recado, &key, (false, 0)).await;
    let lines = || talk.windows.iter().map(|(_, seen)| seen).chain(&talk.tabs);
    assert!(lines().all(|seen| !seen.open.load(Ordering::SeqCst)), "a window or a tab did not notice");
    proxy.turn();
    let back = all_open(&talk).await;
    let lasted = talk.end().await;
    println!("T-09 silent {base:?}: given up after {:.0} s, all back after {:.1} s", given_up.as_secs_f64(), back.as_secs_f64());
    assert!(back < BACK, "they came back too late");
    talk.judge("T-09 silent", &recado, lasted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_lines_are_given_up_and_nothing_is_missed_on_sqlite() {
    silent_lines(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_lines_are_given_up_and_nothing_is_missed_on_postgres() {
    silent_lines(Base::Postgres).await;
}
