//! How far an import is, and what became of what it looked at: told while it goes on, and summed up at its end.

use std::{
    collections::BTreeMap,
    io::{IsTerminal as _, Write as _},
    time::Duration,
};

use desk::history::Outcome;
use tokio::time::Instant;

use crate::command::say;

/// How often it is told, to a person and to a file.
const OFTEN: Duration = Duration::from_millis(200);
const SELDOM: Duration = Duration::from_secs(10);

/// The state of an import.
pub struct Progress {
    what: &'static str,
    total: usize,
    done: usize,
    dry: bool,
    begun: Instant,
    told: Instant,
    terminal: bool,
    opened: usize,
    added: usize,
    would: usize,
    known: usize,
    left: BTreeMap<&'static str, usize>,
    refused: usize,
}

impl Progress {
    /// At its beginning.
    pub fn new(what: &'static str, total: usize, dry: bool) -> Self {
        let (begun, terminal) = (Instant::now(), std::io::stderr().is_terminal());
        Self {
            what,
            total,
            done: 0,
            dry,
            begun,
            told: begun,
            terminal,
            opened: 0,
            added: 0,
            would: 0,
            known: 0,
            left: BTreeMap::new(),
            refused: 0,
        }
    }

    /// Some that are nothing to be taken, for one reason.
    pub fn leave_all(&mut self, why: &'static str, n: usize) {
        if n > 0 {
            *self.left.entry(why).or_default() += n;
        }
    }

    /// One more was looked at, and this became of it; none: it would be taken.
    pub fn count(&mut self, outcome: Option<Outcome>) {
        match outcome {
            None => self.would += 1,
            Some(Outcome::Opened(_)) => self.opened += 1,
            Some(Outcome::Added(_)) => self.added += 1,
            Some(Outcome::Known) => self.known += 1,
            Some(Outcome::Left(why)) => self.leave_all(why, 1),
        }
    }

    /// One cannot be taken: where, and why.
    pub fn refuse(&mut self, place: &str, why: &str) {
        self.refused += 1;
        self.clear();
        let _ = writeln!(std::io::stderr(), "{place}: {why}");
    }

    /// So much of the whole is done.
    pub fn step(&mut self) {
        self.done += 1;
        let pause = if self.terminal { OFTEN } else { SELDOM };
        if self.told.elapsed() < pause {
            return;
        }
        self.told = Instant::now();
        let (share, end) = (self.done * 100 / self.total.max(1), if self.terminal { "" } else { "\n" });
        self.clear();
        let _ = write!(std::io::stderr(), "{} of {} {} ({share} %){end}", self.done, self.total, self.what);
        let _ = std::io::stderr().flush();
    }

    /// Takes the line of the progress away.
    fn clear(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }

    /// Sums up. An error when something was refused.
    pub fn end(self, property: &str) -> Result<(), String> {
        self.clear();
        let seconds = self.begun.elapsed().as_secs_f64();
        if self.dry {
            say!("{} {} in {seconds:.1} s; nothing was changed in the property {property}.", self.done, self.what);
            say!("  would be taken in     {}", self.would);
        } else {
            say!("{} {} in {seconds:.1} s, into the property {property}.", self.done, self.what);
            say!("  new conversations     {}", self.opened);
            say!("  put into one of them  {}", self.added);
        }
        say!("  here already          {}", self.known);
        for (why, n) in &self.left {
            say!("  left out              {n} ({why})");
        }
        say!("  refused               {}", self.refused);
        if self.refused > 0 { Err(format!("{} could not be taken in; each is told above with its place", self.refused)) } else { Ok(()) }
    }
}
