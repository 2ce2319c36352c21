//! `kill -9` under load (quality.md T-03 and T-04): the real binary, real sockets, real SMTP, on both databases. The tests keep their
//! own record of what was sent and acknowledged and compare it with what is there. `RECADO_KILLS=200` makes the runs long.

mod inbound;
mod outbound;
#[path = "../process/mod.rs"]
mod process;

use std::time::{Duration, Instant};

use process::{Dice, Recado};

/// How often the process is killed.
fn kills() -> usize {
    std::env::var("RECADO_KILLS").map_or(10, |text| text.parse().expect("RECADO_KILLS is a number"))
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
