//! The list of organisations, by name. Holds its state and keeps it true; the address bar says what is searched for.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    OrganisationId,
    contact::list::Asked,
    organisation::{COUNTED_MOST, Organisations, Row, searched},
    text::{common, contact, organisation as texts},
    view::escape,
};

use super::{
    api::{CreateOrganisation, list_more_organisations, list_organisations},
    fields::OrganisationFields,
};
use crate::{
    contact::Segments,
    error::{Error, Result},
    live::{Live, use_live},
    text::{t, use_language},
    ui::{Act, Avatar, Empty, Glyph, Icon, PageDialog, PageTitle, SearchField, Time, each, loaded, on_done},
};

/// What the list shows, and what is being loaded for it.
#[derive(Clone, Copy)]
struct State {
    list: RwSignal<Organisations>,
    search: Memo<String>,
    loading: RwSignal<bool>,
    problem: RwSignal<Option<Error>>,
    live: Live,
}

fn address(search: &str, more: &str) -> String {
    let search = if search.is_empty() { String::new() } else { format!("search={}", escape(search)) };
    let parts: Vec<&str> = [search.as_str(), more].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "/organisations".into() } else { format!("/organisations?{}", parts.join("&")) }
}

/// The page.
#[component]
pub fn OrganisationsPage() -> impl IntoView {
    let query = use_query_map();
    let search = Memo::new(move |_| query.with(|query| searched(query.get_str("search").unwrap_or_default())));
    let creating = Memo::new(move |_| query.with(|query| query.get_str("new").is_some()));
    let after = query.with_untracked(|query| query.get("after"));
    let first = Resource::new_blocking(|| (), move |()| begin(search.get_untracked(), after.clone()));
    let asked = Memo::new(|_| Asked::default());
    let found = Callback::new(move |typed: String| {
        let wanted = searched(&typed);
        (wanted != search.get_untracked()).then(|| address(&wanted, ""))
    });
    view! {
        <main class="contacts-page">
            <Segments asked organisations=true/>
            <section class="contacts" aria-label=t(contact::ORGANISATIONS)>
                <header class="contacts-head">
                    <PageTitle text=t(contact::ORGANISATIONS)/>
                    <a class="button primary" href=move || address(&search.get(), "new=1")><Icon glyph=Glyph::Plus/>{t(texts::NEW)}</a>
                </header>
                <div class="contacts-bar"><SearchField search label=t(texts::SEARCH) action="/organisations" address=found/></div>
                {loaded(first, move |list| view! { <Inside list search/> })}
            </section>
            {move || creating.get().then(|| view! { <Create search/> })}
        </main>
    }
}

/// The first part; without wasm, the part after a place.
async fn begin(search: String, after: Option<String>) -> Result<Organisations> {
    let mut list = list_organisations(search.clone()).await?;
    if let Some(after) = after {
        let part = list_more_organisations(search, after).await?;
        (list.rows, list.more) = (part.rows, part.more);
    }
    Ok(list)
}

