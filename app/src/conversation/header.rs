//! The head of a conversation: subject, number, and menus for status, priority, assignee, tags and the rest.
//! Each menu is a plain form, so that it works without wasm.

use leptos::prelude::*;
use model::{
    conversation::{Folder, Priority, Status},
    text::{conversation as text, print, shift},
    thread::Thread,
};

use super::{
    acts::{About, use_acts},
    api::{FollowConversation, SetStatus},
    keyboard::{Command, use_commands},
    list::focused,
    snooze::SnoozeChoices,
    tags::Tags,
    use_address,
    words::{about, assignee_choices, assignee_name, folder_word, priority_said, priority_tone, status_tone, status_word},
};
use crate::{
    chat::{ChatButtons, ChatTitle, Company, Links, is_chat},
    live::use_live,
    target::DueClock,
    text::{t, use_language},
    ui::{BareForm, Dialog, Glyph, Icon, Menu, Time, Tone},
};

/// The thread of the conversation on the screen. Ask in a component's body.
pub fn use_thread() -> RwSignal<Thread> {
    expect_context()
}

/// The head.
#[component]
pub fn Header() -> impl IntoView {
    let (thread, address, language) = (use_thread(), use_address(), use_language());
    let subject = move || thread.with(|thread| about(&thread.line, language));
    let chat = is_chat(thread);
    let number = move || thread.with(|thread| thread.line.number.map(|number| format!("#{number}")));
    let folder = Memo::new(move |_| thread.with(|thread| thread.line.folder));
    let due = Memo::new(move |_| thread.with(|thread| thread.line.due));
    let asleep = Memo::new(move |_| thread.with(|thread| thread.line.snoozed_until));
    view! {
        <header class="pane-head" class:chat=chat>
            <div class="pane-title">
                <a class="icon-button pane-back" href=move || address.closed() aria-label=t(text::BACK)><Icon glyph=Glyph::ArrowLeft/></a>
                {if chat { view! { <ChatTitle/> }.into_any() } else { view! { <h1 class="page-title" tabindex="-1">{subject}</h1> }.into_any() }}
                <a class="icon-button pane-contact" href="#contact" rel="external" aria-label=t(text::CONTACT)><Icon glyph=Glyph::User/></a>
                {chat.then(|| view! { <ChatButtons/> })}
            </div>
            <div class="pane-facts" class:merged=move || folder.get() == Folder::Merged>
                {move || number().map(|number| view! { <span class="pane-number">{number}</span> })}
                <Links/>
                <StatusMenu/>
                <PriorityMenu/>
                <AssigneeMenu/>
                <Tags/>
                {move || due.get().map(|due| view! { <DueClock due/> })}
                {move || asleep.get().map(|at| view! { <span class="chip"><Icon glyph=Glyph::Snooze/>{language.say(text::UNTIL)}" "<Time at full=true/></span> })}
                {move || (folder.get() != Folder::Inbox).then(|| view! { <span class="chip warm">{language.say(folder_word(folder.get()))}</span> })}
                {chat.then(|| view! { <Company/> })}
                <div class="pane-acts">
                    <FollowButton/>
                    <SolveButton/>
                    <MoreMenu/>
                </div>
            </div>
        </header>
        <Keys/>
    }
}

fn use_id() -> model::ConversationId {
    use_thread().with_untracked(|thread| thread.line.id.clone())
}

#[component]
fn StatusMenu() -> impl IntoView {
    let (thread, acts, language) = (use_thread(), use_acts(), use_language());
    let status = Memo::new(move |_| thread.with(|thread| thread.line.status));
    let button = move || view! { <span class="visually-hidden">{t(text::STATUS)}": "</span>{move || language.say(status_word(status.get()))}<Icon glyph=Glyph::ChevronDown/> };
    let class = move || format!("chip-menu {}", status_tone(status.get()).class());
    view! {
        <div id="menu-status" class=class>
            <Menu class="chip-button" button>
                <BareForm action=acts.status>
                    <About id=use_id()/>
                    {[Status::Open, Status::Pending, Status::Solved, Status::Closed].map(|one| view! {
                        <button class="menu-item" name="status" value=one.word() aria-current=move || (status.get() == one).then_some("true")>{t(status_word(one))}</button>
                    })}
                </BareForm>
            </Menu>
        </div>
    }
}

