//! The log of each property, read and written out once and passed on to every open tab. Started by the first tab, ended after the last.
//! The bell wakes it, a look each second repairs what a bell lost; the database is the truth. Knows no socket.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as StdMutex, PoisonError},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use desk::{Desk, log};
use model::{
    AgentId, PropertyId,
    event::What,
    live::{Frame, Signal},
};
use tokio::{
    sync::{Mutex, broadcast},
    time::Instant,
};

/// Frames a tab may be behind before it is closed.
const BEHIND: usize = 1024;
/// Events read at once.
const MOST: i64 = 500;
/// After this an agent who said no more is taken to have left.
const PRESENT: Duration = Duration::from_secs(45);

/// After this an agent whose tab said no more of it is taken to look elsewhere.
const LOOKED: Duration = Duration::from_mins(2);

/// A frame as it is sent, with who may see it.
#[derive(Clone)]
pub struct Passed {
    /// Number of the event; none for presence.
    pub seq: Option<i64>,
    /// The one agent who is told, or everybody.
    pub only: Option<AgentId>,
    /// The one agent who is not told: it is their own doing.
    pub not: Option<AgentId>,
    /// It changed who may see what: rights are checked before it is sent.
    pub rights: bool,
    /// As JSON.
    pub text: Utf8Bytes,
}

/// All properties that have open tabs.
#[derive(Clone)]
pub struct Hub {
    desk: Desk,
    open: Arc<Mutex<HashMap<PropertyId, Arc<Channel>>>>,
}

/// One property's line.
pub struct Channel {
    sender: broadcast::Sender<Arc<Passed>>,
    present: StdMutex<HashMap<AgentId, (Signal, Instant)>>,
    /// Tabs that are before somebody's eyes, by their numbers.
    looking: StdMutex<HashMap<u64, (AgentId, Instant)>>,
}

impl Hub {
    /// None is open yet.
    pub fn new(desk: Desk) -> Self {
        Self { desk, open: Arc::default() }
    }

    /// Whatever happens in a property from now on. When this returns, nothing after it is missed.
    pub async fn subscribe(&self, property: &PropertyId) -> desk::Result<(Arc<Channel>, broadcast::Receiver<Arc<Passed>>)> {
        let mut open = self.open.lock().await;
        if let Some(channel) = open.get(property) {
            return Ok((channel.clone(), channel.sender.subscribe()));
        }
        let head = log::head(self.desk.db().read(), property).await?;
        let (sender, receiver) = broadcast::channel(BEHIND);
        let channel = Arc::new(Channel { sender, present: StdMutex::default(), looking: StdMutex::default() });
        open.insert(property.clone(), channel.clone());
        tokio::spawn(self.clone().follow(property.clone(), channel.clone(), head));
        Ok((channel, receiver))
    }

    /// Whether an agent has a page of a property before their eyes.
    pub async fn is_looked_at(&self, property: &PropertyId, agent: &AgentId) -> bool {
        let channel = self.open.lock().await.get(property).cloned();
        channel.is_some_and(|channel| channel.is_looked_at(agent))
    }

    async fn follow(self, property: PropertyId, channel: Arc<Channel>, mut seq: i64) {
        let mut bell = self.desk.db().bell().of(&property);
        loop {
            bell.mark_unchanged();
            match self.pass_on(&property, &channel, seq).await {
                Ok(last) if last > seq => {
                    seq = last;
                    continue;
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "the log cannot be read; open tabs wait"),
            }
            tokio::select! {
                _ = bell.changed() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {
                    let mut open = self.open.lock().await;
                    if channel.sender.receiver_count() == 0 {
                        open.remove(&property);
                        return;
                    }
                }
            }
        }
    }

    /// Reads what happened after a number and passes it on; gives the last number.
    async fn pass_on(&self, property: &PropertyId, channel: &Channel, seq: i64) -> desk::Result<i64> {
        let events = log::all_since(self.desk.db().read(), property, seq, MOST).await?;
        let (events, only): (Vec<_>, Vec<_>) = events.into_iter().unzip();
        let mut last = seq;
        for (told, only) in self.desk.tell(events).await?.into_iter().zip(only) {
            last = told.event.seq;
            let rights = told.event.what == What::PeopleChanged;
            if let Some(text) = text(&Frame::Told(vec![told])) {
                // fails only when nobody listens
                let _ = channel.sender.send(Arc::new(Passed { seq: Some(last), only, not: None, rights, text }));
            }
        }
        Ok(last)
    }
}

impl Channel {
    /// The agent of a tab has it before their eyes, or no longer.
    pub fn look(&self, tab: u64, agent: &AgentId, looking: bool) {
        let mut all = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        if looking {
            all.insert(tab, (agent.clone(), Instant::now()));
        } else {
            all.remove(&tab);
        }
    }

    fn is_looked_at(&self, agent: &AgentId) -> bool {
        let all = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().any(|(who, at)| who == agent && at.elapsed() < LOOKED)
    }

    /// An agent says what they are doing.
    pub fn signal(&self, agent: &AgentId, signal: Signal) {
        {
            let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
            if signal == Signal::Reading(None) {
                present.remove(agent);
            } else {
                present.insert(agent.clone(), (signal.clone(), Instant::now()));
            }
        }
        if let Some(text) = text(&Frame::Presence { agent: agent.clone(), signal }) {
            let _ = self.sender.send(Arc::new(Passed { seq: None, only: None, not: Some(agent.clone()), rights: false, text }));
        }
    }

    /// What the others are doing, for a tab that has just come.
    pub fn present(&self, but: &AgentId) -> Vec<Utf8Bytes> {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        present.retain(|_, (_, at)| at.elapsed() < PRESENT);
        let others = present.iter().filter(|(agent, _)| *agent != but);
        others.filter_map(|(agent, (signal, _))| text(&Frame::Presence { agent: agent.clone(), signal: signal.clone() })).collect()
    }
}

/// A frame as JSON.
pub fn text(frame: &Frame) -> Option<Utf8Bytes> {
    serde_json::to_string(frame).inspect_err(|error| tracing::error!(%error, "a frame cannot be written")).ok().map(Utf8Bytes::from)
}
