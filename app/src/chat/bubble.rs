//! One message of a chat: the visitor's at the left, ours at the right, those of one person close together.

use leptos::prelude::*;
use model::{
    Moment,
    message::{Author, Channel, Message, MessageKind},
    moment::MINUTE,
    text::{chat as text, conversation as words},
    thread::Thread,
};

use super::{facts::fact, own::OwnActs};
use crate::{
    conversation::{Attachments, Body, Held, Letters, Originals, called, use_thread},
    live::use_live,
    text::{t, use_language},
    ui::Time,
};

/// Words of one person that are no further apart stand together.
const TOGETHER: i64 = 5 * MINUTE;

/// Whether a message goes on where the one before it ended.
pub fn follows(thread: &Thread, message: &Message) -> bool {
    let place = thread.messages.iter().position(|other| other.id == message.id);
    let before = place.and_then(|place| thread.messages.get(place.checked_sub(1)?));
    before.is_some_and(|before| goes_on(before, message))
}

fn goes_on(before: &Message, message: &Message) -> bool {
    let same = match (&before.author, &message.author) {
        (Author::Agent { id: one, .. }, Author::Agent { id: other, .. }) => one == other,
        (Author::Contact { id: one, .. }, Author::Contact { id: other, .. }) => one == other,
        _ => false,
    };
    same && before.kind == message.kind && before.channel == message.channel && message.at.since(before.at) < TOGETHER
}

/// The last of our messages that the visitor has read.
fn last_seen(thread: &Thread, read_at: Moment) -> Option<&Message> {
    let ours = |message: &&Message| {
        message.kind == MessageKind::Said && message.channel == Channel::Chat && matches!(message.author, Author::Agent { .. })
    };
    thread.messages.iter().rev().filter(ours).find(|message| message.at <= read_at)
}

/// A message.
#[component]
pub fn Bubble(
    /// Which.
    message: Message,
) -> impl IntoView {
    let (thread, live, language) = (use_thread(), use_live(), use_language());
    let note = message.kind == MessageKind::Noted;
    let ours = matches!(message.author, Author::Agent { .. });
    let own = matches!(&message.author, Author::Agent { id, .. } if *id == live.me());
    let held = message.mark;
    let name = match &message.author {
        Author::Agent { name, .. } => name.clone(),
        Author::Contact { name, .. } if !name.is_empty() => name.clone(),
        Author::Contact { .. } => thread.with_untracked(|thread| called(&thread.line.contact, language)),
        Author::System => "Recado".into(),
    };
    let by = match message.channel {
        _ if note => Some(t(words::INTERNAL_NOTE)),
        Channel::Chat => None,
        Channel::Email | Channel::Web => Some(t(words::BY_EMAIL)),
    };
    let itself = message.clone();
    let close = Memo::new(move |_| thread.with(|thread| follows(thread, &itself)));
    let read_at = fact(thread, |chat| chat.read_at);
    let id = message.id.clone();
    let seen = Memo::new(move |_| {
        let read_at = read_at.get().filter(|_| ours)?;
        thread.with(|thread| last_seen(thread, read_at).is_some_and(|last| last.id == id)).then_some(())
    });
    let changeable = own && (note || message.channel == Channel::Chat);
    let (says_seen, edited) = (t(text::SEEN), message.edited_at.map(|_| t(text::EDITED)));
    view! {
        <article class="bubble" class:ours=ours class:note=note class:follows=move || close.get() data-message=message.id.to_string()>
            <header class="message-head">
                <b>{name}</b>
                {by.map(|by| view! { <span>{by}</span> })}
                <Time at=message.at/>
                {(!message.letters.is_empty()).then(|| view! { <Letters letters=message.letters.clone()/> })}
            </header>
            {held.map(|mark| view! { <Held mark id=message.id.clone()/> })}
            <div class="bubble-line">
                {changeable.then(|| view! { <OwnActs id=message.id.clone() words=message.text.clone()/> })}
                <div class="bubble-words"><Body message=message.clone()/></div>
            </div>
            <Attachments all=message.attachments.clone()/>
            <Originals message=message.clone()/>
            <p class="bubble-marks">
                {edited.map(|edited| view! { <span>{edited}</span> })}
                {move || seen.get().map(|()| view! { <span class="seen">{says_seen}</span> })}
            </p>
        </article>
    }
}

#[cfg(test)]
mod tests {
    use model::{AgentId, ContactId, ConversationId, MessageId, moment::SECOND};

    use super::*;

    fn said(author: &Author, at: i64) -> Message {
        Message {
            id: MessageId::new(),
            conversation: ConversationId::new(),
            seq: at,
            place: 0,
            kind: MessageKind::Said,
            author: author.clone(),
            channel: Channel::Chat,
            at: Moment(at),
            held_until: None,
            edited_at: None,
            text: "Hello".into(),
            rendered: String::new(),
            quoted: None,
            html: false,
            happened: None,
            mark: None,
            attachments: vec![],
            letters: vec![],
            letter_in: None,
        }
    }

    #[test]
    fn words_of_one_person_stand_together_for_some_minutes() {
        let visitor = Author::Contact { id: ContactId::new(), name: String::new() };
        let agent = Author::Agent { id: AgentId::new(), name: "Marta".into() };
        let first = said(&visitor, 0);
        assert!(goes_on(&first, &said(&visitor, 10 * SECOND)));
        assert!(!goes_on(&first, &said(&visitor, 10 * MINUTE)));
        assert!(!goes_on(&first, &said(&agent, SECOND)));
        assert!(!goes_on(&first, &Message { channel: Channel::Email, ..said(&visitor, SECOND) }));
    }
}
