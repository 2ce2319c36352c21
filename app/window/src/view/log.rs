//! The chat: what was said, by whom, and what happened; then the cards, and what is on its way.

use model::{
    attachment::Attachment,
    chat::Rating,
    text::window::place as texts,
    window::{Speaker, WindowHappening, WindowMessage},
};

use super::{
    ask::{begins, first},
    card, form,
    header::face,
    icon, path_of,
    piece::{Piece, el, maybe},
};
use crate::{
    api,
    state::{Draft, Stage, State},
    time,
};

fn event(text: &str) -> Piece {
    el("p|class=event").text(text)
}

/// All of it. The box around it keeps its end in sight by itself.
pub fn log(state: &State) -> Piece {
    if state.stage() != Stage::Chat {
        return Piece::Nothing;
    }
    let window = &state.opened.window;
    let empty = window.messages.is_empty() && state.outbox.is_empty();
    let mut log = el("div|class=log|role=log|aria-live=polite|aria-relevant=additions").put("aria-label", &state.say(texts::MESSAGES));
    if empty {
        log = if state.first.is_empty() {
            log.with(bubble("said theirs", "", &state.say(texts::GREETING), "", ""))
        } else {
            log.all(first(state))
        };
    }
    let mut before: Option<&WindowMessage> = None;
    for message in &window.messages {
        log = log.with(entry(state, before.filter(|before| before.chat == message.chat), message));
        before = Some(message);
    }
    for draft in state.outbox.iter().filter(|draft| !window.messages.iter().any(|message| message.id.as_str() == draft.id)) {
        log = log.with(on_its_way(state, draft));
    }
    let earlier =
        (window.earlier && state.awake).then(|| el("button|type=button|class=earlier|data-do=earlier").text(&state.say(texts::EARLIER)));
    let left = state.chat().is_some_and(|chat| chat.rescued && !chat.answered);
    let again = state.last_chat().is_some_and(|chat| chat.ended_at.is_some());
    let writes = state.who_types().map(|name| el("p|class=typing|aria-hidden=true").text(&state.fill(texts::TYPING, &[("name", name)])));
    el("div|class=inner")
        .with(maybe(earlier))
        .with(log)
        .with(if empty { suggestions(state) } else { Piece::Nothing })
        .with(if left { event(&state.say(texts::LEFT)) } else { Piece::Nothing })
        .with(card::rescue(state))
        .with(card::rating(state))
        .with(card::transcript(state))
        .with(if again { event(&state.say(texts::AGAIN)) } else { Piece::Nothing })
        .with(maybe(writes))
}

/// Messages to begin with, one tap each: they begin a chat as if they had been typed.
fn suggestions(state: &State) -> Piece {
    let one = |text: &String| el("button|type=submit|name=form[said][text]").put("value", text).text(text);
    let form = form(state, "suggested after-consent", path_of::<api::BeginChat>()).put("data-form", "say").all(begins(state));
    form.put("aria-label", &state.say(texts::SUGGESTED)).all(state.opened.suggestions.iter().map(one).collect())
}

/// What happened, in words.
pub fn happened(state: &State, message: &WindowMessage, what: &WindowHappening) -> String {
    let name = match &message.speaker {
        Speaker::Agent { name, .. } => name.as_str(),
        _ => "",
    };
    match what {
        WindowHappening::AgentJoined => state.fill(texts::JOINED, &[("name", name)]),
        WindowHappening::AgentLeft => state.fill(texts::GONE, &[("name", name)]),
        WindowHappening::Ended => state.say(texts::ENDED),
        WindowHappening::Rated { rating } => state.say(match rating {
            Rating::Good => texts::RATED_GOOD,
            Rating::Neutral => texts::RATED_NEUTRAL,
            Rating::Bad => texts::RATED_BAD,
        }),
        // a card says it
        WindowHappening::DetailsAsked => String::new(),
        WindowHappening::DetailsLeft { email } => state.fill(texts::ANSWER_TO, &[("email", email)]),
        WindowHappening::TranscriptAsked { email } => state.fill(texts::TRANSCRIPT_TO, &[("email", email)]),
    }
}