#[component]
fn Inside(list: Organisations, search: Memo<String>) -> impl IntoView {
    let (list, live, language) = (RwSignal::new(list), use_live(), use_language());
    let state = State { list, search, loading: RwSignal::new(false), problem: RwSignal::new(None), live };
    live.keep(list, move || state.load());
    Effect::new(move |before: Option<String>| {
        let search = search.get();
        if before.is_some_and(|before| before != search) {
            state.load();
        }
        search
    });
    Effect::new(move || {
        if list.with(|list| list.behind) {
            state.load();
        }
    });
    let rows = move || list.with(|list| list.rows.clone());
    let key = |row: &Row| (row.id.clone(), row.name.clone(), row.domains.clone(), (row.contacts, row.last_at));
    let none = Memo::new(move |_| list.with(|list| list.rows.is_empty().then_some(list.search.is_empty())));
    let nothing = move || {
        none.get().map(|all| {
            let (title, hint) = if all { (texts::NONE, texts::NONE_HINT) } else { (texts::NONE_FOUND, texts::NONE_FOUND_HINT) };
            view! { <Empty glyph=Glyph::People title=language.say(title) hint=language.say(hint)/> }
        })
    };
    let more = move || list.with(|list| list.more.as_ref().map(|place| address(&list.search, &format!("after={}", escape(place)))));
    view! {
        <div class="organisations-scroll">
            <ul class="card flush rows contact-lines organisation-rows" aria-busy=move || state.loading.get().then_some("true")>
                {each(rows, key, |row| view! { <One row/> })}
            </ul>
            {nothing}
            {move || more().map(|href| view! {
                <a class="rows-more" href=href on:click=move |event| { event.prevent_default(); state.load_more(); }>{language.say(texts::MORE)}</a>
            })}
            <div role="alert">
                {move || state.problem.get().map(|error| view! {
                    <p class="rows-problem">
                        {error.say(language)}
                        <button type="button" class="button small" on:click=move |_| { state.problem.set(None); state.load(); }>{language.say(common::TRY_AGAIN)}</button>
                    </p>
                })}
            </div>
        </div>
    }
}

#[component]
fn One(row: Row) -> impl IntoView {
    let language = use_language();
    let contacts = if row.contacts > COUNTED_MOST {
        language.fill(texts::CONTACTS_OVER, &[("n", &COUNTED_MOST.to_string())])
    } else {
        language.count(texts::CONTACTS_COUNT, row.contacts)
    };
    view! {
        <li>
            <a class="row-line" href=format!("/organisations/{}", row.id)>
                <Avatar name=row.name.clone()/>
                <span class="row-main"><b>{row.name}</b><span class="hint">{row.domains.join(", ")}</span></span>
                <span class="organisation-count">{contacts}</span>
                {row.last_at.map(|at| view! { <Time at/> })}
            </a>
        </li>
    }
}

#[component]
fn Create(search: Memo<String>) -> impl IntoView {
    let create = Act::new::<CreateOrganisation>();
    let navigate = use_navigate();
    on_done(create, move |()| {
        if let Some(Ok(id)) = create.answer::<OrganisationId>() {
            navigate(&format!("/organisations/{id}"), NavigateOptions::default());
        }
    });
    let closed = Signal::derive(move || address(&search.get(), ""));
    view! {
        <PageDialog title=t(texts::NEW) closed class="dialog">
            <div class="dialog-body"><OrganisationFields action=create closed/></div>
        </PageDialog>
    }
}

impl State {
    /// Loads what is searched for anew.
    fn load(self) {
        let Some(search) = self.search.try_get_untracked() else { return };
        self.loading.set(true);
        spawn_local(async move {
            let got = list_organisations(search.clone()).await;
            // an answer that came after something else was searched for is nobody's
            if self.search.try_get_untracked().as_ref() == Some(&search) {
                match got {
                    Ok(fresh) => {
                        self.live.renew(self.list, fresh);
                        self.problem.try_set(None);
                    }
                    Err(error) => _ = self.problem.try_set(Some(error)),
                }
                self.loading.try_set(false);
            }
        });
    }

    /// Loads the next part.
    fn load_more(self) {
        let Some((search, Some(after))) = self.list.try_with_untracked(|list| (list.search.clone(), list.more.clone())) else { return };
        if self.loading.get_untracked() {
            return;
        }
        self.loading.set(true);
        let seq = self.live.seq();
        spawn_local(async move {
            let got = list_more_organisations(search.clone(), after).await;
            if self.list.try_with_untracked(|list| list.search == search) == Some(true) {
                match got {
                    Ok(part) => {
                        self.list.update(|list| list.extend(part));
                        self.live.catch_up(self.list, seq);
                        self.problem.set(None);
                    }
                    Err(error) => self.problem.set(Some(error)),
                }
                self.loading.set(false);
            }
        });
    }
}
