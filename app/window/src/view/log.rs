//! The chat: what was said, by whom, and what happened; then the cards, and what is on its way.

use leptos::prelude::*;
use model::{
    Moment,
    attachment::{Attachment, size_text},
    chat::Rating,
    text::window as texts,
    window::{Speaker, WindowHappening, WindowMessage},
};

use super::{card, icon, path_of};
use crate::{
    api,
    state::{Draft, Stage, State},
    time,
};

/// All of it. The box around it keeps its end in sight by itself.
pub fn log(state: &State) -> AnyView {
    if state.stage() != Stage::Chat {
        return ().into_any();
    }
    let window = &state.opened.window;
    let mut lines: Vec<AnyView> = vec![];
    let mut before: Option<&WindowMessage> = None;
    for message in &window.messages {
        let begins = before.is_none_or(|before| before.chat != message.chat);
        let at = if begins { None } else { before.map(|before| before.at) };
        lines.push(entry(state, at, message));
        before = Some(message);
    }
    let waiting = state.outbox.iter().filter(|draft| !window.messages.iter().any(|message| message.id.as_str() == draft.id));
    lines.extend(waiting.map(|draft| on_its_way(state, draft)));
    let earlier = (window.earlier && state.awake)
        .then(|| view! { <button type="button" class="earlier" data-do="earlier">{state.say(texts::EARLIER)}</button> });
    let empty = window.messages.is_empty() && state.outbox.is_empty();
    let left = state.chat().is_some_and(|chat| chat.rescued && !chat.answered);
    let writes = state.who_types().map(|name| view! { <p class="typing">{state.fill(texts::TYPING, "{name}", name)}</p> });
    let again = state.last_chat().is_some_and(|chat| chat.ended_at.is_some());
    view! {
        <div class="inner">
            {earlier}
            <div class="log" role="log" aria-live="polite" aria-relevant="additions" aria-label=state.say(texts::MESSAGES)>
                {empty.then(|| bubble("said theirs", None, state.say(texts::GREETING), String::new(), String::new()))}
                {lines}
            </div>
            {empty.then(|| suggestions(state))}
            {left.then(|| view! { <p class="event">{state.say(texts::LEFT)}</p> })}
            {card::rescue(state)}
            {card::rating(state)}
            {card::transcript(state)}
            {again.then(|| view! { <p class="event">{state.say(texts::AGAIN)}</p> })}
            {writes}
        </div>
    }
    .into_any()
}

/// Messages to begin with, one tap each: they begin a chat as if they had been typed.
fn suggestions(state: &State) -> AnyView {
    let path = path_of::<api::BeginChat>();
    let all: Vec<AnyView> = state
        .opened
        .suggestions
        .iter()
        .map(|text| view! { <button type="submit" name="form[said][text]" value=text.clone()>{text.clone()}</button> }.into_any())
        .collect();
    if all.is_empty() {
        return ().into_any();
    }
    let hidden: Vec<AnyView> = super::ask::begins(state)
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any())
        .collect();
    view! {
        <form class="suggested after-consent" action=path method="post" data-form="say" aria-label=state.say(texts::SUGGESTED)>
            {super::at(state)}{hidden}{all}
        </form>
    }
    .into_any()
}

fn happened(state: &State, message: &WindowMessage, what: &WindowHappening) -> String {
    let name = match &message.speaker {
        Speaker::Agent { name, .. } => name.as_str(),
        _ => "",
    };
    match what {
        WindowHappening::AgentJoined => state.fill(texts::JOINED, "{name}", name),
        WindowHappening::AgentLeft => state.fill(texts::GONE, "{name}", name),
        WindowHappening::Ended => state.say(texts::ENDED),
        WindowHappening::Rated { rating } => state.say(match rating {
            Rating::Good => texts::RATED_GOOD,
            Rating::Neutral => texts::RATED_NEUTRAL,
            Rating::Bad => texts::RATED_BAD,
        }),
        WindowHappening::DetailsLeft { email } => state.fill(texts::ANSWER_TO, "{email}", email),
        WindowHappening::TranscriptAsked { email } => state.fill(texts::TRANSCRIPT_TO, "{email}", email),
    }
}

