//! Admin → Triggers: every trigger in its order with how often it ran, and the editor of one. The address bar says which.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{text::trigger as texts, trigger::Listed};

use super::{
    api::{DeleteTrigger, MoveTrigger, SaveTrigger, SwitchTrigger, list_triggers},
    editor::Editor,
    kind_word,
};
use crate::{
    text::{count, fill, t},
    ui::{Act, BareForm, Chip, Empty, Form, Glyph, Hidden, Icon, PageTitle, Submit, Time, Tone, loaded, on_done, use_toasts},
};

/// What changes triggers.
#[derive(Clone, Copy)]
struct Acts {
    save: Act,
    switch: Act,
    shift: Act,
    delete: Act,
}

/// The page.
#[component]
pub fn TriggersPage() -> impl IntoView {
    let acts = Acts {
        save: Act::new::<SaveTrigger>(),
        switch: Act::new::<SwitchTrigger>(),
        shift: Act::new::<MoveTrigger>(),
        delete: Act::new::<DeleteTrigger>(),
    };
    // read anew after a change, not after a refusal: what is typed in the editor would go with it
    let changes = RwSignal::new(0_u32);
    for act in [acts.save, acts.switch, acts.shift, acts.delete] {
        on_done(act, move |()| changes.update(|changes| *changes += 1));
    }
    let triggers = Resource::new(move || changes.get(), |_| list_triggers());
    let (toasts, saved, deleted) = (use_toasts(), t(model::text::common::SAVED), t(texts::DELETED));
    let navigate = use_navigate();
    on_done(acts.save, move |()| {
        toasts.say(saved);
        navigate("/admin/triggers", NavigateOptions::default());
    });
    let navigate = use_navigate();
    on_done(acts.delete, move |()| {
        toasts.say(deleted);
        navigate("/admin/triggers", NavigateOptions::default());
    });
    let query = use_query_map();
    let edited = Memo::new(move |_| query.with(|query| query.get("trigger")));
    // read when it is opened alone: what is typed stays, whatever is done in the list beside it
    let opened =
        Resource::new(move || edited.get(), |edited| async move { if edited.is_some() { list_triggers().await } else { Ok(vec![]) } });
    view! {
        <PageTitle text=t(texts::TRIGGERS)/>
        <p class="hint page-hint">{t(texts::HINT)}</p>
        <div class="columns" class:wide-right=move || edited.with(Option::is_some)>
            {loaded(triggers, move |triggers: Vec<Listed>| view! { <List triggers acts/> })}
            {loaded(opened, move |all: Vec<Listed>| edited.get().map(|id| {
                let trigger = all.into_iter().find(|one| one.trigger.id.as_str() == id).map(|one| one.trigger);
                view! {
                    <div class="stack">
                        <Editor trigger=trigger.clone() save=acts.save/>
                        {trigger.map(|trigger| view! { <Delete id=trigger.id.to_string() delete=acts.delete/> })}
                    </div>
                }
            }))}
        </div>
    }
}

#[component]
fn List(triggers: Vec<Listed>, acts: Acts) -> impl IntoView {
    let (none, last) = (triggers.is_empty(), triggers.len().saturating_sub(1));
    let rows = triggers.into_iter().enumerate().map(|(n, listed)| view! { <Row listed first=n == 0 last=n == last acts/> }).collect_view();
    view! {
        <div class="stack">
            <p><a class="button primary" href="/admin/triggers?trigger=new"><Icon glyph=Glyph::Plus/>{t(texts::NEW)}</a></p>
            <section class="card flush">
                {none.then(|| view! { <Empty glyph=Glyph::Chat title=t(texts::NONE) hint=t(texts::NONE_HINT)/> })}
                <ol class="rows triggers">{rows}</ol>
            </section>
        </div>
    }
}

#[component]
fn Row(listed: Listed, first: bool, last: bool, acts: Acts) -> impl IntoView {
    let trigger = listed.trigger;
    let (id, on) = (trigger.id.to_string(), trigger.on);
    let decided = if trigger.simple().is_some() { texts::IN_BROWSER } else { texts::BY_SERVER };
    let says = trigger.says().map(ToOwned::to_owned);
    let (tone, state, switch) = if on { (Tone::Good, texts::ON, texts::SWITCH_OFF) } else { (Tone::Plain, texts::OFF, texts::SWITCH_ON) };
    let name = trigger.name.clone();
    let shift = |down: bool, text, glyph_class: &'static str, away: bool| {
        let (label, id) = (fill(text, &[("name", &name)]), id.clone());
        view! {
            <BareForm action=acts.shift>
                <Hidden name="trigger" value=id/>
                <Hidden name="down" value=down.to_string()/>
                <button class="icon-button" aria-label=label disabled=away><span class=glyph_class><Icon glyph=Glyph::ChevronDown/></span></button>
            </BareForm>
        }
    };
    let (up, down) = (shift(false, texts::MOVE_UP, "turned", first), shift(true, texts::MOVE_DOWN, "", last));
    view! {
        <li class="row-line trigger-line" class:faded=!on>
            <div class="row-main">
                <a href=format!("/admin/triggers?trigger={id}")><b>{trigger.name}</b></a>
                <span class="hint">{t(kind_word(trigger.kind))}" · "{t(decided)}</span>
                {says.map(|says| view! { <span class="trigger-says">"“"{says}"”"</span> })}
                <span class="hint">{count(texts::RAN, listed.ran)}{listed.ran_at.map(|at| view! { ", "<Time at/> })}</span>
            </div>
            <Chip tone>{t(state)}</Chip>
            <div class="row-acts">
                {up}
                {down}
                <Form action=acts.switch class="inline" key=id.clone()>
                    <Hidden name="trigger" value=id/>
                    <Hidden name="on" value=(!on).to_string()/>
                    <Submit class="button small">{t(switch)}</Submit>
                </Form>
            </div>
        </li>
    }
}

#[component]
fn Delete(id: String, delete: Act) -> impl IntoView {
    view! {
        <details class="more">
            <summary class="danger">{t(texts::DELETE)}</summary>
            <Form action=delete class="inline" key=id.clone()>
                <Hidden name="trigger" value=id/>
                <Submit class="button danger">{t(texts::DELETE_NOW)}</Submit>
            </Form>
        </details>
    }
}
