//! `kill -9` under load, sockets cut at once, bad and silent lines, a flood (quality.md T-01, T-03, T-04, T-08, T-09, T-12): the real
//! binary, real sockets, real SMTP, on both databases. The tests keep their own record of what was sent and acknowledged and compare it
//! with what is there.
//! `RECADO_KILLS=200`, `RECADO_SOCKETS=5000`, `RECADO_CUTS=10`, `RECADO_CLIENTS=500`, `RECADO_LETTERS=20000` make
//! the runs long.

mod chat;
mod cut;
mod flood;
mod inbound;
mod large;
mod outbound;
mod outbox;
#[path = "../process/mod.rs"]
mod process;
mod silent;

use std::time::{Duration, Instant};

use process::{Dice, Recado};

/// How often the process is killed.
fn kills() -> usize {
    usize::try_from(number("RECADO_KILLS", 10)).expect("a number")
}

/// A number that the environment may make larger.
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// The kills of one run.
#[derive(Default)]
struct Kills {
    /// When the process died, each time.
    at: Vec<Instant>,
    /// How long the start afterwards took, until pages and mail were answered.
    starts: Vec<Duration>,
}

impl Kills {
    /// Kills and starts again.
    async fn one(&mut self, recado: &mut Recado) {
        recado.kill().await;
        self.at.push(Instant::now());
        self.starts.push(recado.start().await);
    }

    /// How long it took after each kill until something was acknowledged again.
    fn until_first(&self, acknowledged: &[Instant]) -> Vec<Duration> {
        self.at.iter().filter_map(|kill| acknowledged.iter().filter(|at| *at > kill).min().map(|at| *at - *kill)).collect()
    }
}

/// A pause before a kill.
async fn pause(dice: &mut Dice, low: u64, high: u64) {
    tokio::time::sleep(dice.millis(low, high)).await;
}
