//! Reports: what is asked for, what is counted, and what a page is sent. Knows no row and no clock.

mod asked;
pub mod counts;
pub mod csv;
mod day;

use serde::{Deserialize, Serialize};

pub use asked::{Asked, DAYS_MOST, Period};
pub use day::{Day, Range};

use crate::{Language, Text, message::Channel, roster::Roster, text::report as texts, words};

words! {
    /// By what the figures of a period are told apart.
    By {
        /// By who served.
        Agent = "agent",
        /// By the department a conversation was last given to.
        Department = "department",
        /// By tag: what has two counts under both.
        Tag = "tag",
        /// By how it came.
        Channel = "channel",
    }
}

/// How long something took, over many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// How many.
    pub n: i64,
    /// Half of them took no longer, in seconds.
    pub median: i64,
    /// Nine of ten took no longer, in seconds.
    pub p90: i64,
}

/// What was counted: each thing on the day it happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Conversations that began.
    pub fresh: i64,
    /// Conversations that were solved, and are.
    pub solved: i64,
    /// Chats that an agent answered in time.
    pub answered: i64,
    /// Chats that nobody answered in time.
    pub missed: i64,
    /// Chats that were good.
    pub good: i64,
    /// Chats that were neither.
    pub neutral: i64,
    /// Chats that were bad.
    pub bad: i64,
    /// From the customer's first words to the first answer.
    pub reply: Span,
    /// From the beginning until it was solved.
    pub solution: Span,
}

impl Figures {
    /// Chats that somebody said something of.
    pub const fn rated(&self) -> i64 {
        self.good + self.neutral + self.bad
    }

    /// How many in a hundred of those that were rated were good.
    pub const fn satisfaction(&self) -> Option<i64> {
        share(self.good, self.rated())
    }

    /// How many chats in a hundred were answered in time.
    pub const fn answered_share(&self) -> Option<i64> {
        share(self.answered, self.answered + self.missed)
    }
}

/// A part of a hundred, rounded.
const fn share(part: i64, whole: i64) -> Option<i64> {
    if whole == 0 { None } else { Some((part * 200 + whole) / (whole * 2)) }
}

/// The figures of one agent, department, tag or channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which: an id, a tag, a channel's word; empty for what has none.
    pub part: String,
    /// What was counted.
    pub figures: Figures,
}

/// A report as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What was asked for.
    pub asked: Asked,
    /// Its first and last day.
    pub range: Range,
    /// The days it is compared with.
    pub before: Range,
    /// All of the period.
    pub figures: Figures,
    /// All of the one before.
    pub earlier: Figures,
    /// Day by day.
    pub days: Vec<Figures>,
    /// Conversations that began, by weekday (Monday first) and hour.
    pub hours: Vec<Vec<i64>>,
    /// Told apart as asked, those with most first.
    pub parts: Vec<Part>,
    /// Whether some conversations are still to be counted.
    pub counting: bool,
    /// The day it is now, there.
    pub today: Day,
}

impl Report {
    /// What a part is called; of one that is gone, that it is.
    pub fn name(&self, part: &str, roster: &Roster, language: Language) -> String {
        if part.is_empty() {
            let none: Text = match self.asked.by {
                By::Agent => texts::NOBODY,
                By::Department => texts::NO_DEPARTMENT,
                By::Tag => texts::NO_TAG,
                By::Channel => texts::NO_CHANNEL,
            };
            return language.say(none).to_owned();
        }
        let known = match self.asked.by {
            By::Agent => part.parse().ok().and_then(|id| roster.agent(&id)).map(|agent| agent.name.clone()),
            By::Department => {
                let mut all = roster.people.departments.iter();
                all.find(|department| department.id.as_str() == part).map(|department| department.name.clone())
            }
            By::Tag => Some(format!("#{part}")),
            By::Channel => part.parse().ok().map(|channel| language.say(Channel::says(channel)).to_owned()),
        };
        known.unwrap_or_else(|| language.say(texts::GONE).to_owned())
    }
}

/// How long something took, in its two largest units.
pub fn lasted(seconds: i64, language: Language) -> String {
    let one = |text: Text, n: i64| language.fill(text, &[("n", &n.to_string())]);
    let two = |large: Text, small: Text, unit: i64, part: i64| {
        let (whole, rest) = (seconds / unit, seconds % unit / part);
        if rest == 0 { one(large, whole) } else { format!("{} {}", one(large, whole), one(small, rest)) }
    };
    match seconds {
        ..60 => one(texts::SECONDS, seconds.max(0)),
        60..3_600 => one(texts::MINUTES, seconds / 60),
        3_600..86_400 => two(texts::HOURS, texts::MINUTES, 3_600, 60),
        _ => two(texts::DAYS, texts::HOURS, 86_400, 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_and_of_nothing_there_is_none() {
        let figures = Figures { good: 2, bad: 1, answered: 1, missed: 2, ..Figures::default() };
        assert_eq!((figures.satisfaction(), figures.answered_share()), (Some(67), Some(33)));
        assert_eq!(Figures::default().satisfaction(), None);
    }

    #[test]
    fn time_is_told_in_two_units_at_most() {
        let said = |seconds| lasted(seconds, Language::English);
        assert_eq!([said(42), said(61), said(3_600), said(5_000)], ["42 s", "1 min", "1 h", "1 h 23 min"]);
        assert_eq!(said(2 * 86_400 + 3_700), "2 d 1 h");
    }
}
