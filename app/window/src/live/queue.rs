//! Words on their way: shown at once, sent in order, sent again until they are acknowledged, and kept over a reload of the page when
//! something of the visitor may be kept. An id made here makes a second sending the same thing.

use std::cell::Cell;

use leptos::prelude::window;
use model::attachment::Attachment;
use web_sys::Storage;

use super::{call, change, fresh_id, lost_visitor, reload, renew_by, see, socket, wire};
use crate::{
    api,
    fail::{Fail, OFFLINE, SIGNED_OUT},
    number::digits,
    state::{Draft, State},
    view::path_of,
};

thread_local! {
    static SENDING: Cell<bool> = const { Cell::new(false) };
    static TRIES: Cell<u32> = const { Cell::new(0) };
    static KEPT: Cell<usize> = const { Cell::new(0) };
}

/// What ends a draft, one of its parts, a file, and one of its parts.
const MARKS: [char; 4] = ['\u{1c}', '\u{1d}', '\u{1e}', '\u{1f}'];

/// Says something: with the files that are ready.
pub fn say(text: &str) {
    let text = text.trim().replace(MARKS, " ");
    if see(|state| text.is_empty() && state.files.is_empty()) != Some(false) {
        return;
    }
    let draft = Draft { id: fresh_id(), text, files: vec![], sent: false, fail: None };
    change(|state| {
        let files = std::mem::take(&mut state.files);
        state.emoji = false;
        state.refused = None;
        state.typed.retain(|(name, _)| !name.ends_with("[text]"));
        state.outbox.push(Draft { files, ..draft });
    });
    pump();
}

/// Tries again what was refused.
pub fn retry(id: &str) {
    change(|state| state.outbox.iter_mut().filter(|draft| draft.id == id).for_each(|draft| draft.fail = None));
    pump();
}

/// Takes it back.
pub fn remove(id: &str) {
    change(|state| state.outbox.retain(|draft| draft.id != id));
}

