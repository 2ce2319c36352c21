//! NOUNS: plain values that both sides share, events, and rules that need no database.
//! No I/O: this crate names no runtime, no database, no framework.

pub mod address;
pub mod agent;
pub mod attachment;
pub mod audit;
pub mod ban;
pub mod batch;
pub mod browser;
pub mod canned_response;
pub mod chat;
pub mod colour;
pub mod contact;
pub mod conversation;
pub mod csv;
pub mod days;
pub mod department;
pub mod draft;
pub mod event;
pub mod everywhere;
pub mod export;
mod flat;
pub mod history;
pub mod hours;
pub mod hours_form;
pub mod id;
pub mod inbox;
pub mod letter;
pub mod live;
pub mod loader;
pub mod mailbox;
pub mod mention;
pub mod message;
pub mod moment;
pub mod notify;
pub mod organisation;
pub mod overview;
pub mod property;
pub mod refusal;
pub mod report;
pub mod roster;
pub mod rule;
pub mod saved_view;
pub mod search;
pub mod sender;
pub mod shift;
pub mod site;
pub mod target;
pub mod text;
pub mod thread;
pub mod ticket;
pub mod transcript;
pub mod trigger;
pub mod view;
pub mod visit;
pub mod visitor;
pub mod widget;
pub mod widget_form;
pub mod window;

pub use conversation::Assignee;
pub use id::{
    AgentId, AttachmentId, BanId, BatchId, CannedResponseId, ContactId, ConversationId, DepartmentId, ImportId, InvitationId, LetterId,
    LetterInId, MailboxId, MergeId, MessageId, NoteId, OrganisationId, PasskeyId, PropertyId, PushId, RuleId, SegmentId, SessionId,
    ShiftId, TokenId, TriggerId, ViewId, VisitId, VisitorId,
};
pub use moment::Moment;
pub use refusal::{Refusal, Why};
pub use text::{Language, Text};

/// Writes an enum of unit variants as the same words everywhere: SQL, JSON, address bar, CSS class.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),* }
        impl $name {
            /// Every one, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// Its word in SQL, JSON and addresses.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> {
                match word { $($word => Ok(Self::$variant),)* _ => Err(()) }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.word()) }
        }
    };
}
pub(crate) use words;
