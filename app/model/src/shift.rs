//! Words that were put into another ticket, and why a mail lies where it does.

use serde::{Deserialize, Serialize};

use crate::{Refusal, Why, words};

words! {
    /// How words came into another ticket.
    How {
        /// One message was moved.
        Moved = "moved",
        /// A message and all after it became a ticket of their own.
        Split = "split",
        /// A whole ticket was put into another.
        Merged = "merged",
    }
}

words! {
    /// One automatic decision about a mail. Most come with a value: an address, a number, what was found.
    FactKind {
        /// It was delivered to the ticket's own address.
        Envelope = "envelope",
        /// It came back to the sender address of a letter of the ticket.
        Returned = "returned",
        /// Its head names the ticket's own address.
        Header = "header",
        /// It answers a mail of the ticket, and its sender is in the ticket.
        Reference = "reference",
        /// Its subject has the ticket's number, and its sender is in the ticket.
        Subject = "subject",
        /// It belongs to no ticket that is known: a new one.
        Fresh = "fresh",
        /// It answers something of another ticket, and its sender is not in that one: a new one with a link.
        Related = "related",
        /// Its ticket is closed: a new one that follows it.
        Closed = "closed",
        /// The ticket it belongs to was merged into this one.
        Merged = "merged",
        /// An agent handed it on: the ticket is the first sender's.
        HandedOn = "handed_on",
        /// The address in `From` is an agent's, and it was proven.
        Agent = "agent",
        /// The address in `From` is an agent's, and nothing proves it.
        Claimed = "claimed",
        /// The sender asked first, or is in copy.
        Party = "party",
        /// The sender was in copy of an earlier mail of the ticket, and joined.
        Copied = "copied",
        /// The sender proved to be of the same organisation as somebody in the ticket, and joined.
        Colleague = "colleague",
        /// The sender is not in the ticket.
        Stranger = "stranger",
        /// Somebody vouches for the address in `From`.
        Proven = "proven",
        /// Nobody vouches for the address in `From`.
        Unproven = "unproven",
        /// It is an automatic answer.
        AutoReply = "auto_reply",
        /// It was sent by a machine or to many.
        Bulk = "bulk",
        /// It is shown, and mailed to nobody until an agent lets it through.
        Held = "held",
        /// Somebody in its To or Cc joined the ticket.
        Joined = "joined",
        /// So many characters of quoted text are folded away.
        Cut = "cut",
        /// Another mail has the same Message-ID and says something else: both are kept.
        SameId = "same_id",
        /// It was taken in as history, from an archive.
        Archived = "archived",
    }
}

/// An automatic decision, and by what it was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Which.
    pub kind: FactKind,
    /// Address, number, or what was found; may be empty.
    #[serde(default)]
    pub value: String,
}

impl Fact {
    /// A decision with its value.
    pub fn new(kind: FactKind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into() }
    }
}

/// The number of a ticket as typed: `#1042` or `1042`.
pub fn number_of_field(field: &'static str, text: &str) -> Result<i64, Refusal> {
    let number = text.trim().trim_start_matches('#').trim();
    if number.is_empty() {
        return Err(Refusal::invalid(field, Why::Required));
    }
    number.parse().map_err(|_| Refusal::invalid(field, Why::Unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_named_by_its_number() {
        assert_eq!(number_of_field("ticket", " #1042 "), Ok(1042));
        assert_eq!(number_of_field("ticket", "1042"), Ok(1042));
        assert_eq!(number_of_field("ticket", " # "), Err(Refusal::invalid("ticket", Why::Required)));
        assert_eq!(number_of_field("ticket", "late order"), Err(Refusal::invalid("ticket", Why::Unknown)));
    }
}
