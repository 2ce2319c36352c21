//! The fields of *Compose ticket*: each bound to a signal, so that a draft can be kept, each with its own refusal.

use leptos::{html, prelude::*};
use leptos_router::hooks::use_query_map;

use model::{conversation::Priority, text::ticket as text};

use crate::{
    conversation::priority_word,
    error::Error,
    text::{t, use_language},
};

/// What the form knows of its refusal.
pub type Refused = RwSignal<Option<Error>>;

/// A label, a control and what is wrong.
#[component]
pub fn Labelled(
    /// Its name in the form.
    name: &'static str,
    /// What it is.
    label: &'static str,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: &'static str,
    /// Whether something was refused.
    refused: Refused,
    /// The control.
    children: Children,
) -> impl IntoView {
    let language = use_language();
    let problem = move || {
        refused.get().filter(|error| error.field() == Some(name)).map(|error| view! { <p class="problem">{error.say(language)}</p> })
    };
    view! {
        <div class="field">
            <label for=format!("ticket-{name}")>{label}</label>
            {children()}
            <div class="about" id=format!("ticket-{name}-about") role="alert">{problem}</div>
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
        </div>
    }
}

/// Whether a field was refused, for `aria-invalid`.
pub fn invalid(refused: Refused, name: &'static str) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync + 'static {
    move || refused.get().is_some_and(|error| error.field() == Some(name)).then_some("true")
}

/// One line of text.
#[component]
pub fn LineField(
    /// Its name in the form.
    name: &'static str,
    /// What it is.
    label: &'static str,
    /// What it holds.
    value: RwSignal<String>,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: &'static str,
    /// `text`, `email`.
    #[prop(default = "text")]
    kind: &'static str,
    /// It has to be filled in.
    #[prop(optional)]
    required: bool,
    /// It takes the focus.
    #[prop(optional)]
    node: NodeRef<html::Input>,
    /// Whether something was refused.
    refused: Refused,
    /// Called when it is left.
    left: Callback<()>,
) -> impl IntoView {
    let first = value.get_untracked();
    view! {
        <Labelled name label hint refused>
            <input node_ref=node class="input" id=format!("ticket-{name}") name=format!("form[{name}]") type=kind value=first required=required autocomplete="off"
                prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event)) on:blur=move |_| _ = left.try_run(())
                aria-invalid=invalid(refused, name) aria-describedby=format!("ticket-{name}-about")/>
        </Labelled>
    }
}

/// What was typed before a plain form came back refused.
pub fn came_back(path: &str, name: &str) -> Option<String> {
    use_query_map()
        .with_untracked(|query| (query.get_str("__path") == Some(path)).then(|| query.get(&format!("typed.form[{name}]"))).flatten())
}

/// How pressing it is.
#[component]
pub fn PriorityField(
    /// Its word.
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <fieldset class="field">
            <legend class="label">{t(text::PRIORITY)}</legend>
            <div class="segments">
                {Priority::ALL.iter().map(|one| {
                    let word = one.word();
                    view! {
                        <label>
                            <input class="visually-hidden" type="radio" name="form[priority]" value=word checked=value.get_untracked() == word
                                prop:checked=move || value.get() == word on:change=move |_| value.set(word.to_owned())/>
                            <span>{t(priority_word(*one))}</span>
                        </label>
                    }
                }).collect_view()}
            </div>
        </fieldset>
    }
}

/// Whether what was said in the chat goes with the ticket.
#[component]
pub fn TranscriptField(
    /// Yes or no.
    value: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name="form[transcript]" value="true" checked=value.get_untracked() prop:checked=move || value.get()
                on:change=move |event| value.set(event_target_checked(&event))/>
            <span>{t(text::TRANSCRIPT)}</span>
        </label>
    }
}

/// Puts the focus into the field that was refused.
pub fn focus_refused(form: NodeRef<html::Form>) {
    use wasm_bindgen::JsCast;
    let Some(form) = form.get_untracked() else { return };
    let field = form.query_selector("[aria-invalid=true]").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only when it cannot take the focus.
        drop(field.focus());
    }
}
