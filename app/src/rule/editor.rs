//! The editor of one rule: when it looks, what must hold, what it does. *Try it* asks the last conversations with what is typed,
//! kept or not.

use leptos::{html, prelude::*};
use model::{
    rule::{Choice, Conditions as Asked, DRY_MOST, Deed, DryRun, PLACES, Rule, Since, Subject, Touched, When},
    text::{common, rule as texts, trigger as of_trigger},
};
use wasm_bindgen::JsCast;

use super::{
    api::TryRule,
    rows::{Actions, Conditions, DeedChoice, HowMany, Labelled, use_refused},
};
use crate::{
    text::{fill, t, use_language},
    ui::{Act, BareForm, Glyph, Icon, Time},
};

/// A rule that is about to be made.
fn blank() -> Rule {
    Rule {
        id: model::RuleId::default(),
        name: String::new(),
        on: true,
        when: When::Created,
        since: Since::Waiting,
        after: 60,
        conditions: Asked::default(),
        actions: vec![],
        stop: false,
    }
}

/// Minutes of each unit.
const UNITS: [(u32, model::Text); 3] = [(1, texts::UNIT_MINUTES), (60, texts::UNIT_HOURS), (24 * 60, texts::UNIT_DAYS)];

/// What values of actions are chosen from.
const OF_ACTIONS: &[Choice] = &[Choice::Assignee, Choice::Department, Choice::Priority, Choice::NewStatus];

/// The form.
#[component]
pub fn Editor(
    /// The one that is changed; none for a new one.
    rule: Option<Rule>,
    /// Keeps it.
    save: Act,
) -> impl IntoView {
    let dry = Act::new::<TryRule>();
    let refused = use_refused([save, dry]);
    let title = rule.as_ref().map_or_else(|| t(texts::NEW).to_owned(), |rule| fill(texts::EDIT, &[("name", &rule.name)]));
    // the server makes the id of a new one, which would differ between page and browser; awake, the browser does: sent twice, it is one
    let id = RwSignal::new(rule.as_ref().map(|rule| rule.id.to_string()).unwrap_or_default());
    Effect::new(move || {
        if id.with_untracked(String::is_empty) {
            id.set(model::RuleId::new().to_string());
        }
    });
    let rule = rule.unwrap_or_else(blank);
    let when = RwSignal::new(rule.when);
    let language = use_language();
    let form = NodeRef::<html::Form>::new();
    let general = move || {
        refused.get().filter(|error| error.field().is_none()).map(|error| view! { <p><Icon glyph=Glyph::Alert/>{error.say(language)}</p> })
    };
    let whens =
        When::ALL.iter().map(|one| view! { <option value=one.word() selected=*one == rule.when>{t(one.says())}</option> }).collect_view();
    let any = rule.conditions.any;
    let deeds = Deed::ALL.iter().map(|deed| DeedChoice { word: deed.word(), says: deed.says(), takes: deed.takes() }).collect();
    let actions = rule.actions.into_iter().map(|action| (action.deed.word(), action.value)).collect();
    let places = PLACES.map(|place| format!("{{{place}}}")).join(", ");
    view! {
        <section class="card trigger-editor" aria-labelledby="editor">
            <h2 id="editor">{title}</h2>
            <BareForm action=save node_ref=form attr:class="form" attr:novalidate="">
                <div class="form-problem" role="alert">{general}</div>
                <input type="hidden" name="form[id]" value=move || id.get()/>
                <input type="hidden" name="form[on]" value=if rule.on { "on" } else { "off" }/>
                <Labelled name="name" label=texts::NAME hint=texts::NAME_HINT refused>
                    <input class="input" id="rule-name" name="form[name]" value=rule.name autocomplete="off"/>
                </Labelled>
                <Labelled name="when" label=texts::WHEN refused>
                    <select class="input" id="rule-when" name="form[when]" on:change=move |event| if let Ok(chosen) = event_target_value(&event).parse() { when.set(chosen) }>
                        {whens}
                    </select>
                </Labelled>
                <Passes when since=rule.since after=rule.after refused/>
                <Conditions conditions=rule.conditions about=Subject::OF_CONVERSATIONS refused/>
                <Labelled name="any" label=of_trigger::HOW_MANY hint=texts::GROUP_HINT refused>
                    <HowMany id="rule-any" name="form[any]" any/>
                </Labelled>
                <Actions actions deeds of=OF_ACTIONS refused/>
                <p class="hint">{t(texts::AGENTS_HINT)}" "{fill(texts::LETTER_HINT, &[("places", &places)])}</p>
                <label class="check"><input type="checkbox" name="form[stop]" value="stop" checked=rule.stop/><span>{t(texts::STOP)}</span></label>
                <div class="actions">
                    <button type="submit" class="button primary">{t(texts::SAVE)}</button>
                    <button type="button" class="button needs-wasm" on:click=move |_| ask(dry, form)>{t(texts::DRY)}</button>
                    <a class="button" href="/admin/rules">{t(common::CANCEL)}</a>
                </div>
                <p class="hint">{fill(texts::DRY_HINT, &[("n", &DRY_MOST.to_string())])}</p>
                <Tried dry/>
            </BareForm>
        </section>
    }
}

