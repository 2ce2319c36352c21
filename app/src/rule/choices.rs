//! A value that is chosen from a list, which goes by what it is a value of. Without wasm every list is offered, each under its name.

use leptos::prelude::*;
use model::{
    Assignee, Language,
    roster::Roster,
    rule::Choice,
    text::{conversation, rule as texts},
};

use crate::{
    roster::use_roster,
    text::{t, use_language},
};

/// The values of a list, and what they are called. Whoever left stands there as long as it is chosen.
fn values(choice: Choice, roster: &Roster, language: Language) -> Vec<(String, String)> {
    let fixed = choice.fixed().into_iter().map(|(word, text)| (word.to_owned(), language.say(text).to_owned()));
    let departments = roster.people.departments.iter();
    match choice {
        Choice::Assignee => {
            let agents = roster.people.agents.iter().filter(|agent| agent.disabled_at.is_none());
            let departments = departments.map(|one| {
                (Assignee::Department(one.id.clone()).to_string(), language.fill(conversation::DEPARTMENT, &[("name", &one.name)]))
            });
            fixed.chain(departments).chain(agents.map(|one| (Assignee::Agent(one.id.clone()).to_string(), one.name.clone()))).collect()
        }
        Choice::Department => departments.map(|one| (one.id.to_string(), one.name.clone())).collect(),
        _ => fixed.collect(),
    }
}

const fn name(choice: Choice) -> model::Text {
    match choice {
        Choice::Kind => texts::ON_KIND,
        Choice::Channel => texts::ON_CHANNEL,
        Choice::Status | Choice::NewStatus => texts::ON_STATUS,
        Choice::Priority => texts::ON_PRIORITY,
        Choice::Assignee => texts::ASSIGNEES,
        Choice::Department => texts::DEPARTMENTS,
        Choice::Hours => texts::ON_HOURS,
    }
}

/// The select.
#[component]
pub fn Choices(
    /// Its name in the form.
    name_of: Signal<String>,
    /// The lists.
    of: &'static [Choice],
    /// The one that counts now, if one does.
    wanted: Signal<Option<Choice>>,
    /// What is chosen at first, of the list that counts then.
    value: String,
    /// Whether the page is awake.
    awake: RwSignal<bool>,
) -> impl IntoView {
    let language = use_language();
    let known = use_roster().with_untracked(|roster| of.iter().map(|one| (*one, values(*one, roster, language))).collect::<Vec<_>>());
    let carried = |choice: Choice, value: &str| format!("{}:{value}", choice.word());
    let first = untrack(|| wanted.get()).map(|choice| carried(choice, &value)).unwrap_or_default();
    let gone = (!first.is_empty()
        && !value.is_empty()
        && !known.iter().any(|(one, all)| all.iter().any(|(word, _)| carried(*one, word) == first)))
    .then(|| (untrack(|| wanted.get()), value, language.say(conversation::SOMEBODY_GONE).to_owned()));
    let chosen = RwSignal::new(first);
    // of another list nothing is chosen yet
    Effect::new(move || {
        let other = wanted.get().is_none_or(|choice| chosen.with_untracked(|chosen| choice.value(chosen).is_empty()));
        if other {
            chosen.set(String::new());
        }
    });
    let groups = known
        .into_iter()
        .map(|(one, mut all)| {
            if let Some((_, value, called)) = gone.as_ref().filter(|(choice, ..)| *choice == Some(one)) {
                all.push((value.clone(), called.clone()));
            }
            let away = move || awake.get() && wanted.get() != Some(one);
            let options = all.into_iter().map(|(word, called)| {
                let value = carried(one, &word);
                let (is, at_first) = (value.clone(), chosen.with_untracked(|chosen| *chosen == value));
                view! { <option value=value selected=at_first prop:selected=move || chosen.with(|chosen| *chosen == is)>{called}</option> }
            });
            view! { <optgroup label=t(name(one)) hidden=away>{options.collect_view()}</optgroup> }
        })
        .collect_view();
    view! {
        <select class="input" name=name_of aria-label=t(texts::CHOICE) hidden=move || awake.get() && wanted.get().is_none()
            on:change=move |event| chosen.set(event_target_value(&event))>
            <option value="" prop:selected=move || chosen.with(String::is_empty)>{t(texts::CHOOSE)}</option>
            {groups}
        </select>
    }
}
