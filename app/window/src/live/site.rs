//! The frame's side of the line to the site's page (`frontend/widget/PROTOCOL.md`). Nobody but the page around us, and only one that the
//! property allows, is given an end of it.

use std::cell::{Cell, RefCell};

use leptos::prelude::{document, window};
use model::site;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, MessagePort};

use super::{call::called, change, hand, json::Json, reload, see, wire};
use crate::{number::digits, view::path_of};

thread_local! {
    static PORT: RefCell<Option<MessagePort>> = const { RefCell::new(None) };
    static OPEN: Cell<bool> = const { Cell::new(true) };
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
    static UNREAD: Cell<i64> = const { Cell::new(0) };
}

/// A text as JSON.
pub fn quoted(text: &str) -> String {
    js_sys::JSON::stringify(&JsValue::from_str(text)).map_or_else(|_| "\"\"".to_owned(), String::from)
}

/// Says something to the page, as JSON.
pub fn post(json: &str) {
    PORT.with_borrow(|port| {
        if let (Some(port), Ok(message)) = (port, js_sys::JSON::parse(json)) {
            drop(port.post_message(&message));
        }
    });
}

/// Whether the site's page shows the window.
pub fn is_shown() -> bool {
    OPEN.get()
}

/// Whether the window is seen.
pub fn seen() -> bool {
    OPEN.get() && !document().hidden()
}

/// What the visitor asked for inside.
pub fn wish(what: &str) {
    post(&["{\"do\":\"", what, "\"}"].concat());
}

/// What happened, for the site's listeners, with the state it changed.
pub fn event(name: &str, value: &str) {
    let state = see(state_of).unwrap_or_default();
    post(&["{\"event\":\"", name, "\",\"value\":", value, ",\"state\":", &state, "}"].concat());
}

/// How many messages are unread.
fn count(state: &super::State) -> i64 {
    i64::try_from(state.opened.window.unread()).unwrap_or(0)
}

fn state_of(state: &super::State) -> String {
    let flag = |on: bool| if on { "true" } else { "false" };
    let unread = digits(count(state));
    let (status, chatting, known) = (state.status().word(), flag(state.chat().is_some()), flag(state.opened.known));
    ["{\"status\":\"", status, "\",\"unread\":", &unread, ",\"chatting\":", chatting, ",\"known\":", known, "}"].concat()
}

/// Tells how it stands now, when that changed.
pub fn tell_state() {
    let Some((state, unread)) = see(|state| (state_of(state), count(state))) else { return };
    if PORT.with_borrow(Option::is_some) && SAID.with_borrow(|said| *said != state) {
        post(&["{\"state\":", &state, "}"].concat());
        SAID.set(state);
        if UNREAD.replace(unread) != unread {
            event("unreadCountChanged", &digits(unread));
        }
    }
}

/// Says to the page around us that we are here, and waits for its end of the line.
pub fn meet() {
    let Ok(Some(parent)) = window().parent() else { return };
    if parent == window() || see(|state| state.embed) != Some(true) {
        return;
    }
    OPEN.set(false);
    let from: JsValue = parent.clone().into();
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let Some(greeting) = text_of(&event) else { return };
        let ours = js_sys::Reflect::get(&event, &"source".into()).is_ok_and(|source| source == from);
        if *greeting.get("recado") != Json::Number(1) || !ours || !allowed(&event.origin()) {
            return;
        }
        if let Ok(port) = event.ports().get(0).dyn_into::<MessagePort>() {
            greeted(port, &greeting);
        }
    })
    .into_js_value();
    drop(window().add_event_listener_with_callback("message", hear.unchecked_ref()));
    if let Ok(hello) = js_sys::JSON::parse("{\"recado\":1}") {
        drop(parent.post_message(&hello, "*"));
    }
    // a frame that nobody greets is shown by a page without our script
    let alone = || {
        if PORT.with_borrow(Option::is_none) {
            OPEN.set(true);
            change(|_| ());
        }
    };
    wire::after(5_000, Box::new(alone));
}

