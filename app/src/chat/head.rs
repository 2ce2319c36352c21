//! The head of a chat: who it is with and where they are, the way to a ticket, coming and going, the end.
//! Each is a link or a plain form, so that it works without wasm.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::text::{chat as text, visitor as visitors};

use super::{
    Here,
    acts::use_chat_acts,
    facts::{earlier, fact, is_in, path},
};
use crate::{
    conversation::{About, Command, called, focus, use_address, use_commands, use_thread},
    live::use_live,
    text::{t, use_language},
    ui::{Avatar, BareForm, Glyph, Icon, Menu, on_done},
};

/// Who it is with, whether they are there, on which page, by which browser.
#[component]
pub fn ChatTitle() -> impl IntoView {
    let (thread, live, language) = (use_thread(), use_live(), use_language());
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let dot = id.clone();
    let here = Memo::new(move |_| live.here(&id));
    let name = Memo::new(move |_| thread.with(|thread| called(&thread.line.contact, language)));
    let page = fact(thread, |chat| chat.page.clone());
    let browser = fact(thread, |chat| model::browser::called(&chat.browser));
    let origin = fact(thread, move |chat| {
        let visits = chat.visits.map(|visits| language.count(visitors::VISITS, visits));
        let all: Vec<String> = chat.country.clone().into_iter().chain(visits).collect();
        (!all.is_empty()).then(|| all.join(", "))
    });
    let chats = Memo::new(move |_| thread.with(|thread| earlier(&thread.others)));
    let on = t(text::ON_PAGE);
    view! {
        {move || view! { <Avatar name=name.get() large=true/> }}
        <div class="chat-who">
            <h1 class="page-title" tabindex="-1">{name}</h1>
            <p class="chat-where">
                <span><Here chat=dot/>{move || language.say(if here.get() { text::ONLINE } else { text::OFFLINE })}</span>
                {move || page.with(|page| (!page.is_empty()).then(|| view! {
                    <span>{on}" "<a href=page.clone() target="_blank" rel="noopener noreferrer nofollow">{path(page).to_owned()}</a></span>
                }))}
                {move || origin.with(|origin| origin.as_ref().map(|origin| view! { <span>{origin.clone()}</span> }))}
                {move || (chats.get() > 0).then(|| view! { <span>{language.count(text::EARLIER_CHATS, chats.get())}</span> })}
                {move || browser.with(|browser| (!browser.is_empty()).then(|| view! { <span>{browser.clone()}</span> }))}
            </p>
        </div>
    }
}

/// The buttons of the head.
#[component]
pub fn ChatButtons() -> impl IntoView {
    let (thread, acts, address) = (use_thread(), use_chat_acts(), use_address());
    let id = StoredValue::new(thread.with_untracked(|thread| thread.line.id.clone()));
    let me = use_live().me();
    let over = fact(thread, |chat| chat.ended_at.is_some());
    let inside = fact(thread, move |chat| is_in(chat, &me));
    // the button that was pressed is gone: what comes next is to write
    on_done(acts.join, |()| request_animation_frame(|| focus("#write-reply-text")));
    let navigate = StoredValue::new(use_navigate());
    use_commands().follow(move |command| {
        if command == Command::Ticket {
            navigate.with_value(|navigate| navigate(&address.compose_from_chat(), NavigateOptions::default()));
        }
    });
    let (join, leave) = (t(text::JOIN), t(text::LEAVE));
    view! {
        <div class="chat-acts">
            <a class="button chat-ticket" href=move || address.compose_from_chat() aria-keyshortcuts="Shift+T">
                <Icon glyph=Glyph::Envelope/>{t(text::TICKET)}<kbd aria-hidden="true">"T"</kbd>
            </a>
            {move || (!over.get()).then(|| {
                let (action, says) = if inside.get() { (acts.leave, leave) } else { (acts.join, join) };
                view! { <BareForm action><About id=id.get_value()/><button class="button">{says}</button></BareForm> }
            })}
            {move || (!over.get()).then(|| view! { <EndMenu/> })}
        </div>
    }
}

/// The end of a chat, asked once more.
#[component]
fn EndMenu() -> impl IntoView {
    let acts = use_chat_acts();
    let id = use_thread().with_untracked(|thread| thread.line.id.clone());
    view! {
        <Menu class="button" right=true button=move || view! { {t(text::END)}<Icon glyph=Glyph::ChevronDown/> }>
            <p class="chat-end-hint">{t(text::END_HINT)}</p>
            <BareForm action=acts.end attr:class="menu-row">
                <About id/>
                <button class="button danger wide">{t(text::END_NOW)}</button>
            </BareForm>
        </Menu>
    }
}