#[component]
fn PriorityMenu() -> impl IntoView {
    let (thread, acts, language) = (use_thread(), use_acts(), use_language());
    let priority = Memo::new(move |_| thread.with(|thread| thread.line.priority));
    let button = move || view! { <span class="visually-hidden">{t(text::PRIORITY)}": "</span>{move || priority_said(priority.get(), language)}<Icon glyph=Glyph::ChevronDown/> };
    let class = move || format!("chip-menu {}", priority_tone(priority.get()).class());
    view! {
        <div id="menu-priority" class=class>
            <Menu class="chip-button" button>
                <BareForm action=acts.priority>
                    <About id=use_id()/>
                    {Priority::ALL.iter().rev().map(|one| view! {
                        <button class="menu-item" name="priority" value=one.word() aria-current=move || (priority.get() == *one).then_some("true")>{priority_said(*one, language)}</button>
                    }).collect_view()}
                </BareForm>
            </Menu>
        </div>
    }
}

#[component]
fn AssigneeMenu() -> impl IntoView {
    let (thread, acts, language, roster) = (use_thread(), use_acts(), use_language(), use_live().roster());
    let assignee = Memo::new(move |_| thread.with(|thread| thread.line.assignee.clone()));
    let name = move || roster.with(|roster| assignee_name(roster, &assignee.get(), language));
    let button = move || view! { {t(text::ASSIGNED)}": "{name}<Icon glyph=Glyph::ChevronDown/> };
    let choices = move || {
        let all = roster.with(|roster| assignee_choices(roster, language));
        all.into_iter().map(|(who, says)| {
            let word = who.to_string();
            view! { <button class="menu-item" name="assignee" value=word aria-current=move || (assignee.get() == who).then_some("true")>{says}</button> }
        }).collect_view()
    };
    view! {
        <div id="menu-assign" class=format!("chip-menu {}", Tone::Plain.class())>
            <Menu class="chip-button" button>
                <BareForm action=acts.assign>
                    <About id=use_id()/>
                    {choices}
                </BareForm>
            </Menu>
        </div>
    }
}

#[component]
fn SolveButton() -> impl IntoView {
    let (thread, acts) = (use_thread(), use_acts());
    let done = Memo::new(move |_| thread.with(|thread| matches!(thread.line.status, Status::Solved | Status::Closed)));
    let (solve, reopen) = (t(text::SOLVE), t(text::REOPEN));
    // a chat that goes on is ended instead
    let going_on = Memo::new(move |_| thread.with(|thread| thread.chat.as_ref().is_some_and(|chat| chat.ended_at.is_none())));
    view! {
        <BareForm action=acts.status attr:hidden=move || going_on.get()>
            <About id=use_id()/>
            <button class="button solve" name="status" value=move || if done.get() { Status::Open.word() } else { Status::Solved.word() } aria-keyshortcuts="e">
                {move || if done.get() { reopen } else { solve }}
                <kbd aria-hidden="true">"E"</kbd>
            </button>
        </BareForm>
    }
}

/// Whether the agent who looks follows what is open. Ask in a component's body.
fn use_followed() -> Memo<bool> {
    let (thread, me) = (use_thread(), use_live().me());
    Memo::new(move |_| thread.with(|thread| thread.line.followers.contains(&me)))
}

#[component]
fn FollowButton() -> impl IntoView {
    let (acts, followed) = (use_acts(), use_followed());
    let label = t(text::FOLLOW);
    view! {
        <BareForm action=acts.follow>
            <About id=use_id()/>
            <button class="button follow" name="on" value=move || (!followed.get()).to_string() aria-pressed=move || followed.get().to_string() aria-label=label title=label aria-keyshortcuts="f">
                <Icon glyph=Glyph::Bell/>
            </button>
        </BareForm>
    }
}

