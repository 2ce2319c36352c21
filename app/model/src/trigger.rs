//! Triggers: automatic messages and actions for visitors. When one looks, what it waits for, and what it then does. Simple ones
//! are decided in the visitor's browser, all others by the server. Knows no visit; the conditions of `rule` decide.

mod form;

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::{
    DepartmentId, Moment, Refusal, TriggerId, Why,
    address::{line_of_field, text_of_field},
    conversation::{TAG_MOST, tag},
    rule::{Choice, Conditions, Subject, Takes, Test, hours},
    words,
};

pub use form::TriggerForm;

words! {
    /// When a trigger looks.
    Kind {
        /// On certain pages.
        Page = "page",
        /// On any page.
        AnyPage = "any_page",
        /// Some time after a chat began, if no agent came.
        Rescue = "rescue",
        /// When the window is opened.
        Opened = "opened",
        /// Whenever its conditions hold.
        Advanced = "advanced",
    }
}

words! {
    /// What a trigger does.
    Deed {
        /// Says something to the visitor.
        Say = "say",
        /// Asks where an answer reaches them.
        AskDetails = "ask_details",
        /// Gives the chat to a department.
        Department = "department",
        /// Puts a tag on the chat.
        Tag = "tag",
        /// Adds a note to the chat.
        Note = "note",
        /// Opens the window.
        Invite = "invite",
    }
}

/// One thing that a trigger does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What.
    pub deed: Deed,
    /// The words, the tag, the note, or the department's id; empty for an invitation.
    pub value: String,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Identity, by whoever made it.
    pub id: TriggerId,
    /// Name, for colleagues.
    pub name: String,
    /// When it looks.
    pub kind: Kind,
    /// Whether it does.
    pub on: bool,
    /// Seconds after a chat began; for [`Kind::Rescue`] alone.
    pub after: u32,
    /// What must hold.
    pub conditions: Conditions,
    /// What it does, in this order.
    pub actions: Vec<Action>,
    /// Hours after which it may do so again for the same visitor; none for once.
    pub pause: Option<u32>,
}

/// A trigger as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The trigger.
    pub trigger: Trigger,
    /// How often it ran.
    pub ran: i64,
    /// When it last did.
    pub ran_at: Option<Moment>,
}

/// What a trigger would have done, tried with the visits of the last days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    /// Visits looked at.
    pub visits: i64,
    /// For how many of them it would have run.
    pub matched: i64,
    /// Some of the pages it would have run on, newest first.
    pub pages: Vec<(Moment, String)>,
}

/// A trigger that the browser decides, as `recado.d.ts` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simple {
    /// Identity.
    pub id: TriggerId,
    /// Path of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Time on the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
    /// Hours of the visitor's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<(u8, u8)>,
    /// Beginning of the browser's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The words; one text under no language.
    pub say: BTreeMap<String, String>,
}

/// Most triggers of a property.
pub const TRIGGERS_MOST: u32 = 100;
/// Days of visits that a dry run looks at.
pub const DRY_DAYS: i64 = 7;
/// Most characters of a name.
const NAME_MOST: u32 = 80;
/// Most characters of what it says.
const SAY_MOST: u32 = 500;
/// Most characters of a note.
const NOTE_MOST: u32 = 2_000;
/// Most actions.
const ACTIONS_MOST: u32 = 6;
/// Longest wait, in seconds.
const AFTER_MOST: u32 = 3_600;
/// Longest pause, in hours: a quarter of a year, as long as a browser is known.
const PAUSE_MOST: u32 = 90 * 24;

impl Trigger {
    /// Checks every part; what is wrong is named by its field.
    pub fn check(mut self) -> Result<Self, Refusal> {
        self.name = line_of_field("name", &self.name, NAME_MOST)?;
        self.conditions = self.conditions.check(Subject::OF_VISITS)?;
        let pages = self.conditions.conditions.iter().any(|condition| condition.subject == Subject::Page);
        if self.kind == Kind::Page && (!pages || self.conditions.any && self.conditions.all().count() > 1) {
            return Err(Refusal::invalid("conditions", Why::Required));
        }
        if self.kind == Kind::Advanced && self.conditions.is_empty() {
            return Err(Refusal::invalid("conditions", Why::Required));
        }
        if self.kind != Kind::Rescue {
            self.after = 0;
        } else if !(1..=AFTER_MOST).contains(&self.after) {
            return Err(Refusal::invalid("after", Why::Unknown));
        }
        if self.pause.is_some_and(|hours| !(1..=PAUSE_MOST).contains(&hours)) {
            return Err(Refusal::invalid("pause", Why::Unknown));
        }
        self.check_actions()?;
        Ok(self)
    }

