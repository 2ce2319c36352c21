//! A message: one entry of a conversation, said, noted or happened.

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, ContactId, ConversationId, LetterInId, MessageId, Moment, RuleId, ShiftId, Text,
    attachment::Attachment,
    chat::Rating,
    conversation::{Folder, Kind, Priority, Status},
    flat::{FlatAuthor, FlatHappening},
    letter::LetterState,
    shift::How,
    text::conversation as texts,
    words,
};

/// Who made a message or an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case", try_from = "FlatAuthor")]
pub enum Author {
    /// An agent.
    Agent {
        /// Who.
        id: AgentId,
        /// Name at that time.
        name: String,
    },
    /// A contact.
    Contact {
        /// Who.
        id: ContactId,
        /// Name or address at that time.
        name: String,
    },
    /// Recado itself.
    System,
}

words! {
    /// What sort of entry it is.
    MessageKind {
        /// Said to everyone in the conversation.
        Said = "said",
        /// Noted for agents only.
        Noted = "noted",
        /// Happened: a line about a change.
        Happened = "happened",
    }
}

words! {
    /// How a message came.
    Channel {
        /// Written in the Inbox.
        Web = "web",
        /// By e-mail.
        Email = "email",
        /// In the chat widget.
        Chat = "chat",
    }
}

impl Channel {
    /// How a conversation came: a chat by chat, a ticket as its first words did. It stays so, whatever words go elsewhere.
    pub fn begun(kind: Kind, first: Option<Self>) -> Self {
        match kind {
            Kind::Chat => Self::Chat,
            Kind::Ticket => first.filter(|channel| *channel != Self::Chat).unwrap_or(Self::Web),
        }
    }

    /// What came so.
    pub const fn kind(self) -> Kind {
        if matches!(self, Self::Chat) { Kind::Chat } else { Kind::Ticket }
    }

    /// What it is called.
    pub const fn says(self) -> Text {
        match self {
            Self::Chat => texts::CHANNEL_CHAT,
            Self::Email => texts::CHANNEL_EMAIL,
            Self::Web => texts::CHANNEL_WEB,
        }
    }
}

words! {
    /// Why a message that came by mail is not like the others.
    Mark {
        /// An automatic answer: shown grey, reopens nothing, mailed to nobody.
        AutoReply = "auto_reply",
        /// It claims to be from an agent and could not prove it: held until an agent approves.
        Unverified = "unverified",
        /// From an address that is not in this ticket: held until an agent approves.
        Stranger = "stranger",
    }
}

/// One entry of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Identity, made by whoever wrote it.
    pub id: MessageId,
    /// Where it belongs.
    pub conversation: ConversationId,
    /// Number of the event that brought it: its place in the conversation.
    pub seq: i64,
    /// Its place among the messages of the same event.
    pub place: i64,
    /// Said, noted or happened.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: Author,
    /// How it came.
    pub channel: Channel,
    /// When it was written.
    pub at: Moment,
    /// Until when it can still be taken back, if it could at first.
    pub held_until: Option<Moment>,
    /// When its words were last changed.
    pub edited_at: Option<Moment>,
    /// Text: Markdown from agents, plain from mails (the reply without what it quotes). Empty when it happened.
    pub text: String,
    /// `text` as safe HTML, when an agent wrote it; empty when it is plain.
    pub rendered: String,
    /// What the mail quoted, folded away.
    pub quoted: Option<String>,
    /// Whether the mail had HTML, to be shown in its frame under `/mail/MESSAGE`.
    pub html: bool,
    /// What happened, if it did.
    pub happened: Option<Happening>,
    /// Why it is not like others.
    pub mark: Option<Mark>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Letters that carried it out, one per recipient.
    pub letters: Vec<LetterState>,
    /// The raw mail it came as, to download.
    pub letter_in: Option<LetterInId>,
}

impl Message {
    /// Its beginning, for lists.
    pub fn preview(&self) -> String {
        preview_of(&self.text, self.attachments.iter().filter(|file| !file.inline).map(|file| file.name.as_str()))
    }
}

