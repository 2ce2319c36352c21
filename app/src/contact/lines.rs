//! The chats or the tickets of a contact.

use leptos::prelude::*;
use model::{
    contact::profile::Tab,
    conversation::Line,
    text::{contact as texts, conversation},
};

use super::page::PageState;
use crate::{
    conversation::{status_tone, status_word},
    text::use_language,
    ui::{Chip, Empty, Glyph, Icon, Time, Tone, each},
};

/// The list.
#[component]
pub fn Lines(state: PageState) -> impl IntoView {
    let (profile, language) = (state.profile, use_language());
    let tab = profile.with_untracked(|profile| profile.tab);
    let lines = move || profile.with(|profile| profile.lines.clone());
    let none = Memo::new(move |_| profile.with(|profile| profile.lines.is_empty()));
    let nothing = if tab == Tab::Chats { texts::NO_CHATS } else { texts::NO_TICKETS };
    let glyph = if tab == Tab::Chats { Glyph::Chat } else { Glyph::Envelope };
    view! {
        <ul class="card flush rows contact-lines">
            {each(lines, |line| (line.id.clone(), line.seq), |line| view! { <LineRow line/> })}
        </ul>
        <Show when=move || none.get()><Empty glyph title=language.say(nothing)/></Show>
    }
}

/// One of them.
#[component]
pub fn LineRow(
    /// Which.
    line: Line,
) -> impl IntoView {
    let language = use_language();
    let says = if line.subject.is_empty() { line.preview.clone() } else { line.subject.clone() };
    let preview = (!line.subject.is_empty()).then(|| line.preview.clone());
    view! {
        <li>
            <a class="row-line" href=format!("/inbox/{}", line.id)>
                <span class="row-main">
                    <b>{line.number.map(|number| view! { <span class="row-number">{format!("#{number} ")}</span> })}{says}</b>
                    {preview.map(|preview| view! { <span class="hint">{preview}</span> })}
                </span>
                {line.missed.then(|| view! { <Chip tone=Tone::Bad>{language.say(conversation::MISSED)}</Chip> })}
                <Chip tone=status_tone(line.status)>{language.say(status_word(line.status))}</Chip>
                {(line.attachments > 0).then(|| view! { <span class="hint contact-files"><Icon glyph=Glyph::Attach/>{line.attachments}</span> })}
                <Time at=line.last_at/>
            </a>
        </li>
    }
}
