//! The rows of the editor: conditions and actions. They grow and shrink with wasm; without, one empty row waits at the end of each.

use leptos::{ev, prelude::*};
use model::{
    Text,
    rule::{Condition, Subject, Test},
    text::trigger as texts,
    trigger::{Action, Deed},
};

use super::{deed_word, subject_word, test_word};
use crate::{
    error::Error,
    roster::use_roster,
    text::{fill, t, use_language},
    ui::{Glyph, Icon, each, written},
};

/// Why the form was refused.
pub type Refused = Signal<Option<Error>>;

/// What is wrong with a field, by its place.
#[component]
pub fn Problem(refused: Refused, #[prop(into)] field: String) -> impl IntoView {
    let language = use_language();
    let wrong = move || refused.get().filter(|error| error.field() == Some(field.as_str())).map(|error| error.say(language));
    move || wrong().map(|text| view! { <p class="problem" role="alert">{text}</p> })
}

/// The choices of a select.
fn choices<T: Copy + PartialEq>(all: &[T], chosen: T, word: fn(T) -> &'static str, text: fn(T) -> Text) -> impl IntoView + use<T> {
    let language = use_language();
    all.iter().map(|one| view! { <option value=word(*one) selected=*one == chosen>{language.say(text(*one))}</option> }).collect_view()
}

/// Conditions of a rule.
#[component]
pub fn Conditions(conditions: Vec<Condition>, refused: Refused) -> impl IntoView {
    let first = conditions.into_iter().chain([Condition::default()]).enumerate().collect::<Vec<_>>();
    let (next, rows) = (StoredValue::new(first.len()), RwSignal::new(first));
    let add = move |_| {
        let n = next.get_value();
        next.set_value(n + 1);
        rows.update(|rows| rows.push((n, Condition::default())));
    };
    let place = move |key: usize| Signal::derive(move || rows.with(|rows| rows.iter().position(|(known, _)| *known == key).unwrap_or(0)));
    view! {
        <fieldset class="rule-rows">
            <legend>{t(texts::CONDITIONS)}</legend>
            {each(move || rows.get(), |(key, _)| *key, move |(key, condition)| view! {
                <ConditionRow condition n=place(key) refused remove=move |_| rows.update(|rows| rows.retain(|(known, _)| *known != key))/>
            })}
            <Problem refused field="conditions"/>
            <button type="button" class="button small needs-wasm" on:click=add><Icon glyph=Glyph::Plus/>{t(texts::ADD_CONDITION)}</button>
        </fieldset>
    }
}

#[component]
fn ConditionRow(condition: Condition, n: Signal<usize>, refused: Refused, remove: impl Fn(ev::MouseEvent) + 'static) -> impl IntoView {
    let language = use_language();
    let (subject, test) = (RwSignal::new(condition.subject), RwSignal::new(condition.test));
    // every comparison is offered until the page is awake: without wasm nothing follows the subject
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let chose = move |event: ev::Event| {
        if let Ok(chosen) = event_target_value(&event).parse::<Subject>() {
            subject.set(chosen);
            if !chosen.tests().contains(&test.get_untracked()) {
                test.set(chosen.tests()[0]);
            }
        }
    };
    let name = move |field: &'static str| move || format!("form[conditions][{}][{field}]", n.get());
    let label = move |text: Text| move || language.fill(text, &[("n", &(n.get() + 1).to_string())]);
    let offered = Test::ALL.iter().map(|one| {
        let (one, away) = (*one, move || awake.get() && !subject.get().tests().contains(one));
        view! { <option value=one.word() selected=one == condition.test hidden=away prop:selected=move || test.get() == one>{language.say(test_word(one))}</option> }
    });
    view! {
        <div class="rule-row">
            <select class="input" name=name("subject") aria-label=label(texts::SUBJECT) on:change=chose>
                {choices(Subject::ALL, condition.subject, Subject::word, subject_word)}
            </select>
            <input class="input attribute" name=name("name") value=condition.name aria-label=t(texts::ATTRIBUTE) placeholder=t(texts::ATTRIBUTE)
                hidden=move || awake.get() && subject.get() != Subject::Attribute/>
            <select class="input" name=name("test") aria-label=t(texts::TEST) on:change=move |event| if let Ok(chosen) = event_target_value(&event).parse() { test.set(chosen) }>
                {offered.collect_view()}
            </select>
            <input class="input" name=name("value") value=condition.value aria-label=t(texts::VALUE) placeholder=t(texts::VALUE)/>
            <button type="button" class="icon-button needs-wasm" on:click=remove aria-label=label(texts::REMOVE)><Icon glyph=Glyph::Close/></button>
            {move || ["value", "test", "name"].map(|field| view! { <Problem refused field=format!("{field}.{}", n.get())/> })}
        </div>
    }
}