/// How much time passes, and since when; shown when that counts.
#[component]
fn Passes(when: RwSignal<When>, since: Since, after: u32, refused: super::rows::Refused) -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let after = if after == 0 { 60 } else { after };
    let unit = UNITS.iter().rev().map(|(minutes, _)| *minutes).find(|minutes| after.is_multiple_of(*minutes)).unwrap_or(1);
    let units = UNITS.map(|(minutes, text)| view! { <option value=minutes.to_string() selected=minutes == unit>{t(text)}</option> });
    let sinces =
        Since::ALL.iter().map(|one| view! { <option value=one.word() selected=*one == since>{t(one.says())}</option> }).collect_view();
    view! {
        <div class="rule-passes" hidden=move || awake.get() && when.get() != When::Passed>
            <Labelled name="after" label=texts::AFTER hint=texts::AFTER_HINT refused>
                <div class="rule-span">
                    <input class="input" id="rule-after" name="form[after]" inputmode="numeric" value=(after / unit).to_string()/>
                    <select class="input" name="form[unit]" aria-label=t(texts::UNIT)>{units}</select>
                </div>
            </Labelled>
            <Labelled name="since" label=texts::SINCE refused>
                <select class="input" id="rule-since" name="form[since]">{sinces}</select>
            </Labelled>
        </div>
    }
}

/// Asks with what is typed.
fn ask(dry: Act, form: NodeRef<html::Form>) {
    if let Some(form) = form.get_untracked() {
        dry.submit_form(form.unchecked_ref());
    }
}

/// What the dry run found.
#[component]
fn Tried(dry: Act) -> impl IntoView {
    let language = use_language();
    let found = move || dry.answer::<DryRun>().and_then(Result::ok);
    let say = move |run: DryRun| {
        if run.looked == 0 {
            return view! { <p>{language.say(texts::DRY_NONE)}</p> }.into_any();
        }
        let result = language.fill(texts::DRY_RESULT, &[("touched", &run.touched.to_string()), ("looked", &run.looked.to_string())]);
        let one = |Touched { conversation, number, about, last_at }| {
            let number = number.map(|number: i64| format!("#{number} "));
            view! { <li><a href=format!("/inbox/{conversation}")>{number}{about}</a><Time at=last_at/></li> }
        };
        let examples: Vec<Touched> = run.examples;
        view! {
            <p><b>{result}</b></p>
            {(!examples.is_empty()).then(|| view! {
                <p class="hint">{language.say(texts::DRY_FIRST)}</p>
                <ul class="visit-pages">{examples.into_iter().map(one).collect_view()}</ul>
            })}
        }
        .into_any()
    };
    view! { <div class="dry" role="status">{move || found().map(say)}</div> }
}
