//! One property's line: what is passed on to its agents' tabs, who of them is connected and what they are doing, the visitors with open
//! windows, and how its widget stands. Knows no socket and no database.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use model::{
    AgentId, ConversationId, Moment, VisitorId,
    hours::State,
    live::{Frame, PREVIEW_MOST, Signal, VisitorDoing},
};
use serde::Serialize;
use tokio::{
    sync::{Notify, broadcast},
    time::Instant,
};

use super::guests::Guests;

/// Frames a tab may be behind before it is closed.
const BEHIND: usize = 1024;
/// After this an agent who said no more is taken to have left.
const PRESENT: Duration = Duration::from_secs(45);
/// After this an agent whose tab said no more of it is taken to look elsewhere.
const LOOKED: Duration = Duration::from_mins(2);
/// A tab that is loaded anew closes its line and opens it again: visitors do not see it.
pub const GRACE: Duration = Duration::from_secs(8);

/// A frame as it is sent, with who may see it.
#[derive(Clone)]
pub struct Passed {
    /// Number of the event; none for signals.
    pub seq: Option<i64>,
    /// The one agent who is told, or everybody.
    pub only: Option<AgentId>,
    /// The one agent who is not told: it is their own doing.
    pub not: Option<AgentId>,
    /// It changed who may see what: rights are checked before it is sent.
    pub rights: bool,
    /// Which conversation a signal is about, and what they are sent instead who do not see it.
    pub about: Option<(ConversationId, Option<Utf8Bytes>)>,
    /// As JSON.
    pub text: Utf8Bytes,
}

/// An agent's open tabs.
#[derive(Default)]
struct Tabs {
    open: usize,
    gone: Option<Instant>,
}

/// One property's line.
pub struct Channel {
    sender: broadcast::Sender<Arc<Passed>>,
    present: Mutex<HashMap<AgentId, (Signal, Instant)>>,
    agents: Mutex<HashMap<AgentId, Tabs>>,
    /// Tabs that are before somebody's eyes, by their numbers.
    looking: Mutex<HashMap<u64, (AgentId, Instant)>>,
    /// The visitors with open windows.
    pub guests: Guests,
    /// How the widget stands, as it was told last. Held while it is found out, so that it is found out once.
    pub state: tokio::sync::Mutex<Option<(State, Option<Moment>)>>,
    look: Notify,
    ended: AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            sender: broadcast::channel(BEHIND).0,
            present: Mutex::default(),
            agents: Mutex::default(),
            looking: Mutex::default(),
            guests: Guests::default(),
            state: tokio::sync::Mutex::default(),
            look: Notify::new(),
            ended: AtomicBool::new(false),
        }
    }
}

