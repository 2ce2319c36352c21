//! Admin → Shortcuts, and every agent's own ones under their account: listed, searched, added, changed, deleted.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_query_map;
use model::{
    canned_response::{CannedResponse, Scope},
    roster::Roster,
    text::{canned as texts, common},
};

use super::{
    api::{DeleteCannedResponse, SaveCannedResponse, list_canned_responses},
    form::CannedFields,
};
use crate::{
    roster::use_roster,
    text::{count, fill, t},
    ui::{Act, Chip, Empty, Form, Glyph, Hidden, Icon, PageTitle, Submit, Tone, loaded, on_done, use_toasts},
};

/// The page for admins.
#[component]
pub fn ShortcutsPage() -> impl IntoView {
    view! {
        <PageTitle text=t(texts::SHORTCUTS)/>
        <Shortcuts path="/admin/shortcuts" mine=false/>
    }
}

/// The page for every agent: their own ones.
#[component]
pub fn OwnShortcutsPage() -> impl IntoView {
    view! {
        <main class="page">
            <PageTitle text=t(texts::OWN_SHORTCUTS)/>
            <Shortcuts path="/account/shortcuts" mine=true/>
        </main>
    }
}

/// What is done to them.
#[derive(Clone, Copy)]
struct Acts {
    save: Act,
    delete: Act,
}

#[component]
fn Shortcuts(path: &'static str, mine: bool) -> impl IntoView {
    let acts = Acts { save: Act::new::<SaveCannedResponse>(), delete: Act::new::<DeleteCannedResponse>() };
    let (toasts, saved, deleted) = (use_toasts(), t(texts::CREATED), t(texts::DELETED));
    on_done(acts.save, move |()| toasts.say(saved));
    on_done(acts.delete, move |()| toasts.say(deleted));
    let all = Resource::new(move || (acts.save.version().get(), acts.delete.version().get()), |_| list_canned_responses());
    let search = RwSignal::new(use_query_map().with_untracked(|query| query.get("search")).unwrap_or_default());
    let searching = move |event: ev::SubmitEvent| event.prevent_default();
    view! {
        <div class="columns">
            <div class="stack">
                <form class="mail-search" method="get" action=path role="search" on:submit=searching>
                    <input class="input" type="search" name="search" aria-label=t(texts::SEARCH) placeholder=t(texts::SEARCH)
                        value=search.get_untracked() on:input=move |event| search.set(event_target_value(&event))/>
                    <button type="submit" class="button" aria-label=t(common::SEARCH)><Icon glyph=Glyph::Search/></button>
                </form>
                {loaded(all, move |all: Vec<CannedResponse>| view! { <List all mine search acts/> })}
            </div>
            <section class="card" aria-labelledby="new">
                <h2 id="new">{t(texts::NEW)}</h2>
                <p class="hint">{t(texts::HINT)}</p>
                <CannedFields save=acts.save/>
            </section>
        </div>
    }
}

#[component]
fn List(all: Vec<CannedResponse>, mine: bool, search: RwSignal<String>, acts: Acts) -> impl IntoView {
    let own = |canned: &CannedResponse| matches!(canned.scope, Scope::Agent(_));
    let all: Vec<CannedResponse> = all.into_iter().filter(|canned| !mine || own(canned)).collect();
    if all.is_empty() {
        return view! { <section class="card"><Empty glyph=Glyph::Pencil title=t(texts::NONE) hint=t(texts::NONE_HINT)/></section> }
            .into_any();
    }
    let words: Vec<String> = all.iter().map(|canned| format!("/{}\n{}", canned.shortcut, canned.text).to_lowercase()).collect();
    let fits = move |words: &str| search.with(|search| words.contains(search.trim().to_lowercase().as_str()));
    let none = {
        let words = words.clone();
        Memo::new(move |_| !words.iter().any(|words| fits(words)))
    };
    let number = count(texts::COUNT, i64::try_from(all.len()).unwrap_or(i64::MAX));
    let rows = all.into_iter().zip(words).map(|(canned, words)| {
        view! { <li class="shortcut" hidden=move || !fits(&words)><Row canned acts/></li> }
    });
    let nothing = t(texts::NONE_FOUND);
    view! {
        <section class="card flush" aria-label=number>
            <ul class="rows">{rows.collect_view()}</ul>
            {move || none.get().then(|| view! { <Empty glyph=Glyph::Search title=nothing/> })}
        </section>
    }
    .into_any()
}

/// Who can use it, in words and colour.
fn scope(roster: &Roster, scope: &Scope) -> (String, Tone) {
    match scope {
        Scope::Property => (t(texts::SCOPE_PROPERTY).to_owned(), Tone::Good),
        Scope::Agent(_) => (t(texts::SCOPE_OWN).to_owned(), Tone::Plain),
        Scope::Department(id) => (roster.department(id).map(|department| department.name.clone()).unwrap_or_default(), Tone::Fresh),
    }
}

#[component]
fn Row(canned: CannedResponse, acts: Acts) -> impl IntoView {
    let (says, tone) = use_roster().with_untracked(|roster| scope(roster, &canned.scope));
    let id = canned.id.to_string();
    let key = id.clone();
    let shortcut = canned.shortcut.clone();
    let change = fill(texts::CHANGE_LABEL, &[("shortcut", &shortcut)]);
    let delete = fill(texts::DELETE_LABEL, &[("shortcut", &shortcut)]);
    view! {
        <div class="row-line">
            <div class="row-main"><b>"/"{shortcut}</b><span class="shortcut-text">{canned.text.clone()}</span></div>
            <Chip tone>{says}</Chip>
        </div>
        <details class="more">
            <summary aria-label=change>{t(common::EDIT)}</summary>
            <CannedFields save=acts.save canned=Some(canned)/>
            <Form action=acts.delete class="inline" key>
                <Hidden name="canned" value=id/>
                <Submit class="button small danger" label=delete>{t(texts::DELETE)}</Submit>
            </Form>
        </details>
    }
}
