//! The line to the log: opened, opened again after a pause that grows, given up when it has fallen silent, its frames taken into the
//! state. What an agent reads while it is written goes up by it. Lost signals are no loss: they are no facts.

use std::cell::{Cell, RefCell};

use model::{
    Moment,
    hours::State as Status,
    live::{OPENING, SILENCE},
    window::VisitorTold,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{MessageEvent, WebSocket};

use crate::number::digits;

use super::{
    change, clock,
    json::{Json, Read},
    news, queue, reload, see, site, wire,
};

thread_local! {
    static SOCKET: RefCell<Option<WebSocket>> = const { RefCell::new(None) };
    static TRIES: Cell<u32> = const { Cell::new(0) };
    /// Which socket it is: what an old one still says is not heard.
    static NUMBER: Cell<u32> = const { Cell::new(0) };
    /// Until when something has to be heard, by a clock that goes on while the machine sleeps.
    static UNTIL: Cell<i64> = const { Cell::new(i64::MAX) };
    static GONE: Cell<bool> = const { Cell::new(false) };
    static TYPED: Cell<i64> = const { Cell::new(0) };
}

/// Most characters of what agents see while it is written.
const PREVIEW: usize = 500;
/// Agents are told of it at most so often, microseconds.
const TELL_EVERY: i64 = 700_000;

/// Whether the line is open.
pub fn is_open() -> bool {
    SOCKET.with_borrow(|socket| socket.as_ref().is_some_and(|socket| socket.ready_state() == WebSocket::OPEN))
}

/// Opens the line, in the place of one that is open.
pub fn open() {
    hang_up();
    let number = NUMBER.get();
    let Some((key, head)) = see(|state| (state.opened.key.clone(), state.opened.window.head)).filter(|_| !wire::leaving()) else { return };
    wait(OPENING);
    let path = ["/chat/", &key, "/live?from=", &digits(head)].concat();
    let Ok(socket) = WebSocket::new(&wire::address(&path)) else { return again() };
    let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if NUMBER.get() != number {
            return;
        }
        wait(SILENCE);
        match event.type_().as_str() {
            "open" => {
                TRIES.set(0);
                change(|state| state.lost = false);
                queue::pump();
            }
            "close" => lose(),
            _ => {
                if let Some(json) = event.data().as_string().and_then(|text| Json::parse(&text)) {
                    take(&json);
                }
            }
        }
    })
    .into_js_value();
    let listener = listener.unchecked_ref();
    socket.set_onopen(Some(listener));
    socket.set_onmessage(Some(listener));
    socket.set_onclose(Some(listener));
    SOCKET.set(Some(socket));
}

/// Lets it be silent for so long, microseconds.
fn wait(time: i64) {
    UNTIL.set(clock().0 + time);
}

/// Gives up a line that was silent for too long: a browser may hold a dead one open for many minutes.
pub fn watch() {
    if clock().0 > UNTIL.get() {
        hang_up();
        lose();
    }
}

/// Closes it; what it still says is not heard.
pub fn hang_up() {
    if let Some(old) = SOCKET.take() {
        drop(old.close());
    }
    NUMBER.set(NUMBER.get() + 1);
    UNTIL.set(i64::MAX);
}

fn lose() {
    UNTIL.set(i64::MAX);
    change(|state| state.lost = true);
    again();
}

fn again() {
    let tries = TRIES.get();
    TRIES.set(tries + 1);
    let number = NUMBER.get();
    wire::after(
        wire::pause(tries),
        Box::new(move || {
            if NUMBER.get() == number {
                open();
            }
        }),
    );
}

fn take(frame: &Json) {
    if let Json::List(all) = frame.get("Told") {
        all.iter().for_each(tell);
    } else if let Some(status) = frame.get("State").field::<Status>("state") {
        let opens_at: Option<Moment> = frame.get("State").field("opens_at").flatten();
        let before = news::known();
        change(|state| (state.opened.window.state, state.opened.window.opens_at) = (status, opens_at));
        news::since(before);
    } else if let Some(name) = frame.get("Typing").field::<String>("name") {
        change(|state| {
            state.now = clock();
            state.typing = Some((name, state.now));
        });
    } else if *frame == Json::Text("Reload".to_owned()) {
        reload(None);
    } else if *frame == Json::Text("Gone".to_owned()) {
        // logged out elsewhere: begin anew; turned out again: that will not change soon
        hang_up();
        let pause = if GONE.replace(true) { 60_000 } else { 0 };
        wire::after(pause, Box::new(|| reload(None)));
    }
}

fn tell(json: &Json) {
    // what cannot be read was written by a newer server
    let Some(told) = VisitorTold::<()>::read(json) else { return reload(None) };
    let fresh = told.front.is_some();
    let before = news::known();
    change(|state| {
        state.opened.window.apply(&told);
        state.now = clock();
        state.typing = state.typing.take().filter(|_| told.messages.is_empty());
    });
    news::since(before);
    if fresh {
        reload(None);
    }
}

/// Shows agents what was written when the hand came to rest, however short ago they were told: the last letters too.
pub fn rested(text: &str) {
    TYPED.set(0);
    typing(text);
}

/// Shows agents what is being written.
pub fn typing(text: &str) {
    let now = clock().0;
    if text.is_empty() || now - TYPED.get() >= TELL_EVERY {
        TYPED.set(now);
        let text: String = text.chars().take(PREVIEW).collect();
        let signal = ["{\"Typing\":", &site::quoted(&text), "}"].concat();
        SOCKET.with_borrow(|socket| {
            if let Some(socket) = socket.as_ref().filter(|_| is_open()) {
                drop(socket.send_with_str(&signal));
            }
        });
    }
}
