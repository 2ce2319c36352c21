//! Forms that work before the wasm is there and better with it. A field finds its own refusal, and keeps what was
//! typed: in the page with wasm, by the address (`typed.<field>`) without.

use std::sync::Arc;

use leptos::{context::Provider, form::ActionForm, html, prelude::*, server_fn};
use leptos_router::hooks::use_query_map;
use model::text::common;
use server_fn::{Http, ServerFn, client::Client, codec::PostUrl, request::ClientReq};
use wasm_bindgen::JsCast;

use super::{Glyph, Icon};
use crate::{
    error::{Error, Result},
    text::{t, use_language},
};

/// What the fields of a form know of it.
#[derive(Clone)]
pub struct FormState {
    /// Why it was refused.
    pub problem: Signal<Option<Error>>,
    /// Whether it is on its way.
    pub pending: Signal<bool>,
    /// Whether the page came back with what was typed into this form.
    came_back: bool,
    /// Names its fields apart from those of other forms on the page.
    prefix: Arc<str>,
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
{
    let value = action.value();
    let problem = Signal::derive(move || value.with(|value| value.as_ref().and_then(|result: &Result<F::Output>| result.as_ref().err().cloned())));
    let query = use_query_map();
    let came_back = query.with_untracked(|query| query.get_str("__path") == Some(F::PATH) && query.get_str("typed.form").unwrap_or_default() == key);
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

/// What was typed into a field before the page came back refused, if it did.
pub fn typed(name: &str) -> Option<String> {
    let came_back = use_context::<FormState>().is_some_and(|state| state.came_back);
    came_back.then(|| use_query_map().with_untracked(|query| query.get(&format!("typed.{name}")))).flatten()
}

/// What was ticked under a name before the page came back refused, if it did.
fn typed_all(name: &str) -> Option<Vec<String>> {
    let came_back = use_context::<FormState>().is_some_and(|state| state.came_back);
    came_back.then(|| use_query_map().with_untracked(|query| query.get_all(&format!("typed.{name}")).unwrap_or_default()))
}

/// A label, a control, a hint, and what is wrong.
#[component]
pub fn Field(
    /// Its name in the form.
    name: &'static str,
    /// What it is.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// The control; it is given its id, the id of what describes it, and whether it was refused.
    control: impl FnOnce(String, String, Signal<bool>) -> AnyView + 'static,
) -> impl IntoView {
    let state = use_context::<FormState>();
    let language = use_language();
    let id = format!("{}-{name}", state.as_ref().map_or("field", |state| &state.prefix));
    let about = format!("{id}-about");
    let problem = Signal::derive(move || state.as_ref().and_then(|state| state.problem.get()).filter(|error| error.field() == Some(name)).map(|error| error.say(language)));
    let refused = Signal::derive(move || problem.get().is_some());
    view! {
        <div class="field" class:refused=move || refused.get()>
            <label for=id.clone()>{label}</label>
            {control(id, about.clone(), refused)}
            <div class="about" id=about>
                {move || problem.get().map(|text| view! { <p class="problem">{text}</p> })}
                {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
            </div>
        </div>
    }
}

/// One line of text.
#[component]
pub fn TextField(
    /// Its name in the form.
    name: &'static str,
    /// What it is.
    #[prop(into)]
    label: String,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// `email`, `password`, …
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    first: bool,
    /// Id of a list of values to choose from.
    #[prop(optional, into)]
    list: Option<String>,
) -> impl IntoView {
    let value = typed(name).unwrap_or(value);
    let control = move |id, about, refused: Signal<bool>| {
        view! {
            <input class="input" id=id name=name type=kind value=value autocomplete=autocomplete autofocus=first list=list
                aria-describedby=about aria-invalid=move || refused.get().then_some("true")/>
        }
        .into_any()
    };
    view! { <Field name label hint control/> }
}

/// Several lines of text.
#[component]
pub fn TextAreaField(
    /// Its name in the form.
    name: &'static str,
    /// What it is.
    #[prop(into)]
    label: String,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// Its height in lines.
    #[prop(default = 3)]
    rows: u32,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
) -> impl IntoView {
    let value = typed(name).unwrap_or(value);
    let control = move |id, about, refused: Signal<bool>| {
        view! {
            <textarea class="input" id=id name=name rows=rows.to_string() aria-describedby=about aria-invalid=move || refused.get().then_some("true")>
                {value}
            </textarea>
        }
        .into_any()
    };
    view! { <Field name label hint control/> }
}

/// One of a list.
#[component]
pub fn SelectField(
    /// Its name in the form.
    name: &'static str,
    /// What it is.
    #[prop(into)]
    label: String,
    /// What it starts with.
    #[prop(into)]
    value: String,
    /// Values and what they say.
    options: Vec<(String, String)>,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: String,
) -> impl IntoView {
    let value = typed(name).unwrap_or(value);
    let control = move |id, about, refused: Signal<bool>| {
        let options = options.into_iter().map(|(word, says)| {
            let chosen = word == value;
            view! { <option value=word selected=chosen>{says}</option> }
        });
        view! {
            <select class="input" id=id name=name aria-describedby=about aria-invalid=move || refused.get().then_some("true")>
                {options.collect_view()}
            </select>
        }
        .into_any()
    };
    view! { <Field name label hint control/> }
}

/// Yes or no, or one of several that share a name.
#[component]
pub fn CheckField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What is sent when it is ticked.
    #[prop(into)]
    value: String,
    /// What it is.
    #[prop(into)]
    label: String,
    /// Whether it starts ticked.
    #[prop(optional)]
    checked: bool,
) -> impl IntoView {
    let checked = typed_all(&name).map_or(checked, |ticked| ticked.contains(&value));
    view! {
        <label class="check">
            <input type="checkbox" name=name value=value checked=checked/>
            <span>{label}</span>
        </label>
    }
}

/// A value that goes along unseen.
#[component]
pub fn Hidden(
    /// Its name in the form.
    name: &'static str,
    /// The value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// The button that sends the form; busy while it is on its way.
#[component]
pub fn Submit(
    /// Its look.
    #[prop(default = "button primary")]
    class: &'static str,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let pending = use_context::<FormState>().map(|state| state.pending);
    let busy = Signal::derive(move || pending.is_some_and(|pending| pending.get()));
    let wait = t(common::PLEASE_WAIT);
    view! {
        <button type="submit" class=class aria-disabled=move || busy.get().then_some("true") title=move || busy.get().then_some(wait)>
            {children()}
        </button>
    }
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
