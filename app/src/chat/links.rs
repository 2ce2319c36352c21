//! The links between a chat and the tickets made from it, both ways.

use leptos::prelude::*;
use model::text::{chat as text, conversation};

use super::facts::fact;
use crate::{
    conversation::{use_address, use_thread},
    text::{t, use_language},
    ui::{Glyph, Icon, each},
};

/// In a chat its tickets, in a ticket its chat.
#[component]
pub fn Links() -> impl IntoView {
    let (thread, address, language) = (use_thread(), use_address(), use_language());
    let tickets = fact(thread, |chat| chat.tickets.clone());
    let origin = thread.with_untracked(|thread| thread.origin.clone());
    view! {
        {each(move || tickets.get(), |ticket| (ticket.id.clone(), ticket.number), move |ticket| {
            let label = language.fill(text::TICKET_NUMBER, &[("number", &ticket.number.to_string())]);
            view! { <a class="chip linked" href=move || address.conversation(&ticket.id)><Icon glyph=Glyph::Envelope/>{label}</a> }
        })}
        {origin.map(|chat| view! {
            <a class="chip linked" href=move || address.conversation(&chat)><Icon glyph=Glyph::Chat/>{t(conversation::FROM_CHAT)}</a>
        })}
    }
}
