//! The erasure of one person: what is typed to confirm it, how far it has come, and how many of what went.

use serde::{Deserialize, Serialize};

use crate::{Text, text::contact as texts, words};

words! {
    /// What goes with a person.
    Kind {
        /// Conversations of theirs, with all that was answered there.
        Conversation = "conversations",
        /// Words of theirs in conversations that stay.
        Message = "messages",
        /// Files.
        File = "files",
        /// Mails received, raw.
        Mail = "mails",
        /// Letters out.
        Letter = "letters",
        /// Notes of agents.
        Note = "notes",
        /// Addresses.
        Address = "addresses",
        /// Browsers of theirs.
        Visitor = "visitors",
        /// Visits to the site.
        Visit = "visits",
        /// Tables of contacts in which they stand.
        Table = "tables",
        /// Drafts.
        Draft = "drafts",
        /// Events whose author lost their name.
        Event = "events",
        /// Entries of the audit log that told of them.
        Audit = "audit",
    }
}

impl Kind {
    /// What it is called.
    pub const fn text(self) -> Text {
        match self {
            Self::Conversation => texts::ERASE_CONVERSATIONS,
            Self::Message => texts::ERASE_MESSAGES,
            Self::File => texts::ERASE_FILES,
            Self::Mail => texts::ERASE_MAILS,
            Self::Letter => texts::ERASE_LETTERS,
            Self::Note => texts::ERASE_NOTES,
            Self::Address => texts::ERASE_ADDRESSES,
            Self::Visitor => texts::ERASE_VISITORS,
            Self::Visit => texts::ERASE_VISITS,
            Self::Table => texts::ERASE_TABLES,
            Self::Draft => texts::ERASE_DRAFTS,
            Self::Event => texts::ERASE_EVENTS,
            Self::Audit => texts::ERASE_AUDIT,
        }
    }
}

/// How many of each kind, none left out that there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone(Vec<(Kind, i64)>);

impl Gone {
    /// More of a kind.
    pub fn add(&mut self, kind: Kind, n: i64) {
        if n == 0 {
            return;
        }
        match self.0.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, known)) => *known += n,
            None => self.0.push((kind, n)),
        }
        self.0.sort();
    }

    /// Each kind there is something of, in their order.
    pub fn all(&self) -> &[(Kind, i64)] {
        &self.0
    }
}

/// An erasure that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Whether all of it is gone.
    pub done: bool,
    /// Conversations to look at.
    pub total: i64,
    /// Conversations that were looked at.
    pub looked: i64,
    /// What went.
    pub gone: Gone,
}

/// A person who may be erased, or is being erased, or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasing {
    /// What is to be typed to confirm it: the name, or the address. Empty once it was begun.
    pub confirm: String,
    /// What there is of them, before it was begun; conversations in which others wrote too are counted among them.
    pub there: Gone,
    /// How far it is.
    pub begun: Option<Erasure>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_is_counted_by_kind() {
        let mut gone = Gone::default();
        gone.add(Kind::Letter, 2);
        gone.add(Kind::Conversation, 1);
        gone.add(Kind::Letter, 3);
        gone.add(Kind::Note, 0);
        assert_eq!(gone.all(), [(Kind::Conversation, 1), (Kind::Letter, 5)]);
    }
}
