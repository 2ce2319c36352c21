//! Search: what somebody types, read into words and operators; the sieve that the operators make; and what is found. Folding and
//! the names behind `assignee:` and `dept:` are the desk's; here is what both sides know.

mod complete;
mod read;
mod sieve;

use serde::{Deserialize, Serialize};

pub use complete::{Choice, Completion, complete};
pub use read::{Part, What, read};
pub use sieve::{Of, Sieve, Test};

use crate::{contact::Card, conversation::Line, view::escape, words};

/// Most characters of what is typed.
pub const TEXT_MOST: usize = 500;
/// Most words and operators of it.
pub const PARTS_MOST: usize = 24;
/// Most conversations that a search finds: the newest of them.
pub const FOUND_MOST: usize = 200;
/// Conversations of a page.
pub const PAGE: usize = 25;
/// Conversations while one types.
pub const BRIEF: usize = 8;

words! {
    /// What stands before a colon.
    Operator {
        /// Who looks after it.
        Assignee = "assignee",
        /// Which department does.
        Department = "dept",
        /// With a tag.
        Tag = "tag",
        /// In a status.
        Status = "status",
        /// Of a priority.
        Priority = "priority",
        /// Of a customer.
        From = "from",
        /// What it is.
        Is = "is",
        /// What it has.
        Has = "has",
        /// Last words before a day.
        Before = "before",
        /// Last words on a day or later.
        After = "after",
        /// In which drawer.
        In = "in",
    }
}

words! {
    /// Order of what is found.
    Order {
        /// What fits best first.
        Best = "best",
        /// Last words first.
        Newest = "newest",
    }
}

words! {
    /// What `is:` and `has:` know.
    Trait {
        /// A chat that nobody answered.
        Missed = "missed",
        /// A chat.
        Chat = "chat",
        /// A ticket.
        Ticket = "ticket",
        /// High or highest.
        Urgent = "urgent",
        /// Nobody looks after it.
        Unassigned = "unassigned",
        /// Files.
        Attachment = "attachment",
    }
}

/// What is asked for. The address bar carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// As typed.
    pub text: String,
    /// Order.
    pub order: Order,
    /// So many are left out: they were on the pages before.
    pub skip: usize,
    /// A few only, while one types.
    pub brief: bool,
}

impl Asked {
    /// What a person typed, from the beginning.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), order: Order::Best, skip: 0, brief: false }
    }

    /// Reads what the address bar says (decoded pairs); what is unknown is left out.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut asked = Self::new("");
        for (name, value) in pairs {
            match name {
                "q" => value.clone_into(&mut asked.text),
                "order" => asked.order = value.parse().unwrap_or(Order::Best),
                "skip" => asked.skip = value.parse().unwrap_or(0).min(FOUND_MOST),
                _ => {}
            }
        }
        asked
    }

    /// The page of it.
    pub fn address(&self) -> String {
        let order = if self.order == Order::Best { String::new() } else { format!("&order={}", self.order) };
        let skip = if self.skip == 0 { String::new() } else { format!("&skip={}", self.skip) };
        format!("/search?q={}{order}{skip}", escape(&self.text))
    }
}

/// Something in what was typed that is not as it should be: it was left out, and is said at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// From this byte of what was typed.
    pub from: usize,
    /// Up to this one.
    pub to: usize,
    /// What is wrong.
    pub why: Wrong,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wrong {
    /// The operator knows no such value.
    Unknown(Operator),
    /// Nothing stands behind the colon.
    Empty(Operator),
    /// It is no day.
    NotADay,
    /// A quotation that does not end.
    Open,
    /// Only what is not wanted is said.
    OnlyNot,
    /// Longer than anybody reads.
    TooLong,
}

/// A stretch of a text; a hit is to be marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is what was searched for.
    pub hit: bool,
}

/// Where the words stand that are shown of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whence {
    /// Somebody said them.
    Said,
    /// An agent noted them.
    Noted,
    /// They stand in a file, or are its name.
    File(String),
    /// They are the last words: nothing in it was marked.
    Last,
}

/// A conversation that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Its line.
    pub line: Line,
    /// Name or address of its customer.
    pub who: Vec<Piece>,
    /// Its subject.
    pub subject: Vec<Piece>,
    /// Some of its words.
    pub snippet: Vec<Piece>,
    /// Where they stand.
    pub whence: Whence,
}

/// A contact that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub card: Card,
    /// The name.
    pub name: Vec<Piece>,
    /// The address.
    pub email: Vec<Piece>,
    /// Some of what is noted of them, if the words stand there.
    pub note: Vec<Piece>,
}

/// What is found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Contacts; on the first page alone.
    pub people: Vec<Person>,
    /// Conversations of this page.
    pub hits: Vec<Hit>,
    /// How many conversations there are on all pages.
    pub total: usize,
    /// There may be more: only the newest were looked at.
    pub bounded: bool,
    /// What was left out of what was typed.
    pub problems: Vec<Problem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_reads_back_from_its_address() {
        let asked = Asked { order: Order::Newest, skip: 25, ..Asked::new("é & \"x\"") };
        assert_eq!(asked.address(), "/search?q=%C3%A9%20%26%20%22x%22&order=newest&skip=25");
        assert_eq!(Asked::from_pairs([("q", "é & \"x\""), ("order", "newest"), ("skip", "25")]), asked);
        assert_eq!(Asked::from_pairs([("q", ""), ("order", "odd"), ("skip", "-1"), ("x", "y")]), Asked::new(""));
    }
}
