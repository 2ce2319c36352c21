//! What goes on beside what is asked for: readers that follow the log, the clock, work that was put off. One loop for all of it: a step,
//! the next at once while there is more to do, then sleep. Knows no step.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use desk::{Desk, Fault};
use futures::FutureExt as _;
use tokio::{task::JoinHandle, time::sleep};

use crate::closing::{Closing, closed};

const SECOND: Duration = Duration::from_secs(1);

/// What a step waits for when there was nothing more to do.
#[derive(Clone, Copy)]
pub enum Pace {
    /// So much time.
    Each(Duration),
    /// That the log grew, and a moment more, in which what happens gathers; or a second.
    Log(Duration),
    /// The same, for what may come later than what is said now: it takes a quarter of the time, and less when others wait to write.
    Behind(Duration),
}

/// Everything that goes on.
pub struct Background {
    desk: Desk,
    closing: Closing,
    running: Vec<JoinHandle<()>>,
}

impl Background {
    /// Nothing yet.
    pub const fn new(desk: Desk, closing: Closing) -> Self {
        Self { desk, closing, running: vec![] }
    }

    /// Lets something go on that ends by itself when the process closes.
    pub fn run(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.running.push(tokio::spawn(task));
    }

    /// Takes a step again and again; it gives whether there is more to do. `fails` says what it means when it cannot be taken.
    pub fn keep<F>(&mut self, pace: Pace, fails: &'static str, step: impl Fn(Desk) -> F + Send + 'static)
    where
        F: Future<Output = desk::Result<bool>> + Send + 'static,
    {
        self.run(keep(self.desk.clone(), self.closing.clone(), pace, fails, step));
    }

    /// Waits for the end of all that goes on, so long for each.
    pub async fn end(self, most: Duration) {
        for task in self.running {
            // what has not ended by then is cut off with the process
            drop(tokio::time::timeout(most, task).await);
        }
    }
}

async fn keep<F>(desk: Desk, mut closing: Closing, pace: Pace, fails: &'static str, step: impl Fn(Desk) -> F)
where
    F: Future<Output = desk::Result<bool>>,
{
    let mut bell = desk.db().bell().any();
    while !*closing.borrow() {
        bell.mark_unchanged();
        let begun = Instant::now();
        // a step that panics has failed, and is no reason never to take another
        let taken = AssertUnwindSafe(step(desk.clone())).catch_unwind().await;
        match taken.unwrap_or_else(|_| Err(Fault::Row("it panicked".into()).into())) {
            Ok(true) => {
                if let Pace::Behind(_) = pace {
                    sleep(begun.elapsed() * 3).await;
                }
                continue;
            }
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "{fails}; tried again");
                sleep(SECOND).await;
            }
        }
        let comes = async {
            match pace {
                Pace::Each(time) => sleep(time).await,
                Pace::Log(gather) | Pace::Behind(gather) => tokio::select! {
                    _ = bell.changed() => sleep(gather).await,
                    () = sleep(SECOND) => {}
                },
            }
        };
        tokio::select! {
            () = comes => {}
            () = closed(&mut closing) => {}
        }
    }
}
