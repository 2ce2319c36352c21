//! Follows the log from a number over one socket per tab, and gives each event to the states on the screen,
//! which `apply` it themselves. Knows order, gaps and what others are doing; knows no screen.

mod followed;
mod visiting;
mod wide;
mod wire;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use leptos::{ev, prelude::*};
use model::{
    AgentId, ConversationId, Moment,
    event::Told,
    live::{Frame, Signal},
    moment::{DAY, SECOND},
    report::Day,
    roster::Roster,
    view::View,
};

pub use followed::Followed;
use visiting::Visiting;
pub use wide::WideLine;

/// Events kept in the tab, so that a state loaded a moment ago can catch up with those that came meanwhile.
const KEPT: usize = 500;
/// After this an agent who said no more is taken to have left.
const READING: i64 = 45 * SECOND;
/// After this an agent who typed no more is taken to have stopped.
const TYPING: i64 = 6 * SECOND;

/// What another agent is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub agent: AgentId,
    /// Which conversation they read.
    pub reading: Option<(ConversationId, Moment)>,
    /// In which they write.
    pub typing: Option<(ConversationId, Moment)>,
}

type Listener = Arc<dyn Fn(&[Told]) + Send + Sync>;
type Reload = Arc<dyn Fn() + Send + Sync>;

/// Where the tab stands in the log.
#[derive(Default)]
struct Place {
    /// Number of the last event told, or to be told from.
    seq: i64,
    /// Every event after this number is in `recent`.
    floor: i64,
    opened: bool,
    recent: VecDeque<Arc<Told>>,
    next: u64,
    listeners: Vec<(u64, Listener, Reload)>,
}

/// The tab's line to the log.
#[derive(Clone, Copy)]
pub struct Live {
    roster: RwSignal<Roster>,
    now: RwSignal<Moment>,
    connected: RwSignal<bool>,
    presence: RwSignal<Vec<Present>>,
    visitors: RwSignal<BTreeMap<ConversationId, Visiting>>,
    /// The same as `now`, moving on each second.
    second: RwSignal<Moment>,
    /// What the server's clock is ahead of ours, microseconds.
    ahead: StoredValue<i64>,
    place: StoredValue<Arc<Mutex<Place>>>,
}

/// Follows the log from what the roster knows. Called once, by the shell; gives itself to everything below.
pub fn follow(roster: RwSignal<Roster>) -> Live {
    let (now, seq) = roster.with_untracked(|roster| (roster.now, roster.head));
    let place = Arc::new(Mutex::new(Place { seq, floor: seq, ..Place::default() }));
    let live = Live {
        roster,
        now: RwSignal::new(now),
        connected: RwSignal::new(true),
        presence: RwSignal::new(vec![]),
        visitors: RwSignal::new(BTreeMap::new()),
        second: RwSignal::new(now),
        ahead: StoredValue::new(0),
        place: StoredValue::new(place),
    };
    provide_context(live);
    Effect::new(move || {
        wire::open(live);
        // the network is another one: the line may be dead and not know it
        let back = window_event_listener(ev::online, move |_| wire::connect(live));
        on_cleanup(move || back.remove());
    });
    on_cleanup(wire::close);
    live
}

/// The tab's line to the log. Ask in a component's body.
pub fn use_live() -> Live {
    expect_context()
}

impl Live {
    /// Who and where.
    pub fn roster(self) -> RwSignal<Roster> {
        self.roster
    }

    /// The looking agent.
    pub fn me(self) -> AgentId {
        self.roster.with_untracked(|roster| roster.me.clone())
    }

    /// The server's clock, moving on each ten seconds; the same while hydrating as when the page was made.
    pub fn now(self) -> RwSignal<Moment> {
        self.now
    }

    /// The day that it is in the property.
    pub fn today(self) -> Day {
        let now = self.now.get();
        Day((now.0.div_euclid(SECOND) + self.roster.with(|roster| roster.zone.offset(now))).div_euclid(DAY / SECOND))
    }

    /// The same for a view that goes by days: on another day it is another list.
    pub fn day_of(self, view: Memo<View>) -> Option<Day> {
        view.with(|view| view.days.is_some()).then(|| self.today())
    }

    /// `now`, moving on each second, for what counts up before one's eyes.
    pub fn second(self) -> RwSignal<Moment> {
        self.second
    }

    /// The server's clock at this instant, as well as the tab knows it. For the browser.
    pub fn clock(self) -> Moment {
        Moment(wire::clock()).plus(self.ahead.get_value())
    }

    /// Whether the socket is open (true until it was seen to fail).
    pub fn connected(self) -> RwSignal<bool> {
        self.connected
    }

    /// Number of the last event the tab was told.
    pub fn seq(self) -> i64 {
        self.with_place(|place| place.seq).unwrap_or_default()
    }

    /// Keeps a state true until the component goes; `reload` is asked to load it anew when the gap is too large.
    pub fn keep<T: Followed>(self, state: RwSignal<T>, reload: impl Fn() + Send + Sync + 'static) {
        let me = self.me();
        let take: Listener = Arc::new(move |all: &[Told]| {
            state.try_update(|state| all.iter().for_each(|told| state.take(told, &me)));
        });
        let head = state.with_untracked(T::head);
        let reload: Reload = Arc::new(reload);
        let again = reload.clone();
        let number = self.with_place(|place| {
            // Before the socket opens, the oldest state decides from where to be told.
            if !place.opened && head < place.seq {
                (place.seq, place.floor) = (head, head);
            }
            place.next += 1;
            place.listeners.push((place.next, take, reload));
            place.next
        });
        if self.with_place(|place| head < place.floor) == Some(true) {
            again();
        } else {
            self.catch_up(state, head);
        }
        on_cleanup(move || {
            self.with_place(|place| place.listeners.retain(|(other, ..)| Some(*other) != number));
        });
    }

