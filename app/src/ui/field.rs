//! The fields of a form: a label, a control, what helps to fill it in, and what is wrong with it. A field asks its
//! form by context; outside of one it is a plain control.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::text::common;

use super::form::FormState;
use crate::text::{t, use_language};

/// What was typed into a field before the page came back refused, if it did.
fn typed(name: &str) -> Option<String> {
    let came_back = use_context::<FormState>().is_some_and(|state| state.came_back);
    came_back.then(|| use_query_map().with_untracked(|query| query.get(&format!("typed.{name}")))).flatten()
}

/// All that was typed under a name before the page came back refused, if it did. For the rows of a list, and ticks.
pub fn typed_all(name: &str) -> Option<Vec<String>> {
    let came_back = use_context::<FormState>().is_some_and(|state| state.came_back);
    came_back.then(|| use_query_map().with_untracked(|query| query.get_all(&format!("typed.{name}")).unwrap_or_default()))
}

/// What is wrong with a control that a form of rows draws itself. A row's name changes with its place.
pub fn problem_of(field: impl Fn() -> String + Send + Sync + 'static) -> Signal<Option<String>> {
    let (state, language) = (use_context::<FormState>(), use_language());
    Signal::derive(move || {
        let problem = state.as_ref().and_then(|state| state.problem.get());
        problem.filter(|error| error.field() == Some(field().as_str())).map(|error| error.say(language))
    })
}

/// Unsays what is wrong: rows came, went or changed their places.
pub fn use_mend() -> impl Fn() + Copy + Send + Sync + 'static {
    let mended = use_context::<FormState>().map(|state| state.mended);
    move || {
        if let Some(mended) = mended {
            mended.set(true);
        }
    }
}

/// A label, a control, a hint, and what is wrong.
#[component]
fn Field(
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
    let problem = Signal::derive(move || {
        state.as_ref().and_then(|state| state.problem.get()).filter(|error| error.field() == Some(name)).map(|error| error.say(language))
    });
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
    /// What holds while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
) -> impl IntoView {
    let value = typed(name).unwrap_or(value);
    let control = move |id, about, refused: Signal<bool>| {
        view! {
            <input class="input" id=id name=name type=kind value=value autocomplete=autocomplete autofocus=first list=list placeholder=placeholder
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
    /// What holds while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
) -> impl IntoView {
    let value = typed(name).unwrap_or(value);
    let control = move |id, about, refused: Signal<bool>| {
        view! {
            <textarea class="input" id=id name=name rows=rows.to_string() placeholder=placeholder aria-describedby=about aria-invalid=move || refused.get().then_some("true")>
                {super::written(value)}
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
    /// What it does, where what it says is not enough.
    #[prop(optional, into)]
    label: Option<String>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let pending = use_context::<FormState>().map(|state| state.pending);
    let busy = Signal::derive(move || pending.is_some_and(|pending| pending.get()));
    let wait = t(common::PLEASE_WAIT);
    view! {
        <button type="submit" class=class aria-label=label aria-disabled=move || busy.get().then_some("true") title=move || busy.get().then_some(wait)>
            {children()}
        </button>
    }
}
