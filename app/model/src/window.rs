//! The widget's window as its visitor's browser holds it: their chats without what is the agents' own.
//! `apply` keeps it equal to what a fresh load would give. No type here can carry a note, an assignment or an agent's address.

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, ConversationId, DepartmentId, Language, MessageId, Moment, attachment::Attachment, chat::Rating, hours::State, moment::Zone,
    visitor::Guest, widget::Widget,
};

/// What every visitor of a property sees, whether they wrote or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Front {
    /// Name of the property.
    pub property: String,
    /// Its language.
    pub language: Language,
    /// Its zone, for opening hours.
    pub zone: Zone,
    /// The widget's settings.
    pub widget: Widget,
    /// Departments to choose from, when the form before a chat asks for one.
    pub departments: Vec<(DepartmentId, String)>,
}

/// An agent who came into a chat, as visitors see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Who.
    pub agent: AgentId,
    /// Name they came with.
    pub name: String,
    /// Name of their picture, under `/pictures/`; empty while they have none. When agents change, the front does, and a browser loads its
    /// window anew.
    pub picture: String,
    /// Whether they are still in it.
    pub here: bool,
}

/// A chat as its visitor sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowChat {
    /// Identity.
    pub id: ConversationId,
    /// When it began.
    pub started_at: Moment,
    /// Agents who came, in the order of that, those who went included.
    pub hosts: Vec<Host>,
    /// Whether an agent said something.
    pub answered: bool,
    /// Whether nobody answered in time, and nobody has since.
    pub missed: bool,
    /// Whether the visitor said where an answer reaches them.
    pub rescued: bool,
    /// When it was over.
    pub ended_at: Option<Moment>,
    /// How the visitor found it.
    pub rating: Option<Rating>,
    /// Up to when the visitor has read it.
    pub read_at: Option<Moment>,
}

impl WindowChat {
    /// The agent who came last, of those who are in it.
    pub fn host(&self) -> Option<&Host> {
        self.hosts.iter().rfind(|host| host.here)
    }
}

/// Who speaks to a visitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Speaker {
    /// The visitor.
    Visitor,
    /// An agent.
    Agent {
        /// Who.
        id: AgentId,
        /// Name at that time.
        name: String,
    },
    /// Recado itself.
    System,
}

/// What happened in a chat, as far as its visitor is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum WindowHappening {
    /// An agent came.
    AgentJoined,
    /// An agent went.
    AgentLeft,
    /// It is over.
    Ended,
    /// They said how it was.
    Rated {
        /// How.
        rating: Rating,
    },
    /// They were asked for name and e-mail.
    DetailsAsked,
    /// They said where an answer reaches them.
    DetailsLeft {
        /// Their address.
        email: String,
    },
    /// They wanted the chat by mail.
    TranscriptAsked {
        /// Where.
        email: String,
    },
}

/// An entry of a chat as its visitor sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowMessage {
    /// Identity, made by whoever wrote it.
    pub id: MessageId,
    /// Where it belongs.
    pub chat: ConversationId,
    /// Number of the event that brought it.
    pub seq: i64,
    /// Its place among the messages of the same event.
    pub place: i64,
    /// Who wrote it.
    pub speaker: Speaker,
    /// When.
    pub at: Moment,
    /// Whether its words were changed since.
    pub edited: bool,
    /// Whether the visitor wrote it by mail. What a mail says is shown only to whom the site vouches for: anybody can name an address.
    pub by_mail: bool,
    /// Text; Markdown from agents.
    pub text: String,
    /// `text` as safe HTML, when an agent wrote it.
    pub rendered: String,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// What happened, if it did.
    pub happened: Option<WindowHappening>,
}

