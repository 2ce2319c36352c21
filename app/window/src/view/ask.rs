//! Forms: fields, what was typed, what is wrong. One way to draw them all; the forms before a chat stand here.

use leptos::prelude::*;
use model::{
    text::window as texts,
    widget::{Field, FieldKind},
};

use super::{at, path_of};
use crate::{api, state::State};

/// A field of a form.
pub struct Input {
    /// Its name in the form.
    pub name: String,
    /// The name a refusal calls it by.
    pub field: String,
    /// What is asked.
    pub label: String,
    /// `text`, `email`, `tel`, `area` or `select`.
    pub kind: &'static str,
    /// What the browser may fill in.
    pub fills: &'static str,
    /// Whether it must be filled.
    pub required: bool,
    /// What stands in it before anything was typed.
    pub value: String,
    /// What can be chosen.
    pub choices: Vec<(String, String)>,
}

/// A line of text, with nothing special.
pub fn input(name: &str, field: &str, label: String, kind: &'static str, fills: &'static str, required: bool) -> Input {
    Input { name: name.to_owned(), field: field.to_owned(), label, kind, fills, required, value: String::new(), choices: vec![] }
}

/// A form.
pub struct Ask {
    /// Where it is sent.
    pub path: &'static str,
    /// Its look.
    pub class: &'static str,
    /// What goes along unseen.
    pub hidden: Vec<(&'static str, String)>,
    /// What is asked.
    pub inputs: Vec<Input>,
    /// What its button says.
    pub submit: String,
}

/// Draws a form.
pub fn ask(state: &State, ask: Ask) -> AnyView {
    let Ask { path, class, hidden, inputs, submit } = ask;
    let shown: Vec<AnyView> = inputs.into_iter().map(|input| field(state, path, input)).collect();
    let hidden: Vec<AnyView> =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any()).collect();
    let problem = state.problem(path, "");
    let busy = state.busy.then_some("true");
    view! {
        <form class=class action=path method="post" novalidate="">
            {at(state)}
            {hidden}
            <p class="problem" role="alert">{problem}</p>
            {shown}
            <button type="submit" class="button" aria-disabled=busy>{submit}</button>
        </form>
    }
    .into_any()
}

fn field(state: &State, path: &str, input: Input) -> AnyView {
    let Input { name, field, label, kind, fills, required, value, choices } = input;
    let problem = state.problem(path, &field);
    let id = [path.rsplit('/').next().unwrap_or_default(), &field].join("-");
    let about = [id.as_str(), "about"].join("-");
    let invalid = problem.is_some().then_some("true");
    let needed = required.then_some("true");
    let typed = state.typed(&name);
    let value = if typed.is_empty() { value } else { typed };
    let label = if required { [label.as_str(), "*"].join(" ") } else { label };
    let control = match kind {
        "area" => view! {
            <textarea id=id.clone() name=name rows="4" aria-required=needed aria-invalid=invalid aria-describedby=about.clone()>{value}</textarea>
        }
        .into_any(),
        "select" => {
            let choices: Vec<AnyView> = choices
                .into_iter()
                .map(|(word, says)| {
                    let chosen = word == value;
                    view! { <option value=word selected=chosen>{says}</option> }.into_any()
                })
                .collect();
            view! {
                <select id=id.clone() name=name aria-required=needed aria-invalid=invalid aria-describedby=about.clone()>{choices}</select>
            }
            .into_any()
        }
        _ => view! {
            <input id=id.clone() name=name type=kind value=value autocomplete=fills aria-required=needed aria-invalid=invalid aria-describedby=about.clone()/>
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {control}
            <p class="problem" id=about>{problem}</p>
        </div>
    }
    .into_any()
}

/// What goes with the words that begin a chat, unseen.
pub fn begins(state: &State) -> Vec<(&'static str, String)> {
    let [page, referrer, department] = &state.page;
    vec![("form[page]", page.clone()), ("form[referrer]", referrer.clone()), ("form[department]", department.clone())]
}

fn details(state: &State, name: bool, email: bool) -> [Input; 2] {
    [
        input("form[details][name]", "name", state.say(texts::NAME), "text", "name", name),
        input("form[details][email]", "email", state.say(texts::EMAIL), "email", "email", email),
    ]
}

fn words(state: &State) -> Input {
    input("form[said][text]", "text", state.say(texts::MESSAGE), "area", "off", true)
}

/// The form before a chat.
pub fn before(state: &State) -> AnyView {
    let inputs = state.asked().into_iter().map(|field| of_field(state, field)).chain([words(state)]).collect();
    let mut hidden = begins(state);
    hidden.retain(|(name, value)| *name != "form[department]" || !value.is_empty());
    let form = Ask { path: path_of::<api::BeginChat>(), class: "form", hidden, inputs, submit: state.say(texts::START) };
    let intro = (!state.opened.intro.is_empty()).then(|| view! { <p class="intro">{state.opened.intro.clone()}</p> });
    view! { <div class="sheet after-consent">{intro}{ask(state, form)}</div> }.into_any()
}

fn of_field(state: &State, field: &Field) -> Input {
    let Field { kind, key, label, required } = field;
    let one = |name: &str, label, kind, fills| input(name, key, state.say(label), kind, fills, *required);
    match kind {
        FieldKind::Name => one("form[details][name]", texts::NAME, "text", "name"),
        FieldKind::Email => one("form[details][email]", texts::EMAIL, "email", "email"),
        FieldKind::Phone => one("form[details][phone]", texts::PHONE, "tel", "tel"),
        FieldKind::Department => {
            let none = (String::new(), state.say(texts::CHOOSE));
            let all = state.opened.departments.iter().map(|(id, name)| (id.to_string(), name.clone()));
            let choices = [none].into_iter().chain(all).collect();
            Input { choices, ..one("form[department]", texts::DEPARTMENT, "select", "off") }
        }
        FieldKind::Question => {
            let name = ["form[answers][", key, "]"].concat();
            input(&name, key, label.clone(), "text", "off", *required)
        }
    }
}

/// The form that leaves a message when nobody is there.
pub fn leave(state: &State) -> AnyView {
    let guest = &state.opened.window.guest;
    let [name, email] = details(state, true, true);
    let mut inputs = vec![];
    if guest.name.is_empty() {
        inputs.push(name);
    }
    if guest.email.is_empty() {
        inputs.push(email);
    }
    inputs.push(words(state));
    let form = Ask { path: path_of::<api::LeaveMessage>(), class: "form", hidden: begins(state), inputs, submit: state.say(texts::SEND) };
    view! { <div class="sheet after-consent">{ask(state, form)}</div> }.into_any()
}
