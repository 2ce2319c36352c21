//! For some seconds after sending: the way back.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    Moment,
    draft::{Draft, DraftPlace},
    message::{Author, Message, MessageKind},
    moment::SECOND,
    text::conversation as text,
};

use super::{acts::use_acts, address::use_address, header::use_thread, sheet::Sheets};
use crate::{
    live::use_live,
    text::use_language,
    ui::{BareForm, Glyph, Icon},
};

/// Clocks of two machines differ, and the way to the server takes a moment: the last second is not offered.
const SPARE: i64 = SECOND;

/// The bar.
#[component]
pub fn UndoBar() -> impl IntoView {
    let (thread, live, acts, language) = (use_thread(), use_live(), use_acts(), use_language());
    let sheets: Sheets = expect_context();
    let (address, navigate) = (use_address(), use_navigate());
    let clock = RwSignal::new(live.now().get_untracked());
    let me = live.me();
    let mine = move |message: &&Message| matches!(&message.author, Author::Agent { id, .. } if *id == me) && message.held_until.is_some();
    let last = Memo::new(move |_| {
        thread.with(|thread| {
            thread
                .messages
                .iter()
                .rev()
                .find(&mine)
                .map(|message| (message.id.clone(), message.held_until.unwrap_or_default(), message.kind))
        })
    });
    let held = Memo::new(move |_| last.get().filter(|(_, until, _)| *until > clock.get().plus(SPARE)));
    // ticks only while there is something to count down
    Effect::new(move || {
        if let Some((_, until, _)) = last.get() {
            clock.set(live.clock());
            let ticking = (until > live.clock())
                .then(|| set_interval_with_handle(move || _ = clock.try_set(live.clock()), Duration::from_millis(250)).ok())
                .flatten();
            on_cleanup(move || {
                if let Some(ticking) = ticking.as_ref() {
                    IntervalHandle::clear(ticking);
                }
            });
        }
    });
    Effect::new(move || {
        if let Some(Ok((place, draft))) = acts.undo.answer::<(DraftPlace, Draft)>() {
            acts.undo.value().set(None);
            match place {
                // there is no ticket any more: back to the form it was made by
                DraftPlace::FromChat(chat) => navigate(&address.compose_from(&chat), NavigateOptions::default()),
                DraftPlace::Note(_) => sheets.note.put_back(draft),
                _ => sheets.reply.put_back(draft),
            }
        }
    });
    view! {
        <div class="undo" role="status">
            {move || held.get().map(|(id, until, what)| {
                view! {
                    <BareForm action=acts.undo attr:class="undo-bar">
                        <span>{if what == MessageKind::Noted { language.say(text::NOTED) } else { language.say(text::SENT) }}</span>
                        <input type="hidden" name="message" value=id.to_string()/>
                        <button class="button small"><Icon glyph=Glyph::Undo/>{language.say(text::UNDO)}</button>
                        <span class="undo-left" aria-hidden="true">{move || left(until, clock.get())}</span>
                    </BareForm>
                }
            })}
        </div>
    }
}

/// Seconds left.
fn left(until: Moment, now: Moment) -> String {
    format!("{} s", (until.since(now) - SPARE).max(0) / SECOND + 1)
}
