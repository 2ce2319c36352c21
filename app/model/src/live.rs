//! What travels over the socket: the log down, and signals that are not facts both ways, never stored.

use serde::{Deserialize, Serialize};

use crate::{AgentId, ConversationId, event::Told};

/// Down: from the server to a tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frame {
    /// Events in order, none left out.
    Told(Vec<Told>),
    /// The gap is too large, or the tab too slow: load the state anew, then come back.
    Reload,
    /// The session ended, or looks at another property now: load the page anew.
    Moved,
    /// What another agent is doing.
    Presence {
        /// Who.
        agent: AgentId,
        /// Doing what.
        signal: Signal,
    },
}

/// What an agent is doing right now; up from a tab, and down to the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signal {
    /// Reads a conversation; none when it was left. Said again every 20 s, forgotten after 45.
    Reading(Option<ConversationId>),
    /// Writes in it.
    Typing(ConversationId),
}

/// A gap in the log larger than this is not replayed.
pub const GAP_MOST: i64 = 5_000;
