//! Contacts: the people who write to us. What a conversation shows of one, what the list shows, and what agents know and note.

pub mod column;
pub mod erasure;
pub mod filter;
pub mod form;
pub mod import;
pub mod known;
pub mod list;
pub mod merge;
pub mod profile;

use serde::{Deserialize, Serialize};

use known::{Attribute, Tag};
use merge::Merged;

use crate::{ContactId, Moment, NoteId, OrganisationId, message::Author};

/// A contact as a conversation shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Identity.
    pub id: ContactId,
    /// Name, or empty.
    pub name: String,
    /// First address, or empty.
    pub email: String,
    /// When we first heard of them.
    pub created_at: Moment,
}

impl Contact {
    /// Name if there is one, else the address.
    pub fn called(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }

    /// Four digits by which one who has neither is told from others: *Visitor 3318*.
    pub fn digits(&self) -> u16 {
        let sum = self.id.as_str().bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        u16::try_from(1000 + sum % 9000).unwrap_or(1000)
    }
}

/// A contact as the list shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Who.
    pub contact: Contact,
    /// Name of whom they work or write for, or empty.
    pub organisation: String,
    /// Which organisation that is.
    pub organisation_id: Option<OrganisationId>,
    /// Telephone numbers, as they were typed.
    pub phones: Vec<String>,
    /// Tags, by name.
    pub tags: Vec<Tag>,
    /// What else is known, by name.
    pub attributes: Vec<Attribute>,
    /// When something was last said with them; never goes back.
    pub last_at: Moment,
    /// When something else was last known of them.
    pub changed_at: Moment,
    /// How many conversations there are with them.
    pub conversations: i64,
    /// What the list by name is sorted by: letters without marks. Made by the server alone: it has the tables of letters.
    pub sorted_as: String,
}

/// A contact as a reader of the log is told them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The contact.
    pub card: Card,
    /// Every address, the first one first.
    pub emails: Vec<String>,
    /// The words they are found by.
    pub words: Vec<String>,
    /// How many conversations there are with them.
    pub counts: Counts,
    /// What was noted of them, newest first, when that changed.
    pub notes: Option<Vec<Note>>,
    /// Who went into them, the last first, when that changed.
    pub merges: Option<Vec<Merged>>,
}

/// How many conversations there are with a contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Chats.
    pub chats: i64,
    /// Tickets.
    pub tickets: i64,
}

/// What an agent noted of a contact. Only agents see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Identity.
    pub id: NoteId,
    /// Who noted it.
    pub author: Author,
    /// When.
    pub at: Moment,
    /// When it was last changed.
    pub edited_at: Option<Moment>,
    /// The words, plain.
    pub text: String,
}
