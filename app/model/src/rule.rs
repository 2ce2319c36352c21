//! Rules: what Recado does by itself in conversations, be they chats or tickets. When one looks, what must hold, what it then does.
//! The conditions are those that triggers have, too. Knows no log; the desk has them looked at.

mod case;
mod choice;
mod condition;
mod fact;
mod form;
mod say;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    Assignee, ConversationId, Moment, Refusal, RuleId, Why,
    address::{line_of_field, text_of_field},
    conversation::{TAG_MOST, tag},
    words,
};

pub use case::Case;
pub use choice::{CLOSED, Choice, OPEN, Takes};
pub use condition::{CONDITIONS_MOST, Condition, Conditions, GROUPS_MOST, Group, Subject, Test, hours, path_of};
pub use fact::{Fact, Facts, Known};
pub use form::{ActionForm, ConditionForm, RuleForm, read_conditions};
pub use say::{micros, occasion, span, why, why_in};

words! {
    /// When a rule looks.
    When {
        /// When a conversation came to be.
        Created = "created",
        /// When the customer wrote again.
        Answered = "answered",
        /// When an agent said something.
        Replied = "replied",
        /// When the status changed.
        Status = "status",
        /// When time has passed since a moment.
        Passed = "passed",
    }
}

words! {
    /// The moment that time passes since.
    Since {
        /// It came to be.
        Created = "created",
        /// The customer wrote last.
        Answered = "answered",
        /// An agent said something last.
        Replied = "replied",
        /// The customer began to wait for us.
        Waiting = "waiting",
        /// The status changed last.
        Status = "status",
    }
}

words! {
    /// What a rule does.
    Deed {
        /// Gives it to an agent, a department or nobody.
        Assign = "assign",
        /// Gives it to an agent of a department, one after the other.
        Turn = "turn",
        /// Gives it to the agent of a department who has the fewest open conversations.
        LeastBusy = "least_busy",
        /// Puts a tag on.
        Tag = "tag",
        /// Takes a tag off.
        Untag = "untag",
        /// Sets the priority.
        Priority = "priority",
        /// Sets the status.
        Status = "status",
        /// Adds a note.
        Note = "note",
        /// Writes to who asks.
        Letter = "letter",
    }
}

/// One thing that a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What.
    pub deed: Deed,
    /// The words, the tag, the priority, who it is given to.
    pub value: String,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Identity, by whoever made it.
    pub id: RuleId,
    /// Name, for colleagues.
    pub name: String,
    /// Whether it looks at all.
    pub on: bool,
    /// When it looks.
    pub when: When,
    /// Since when time passes; for [`When::Passed`] alone.
    pub since: Since,
    /// Minutes that pass.
    pub after: u32,
    /// What must hold.
    pub conditions: Conditions,
    /// What it does, in this order.
    pub actions: Vec<Action>,
    /// Whether the rules after it do not look any more when it ran.
    pub stop: bool,
}

/// A rule as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The rule.
    pub rule: Rule,
    /// How often it ran.
    pub ran: i64,
    /// When it last did.
    pub ran_at: Option<Moment>,
}

/// A conversation that a rule would have touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Which.
    pub conversation: ConversationId,
    /// Number of a ticket.
    pub number: Option<i64>,
    /// Its subject, or who it is with.
    pub about: String,
    /// When something was last said.
    pub last_at: Moment,
}

/// What a rule would have touched of the last conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    /// Conversations looked at.
    pub looked: i64,
    /// How many of them it would have touched.
    pub touched: i64,
    /// The first of these, newest first.
    pub examples: Vec<Touched>,
}

/// Most rules of a property.
pub const RULES_MOST: u32 = 100;
/// Conversations that a dry run looks at.
pub const DRY_MOST: usize = 200;
/// How many of those it would have touched are given.
pub const DRY_EXAMPLES: usize = 20;
/// What a letter's text may name: `{name}`.
pub const PLACES: [&str; 4] = ["name", "subject", "number", "property"];
/// Most characters of a name.
const NAME_MOST: u32 = 80;
/// Most characters of a note or a letter.
const WORDS_MOST: u32 = 4_000;
/// Most actions.
const ACTIONS_MOST: u32 = 8;
/// Longest time, in minutes: 90 days.
const AFTER_MOST: u32 = 90 * 24 * 60;

impl Rule {
    /// Checks every part; what is wrong is named by its field.
    pub fn check(mut self) -> Result<Self, Refusal> {
        self.name = line_of_field("name", &self.name, NAME_MOST)?;
        self.conditions = self.conditions.check(Subject::OF_CONVERSATIONS)?;
        if self.when == When::Passed && !(1..=AFTER_MOST).contains(&self.after) {
            return Err(Refusal::invalid("after", Why::Range(1, AFTER_MOST)));
        }
        // one that does nothing but hold others back has a use
        if self.actions.is_empty() && !self.stop {
            return Err(Refusal::invalid("actions", Why::Required));
        }
        if self.actions.len() > ACTIONS_MOST as usize {
            return Err(Refusal::invalid("actions", Why::TooMany(ACTIONS_MOST)));
        }
        for (n, action) in self.actions.iter_mut().enumerate() {
            action.check().map_err(|why| Refusal::Invalid { field: Cow::Owned(format!("action_value.{n}")), why })?;
        }
        Ok(self)
    }

    /// When it looks, whole.
    pub const fn occasion(&self) -> (When, Since, u32) {
        (self.when, self.since, self.after)
    }
}

impl Deed {
    /// What it is done with.
    pub const fn takes(self) -> Takes {
        match self {
            Self::Assign => Takes::Choice(Choice::Assignee),
            Self::Turn | Self::LeastBusy => Takes::Choice(Choice::Department),
            Self::Priority => Takes::Choice(Choice::Priority),
            Self::Status => Takes::Choice(Choice::NewStatus),
            Self::Tag | Self::Untag | Self::Note | Self::Letter => Takes::Words,
        }
    }
}

impl Action {
    fn check(&mut self) -> Result<(), Why> {
        let why = |refusal: Refusal| match refusal {
            Refusal::Invalid { why, .. } => why,
            _ => Why::Unknown,
        };
        match self.deed {
            Deed::Note | Deed::Letter => self.value = text_of_field("value", &self.value, WORDS_MOST).map_err(why)?,
            Deed::Tag | Deed::Untag => {
                let wrong = if self.value.trim().is_empty() { Why::Required } else { Why::TooLong(TAG_MOST) };
                self.value = tag(&self.value).ok_or(wrong)?;
            }
            Deed::Assign | Deed::Turn | Deed::LeastBusy | Deed::Priority | Deed::Status => {
                let Takes::Choice(choice) = self.deed.takes() else { return Err(Why::Unknown) };
                if !choice.has(&self.value) {
                    return Err(if self.value.is_empty() { Why::Required } else { Why::Unknown });
                }
            }
        }
        Ok(())
    }

    /// Whom it gives a conversation to, when that is said outright.
    pub fn assignee(&self) -> Option<Assignee> {
        match self.deed {
            Deed::Assign => self.value.parse().ok(),
            Deed::Turn | Deed::LeastBusy => self.value.parse().ok().map(Assignee::Department),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
