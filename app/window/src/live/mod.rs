//! What makes the page live: the socket, what is sent and sent again, the site around it. Runs in the browser only.
//! All that changes goes through [`change`]; what follows from any change stands in one place below it. The window is drawn by Leptos'
//! renderer, without its graph of signals: one state, drawn whole and compared, is a third of the wasm less.

mod call;
mod form;
mod hand;
mod json;
mod news;
mod queue;
mod read;
mod site;
mod socket;
mod wire;

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use model::{Moment, widget::Consent};
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

use crate::{
    api,
    fail::{Fail, SIGNED_OUT},
    state::{Opened, State},
    view::{self, Drawn, path_of},
};
use json::{Json, Read};

thread_local! {
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
    /// What is drawn; none while it is being drawn.
    static DRAWN: Cell<Option<Drawn>> = const { Cell::new(None) };
    /// What the server's clock is ahead of ours, microseconds.
    static AHEAD: Cell<i64> = const { Cell::new(0) };
    /// The last message that was said to be read.
    static READ: RefCell<String> = const { RefCell::new(String::new()) };
}

fn page() -> Document {
    document()
}

/// This machine's clock, corrected to the server's.
fn clock() -> Moment {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
    let here = js_sys::Date::now() as i64 * 1_000;
    Moment(here + AHEAD.get())
}

/// An id for something that begins here.
fn fresh_id() -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^48, and below 2^32")]
    let (millis, chance) = (js_sys::Date::now() as u64, || (js_sys::Math::random() * 4_294_967_296.0) as u32);
    id_of(millis, [chance(), chance(), chance()])
}

/// An id as `model::id` writes a UUIDv7: of time and chance, in 25 digits of base 36. By hand, as 128 bits in one are much code here.
fn id_of(millis: u64, chance: [u32; 3]) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "parts of the number")]
    let mut parts = [(millis >> 16) as u32, (millis as u32) << 16 | 0x7000 | chance[0] >> 20, 0x8000_0000 | chance[1] >> 2, chance[2]];
    let mut digits = [b'0'; 25];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0;
        for part in &mut parts {
            let whole = rest << 32 | u64::from(*part);
            #[expect(clippy::cast_possible_truncation, reason = "the rest is below 36")]
            let quotient = (whole / 36) as u32;
            (*part, rest) = (quotient, whole % 36);
        }
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[usize::try_from(rest).unwrap_or(0)];
    }
    digits.into_iter().map(char::from).collect()
}

/// Looks at the state.
fn see<T>(look: impl FnOnce(&State) -> T) -> Option<T> {
    STATE.with_borrow(|state| state.as_ref().map(look))
}

/// Changes the state.
fn change(act: impl FnOnce(&mut State)) {
    STATE.with_borrow_mut(|state| state.as_mut().map(act));
    settle();
}

/// Draws what differs.
fn draw() {
    if let (Some(mut drawn), Some(piece)) = (DRAWN.take(), see(view::window)) {
        piece.rebuild(&mut drawn);
        DRAWN.set(Some(drawn));
    }
}

/// What follows from any change: words that arrived are on their way no more, the site is told, what was seen is read.
fn settle() {
    draw();
    queue::keep();
    site::tell_state();
    let unread = see(|state| {
        let message = state.opened.window.messages.iter().rev().find(|message| message.happened.is_none())?;
        (state.opened.window.unread() > 0).then(|| (message.id.as_str().to_owned(), message.chat.as_str().to_owned()))
    });
    let Some(Some((message, chat))) = unread.filter(|_| site::seen()) else { return };
    if READ.with_borrow(|read| *read != message) {
        wire::ask(path_of::<api::ReadChat>(), &[("chat", &chat), ("message", &message)], Box::new(|_| ()));
        READ.set(message);
    }
}

/// Puts a window loaded just now in the place of the old one.
/// Tells the site what it brought that nothing else will tell; `began`: also that a chat has begun.
fn renew(opened: Opened, began: bool) {
    AHEAD.set(0);
    AHEAD.set(opened.window.now.0 - clock().0);
    if let Some(html) = page().document_element() {
        for (name, value) in [("lang", opened.language.tag()), ("data-scheme", &opened.scheme), ("style", &opened.colours)] {
            drop(html.set_attribute(name, value));
        }
    }
    let came = see(|state| state.opened.known != opened.known) == Some(true);
    let before = news::known();
    change(|state| {
        state.now = opened.window.now;
        state.agreed |= opened.known;
        // what was begun with the old one and not answered is begun again with it
        let pass = std::mem::replace(&mut state.opened, opened).pass;
        if !pass.is_empty() && !state.opened.known {
            state.opened.pass = pass;
        }
    });
    if began {
        site::event("chatStarted", "null");
    }
    news::since(before);
    // who has come is told of their chats from now on; who went, no more
    if came || !socket::is_open() {
        socket::open();
    }
    // what waited while somebody was forgotten
    call::resume();
    queue::pump();
}

