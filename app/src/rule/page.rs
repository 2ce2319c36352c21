//! Admin → Rules: every rule in its order with how often it ran, and the editor of one. The address bar says which.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    rule::{Listed, occasion},
    text::rule as texts,
};

use super::{
    api::{DeleteRule, MoveRule, SaveRule, SwitchRule, list_rules},
    editor::Editor,
};
use crate::{
    text::{count, fill, t, use_language},
    ui::{Act, BareForm, Chip, Empty, Form, Glyph, Hidden, Icon, PageTitle, Submit, Time, Tone, focus_on, loaded, on_done, use_toasts},
};

/// What changes rules.
#[derive(Clone, Copy)]
struct Acts {
    save: Act,
    switch: Act,
    shift: Act,
    delete: Act,
    /// The rule that was moved last, and whether down: the focus goes with it.
    moved: RwSignal<Option<(String, bool)>>,
}

/// The page.
#[component]
pub fn RulesPage() -> impl IntoView {
    let acts = Acts {
        save: Act::new::<SaveRule>(),
        switch: Act::new::<SwitchRule>(),
        shift: Act::new::<MoveRule>(),
        delete: Act::new::<DeleteRule>(),
        moved: RwSignal::new(None),
    };
    // read anew after a change, not after a refusal: what is typed in the editor would go with it
    let changes = RwSignal::new(0_u32);
    for act in [acts.save, acts.switch, acts.shift, acts.delete] {
        on_done(act, move |()| changes.update(|changes| *changes += 1));
    }
    let rules = Resource::new(move || changes.get(), |_| list_rules());
    let (toasts, saved, deleted) = (use_toasts(), t(model::text::common::SAVED), t(texts::DELETED));
    let navigate = use_navigate();
    on_done(acts.save, move |()| {
        toasts.say(saved);
        navigate("/admin/rules", NavigateOptions::default());
    });
    let navigate = use_navigate();
    on_done(acts.delete, move |()| {
        toasts.say(deleted);
        navigate("/admin/rules", NavigateOptions::default());
    });
    let language = use_language();
    let query = use_query_map();
    let edited = Memo::new(move |_| query.with(|query| query.get("rule")));
    // read when it is opened alone: what is typed stays, whatever is done in the list beside it
    let opened =
        Resource::new(move || edited.get(), |edited| async move { if edited.is_some() { list_rules().await } else { Ok(vec![]) } });
    view! {
        <PageTitle text=t(texts::RULES)/>
        <p class="hint page-hint">{t(texts::HINT)}</p>
        <div class="columns" class:wide-right=move || edited.with(Option::is_some)>
            {loaded(rules, move |rules: Vec<Listed>| view! { <List rules acts/> })}
            {loaded(opened, move |all: Vec<Listed>| edited.get().map(|id| {
                let rule = all.into_iter().find(|one| one.rule.id.as_str() == id).map(|one| one.rule);
                if rule.is_none() && id != "new" {
                    return view! { <p class="card" role="status">{language.say(texts::GONE)}</p> }.into_any();
                }
                view! {
                    <div class="stack">
                        <Editor rule=rule.clone() save=acts.save/>
                        {rule.map(|rule| view! { <Delete id=rule.id.to_string() delete=acts.delete/> })}
                    </div>
                }
                .into_any()
            }))}
        </div>
    }
}

#[component]
fn List(rules: Vec<Listed>, acts: Acts) -> impl IntoView {
    let (none, last) = (rules.is_empty(), rules.len().saturating_sub(1));
    let rows = rules.into_iter().enumerate().map(|(n, listed)| view! { <Row listed first=n == 0 last=n == last acts/> }).collect_view();
    view! {
        <div class="stack">
            <p><a class="button primary" href="/admin/rules?rule=new"><Icon glyph=Glyph::Plus/>{t(texts::NEW)}</a></p>
            <section class="card flush">
                {none.then(|| view! { <Empty glyph=Glyph::Gear title=t(texts::NONE) hint=t(texts::NONE_HINT)/> })}
                <ol class="rows triggers">{rows}</ol>
            </section>
        </div>
    }
}

#[component]
fn Row(listed: Listed, first: bool, last: bool, acts: Acts) -> impl IntoView {
    let rule = listed.rule;
    let (id, on) = (rule.id.to_string(), rule.on);
    let looks = occasion(rule.occasion(), use_language());
    let stops = rule.stop.then(|| view! { " · "{t(texts::STOPS)} });
    let (tone, state, switch) = if on { (Tone::Good, texts::ON, texts::SWITCH_OFF) } else { (Tone::Plain, texts::OFF, texts::SWITCH_ON) };
    let name = rule.name.clone();
    let shift = |down: bool, text, glyph_class: &'static str, away: bool| {
        let (label, id, moved) = (fill(text, &[("name", &name)]), id.clone(), (id.clone(), down));
        let place = format!("move-{id}-{down}");
        view! {
            <BareForm action=acts.shift>
                <Hidden name="rule" value=id/>
                <Hidden name="down" value=down.to_string()/>
                <button class="icon-button" id=place aria-label=label disabled=away on:click=move |_| acts.moved.set(Some(moved.clone()))><span class=glyph_class><Icon glyph=Glyph::ChevronDown/></span></button>
            </BareForm>
        }
    };
    let here = id.clone();
    Effect::new(move || {
        let wanted = acts.moved.with_untracked(|moved| moved.as_ref().filter(|(id, _)| *id == here).map(|(_, down)| *down));
        if let Some(down) = wanted {
            // at an end the other way is left
            let down = if down { !last } else { first };
            focus_on(format!("#move-{here}-{down}"));
            acts.moved.set(None);
        }
    });
    let (up, down) = (shift(false, texts::MOVE_UP, "turned", first), shift(true, texts::MOVE_DOWN, "", last));
    view! {
        <li class="row-line trigger-line" class:faded=!on>
            <div class="row-main">
                <a href=format!("/admin/rules?rule={id}")><b>{rule.name}</b></a>
                <span class="hint">{looks}{stops}</span>
                <span class="hint">{count(texts::RAN, listed.ran)}{listed.ran_at.map(|at| view! { ", "<Time at/> })}</span>
            </div>
            <Chip tone>{t(state)}</Chip>
            <div class="row-acts">
                {up}
                {down}
                <Form action=acts.switch class="inline" key=id.clone()>
                    <Hidden name="rule" value=id/>
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
                <Hidden name="rule" value=id/>
                <Submit class="button danger">{t(texts::DELETE_NOW)}</Submit>
            </Form>
        </details>
    }
}
