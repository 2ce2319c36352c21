//! What a condition's value, or what is done with, is chosen from. As a form carries it: the word of the list, a colon, the value.

use crate::{
    Assignee, DepartmentId, Text,
    conversation::{Kind, Priority, Status},
    message::Channel,
    text::{conversation as of_conversation, rule as texts},
    words,
};

words! {
    /// A list of values.
    Choice {
        /// Chat or ticket.
        Kind = "kind",
        /// How a conversation came.
        Channel = "channel",
        /// Statuses.
        Status = "status",
        /// Those that can be set: only who says until when puts to sleep.
        NewStatus = "new_status",
        /// Priorities.
        Priority = "priority",
        /// Nobody, agents and departments.
        Assignee = "assignee",
        /// Departments.
        Department = "department",
        /// Open or closed.
        Hours = "hours",
    }
}

/// What an action is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Words that are typed.
    Words,
    /// One of a list.
    Choice(Choice),
    /// Nothing.
    Nothing,
}

/// The word of hours in which a property is open.
pub const OPEN: &str = "open";
/// And of the others.
pub const CLOSED: &str = "closed";

impl Choice {
    /// Whether a value can be one of it; whether an agent or a department is there is not known here.
    pub fn has(self, value: &str) -> bool {
        match self {
            Self::Assignee => value.parse::<Assignee>().is_ok(),
            Self::Department => value.parse::<DepartmentId>().is_ok(),
            _ => self.fixed().iter().any(|(word, _)| *word == value),
        }
    }

    /// The values that are the same everywhere, with what they are called.
    pub fn fixed(self) -> Vec<(&'static str, Text)> {
        match self {
            Self::Kind => vec![(Kind::Chat.word(), texts::CHAT), (Kind::Ticket.word(), texts::TICKET)],
            Self::Channel => [Channel::Email, Channel::Chat, Channel::Web].map(|one| (one.word(), one.says())).into(),
            Self::Status => {
                let asleep = (Status::Snoozed.word(), of_conversation::STATUS_SNOOZED);
                Self::NewStatus.fixed().into_iter().chain([asleep]).collect()
            }
            Self::NewStatus => vec![
                (Status::Open.word(), of_conversation::STATUS_OPEN),
                (Status::Pending.word(), of_conversation::STATUS_PENDING),
                (Status::Solved.word(), of_conversation::STATUS_SOLVED),
                (Status::Closed.word(), of_conversation::STATUS_CLOSED),
            ],
            Self::Priority => vec![
                (Priority::Lowest.word(), of_conversation::PRIORITY_LOWEST),
                (Priority::Low.word(), of_conversation::PRIORITY_LOW),
                (Priority::Medium.word(), of_conversation::PRIORITY_MEDIUM),
                (Priority::High.word(), of_conversation::PRIORITY_HIGH),
                (Priority::Highest.word(), of_conversation::PRIORITY_HIGHEST),
            ],
            Self::Hours => vec![(OPEN, texts::WHILE_OPEN), (CLOSED, texts::WHILE_CLOSED)],
            Self::Assignee => vec![(NOBODY, of_conversation::NOBODY)],
            Self::Department => vec![],
        }
    }

    /// The value of this list in what a form carries; empty when it is of another list.
    pub fn value(self, carried: &str) -> &str {
        carried.strip_prefix(self.word()).and_then(|rest| rest.strip_prefix(':')).unwrap_or_default()
    }
}

/// The word of who looks after what nobody does.
const NOBODY: &str = "nobody";
