//! What travels over the sockets: the log down, and signals that are not facts both ways, never stored. A line that brings nothing may be
//! dead and not know it (a lid that was closed, a network that is gone): each side hears from the other again and again, or gives it up.

use serde::{Deserialize, Serialize};

use crate::{AgentId, ConversationId, Moment, event::Told, hours::State, moment::SECOND, window::VisitorTold};

/// Down: from the server to an agent's tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frame {
    /// Events in order, none left out.
    Told(Vec<Told>),
    /// The gap is too large, or the tab too slow: load the state anew, then come back.
    Reload,
    /// The session ended, or looks at another property now: load the page anew.
    Moved,
    /// Nothing but that the line is there.
    Beat,
    /// What another agent is doing.
    Presence {
        /// Who.
        agent: AgentId,
        /// Doing what.
        signal: Signal,
    },
    /// What the visitor of a chat is doing.
    Visitor {
        /// In which chat.
        chat: ConversationId,
        /// Doing what.
        doing: VisitorDoing,
    },
}

/// What an agent is doing right now; up from a tab, and down to the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signal {
    /// Reads a conversation; none when it was left. Said again every 20 s, forgotten after 45.
    Reading(Option<ConversationId>),
    /// Writes a reply in it: the visitor of a chat is told too.
    Typing(ConversationId),
    /// Writes a note in it: only colleagues are told.
    Noting(ConversationId),
    /// Has the page before their eyes, or no longer. Said again while they do something there, forgotten after two minutes;
    /// nobody is told.
    Looking(bool),
}

/// What a visitor is doing right now, as agents are told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VisitorDoing {
    /// A window of theirs is open.
    Here,
    /// None is open any more.
    Away,
    /// They have written so much and not sent it; empty when they took it back. Forgotten after 10 s.
    Typing(String),
}

/// Down: from the server to a visitor's window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowFrame {
    /// Events in order, none left out.
    Told(Vec<VisitorTold>),
    /// Online, away or offline from now on.
    State {
        /// Which.
        state: State,
        /// When it opens next, if it is closed.
        opens_at: Option<Moment>,
    },
    /// An agent writes in a chat.
    Typing {
        /// In which.
        chat: ConversationId,
        /// Name of the agent.
        name: String,
    },
    /// The gap is too large, or the window too slow: load the state anew, then come back.
    Reload,
    /// Nothing but that the line is there.
    Beat,
    /// The visitor is logged out or banned: there is nothing to follow any more.
    Gone,
}

/// Up: from a visitor's window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowSignal {
    /// What they have written so far and not sent; agents see it.
    Typing(String),
}

/// How often the server says [`Frame::Beat`] and asks for a sign of life, microseconds. A phone's radio is awake some ten seconds for
/// each: more often would never let it sleep, and less often would let networks forget the line (some do after half a minute).
pub const BEAT: i64 = 20 * SECOND;
/// Who has heard nothing for so long, two beats and a half, gives the line up; microseconds.
pub const SILENCE: i64 = 50 * SECOND;
/// So long a line may take to open, microseconds.
pub const OPENING: i64 = 20 * SECOND;

/// Most characters of what is shown to agents while it is written.
pub const PREVIEW_MOST: usize = 500;
/// A gap in the log larger than this is not replayed.
pub const GAP_MOST: i64 = 5_000;
