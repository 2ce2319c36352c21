//! The line that tells that words came from another ticket, or went into one: with a link there, and the way back.

use leptos::prelude::*;
use model::{
    Moment,
    message::{Author, Happening},
    shift::How,
    text::{conversation, shift as text},
};

use super::api::UndoShift;
use crate::{
    conversation::{use_acts, use_address},
    text::use_language,
    ui::{Act, BareForm, Time},
};

/// The line.
#[component]
pub fn ShiftLine(
    /// What happened.
    happened: Happening,
    /// Who did it.
    author: Author,
    /// When.
    at: Moment,
) -> impl IntoView {
    let (address, acts, language) = (use_address(), use_acts(), use_language());
    let undo = acts.hear(Act::new::<UndoShift>());
    let Happening::Shifted { how, out, number, conversation, shift, undone_by } = happened else { return None };
    let words = match (how, out) {
        (How::Moved, true) => text::MOVED_OUT,
        (How::Moved, false) => text::MOVED_IN,
        (How::Split, true) => text::SPLIT_OUT,
        (How::Split, false) => text::SPLIT_IN,
        (How::Merged, true) => text::MERGED_OUT,
        (How::Merged, false) => text::MERGED_IN,
    };
    let who = match &author {
        Author::Agent { name, .. } | Author::Contact { name, .. } => name.as_str(),
        Author::System => "Recado",
    };
    let number = number.to_string();
    let says = language.fill(words, &[("who", who), ("number", &number)]);
    let open = language.fill(text::OPEN, &[("number", &number)]);
    let undone = undone_by.as_ref().map(|name| language.fill(text::UNDONE, &[("who", name)]));
    let done = undone.is_some();
    let label = format!("{}: {says}", language.say(conversation::UNDO));
    Some(view! {
        <div class="event shift-line" class:undone=done>
            <span>{says}" · "<Time at/></span>
            <a href=move || address.conversation(&conversation)>{open}</a>
            {match undone {
                Some(undone) => view! { <span class="shift-undone">{undone}</span> }.into_any(),
                None => view! {
                    <BareForm action=undo>
                        <input type="hidden" name="shift" value=shift.to_string()/>
                        <button class="button small" aria-label=label>{language.say(conversation::UNDO)}</button>
                    </BareForm>
                }.into_any(),
            }}
        </div>
    })
}
