//! *All properties*: the conversations of all of them in one list. A row says whose it is and is opened in its own property, by a form:
//! that changes where this browser looks. Nothing is done to a conversation here.

use leptos::{either::Either, prelude::*, task::spawn_local};
use model::{
    ConversationId,
    everywhere::Everywhere,
    inbox::Row,
    text::{inbox, property as text},
    view::{Key, View},
};

use super::api::{GoToConversation, list_everywhere, list_more_everywhere};
use crate::{
    conversation::{Address, Commands, ConversationList, Drawers, ListState, Names, RowBody, WideFilters},
    error::{Error, Result},
    live::{Live, WideLine, use_live},
    several::Several,
    text::{t, use_language},
    ui::{Act, Failure, Form, Glyph, Icon, Loading, PageTitle, Still, focus_on, on_done, open_page},
};

/// What is kept of all properties.
#[derive(Clone, Copy)]
struct Kept {
    state: RwSignal<Everywhere>,
    loading: RwSignal<bool>,
    problem: RwSignal<Option<Error>>,
    address: Address,
    live: Live,
    wire: WideLine,
}

/// The page.
#[component]
pub fn EverywherePage() -> impl IntoView {
    let address = Address::provide("/everywhere");
    // who chose it in the menu goes on from its heading; a page that was loaded is read from its top
    let chosen = Owner::current_shared_context().is_some_and(|context| !context.during_hydration());
    Effect::new(move || {
        if chosen {
            focus_on(".page-title".into());
        }
    });
    let first = Resource::new_blocking(|| (), move |()| begin(address.view.get_untracked(), address.after.get_untracked()));
    view! {
        <main class="inbox everywhere">
            <header class="everywhere-head"><PageTitle text=t(text::EVERYWHERE)/></header>
            <Suspense fallback=Loading>
                {Suspend::new(async move {
                    match first.await {
                        Ok(everywhere) => Either::Left(Still(view! { <Inside everywhere address/> })),
                        Err(error) => Either::Right(view! { <Failure error/> }),
                    }
                })}
            </Suspense>
        </main>
    }
}

/// The first part of a view; without wasm, the part after a place.
async fn begin(view: View, after: Option<Key>) -> Result<Everywhere> {
    let first = list_everywhere(view.clone()).await?;
    Ok(match after {
        Some(after) => first.turned(list_more_everywhere(view, after).await?),
        None => first,
    })
}

#[component]
fn Inside(everywhere: Everywhere, address: Address) -> impl IntoView {
    let (live, language) = (use_live(), use_language());
    let joined = RwSignal::new(everywhere.joined());
    let state = RwSignal::new(everywhere);
    let wire = WideLine::keep(live, state);
    let kept = Kept { state, loading: RwSignal::new(false), problem: RwSignal::new(None), address, live, wire };
    provide_context(kept);
    let (load, load_more) = (Callback::new(move |()| kept.load()), Callback::new(move |after| kept.load_more(after)));
    let list = ListState { inbox: joined, loading: kept.loading, problem: kept.problem, load, load_more };
    Commands::provide(address, Several::provide(joined));
    Effect::new(move |before: Option<()>| {
        let fresh = state.with(Everywhere::joined);
        // the first time it is what the page came with
        if before.is_some() {
            joined.set(fresh);
        }
    });
    Effect::new(move |before: Option<_>| {
        let wanted = (address.view.get(), live.day_of(address.view), wire.stale.get());
        if before.is_some_and(|before| before != wanted) {
            kept.load();
        }
        wanted
    });
    let go = Act::new::<GoToConversation>();
    on_done(go, move |()| {
        if let Some(Ok(conversation)) = go.answer::<ConversationId>() {
            open_page(&format!("/inbox/{conversation}"));
        }
    });
    let names = move || state.with(|state| state.parts.iter().map(|part| part.name.clone()).collect::<Vec<_>>().join(", "));
    let closed = move || state.with(|state| (!state.closed.is_empty()).then(|| state.closed.join(", ")));
    view! {
        <nav class="side" aria-label=t(inbox::VIEWS_LABEL)><Drawers state=list/></nav>
        <section class="list" aria-label=t(inbox::LIST)>
            <p class="hint everywhere-of">
                {move || language.fill(text::EVERYWHERE_OF, &[("names", &names())])}
                {move || closed().map(|names| view! { <br/>{language.fill(text::EVERYWHERE_CLOSED, &[("names", &names)])} })}
            </p>
            <WideFilters state=list/>
            <Form action=go class="everywhere-rows">
                <ConversationList state=list row=|row| view! { <WideRow row/> }.into_any()/>
            </Form>
        </section>
    }
}

/// A row, and the button that opens it.
#[component]
fn WideRow(row: Row) -> impl IntoView {
    let (kept, language) = (expect_context::<Kept>(), use_language());
    let (id, unread) = (row.line.id.to_string(), row.unread());
    let found = kept.state.with_untracked(|state| {
        let part = state.part_of(&row.line.id)?;
        Some((Names::of(&row.line, &part.people, &kept.live.me(), language), part.property.clone()))
    });
    // gone meanwhile: the list is drawn anew at once
    found.map(|(names, property)| {
        let called = Memo::new(move |_| {
            kept.state.with(|state| state.parts.iter().find(|part| part.property == property).map(|part| part.name.clone()))
        });
        let mark = move || view! { <span class="chip row-property"><Icon glyph=Glyph::Globe/>{move || called.get()}</span> };
        view! {
            <li class="row" class:unread=unread>
                <button type="submit" class="row-link" name="conversation" value=id.clone() data-row=id>
                    <RowBody row names mark/>
                </button>
            </li>
        }
    })
}

impl Kept {
    /// Loads the view of the address bar anew, and follows it from there.
    fn load(self) {
        let Some(view) = self.address.view.try_get_untracked() else { return };
        self.loading.set(true);
        spawn_local(async move {
            let got = list_everywhere(view.clone()).await;
            // an answer that came after another view was chosen is nobody's
            if self.address.view.try_get_untracked().as_ref() == Some(&view) {
                match got {
                    Ok(fresh) => {
                        self.state.set(fresh);
                        self.problem.set(None);
                        self.wire.connect();
                    }
                    Err(error) => {
                        self.problem.set(Some(error));
                        self.wire.again();
                    }
                }
                self.loading.set(false);
            }
        });
    }

    fn load_more(self, after: Key) {
        let Some(view) = self.state.try_with_untracked(|state| state.view.clone()) else { return };
        self.loading.set(true);
        spawn_local(async move {
            let got = list_more_everywhere(view.clone(), after.clone()).await;
            // of a list that was loaded anew meanwhile it is no part
            let asked = |state: &Everywhere| state.view == view && state.more.as_ref() == Some(&after);
            if self.state.try_with_untracked(asked) == Some(true) {
                match got {
                    Ok(further) => {
                        if self.state.try_update(|state| state.extend(further)) == Some(true) {
                            self.wire.connect();
                        }
                        self.problem.set(None);
                    }
                    Err(error) => self.problem.set(Some(error)),
                }
            }
            self.loading.try_set(false);
        });
    }
}
