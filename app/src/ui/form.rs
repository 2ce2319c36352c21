//! Forms that work before the wasm is there and better with it. A field finds its own refusal, and keeps what was
//! typed: in the page with wasm, by the address (`typed.<field>`) without.

use std::sync::Arc;

use leptos::{context::Provider, form::ActionForm, html, prelude::*, server_fn};
use leptos_router::hooks::use_query_map;
use server_fn::{Http, ServerFn, client::Client, codec::PostUrl, request::ClientReq};
use wasm_bindgen::JsCast;

use super::{Glyph, Icon};
use crate::{
    error::{Error, Result},
    text::use_language,
};

/// What the fields of a form know of it.
#[derive(Clone)]
pub(super) struct FormState {
    /// Why it was refused.
    pub problem: Signal<Option<Error>>,
    /// Whether it is on its way.
    pub pending: Signal<bool>,
    /// Whether the page came back with what was typed into this form.
    pub came_back: bool,
    /// Names its fields apart from those of other forms on the page.
    pub prefix: Arc<str>,
}

/// A form that calls a server function.
#[component]
pub fn Form<F, O>(
    /// The action it calls.
    action: ServerAction<F>,
    /// Its look.
    #[prop(default = "form")]
    class: &'static str,
    /// Told apart from a second form of the same kind on the page.
    #[prop(optional, into)]
    key: String,
    /// Its fields.
    children: Children,
) -> impl IntoView
where
    F: serde::de::DeserializeOwned + ServerFn<Protocol = Http<PostUrl, O>, Error = Error> + Clone + Send + Sync + 'static,
    F::Client: Client<Error>,
    <<F::Client as Client<Error>>::Request as ClientReq<Error>>::FormData: From<web_sys::FormData>,
    F::Output: Clone + Send + Sync + 'static,
    O: 'static,
{
    let value = action.value();
    let problem =
        Signal::derive(move || value.with(|value| value.as_ref().and_then(|result: &Result<F::Output>| result.as_ref().err().cloned())));
    let query = use_query_map();
    let came_back =
        query.with_untracked(|query| query.get_str("__path") == Some(F::PATH) && query.get_str("typed.form").unwrap_or_default() == key);
    let prefix = format!("{}-{key}", F::PATH.rsplit('/').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit()));
    let version = action.version();
    // Of several forms of one kind, the refusal in the address belongs to one.
    let problem = Signal::derive(move || problem.get().filter(|_| came_back || version.get() > 0));
    let state = FormState { problem, pending: action.pending().into(), came_back, prefix: prefix.into() };
    let form = NodeRef::<html::Form>::new();
    focus_on_refusal(state.problem, form);
    let general = Signal::derive(move || state.problem.get().filter(|error| error.field().is_none()));
    let language = use_language();
    view! {
        <Provider value=state.clone()>
            <ActionForm action node_ref=form attr:class=class attr:novalidate="">
                {(!key.is_empty()).then(|| view! { <input type="hidden" name="form" value=key.clone()/> })}
                <div class="form-problem" role="alert">
                    {move || general.get().map(|error| view! { <p><Icon glyph=Glyph::Alert/>{error.say(language)}</p> })}
                </div>
                {children()}
            </ActionForm>
        </Provider>
    }
}

/// Puts the focus into the first field that was refused.
fn focus_on_refusal(problem: Signal<Option<Error>>, form: NodeRef<html::Form>) {
    Effect::new(move || {
        if problem.get().is_none() {
            return;
        }
        request_animation_frame(move || {
            let Some(form) = form.get_untracked() else { return };
            let field = form.query_selector("[aria-invalid=true]").ok().flatten();
            if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
                // Fails only when it cannot take the focus; then it stays where it is.
                let _ = field.focus();
            }
        });
    });
}

/// Does something after a server function succeeded.
pub fn on_done<F>(action: ServerAction<F>, then: impl Fn(&F::Output) + 'static)
where
    F: ServerFn<Error = Error> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let value = action.value();
    Effect::new(move || {
        value.with(|value| {
            if let Some(Ok(output)) = value {
                then(output);
            }
        });
    });
}

/// Opens another page anew, with another session or language.
pub fn open_page(path: &str) {
    // Fails only for an address that is none.
    let _ = window().location().set_href(path);
}
