//! What stands in a chat's log besides its messages: how it began, what is on its way, what the visitor writes just now,
//! and what can be done when it is over.

use leptos::prelude::*;
use model::{chat::Rating, message::Happening, text::chat as text};

use super::{
    facts::{fact, path},
    queue::use_queue,
    typed,
};
use crate::{
    conversation::{called, use_address, use_thread},
    live::use_live,
    text::{t, use_language},
    ui::{Glyph, Icon, Time},
};

/// How it began: when, on which page, and what was answered before it.
#[component]
pub fn Began() -> impl IntoView {
    let (thread, language) = (use_thread(), use_language());
    let began = thread.with_untracked(|thread| thread.line.created_at);
    let page = thread.with_untracked(|thread| thread.chat.as_ref().map(|chat| chat.page.clone()).unwrap_or_default());
    let answers = thread.with_untracked(|thread| thread.chat.as_ref().map(|chat| chat.answers.clone()).unwrap_or_default());
    let said = if page.is_empty() { language.say(text::BEGAN).to_owned() } else { language.fill(text::BEGAN_ON, &[("page", path(&page))]) };
    view! {
        <p class="event">{said}" · "<Time at=began/></p>
        {(!answers.is_empty()).then(|| view! {
            <dl class="answers" aria-label=t(text::ANSWERS)>
                {answers.into_iter().map(|one| view! { <div><dt>{one.question}</dt><dd>{one.answer}</dd></div> }).collect_view()}
            </dl>
        })}
    }
}

/// What the visitor said to their rating, below the line that tells it.
#[component]
pub fn Comment(
    /// The line's happening.
    happened: Happening,
) -> impl IntoView {
    let thread = use_thread();
    let of: Option<Rating> = if let Happening::Rated { rating } = happened { Some(rating) } else { None };
    let said = fact(thread, move |chat| if of.is_some() && chat.rating == of { chat.comment.clone() } else { String::new() });
    move || (!said.with(String::is_empty)).then(|| view! { <blockquote class="rating-comment">{said.get()}</blockquote> })
}

/// Messages that are not there yet, and the words that the visitor writes just now.
#[component]
pub fn Coming() -> impl IntoView {
    let (thread, language, connected) = (use_thread(), use_language(), use_live().connected());
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let (queue, writes) = (use_queue(), typed(id));
    // what an earlier page left is none of the page that the server made
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let shown = Memo::new(move |_| {
        let left = || thread.with(|thread| queue.with_value(|queue| queue.but(&thread.messages)));
        if awake.get() { left() } else { vec![] }
    });
    Effect::new(move || thread.with(|thread| queue.with_value(|queue| queue.forget(&thread.messages))));
    let mark = move || language.say(if connected.get() { text::ON_ITS_WAY } else { text::WAITS_FOR_LINE });
    view! {
        {move || shown.get().into_iter().map(|(_, words)| view! {
            <article class="bubble ours going">
                <div class="bubble-line"><div class="bubble-words"><div class="body plain">{words}</div></div></div>
                <p class="bubble-marks"><Icon glyph=Glyph::Clock/><span>{mark}</span></p>
            </article>
        }).collect_view()}
        {move || writes.get().map(|words| {
            let name = thread.with_untracked(|thread| called(&thread.line.contact, language));
            view! { <p class="bubble writes" aria-hidden="true"><b>{name}</b>" "{words}</p> }
        })}
    }
}

/// When nobody answered, or it is over: the way to a ticket.
#[component]
pub fn AfterAll() -> impl IntoView {
    let (thread, address) = (use_thread(), use_address());
    let over = fact(thread, |chat| chat.ended_at.is_some());
    let missed = Memo::new(move |_| thread.with(|thread| thread.line.missed));
    let (says_missed, says_over, create) = (t(text::IS_MISSED), t(text::IS_OVER), t(text::CREATE_TICKET));
    move || {
        (over.get() || missed.get()).then(|| {
            view! {
                <div class="chat-over">
                    <p>{if missed.get() { says_missed } else { says_over }}</p>
                    <a class="button primary" href=move || address.compose_from_chat()><Icon glyph=Glyph::Envelope/>{create}</a>
                </div>
            }
        })
    }
}

/// How an answer reaches a visitor who is not there.
#[component]
pub fn Absent() -> impl IntoView {
    let (thread, live, language) = (use_thread(), use_live(), use_language());
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let over = fact(thread, |chat| chat.ended_at.is_some());
    let email = fact(thread, |chat| chat.guest.email.clone());
    // who is there is told a moment after the line opened
    let settled = RwSignal::new(false);
    Effect::new(move || set_timeout(move || _ = settled.try_set(true), SETTLES));
    let gone = Memo::new(move |_| over.get() || (settled.get() && live.connected().get() && !live.here(&id)));
    let said = move || {
        let name = thread.with(|thread| called(&thread.line.contact, language));
        let email = email.get();
        gone.get().then(|| {
            if email.is_empty() {
                language.fill(text::ABSENT_UNKNOWN, &[("name", &name)])
            } else {
                language.fill(text::ABSENT_BY_EMAIL, &[("name", &name), ("email", &email)])
            }
        })
    };
    view! { <p class="absent" role="status">{said}</p> }
}

/// How long after a page came to life it is known who is there.
const SETTLES: std::time::Duration = std::time::Duration::from_millis(2_500);

/// The line about a ticket made from a chat leads to it.
#[component]
pub fn TicketLink(
    /// What the line tells.
    happened: Happening,
) -> impl IntoView {
    let (address, language) = (use_address(), use_language());
    let Happening::TicketOpened { conversation, number } = happened else { return None };
    let says = language.fill(text::OPEN_TICKET, &[("number", &number.to_string())]);
    Some(view! { " · "<a href=move || address.conversation(&conversation)>{says}</a> })
}
