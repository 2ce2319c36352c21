//! The plain page: what the conversation is, then all that was said, noted and happened, oldest first. Notes can be left out.

use leptos::prelude::*;
use leptos_meta::{Html, Title};
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    Refusal,
    attachment::size_text,
    message::{Author, Message, MessageKind},
    roster::Roster,
    text::{conversation as words, print as text},
    thread::Thread,
};

use super::api::load_whole_thread;
use crate::{
    conversation::{about, assignee_name, called, happening_said, priority_word, status_word},
    error::{Error, Result},
    roster::load_roster,
    ui::{absolute, loaded},
};

/// The page.
#[component]
pub fn PrintPage() -> impl IntoView {
    let params = use_params_map();
    let id = params.with_untracked(|params| params.get_str("conversation").and_then(|id| id.parse().ok()));
    let whole = Resource::new_blocking(
        || (),
        move |()| {
            let id = id.clone();
            async move {
                let Some(id) = id else { return Err(Error::Refused(Refusal::NotFound)) };
                let thread = load_whole_thread(id).await?;
                Result::Ok((thread, load_roster().await?))
            }
        },
    );
    view! { <main class="print-page">{loaded(whole, |(thread, roster)| view! { <Whole thread roster/> })}</main> }
}

#[component]
fn Whole(thread: Thread, roster: Roster) -> impl IntoView {
    let (language, zone) = (roster.language, roster.zone.clone());
    let bare = use_query_map().with_untracked(|query| query.get_str("notes") == Some("0"));
    let line = thread.line.clone();
    let title = line.number.map_or_else(|| about(&line, language), |number| format!("#{number} {}", line.subject));
    let other = if bare { format!("/print/{}", line.id) } else { format!("/print/{}?notes=0", line.id) };
    let fact = |label, value: String| (!value.is_empty()).then(|| view! { <div><dt>{language.say(label)}</dt><dd>{value}</dd></div> });
    let people = thread.participants.iter().map(|one| one.email.clone()).collect::<Vec<_>>().join(", ");
    let with = format!("{} {}", called(&line.contact, language), if line.contact.name.is_empty() { "" } else { &line.contact.email });
    let entries: Vec<_> = thread
        .messages
        .iter()
        .filter(|message| !(bare && message.kind != MessageKind::Said))
        .map(|message| entry(message, &roster))
        .collect();
    view! {
        <Html attr:lang=language.tag()/>
        <Title text=title.clone()/>
        <header class="print-head">
            <p class="print-acts">
                <a class="button" href=format!("/inbox/{}", line.id)>{language.say(text::BACK)}</a>
                <a class="button" href=other rel="external">{language.say(if bare { text::WITH_NOTES } else { text::WITHOUT_NOTES })}</a>
                <button type="button" class="button primary" on:click=|_| drop(window().print())>{language.say(text::PRINT)}</button>
            </p>
            <p>{roster.property.name.clone()}</p>
            <h1>{title}</h1>
            <dl class="print-facts">
                {fact(text::WITH, with.trim().to_owned())}
                {fact(words::PARTICIPANTS, people)}
                {fact(words::STATUS, language.say(status_word(line.status)).to_owned())}
                {fact(words::PRIORITY, language.say(priority_word(line.priority)).to_owned())}
                {fact(words::ASSIGNED, assignee_name(&roster, &line.assignee, language))}
                {fact(text::TAGS, line.tags.join(", "))}
                {fact(words::OPENED, absolute(line.created_at, &zone, language))}
            </dl>
        </header>
        {thread.earlier.then(|| view! { <p class="event">{language.say(text::EARLIER)}</p> })}
        {entries}
    }
}

fn entry(message: &Message, roster: &Roster) -> AnyView {
    let language = roster.language;
    let at = absolute(message.at, &roster.zone, language);
    if message.kind == MessageKind::Happened {
        let said = message.happened.as_ref().map(|happened| happening_said(happened, &message.author, &roster.zone, language));
        return said.filter(|said| !said.is_empty()).map(|said| view! { <p class="event">{said}" · "{at}</p> }).into_any();
    }
    let name = match &message.author {
        Author::Contact { name, .. } if name.is_empty() => language.say(words::VISITOR).to_owned(),
        Author::Agent { name, .. } | Author::Contact { name, .. } => name.clone(),
        Author::System => "Recado".into(),
    };
    let note = message.kind == MessageKind::Noted;
    let (text, rendered) = (message.text.clone(), message.rendered.clone());
    let files = message.attachments.iter().filter(|file| !file.inline).map(|file| format!("{} ({})", file.name, size_text(file.size)));
    let files = files.map(|file| view! { <li>{file}</li> }).collect::<Vec<_>>();
    view! {
        <article class="print-entry" class:note=note>
            <p class="print-who"><b dir="auto">{name}</b>{note.then(|| format!(" · {}", language.say(words::INTERNAL_NOTE)))}" · "{at}</p>
            {if rendered.is_empty() {
                view! { <div class="print-words plain" dir="auto">{text}</div> }.into_any()
            } else {
                view! { <div class="print-words" dir="auto" inner_html=rendered></div> }.into_any()
            }}
            {(!files.is_empty()).then(|| view! { <ul class="print-files">{files}</ul> })}
        </article>
    }
    .into_any()
}
