//! The visitors of one property who have windows open: whom an event wakes, who writes, who came and who went.
//! Knows no socket and no database; what becomes of it is told by the channel.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use model::{ConversationId, VisitorId, ban::Banned};
use tokio::time::Instant;

use super::pane::Pane;

/// A page that is loaded anew closes its window and opens it again: nobody left by that.
pub const GRACE: Duration = Duration::from_secs(5);
/// How often it is written down that somebody is still there.
const SEEN_EVERY: Duration = Duration::from_mins(1);
/// Windows that read the log within a second when all are told something.
const READERS: usize = 2_000;
/// Signals of all visitors of a property passed on to its agents, in a second: a flood does not reach them.
const SIGNALS_MOST: u32 = 200;
/// Most visitors whom an agent's new tab is told of.
const TOLD_MOST: usize = 1_000;

/// A visitor with windows open, or gone for less than the grace.
struct Guest {
    panes: Vec<Arc<Pane>>,
    address: Option<IpAddr>,
    chat: Option<ConversationId>,
    seen: Instant,
    gone: Option<Instant>,
}

#[derive(Default)]
struct Inside {
    guests: HashMap<VisitorId, Guest>,
    /// Windows of browsers that nobody knows yet: they are told how the widget stands.
    strangers: Vec<Arc<Pane>>,
    signals: (Option<Instant>, u32),
}

/// Those who have windows open.
#[derive(Default)]
pub struct Guests(Mutex<Inside>);

/// What is to be written down, and told, of time passing.
#[derive(Default)]
pub struct Passed {
    /// Their last window closed a while ago; with the chat that agents see them in.
    pub left: Vec<(VisitorId, Option<ConversationId>)>,
    /// Windows of theirs are still open.
    pub here: Vec<VisitorId>,
}

impl Guests {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A window opened. False: this visitor has as many as they may.
    pub fn enter(&self, visitor: Option<(&VisitorId, Option<IpAddr>)>, pane: &Arc<Pane>, most: usize) -> bool {
        let mut inside = self.inside();
        let Some((visitor, address)) = visitor else {
            inside.strangers.push(pane.clone());
            return true;
        };
        let guest = inside.guests.entry(visitor.clone()).or_insert_with(|| Guest {
            panes: Vec::with_capacity(1),
            address,
            chat: None,
            seen: Instant::now(),
            gone: None,
        });
        if guest.panes.len() >= most {
            return false;
        }
        (guest.address, guest.gone) = (address, None);
        guest.panes.push(pane.clone());
        true
    }

    /// A window closed.
    pub fn exit(&self, visitor: Option<&VisitorId>, pane: &Arc<Pane>) {
        let mut inside = self.inside();
        let remove = |panes: &mut Vec<Arc<Pane>>| {
            if let Some(place) = panes.iter().position(|known| Arc::ptr_eq(known, pane)) {
                panes.swap_remove(place);
            }
        };
        let Some(visitor) = visitor else { return remove(&mut inside.strangers) };
        if let Some(guest) = inside.guests.get_mut(visitor) {
            remove(&mut guest.panes);
            if guest.panes.is_empty() {
                guest.gone = Some(Instant::now());
            }
        }
    }

    /// Agents see a visitor in this chat from now on. `first`: unless they see them in one already. True: they are to be told that the
    /// visitor is here.
    pub fn seen_in(&self, visitor: &VisitorId, chat: &ConversationId, first: bool) -> bool {
        let mut inside = self.inside();
        let Some(guest) = inside.guests.get_mut(visitor) else { return false };
        if guest.chat.as_ref() == Some(chat) || (first && guest.chat.is_some()) {
            return false;
        }
        guest.chat = Some(chat.clone());
        true
    }

    /// Whether nobody has a window open, nor left a moment ago.
    pub fn nobody(&self) -> bool {
        let inside = self.inside();
        inside.guests.is_empty() && inside.strangers.is_empty()
    }

    /// Windows open now.
    pub fn windows(&self) -> usize {
        let inside = self.inside();
        inside.strangers.len() + inside.guests.values().map(|guest| guest.panes.len()).sum::<usize>()
    }

