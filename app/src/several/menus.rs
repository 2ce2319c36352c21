//! What can be done to all that are picked, one menu each.

use leptos::{ev, html, prelude::*};
use model::{
    batch::Change,
    conversation::{Folder, Priority, Status, TAG_MOST},
    text::{conversation as text, several},
};

use super::{bar::use_deed, delete::DeleteDialog, merge::MergeDialog, use_several};
use crate::{
    conversation::{assignee_choices, priority_said, status_word, use_address},
    live::use_live,
    text::{t, use_language},
    ui::{Glyph, Icon, Menu},
};

/// A choice that does something to all.
#[component]
fn Choice(
    /// What it does.
    change: Change,
    /// How it is called.
    #[prop(into)]
    says: String,
    /// A sign before it.
    #[prop(optional)]
    glyph: Option<Glyph>,
) -> impl IntoView {
    let deed = use_deed();
    let click = move |_| deed.to_all(change.clone());
    view! { <button type="button" class="menu-item" on:click=click>{glyph.map(|glyph| view! { <Icon glyph/> })}{says}</button> }
}

#[component]
pub fn StatusMenu() -> impl IntoView {
    view! {
        <div id="several-status">
            <Menu class="button small" button=move || view! { {t(text::STATUS)}<Icon glyph=Glyph::ChevronDown/> }>
                {[Status::Open, Status::Pending, Status::Solved, Status::Closed].map(|status| view! {
                    <Choice change=Change::Status(status) says=t(status_word(status))/>
                })}
            </Menu>
        </div>
    }
}

#[component]
pub fn AssignMenu() -> impl IntoView {
    let (roster, language) = (use_live().roster(), use_language());
    let choices = move || {
        let all = roster.with(|roster| assignee_choices(roster, language));
        all.into_iter().map(|(who, says)| view! { <Choice change=Change::Assign(who) says/> }).collect_view()
    };
    view! {
        <div id="several-assign">
            <Menu class="button small" button=move || view! { {t(several::ASSIGN)}<Icon glyph=Glyph::ChevronDown/> }>{choices}</Menu>
        </div>
    }
}

#[component]
pub fn PriorityMenu() -> impl IntoView {
    let language = use_language();
    view! {
        <div id="several-priority">
            <Menu class="button small" button=move || view! { {t(text::PRIORITY)}<Icon glyph=Glyph::ChevronDown/> }>
                {Priority::ALL.iter().rev().map(|one| view! { <Choice change=Change::Priority(*one) says=priority_said(*one, language)/> }).collect_view()}
            </Menu>
        </div>
    }
}

/// A field for a tag that is put on, and the known ones to take off.
#[component]
pub fn TagMenu() -> impl IntoView {
    let (deed, several, language) = (use_deed(), use_several(), use_language());
    let field = NodeRef::<html::Input>::new();
    let put = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.get_untracked() {
            deed.to_all(Change::Tag(field.value()));
            field.set_value("");
        }
    };
    // those of the rows that are picked and loaded
    let worn = move || {
        let mut tags: Vec<String> = several
            .list()
            .with(|inbox| inbox.rows.iter().filter(|row| several.has(&row.line.id)).flat_map(|row| row.line.tags.clone()).collect());
        tags.sort();
        tags.dedup();
        tags.into_iter()
            .map(|tag| {
                let says = language.fill(text::UNTAG, &[("tag", &tag)]);
                view! { <Choice change=Change::Untag(tag) says glyph=Glyph::Close/> }
            })
            .collect_view()
    };
    view! {
        <div id="several-tag">
            <Menu class="button small" button=move || view! { {t(several::TAG)}<Icon glyph=Glyph::ChevronDown/> }>
                <form class="menu-row" on:submit=put>
                    <input node_ref=field class="input" maxlength=TAG_MOST.to_string() required=true autocomplete="off" aria-label=t(text::NEW_TAG) placeholder=t(text::NEW_TAG) data-stay=""/>
                    <button class="button small">{t(text::ADD)}</button>
                </form>
                {worn}
            </Menu>
        </div>
    }
}

/// Drawers, merging, and what there is no way back from.
#[component]
pub fn MoreMenu() -> impl IntoView {
    let (several, view) = (use_several(), use_address().view);
    let folder = Memo::new(move |_| view.with(|view| view.folder));
    let (deleting, merging) = (RwSignal::new(false), RwSignal::new(false));
    let (spam, trash, restore) = (t(text::TO_SPAM), t(text::TO_TRASH), t(text::RESTORE));
    let (delete, merge) = (t(text::DELETE), t(several::MERGE));
    let drawer = move |to: Folder, glyph: Glyph, says: &'static str| {
        (folder.get() != to).then(|| view! { <Choice change=Change::Move(to) says glyph/> })
    };
    let pair = move || !several.whole() && several.count().is_some_and(|n| n > 1);
    view! {
        <Menu class="button small dots" label=t(text::MORE) right=true button=|| view! { <Icon glyph=Glyph::Dots/> }>
            {move || drawer(Folder::Inbox, Glyph::Restore, restore)}
            {move || drawer(Folder::Spam, Glyph::Spam, spam)}
            {move || drawer(Folder::Trash, Glyph::Trash, trash)}
            {move || pair().then(|| view! {
                <button type="button" class="menu-item" on:click=move |_| merging.set(true)><Icon glyph=Glyph::Inbox/>{merge}</button>
            })}
            {move || (folder.get() != Folder::Inbox).then(|| view! {
                <button type="button" class="menu-item bad" on:click=move |_| deleting.set(true)><Icon glyph=Glyph::Close/>{delete}</button>
            })}
        </Menu>
        <DeleteDialog open=deleting/>
        <MergeDialog open=merging/>
    }
}
