//! The line under a list of all properties: each part of it is told what happens in its property. What it was told stands in the parts
//! themselves, so that a line that broke goes on from there. One to a page; runs in the browser only.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use leptos::{ev, prelude::*};
use model::{
    everywhere::{Everywhere, Wide},
    live::Frame,
};

use super::{
    Live,
    wire::{Wire, pause},
};

thread_local! {
    static WIRE: RefCell<Option<Wire>> = const { RefCell::new(None) };
    static TRIES: Cell<u32> = const { Cell::new(0) };
}

/// The line.
#[derive(Clone, Copy)]
pub struct WideLine {
    live: Live,
    list: RwSignal<Everywhere>,
    /// Moves when the list is to be loaded anew; then it is to be connected again.
    pub stale: RwSignal<usize>,
}

impl WideLine {
    /// Keeps a list true until the component goes.
    pub fn keep(live: Live, list: RwSignal<Everywhere>) -> Self {
        let this = Self { live, list, stale: RwSignal::new(0) };
        Effect::new(move || {
            this.connect();
            let back = window_event_listener(ev::online, move |_| this.connect());
            on_cleanup(move || back.remove());
        });
        on_cleanup(|| {
            if is_browser() {
                hang_up();
            }
        });
        this
    }

    /// Follows from what the list knows now.
    pub fn connect(self) {
        hang_up();
        let path = self.list.try_with_untracked(|list| {
            let from: Vec<String> = list.heads().map(|(property, head)| format!("{property}:{head}")).collect();
            format!("/live/everywhere?agent={}&from={}", self.live.me(), from.join(","))
        });
        let Some(path) = path else { return };
        let wire = Wire::open(&path, move |text| self.hear(text), || TRIES.set(0), move || self.again());
        match wire {
            Some(wire) => WIRE.set(Some(wire)),
            None => self.again(),
        }
    }

    fn hear(self, text: &str) {
        match serde_json::from_str(text) {
            Ok(Wide::In(property, Frame::Told(told))) => {
                let me = self.live.me();
                self.list.try_update(|list| told.iter().for_each(|told| list.apply(&property, told, &me)));
            }
            Ok(Wide::In(_, Frame::Visitor { chat, doing })) => self.live.visited(chat, doing),
            Ok(Wide::Reload) => {
                hang_up();
                self.stale.try_update(|stale| *stale += 1);
            }
            // what a later server may say
            Ok(Wide::In(..) | Wide::Beat) | Err(_) => {}
        }
    }

    /// The same after a pause.
    pub fn again(self) {
        let tries = TRIES.replace(TRIES.get() + 1);
        Timeout::new(pause(tries), move || {
            if !self.list.is_disposed() {
                self.connect();
            }
        })
        .forget();
    }
}

fn hang_up() {
    if let Some(wire) = WIRE.take() {
        wire.hang_up();
    }
}
