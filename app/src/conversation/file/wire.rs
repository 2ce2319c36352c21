//! The requests under `file`: one per file, with progress, given up by number. Runs in the browser only.

use std::{cell::RefCell, collections::HashMap};

use model::{attachment::Attachment, view::escape};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{ProgressEvent, XmlHttpRequest};

use super::Progress;
use crate::error::Error;

struct Going {
    request: XmlHttpRequest,
    _progress: Closure<dyn FnMut(ProgressEvent)>,
    _ended: Closure<dyn FnMut()>,
}

thread_local! {
    static GOING: RefCell<HashMap<u32, Going>> = RefCell::new(HashMap::new());
    // far above the numbers of files that were there before
    static LAST: RefCell<u32> = const { RefCell::new(1_000) };
}

/// A number no other file of this tab has.
pub(super) fn number() -> u32 {
    LAST.with_borrow_mut(|last| {
        *last += 1;
        *last
    })
}

/// Sends a file; tells how far it has come.
pub(super) fn send(number: u32, name: &str, file: &web_sys::File, tell: impl Fn(Progress) + Copy + 'static) {
    let Ok(request) = XmlHttpRequest::new() else { return tell(Progress::Failed(Error::Offline)) };
    let progress = Closure::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=100")]
            tell(Progress::Going((event.loaded() / event.total() * 100.0) as u32));
        }
    });
    let answered = request.clone();
    let ended = Closure::new(move || {
        tell(outcome(&answered));
        // not now: this closure is among what is dropped
        leptos::prelude::set_timeout(move || forget(number), std::time::Duration::ZERO);
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    request.set_onloadend(Some(ended.as_ref().unchecked_ref()));
    let kind = if file.type_().is_empty() { "application/octet-stream".to_owned() } else { file.type_() };
    let sent = request
        .open("POST", &format!("/upload?name={}", escape(name)))
        .and_then(|()| request.set_request_header("Content-Type", &kind))
        .and_then(|()| request.send_with_opt_blob(Some(file)));
    match sent {
        Ok(()) => GOING.with_borrow_mut(|going| _ = going.insert(number, Going { request, _progress: progress, _ended: ended })),
        Err(_) => tell(Progress::Failed(Error::Offline)),
    }
}

/// Gives a file up.
pub(super) fn give_up(number: u32) {
    if let Some(going) = GOING.with_borrow_mut(|all| all.remove(&number)) {
        going.request.set_onloadend(None);
        // Fails never for a request that was opened.
        drop(going.request.abort());
    }
}

fn forget(number: u32) {
    GOING.with_borrow_mut(|all| _ = all.remove(&number));
}

fn outcome(request: &XmlHttpRequest) -> Progress {
    let text = request.response_text().ok().flatten().unwrap_or_default();
    if request.status() == Ok(200) {
        serde_json::from_str::<Attachment>(&text).map_or(Progress::Failed(Error::Offline), Progress::Done)
    } else {
        Progress::Failed(serde_json::from_str::<Error>(&text).unwrap_or(Error::Offline))
    }
}
