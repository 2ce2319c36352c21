//! Admin → Targets: for each priority, how soon a ticket is to be answered and to be solved, and by which clock.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Text,
    conversation::Priority,
    target::{ALWAYS, Targets, UNITS, unit_of},
    text::{common, conversation, rule, target as texts},
};

use super::api::{SetTargets, load_targets};
use crate::{
    conversation::priority_word,
    text::{fill, t},
    ui::{Act, Form, PageTitle, Submit, loaded, on_done, problem_of, typed_all, use_toasts},
};

/// What the units are called.
const NAMES: [Text; UNITS.len()] = [rule::UNIT_MINUTES, rule::UNIT_HOURS, rule::UNIT_DAYS];

/// The page of the targets.
#[component]
pub fn TargetsPage() -> impl IntoView {
    let done = use_query_map().with_untracked(|query| query.get_str("done") == Some("saved"));
    let targets = Resource::new(|| (), |()| load_targets());
    view! {
        <PageTitle text=t(texts::TARGETS)/>
        {done.then(|| view! { <p class="done" role="status">{t(common::SAVED)}</p> })}
        <p class="hint page-hint">{t(texts::HINT)}</p>
        {loaded(targets, |targets: Targets| view! { <Board targets/> })}
    }
}

#[component]
fn Board(targets: Targets) -> impl IntoView {
    let set = Act::new::<SetTargets>();
    let (toasts, done) = (use_toasts(), t(common::SAVED));
    on_done(set, move |()| toasts.say(done));
    view! {
        <div class="columns">
            <section class="card" aria-label=t(texts::TARGETS)>
                <Form action=set><Fields targets/></Form>
            </section>
            <section class="card" aria-labelledby="clocks">
                <h2 id="clocks">{t(texts::CLOCKS)}</h2>
                <p class="hint">{t(texts::REPLY_HINT)}</p>
                <p class="hint">{t(texts::RESOLUTION_HINT)}</p>
                <p class="hint">{t(texts::SOON_HINT)}</p>
                <p class="hint">{t(texts::HOURS_HINT)}" "<a href="/admin/hours">{t(texts::TO_HOURS)}</a></p>
            </section>
        </div>
    }
}

#[component]
fn Fields(targets: Targets) -> impl IntoView {
    let always = typed_all("clock").map_or(targets.always, |typed| typed.iter().any(|word| word == ALWAYS));
    let rows = Priority::ALL.iter().enumerate().rev().map(|(row, priority)| {
        let (reply, resolution) = (targets.reply[row], targets.resolution[row]);
        view! {
            <fieldset class="target">
                <legend class="legend">{t(priority_word(*priority))}</legend>
                <Span field="reply" label=texts::REPLY priority=*priority target=reply/>
                <Span field="resolution" label=texts::RESOLUTION priority=*priority target=resolution/>
            </fieldset>
        }
    });
    view! {
        <div role="radiogroup" aria-label=t(texts::CLOCK)>
            <label class="check"><input type="radio" name="clock" value="hours" checked=!always/><span>{t(texts::IN_HOURS)}</span></label>
            <label class="check"><input type="radio" name="clock" value=ALWAYS checked=always/><span>{t(texts::ALWAYS)}</span></label>
        </div>
        <div class="targets" role="group" aria-label=t(conversation::PRIORITY)>{rows.collect_view()}</div>
        <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
    }
}

/// One target: a number and its unit.
#[component]
fn Span(
    /// `reply` or `resolution`.
    field: &'static str,
    label: Text,
    priority: Priority,
    target: Option<u32>,
) -> impl IntoView {
    let row = priority as usize;
    // the columns are read by the numbers in these names, in whatever order the rows stand
    let (name, unit_name, place) = (format!("{field}[{row}]"), format!("{field}_unit[{row}]"), format!("{field}-{row}"));
    let typed = |name: &str| typed_all(name).and_then(|mut values| values.pop());
    let unit = target.map_or(UNITS[1], unit_of);
    let value = typed(&name).unwrap_or_else(|| target.map(|minutes| (minutes / unit).to_string()).unwrap_or_default());
    let unit = typed(&unit_name).and_then(|unit| unit.parse().ok()).unwrap_or(unit);
    let (id, about) = (format!("target-{place}"), format!("target-{place}-about"));
    let problem = {
        let place = place.clone();
        problem_of(move || place.clone())
    };
    let units = UNITS
        .into_iter()
        .zip(NAMES)
        .map(|(minutes, text)| view! { <option value=minutes.to_string() selected=minutes == unit>{t(text)}</option> });
    view! {
        <div class="field" class:refused=move || problem.get().is_some()>
            <label for=id.clone()>{t(label)}</label>
            <div class="rule-span">
                <input class="input" id=id name=name inputmode="numeric" value=value placeholder=t(texts::NONE) autocomplete="off" data-field=place
                    aria-describedby=about.clone() aria-invalid=move || problem.get().map(|_| "true")/>
                <select class="input" name=unit_name aria-label=fill(texts::UNIT_OF, &[("target", t(label))])>{units.collect_view()}</select>
            </div>
            <div class="about" id=about>{move || problem.get().map(|text| view! { <p class="problem">{text}</p> })}</div>
        </div>
    }
}