/// What a trigger does.
#[component]
pub fn Actions(actions: Vec<Action>, refused: Refused) -> impl IntoView {
    let empty = || Action { deed: Deed::Say, value: String::new() };
    let spare = actions.is_empty().then(empty);
    let first = actions.into_iter().chain(spare).enumerate().collect::<Vec<_>>();
    let (next, rows) = (StoredValue::new(first.len()), RwSignal::new(first));
    let add = move |_| {
        let n = next.get_value();
        next.set_value(n + 1);
        rows.update(|rows| rows.push((n, empty())));
    };
    let place = move |key: usize| Signal::derive(move || rows.with(|rows| rows.iter().position(|(known, _)| *known == key).unwrap_or(0)));
    view! {
        <fieldset class="rule-rows">
            <legend>{t(texts::ACTIONS)}</legend>
            {each(move || rows.get(), |(key, _)| *key, move |(key, action)| view! {
                <ActionRow action n=place(key) refused remove=move |_| rows.update(|rows| rows.retain(|(known, _)| *known != key))/>
            })}
            <Problem refused field="actions"/>
            <button type="button" class="button small needs-wasm" on:click=add><Icon glyph=Glyph::Plus/>{t(texts::ADD_ACTION)}</button>
        </fieldset>
    }
}

#[component]
fn ActionRow(action: Action, n: Signal<usize>, refused: Refused, remove: impl Fn(ev::MouseEvent) + 'static) -> impl IntoView {
    let language = use_language();
    let deed = RwSignal::new(action.deed);
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let chose = move |event: ev::Event| {
        if let Ok(chosen) = event_target_value(&event).parse() {
            deed.set(chosen);
        }
    };
    let name = move |field: &'static str| move || format!("form[actions][{}][{field}]", n.get());
    let label = move |text: Text| move || language.fill(text, &[("n", &(n.get() + 1).to_string())]);
    let (id, words) = if action.deed == Deed::Department { (action.value, String::new()) } else { (String::new(), action.value) };
    let departments = use_roster().with_untracked(|roster| roster.people.departments.clone());
    let departments =
        departments.into_iter().map(|one| view! { <option value=one.id.to_string() selected=one.id.as_str() == id>{one.name}</option> });
    view! {
        <div class="rule-row action">
            <select class="input" name=name("deed") aria-label=label(texts::DEED) on:change=chose>
                {choices(Deed::ALL, action.deed, Deed::word, deed_word)}
            </select>
            <textarea class="input" rows="1" name=name("value") aria-label=t(texts::VALUE) hidden=move || awake.get() && matches!(deed.get(), Deed::Department | Deed::Invite)>
                {written(words)}
            </textarea>
            <select class="input" name=name("department") aria-label=t(texts::DEPARTMENT) hidden=move || awake.get() && deed.get() != Deed::Department>
                {departments.collect_view()}
            </select>
            <button type="button" class="icon-button needs-wasm" on:click=remove aria-label=label(texts::REMOVE)><Icon glyph=Glyph::Close/></button>
            {move || view! { <Problem refused field=format!("action_value.{}", n.get())/> }}
        </div>
    }
}

/// A label, a control, and what is wrong.
#[component]
pub fn Labelled(
    /// Its name in the form.
    name: &'static str,
    /// What it is.
    label: Text,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: Option<Text>,
    /// Why the form was refused.
    refused: Refused,
    /// The control.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=format!("trigger-{name}")>{fill(label, &[])}</label>
            {children()}
            <div class="about">
                <Problem refused field=name/>
                {hint.map(|hint| view! { <p class="hint">{t(hint)}</p> })}
            </div>
        </div>
    }
}
