//! The postbox: where mail comes in and letters go out. The wires (SMTP, HTTP) hold it and decide nothing: a mail taken is
//! committed, worked through one by one, and ends in a conversation, in the log of mails, or visibly failed.

mod bounce;
mod confirmation;
mod empty;
mod entry;
mod file;
mod ingest;
mod limit;
mod mailbox;
mod matching;
mod ours;
mod party;
mod past;
mod queue;
mod take;
mod turn;
mod words;

use model::{ConversationId, LetterInId, MessageId, PropertyId, letter::LetterInStatus};

use crate::Desk;
pub use crate::letter::{BUSY_MOST, Due, LEASE, Lease};
pub(crate) use empty::{empty_mail, empty_mails_of};
pub(crate) use file::is_race;
pub use ingest::Feeder;
pub use mailbox::{Fetching, Place};
pub(crate) use ours::our_addresses;

/// The postbox of a desk.
#[derive(Clone)]
pub struct Postbox {
    pub(crate) desk: Desk,
}

impl Desk {
    /// Its postbox.
    pub fn postbox(&self) -> Postbox {
        Postbox { desk: self.clone() }
    }
}

/// A mail as a wire received it.
pub struct Incoming {
    /// All of it, as it came, with the `Received:` and `Return-Path:` that the wire puts before it.
    pub raw: Vec<u8>,
    /// Envelope sender; empty for reports, and where the wire does not know it. That it was empty says `Return-Path: <>` in the mail alone.
    pub mail_from: String,
    /// Envelope recipients.
    pub rcpt_to: Vec<String>,
    /// What the other side called itself.
    pub helo: String,
    /// Its network address.
    pub peer: String,
    /// Whether it came over TLS.
    pub tls: bool,
}

/// A mail to be read, leased to the caller for a minute.
pub struct Taken {
    /// Identity.
    pub id: LetterInId,
    /// The property that it is for, if any.
    pub property: Option<PropertyId>,
    /// All of it.
    pub raw: Vec<u8>,
    /// Envelope sender.
    pub mail_from: String,
    /// Envelope recipients that this copy is for.
    pub rcpt_to: Vec<String>,
    /// Network address it came from.
    pub peer: String,
    /// What the other side called itself.
    pub helo: String,
}

/// Who vouches for the address in `From`, by DMARC, DKIM or SPF aligned with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Whether somebody does.
    pub passed: bool,
    /// The domain that vouches.
    pub domain: String,
    /// What was found, for people.
    pub detail: String,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Filed in a conversation, logged, or failed; still new when it has to wait.
    pub status: LetterInStatus,
    /// The rule that decided: a short word, and what it decided by.
    pub why: String,
    /// Where it is.
    pub conversation: Option<ConversationId>,
    /// As which message.
    pub message: Option<MessageId>,
    /// The sender for whom it opened a ticket now, which counts against their limit.
    opened_for: Option<String>,
}

impl Filed {
    /// Understood, and belongs in no conversation.
    pub(crate) fn logged(why: impl Into<String>) -> Self {
        Self { status: LetterInStatus::Logged, why: why.into(), conversation: None, message: None, opened_for: None }
    }

    /// Not yet: it waits.
    pub(crate) fn waiting(why: impl Into<String>) -> Self {
        Self { status: LetterInStatus::New, ..Self::logged(why) }
    }

    /// In a conversation, by a rule.
    pub(crate) fn kept(why: impl Into<String>, conversation: ConversationId, message: MessageId) -> Self {
        Self { status: LetterInStatus::Filed, conversation: Some(conversation), message: Some(message), ..Self::logged(why) }
    }
}

/// A Message-ID as it is kept and looked up: Amazon SES puts a region of its own behind the ids it makes.
pub(crate) fn mail_key(id: &str) -> String {
    let id = id.trim().trim_matches(['<', '>']);
    match id.rsplit_once('@') {
        Some((local, domain)) if domain.to_ascii_lowercase().ends_with("amazonses.com") => format!("{local}@amazonses.com"),
        _ => id.to_owned(),
    }
}
