//! Targets: how soon a ticket is to be answered and solved, by its priority, and what is due when. Knows the ticket's line and the
//! hours of the property; who stores it is the desk.
//!
//! Chats have none: who writes there waits for minutes, and is missed by a clock of its own.

use serde::{Deserialize, Serialize};

use crate::{
    Moment, Refusal, Why,
    conversation::{Folder, Kind, Line, Priority, Status},
    hours::Hours,
    moment::{HOUR, MINUTE, Zone},
    words,
};

words! {
    /// What we owe the customer of a ticket.
    Owed {
        /// An answer to what they wrote, the first one and every next.
        Reply = "reply",
        /// That it is solved.
        Resolution = "resolution",
    }
}

/// The next thing that is due in a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// What.
    pub what: Owed,
    /// When.
    pub at: Moment,
    /// Whether that is soon, or past: a fact that the desk's clock makes, so that views and counters hold it alike.
    pub soon: bool,
}

/// What is due within this time is due soon.
pub const SOON: i64 = 2 * HOUR;
/// The longest target, in minutes: sixty days.
pub const TARGET_MOST: u32 = 60 * 24 * 60;
/// How many priorities there are.
const PRIORITIES: usize = Priority::ALL.len();

/// How soon tickets of each priority are to be answered and solved, in minutes, lowest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Measured around the clock, not in the opening hours.
    pub always: bool,
    /// Until we answer what the customer wrote.
    pub reply: [Option<u32>; PRIORITIES],
    /// Until it is solved.
    pub resolution: [Option<u32>; PRIORITIES],
}

/// How far a ticket's clock of resolution has run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Microseconds before it last stopped.
    pub used: i64,
    /// Since when it runs, if it does.
    pub since: Option<Moment>,
}

impl Worked {
    /// Of a ticket that begins.
    pub fn begun(line: &Line) -> Self {
        Self { used: 0, since: runs(line).then_some(line.created_at) }
    }

    /// As it stands once the ticket is as this line says. While it is pending the customer has the next move, and the clock stands; so it
    /// does in spam and trash. A ticket that sleeps waits for us, and its clock runs. Once it is solved the clock is done: opened
    /// again, the ticket has the whole time anew.
    #[must_use]
    pub fn follow(self, line: &Line, now: Moment, time_between: impl FnOnce(Moment, Moment) -> i64) -> Self {
        match self.since {
            _ if done(line.status) => Self::default(),
            None if runs(line) => Self { since: Some(now), ..self },
            Some(since) if !runs(line) => Self { used: self.used + time_between(since, now), since: None },
            _ => self,
        }
    }
}

const fn done(status: Status) -> bool {
    matches!(status, Status::Solved | Status::Closed)
}

/// Whether somebody works at a ticket, or should.
fn runs(line: &Line) -> bool {
    line.kind == Kind::Ticket && line.folder == Folder::Inbox && matches!(line.status, Status::Open | Status::Snoozed)
}

impl Targets {
    /// Whether there is none at all.
    pub fn none(&self) -> bool {
        self.reply.iter().chain(&self.resolution).all(Option::is_none)
    }

    /// The hours they are measured in, of a property with these.
    pub fn hours(&self, of_property: Hours) -> Hours {
        if self.always { Hours::default() } else { of_property }
    }

    /// What is due next in a ticket, the nearer of the two. An answer is due from the moment on at which the customer began to wait:
    /// after each answer of ours their next words begin it anew, and neither sleep nor *pending* holds it up, since they wait on.
    pub fn due(&self, line: &Line, worked: Worked, (hours, zone): (&Hours, &Zone), now: Moment) -> Option<Due> {
        if line.kind != Kind::Ticket || line.folder != Folder::Inbox || done(line.status) {
            return None;
        }
        let rank = line.priority as usize;
        let within = |target: Option<u32>, since: Option<Moment>, used: i64| {
            let left = (i64::from(target?) * MINUTE).saturating_sub(used).max(0);
            hours.after(since?, left, zone)
        };
        let reply = within(self.reply[rank], line.waiting_since, 0).map(|at| (at, Owed::Reply));
        let resolution = within(self.resolution[rank], worked.since, worked.used).map(|at| (at, Owed::Resolution));
        let (at, what) = reply.into_iter().chain(resolution).min()?;
        Some(Due { what, at, soon: at.plus(-SOON) <= now })
    }
}

impl Due {
    /// When it begins to be due soon.
    pub fn soon_at(&self) -> Moment {
        self.at.plus(-SOON)
    }
}

/// Targets as an admin types them: a number and its unit for each priority, lowest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetForm {
    /// `always`, or in the opening hours.
    pub clock: String,
    /// Until we answer; empty for none.
    pub reply: Vec<String>,
    /// Minutes of the unit of each.
    pub reply_unit: Vec<String>,
    /// Until it is solved.
    pub resolution: Vec<String>,
    /// Minutes of the unit of each.
    pub resolution_unit: Vec<String>,
}

/// The word of targets that are measured around the clock.
pub const ALWAYS: &str = "always";
/// Minutes of what a target is typed in: minutes, hours, days of 24 hours.
pub const UNITS: [u32; 3] = [1, 60, 24 * 60];

/// The largest unit that a target is a whole number of.
pub fn unit_of(minutes: u32) -> u32 {
    UNITS.into_iter().rev().find(|unit| minutes.is_multiple_of(*unit)).unwrap_or(1)
}

impl TargetForm {
    /// What was typed, or the field that is wrong: `reply-2` is that of medium priority.
    pub fn check(&self) -> Result<Targets, Refusal> {
        let reply = column("reply", &self.reply, &self.reply_unit)?;
        let resolution = column("resolution", &self.resolution, &self.resolution_unit)?;
        Ok(Targets { always: self.clock == ALWAYS, reply, resolution })
    }
}

fn column(field: &str, values: &[String], units: &[String]) -> Result<[Option<u32>; PRIORITIES], Refusal> {
    let mut targets = [None; PRIORITIES];
    for (row, target) in targets.iter_mut().enumerate() {
        let text = values.get(row).map_or("", |value| value.trim());
        if text.is_empty() {
            continue;
        }
        let unit = units.get(row).and_then(|unit| unit.parse().ok()).filter(|unit| UNITS.contains(unit)).unwrap_or(1);
        let minutes = text.parse().ok().and_then(|n: u32| n.checked_mul(unit)).filter(|n| (1..=TARGET_MOST).contains(n));
        *target = Some(minutes.ok_or_else(|| Refusal::invalid_row(field, row, Why::Range(1, TARGET_MOST / unit)))?);
    }
    Ok(targets)
}

#[cfg(test)]
mod tests;
