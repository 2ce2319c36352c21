//! The page of contacts. Holds the state of the list and keeps it true; the address bar says what is searched for.

use leptos::{either::Either, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    ContactId,
    contact::{
        column::Shown,
        list::{Asked, Contacts, Order, Place},
        profile::Tab,
    },
    roster::Roster,
    text::{common, contact as texts},
};

use super::{
    address::{self, use_after, use_asked},
    api::{CreateContact, list_contacts, list_more_contacts, load_contact_columns},
    columns::ColumnMenu,
    fields::ContactFields,
    filters::{Clear, Filters, Kept},
    import::ImportDialog,
    list::ContactList,
    segments::Segments,
    twins::TwinsDialog,
};
use crate::{
    error::{Error, Result},
    live::{Live, use_live},
    roster::use_roster,
    text::t,
    ui::{Act, Failure, Glyph, Icon, Loading, PageDialog, PageTitle, SearchField, Still, on_done},
};

/// What the list shows, and what is being loaded for it.
#[derive(Clone, Copy)]
pub struct ListState {
    /// The loaded part.
    pub contacts: RwSignal<Contacts>,
    /// What is asked for.
    pub asked: Memo<Asked>,
    /// What is shown of each.
    pub shown: RwSignal<Shown>,
    /// Whether something is on its way.
    pub loading: RwSignal<bool>,
    /// Why the last load failed.
    pub problem: RwSignal<Option<Error>>,
    live: Live,
}

/// The page.
#[component]
pub fn ContactsPage() -> impl IntoView {
    let (asked, after) = (use_asked(), use_after());
    let first = Resource::new_blocking(|| (), move |()| begin(asked.get_untracked(), after.clone()));
    view! {
        <main class="contacts-page">
            <Suspense fallback=Loading>
                {Suspend::new(async move {
                    match first.await {
                        Ok((contacts, shown)) => Either::Left(Still(view! { <Inside contacts shown asked/> })),
                        Err(error) => Either::Right(view! { <Failure error/> }),
                    }
                })}
            </Suspense>
        </main>
    }
}

/// The first part; without wasm, the part after a place. And what is shown of each.
async fn begin(asked: Asked, after: Option<Place>) -> Result<(Contacts, Shown)> {
    let mut contacts = list_contacts(asked.clone()).await?;
    if let Some(after) = after {
        let part = list_more_contacts(asked, after).await?;
        (contacts.cards, contacts.more) = (part.cards, part.more);
    }
    Ok((contacts, load_contact_columns().await?))
}

#[component]
fn Inside(contacts: Contacts, shown: Shown, asked: Memo<Asked>) -> impl IntoView {
    let (contacts, live) = (RwSignal::new(contacts), use_live());
    let shown = RwSignal::new(shown);
    let state = ListState { contacts, asked, shown, loading: RwSignal::new(false), problem: RwSignal::new(None), live };
    live.keep(contacts, move || state.load());
    Effect::new(move |before: Option<Asked>| {
        let asked = asked.get();
        if before.is_some_and(|before| before != asked) {
            state.load();
        }
        asked
    });
    Effect::new(move || {
        if contacts.with(|all| all.behind) {
            state.load();
        }
    });
    let query = use_query_map();
    let creating = Memo::new(move |_| query.with(|query| query.get_str("new").is_some()));
    let importing = Memo::new(move |_| query.with(|query| query.get_str("import").is_some()));
    let comparing = Memo::new(move |_| query.with(|query| query.get_str("twins").is_some()));
    let admin = use_roster().with_untracked(Roster::admin);
    let table = move || match asked.get().to_query() {
        query if query.is_empty() => String::from("/contacts.csv"),
        query => format!("/contacts.csv?{query}"),
    };
    let new = move || address::list(&asked.get(), "new=1");
    view! {
        <Segments asked/>
        <section class="contacts" aria-label=t(common::CONTACTS)>
            <header class="contacts-head">
                <PageTitle text=t(common::CONTACTS)/>
                {admin.then(|| view! { <a class="button" href=table download="" rel="external">{t(texts::EXPORT)}</a><a class="button" href="/contacts?import=1">{t(texts::IMPORT)}</a> })}
                <a class="button primary" href=new><Icon glyph=Glyph::Plus/>{t(texts::NEW)}</a>
            </header>
            <div class="contacts-bar">
                <Search asked/>
                <Orders asked/>
                <Filters asked/>
                <Clear asked/>
                <ColumnMenu shown/>
            </div>
            <ContactList state/>
        </section>
        {move || creating.get().then(|| view! { <Create asked/> })}
        {move || importing.get().then(|| view! { <ImportDialog asked/> })}
        {move || comparing.get().then(|| view! { <TwinsDialog asked/> })}
    }
}

