//! The plain page: what the conversation is, then all that was said, noted and happened, oldest first. Notes can be left out.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{Html, Title};
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{Refusal, roster::Roster, text::print as text, thread::Thread};

use super::{
    api::load_whole_thread,
    sheet::{Entry, Sheet, Words},
};
use crate::{
    error::{Error, Result},
    roster::load_roster,
    ui::loaded,
};

/// What it looks like: no part of the style that every page loads.
const STYLE: &str = include_str!("../../../style/print.css");

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
    view! {
        <style nonce=use_nonce() inner_html=STYLE></style>
        <main class="print-page">{loaded(whole, |(thread, roster)| view! { <Whole thread roster/> })}</main>
    }
}

#[component]
fn Whole(thread: Thread, roster: Roster) -> impl IntoView {
    let bare = use_query_map().with_untracked(|query| query.get_str("notes") == Some("0"));
    let id = thread.line.id.clone();
    let (other, pdf) = if bare {
        (format!("/print/{id}"), format!("/export/{id}.pdf?notes=0"))
    } else {
        (format!("/print/{id}?notes=0"), format!("/export/{id}.pdf"))
    };
    let Sheet { language, property, title, facts, earlier, entries } = Sheet::of(thread, &roster, bare);
    let facts = facts.into_iter().map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }).collect::<Vec<_>>();
    view! {
        <Html attr:lang=language.tag()/>
        <Title text=title.clone()/>
        <header class="print-head">
            <p class="print-acts">
                <a class="button" href=format!("/inbox/{id}")>{language.say(text::BACK)}</a>
                <a class="button" href=other rel="external">{language.say(if bare { text::WITH_NOTES } else { text::WITHOUT_NOTES })}</a>
                <a class="button" href=pdf rel="external" download="">{language.say(text::AS_PDF)}</a>
                <button type="button" class="button primary" on:click=|_| drop(window().print())>{language.say(text::PRINT)}</button>
            </p>
            <p>{property}</p>
            <h1>{title}</h1>
            <dl class="print-facts">{facts}</dl>
        </header>
        {earlier.then(|| view! { <p class="event">{language.say(text::EARLIER)}</p> })}
        {entries.into_iter().map(entry).collect::<Vec<_>>()}
    }
}

fn entry(entry: Entry) -> AnyView {
    let Words { who, note, at, text, rendered, files, .. } = match entry {
        Entry::Event(said) => return view! { <p class="event">{said}</p> }.into_any(),
        Entry::Words(words) => words,
    };
    let files = files.into_iter().map(|file| view! { <li>{file}</li> }).collect::<Vec<_>>();
    view! {
        <article class="print-entry" class:note=note.is_some()>
            <p class="print-who"><b dir="auto">{who}</b>{note.map(|note| format!(" · {note}"))}" · "{at}</p>
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
