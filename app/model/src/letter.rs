//! Letters: mails of ours, and the list of all mail in and out that admins read.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, LetterId, LetterInId, Moment, words};

words! {
    /// How far a letter has come.
    LetterStatus {
        /// Not sent yet, or to be tried again.
        Waiting = "waiting",
        /// With the relay, or nobody to hand it to: kept for reading.
        Kept = "kept",
        /// The relay took it.
        Sent = "sent",
        /// It will not be tried again.
        Failed = "failed",
        /// It came back.
        Bounced = "bounced",
    }
}

words! {
    /// Why a letter is written.
    LetterKind {
        /// An agent's words to the requester and those in copy.
        Reply = "reply",
        /// A customer's words to others in copy.
        Forward = "forward",
        /// A copy for the assignee or the department.
        Copy = "copy",
        /// An invitation to a property.
        Invitation = "invitation",
        /// What a visitor left has come, and will be answered.
        Acknowledgement = "acknowledgement",
        /// A chat as its visitor asked for it.
        Transcript = "transcript",
        /// What a rule writes to who asks.
        Rule = "rule",
    }
}

/// A letter's state as its message shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterState {
    /// Identity.
    pub id: LetterId,
    /// To whom.
    pub to: String,
    /// Why it was written.
    pub kind: LetterKind,
    /// How far it has come.
    pub status: LetterStatus,
    /// What the other side said, when it failed, bounced or waits to be tried again.
    pub why: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
}

/// A letter of ours in Admin → E-mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterOut {
    /// State, recipient, kind.
    pub state: LetterState,
    /// Its subject.
    pub subject: String,
    /// The conversation it belongs to.
    pub conversation: Option<ConversationId>,
    /// When it was written.
    pub created_at: Moment,
    /// When it is tried next, if it waits.
    pub next_at: Option<Moment>,
}

/// A letter of ours opened: what its reader sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterRead {
    /// As listed.
    pub letter: LetterOut,
    /// Name and address it goes out from.
    pub from: String,
    /// Where an answer goes.
    pub reply_to: String,
    /// Its text part.
    pub text: String,
    /// Its HTML part, sanitised.
    pub html: String,
    /// Names of the files with it.
    pub attachments: Vec<String>,
}

words! {
    /// What became of a mail received.
    LetterInStatus {
        /// Committed, not read yet.
        New = "new",
        /// In a conversation.
        Filed = "filed",
        /// Understood; belongs in no conversation (bounces, loops).
        Logged = "logged",
        /// Could not be understood; kept, can be tried again.
        Failed = "failed",
    }
}

/// A mail received, in Admin → E-mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterIn {
    /// Identity.
    pub id: LetterInId,
    /// Who sent it, by its header or else by its envelope.
    pub from: String,
    /// Where it was delivered.
    pub to: String,
    /// Its subject, once read.
    pub subject: String,
    /// Bytes.
    pub size: i64,
    /// What became of it.
    pub status: LetterInStatus,
    /// Why: the rule that decided, or what is wrong.
    pub why: Option<String>,
    /// Where it was filed.
    pub conversation: Option<ConversationId>,
    /// When it was committed.
    pub received_at: Moment,
}
