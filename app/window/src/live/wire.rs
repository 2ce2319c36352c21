//! What goes to the server and comes back: one way for all, so that it is in the wasm once. Knows bytes and time; knows no noun.

use std::cell::Cell;

use leptos::prelude::{location, window};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{ProgressEvent, XmlHttpRequest};

use super::{
    json::{Json, Read},
    see,
};
use crate::fail::{Fail, OFFLINE};

/// What is done with an answer.
pub type Done = Box<dyn FnOnce(Result<String, Fail>)>;

thread_local! {
    /// Grows when a visitor is to be forgotten, and when they are: odd in between.
    static TURN: Cell<u32> = const { Cell::new(0) };
}

/// Whether a visitor is to be forgotten, and the server does not know yet.
pub fn leaving() -> bool {
    !TURN.get().is_multiple_of(2)
}

/// A visitor is to be forgotten, or is now.
pub fn leave() {
    TURN.set(TURN.get() + 1);
}

/// Encodes what a form holds.
pub fn pairs(pairs: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, value) in pairs {
        for (mark, part) in [("&", name), ("=", value)] {
            body.push_str(mark);
            body.push_str(&String::from(js_sys::encode_uri_component(part)));
        }
    }
    body
}

/// Asks for something with values of the page. What is asked for a visitor who is then to be forgotten gets no answer of theirs.
pub fn ask(path: &str, values: &[(&str, &str)], done: Done) {
    let turn = TURN.get();
    let done: Done = Box::new(move |answer| done(if turn == TURN.get() { answer } else { Err(Fail::of(OFFLINE)) }));
    if leaving() {
        return done(Err(Fail::of(OFFLINE)));
    }
    let Some(at) = see(super::State::at) else { return };
    let mut all: Vec<(&str, &str)> = at.pairs().into();
    // a language that is asked for takes the place of the one that is spoken
    all.retain(|(name, _)| values.iter().all(|(other, _)| name != other));
    all.extend(values);
    post(path, &pairs(&all), done);
}

/// Sends a form.
pub fn post(path: &str, body: &str, done: Done) {
    send(path, "application/x-www-form-urlencoded", &JsValue::from_str(body.trim_start_matches('&')), None, done);
}

/// So long an answer is waited for, milliseconds: on a line that is dead and does not know it, what is sent is sent again. Files take their time.
const PATIENCE: u32 = 30_000;

/// Sends a body; `progress` is told how many of a hundred parts are there.
pub fn send(path: &str, kind: &str, body: &JsValue, progress: Option<Box<dyn Fn(u32)>>, done: Done) {
    let Ok(request) = XmlHttpRequest::new() else { return };
    let opened = request.open("POST", path).and_then(|()| request.set_request_header("content-type", kind));
    if opened.and_then(|()| request.set_request_header("accept", "application/json")).is_err() {
        return done(Err(Fail::of(OFFLINE)));
    }
    if progress.is_none() {
        request.set_timeout(PATIENCE);
    }
    if let (Some(progress), Ok(upload)) = (progress, request.upload()) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        let told = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
            progress((event.loaded() * 100.0 / event.total().max(1.0)) as u32);
        });
        upload.set_onprogress(Some(told.into_js_value().unchecked_ref()));
    }
    let answer = request.clone();
    let ended = Closure::once_into_js(move || done(read(&answer)));
    request.set_onloadend(Some(ended.unchecked_ref()));
    // fails only before it is opened
    drop(js_sys::Reflect::get(&request, &"send".into()).and_then(|send| send.unchecked_into::<js_sys::Function>().call1(&request, body)));
}

fn read(answer: &XmlHttpRequest) -> Result<String, Fail> {
    let text = answer.response_text().ok().flatten().unwrap_or_default();
    match answer.status() {
        Ok(200) => Ok(text),
        Ok(status @ 400..500) => {
            let json = Json::parse(&text);
            let said = json.as_ref().and_then(Fail::read);
            Err(said.unwrap_or_else(|| Fail::of(if status == 401 { crate::fail::SIGNED_OUT } else { crate::fail::NOT_FOUND })))
        }
        _ => Err(Fail::of(OFFLINE)),
    }
}

/// Does something later.
pub fn after(millis: i32, act: Box<dyn FnOnce()>) {
    let act = Closure::once_into_js(act);
    // fails only without a window
    drop(window().set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), millis));
}

/// Does something again and again.
pub fn every(millis: i32, act: Box<dyn Fn()>) {
    let act = Closure::wrap(act).into_js_value();
    // fails only without a window
    drop(window().set_interval_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), millis));
}

/// Address of a socket of this host.
pub fn address(path: &str) -> String {
    let scheme = if location().protocol().is_ok_and(|protocol| protocol == "https:") { "wss://" } else { "ws://" };
    [scheme, &location().host().unwrap_or_default(), path].concat()
}

/// How long to wait before the next try: twice as long each time, up to half a minute, and never the same for all.
pub fn pause(tries: u32) -> i32 {
    let most = (400.0 * f64::from(1_u32 << tries.min(10))).min(30_000.0);
    #[expect(clippy::cast_possible_truncation, reason = "at most half a minute of milliseconds")]
    let pause = (most * (0.5 + js_sys::Math::random() / 2.0)) as i32;
    pause
}
