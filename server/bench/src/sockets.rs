//! Many windows: what each costs in memory, and how long all of them need to come back when they are cut at once.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::{
    Figures, float,
    process::{
        Dice, Recado,
        talk::{Plan, Talk},
    },
    processor,
};

/// A browser waits at most so long before it tries again for the first time.
const BACK: u64 = 2_000;
/// Words said while all are cut.
const SAID: u64 = 50;

pub async fn measure(recado: &Recado, count: u64, cuts: u64) -> Figures {
    let plan = Plan { port: recado.http, chats: count, agents: 1, pause: None, back: BACK };
    let mut talk = Talk::begin(recado, plan).await;
    all_open(&talk).await;
    sleep(Duration::from_secs(5)).await;
    let memory = (recado.memory("VmRSS") - talk.memory) * 1024.0 / float(talk.windows.len());
    let idle = processor(recado);
    sleep(Duration::from_secs(10)).await;
    let idle = (processor(recado) - idle) / 10.0;
    let (mut dice, mut back, mut cost) = (Dice::new(1), vec![], 0.0);
    for _ in 0..cuts {
        let before = processor(recado);
        talk.windows.iter().for_each(|(_, seen)| seen.cut());
        let begun = Instant::now();
        for _ in 0..SAID {
            let which = usize::try_from(dice.roll(0, count - 1)).unwrap_or(0);
            talk.say(which, "Are you there?", &mut dice).await;
        }
        all_open(&talk).await;
        back.push(begun.elapsed().as_secs_f64());
        cost += processor(recado) - before;
    }
    let lasted = talk.end().await;
    talk.judge("windows cut at once", recado, lasted).await;
    Figures(
        "sockets",
        vec![
            ("windows open", float(talk.windows.len())),
            ("server memory KiB per window", memory),
            ("server CPU ms per second, all idle", idle),
            ("all back after s, at most", back.iter().copied().fold(0.0, f64::max)),
            ("server CPU ms per return", cost / float(talk.windows.len()) / float(back.len().max(1))),
            ("missed", 0.0),
        ],
    )
}

async fn all_open(talk: &Talk) {
    while !talk.windows.iter().all(|(_, seen)| seen.open.load(Ordering::SeqCst)) {
        sleep(Duration::from_millis(20)).await;
    }
}