fn text_of(event: &MessageEvent) -> Option<Json> {
    Json::parse(&String::from(js_sys::JSON::stringify(&event.data()).ok()?))
}

/// Whether a site may show this window.
fn allowed(origin: &str) -> bool {
    // by hand: browsers write origins in one way, and reading every way is much code here
    let host = origin.split('/').nth(2).unwrap_or_default().split(':').next().unwrap_or_default();
    see(|state| site::allows(&state.opened.sites, host)) == Some(true)
}

fn greeted(port: MessagePort, greeting: &Json) {
    let hear = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        let Some(message) = text_of(&event) else { return };
        match message.field::<String>("call") {
            Some(call) => called(&call, &message),
            None => told(&message.text("event"), message.get("value")),
        }
    })
    .into_js_value();
    port.set_onmessage(Some(hear.unchecked_ref()));
    PORT.set(Some(port));
    OPEN.set(*greeting.get("open") == Json::Flag(true));
    change(|state| {
        state.page = [greeting.text("page"), greeting.text("referrer"), state.page[2].clone()];
        state.visit[0] = greeting.text("visit");
    });
    SAID.take();
    opened(greeting);
    change(|_| ());
}

fn opened(value: &Json) {
    if let Some(wanted) = value.field::<String>("department") {
        let id = see(|state| {
            let named = |(id, name): &&(model::DepartmentId, String)| id.as_str() == wanted || *name == wanted;
            state.opened.departments.iter().find(named).map_or(wanted.clone(), |(id, _)| id.as_str().to_owned())
        });
        change(|state| state.page[2] = id.unwrap_or_default());
    }
    ask_first(value);
    let touch = window().match_media("(pointer: coarse)").is_ok_and(|query| query.is_some_and(|query| query.matches()));
    if *value.get("focus") == Json::Flag(true) && !touch {
        // with the next picture: it was not shown until now
        let focus = Closure::once_into_js(hand::focus_first);
        drop(window().request_animation_frame(focus.unchecked_ref()));
    }
}

/// Asks what is shown before there is a chat: an agent wrote first, or a trigger spoke.
fn ask_first(value: &Json) {
    if let Some(trigger) = value.field::<String>("trigger") {
        change(|state| state.visit[1] = trigger);
    }
    let asked = see(|state| state.chat().is_none().then(|| (state.visit.clone(), state.page.clone()))).flatten();
    let Some(([visit, trigger], [page, referrer, _])) = asked.filter(|(visit, _)| !visit[0].is_empty()) else { return };
    let values = [
        ("greeting[visit]", visit.as_str()),
        ("greeting[trigger]", &trigger),
        ("greeting[page]", &page),
        ("greeting[referrer]", &referrer),
    ];
    let done = |answer: Result<String, crate::fail::Fail>| {
        let Some(words) = answer.ok().and_then(|text| Json::parse(&text)) else { return };
        change(|state| {
            state.first = words.list().iter().map(|one| (one.text("by"), one.text("text"))).collect();
            state.asked = words.list().iter().any(|one| one.field("asks") == Some(true));
            if let Some(trigger) = words.list().iter().find_map(|one| one.field::<String>("trigger")) {
                state.visit[1] = trigger;
            }
        });
    };
    wire::ask(path_of::<crate::api::GreetWindow>(), &values, Box::new(done));
}

fn told(event: &str, value: &Json) {
    match event {
        "open" => {
            OPEN.set(true);
            opened(value);
            change(|_| ());
        }
        "minimize" => OPEN.set(false),
        "page" => {
            if let Json::Text(page) = value {
                change(|state| state.page[0].clone_from(page));
            }
        }
        "language" => {
            if let Json::Text(tag) = value {
                reload(Some(tag.clone()));
            }
        }
        _ => {}
    }
}
