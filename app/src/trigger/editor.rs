//! The editor of one trigger: when it looks, what must hold, what it does. *Try it* asks the visits of the last days with what is
//! typed, kept or not.

use leptos::{html, prelude::*};
use model::{
    Moment,
    rule::{Choice, Conditions as Asked, Subject, path_of},
    text::trigger as texts,
    trigger::{Deed, DryRun, Kind, Trigger},
};
use wasm_bindgen::JsCast;

use super::{api::TryTrigger, deed_word, kind_word};
use crate::{
    rule::{Actions, Conditions, DeedChoice, HowMany, Labelled, use_refused},
    text::{fill, t, use_language},
    ui::{Act, BareForm, Glyph, Icon, Time},
};

/// A trigger that is about to be made.
fn blank() -> Trigger {
    Trigger {
        id: model::TriggerId::default(),
        name: String::new(),
        kind: Kind::Page,
        on: true,
        after: 60,
        conditions: Asked::default(),
        actions: vec![model::trigger::Action { deed: Deed::Say, value: String::new() }],
        pause: None,
    }
}

/// The form.
#[component]
pub fn Editor(
    /// The one that is changed; none for a new one.
    trigger: Option<Trigger>,
    /// Keeps it.
    save: Act,
) -> impl IntoView {
    let dry = Act::new::<TryTrigger>();
    let refused = use_refused([save, dry]);
    let title = trigger.as_ref().map_or_else(|| t(texts::NEW).to_owned(), |trigger| fill(texts::EDIT, &[("name", &trigger.name)]));
    // the server makes the id of a new one, which would differ between page and browser; awake, the browser does: sent twice, it is one
    let id = RwSignal::new(trigger.as_ref().map(|trigger| trigger.id.to_string()).unwrap_or_default());
    Effect::new(move || {
        if id.with_untracked(String::is_empty) {
            id.set(model::TriggerId::new().to_string());
        }
    });
    let trigger = trigger.unwrap_or_else(blank);
    let kind = RwSignal::new(trigger.kind);
    let kinds = Kind::ALL
        .iter()
        .map(|one| view! { <option value=one.word() selected=*one == trigger.kind>{t(kind_word(*one))}</option> })
        .collect_view();
    let pauses = [(0, texts::ONCE), (1, texts::AGAIN_HOUR), (24, texts::AGAIN_DAY), (168, texts::AGAIN_WEEK)];
    let pauses = pauses
        .map(|(hours, text)| view! { <option value=hours.to_string() selected=trigger.pause.unwrap_or(0) == hours>{t(text)}</option> });
    let any = trigger.conditions.any;
    let deeds = Deed::ALL.iter().map(|deed| DeedChoice { word: deed.word(), says: deed_word(*deed), takes: deed.takes() }).collect();
    let actions = trigger.actions.into_iter().map(|action| (action.deed.word(), action.value)).collect();
    let language = use_language();
    let form = NodeRef::<html::Form>::new();
    let general = move || {
        refused.get().filter(|error| error.field().is_none()).map(|error| view! { <p><Icon glyph=Glyph::Alert/>{error.say(language)}</p> })
    };
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    view! {
        <section class="card trigger-editor" aria-labelledby="editor">
            <h2 id="editor">{title}</h2>
            <BareForm action=save node_ref=form attr:class="form" attr:novalidate="">
                <div class="form-problem" role="alert">{general}</div>
                <input type="hidden" name="form[id]" value=move || id.get()/>
                <input type="hidden" name="form[on]" value=if trigger.on { "on" } else { "off" }/>
                <Labelled name="name" label=texts::NAME hint=texts::NAME_HINT refused>
                    <input class="input" id="rule-name" name="form[name]" value=trigger.name autocomplete="off"/>
                </Labelled>
                <Labelled name="kind" label=texts::KIND refused>
                    <select class="input" id="rule-kind" name="form[kind]" on:change=move |event| if let Ok(chosen) = event_target_value(&event).parse() { kind.set(chosen) }>{kinds}</select>
                </Labelled>
                <div hidden=move || awake.get() && kind.get() != Kind::Rescue>
                    <Labelled name="after" label=texts::AFTER hint=texts::AFTER_HINT refused>
                        <input class="input" id="rule-after" name="form[after]" inputmode="numeric" value=if trigger.after == 0 { 60 } else { trigger.after }.to_string()/>
                    </Labelled>
                </div>
                <Conditions conditions=trigger.conditions about=Subject::OF_VISITS refused/>
                <Labelled name="any" label=texts::HOW_MANY refused>
                    <HowMany id="rule-any" name="form[any]" any/>
                </Labelled>
                <Actions actions deeds of=&[Choice::Department] refused/>
                <Labelled name="pause" label=texts::AGAIN refused>
                    <select class="input" id="rule-pause" name="form[pause]">{pauses}</select>
                </Labelled>
                <div class="actions">
                    <button type="submit" class="button primary">{t(texts::SAVE)}</button>
                    <button type="button" class="button needs-wasm" on:click=move |_| ask(dry, form)>{t(texts::DRY)}</button>
                    <a class="button" href="/admin/triggers">{t(model::text::common::CANCEL)}</a>
                </div>
                <p class="hint">{t(texts::DRY_HINT)}</p>
                <Tried dry/>
            </BareForm>
        </section>
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
        if run.visits == 0 {
            return view! { <p>{language.say(texts::DRY_NONE)}</p> }.into_any();
        }
        let pages: Vec<(Moment, String)> = run.pages;
        let result = language.fill(texts::DRY_RESULT, &[("matched", &run.matched.to_string()), ("visits", &run.visits.to_string())]);
        view! {
            <p><b>{result}</b></p>
            {(!pages.is_empty()).then(|| view! {
                <p class="hint">{language.say(texts::DRY_PAGES)}</p>
                <ul class="visit-pages">{pages.into_iter().map(|(at, page)| view! { <li><span title=page.clone()>{path_of(&page).to_owned()}</span><Time at/></li> }).collect_view()}</ul>
            })}
        }
        .into_any()
    };
    view! { <div class="dry" role="status">{move || found().map(say)}</div> }
}
