//! The page of a contact: facts at the left, at the right what the tab shows. Holds the state and keeps it true.

use leptos::{html, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    ContactId, Refusal,
    contact::profile::{Mark, Profile, Tab},
    text::{common, contact as texts},
};

use super::{
    address::{self, Opened, use_erasing, use_mark, use_opened},
    api::{list_contact_more, open_contact},
    card::Facts,
    erase::EraseDialog,
    lines::Lines,
    merge::MergeDialog,
    note::Notes,
    timeline::Timeline,
};
use crate::{
    conversation::called,
    error::{Error, Result},
    live::{Live, use_live},
    text::{t, use_language},
    ui::{Empty, Glyph, Icon, loaded},
};

/// Pixels before the end at which the next part is asked for.
const AHEAD: i32 = 900;

/// What the page shows, and what is being loaded for it.
#[derive(Clone, Copy)]
pub struct PageState {
    /// The contact.
    pub profile: RwSignal<Profile>,
    /// Whether something is on its way.
    pub loading: RwSignal<bool>,
    /// Why the last load failed.
    pub problem: RwSignal<Option<Error>>,
    /// What the address bar says.
    pub opened: Opened,
    scroller: NodeRef<html::Main>,
    live: Live,
}

/// The page.
#[component]
pub fn ContactPage() -> impl IntoView {
    let (opened, after, erasing) = (use_opened(), use_mark(), use_erasing());
    let profile = Resource::new_blocking(
        move || opened.contact.get(),
        move |id| {
            let after = after.clone();
            async move {
                match id {
                    Some(id) => begin(id, opened.tab.get_untracked(), after).await,
                    None => Err(Error::Refused(Refusal::NotFound)),
                }
            }
        },
    );
    let scroller = NodeRef::<html::Main>::new();
    let now = RwSignal::new(None::<PageState>);
    let moved = move |_| {
        if let Some(state) = now.get_untracked() {
            state.near_end();
        }
    };
    view! {
        <main class="contact-page" node_ref=scroller on:scroll=moved>
            {loaded(profile, move |profile| view! { <Inside profile opened scroller now/> })}
            {move || opened.contact.get().filter(|_| erasing.get()).map(|contact| view! { <EraseDialog contact opened/> })}
        </main>
    }
}

/// The first part of a tab; without wasm, the part after a place.
async fn begin(id: ContactId, tab: Tab, after: Option<Mark>) -> Result<Profile> {
    let mut profile = open_contact(id.clone(), tab).await?;
    if let Some(after) = after {
        let part = list_contact_more(id, tab, after).await?;
        (profile.entries, profile.lines, profile.more) = (part.entries, part.lines, part.more);
    }
    Ok(profile)
}

#[component]
fn Inside(profile: Profile, opened: Opened, scroller: NodeRef<html::Main>, now: RwSignal<Option<PageState>>) -> impl IntoView {
    let (profile, live, language) = (RwSignal::new(profile), use_live(), use_language());
    let state = PageState { profile, loading: RwSignal::new(false), problem: RwSignal::new(None), opened, scroller, live };
    Effect::new(move || now.set(Some(state)));
    state.live.keep(profile, move || state.load());
    Effect::new(move |before: Option<Tab>| {
        let tab = opened.tab.get();
        if before.is_some_and(|before| before != tab) {
            state.load();
        }
        tab
    });
    Effect::new(move || {
        if profile.with(|profile| profile.behind) {
            state.load();
        }
    });
    // who went into somebody else meanwhile is shown as that one
    let navigate = use_navigate();
    Effect::new(move || {
        if profile.with(|profile| profile.gone) {
            state.follow(navigate.clone());
        }
    });
    // what was loaded may be shorter than the window
    Effect::new(move || {
        profile.track();
        request_animation_frame(move || state.near_end());
    });
    let name = Memo::new(move |_| profile.with(|profile| called(&profile.card.contact, language)));
    let gone = Memo::new(move |_| profile.with(|profile| profile.gone));
    let tab = Memo::new(move |_| profile.with(|profile| profile.tab));
    view! {
        <Title text=move || name.get()/>
        <p class="back"><a href="/contacts"><Icon glyph=Glyph::ArrowLeft/>{t(common::CONTACTS)}</a></p>
        <Show when=move || gone.get()><Empty glyph=Glyph::User title=language.say(texts::GONE)/></Show>
        <div class="contact-columns" hidden=move || gone.get()>
            <Facts state name/>
            <section class="contact-main" aria-label=t(texts::HISTORY)>
                <Tabs state/>
                {move || match tab.get() {
                    Tab::Timeline => view! { <Timeline state/> }.into_any(),
                    Tab::Notes => view! { <Notes state/> }.into_any(),
                    Tab::Chats | Tab::Tickets => view! { <Lines state/> }.into_any(),
                }}
                <More state/>
            </section>
        </div>
        <Show when=move || opened.merging.with(Option::is_some)><MergeDialog state/></Show>
    }
}

