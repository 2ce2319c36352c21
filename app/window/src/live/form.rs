//! Forms and files on their way to the server: as a browser would send them, without leaving the page.

use std::cell::Cell;

use model::attachment::Attachment;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FileList, FormData, HtmlElement, HtmlFormElement, UrlSearchParams};

use super::{
    call, change, fresh_id, hand,
    json::{Json, Read},
    lost_visitor, news, reload, renew_by, see, site, socket, wire,
};
use crate::{
    api,
    fail::{Fail, OFFLINE},
    state::Upload,
    view::path_of,
};

thread_local! {
    static UPLOADS: Cell<u32> = const { Cell::new(0) };
}

/// Sends a form as a browser would, and stays.
pub fn send(form: &HtmlFormElement, button: Option<HtmlElement>) {
    let Some(data) = FormData::new_with_form(form).ok().filter(|_| see(|state| state.busy) == Some(false)) else { return };
    if let Some((name, value)) = button.and_then(|button| button.get_attribute("name").zip(button.get_attribute("value"))) {
        drop(data.append_with_str(&name, &value));
    }
    let path = form.get_attribute("action").unwrap_or_default();
    let begins = path == path_of::<api::BeginChat>() || path == path_of::<api::LeaveMessage>();
    if begins {
        // a second sending of the same words begins nothing more
        let id = see(|state| state.typed("form[id]")).filter(|id| !id.is_empty()).unwrap_or_else(fresh_id);
        drop(data.append_with_str("form[id]", &id).and_then(|()| data.append_with_str("form[said][id]", &id)));
        change(|state| state.typed.push(("form[id]".to_owned(), id)));
    }
    let Ok(body) = UrlSearchParams::new_with_str_sequence_sequence(&data) else { return };
    let body = String::from(body.unchecked_ref::<js_sys::Object>().to_string());
    change(|state| {
        state.busy = true;
        state.refused = None;
    });
    let (asked, said) = (path.clone(), data);
    let done = move |answer: Result<String, Fail>| {
        change(|state| state.busy = false);
        match answer {
            Ok(text) => sent(&asked, &text, begins, &said),
            Err(fail) if !begins && lost_visitor(&fail) => {}
            Err(fail) => {
                change(|state| {
                    // changed words are new ones
                    if fail.code != OFFLINE {
                        state.typed.retain(|(name, _)| name != "form[id]");
                    }
                    state.refused = Some((asked.clone(), fail));
                });
                wire::after(0, Box::new(|| hand::focus("[aria-invalid=true]")));
            }
        }
    };
    wire::post(&path, &body, Box::new(done));
}

/// A form was taken.
fn sent(path: &str, text: &str, begins: bool, said: &FormData) {
    if begins {
        news::form(path == path_of::<api::LeaveMessage>(), said);
        change(|state| {
            state.typed.clear();
            state.events.clear();
        });
        renew_by(text, true);
        call::began();
        return wire::after(0, Box::new(|| hand::focus("[data-write]")));
    }
    if path == path_of::<api::AskTranscript>() {
        change(|state| state.transcript = false);
    }
    if path == path_of::<api::RateChat>() {
        let rating = match said.get("rating").as_string().as_deref() {
            Some("good") => "1",
            Some("bad") => "-1",
            _ => "0",
        };
        site::event("chatSatisfaction", rating);
    }
    hand::close_menu();
    if !socket::is_open() {
        reload(None);
    }
}

/// Sends files ahead of the words that go with them.
pub fn upload(files: Option<FileList>) {
    let (Some(files), Some(true)) = (files, see(|state| state.opened.known)) else { return };
    for at in 0..files.length() {
        let (Some(file), Some(key)) = (files.item(at), see(|state| state.opened.key.clone())) else { continue };
        let (number, name) = (UPLOADS.get() + 1, file.name());
        UPLOADS.set(number);
        change(|state| state.uploads.push(Upload { number, name: name.clone(), percent: 0 }));
        let path = ["/chat/", &key, "/upload?name=", &String::from(js_sys::encode_uri_component(&name))].concat();
        let progress = move |percent| {
            change(|state| state.uploads.iter_mut().filter(|file| file.number == number).for_each(|file| file.percent = percent));
        };
        let done = move |answer: Result<String, Fail>| {
            let read = answer.and_then(|text| Json::parse(&text).and_then(|json| Attachment::read(&json)).ok_or_else(|| Fail::of(OFFLINE)));
            change(|state| {
                state.uploads.retain(|file| file.number != number);
                match read {
                    Ok(file) => state.files.push(file),
                    Err(fail) => {
                        state.refused = Some((path_of::<api::SayWords>().to_owned(), Fail { field: "attachments".into(), ..fail }));
                    }
                }
            });
        };
        let kind = file.type_();
        let kind = if kind.is_empty() { "application/octet-stream" } else { &kind };
        let body: &JsValue = file.as_ref();
        wire::send(&path, kind, body, Some(Box::new(progress)), Box::new(done));
    }
}
