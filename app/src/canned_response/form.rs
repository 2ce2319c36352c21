//! The form of a canned response: shortcut, text with what can stand in it, who can use it; and the text as it will be read.

use leptos::{ev, prelude::*};
use model::{
    CannedResponseId,
    canned_response::{CannedResponse, OWN, Scope, Values},
    text::{canned as texts, common},
};

use crate::{
    roster::use_roster,
    text::{fill, t},
    ui::{Act, Form, Hidden, SelectField, Submit, TextAreaField, TextField, typed_in},
};

/// The customer in the preview.
const EXAMPLE: &str = "joana@example.com";

/// What a text can hold, and what it stands for.
fn variables() -> [(&'static str, &'static str); 4] {
    [
        ("{name}", t(texts::VARIABLE_NAME)),
        ("{email}", t(texts::VARIABLE_EMAIL)),
        ("{agent}", t(texts::VARIABLE_AGENT)),
        ("{property}", t(texts::VARIABLE_PROPERTY)),
    ]
}

/// Whose it can be: everybody's and a department's only by an admin.
fn scopes() -> Vec<(String, String)> {
    use_roster().with_untracked(|roster| {
        let own = std::iter::once((OWN.to_owned(), t(texts::SCOPE_OWN).to_owned()));
        if !roster.admin() {
            return own.collect();
        }
        let departments = roster.people.departments.iter().map(|department| {
            (Scope::Department(department.id.clone()).to_string(), fill(texts::SCOPE_DEPARTMENT, &[("name", &department.name)]))
        });
        std::iter::once((Scope::Property.to_string(), t(texts::SCOPE_PROPERTY).to_owned())).chain(departments).chain(own).collect()
    })
}

/// The form of a new one, or of one that is changed.
#[component]
pub fn CannedFields(
    /// What saves it.
    save: Act,
    /// The one that is changed.
    #[prop(optional_no_strip)]
    canned: Option<CannedResponse>,
) -> impl IntoView {
    let new = canned.is_none();
    let (id, scope, shortcut, text) = match canned {
        Some(canned) => {
            let scope = if matches!(canned.scope, Scope::Agent(_)) { OWN.to_owned() } else { canned.scope.to_string() };
            (canned.id.to_string(), scope, canned.shortcut, canned.text)
        }
        None => (String::new(), String::new(), String::new(), String::new()),
    };
    let typed = RwSignal::new(text.clone());
    let follow = move |event: ev::Event| {
        if let Some(text) = typed_in(&event).and_then(|values| values("text").pop()) {
            typed.set(text);
        }
    };
    let key = id.clone();
    view! {
        <div on:input=follow>
            <Form action=save key empties=new>
                <Hidden name="canned" value=id/>
                <TextField name="shortcut" label=t(texts::SHORTCUT) value=shortcut hint=t(texts::SHORTCUT_HINT)/>
                <TextAreaField name="text" label=t(texts::TEXT) value=text rows=4/>
                <Filled typed/>
                <SelectField name="scope" label=t(texts::SCOPE) value=scope options=scopes()/>
                <div class="actions"><Submit>{if new { t(texts::CREATE) } else { t(common::SAVE) }}</Submit></div>
            </Form>
        </div>
    }
}

/// What can stand in the text, and the text as it will be read.
#[component]
fn Filled(typed: RwSignal<String>) -> impl IntoView {
    let (agent, property) = use_roster()
        .with_untracked(|roster| (roster.agent(&roster.me).map(|me| me.name.clone()).unwrap_or_default(), roster.property.name.clone()));
    let name = t(texts::EXAMPLE_NAME);
    let filled = move || {
        let canned = CannedResponse { id: CannedResponseId::new(), scope: Scope::Property, shortcut: String::new(), text: typed.get() };
        canned.filled(Values { name, email: EXAMPLE, agent: &agent, property: &property })
    };
    let some = Memo::new(move |_| typed.with(|text| text.contains('{')));
    let reads = t(texts::FILLED);
    view! {
        <div class="variables hint">
            <p>{t(texts::VARIABLES)}</p>
            <dl>{variables().map(|(word, says)| view! { <dt><code>{word}</code></dt><dd>{says}</dd> }).collect_view()}</dl>
            <div class="filled" aria-live="polite">
                {move || some.get().then(|| view! { <p>{reads}</p> })}
                <p class="filled-text">{move || if some.get() { filled() } else { String::new() }}</p>
            </div>
        </div>
    }
}
