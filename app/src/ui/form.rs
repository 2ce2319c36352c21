//! Forms that work before the wasm is there and better with it. A field finds its own refusal, and keeps what was
//! typed: in the page with wasm, by the address (`typed.<field>`) without.

use std::{cell::Cell, sync::Arc};

use leptos::{context::Provider, ev, html, prelude::*};
use leptos_router::hooks::use_query_map;
use wasm_bindgen::JsCast;

use super::{Act, Glyph, Icon};
use crate::{error::Error, text::use_language};

/// What the fields of a form know of it.
#[derive(Clone)]
pub(super) struct FormState {
    /// Why it was refused.
    pub problem: Signal<Option<Error>>,
    /// Whether what was wrong is unsaid.
    pub mended: RwSignal<bool>,
    /// Whether it is on its way.
    pub pending: Signal<bool>,
    /// Whether the page came back with what was typed into this form.
    pub came_back: bool,
    /// Names its fields apart from those of other forms on the page.
    pub prefix: Arc<str>,
}

/// A form that calls a server function.
#[component]
pub fn Form(
    /// The change it asks for.
    action: Act,
    /// Its look.
    #[prop(default = "form")]
    class: &'static str,
    /// Told apart from a second form of the same kind on the page.
    #[prop(optional, into)]
    key: String,
    /// Emptied once it was taken.
    #[prop(optional)]
    empties: bool,
    /// Its fields.
    children: Children,
) -> impl IntoView {
    let query = use_query_map();
    let came_back = query
        .with_untracked(|query| query.get_str("__path") == Some(action.path()) && query.get_str("typed.form").unwrap_or_default() == key);
    let prefix = format!("{}-{key}", action.path().rsplit('/').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit()));
    let (value, version) = (action.value(), action.version());
    // Several forms may share an action: an answer is this form's when this form asked last.
    let asked = RwSignal::new(0);
    let mine = move || if version.get() == 0 { came_back } else { version.get() == asked.get() };
    let result =
        Signal::derive(move || if mine() { value.with(|value| value.as_ref().map(|answer| answer.as_ref().err().cloned())) } else { None });
    // what was wrong with a field is unsaid as soon as it is changed
    let mended = RwSignal::new(false);
    let problem = Signal::derive(move || result.get().flatten().filter(|error| error.field().is_none() || !mended.get()));
    let typing = move |event: ev::Event| {
        if problem.with_untracked(|problem| concerns(problem.as_ref(), &event, "")) {
            mended.set(true);
        }
    };
    let asking = move |_| {
        mended.set(false);
        asked.set(version.get_untracked() + 1);
    };
    let pending = Signal::derive(move || action.pending().get() && asked.get() > version.get());
    let state = FormState { problem, mended, pending, came_back, prefix: prefix.into() };
    let form = NodeRef::<html::Form>::new();
    focus_on_refusal(problem, form);
    if empties {
        Effect::new(move || {
            if let (Some(None), Some(form)) = (result.get(), form.get_untracked()) {
                form.reset();
            }
        });
    }
    let general = Signal::derive(move || problem.get().filter(|error| error.field().is_none()));
    let language = use_language();
    view! {
        <Provider value=state>
            <BareForm action node_ref=form attr:class=class attr:novalidate="" on:submit=asking on:input=typing>
                {(!key.is_empty()).then(|| view! { <input type="hidden" name="form" value=key.clone()/> })}
                <div class="form-problem" role="alert">
                    {move || general.get().map(|error| view! { <p><Icon glyph=Glyph::Alert/>{error.say(language)}</p> })}
                </div>
                {children()}
            </BareForm>
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

/// Whether what somebody types goes into the field that was refused; `around` is what stands before the fields' names.
pub fn concerns(problem: Option<&Error>, event: &ev::Event, around: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    // a row's control has the name of its column, and beside it that of its place
    let name = target.and_then(|target| target.get_attribute("data-field").or_else(|| target.get_attribute("name"))).unwrap_or_default();
    let field = name.strip_prefix(around).map(|name| name.trim_end_matches(']'));
    problem.and_then(Error::field).is_some_and(|refused| field == Some(refused))
}

/// A form that asks for a change, and nothing around it. Without wasm the browser sends it.
#[component]
pub fn BareForm(
    /// The change it asks for.
    action: Act,
    /// The form itself.
    #[prop(optional)]
    node_ref: NodeRef<html::Form>,
    /// Its fields.
    children: Children,
) -> impl IntoView {
    let submit = move |event: ev::SubmitEvent| {
        if !event.default_prevented() {
            event.prevent_default();
            action.submit(&event);
        }
    };
    view! { <form node_ref=node_ref action=action.path() method="post" on:submit=submit>{children()}</form> }
}

/// What stands in the form that an event comes from: the values under a name.
pub fn typed_in(event: &ev::Event) -> Option<impl Fn(&str) -> Vec<String> + use<>> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    typed_into(&target.closest("form").ok()??)
}

/// What stands in a form: the values under a name.
pub fn typed_into(form: &web_sys::Element) -> Option<impl Fn(&str) -> Vec<String> + use<>> {
    let data = web_sys::FormData::new_with_form(form.dyn_ref::<web_sys::HtmlFormElement>()?).ok()?;
    Some(move |name: &str| data.get_all(name).iter().filter_map(|value| value.as_string()).collect())
}

/// Puts the focus on something once it is drawn.
pub fn focus_on(selector: String) {
    request_animation_frame(move || {
        let found = document().query_selector(&selector).ok().flatten();
        if let Some(found) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Fails only when it cannot take the focus; then it stays where it is.
            let _ = found.focus();
        }
    });
}

/// The button that Enter presses in a form whose first button does something else. Nobody sees it.
#[component]
pub fn DefaultSubmit() -> impl IntoView {
    view! { <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true"></button> }
}

/// Does something after a change was made.
pub fn on_done(action: Act, then: impl Fn(()) + 'static) {
    let then: Box<dyn Fn(())> = Box::new(then);
    Effect::new(move || {
        if action.done() {
            untrack(|| then(()));
        }
    });
}

thread_local! {
    static LEAVING: Cell<bool> = const { Cell::new(false) };
}

/// Opens another page anew, with another session or language.
pub fn open_page(path: &str) {
    LEAVING.set(true);
    // Fails only for an address that is none.
    let _ = window().location().set_href(path);
}

/// Whether another page is on its way. In the browser.
pub fn is_leaving() -> bool {
    LEAVING.get()
}
