//! What is clicked, typed and sent in the window, heard in one place. Knows marks in the page (`data-do`, `data-write`) and what they
//! mean; decides nothing that the state decides.

use std::cell::Cell;

use leptos::prelude::{document, window};
use model::window::WindowMessage;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    ClipboardEvent, DragEvent, Element, Event, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent,
    SubmitEvent,
};

use super::{
    call, change,
    form::{self, upload},
    json::{Json, Read},
    queue, see, site, socket, wire,
};
use crate::{api, number::digits, state::State, view::path_of};

thread_local! {
    static RESTS: Cell<bool> = const { Cell::new(false) };
}

fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

fn writer() -> Option<HtmlTextAreaElement> {
    find("[data-write]")?.dyn_into().ok()
}

/// Puts the focus where one begins to write.
pub fn focus_first() {
    focus(".sheet input:not([type=hidden]), .sheet textarea, [data-write]");
}

/// Puts the focus on what a selector finds.
pub fn focus(selector: &str) {
    if let Some(found) = Some(selector).filter(|selector| !selector.is_empty()).and_then(find) {
        // fails only for what cannot take it
        drop(found.focus());
    }
}

/// A selector for what has the focus now.
pub fn focused() -> String {
    let Some(element) = document().active_element() else { return String::new() };
    if element.has_attribute("data-write") {
        return "[data-write]".to_owned();
    }
    let id = element.id();
    if id.is_empty() { id } else { ["#", &id].concat() }
}

/// What was typed into the page before it woke.
pub fn take_typed(page: &HtmlElement, state: &mut State) {
    let Ok(all) = page.query_selector_all("input:not([type=hidden]), textarea, select") else { return };
    for at in 0..all.length() {
        let Some(item) = all.item(at) else { continue };
        let value = js_sys::Reflect::get(&item, &"value".into()).ok().and_then(|value| value.as_string());
        let name = item.unchecked_ref::<Element>().get_attribute("name");
        state.typed.extend(name.zip(value));
    }
}

/// Listens to everything that happens in the window.
pub fn listen(root: &HtmlElement) {
    let hear = Closure::<dyn Fn(Event)>::new(heard).into_js_value();
    for kind in ["click", "submit", "input", "change", "paste", "drop", "dragover"] {
        drop(root.add_event_listener_with_callback(kind, hear.unchecked_ref()));
    }
    for kind in ["keydown", "visibilitychange", "online"] {
        drop(window().add_event_listener_with_callback(kind, hear.unchecked_ref()));
    }
}

fn heard(event: Event) {
    let Some(target) = event.target() else { return };
    let target: &Element = target.unchecked_ref();
    match event.type_().as_str() {
        "click" => clicked(target),
        "submit" => submitted(event.unchecked_ref()),
        "input" => typed(target),
        "change" => {
            if let Some(input) = target.dyn_ref::<HtmlInputElement>().filter(|input| input.has_attribute("data-files")) {
                upload(input.files());
                input.set_value("");
            }
        }
        "keydown" => pressed(target, event.unchecked_ref()),
        "paste" => upload(event.unchecked_ref::<ClipboardEvent>().clipboard_data().and_then(|data| data.files())),
        "drop" | "dragover" => {
            event.prevent_default();
            if event.type_() == "drop" {
                upload(event.unchecked_ref::<DragEvent>().data_transfer().and_then(|data| data.files()));
            }
        }
        // the network is another one: the line may be dead and not know it
        "online" => socket::open(),
        // seen again
        _ => change(|_| ()),
    }
}

fn clicked(target: &Element) {
    let found = |selector: &str| target.closest(selector).ok().flatten();
    if found("[data-menu]").is_none() {
        close_menu();
    }
    let Some(button) = found("[data-do]") else { return };
    let value = button.get_attribute("value").unwrap_or_default();
    match button.get_attribute("data-do").unwrap_or_default().as_str() {
        "minimize" => site::wish("minimize"),
        "close" => site::wish("close"),
        "retry" => queue::retry(&value),
        "remove" => queue::remove(&value),
        "attach" => {
            if let Some(input) = find("[data-files]") {
                input.click();
            }
        }
        "emoji" => change(|state| state.emoji = !state.emoji),
        "put" => put(&value),
        "drop" => change(|state| state.files.retain(|file| file.id.as_str() != value)),
        "sound" => change(|state| state.sound = !state.sound),
        "transcript" => {
            change(|state| state.transcript = true);
            close_menu();
            wire::after(50, Box::new(|| focus("[data-card=transcript] input[name=email]")));
        }
        "earlier" => earlier(),
        _ => {}
    }
}

pub fn close_menu() {
    if let Some(menu) = find("[data-menu]") {
        drop(menu.remove_attribute("open"));
    }
}

fn put(emoji: &str) {
    if let Some(writer) = writer() {
        let (text, at) = (writer.value(), writer.selection_end().ok().flatten().unwrap_or(u32::MAX));
        drop(writer.focus());
        let end = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        drop(writer.set_range_text_with_start_and_end(emoji, at.min(end), at.min(end)));
        let after = at.min(end) + u32::try_from(emoji.encode_utf16().count()).unwrap_or(0);
        drop(writer.set_selection_range(after, after));
    }
}

fn typed(target: &Element) {
    // what was wrong is unsaid as soon as it is changed
    if target.has_attribute("aria-invalid") {
        change(|state| state.refused = None);
    }
    if target.has_attribute("data-write") {
        socket::typing(&target.unchecked_ref::<HtmlTextAreaElement>().value());
        if !RESTS.replace(true) {
            let rests = || {
                RESTS.set(false);
                if let Some(writer) = writer() {
                    socket::rested(&writer.value());
                }
            };
            wire::after(900, Box::new(rests));
        }
    }
}

fn pressed(target: &Element, event: &KeyboardEvent) {
    match event.key().as_str() {
        "Enter" if target.has_attribute("data-write") && !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            say();
        }
        "Escape" => {
            let open = find("[data-menu][open]").is_some();
            close_menu();
            if see(|state| state.emoji) == Some(true) {
                change(|state| state.emoji = false);
            } else if open {
                focus("[data-menu] summary");
            } else {
                site::wish("minimize");
            }
        }
        _ => {}
    }
}

fn say() {
    if let Some(writer) = writer() {
        queue::say(&writer.value());
        writer.set_value("");
        socket::typing("");
        // the field may have changed with the chat
        wire::after(0, Box::new(|| focus("[data-write]")));
    }
}

fn submitted(event: &SubmitEvent) {
    event.prevent_default();
    let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
    match form.get_attribute("data-form").unwrap_or_default().as_str() {
        "consent" => {
            change(|state| state.agreed = true);
            call::resume();
            wire::after(0, Box::new(focus_first));
        }
        "say" => match event.submitter().and_then(|button| button.get_attribute("value")) {
            Some(words) => queue::say(&words),
            None => say(),
        },
        _ => form::send(&form, event.submitter()),
    }
}

fn earlier() {
    let Some(Some(before)) = see(|state| state.opened.window.messages.first().map(|message| digits(message.seq))) else { return };
    let done = |answer: Result<String, crate::fail::Fail>| {
        let read = answer.ok().and_then(|text| Json::parse(&text)).and_then(|json| <(Vec<WindowMessage>, bool)>::read(&json));
        if let Some((messages, more)) = read {
            change(|state| state.opened.window.prepend(messages, more));
        }
    };
    wire::ask(path_of::<api::ListEarlierWords>(), &[("before", &before)], Box::new(done));
}
