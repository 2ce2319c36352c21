//! The socket under `live`: opens it, opens it again after a pause that grows, gives one up that has fallen silent, turns frames into
//! values. Knows bytes and time; knows no state. Runs in the browser only.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::{Interval, Timeout};
use leptos::{prelude::*, task::spawn_local};
use model::live::{Frame, OPENING, SILENCE, Signal};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::Live;
use crate::ui::is_leaving;

/// Shortest and longest pause before the socket is opened again, milliseconds.
const PAUSE: (f64, f64) = (400.0, 30_000.0);
/// How often the clock of the page moves, milliseconds.
const TICK_EVERY: u32 = 10_000;
/// How often what counts up moves, milliseconds.
const SECOND_EVERY: u32 = 1_000;

/// How often it is looked whether a line has fallen silent, milliseconds: a page that nobody sees is not let look more than once a minute.
const WATCH_EVERY: u32 = 2_000;

/// Within this the answer to what moved the page is here, milliseconds.
const ANSWERED: u32 = 150;

/// A socket that tells what comes down, or that nothing does any more. One that is let go of without being hung up tells on.
pub(super) struct Wire {
    socket: WebSocket,
    _watch: Interval,
    _told: Closure<dyn FnMut(MessageEvent)>,
    _opened: Closure<dyn FnMut()>,
    _closed: Closure<dyn FnMut(CloseEvent)>,
}

impl Wire {
    /// Opens one to a path of ours.
    pub(super) fn open(
        path: &str,
        told: impl Fn(&str) + 'static,
        opened: impl Fn() + 'static,
        closed: impl Fn() + 'static,
    ) -> Option<Self> {
        let location = window().location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let socket = WebSocket::new(&format!("{scheme}://{}{path}", location.host().ok()?)).ok()?;
        // until when something has to be heard, by a clock that goes on while the machine sleeps
        let until = Rc::new(Cell::new(within(OPENING)));
        let (heard, opens, ends) = (until.clone(), until.clone(), until.clone());
        let told = Closure::new(move |event: MessageEvent| {
            heard.set(within(SILENCE));
            _ = event.data().as_string().map(|text| told(&text));
        });
        let opened = Closure::new(move || {
            opens.set(within(SILENCE));
            opened();
        });
        let closed = Rc::new(move || {
            ends.set(i64::MAX);
            closed();
        });
        let (silent, gives_up) = (socket.clone(), closed.clone());
        let watch = Interval::new(WATCH_EVERY, move || {
            if clock() > until.get() {
                let_go(&silent);
                gives_up();
            }
        });
        let closed = Closure::new(move |_: CloseEvent| closed());
        socket.set_onmessage(Some(told.as_ref().unchecked_ref()));
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Some(Self { socket, _watch: watch, _told: told, _opened: opened, _closed: closed })
    }

    /// Closes it; nothing is told of that.
    pub(super) fn hang_up(self) {
        let_go(&self.socket);
    }
}

fn let_go(socket: &WebSocket) {
    socket.set_onmessage(None);
    socket.set_onopen(None);
    socket.set_onclose(None);
    // fails only for a reason that is none
    drop(socket.close());
}

/// The moment that is so long from now, microseconds.
fn within(time: i64) -> i64 {
    clock() + time
}

thread_local! {
    static WIRE: RefCell<Option<Wire>> = const { RefCell::new(None) };
    // one that is dropped stops
    static TICK: RefCell<Option<[Interval; 2]>> = const { RefCell::new(None) };
    static TRIES: RefCell<u32> = const { RefCell::new(0) };
}

/// Opens the socket once the states of the page are there, and starts the clock.
pub(super) fn open(live: Live) {
    live.roster.with_untracked(|roster| crate::ask::made_for(&roster.property.id));
    // the states of a page come to life in the same turn as the shell; one turn later all have said their number
    Timeout::new(20, move || connect(live)).forget();
    let tick = Interval::new(TICK_EVERY, move || _ = live.now.try_set(live.clock()));
    TICK.set(Some([tick, Interval::new(SECOND_EVERY, move || _ = live.second.try_set(live.clock()))]));
}

/// Closes the socket for good.
pub(super) fn close() {
    if is_browser() {
        hang_up();
        TICK.set(None);
    }
}

/// This machine's clock, microseconds.
pub(super) fn clock() -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
    let millis = js_sys::Date::now() as i64;
    millis * 1_000
}

/// Sends a signal if the socket is open.
pub(super) fn send(signal: &Signal) {
    if let Ok(text) = serde_json::to_string(signal) {
        WIRE.with_borrow(|wire| {
            let open = wire.as_ref().filter(|wire| wire.socket.ready_state() == WebSocket::OPEN);
            open.map(|wire| wire.socket.send_with_str(&text));
        });
    }
}

/// Loads the page anew, unless it goes elsewhere by itself: the line may say so before the answer that it was moved by.
pub(super) fn reload_page() {
    let reload = || {
        if !is_leaving() {
            drop(window().location().reload());
        }
    };
    Timeout::new(ANSWERED, reload).forget();
}

/// The gap is too large: the roster is loaded first, so that every state loaded after it knows at least as much.
pub(super) fn start_over(live: Live) {
    hang_up();
    spawn_local(async move {
        match crate::roster::load_roster().await {
            Ok(fresh) => {
                live.restart(fresh);
                connect(live);
            }
            Err(_) => again(live),
        }
    });
}

fn hang_up() {
    if let Some(wire) = WIRE.with_borrow_mut(Option::take) {
        wire.hang_up();
    }
}

/// Opens the socket, in the place of one that is open.
pub(super) fn connect(live: Live) {
    hang_up();
    let Some(from) = live.with_place(|place| {
        place.opened = true;
        place.seq
    }) else {
        return;
    };
    // by these the server sees that the browser holds the session of another by now
    let path = live.roster.try_with_untracked(|roster| {
        let (agent, property) = (&roster.me, &roster.property.id);
        format!("/live?from={from}&agent={agent}&property={property}")
    });
    let told = move |text: &str| {
        if let Ok(frame) = serde_json::from_str::<Frame>(text) {
            live.receive(frame);
        }
    };
    let opened = move || {
        TRIES.set(0);
        // who is there is told anew
        live.visitors.try_update(std::collections::BTreeMap::clear);
        live.connected.try_set(true);
    };
    let closed = move || {
        live.connected.try_set(false);
        again(live);
    };
    let Some(wire) = path.and_then(|path| Wire::open(&path, told, opened, closed)) else { return again(live) };
    WIRE.set(Some(wire));
}

/// Opens the socket again after a pause.
fn again(live: Live) {
    let tries = TRIES.with_borrow_mut(|tries| std::mem::replace(tries, *tries + 1));
    Timeout::new(pause(tries), move || {
        if !live.now.is_disposed() {
            connect(live);
        }
    })
    .forget();
}

/// How long to wait after so many tries, milliseconds: twice as long each time, and never the same for all tabs.
pub(super) fn pause(tries: u32) -> u32 {
    let pause = (PAUSE.0 * f64::from(1_u32 << tries.min(10))).min(PAUSE.1) * (0.5 + js_sys::Math::random() / 2.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most half a minute of milliseconds")]
    let pause = pause as u32;
    pause
}