/// Reads an answer that is a window, and shows it.
fn renew_by(text: &str, began: bool) {
    if let Some(opened) = Json::parse(text).and_then(|json| Opened::read(&json)) {
        renew(opened, began);
    }
}

/// Loads the window anew, in a language if one is given.
fn reload(lang: Option<String>) {
    let ask = move |answer: Result<String, Fail>| match answer {
        Ok(text) => renew_by(&text, false),
        Err(_) => wire::after(5_000, Box::new(|| reload(None))),
    };
    let pair = lang.as_deref().map(|lang| ("at[lang]", lang));
    wire::ask(path_of::<api::OpenWindow>(), pair.as_slice(), Box::new(ask));
}

/// An answer of somebody who is known no more: the window begins anew.
fn lost_visitor(fail: &Fail) -> bool {
    let gone = fail.code == SIGNED_OUT;
    if gone {
        reload(None);
    }
    gone
}

/// Wakes the page: the same window from the same state, with what was typed, takes the place of the one that the server wrote.
pub fn wake() {
    let Some(before) = page().get_element_by_id("window").and_then(|found| found.dyn_into::<HtmlElement>().ok()) else { return };
    let text = page().get_element_by_id("opened").and_then(|found| found.text_content()).unwrap_or_default();
    let Some((opened, refused)) = Json::parse(&text).and_then(|json| <(Opened, Option<(String, Fail)>)>::read(&json)) else { return };
    let Some(html) = page().document_element() else { return };
    let mut state = State::new(opened);
    AHEAD.set(state.now.0 - clock().0);
    state.refused = refused;
    state.awake = true;
    state.embed = html.has_attribute("data-embed");
    let query = window().location().search().unwrap_or_default();
    state.agreed |= query.split(['?', '&']).any(|pair| pair == "consent=yes")
        || (state.opened.consent == Consent::Eu && html.class_list().contains("free"));
    html.set_class_name("");
    // times in the visitor's own zone
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    let minutes = js_sys::Date::new_0().get_timezone_offset() as i32;
    state.zone.offsets = vec![(Moment(0), -60 * minutes)];
    hand::take_typed(&before, &mut state);
    queue::restore(&mut state);
    let focus = hand::focused();
    let Some(fresh) = page().create_element("div").ok().and_then(|made| made.dyn_into::<HtmlElement>().ok()) else { return };
    fresh.set_id("window");
    fresh.set_class_name("window");
    drop(fresh.set_attribute("data-awake", ""));
    let mut drawn = view::window(&state).build();
    drawn.mount(&fresh, None);
    DRAWN.set(Some(drawn));
    STATE.set(Some(state));
    // fails only when the page was taken apart meanwhile
    drop(before.replace_with_with_node_1(&fresh));
    hand::listen(&fresh);
    hand::focus(&focus);
    site::meet();
    socket::open();
    queue::pump();
    wire::every(1_000, Box::new(tick));
    settle();
}

/// Looks whether the line is alive, and moves the clock on while something waits for it.
fn tick() {
    socket::watch();
    let waits = see(|state| state.typing.is_some() || state.chat().is_some_and(|chat| !chat.answered && !chat.rescued)) == Some(true);
    if waits || clock().0.rem_euclid(60_000_000) < 1_000_000 {
        change(|state| {
            state.now = clock();
            if state.who_types().is_none() {
                state.typing = None;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use model::MessageId;

    use super::id_of;

    #[test]
    fn an_id_is_that_of_its_bits() {
        let (millis, chance) = (1_795_435_200_123_u64, [0xdead_beef, 0x1234_5678, 0x9abc_def0]);
        let bits = u128::from(millis) << 80 | 7 << 76 | u128::from(chance[0] >> 20) << 64 | u128::from(0x8000_0000 | chance[1] >> 2) << 32;
        assert_eq!(id_of(millis, chance), MessageId::from_bits(bits | u128::from(chance[2])).as_str());
    }
}