    /// Whether a visitor has a window open.
    pub fn are_there(&self, visitor: &VisitorId) -> bool {
        self.inside().guests.get(visitor).is_some_and(|guest| !guest.panes.is_empty())
    }

    /// Something happened for one visitor: as it is told, or none when each window reads it by itself.
    pub fn tell(&self, visitor: &VisitorId, seq: i64, text: Option<&Utf8Bytes>) {
        self.each(visitor, |pane| pane.put(|post| post.tell(seq, text)));
    }

    /// Something happened for every visitor: they read it one after the other.
    pub fn wake_all(&self) {
        let inside = self.inside();
        let share = u32::try_from(inside.guests.len() / READERS + 1).unwrap_or(1);
        let within = Duration::from_millis(300) * share;
        for pane in inside.guests.values().flat_map(|guest| &guest.panes) {
            pane.put(|post| post.within = Some(within));
        }
    }

    /// How the widget stands, to everybody.
    pub fn tell_state(&self, text: &Utf8Bytes) {
        let inside = self.inside();
        for pane in inside.guests.values().flat_map(|guest| &guest.panes).chain(&inside.strangers) {
            pane.put(|post| post.state = Some(text.clone()));
        }
    }

    /// An agent writes to a visitor.
    pub fn tell_typing(&self, visitor: &VisitorId, text: &Utf8Bytes) {
        self.each(visitor, |pane| pane.put(|post| post.typing = Some(text.clone())));
    }

    fn each(&self, visitor: &VisitorId, act: impl Fn(&Pane)) {
        if let Some(guest) = self.inside().guests.get(visitor) {
            guest.panes.iter().for_each(|pane| act(pane));
        }
    }

    /// The chat that a visitor's signal is about; none when agents see them in none, or were signalled too much.
    pub fn signals_in(&self, visitor: &VisitorId) -> Option<ConversationId> {
        let mut inside = self.inside();
        let now = Instant::now();
        let (since, count) = &mut inside.signals;
        if since.is_none_or(|since| now - since >= Duration::from_secs(1)) {
            (*since, *count) = (Some(now), 0);
        }
        *count += 1;
        if *count > SIGNALS_MOST {
            return None;
        }
        inside.guests.get(visitor)?.chat.clone()
    }

    /// The chats whose visitors are here, for an agent's tab that has just come. Who left a moment ago counts as here for it as for
    /// every other tab, until it is written down: what it says of the way an answer goes is the way it goes.
    pub fn chats(&self) -> Vec<ConversationId> {
        let inside = self.inside();
        inside.guests.values().filter_map(|guest| guest.chat.clone()).take(TOLD_MOST).collect()
    }

    /// Closes the windows of those who logged out, or are banned.
    pub fn turn_out(&self, logged_out: &[VisitorId], banned: &[Banned]) {
        let inside = self.inside();
        for visitor in logged_out {
            let guest = inside.guests.get(visitor);
            guest.into_iter().flat_map(|guest| &guest.panes).for_each(|pane| pane.put(|post| post.gone = true));
        }
        if banned.is_empty() {
            return;
        }
        for (visitor, guest) in &inside.guests {
            if banned.iter().any(|ban| ban.covers(Some(visitor), guest.address)) {
                guest.panes.iter().for_each(|pane| pane.put(|post| post.gone = true));
            }
        }
    }

    /// What time did, at most so many of each; those who left are forgotten.
    pub fn pass(&self, most: usize) -> Passed {
        let mut inside = self.inside();
        let now = Instant::now();
        let mut passed = Passed::default();
        for (visitor, guest) in &mut inside.guests {
            let over = guest.gone.is_some_and(|gone| now - gone >= GRACE);
            if over && passed.left.len() < most {
                passed.left.push((visitor.clone(), guest.chat.take()));
            } else if guest.gone.is_none() && now - guest.seen >= SEEN_EVERY && passed.here.len() < most {
                guest.seen = now;
                passed.here.push(visitor.clone());
            }
        }
        for (visitor, _) in &passed.left {
            inside.guests.remove(visitor);
        }
        passed
    }
}
