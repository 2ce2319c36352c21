//! The Inbox: side bar, list, and a place for the conversation. Holds the state of the list and keeps it true.

use leptos::{either::Either, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{LazyRoute as _, components::Outlet};
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
    keyboard::{Command, Commands, Shortcuts},
    list::{ConversationList, focused},
    side::SideBar,
};
use crate::{
    error::{Error, Result},
    live::{Live, use_live},
    part::{self, conversation::Compose},
    text::t,
    ui::{Failure, Loading, Still},
};

/// What the list shows, and what is being loaded for it.
#[derive(Clone, Copy)]
pub struct ListState {
    /// The loaded part of the view.
    pub inbox: RwSignal<Inbox>,
    /// Whether something is on its way.
    pub loading: RwSignal<bool>,
    /// Why the last load failed.
    pub problem: RwSignal<Option<Error>>,
    live: Live,
    address: Address,
}

/// The Inbox.
#[component]
pub fn InboxPage() -> impl IntoView {
    let address = Address::provide();
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
    let state =
        ListState { inbox: RwSignal::new(inbox), loading: RwSignal::new(false), problem: RwSignal::new(None), live: use_live(), address };
    let commands = Commands::provide(address);
    let acts = Acts::provide();
    provide_context(state);
    commands.follow(move |command| {
        // the open one has its own button
        let row = focused().filter(|row| command == Command::Solve && address.open.with_untracked(|open| open.as_ref() != Some(row)));
        if let Some(conversation) = row {
            acts.status.dispatch(&SetStatus { conversation, status: Status::Solved });
        }
    });
    state.live.keep(state.inbox, move || state.load());
    Effect::new(|_| part::look_ahead());
    Effect::new(move |before: Option<View>| {
        let view = address.view.get();
        if before.is_some_and(|before| before != view) {
            state.load();
        }
        view
    });
    view! {
        <SideBar state/>
        <section class="list" aria-label=t(text::LIST)>
            <Filters state/>
            <ConversationList state/>
        </section>
        <Outlet/>
        {move || address.composing.get().map(|_| view! { <Suspense>{Suspend::new(Compose::view(Compose))}</Suspense> })}
        <Shortcuts commands/>
    }
}

impl ListState {
    /// Loads the view of the address bar anew.
    pub fn load(self) {
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

    /// Loads the next part, if there is one and none is on its way.
    pub fn load_more(self) {
        let Some((view, Some(after))) = self.inbox.try_with_untracked(|inbox| (inbox.view.clone(), inbox.more.clone())) else { return };
        if self.loading.get_untracked() {
            return;
        }
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
