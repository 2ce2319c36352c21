//! Forms: fields, what was typed, what is wrong. One way to draw them all; the forms before a chat stand here.

use model::{
    text::window::place as texts,
    widget::{Field, FieldKind},
};

use super::{
    form, hidden,
    log::bubble,
    path_of,
    piece::{Piece, el},
};
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

/// A form: where it is sent, what goes along unseen, what is asked, and what its button says.
pub fn ask(state: &State, path: &'static str, unseen: Vec<Piece>, inputs: Vec<Input>, submit: &str) -> Piece {
    let shown = inputs.into_iter().map(|input| field(state, path, &input)).collect();
    form(state, "form", path)
        .all(unseen)
        .with(problem(state, path, "").put("role", "alert"))
        .all(shown)
        .with(el("button|type=submit|class=button").when(state.busy, "aria-disabled", "true").text(submit))
}

/// What is wrong with a field, or with none.
pub fn problem(state: &State, path: &str, field: &str) -> Piece {
    el("p|class=problem").text(&state.problem(path, field).unwrap_or_default())
}

fn field(state: &State, path: &str, input: &Input) -> Piece {
    let Input { name, field, label, kind, fills, required, value, choices } = input;
    let id = [path.rsplit('/').next().unwrap_or_default(), field].join("-");
    let about = [id.as_str(), "about"].join("-");
    let typed = state.typed(name);
    let value = if typed.is_empty() { value } else { &typed };
    let control = match *kind {
        "area" => el("textarea|rows=4").text(value),
        "select" => {
            let choice = |(word, says): &(String, String)| el("option").put("value", word).when(word == value, "selected", "").text(says);
            el("select").all(choices.iter().map(choice).collect())
        }
        kind => el("input").put("type", kind).put("value", value).put("autocomplete", fills),
    };
    let control = control.put("id", &id).put("name", name).put("aria-describedby", &about).when(*required, "aria-required", "true").when(
        state.problem(path, field).is_some(),
        "aria-invalid",
        "true",
    );
    let label = el("label").put("for", &id).text(label).text(if *required { " *" } else { "" });
    el("div|class=field").with(label).with(control).with(problem(state, path, field).put("id", &about))
}

/// What goes with the words that begin a chat, unseen.
pub fn begins(state: &State) -> Vec<Piece> {
    state.begins().into_iter().map(|(name, value)| hidden(&name, &value)).collect()
}

fn words(state: &State) -> Input {
    input("form[said][text]", "text", state.say(texts::MESSAGE), "area", "off", true)
}

/// The form before a chat.
pub fn before(state: &State) -> Piece {
    let inputs = state.asked().iter().map(|field| of_field(state, field)).chain([words(state)]).collect();
    let form = ask(state, path_of::<api::BeginChat>(), begins(state), inputs, &state.say(texts::START));
    let intro = &state.opened.intro;
    let intro = if intro.is_empty() { Piece::Nothing } else { el("p|class=intro").text(intro) };
    el("div|class=sheet after-consent").all(first(state)).with(intro).with(form)
}

/// What an agent or a trigger said before there was a chat.
pub fn first(state: &State) -> Vec<Piece> {
    state.first.iter().map(|(by, words)| bubble("said theirs", by, words, "", "")).collect()
}

fn of_field(state: &State, field: &Field) -> Input {
    let Field { kind, key, label, required } = field;
    let (name, text, kind, fills) = match kind {
        FieldKind::Name => ("form[details][name]", texts::NAME, "text", "name"),
        FieldKind::Email => ("form[details][email]", texts::EMAIL, "email", "email"),
        FieldKind::Phone => ("form[details][phone]", texts::PHONE, "tel", "tel"),
        FieldKind::Department => ("form[department]", texts::DEPARTMENT, "select", "off"),
        FieldKind::Question => return input(&["form[answers][", key, "]"].concat(), key, label.clone(), "text", "off", *required),
    };
    let none = (String::new(), state.say(texts::CHOOSE));
    let all = state.opened.departments.iter().map(|(id, name)| (id.as_str().to_owned(), name.clone()));
    let choices = if kind == "select" { [none].into_iter().chain(all).collect() } else { vec![] };
    Input { choices, ..input(name, key, state.say(text), kind, fills, *required) }
}

/// The form that leaves a message when nobody is there.
pub fn leave(state: &State) -> Piece {
    let guest = &state.opened.window.guest;
    let mut inputs = vec![];
    if guest.name.is_empty() {
        inputs.push(input("form[details][name]", "name", state.say(texts::NAME), "text", "name", false));
    }
    if guest.email.is_empty() {
        inputs.push(input("form[details][email]", "email", state.say(texts::EMAIL), "email", "email", true));
    }
    inputs.push(words(state));
    let form = ask(state, path_of::<api::LeaveMessage>(), begins(state), inputs, &state.say(texts::SEND));
    el("div|class=sheet after-consent").with(form)
}
