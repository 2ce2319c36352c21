//! One thing that was found, and what was wrong with what was typed. Hits are marked by the server, as pieces of text: nothing here
//! is ever HTML.

use leptos::prelude::*;
use model::{
    Language, Text,
    contact::Card,
    conversation::Kind,
    search::{Hit, Operator, Person, Piece, Problem, Whence, Wrong},
    text::{conversation, search as texts},
};

use crate::{
    conversation::{called, status_tone, status_word},
    text::use_language,
    ui::{Avatar, Chip, Glyph, Icon, Time, Tone},
};

/// A text with its hits marked.
pub fn marked(pieces: Vec<Piece>) -> impl IntoView {
    pieces
        .into_iter()
        .map(
            |piece| if piece.hit { view! { <mark>{piece.text}</mark> }.into_any() } else { view! { <span>{piece.text}</span> }.into_any() },
        )
        .collect_view()
}

/// Where a conversation opens.
pub fn address_of(hit: &Hit) -> String {
    format!("/inbox/{}", hit.line.id)
}

/// Where a contact opens.
pub fn address_of_person(card: &Card) -> String {
    format!("/contacts/{}", card.contact.id)
}

/// What stands in the row of a conversation.
#[component]
pub fn HitRow(hit: Hit) -> impl IntoView {
    let language = use_language();
    let line = hit.line;
    let chat = line.kind == Kind::Chat;
    let whence = match hit.whence {
        Whence::Noted => Some((Glyph::Pencil, language.say(texts::NOTE).to_owned())),
        Whence::File(name) => Some((Glyph::Attach, language.fill(texts::FILE, &[("name", &name)]))),
        Whence::Said | Whence::Last => None,
    };
    let who = if line.contact.name.is_empty() && line.contact.email.is_empty() {
        view! { <span>{called(&line.contact, language)}</span> }.into_any()
    } else {
        marked(hit.who).into_any()
    };
    view! {
        <span class="hit-sign"><Icon glyph=if chat { Glyph::Chat } else { Glyph::Envelope }/></span>
        <span class="hit-main">
            <span class="hit-head">
                <b>{if hit.subject.is_empty() { who.into_any() } else { marked(hit.subject).into_any() }}</b>
                {line.number.map(|number| view! { <span class="row-number">{format!("#{number}")}</span> })}
            </span>
            <span class="hit-snippet">
                {whence.map(|(glyph, says)| view! { <span class="hit-whence"><Icon glyph/>{says}" "</span> })}
                {marked(hit.snippet)}
            </span>
            <span class="hit-facts">
                {(!chat).then(|| view! { <span class="hit-who">{called(&line.contact, language)}</span> })}
                <Chip tone=status_tone(line.status)>{language.say(status_word(line.status))}</Chip>
                {line.missed.then(|| view! { <Chip tone=Tone::Warm>{language.say(conversation::MISSED)}</Chip> })}
                {(line.attachments > 0).then(|| view! { <span class="hit-files"><Icon glyph=Glyph::Attach/>{line.attachments}</span> })}
            </span>
        </span>
        <span class="hit-time"><Time at=line.last_at/></span>
    }
}

/// What stands in the row of a contact.
#[component]
pub fn PersonRow(person: Person) -> impl IntoView {
    let language = use_language();
    let name = called(&person.card.contact, language);
    let unnamed = person.card.contact.name.is_empty();
    let email = (!unnamed).then(|| view! { <span class="hit-email">{marked(person.email.clone())}</span> });
    view! {
        <span class="hit-sign"><Avatar name=name.clone()/></span>
        <span class="hit-main">
            <span class="hit-head"><b>{if unnamed { marked(person.email).into_any() } else { marked(person.name).into_any() }}</b>{email}</span>
            {(!person.card.organisation.is_empty()).then(|| view! { <span class="hit-snippet">{person.card.organisation}</span> })}
            {(!person.note.is_empty()).then(|| view! {
                <span class="hit-snippet"><span class="hit-whence"><Icon glyph=Glyph::Pencil/>{language.say(texts::NOTE)}" "</span>{marked(person.note)}</span>
            })}
        </span>
        <span class="hit-time"><Time at=person.card.last_at/></span>
    }
}

/// What was left out of what was typed, and why, at its place: the part itself is named.
#[component]
pub fn Problems(text: String, problems: Vec<Problem>) -> impl IntoView {
    let language = use_language();
    let says = move |problem: &Problem| {
        let part: String = text.get(problem.from..problem.to).unwrap_or_default().chars().take(40).collect();
        said(language, &part, problem.why)
    };
    view! {
        <ul class="search-problems">
            {problems.iter().map(|problem| view! { <li><Icon glyph=Glyph::Alert/><span>{says(problem)}</span></li> }).collect_view()}
        </ul>
    }
}

fn said(language: Language, part: &str, why: Wrong) -> String {
    let text = match why {
        Wrong::Unknown(operator) => return language.fill(texts::WRONG_UNKNOWN, &[("part", part), ("operator", operator.word())]),
        Wrong::Empty(_) => texts::WRONG_EMPTY,
        Wrong::NotADay => texts::WRONG_DAY,
        Wrong::Open => texts::WRONG_OPEN,
        Wrong::OnlyNot => texts::WRONG_ONLY_NOT,
        Wrong::TooLong => texts::WRONG_LONG,
    };
    language.fill(text, &[("part", part)])
}

/// What an operator asks for.
pub const fn operator_text(operator: Operator) -> Text {
    match operator {
        Operator::Assignee => texts::OPERATOR_ASSIGNEE,
        Operator::Department => texts::OPERATOR_DEPT,
        Operator::Tag => texts::OPERATOR_TAG,
        Operator::Status => texts::OPERATOR_STATUS,
        Operator::Priority => texts::OPERATOR_PRIORITY,
        Operator::From => texts::OPERATOR_FROM,
        Operator::Is => texts::OPERATOR_IS,
        Operator::Has => texts::OPERATOR_HAS,
        Operator::Before => texts::OPERATOR_BEFORE,
        Operator::After => texts::OPERATOR_AFTER,
        Operator::In => texts::OPERATOR_IN,
    }
}

/// How many were found.
pub fn counted(language: Language, total: usize, bounded: bool) -> String {
    if bounded {
        return language.fill(texts::FOUND_SOME, &[("n", &total.to_string())]);
    }
    language.count(texts::FOUND, i64::try_from(total).unwrap_or(i64::MAX))
}
