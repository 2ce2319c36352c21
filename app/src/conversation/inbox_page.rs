//! The Inbox: side bar, list, and a place for the conversation. Holds the state of the list and keeps it true.

use leptos::{either::Either, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{LazyRoute as _, NavigateOptions, components::Outlet, hooks::use_navigate};
use model::{
    conversation::Status,
    inbox::Inbox,
    text::inbox as text,
    view::{Key, View},
};

use super::{
    acts::Acts,
    address::Address,
    api::{SetStatus, list_inbox, list_more},
    filters::Filters,
    keyboard::{Command, Commands},
    list::{ConversationList, focused},
    row::Row,
    side::SideBar,
};
use crate::{
    error::{Error, Result},
    live::{Live, use_live},
    part::{
        self,
        conversation::{Bar, Compose, Keys, Views},
        shown,
    },
    several::Several,
    text::t,
    ui::{Failure, Loading, Still},
};

/// What a list shows, what is being loaded for it, and how.
#[derive(Clone, Copy)]
pub struct ListState {
    /// The loaded part of the view.
    pub inbox: RwSignal<Inbox>,
    /// Whether something is on its way.
    pub loading: RwSignal<bool>,
    /// Why the last load failed.
    pub problem: RwSignal<Option<Error>>,
    /// Loads the view of the address bar anew.
    pub load: Callback<()>,
    /// Loads the next part after a place, while none is on its way.
    pub load_more: Callback<Key>,
}

/// How the list of one property is loaded.
#[derive(Clone, Copy)]
struct Loader {
    inbox: RwSignal<Inbox>,
    loading: RwSignal<bool>,
    problem: RwSignal<Option<Error>>,
    live: Live,
    address: Address,
}

/// The Inbox.
#[component]
pub fn InboxPage() -> impl IntoView {
    let address = Address::provide("/inbox");
    let first = Resource::new_blocking(|| (), move |()| begin(address.view.get_untracked(), address.after.get_untracked()));
    view! {
        <Title text=t(text::TITLE)/>
        <main class="inbox" class:reading=move || address.open.with(Option::is_some)>
            <Suspense fallback=Loading>
                {Suspend::new(async move {
                    match first.await {
                        Ok(inbox) => Either::Left(Still(view! { <Inside inbox/> })),
                        Err(error) => Either::Right(view! { <Failure error/> }),
                    }
                })}
            </Suspense>
        </main>
    }
}

/// The first part of a view; without wasm, the part after a place.
async fn begin(view: View, after: Option<Key>) -> Result<Inbox> {
    let mut inbox = list_inbox(view.clone()).await?;
    if let Some(after) = after {
        let page = list_more(view, after).await?;
        (inbox.rows, inbox.more) = (page.rows, page.more);
    }
    Ok(inbox)
}

#[component]
fn Inside(inbox: Inbox) -> impl IntoView {
    let address = super::use_address();
    let (inbox, loading, problem, live) = (RwSignal::new(inbox), RwSignal::new(false), RwSignal::new(None), use_live());
    let loader = Loader { inbox, loading, problem, live, address };
    let (load, load_more) = (Callback::new(move |()| loader.load()), Callback::new(move |after| loader.load_more(after)));
    let state = ListState { inbox, loading, problem, load, load_more };
    let several = Several::provide(state.inbox);
    let commands = Commands::provide(address, several);
    let acts = Acts::provide();
    provide_context(state);
    let navigate = StoredValue::new(use_navigate());
    commands.follow(move |command| {
        let here = || focused().or_else(|| address.open.get_untracked());
        match command {
            // the open one has its own button
            Command::Solve => {
                let row = focused().filter(|row| address.open.with_untracked(|open| open.as_ref() != Some(row)));
                if let Some(conversation) = row {
                    acts.status.dispatch(&SetStatus { conversation, status: Status::Solved });
                }
            }
            Command::Compose => navigate.with_value(|navigate| navigate(&address.compose(), NavigateOptions::default())),
            Command::Pick => _ = here().map(|id| several.toggle(&id)),
            Command::PickTo => _ = here().map(|id| several.toggle_to(&id)),
            _ => {}
        }
    });
    live.keep(inbox, move || loader.load());
    Effect::new(|_| part::look_ahead());
    Effect::new(move |before: Option<_>| {
        let wanted = (address.view.get(), live.day_of(address.view));
        if before.is_some_and(|before| before != wanted) {
            loader.load();
        }
        wanted
    });
    let wanted = Memo::new(move |_| several.wanted());
    view! {
        <SideBar state/>
        <section class="list" aria-label=t(text::LIST)>
            <Filters state/>
            <ConversationList state row=|row| view! { <Row row/> }.into_any()/>
            {move || wanted.get().then(|| shown(Bar::view(Bar)))}
        </section>
        <Outlet/>
        {move || address.composing.get().map(|_| shown(Compose::view(Compose)))}
        {move || address.views.get().then(|| shown(Views::view(Views)))}
        {move || commands.help.get().then(|| shown(Keys::view(Keys)))}
    }
}

impl ListState {
    /// Loads the next part, if there is one and none is on its way.
    pub fn load_more(self) {
        if let Some(Some(after)) = self.inbox.try_with_untracked(|inbox| inbox.more.clone())
            && !self.loading.get_untracked()
        {
            self.load_more.run(after);
        }
    }
}

impl Loader {
    fn load(self) {
        let Some(view) = self.address.view.try_get_untracked() else { return };
        self.loading.set(true);
        spawn_local(async move {
            let got = list_inbox(view.clone()).await;
            // an answer that came after another view was chosen is nobody's
            if self.address.view.try_get_untracked().as_ref() == Some(&view) {
                match got {
                    Ok(fresh) => {
                        self.live.renew(self.inbox, fresh);
                        self.problem.set(None);
                    }
                    Err(error) => self.problem.set(Some(error)),
                }
                self.loading.set(false);
            }
        });
    }

    fn load_more(self, after: Key) {
        let Some(view) = self.inbox.try_with_untracked(|inbox| inbox.view.clone()) else { return };
        self.loading.set(true);
        let seq = self.live.seq();
        spawn_local(async move {
            let got = list_more(view.clone(), after).await;
            if self.inbox.try_with_untracked(|inbox| inbox.view == view) == Some(true) {
                match got {
                    Ok(page) => {
                        self.inbox.update(|inbox| inbox.extend(page));
                        self.live.catch_up(self.inbox, seq);
                        self.problem.set(None);
                    }
                    Err(error) => self.problem.set(Some(error)),
                }
                self.loading.set(false);
            }
        });
    }
}