#[component]
fn Search(asked: Memo<Asked>) -> impl IntoView {
    let search = Memo::new(move |_| asked.with(|asked| asked.search.clone()));
    let rest = Memo::new(move |_| asked.with(|asked| Asked { search: String::new(), ..asked.clone() }));
    let address = Callback::new(move |typed: String| {
        let wanted = Asked { search: typed, ..asked.get_untracked() }.checked();
        (wanted != asked.get_untracked()).then(|| address::list(&wanted, ""))
    });
    view! { <SearchField search label=t(texts::SEARCH) action="/contacts" address><Kept asked=rest/></SearchField> }
}

#[component]
fn Orders(asked: Memo<Asked>) -> impl IntoView {
    let one = move |order: Order, text: &'static str| {
        let href = move || address::list(&Asked { order, ..asked.get() }, "");
        view! { <a href=href aria-current=move || (asked.get().order == order).then_some("true")>{text}</a> }
    };
    view! {
        <nav class="segments" aria-label=t(texts::ORDER)>
            {one(Order::Newest, t(texts::ORDER_NEWEST))}
            {one(Order::Name, t(texts::ORDER_NAME))}
        </nav>
    }
}

#[component]
fn Create(asked: Memo<Asked>) -> impl IntoView {
    let create = Act::new::<CreateContact>();
    let navigate = use_navigate();
    on_done(create, move |()| {
        if let Some(Ok(id)) = create.answer::<ContactId>() {
            navigate(&address::contact(&id, Tab::Timeline, ""), NavigateOptions::default());
        }
    });
    let closed = Signal::derive(move || address::list(&asked.get(), ""));
    view! {
        <PageDialog title=t(texts::NEW) closed class="dialog">
            <div class="dialog-body"><ContactFields action=create closed/></div>
        </PageDialog>
    }
}

impl ListState {
    /// Loads what is asked for anew.
    pub fn load(self) {
        let Some(asked) = self.asked.try_get_untracked() else { return };
        self.loading.set(true);
        spawn_local(async move {
            let got = list_contacts(asked.clone()).await;
            // an answer that came after something else was asked is nobody's
            if self.asked.try_get_untracked().as_ref() == Some(&asked) {
                match got {
                    Ok(fresh) => {
                        self.live.renew(self.contacts, fresh);
                        self.problem.set(None);
                    }
                    Err(error) => self.problem.set(Some(error)),
                }
                self.loading.set(false);
            }
        });
    }

    /// Loads the next part, if there is one and none is on its way.
    pub fn load_more(self) {
        let Some((asked, Some(after))) = self.contacts.try_with_untracked(|all| (all.asked.clone(), all.more.clone())) else { return };
        if self.loading.get_untracked() {
            return;
        }
        self.loading.set(true);
        let seq = self.live.seq();
        spawn_local(async move {
            let got = list_more_contacts(asked.clone(), after).await;
            if self.contacts.try_with_untracked(|all| all.asked == asked) == Some(true) {
                match got {
                    Ok(part) => {
                        self.contacts.update(|all| all.extend(part));
                        self.live.catch_up(self.contacts, seq);
                        self.problem.set(None);
                    }
                    Err(error) => self.problem.set(Some(error)),
                }
                self.loading.set(false);
            }
        });
    }
}