/// Sends what is next, if nothing is on its way.
pub fn pump() {
    let next = see(|state| {
        // between two visitors there is nobody to say it
        let somebody = state.opened.known || !state.opened.pass.is_empty();
        let draft = state.outbox.iter().find(|draft| somebody && !draft.sent && draft.fail.is_none())?;
        let chat = state.last_chat();
        let unseen = match chat {
            None => state.begins(),
            Some(_) if state.chat().is_none() => state.told("form"),
            Some(_) => vec![],
        };
        Some((draft.clone(), chat.map(|chat| chat.id.as_str().to_owned()), (unseen, state.events.len())))
    });
    let Some((draft, chat, (unseen, events))) = next.flatten().filter(|_| !SENDING.replace(true)) else { return };
    let begins = chat.is_none();
    let around = if begins { "form[said]" } else { "form" };
    let name = |part: &str| [around, part].concat();
    let (id, text) = (name("[id]"), name("[text]"));
    // the chat of the first words has their id, so that a second sending begins nothing more
    let chat = chat.unwrap_or_else(|| draft.id.clone());
    let mut values = vec![(id.as_str(), draft.id.as_str()), (&text, &draft.text)];
    let files: Vec<String> = (0..).zip(&draft.files).map(|(at, _)| [&name("[attachments]["), &digits(at), "]"].concat()).collect();
    values.extend(files.iter().map(String::as_str).zip(draft.files.iter().map(|file| file.id.as_str())));
    values.extend(unseen.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let path = if begins {
        values.push(("form[id]", chat.as_str()));
        path_of::<api::BeginChat>()
    } else {
        values.push(("chat", &chat));
        path_of::<api::SayWords>()
    };
    let id = draft.id.clone();
    wire::ask(path, &values, Box::new(move |answer| answered(&id, begins, events, answer)));
}

fn answered(id: &str, begins: bool, events: usize, answer: Result<String, Fail>) {
    SENDING.set(false);
    match answer {
        Ok(text) => {
            TRIES.set(0);
            change(|state| {
                for _ in 0..events.min(state.events.len()) {
                    state.events.remove(0);
                }
                // the event brings it; until then it is shown as said
                state.outbox.iter_mut().filter(|draft| draft.id == id).for_each(|draft| draft.sent = true);
            });
            if begins {
                renew_by(&text, true);
                call::began();
            } else if !socket::is_open() {
                reload(None);
            }
            pump();
        }
        Err(fail) if fail.code == OFFLINE => {
            let tries = TRIES.get();
            TRIES.set(tries + 1);
            wire::after(wire::pause(tries), Box::new(pump));
        }
        Err(fail) => {
            if fail.code != SIGNED_OUT || begins {
                change(|state| state.outbox.iter_mut().filter(|draft| draft.id == id).for_each(|draft| draft.fail = Some(fail.clone())));
                pump();
            } else if lost_visitor(&fail) {
                wire::after(1_000, Box::new(pump));
            }
        }
    }
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn place(state: &State) -> String {
    ["recado.", &state.opened.key].concat()
}

/// Lets go of what has arrived, and keeps the rest where a reload finds it: only for who is known, for whom a cookie is kept anyway.
pub fn keep() {
    let arrived = see(|state| {
        let here = |draft: &Draft| state.opened.window.messages.iter().any(|message| message.id.as_str() == draft.id);
        state.outbox.iter().any(here)
    });
    if arrived == Some(true) {
        change(|state| {
            let window = &state.opened.window;
            state.outbox.retain(|draft| !window.messages.iter().any(|message| message.id.as_str() == draft.id));
        });
        return;
    }
    let Some((place, text, known)) = see(|state| (place(state), written(&state.outbox), state.opened.known)) else { return };
    // the store is touched only when something is to be kept, or was
    if known && (!text.is_empty() || KEPT.get() > 0) {
        KEPT.set(text.len());
        if let Some(storage) = storage() {
            drop(if text.is_empty() { storage.remove_item(&place) } else { storage.set_item(&place, &text) });
        }
    }
}

/// Removes what is kept.
pub fn wipe() {
    if let (Some(storage), Some(place)) = (storage(), see(place)) {
        drop(storage.remove_item(&place));
    }
    KEPT.set(0);
}

/// Finds what was on its way before a reload.
pub fn restore(state: &mut State) {
    if !state.opened.known {
        return;
    }
    let text = storage().and_then(|storage| storage.get_item(&place(state)).ok().flatten()).unwrap_or_default();
    KEPT.set(text.len());
    state.outbox = read(&text);
    state.outbox.retain(|draft| !state.opened.window.messages.iter().any(|message| message.id.as_str() == draft.id));
}

fn written(drafts: &[Draft]) -> String {
    let mut out = String::new();
    for draft in drafts {
        out.extend([draft.id.as_str(), "\u{1d}", &draft.text]);
        for file in &draft.files {
            out.extend(["\u{1e}", file.id.as_str(), "\u{1f}", &file.name, "\u{1f}", &file.media_type]);
        }
        out.push('\u{1c}');
    }
    out
}

fn read(text: &str) -> Vec<Draft> {
    let draft = |text: &str| {
        let (id, rest) = text.split_once('\u{1d}')?;
        let mut parts = rest.split('\u{1e}');
        let text = parts.next()?.to_owned();
        let file = |text: &str| {
            let mut parts = text.split('\u{1f}');
            let (id, name, media_type) = (parts.next()?.parse().ok()?, parts.next()?.to_owned(), parts.next()?.to_owned());
            Some(Attachment { id, name, media_type, size: 0, inline: false })
        };
        Some(Draft { id: id.to_owned(), text, files: parts.filter_map(file).collect(), sent: false, fail: None })
    };
    text.split_terminator('\u{1c}').filter_map(draft).collect()
}

#[cfg(test)]
mod tests {
    use model::{AttachmentId, ConversationId, MessageId};

    use super::*;

    #[test]
    fn what_is_kept_is_found_again() {
        let file = Attachment { id: AttachmentId::new(), name: "a b.png".into(), media_type: "image/png".into(), size: 0, inline: false };
        let all = [
            Draft { id: "1".into(), text: "two\nlines".into(), files: vec![], sent: false, fail: None },
            Draft { id: "2".into(), text: String::new(), files: vec![file.clone(), file], sent: false, fail: None },
        ];
        assert_eq!(read(&written(&all)), all);
        assert_eq!(read("nonsense"), []);
    }

    #[test]
    fn a_chat_may_have_the_id_of_its_first_words() {
        assert!(MessageId::new().to_string().parse::<ConversationId>().is_ok());
    }
}