    /// Hears each event once, for as long as the page lives.
    pub fn listen(self, heard: impl Fn(&[Told]) + Send + Sync + 'static) {
        self.with_place(|place| {
            place.next += 1;
            place.listeners.push((place.next, Arc::new(heard), Arc::new(|| {})));
        });
    }

    /// Puts a state loaded just now in the place of the old one, with what happened meanwhile.
    pub fn renew<T: Followed>(self, state: RwSignal<T>, fresh: T) {
        let head = fresh.head();
        let fresh = self.caught_up(fresh, head);
        state.try_set(fresh);
    }

    /// Tells a state again what happened after a number: parts of it were loaded at that time.
    pub fn catch_up<T: Followed>(self, state: RwSignal<T>, head: i64) {
        if self.with_place(|place| place.recent.back().is_some_and(|told| told.event.seq > head)) == Some(true) {
            let me = self.me();
            let recent = self.recent(head);
            state.try_update(|state| {
                state.rewind(head);
                for told in &recent {
                    state.take(told, &me);
                }
            });
        }
    }

    /// Says what this agent is doing. Lost if the socket is closed: it is no fact.
    pub fn signal(self, signal: &Signal) {
        if self.connected.try_get_untracked() == Some(true) {
            wire::send(signal);
        }
    }

    /// Names of those who read a conversation now, and of those who write in it.
    pub fn others(self, conversation: &ConversationId) -> (Vec<String>, Vec<String>) {
        let (now, me) = (self.now.get(), self.me());
        let here = |seen: &Option<(ConversationId, Moment)>, most: i64| {
            seen.as_ref().is_some_and(|(id, at)| id == conversation && now.since(*at) < most)
        };
        self.presence.with(|all| {
            self.roster.with(|roster| {
                let name = |present: &Present| roster.agent(&present.agent).map(|agent| agent.name.clone());
                let others = || all.iter().filter(|present| present.agent != me);
                let typing: Vec<_> = others().filter(|present| here(&present.typing, TYPING)).collect();
                let reading = others().filter(|present| here(&present.reading, READING) && !typing.contains(present));
                (reading.filter_map(name).collect(), typing.iter().copied().filter_map(name).collect())
            })
        })
    }

    fn with_place<T>(self, act: impl FnOnce(&mut Place) -> T) -> Option<T> {
        let place = self.place.try_get_value()?;
        let mut place = place.lock().ok()?;
        Some(act(&mut place))
    }

    fn recent(self, head: i64) -> Vec<Arc<Told>> {
        self.with_place(|place| place.recent.iter().filter(|told| told.event.seq > head).cloned().collect()).unwrap_or_default()
    }

    fn caught_up<T: Followed>(self, mut state: T, head: i64) -> T {
        let me = self.me();
        self.recent(head).iter().for_each(|told| state.take(told, &me));
        state
    }

    /// A frame came down.
    fn receive(self, frame: Frame) {
        match frame {
            Frame::Told(told) => self.tell(told),
            Frame::Reload => wire::start_over(self),
            Frame::Moved => wire::reload_page(),
            Frame::Beat => {}
            Frame::Presence { agent, signal } => self.see(agent, signal),
            Frame::Visitor { chat, doing } => self.visited(chat, doing),
        }
    }

    fn tell(self, mut told: Vec<Told>) {
        let listeners = self.with_place(|place| {
            told.retain(|told| told.event.seq > place.seq);
            let Some(last) = told.last() else { return vec![] };
            place.seq = last.event.seq;
            place.recent.extend(told.iter().cloned().map(Arc::new));
            let over = place.recent.len().saturating_sub(KEPT);
            place.floor = place.recent.drain(..over).next_back().map_or(place.floor, |told| told.event.seq);
            place.listeners.iter().map(|(_, listener, _)| listener.clone()).collect()
        });
        let here = wire::clock();
        if let Some(last) = told.last() {
            // an event is never younger than now: the clocks' difference is at least this
            self.ahead.update_value(|ahead| *ahead = (*ahead).max(last.event.at.0 - here));
        }
        for told in told.iter().filter(|told| told.people.is_some() || told.property.is_some()) {
            self.roster.try_update(|roster| roster.apply(told));
        }
        self.heard(&told);
        for listener in listeners.into_iter().flatten() {
            listener(&told);
        }
    }

    fn see(self, agent: AgentId, signal: Signal) {
        let at = self.clock();
        self.now.try_set(at);
        self.presence.try_update(|all| {
            let place = all.iter().position(|present| present.agent == agent).unwrap_or_else(|| {
                all.push(Present { agent, reading: None, typing: None });
                all.len() - 1
            });
            match signal {
                Signal::Reading(reading) => {
                    all[place].typing = all[place].typing.take().filter(|(id, _)| Some(id) == reading.as_ref());
                    all[place].reading = reading.map(|id| (id, at));
                }
                Signal::Typing(id) | Signal::Noting(id) => all[place].typing = Some((id, at)),
                // never told
                Signal::Looking(_) => {}
            }
        });
    }

    /// Starts at another number; whoever keeps a state loads it anew.
    fn restart(self, fresh: Roster) {
        let reloads = self.with_place(|place| {
            (place.seq, place.floor) = (fresh.head, fresh.head);
            place.recent.clear();
            place.listeners.iter().map(|(.., reload)| reload.clone()).collect::<Vec<_>>()
        });
        self.roster.try_set(fresh);
        for reload in reloads.into_iter().flatten() {
            reload();
        }
    }
}