#[component]
fn MoreMenu() -> impl IntoView {
    let (thread, acts, address) = (use_thread(), use_acts(), use_address());
    let (ticket, id) = (!is_chat(thread), use_id());
    let folder = Memo::new(move |_| thread.with(|thread| thread.line.folder));
    let asking = RwSignal::new(false);
    let drawer = move |to: Folder, glyph: Glyph, says: &'static str| {
        view! { <button class="menu-item" name="folder" value=to.word()><Icon glyph/>{says}</button> }
    };
    let (spam, trash, restore) = (t(text::TO_SPAM), t(text::TO_TRASH), t(text::RESTORE));
    let delete = t(text::DELETE);
    view! {
        <Menu class="button dots" label=t(text::MORE) right=true button=|| view! { <Icon glyph=Glyph::Dots/> }>
            <SnoozeChoices/>
            <hr/>
            <BareForm action=acts.shift>
                <About id=use_id()/>
                {move || (folder.get() != Folder::Inbox).then(|| drawer(Folder::Inbox, Glyph::Restore, restore))}
                {move || (folder.get() != Folder::Spam).then(|| drawer(Folder::Spam, Glyph::Spam, spam))}
                {move || (folder.get() != Folder::Trash).then(|| drawer(Folder::Trash, Glyph::Trash, trash))}
            </BareForm>
            {ticket.then(|| view! {
                <hr/>
                <a class="menu-item" href=move || address.merging() rel="nofollow"><Icon glyph=Glyph::Inbox/>{t(shift::MERGE)}</a>
            })}
            <hr/>
            <a class="menu-item" href=format!("/print/{id}") target="_blank" rel="external"><Icon glyph=Glyph::File/>{t(print::VIEW)}</a>
            <a class="menu-item" href=format!("/export/{id}.pdf") rel="external" download=""><Icon glyph=Glyph::File/>{t(print::AS_PDF)}</a>
            <a class="menu-item" href=format!("/export/{id}.json") rel="external" download=""><Icon glyph=Glyph::Code/>{t(print::AS_JSON)}</a>
            <a class="menu-item" href=format!("/export/{id}.eml") rel="external" download=""><Icon glyph=Glyph::Envelope/>{t(print::AS_MAIL)}</a>
            {move || (folder.get() != Folder::Inbox).then(|| view! {
                <button type="button" class="menu-item bad" on:click=move |_| asking.set(true)><Icon glyph=Glyph::Close/>{delete}</button>
            })}
        </Menu>
        <Dialog open=asking title=t(text::DELETE_TITLE)>
            <div class="dialog-body">
                <p>{t(text::DELETE_TEXT)}</p>
                <BareForm action=acts.delete on:submit=move |_| asking.set(false)>
                    <About id=use_id()/>
                    <div class="dialog-acts">
                        <button type="button" class="button" on:click=move |_| asking.set(false)>{t(text::KEEP)}</button>
                        <button class="button danger">{delete}</button>
                    </div>
                </BareForm>
            </div>
        </Dialog>
    }
}

/// Carries out `e f a p t`.
#[component]
fn Keys() -> impl IntoView {
    let (thread, acts, followed) = (use_thread(), use_acts(), use_followed());
    use_commands().follow(move |command| {
        let open = thread.with_untracked(|thread| thread.line.id.clone());
        match command {
            // its button, which also opens it again; with the focus on another row that one is meant
            Command::Solve if focused().is_none_or(|row| row == open) => {
                let done = thread.with_untracked(|thread| matches!(thread.line.status, Status::Solved | Status::Closed));
                let status = if done { Status::Open } else { Status::Solved };
                acts.status.dispatch(&SetStatus { conversation: open, status });
            }
            Command::Follow => acts.follow.dispatch(&FollowConversation { conversation: open, on: !followed.get_untracked() }),
            Command::Assign => open_menu("#menu-assign"),
            Command::Priority => open_menu("#menu-priority"),
            Command::Tag => open_menu("#menu-tag"),
            _ => {}
        }
    });
}

/// Opens a menu and puts the focus on its first item.
pub fn open_menu(place: &str) {
    use wasm_bindgen::JsCast;
    let Some(menu) = document().query_selector(&format!("{place} details")).ok().flatten() else { return };
    // Fails only for a malformed name.
    drop(menu.set_attribute("open", ""));
    let item = menu.query_selector(".menu-panel input:not([type=hidden]), .menu-panel button").ok().flatten();
    if let Some(item) = item.and_then(|item| item.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only when it cannot take the focus.
        drop(item.focus());
    }
}
