//! T-08: the lines of many windows are cut at once, and Recado is restarted; all come back, and miss nothing that was said meanwhile.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::{
    number,
    process::{
        Base, Dice, Recado, at_most,
        talk::{Plan, Talk, unlimited},
    },
};

/// Longest time until all are back.
const BACK: Duration = Duration::from_secs(30);
/// Most memory of a window, KiB. Few of them are measured with what the process takes by the way, and a debug build is larger.
const WINDOW_MOST: f64 = 16.0;
/// Chats in which something is said while the lines are cut.
const SAID: u64 = 25;

/// Waits until all lines are open; gives how long it took.
pub async fn all_open(talk: &Talk) -> Duration {
    let begun = Instant::now();
    loop {
        let closed = talk.windows.iter().filter(|(_, seen)| !seen.open.load(Ordering::SeqCst)).count();
        if closed == 0 {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < 2 * BACK, "{closed} lines are not back");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn say_some(talk: &Talk, dice: &mut Dice) {
    for _ in 0..SAID {
        let last = u64::try_from(talk.windows.len() - 1).unwrap_or(0);
        let which = usize::try_from(dice.roll(0, last)).unwrap_or(0);
        talk.say(which, "Are you there?", dice).await;
    }
}

async fn windows_come_back(base: Base) {
    let sockets = number("RECADO_SOCKETS", 500);
    let mut recado = Recado::started(base, &unlimited()).await;
    let plan = Plan { port: recado.http, chats: sockets, agents: 1, pause: None, back: 2_000 };
    let mut talk = Talk::begin(&recado, plan).await;
    all_open(&talk).await;
    #[expect(clippy::cast_precision_loss, reason = "a figure")]
    let each = (recado.memory("VmRSS") - talk.memory) * 1024.0 / talk.windows.len() as f64;
    let (mut dice, mut back) = (Dice::new(11_000_000), vec![]);
    for _ in 0..number("RECADO_CUTS", 3) {
        talk.windows.iter().for_each(|(_, seen)| seen.cut());
        say_some(&talk, &mut dice).await;
        back.push(all_open(&talk).await);
    }
    recado.kill().await;
    talk.windows.iter().for_each(|(_, seen)| seen.open.store(false, Ordering::SeqCst));
    recado.start().await;
    say_some(&talk, &mut dice).await;
    let restarted = all_open(&talk).await;
    let lasted = talk.end().await;
    println!(
        "T-08 {base:?}: {sockets} windows of {each:.1} KiB, cut at once {} times: all back after at most {:.1} s; after a restart {:.1} s",
        back.len(),
        back.iter().max().copied().unwrap_or_default().as_secs_f64(),
        restarted.as_secs_f64(),
    );
    talk.judge("T-08", &recado, lasted).await;
    at_most("T-08: memory of a window, KiB", each, WINDOW_MOST);
    assert!(each < 4.0 * WINDOW_MOST, "{each:.1} KiB for each window, in a debug build");
    assert!(restarted < BACK && back.iter().all(|back| *back < BACK), "they came back too late");
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_that_are_cut_at_once_come_back_on_sqlite() {
    windows_come_back(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_that_are_cut_at_once_come_back_on_postgres() {
    windows_come_back(Base::Postgres).await;
}