/// A recorded change, as the conversation tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", try_from = "FlatHappening")]
pub enum Happening {
    /// The status changed.
    Status {
        /// To what.
        to: Status,
    },
    /// It sleeps.
    Snoozed {
        /// Until when.
        until: Moment,
    },
    /// It woke by itself.
    Woke,
    /// The customer's answer opened it again.
    Reopened,
    /// The priority changed.
    Priority {
        /// To what.
        to: Priority,
    },
    /// Somebody else looks after it.
    Assigned {
        /// Name of the agent or department; none for nobody.
        to: Option<String>,
    },
    /// A tag was put on.
    Tagged {
        /// Which.
        tag: String,
    },
    /// A tag was taken off.
    Untagged {
        /// Which.
        tag: String,
    },
    /// A person receives its letters from now on.
    Joined {
        /// Their address.
        email: String,
    },
    /// A person receives no more of its letters.
    Left {
        /// Their address.
        email: String,
    },
    /// It was moved to another drawer.
    Moved {
        /// To which.
        to: Folder,
    },
    /// It follows a closed ticket.
    Follows {
        /// Number of that ticket.
        number: i64,
        /// And its identity.
        conversation: ConversationId,
    },
    /// A letter came back.
    Bounced {
        /// Whom it did not reach.
        email: String,
        /// What the other server said.
        why: String,
    },
    /// An agent came into the chat.
    AgentJoined,
    /// An agent went out of the chat.
    AgentLeft,
    /// An agent was asked into the chat.
    AgentInvited {
        /// Name of who was asked.
        name: String,
    },
    /// Nobody answered the chat in time.
    Missed,
    /// The chat is over.
    Ended,
    /// The visitor said how it was.
    Rated {
        /// How.
        rating: Rating,
    },
    /// The visitor was asked for name and e-mail.
    DetailsAsked,
    /// The visitor said where an answer reaches them.
    DetailsLeft {
        /// Their name, or empty.
        name: String,
        /// Their address.
        email: String,
    },
    /// The visitor wants the chat by mail.
    TranscriptAsked {
        /// Where.
        email: String,
    },
    /// Something happened on the visitor's side of the site, as its script told.
    SiteEvent {
        /// What.
        name: String,
        /// Details, or empty.
        detail: String,
    },
    /// A ticket was made from the chat.
    TicketOpened {
        /// Its number.
        number: i64,
        /// And its identity.
        conversation: ConversationId,
    },
    /// A rule ran; what it did follows.
    RuleRan {
        /// Which: it may be gone.
        rule: RuleId,
        /// Its name at that time.
        name: String,
        /// What matched, as `rule::why` keeps it.
        why: String,
    },
    /// Words came from another ticket, or went into one.
    Shifted {
        /// How.
        how: How,
        /// Whether they went from here.
        out: bool,
        /// Number of the other ticket.
        number: i64,
        /// And its identity.
        conversation: ConversationId,
        /// By what it can be undone.
        shift: ShiftId,
        /// Name of who undid it.
        undone_by: Option<String>,
    },
}

/// Most characters of a message.
pub const TEXT_MOST: u32 = 100_000;
/// How long a message can be taken back when nothing else is configured, in microseconds.
pub const UNDO: i64 = 10 * crate::moment::SECOND;
/// Most characters of a preview.
const PREVIEW_MOST: usize = 140;

/// The beginning of a text on one line, for lists.
pub fn preview(text: &str) -> String {
    excerpt(text, PREVIEW_MOST)
}

/// At most so many characters of the beginning of a text, on one line.
pub fn excerpt(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        if count > 0 {
            out.push(' ');
            count += 1;
        }
        for c in word.chars().filter(|c| !matches!(c, '*' | '`' | '#') && !c.is_control()) {
            if count >= most {
                out.push('…');
                return out;
            }
            out.push(c);
            count += 1;
        }
    }
    out
}

/// The beginning of what somebody sent, for lists: of a message with files alone, what they are called.
pub fn preview_of<'a>(text: &str, files: impl IntoIterator<Item = &'a str>) -> String {
    let said = preview(text);
    if said.is_empty() { preview(&files.into_iter().collect::<Vec<_>>().join(", ")) } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_one_short_line() {
        assert_eq!(preview("Hello **there**\n\n  you"), "Hello there you");
        assert_eq!(preview(&"é".repeat(500)).chars().count(), PREVIEW_MOST + 1);
        assert_eq!(preview_of(" ", ["jacket.png", "receipt.pdf"]), "jacket.png, receipt.pdf");
        assert_eq!(preview_of("Here", ["jacket.png"]), "Here");
    }
}
