//! The cards of the timeline: a conversation's words, and a visit.

use leptos::prelude::*;
use model::{
    Moment,
    contact::profile::{Stay, Words},
    conversation::Line,
    message::{Author, Channel, MessageKind},
    moment::MINUTE,
    rule::path_of,
    text::{contact as texts, conversation},
};

use crate::{
    conversation::{happening_said, status_tone, status_word},
    live::use_live,
    text::{count, t, use_language},
    ui::{Chip, Glyph, Icon, Time, Tone},
    visitor::host_of,
};

/// Entries of a conversation that are shown at once.
const SHOWN: usize = 3;

/// What was said in a conversation on one day, in the order it is read; what is earlier is folded away.
#[component]
pub fn WordsCard(line: Line, words: Vec<(Moment, String, Words)>) -> impl IntoView {
    let language = use_language();
    let title = match line.number {
        Some(number) => format!("#{number} {}", line.subject),
        None => t(texts::CHAT).to_owned(),
    };
    let at = words.first().map_or(line.last_at, |(at, ..)| *at);
    let spoken = |kind: MessageKind| kind != MessageKind::Happened;
    // of a short run all is shown: a fold for one line would be as high as the line
    let shown = if words.len() <= SHOWN + 1 { words.len() } else { SHOWN };
    let mut later: Vec<_> = words.into_iter().rev().collect();
    let earlier: Vec<_> = later.drain(..later.len() - shown).collect();
    let folded = i64::try_from(earlier.iter().filter(|(.., words)| spoken(words.kind)).count().max(1)).unwrap_or(1);
    let said = |all: Vec<(Moment, String, Words)>| all.into_iter().map(|(at, _, words)| view! { <li><Said at words/></li> }).collect_view();
    view! {
        <article class="passed-card">
            <header>
                <a href=format!("/inbox/{}", line.id)>{title}</a>
                {line.missed.then(|| view! { <Chip tone=Tone::Bad>{t(conversation::MISSED)}</Chip> })}
                <Chip tone=status_tone(line.status)>{language.say(status_word(line.status))}</Chip>
                <Time at/>
            </header>
            {(!earlier.is_empty()).then(|| view! {
                <details class="passed-earlier">
                    <summary>{count(texts::FOLDED, folded)}</summary>
                    <ol>{said(earlier)}</ol>
                </details>
            })}
            <ol>{said(later)}</ol>
        </article>
    }
}

#[component]
fn Said(at: Moment, words: Words) -> impl IntoView {
    let language = use_language();
    let (name, ours) = match &words.author {
        Author::Agent { name, .. } => (name.clone(), true),
        Author::Contact { name, .. } => (if name.is_empty() { t(conversation::VISITOR).to_owned() } else { name.clone() }, false),
        Author::System => ("Recado".to_owned(), true),
    };
    if let Some(happened) = &words.happened {
        let zone = use_live().roster().with_untracked(|roster| roster.zone.clone());
        let said = happening_said(happened, &words.author, &zone, language);
        let said = if said.is_empty() { t(texts::SHIFTED).to_owned() } else { said };
        return view! { <p class="passed-event">{said}</p> }.into_any();
    }
    let noted = words.kind == MessageKind::Noted;
    view! {
        <div class="passed-words" class:noted=noted class:ours=ours class:marked=words.marked>
            <p>
                <b>{name}</b>
                {noted.then(|| view! { <span class="hint">{t(conversation::INTERNAL_NOTE)}</span> })}
                {(words.channel == Channel::Email).then(|| view! { <span class="hint">{t(conversation::BY_EMAIL)}</span> })}
                <Time at/>
                {(words.files > 0).then(|| view! { <span class="hint contact-files"><Icon glyph=Glyph::Attach/>{count(conversation::FILES, words.files)}</span> })}
            </p>
            <p class="passed-text">{words.text}</p>
        </div>
    }
    .into_any()
}

/// A visit to the site.
#[component]
pub fn Visited(at: Moment, stay: Stay) -> impl IntoView {
    let minutes = stay.seen_at.since(at) / MINUTE;
    let mut about = vec![count(texts::PAGES_SEEN, stay.pages)];
    about.extend((minutes > 0).then(|| count(texts::FOR_MINUTES, minutes)));
    about.extend((!stay.referrer.is_empty()).then(|| use_language().fill(texts::CAME_FROM, &[("site", &host_of(&stay.referrer))])));
    about.push(model::browser::called(&stay.browser));
    about.extend(stay.country);
    view! {
        <article class="passed-visit">
            <p><b>{t(texts::VISITED)}</b>" "<a href=stay.page.clone() rel="noopener noreferrer" target="_blank">{path_of(&stay.page).to_owned()}</a><Time at/></p>
            <p class="hint">{about.join(" · ")}</p>
        </article>
    }
}
