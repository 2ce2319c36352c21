//! The log of each property, read and written out once and passed on to every open tab and window. Started by the first one, ended after
//! the last. The bell wakes it, a look each second repairs what a bell lost; the database is the truth. Knows no socket.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use desk::{
    Desk,
    log::{self, Addressed, Visitors},
};
use model::{
    AgentId, PropertyId,
    event::What,
    live::{Frame, WindowFrame},
};
use tokio::{sync::broadcast, time::sleep};

use super::{
    channel::{Channel, Passed, text},
    crowd::Crowd,
};

/// Events read at once.
const MOST: i64 = 500;

/// All properties that have open tabs or windows.
#[derive(Clone)]
pub struct Hub {
    desk: Desk,
    open: Arc<Mutex<HashMap<PropertyId, Arc<Channel>>>>,
    crowd: Arc<Crowd>,
}

impl Hub {
    /// None is open yet. `times`: of the usual number of windows that an address and a visitor may open; none for any number.
    pub fn new(desk: Desk, times: Option<u32>) -> Self {
        Self { desk, open: Arc::default(), crowd: Arc::new(Crowd::new(times)) }
    }

    /// How many windows an address has open.
    pub const fn crowd(&self) -> &Arc<Crowd> {
        &self.crowd
    }

    fn all(&self) -> MutexGuard<'_, HashMap<PropertyId, Arc<Channel>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A property's channel, with somebody in it by what `enter` does, so that it does not end before.
    pub async fn open<T>(&self, property: &PropertyId, enter: impl FnOnce(&Arc<Channel>) -> T + Send) -> desk::Result<T> {
        if let Some(channel) = self.all().get(property) {
            return Ok(enter(channel));
        }
        let head = log::head(self.desk.db().read(), property).await?;
        let mut open = self.all();
        let channel = open.entry(property.clone()).or_insert_with(|| {
            let channel = Arc::new(Channel::default());
            tokio::spawn(self.clone().follow(property.clone(), channel.clone(), head));
            tokio::spawn(super::tend::tend(self.desk.clone(), property.clone(), channel.clone()));
            channel
        });
        Ok(enter(channel))
    }

    /// Whatever happens in a property from now on. When this returns, nothing after it is missed.
    pub async fn subscribe(&self, property: &PropertyId) -> desk::Result<(Arc<Channel>, broadcast::Receiver<Arc<Passed>>)> {
        self.open(property, |channel| (channel.clone(), channel.subscribe())).await
    }

    /// The agents of a property who are connected.
    pub fn connected(&self, property: &PropertyId) -> Vec<AgentId> {
        self.all().get(property).map(|channel| channel.connected()).unwrap_or_default()
    }

    /// Whether an agent has a page of a property before their eyes.
    pub fn is_looked_at(&self, property: &PropertyId, agent: &AgentId) -> bool {
        self.all().get(property).is_some_and(|channel| channel.is_looked_at(agent))
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
                Err(error) => {
                    tracing::error!(%error, "the log cannot be read; open tabs wait");
                    sleep(Duration::from_millis(200)).await;
                }
            }
            tokio::select! {
                _ = bell.changed() => {}
                () = sleep(Duration::from_secs(1)) => {
                    let mut open = self.all();
                    if channel.nobody() {
                        open.remove(&property);
                        channel.end();
                        return;
                    }
                }
            }
        }
    }

    /// Reads what happened after a number and passes it on; gives the last number.
    async fn pass_on(&self, property: &PropertyId, channel: &Channel, seq: i64) -> desk::Result<i64> {
        let mut all = log::all_since(self.desk.db().read(), property, seq, MOST).await?;
        let last = all.last().map_or(seq, |addressed| addressed.event.seq);
        for addressed in &all {
            wake(channel, addressed);
        }
        // read and written out once, for those who are there
        let agents = !channel.no_agents();
        all.retain(|addressed| agents || is_awaited(channel, &addressed.visitors));
        if all.is_empty() {
            return Ok(last);
        }
        let to: Vec<_> = all.iter().map(|addressed| (addressed.only.clone(), addressed.visitors.clone())).collect();
        for ((told, to_visitor), (only, visitors)) in self.desk.tell_both(all).await?.into_iter().zip(to) {
            let (seq, rights) = (told.event.seq, told.event.what == What::PeopleChanged);
            if let Visitors::One(visitor) = &visitors {
                let text = to_visitor.and_then(|told| text(&WindowFrame::Told(vec![told])));
                channel.guests.tell(visitor, seq, text.as_ref());
            }
            if agents && let Some(text) = text(&Frame::Told(vec![told])) {
                channel.send(Passed { seq: Some(seq), only, not: None, rights, about: None, text });
            }
        }
        Ok(last)
    }
}

/// Whether the one visitor who is told has a window open.
fn is_awaited(channel: &Channel, visitors: &Visitors) -> bool {
    matches!(visitors, Visitors::One(visitor) if channel.guests.are_there(visitor))
}

/// What an event does by itself, whatever is told of it.
fn wake(channel: &Channel, addressed: &Addressed) {
    let event = &addressed.event;
    if addressed.visitors == Visitors::Every {
        channel.guests.wake_all();
    }
    if let (Visitors::One(visitor), What::ChatStarted, Some(chat)) = (&addressed.visitors, event.what, &event.conversation) {
        channel.seen_in(visitor, chat.clone(), false);
    }
    if matches!(event.what, What::PresenceChanged | What::PeopleChanged | What::PropertyChanged | What::WidgetChanged) {
        channel.look_again();
    }
}