#[component]
fn Tabs(state: PageState) -> impl IntoView {
    let (profile, opened) = (state.profile, state.opened);
    let id = profile.with_untracked(|profile| profile.card.contact.id.clone());
    let one = move |tab: Tab, text: &'static str| {
        let count = move || {
            profile.with(|profile| match tab {
                Tab::Timeline => None,
                Tab::Notes => i64::try_from(profile.notes.len()).ok(),
                Tab::Chats => Some(profile.counts.chats),
                Tab::Tickets => Some(profile.counts.tickets),
            })
        };
        let href = address::contact(&id, tab, "");
        view! {
            <a href=href aria-current=move || (opened.tab.get() == tab).then_some("page")>
                {text}{move || count().map(|n| view! { " "<span class="count">{n}</span> })}
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label=t(texts::TABS)>
            {one(Tab::Timeline, t(texts::TIMELINE))}
            {one(Tab::Notes, t(texts::NOTES))}
            {one(Tab::Chats, t(texts::CHATS))}
            {one(Tab::Tickets, t(texts::TICKETS))}
        </nav>
    }
}

/// The way to what is not loaded yet, and why it could not be.
#[component]
fn More(state: PageState) -> impl IntoView {
    let language = use_language();
    let more = move || {
        state.profile.with(|profile| {
            let mark = profile.more.as_ref()?;
            Some(address::contact(&profile.card.contact.id, profile.tab, &format!("after={}.{}", mark.at.0, mark.id)))
        })
    };
    view! {
        {move || more().map(|href| view! {
            <a class="rows-more" href=href on:click=move |event| { event.prevent_default(); state.load_more(); }>{language.say(texts::EARLIER)}</a>
        })}
        <div role="alert">
            {move || state.problem.get().map(|error| view! {
                <p class="rows-problem">
                    {error.say(language)}
                    <button type="button" class="button small" on:click=move |_| { state.problem.set(None); state.load(); }>{language.say(common::TRY_AGAIN)}</button>
                </p>
            })}
        </div>
    }
}

impl PageState {
    fn asked(self) -> Option<(ContactId, Tab)> {
        let id = self.profile.try_with_untracked(|profile| profile.card.contact.id.clone())?;
        Some((id, self.opened.tab.try_get_untracked()?))
    }

    /// Loads the tab of the address bar anew.
    pub fn load(self) {
        let Some((id, tab)) = self.asked() else { return };
        self.loading.set(true);
        spawn_local(async move {
            let got = open_contact(id, tab).await;
            // an answer that came after another tab was chosen is nobody's
            if self.opened.tab.try_get_untracked() == Some(tab) && self.profile.try_with_untracked(|_| ()).is_some() {
                match got {
                    Ok(fresh) => {
                        self.live.renew(self.profile, fresh);
                        self.problem.set(None);
                    }
                    Err(error) => self.problem.set(Some(error)),
                }
                self.loading.set(false);
            }
        });
    }

    /// Opens the page of the one that this contact went into, if they did.
    fn follow(self, navigate: impl Fn(&str, NavigateOptions) + 'static) {
        let Some((id, tab)) = self.asked() else { return };
        spawn_local(async move {
            let other = open_contact(id.clone(), tab).await.ok().map(|fresh| fresh.card.contact.id);
            if let Some(other) = other.filter(|other| *other != id) {
                navigate(&address::contact(&other, tab, ""), NavigateOptions { replace: true, ..NavigateOptions::default() });
            }
        });
    }

    /// Loads the next part, if there is one and none is on its way.
    pub fn load_more(self) {
        let found = self.profile.try_with_untracked(|profile| (profile.card.contact.id.clone(), profile.tab, profile.more.clone()));
        let Some((id, tab, Some(after))) = found else { return };
        if self.loading.get_untracked() || self.problem.with_untracked(Option::is_some) {
            return;
        }
        self.loading.set(true);
        let seq = self.live.seq();
        spawn_local(async move {
            let got = list_contact_more(id, tab, after.clone()).await;
            let same = |profile: &Profile| profile.tab == tab && profile.more.as_ref() == Some(&after);
            if self.profile.try_with_untracked(same) == Some(true) {
                match got {
                    Ok(part) => {
                        self.profile.update(|profile| profile.extend(part));
                        self.live.catch_up(self.profile, seq);
                        self.problem.set(None);
                    }
                    Err(error) => self.problem.set(Some(error)),
                }
            }
            self.loading.try_set(false);
        });
    }

    /// Loads on when the end of what is there is near.
    fn near_end(self) {
        let Some(scroller) = self.scroller.try_get_untracked().flatten() else { return };
        if scroller.scroll_height() - scroller.scroll_top() - scroller.client_height() < AHEAD {
            self.load_more();
        }
    }
}
