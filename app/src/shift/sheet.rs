//! The sheet about one message, or about merging the ticket: a dialog that its address opens, so that it works without wasm.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    ConversationId, MessageId,
    conversation::Kind,
    message::{Happening, MessageKind},
    shift::How,
    text::shift as text,
};

use super::{
    api::{MergeTicket, MoveMessage, SplitTicket},
    why::Why,
};
use crate::{
    conversation::{About, Asked, use_address, use_asked, use_thread},
    text::{t, use_language},
    ui::{Act, Form, Glyph, Hidden, Icon, PageDialog, Submit, TextField},
};

/// What the address asks for, over the conversation.
#[component]
pub fn ShiftSheet() -> impl IntoView {
    let (address, language) = (use_address(), use_language());
    let asked = use_asked();
    move || {
        asked.get().map(|asked| {
            let merge = asked == Asked::Merge;
            let title = language.say(if merge { text::MERGE_TITLE } else { text::MESSAGE_TITLE });
            view! {
                <PageDialog title closed=Signal::derive(move || address.composed()) class="dialog shift-sheet">
                    <div class="dialog-body stack">
                        {match asked {
                            Asked::Merge => view! { <Merge/> }.into_any(),
                            Asked::Message(id) => view! { <OfMessage id/> }.into_any(),
                        }}
                    </div>
                </PageDialog>
            }
        })
    }
}

/// Once it is done, the ticket is shown in which the words are.
fn then_open(act: Act) {
    let (address, navigate) = (use_address(), use_navigate());
    Effect::new(move |before: Option<()>| {
        if let Some(Ok(id)) = act.answer::<ConversationId>().filter(|_| before.is_some()) {
            navigate(&address.conversation(&id), NavigateOptions::default());
        }
    });
}

/// Tickets of the same person, to choose from by number.
#[component]
fn Known() -> impl IntoView {
    let others = use_thread().with_untracked(|thread| thread.others.clone());
    let options = others.into_iter().filter(|line| line.kind == Kind::Ticket).filter_map(|line| {
        let number = line.number?;
        Some(view! { <option value=format!("#{number}")>{line.subject}</option> })
    });
    view! { <datalist id="tickets-known">{options.collect_view()}</datalist> }
}

#[component]
fn OfMessage(id: MessageId) -> impl IntoView {
    let (thread, language) = (use_thread(), use_language());
    let (shift, split) = (Act::new::<MoveMessage>(), Act::new::<SplitTicket>());
    then_open(shift);
    then_open(split);
    let found = thread.with_untracked(|thread| {
        let message = thread.messages.iter().find(|message| message.id == id)?.clone();
        let first = thread.messages.iter().find(|message| message.kind != MessageKind::Happened).is_some_and(|first| first.id == id);
        Some((message, first && !thread.earlier))
    });
    let Some((message, first)) = found else { return view! { <p>{language.say(text::NO_MESSAGE)}</p> }.into_any() };
    let subject = thread.with_untracked(|thread| thread.line.subject.clone());
    let ticket = thread.with_untracked(|thread| thread.line.kind == Kind::Ticket);
    let (of_why, word) = (id.clone(), id.to_string());
    let other = word.clone();
    view! {
        {message.letter_in.is_some().then(move || view! { <Why message=of_why/> })}
        {ticket.then(move || view! {
            <section aria-labelledby="move-title">
                <h3 id="move-title">{t(text::MOVE)}</h3>
                <Known/>
                <Form action=shift>
                    <Hidden name="message" value=word/>
                    <TextField name="ticket" label=t(text::NUMBER) placeholder="#1042" list="tickets-known" hint=t(text::MOVE_HINT)/>
                    <Submit class="button">{t(text::MOVE_BUTTON)}</Submit>
                </Form>
            </section>
        })}
        {(ticket && !first).then(move || view! {
            <section aria-labelledby="split-title">
                <h3 id="split-title">{t(text::SPLIT)}</h3>
                <Form action=split>
                    <Hidden name="message" value=other/>
                    <TextField name="subject" label=t(text::SUBJECT) value=subject hint=t(text::SPLIT_HINT)/>
                    <Submit class="button">{t(text::SPLIT_BUTTON)}</Submit>
                </Form>
            </section>
        })}
    }
    .into_any()
}

#[component]
fn Merge() -> impl IntoView {
    let id = use_thread().with_untracked(|thread| thread.line.id.clone());
    let merge = Act::new::<MergeTicket>();
    then_open(merge);
    view! {
        <Known/>
        <p>{t(text::MERGE_HINT)}</p>
        <Form action=merge>
            <About id/>
            <TextField name="ticket" label=t(text::MERGE_NUMBER) placeholder="#1042" list="tickets-known" first=true/>
            <Submit>{t(text::MERGE_BUTTON)}</Submit>
        </Form>
    }
}

/// In place of the box to write in: where the words of a merged ticket are now.
#[component]
pub fn MergedInto() -> impl IntoView {
    let (thread, address, language) = (use_thread(), use_address(), use_language());
    let into = Memo::new(move |_| {
        thread.with(|thread| {
            thread.messages.iter().rev().find_map(|message| match &message.happened {
                Some(Happening::Shifted { how, out, number, conversation, undone_by, .. }) => {
                    // a ticket that was split off goes back by undoing it
                    let gone = match how {
                        How::Merged => *out && undone_by.is_none(),
                        How::Split => !*out && undone_by.is_some(),
                        How::Moved => false,
                    };
                    gone.then(|| (*number, conversation.clone()))
                }
                _ => None,
            })
        })
    });
    view! {
        <div class="merged-into">
            <Icon glyph=Glyph::Archive/>
            <p>{t(text::MERGED)}</p>
            {move || into.get().map(|(number, id)| {
                let open = language.fill(text::OPEN, &[("number", &number.to_string())]);
                view! { <a class="button" href=move || address.conversation(&id)>{open}</a> }
            })}
        </div>
    }
}

/// The link to the sheet about a message.
#[component]
pub fn AboutMessage(
    /// Which.
    id: MessageId,
) -> impl IntoView {
    let address = use_address();
    view! {
        <a class="icon-button message-more" href=move || address.about(&id) rel="nofollow" aria-label=t(text::ABOUT)>
            <Icon glyph=Glyph::Dots/>
        </a>
    }
}