    fn check_actions(&mut self) -> Result<(), Refusal> {
        if self.actions.is_empty() {
            return Err(Refusal::invalid("actions", Why::Required));
        }
        if self.actions.len() > ACTIONS_MOST as usize {
            return Err(Refusal::invalid("actions", Why::TooMany(ACTIONS_MOST)));
        }
        for (n, action) in self.actions.iter_mut().enumerate() {
            action.check().map_err(|why| Refusal::Invalid { field: Cow::Owned(format!("action_value.{n}")), why })?;
        }
        Ok(())
    }

    /// The first words it says.
    pub fn says(&self) -> Option<&str> {
        self.actions.iter().find(|action| matches!(action.deed, Deed::Say | Deed::AskDetails)).map(|action| action.value.as_str())
    }

    /// Whether it asks for name and e-mail.
    pub fn asks(&self) -> bool {
        self.actions.iter().any(|action| action.deed == Deed::AskDetails)
    }

    /// Whether it opens the window.
    pub fn invites(&self) -> bool {
        self.actions.iter().any(|action| action.deed == Deed::Invite)
    }

    /// As the browser decides it, if it can: on pages, with nothing but words, and with conditions that a page knows by itself.
    pub fn simple(&self) -> Option<Simple> {
        let [Action { deed: Deed::Say, value }] = self.actions.as_slice() else { return None };
        let plain = matches!(self.kind, Kind::Page | Kind::AnyPage)
            && self.pause.is_none()
            && !self.conditions.any
            && self.conditions.groups.is_empty();
        let say = BTreeMap::from([(String::new(), value.clone())]);
        let mut simple = Simple { id: self.id.clone(), page: None, seconds: None, hours: None, language: None, say };
        for condition in &self.conditions.conditions {
            let value = &condition.value;
            let one = !value.contains(',');
            let twice = match (condition.subject, condition.test) {
                (Subject::Page, Test::Like | Test::Is) if one && value.starts_with(['/', '*']) => {
                    simple.page.replace(value.clone()).is_some()
                }
                (Subject::Seconds, Test::AtLeast) => simple.seconds.replace(value.trim().parse().ok()?).is_some(),
                (Subject::Hour, Test::Between) => simple.hours.replace(hours(value)?).is_some(),
                (Subject::Language, Test::Is) if one => simple.language.replace(value.clone()).is_some(),
                _ => return None,
            };
            if twice {
                return None;
            }
        }
        plain.then_some(simple)
    }
}

impl Deed {
    /// What it is done with.
    pub const fn takes(self) -> Takes {
        match self {
            Self::Department => Takes::Choice(Choice::Department),
            Self::Invite => Takes::Nothing,
            Self::Say | Self::AskDetails | Self::Tag | Self::Note => Takes::Words,
        }
    }
}

impl Action {
    fn check(&mut self) -> Result<(), Why> {
        let why = |refusal: Refusal| match refusal {
            Refusal::Invalid { why, .. } => why,
            _ => Why::Unknown,
        };
        self.value = match self.deed {
            Deed::Say | Deed::AskDetails => text_of_field("value", &self.value, SAY_MOST).map_err(why)?,
            Deed::Note => text_of_field("value", &self.value, NOTE_MOST).map_err(why)?,
            Deed::Tag => tag(&self.value).ok_or(if self.value.trim().is_empty() { Why::Required } else { Why::TooLong(TAG_MOST) })?,
            Deed::Department => self.value.trim().parse::<DepartmentId>().map_err(|_| Why::Unknown)?.to_string(),
            Deed::Invite => String::new(),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests;