fn entry(state: &State, before: Option<&WindowMessage>, message: &WindowMessage) -> Piece {
    let time = time::above(state, before.map(|before| before.at), message.at).map(|time| event(&time));
    let entry = el("div|class=entry").with(maybe(time));
    if let Some(what) = &message.happened {
        let line = happened(state, message, what);
        return entry.with(if line.is_empty() { Piece::Nothing } else { event(&line) });
    }
    let again = before.is_some_and(|before| before.happened.is_none() && before.speaker == message.speaker);
    said(state, entry, message, again)
}

/// Words and files, and beside them the agent who says it, who stands there once when they say more.
fn said(state: &State, entry: Piece, message: &WindowMessage, again: bool) -> Piece {
    let hidden = message.by_mail && message.text.is_empty() && message.rendered.is_empty();
    let text = if hidden { state.say(texts::BY_MAIL_HIDDEN) } else { message.text.clone() };
    let mut beside = Piece::Nothing;
    let (class, who) = match &message.speaker {
        Speaker::Visitor => ("said mine", state.say(texts::YOU)),
        Speaker::Agent { id, name } => {
            if !again {
                beside = face(state, id, name);
            }
            ("said theirs named", name.clone())
        }
        Speaker::System => ("said theirs", String::new()),
    };
    let note = match (message.edited, message.by_mail && !hidden) {
        (true, _) => state.say(texts::EDITED),
        (_, true) => state.say(texts::BY_MAIL),
        _ => String::new(),
    };
    entry.with(beside).with(bubble(class, &who, &text, &message.rendered, &note)).with(files(state, class, &message.attachments))
}

/// Words in their bubble: as they are, or as the HTML the server made of them.
pub fn bubble(class: &str, who: &str, text: &str, html: &str, note: &str) -> Piece {
    if text.is_empty() && html.is_empty() {
        return Piece::Nothing;
    }
    let words = if html.is_empty() { el("div|class=words plain").text(text) } else { el("div|class=words").html(html) };
    let who = if who.is_empty() { Piece::Nothing } else { el("span|class=sr").text(who).text(": ") };
    let note = if note.is_empty() { Piece::Nothing } else { el("small").text(note) };
    el("div").put("class", class).with(who).with(words).with(note)
}

fn files(state: &State, class: &str, files: &[Attachment]) -> Piece {
    if files.is_empty() {
        return Piece::Nothing;
    }
    let one = |file: &Attachment| {
        let address = ["/chat/", &state.opened.key, "/attachments/", file.id.as_str()].concat();
        let link = el("a|class=file|target=_blank|rel=noopener").put("href", &address);
        if ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&file.media_type.as_str()) {
            link.with(el("img").put("src", &address).put("alt", &file.name))
        } else {
            link.with(icon::icon(icon::FILE)).with(el("span").text(&file.name))
        }
    };
    el("div").put("class", class).all(files.iter().map(one).collect())
}

/// Words that the server has not acknowledged yet.
fn on_its_way(state: &State, draft: &Draft) -> Piece {
    let below = match &draft.fail {
        None if draft.sent => Piece::Nothing,
        None => el("small|class=way").text(&state.say(texts::SENDING)),
        Some(fail) => {
            let button = |words, label| el(words).put("value", &draft.id).text(&state.say(label));
            el("small|class=way problem|role=alert")
                .text(&if fail.text.is_empty() { state.say(texts::NOT_SENT) } else { fail.text.clone() })
                .with(button("button|type=button|data-do=retry", texts::RETRY))
                .with(button("button|type=button|data-do=remove", texts::REMOVE))
        }
    };
    el("div|class=entry")
        .with(bubble("said mine waiting", &state.say(texts::YOU), &draft.text, "", ""))
        .with(files(state, "said mine", &draft.files))
        .with(below)
}
