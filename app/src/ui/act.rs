//! A change that is asked of the server, for every server function alike: whether it is on its way, and what came of it.
//! Knows the path of its function and no type of it; so it is in the wasm once.

use leptos::{
    prelude::*,
    server::ServerActionError,
    server_fn::{ServerFn, error::ServerFnUrlError},
    task::spawn_local,
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, SubmitEvent, UrlSearchParams};

use crate::{
    ask,
    error::{Error, Result},
};

/// A change.
#[derive(Clone, Copy)]
pub struct Act {
    path: &'static str,
    value: RwSignal<Option<Result<String>>>,
    under_way: RwSignal<usize>,
    version: RwSignal<usize>,
}

impl Act {
    /// The change that a server function makes.
    pub fn new<F: ServerFn>() -> Self {
        Self::of(F::PATH)
    }

    fn of(path: &'static str) -> Self {
        // a plain form that was refused: the page came back with why in its address
        let refused = use_context::<ServerActionError>();
        let refused = refused.filter(|error| error.path() == path).map(|error| Err(ServerFnUrlError::<Error>::decode_err(error.err())));
        Self { path, value: RwSignal::new(refused), under_way: RwSignal::new(0), version: RwSignal::new(0) }
    }

    /// Where its form is sent.
    pub fn path(self) -> &'static str {
        self.path
    }

    /// The text of its last answer, or why there was none.
    pub fn value(self) -> RwSignal<Option<Result<String>>> {
        self.value
    }

    /// What was answered last.
    pub fn answer<T: DeserializeOwned>(self) -> Option<Result<T>> {
        self.value.get().map(|answer| answer.and_then(|text| ask::read(&text)))
    }

    /// Whether it was done. Says so anew for each answer.
    pub fn done(self) -> bool {
        self.value.with(|value| matches!(value, Some(Ok(_))))
    }

    /// Why it was not done the last time.
    pub fn refusal(self) -> Option<Error> {
        self.value.with(|value| value.as_ref().and_then(|answer| answer.as_ref().err().cloned()))
    }

    /// How many answers came.
    pub fn version(self) -> RwSignal<usize> {
        self.version
    }

    /// Whether it is on its way.
    pub fn pending(self) -> Signal<bool> {
        let under_way = self.under_way;
        Signal::derive(move || under_way.get() > 0)
    }

    /// Asks for it with values of the page.
    pub fn dispatch<F: ServerFn + Serialize>(self, input: &F) {
        if let Ok(body) = serde_qs::to_string(input) {
            self.send(body);
        }
    }

    /// Asks for it with what stands in a form.
    pub fn submit(self, event: &SubmitEvent) {
        if let Some(body) = typed(event) {
            self.send(body);
        }
    }

    /// Asks for it with what stands in a form that is sent elsewhere.
    pub fn submit_form(self, form: &HtmlFormElement) {
        let values = FormData::new_with_form(form).ok().and_then(|data| UrlSearchParams::new_with_str_sequence_sequence(&data).ok());
        if let Some(values) = values {
            self.send(values.to_string().into());
        }
    }

    fn send(self, body: String) {
        let answer = ask::post(self.path, ask::FORM, body);
        self.under_way.update(|n| *n += 1);
        // the page may be gone before the answer is there
        spawn_local(async move {
            let answer = answer.await;
            self.under_way.try_update(|n| *n -= 1);
            self.version.try_update(|n| *n += 1);
            self.value.try_set(Some(answer));
        });
    }
}

/// What stands in a form, with the button it was sent by, as a browser would send it.
fn typed(event: &SubmitEvent) -> Option<String> {
    let form = event.target()?.dyn_into::<HtmlFormElement>().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    if let Some(button) = event.submitter() {
        let name = button.get_attribute("name").unwrap_or_default();
        if !name.is_empty() {
            // Fails only for a name that is none.
            drop(data.append_with_str(&name, &button.get_attribute("value").unwrap_or_default()));
        }
    }
    Some(UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?.to_string().into())
}
