//! Sends the form with its file, and tells how far it is: what a browser does by itself without script, and tells nobody. In the
//! browser only.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{FormData, HtmlFormElement, ProgressEvent, XmlHttpRequest};

use crate::ui::open_page;

/// How far a file is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nothing is sent.
    Still,
    /// So many parts of a hundred are there.
    Going(u32),
    /// The line broke.
    Lost,
}

struct Going {
    _progress: Closure<dyn FnMut(ProgressEvent)>,
    _ended: Closure<dyn FnMut()>,
}

thread_local! {
    // one at a time: the page has one form
    static GOING: RefCell<Option<Going>> = const { RefCell::new(None) };
}

/// Sends a form as its browser would. Goes on to the page that answers.
pub fn send(form: &HtmlFormElement, way: RwSignal<Way>) {
    let (Ok(request), Ok(body)) = (XmlHttpRequest::new(), FormData::new_with_form(form)) else { return way.set(Way::Lost) };
    let progress = Closure::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=100")]
            way.set(Way::Going((event.loaded() / event.total() * 100.0) as u32));
        }
    });
    let answered = request.clone();
    let ended = Closure::new(move || if answered.status() == Ok(200) { open_page(&answered.response_url()) } else { way.set(Way::Lost) });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    request.set_onloadend(Some(ended.as_ref().unchecked_ref()));
    way.set(Way::Going(0));
    let sent = request.open("POST", &form.action()).and_then(|()| request.send_with_opt_form_data(Some(&body)));
    match sent {
        Ok(()) => GOING.with_borrow_mut(|going| *going = Some(Going { _progress: progress, _ended: ended })),
        Err(_) => way.set(Way::Lost),
    }
}
