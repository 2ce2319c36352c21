//! What agents note of a contact: written, changed, taken away.

use leptos::prelude::*;
use model::{
    AgentId,
    contact::Note,
    message::Author,
    roster::Roster,
    text::{common, contact as texts},
};

use super::{
    api::{ChangeContactNote, DeleteContactNote, NoteContact},
    page::PageState,
};
use crate::{
    roster::use_roster,
    text::{t, use_language},
    ui::{Act, Avatar, Empty, Form, Glyph, Hidden, Submit, TextAreaField, Time, each, on_done, use_toasts},
};

/// What is done to notes.
#[derive(Clone, Copy)]
struct Acts {
    change: Act,
    delete: Act,
}

/// The notes, and the form for another one.
#[component]
pub fn Notes(state: PageState) -> impl IntoView {
    let (profile, language) = (state.profile, use_language());
    let id = profile.with_untracked(|profile| profile.card.contact.id.to_string());
    let write = Act::new::<NoteContact>();
    let acts = Acts { change: Act::new::<ChangeContactNote>(), delete: Act::new::<DeleteContactNote>() };
    let (toasts, saved) = (use_toasts(), t(common::SAVED));
    on_done(acts.change, move |()| toasts.say(saved));
    let notes = move || profile.with(|profile| profile.notes.clone());
    let none = Memo::new(move |_| profile.with(|profile| profile.notes.is_empty()));
    view! {
        <Form action=write key=id.clone() class="form card note-form" empties=true>
            <Hidden name="contact" value=id/>
            <TextAreaField name="text" label=t(texts::NOTE) rows=3 hint=t(texts::NOTE_HINT)/>
            <div class="actions"><Submit>{t(texts::NOTE_IT)}</Submit></div>
        </Form>
        <ul class="contact-notes">
            {each(notes, |note| (note.id.clone(), note.text.clone()), move |note| view! { <li><Written note acts/></li> })}
        </ul>
        <Show when=move || none.get()><Empty glyph=Glyph::Pencil title=language.say(texts::NO_NOTES)/></Show>
    }
}

/// A note, and what its author or an admin can do to it.
#[component]
fn Written(note: Note, acts: Acts) -> impl IntoView {
    let (id, key) = (note.id.to_string(), note.id.to_string());
    let same = id.clone();
    let own = use_roster().with_untracked(|roster| roster.admin() || author_of(&note).is_some_and(|author| is_me(roster, author)));
    let text = note.text.clone();
    view! {
        <NoteCard note/>
        {own.then(|| view! {
            <details class="more">
                <summary>{t(common::EDIT)}</summary>
                <Form action=acts.change key=key.clone()>
                    <Hidden name="note" value=same/>
                    <TextAreaField name="text" label=t(texts::NOTE) value=text rows=3/>
                    <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
                </Form>
                <Form action=acts.delete class="inline" key>
                    <Hidden name="note" value=id/>
                    <Submit class="button small danger">{t(texts::DELETE_NOTE)}</Submit>
                </Form>
            </details>
        })}
    }
}

fn author_of(note: &Note) -> Option<&AgentId> {
    match &note.author {
        Author::Agent { id, .. } => Some(id),
        _ => None,
    }
}

fn is_me(roster: &Roster, author: &AgentId) -> bool {
    roster.me == *author
}

/// A note as it stands in the timeline, too.
#[component]
pub fn NoteCard(
    /// The note.
    note: Note,
) -> impl IntoView {
    let name = match &note.author {
        Author::Agent { name, .. } | Author::Contact { name, .. } => name.clone(),
        Author::System => "Recado".to_owned(),
    };
    let picture = use_roster().with_untracked(|roster| roster.picture_of(&note.author));
    view! {
        <article class="contact-note">
            <header><Avatar name=name.clone() picture/><b>{name}</b><Time at=note.at/>{note.edited_at.map(|_| view! { <span>{t(texts::EDITED)}</span> })}</header>
            <p>{note.text}</p>
        </article>
    }
}
