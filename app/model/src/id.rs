//! Identities: UUIDv7 written as 25 characters of base 36, so that they sort by age as text.
//! Whoever creates a thing makes its id, the browser included; a retry is then the same thing by key.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Length of an id's text.
pub const LENGTH: usize = 25;
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Writes 128 bits as 25 characters of base 36, most significant first.
pub fn text(mut bits: u128) -> String {
    let mut out = [b'0'; LENGTH];
    for place in out.iter_mut().rev() {
        *place = DIGITS[(bits % 36) as usize];
        bits /= 36;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether a text can be an id: 25 lower-case digits of base 36.
pub fn is_id(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| DIGITS.contains(&byte))
}

/// The text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: 25 characters 0-9 a-z")
    }
}

impl std::error::Error for NotAnId {}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A new one, by the wall clock of whoever makes it.
            pub fn new() -> Self {
                Self(text(uuid::Uuid::now_v7().as_u128()))
            }
            /// From 128 bits made elsewhere (the desk's own clock and randomness).
            pub fn from_bits(bits: u128) -> Self {
                Self(text(bits))
            }
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if is_id(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
            }
        }
        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                if is_id(&text) { Ok(Self(text)) } else { Err(NotAnId) }
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    /// One workspace.
    PropertyId
    /// A person who signs in.
    AgentId
    /// A named group of agents.
    DepartmentId
    /// A person who writes to us.
    ContactId
    /// What the Inbox lists.
    ConversationId
    /// One entry of a conversation.
    MessageId
    /// A file of a message.
    AttachmentId
    /// A mail of ours, out.
    LetterId
    /// A mail received.
    LetterInId
    /// A signed-in browser, as its owner sees it listed (never the secret).
    SessionId
    /// An invitation to a property.
    InvitationId
    /// A passkey, as its owner sees it listed (never what its device calls it).
    PasskeyId
    /// A browser on a customer's site (never its secret).
    VisitorId
    /// A saved text.
    CannedResponseId
    /// A ban.
    BanId
    /// A browser's stay on a customer's site; also one load of a page there.
    VisitId
    /// An automatic message or action.
    TriggerId
    /// What is done by itself in conversations.
    RuleId
    /// A browser that is told while no page is open (never its address).
    PushId
    /// A mailbox elsewhere that is read by IMAP.
    MailboxId
    /// A token of a program that hands mails over (never its secret).
    TokenId
    /// Words put into another ticket, to be undone by.
    ShiftId
    /// What an agent noted of a contact.
    NoteId
    /// A contact that went into another.
    MergeId
    /// A table of contacts that is taken in.
    ImportId
    /// A saved list of contacts.
    SegmentId
    /// Whom contacts work or write for.
    OrganisationId
    /// One act on several conversations.
    BatchId
    /// A saved view of the Inbox.
    ViewId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_age_and_read_back() {
        let (early, late) = (MessageId::from_bits(35), MessageId::from_bits(36));
        assert!(early < late);
        assert_eq!(late.as_str(), "0000000000000000000000010");
        assert_eq!(late.as_str().parse(), Ok(late.clone()));
        assert_eq!(text(u128::MAX).len(), LENGTH);
        assert!("UPPER".parse::<MessageId>().is_err());
    }
}