impl Channel {
    /// What is passed on from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Passed>> {
        self.sender.subscribe()
    }

    /// Passes a frame on to agents' tabs.
    pub fn send(&self, passed: Passed) {
        // fails only when nobody listens
        let _ = self.sender.send(Arc::new(passed));
    }

    fn tell(&self, frame: &Frame, not: Option<&AgentId>) {
        if let Some(passed) = signal(frame, not) {
            self.send(passed);
        }
    }

    /// Whether no agent's tab is open.
    pub fn no_agents(&self) -> bool {
        self.sender.receiver_count() == 0
    }

    /// Whether nobody is there, nor was a moment ago.
    pub fn nobody(&self) -> bool {
        self.no_agents() && self.guests.nobody() && self.connected().is_empty()
    }

    /// It has ended; whoever tends it stops.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        self.look.notify_one();
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// How the widget stands may be different now.
    pub fn look_again(&self) {
        self.look.notify_one();
    }

    /// Waits until it may be.
    pub async fn looked_for(&self) {
        self.look.notified().await;
    }

    /// A tab of an agent opened.
    pub fn came(&self, agent: &AgentId) {
        let mut agents = locked(&self.agents);
        let tabs = agents.entry(agent.clone()).or_default();
        (tabs.open, tabs.gone) = (tabs.open + 1, None);
        self.look_again();
    }

    /// A tab of an agent closed.
    pub fn went(&self, agent: &AgentId) {
        if let Some(tabs) = locked(&self.agents).get_mut(agent) {
            tabs.open = tabs.open.saturating_sub(1);
            tabs.gone = (tabs.open == 0).then(Instant::now);
        }
    }

    /// The agents with open tabs, or with one a moment ago.
    pub fn connected(&self) -> Vec<AgentId> {
        let mut agents = locked(&self.agents);
        agents.retain(|_, tabs| tabs.gone.is_none_or(|gone| gone.elapsed() < GRACE));
        agents.keys().cloned().collect()
    }

    /// The agent of a tab has it before their eyes, or no longer.
    pub fn look(&self, tab: u64, agent: &AgentId, looking: bool) {
        let mut all = locked(&self.looking);
        if looking {
            all.insert(tab, (agent.clone(), Instant::now()));
        } else {
            all.remove(&tab);
        }
    }

    /// Whether an agent has a tab before their eyes.
    pub fn is_looked_at(&self, agent: &AgentId) -> bool {
        locked(&self.looking).values().any(|(who, at)| who == agent && at.elapsed() < LOOKED)
    }

    /// An agent says what they are doing.
    pub fn signal(&self, agent: &AgentId, signal: Signal) {
        {
            let mut present = locked(&self.present);
            if signal == Signal::Reading(None) {
                present.remove(agent);
            } else {
                present.insert(agent.clone(), (signal.clone(), Instant::now()));
            }
        }
        self.tell(&Frame::Presence { agent: agent.clone(), signal }, Some(agent));
    }

    /// What the others are doing and which visitors are here, for a tab that has just come.
    pub fn present(&self, but: &AgentId) -> Vec<Passed> {
        let mut present = locked(&self.present);
        present.retain(|_, (_, at)| at.elapsed() < PRESENT);
        let others = present.iter().filter(|(agent, _)| *agent != but);
        let doing = others.map(|(agent, (signal, _))| Frame::Presence { agent: agent.clone(), signal: signal.clone() });
        let here = self.guests.chats().into_iter().map(|chat| Frame::Visitor { chat, doing: VisitorDoing::Here });
        doing.chain(here).filter_map(|frame| signal(&frame, None)).collect()
    }

    /// Agents see a visitor in this chat from now on; `first`: unless they see them in one already.
    pub fn seen_in(&self, visitor: &VisitorId, chat: ConversationId, first: bool) {
        if self.guests.seen_in(visitor, &chat, first) {
            self.tell(&Frame::Visitor { chat, doing: VisitorDoing::Here }, None);
        }
    }

    /// The last window of the visitor of a chat is gone.
    pub fn left(&self, chat: ConversationId) {
        self.tell(&Frame::Visitor { chat, doing: VisitorDoing::Away }, None);
    }

    /// A visitor has written so much.
    pub fn visitor_typing(&self, visitor: &VisitorId, text: &str) {
        if self.no_agents() {
            return;
        }
        if let Some(chat) = self.guests.signals_in(visitor) {
            let cut = text.char_indices().nth(PREVIEW_MOST).map_or(text.len(), |(at, _)| at);
            self.tell(&Frame::Visitor { chat, doing: VisitorDoing::Typing(text[..cut].to_owned()) }, None);
        }
    }
}

/// A signal as it is passed on.
fn signal(frame: &Frame, not: Option<&AgentId>) -> Option<Passed> {
    let about = match frame {
        Frame::Visitor { chat, .. } => Some((chat.clone(), None)),
        Frame::Presence { agent, signal: Signal::Reading(Some(id)) | Signal::Typing(id) | Signal::Noting(id) } => {
            // they read something else than before, if that was seen
            Some((id.clone(), text(&Frame::Presence { agent: agent.clone(), signal: Signal::Reading(None) })))
        }
        _ => None,
    };
    Some(Passed { seq: None, only: None, not: not.cloned(), rights: false, about, text: text(frame)? })
}

/// A frame as JSON.
pub fn text(frame: &impl Serialize) -> Option<Utf8Bytes> {
    serde_json::to_string(frame).inspect_err(|error| tracing::error!(%error, "a frame cannot be written")).ok().map(Utf8Bytes::from)
}