fn entry(state: &State, before: Option<Moment>, message: &WindowMessage) -> AnyView {
    let above = time::above(state, before, message.at).map(|time| view! { <p class="event">{time}</p> });
    let shown = match &message.happened {
        Some(what) => view! { <p class="event">{happened(state, message, what)}</p> }.into_any(),
        None => said(state, message),
    };
    view! { <div class="entry">{above}{shown}</div> }.into_any()
}

fn said(state: &State, message: &WindowMessage) -> AnyView {
    let mark = |on: bool, text| if on { state.say(text) } else { String::new() };
    let hidden = message.by_mail && message.text.is_empty() && message.rendered.is_empty();
    let text = if hidden { state.say(texts::BY_MAIL_HIDDEN) } else { message.text.clone() };
    let (class, who) = match &message.speaker {
        Speaker::Visitor => ("said mine", state.say(texts::YOU)),
        Speaker::Agent { name, .. } => ("said theirs", name.clone()),
        Speaker::System => ("said theirs", String::new()),
    };
    let note = [mark(message.edited, texts::EDITED), mark(message.by_mail && !hidden, texts::BY_MAIL)].concat();
    let files = (!message.attachments.is_empty()).then(|| files(state, &message.attachments));
    view! {
        {bubble(class, Some(who), text, message.rendered.clone(), note)}
        {files.map(|files| view! { <div class=class>{files}</div> })}
    }
    .into_any()
}

/// Words in their bubble: as they are, or as the HTML the server made of them.
fn bubble(class: &'static str, who: Option<String>, text: String, html: String, note: String) -> AnyView {
    if text.is_empty() && html.is_empty() {
        return ().into_any();
    }
    let words = if html.is_empty() {
        view! { <div class="words plain">{text}</div> }.into_any()
    } else {
        view! { <div class="words" inner_html=html></div> }.into_any()
    };
    let who = who.map(|who| view! { <span class="sr">{who}": "</span> });
    let note = (!note.is_empty()).then(|| view! { <small>{note}</small> });
    view! { <div class=class>{who}{words}{note}</div> }.into_any()
}

fn files(state: &State, files: &[Attachment]) -> AnyView {
    let all: Vec<AnyView> = files
        .iter()
        .map(|file| {
            let address = ["/chat/", &state.opened.key, "/attachments/", file.id.as_str()].concat();
            let picture = ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&file.media_type.as_str());
            let inside = if picture {
                view! { <img src=address.clone() alt=file.name.clone() loading="lazy"/> }.into_any()
            } else {
                view! { {icon::icon(icon::FILE)}<span>{file.name.clone()}</span><small>{size_text(file.size)}</small> }.into_any()
            };
            view! { <a class="file" href=address target="_blank" rel="noopener">{inside}</a> }.into_any()
        })
        .collect();
    all.into_any()
}

/// Words that the server has not acknowledged yet.
fn on_its_way(state: &State, draft: &Draft) -> AnyView {
    let below = match &draft.fail {
        None if draft.sent => ().into_any(),
        None => view! { <small class="way">{state.say(texts::SENDING)}</small> }.into_any(),
        Some(fail) => {
            let why = if fail.text.is_empty() { state.say(texts::NOT_SENT) } else { fail.text.clone() };
            view! {
                <small class="way problem" role="alert">
                    {why}" "
                    <button type="button" data-do="retry" value=draft.id.clone()>{state.say(texts::RETRY)}</button>
                    <button type="button" data-do="remove" value=draft.id.clone()>{state.say(texts::REMOVE)}</button>
                </small>
            }
            .into_any()
        }
    };
    let files = (!draft.files.is_empty()).then(|| view! { <div class="said mine">{files(state, &draft.files)}</div> });
    view! {
        <div class="entry">
            {bubble("said mine waiting", Some(state.say(texts::YOU)), draft.text.clone(), String::new(), String::new())}
            {files}
            {below}
        </div>
    }
    .into_any()
}
