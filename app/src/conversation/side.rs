//! The side bar of the Inbox: compose, drawers, views and departments, each with its live count.

use leptos::prelude::*;
use model::{
    Assignee,
    conversation::{Folder, Kind},
    text::{inbox as text, saved_view},
    view::{Sort, View},
};

use super::{inbox_page::ListState, keyboard::Command, keyboard::use_commands, use_address};
use crate::{
    live::use_live,
    text::t,
    ui::{Glyph, Icon, each},
};

/// The side bar.
#[component]
pub fn SideBar(
    /// Whose counters are shown.
    state: ListState,
) -> impl IntoView {
    let (address, commands, roster) = (use_address(), use_commands(), use_live().roster());
    view! {
        <nav class="side" aria-label=t(text::VIEWS_LABEL)>
            <a class="button primary compose" href=move || address.compose() aria-keyshortcuts="c">
                <Icon glyph=Glyph::Pencil/>
                <span>{t(text::COMPOSE)}</span>
                <kbd aria-hidden="true">"C"</kbd>
            </a>
            <Drawers state/>
            {each(move || state.inbox.with(|inbox| inbox.saved.clone()), |saved| (saved.id.clone(), saved.name.clone()), move |saved| {
                let facet = saved.facet();
                view! { <SideLink state view=saved.view label=saved.name facet=facet/> }
            })}
            <a class="side-link side-views" href=move || address.viewing() rel="nofollow"><span>{t(saved_view::SAVE)}</span></a>
            <Show when=move || roster.with(|roster| !roster.people.departments.is_empty())>
                <h2>{t(text::DEPARTMENTS)}</h2>
            </Show>
            {each(move || roster.with(|roster| roster.people.departments.clone()), |department| (department.id.clone(), department.name.clone()), move |department| view! {
                <SideLink state view=View { department: Some(department.id), ..View::default() } label=department.name/>
            })}
            <button type="button" class="side-keys" on:click=move |_| commands.give(Command::Help)>
                {t(text::SHORTCUTS)}
                <kbd aria-hidden="true">"?"</kbd>
            </button>
        </nav>
    }
}

/// The drawers, and the views that every Inbox has.
#[component]
pub fn Drawers(
    /// Whose counters are shown.
    state: ListState,
) -> impl IntoView {
    let inbox = View::default();
    let mine = View { assignee: Some(Assignee::Agent(use_live().me())), ..inbox.clone() };
    let followed = View::followed_by(use_live().me());
    let unassigned = View { assignee: Some(Assignee::Nobody), ..inbox.clone() };
    let missed = View { missed: true, ..inbox.clone() };
    let urgent = View { urgent: true, ..inbox.clone() };
    // who waits for an answer waits while the ticket sleeps, too
    let soon = View { soon: true, status: None, sort: Sort::Due, ..inbox.clone() };
    view! {
        <SideLink state view=inbox.clone() label=t(text::ALL)/>
        <SideLink state view=View { kind: Some(Kind::Chat), sort: Sort::Waiting, ..inbox.clone() } label=t(text::CHATS)/>
        <SideLink state view=View { kind: Some(Kind::Ticket), ..inbox.clone() } label=t(text::TICKETS)/>
        <SideLink state view=View::of_folder(Folder::Spam) label=t(text::SPAM)/>
        <SideLink state view=View::of_folder(Folder::Trash) label=t(text::TRASH)/>
        <h2>{t(text::VIEWS)}</h2>
        <SideLink state view=mine label=t(text::MINE)/>
        <SideLink state view=followed label=t(text::FOLLOWED)/>
        <SideLink state view=unassigned label=t(text::UNASSIGNED)/>
        <SideLink state view=missed label=t(text::MISSED)/>
        <SideLink state view=urgent label=t(text::URGENT)/>
        <SideLink state view=soon label=t(text::SOON)/>
    }
}

#[component]
fn SideLink(state: ListState, view: View, #[prop(into)] label: String, #[prop(optional)] facet: Option<String>) -> impl IntoView {
    let address = use_address();
    let facet = facet.or_else(|| view.facet()).unwrap_or_default();
    let tally = Memo::new(move |_| state.inbox.with(|inbox| inbox.tally(&facet)));
    let href = address.list(&view);
    let current = Memo::new(move |_| address.view.with(|other| View { sort: view.sort, ..other.clone() } == view));
    view! {
        <a class="side-link" href=href aria-current=move || current.get().then_some("page")>
            <span>{label}</span>
            <b>{move || match tally.get() { 0 => String::new(), n => n.to_string() }}</b>
        </a>
    }
}