/// The window. `F` is what is kept of the front: the browser's own small part keeps nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window<F = Front> {
    /// Number of the last event this state knows.
    pub head: i64,
    /// What every visitor sees.
    pub front: F,
    /// Online, away or offline when this was loaded; later ones come as signals, since nobody writes down who is connected.
    pub state: State,
    /// When it opens next, if it is closed.
    pub opens_at: Option<Moment>,
    /// What is known of the visitor.
    pub guest: Guest,
    /// Their last chats, oldest first.
    pub chats: Vec<WindowChat>,
    /// The last messages of all their chats, oldest first.
    pub messages: Vec<WindowMessage>,
    /// Whether there are earlier ones than these.
    pub earlier: bool,
    /// The server's clock when this was loaded.
    pub now: Moment,
}

/// An event as a visitor is told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorTold<F = Front> {
    /// Its number.
    pub seq: i64,
    /// The chat it is about.
    pub about: Option<ConversationId>,
    /// That chat as it stands; none when it is gone.
    pub chat: Option<WindowChat>,
    /// Messages that were added, changed or taken away.
    pub changed: Vec<MessageId>,
    /// Those of them that are there.
    pub messages: Vec<WindowMessage>,
    /// What is known of the visitor, when it changed.
    pub guest: Option<Guest>,
    /// What every visitor sees, when it changed.
    pub front: Option<F>,
}

/// How many messages a window opens with.
pub const MESSAGES_SHOWN: usize = 60;
/// How many chats.
pub const CHATS_SHOWN: usize = 20;

impl<F: Clone> Window<F> {
    /// Takes in what happened. Old numbers are ignored.
    pub fn apply(&mut self, told: &VisitorTold<F>) {
        if told.seq <= self.head {
            return;
        }
        self.head = told.seq;
        if let Some(guest) = &told.guest {
            self.guest = guest.clone();
        }
        if let Some(front) = &told.front {
            self.front = front.clone();
        }
        let Some(about) = &told.about else { return };
        self.chats.retain(|chat| chat.id != *about);
        let Some(chat) = &told.chat else {
            self.messages.retain(|message| message.chat != *about);
            return;
        };
        let place = self.chats.partition_point(|known| (known.started_at, &known.id) < (chat.started_at, &chat.id));
        self.chats.insert(place, chat.clone());
        if self.chats.len() > CHATS_SHOWN {
            self.chats.remove(0);
        }
        self.messages.retain(|message| !told.changed.contains(&message.id));
        let first = if self.earlier { self.messages.first().map_or(i64::MIN, |message| message.seq) } else { i64::MIN };
        for message in told.messages.iter().filter(|message| message.seq >= first) {
            let place = self.messages.partition_point(|known| (known.seq, known.place) < (message.seq, message.place));
            self.messages.insert(place, message.clone());
        }
    }

    /// Puts earlier messages, as loaded, before the ones that are here.
    pub fn prepend(&mut self, mut earlier: Vec<WindowMessage>, more: bool) {
        self.earlier = more;
        earlier.retain(|message| !self.messages.iter().any(|known| known.id == message.id));
        self.messages.splice(0..0, earlier);
    }

    /// The chat that goes on; none before the first words and after an end.
    pub fn chat(&self) -> Option<&WindowChat> {
        self.chats.last().filter(|chat| chat.ended_at.is_none())
    }

    /// The name of the picture of an agent who came into one of the chats; empty if they have none.
    pub fn picture(&self, agent: &AgentId) -> &str {
        for chat in &self.chats {
            for host in &chat.hosts {
                if host.agent == *agent {
                    return &host.picture;
                }
            }
        }
        ""
    }

    /// How many of the agents' messages the visitor has not read.
    pub fn unread(&self) -> usize {
        let read = |chat: &ConversationId| self.chats.iter().find(|known| known.id == *chat).and_then(|chat| chat.read_at);
        let new = |message: &&WindowMessage| {
            message.happened.is_none()
                && matches!(message.speaker, Speaker::Agent { .. })
                && read(&message.chat).is_none_or(|at| at < message.at)
        };
        self.messages.iter().filter(new).count()
    }
}
