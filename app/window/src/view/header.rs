//! The head of the window: who answers and whether they are there, and what can be done with the chat.

use model::{
    AgentId, hours,
    text::window::place as texts,
    window::{Host, WindowChat},
};

use super::{
    form, hidden, icon, path_of,
    piece::{Piece, el, maybe},
};
use crate::{
    api,
    state::{Stage, State},
    time,
};

/// First letters of the first and the last word of a name.
fn initials(name: &str) -> String {
    let mut words = name.split(' ').filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).collect()
}

/// An agent as a circle: their initials, and over them their picture, once it is there.
pub fn face(state: &State, agent: &AgentId, name: &str) -> Piece {
    let picture = state.opened.window.picture(agent);
    let face = el("span|class=face|aria-hidden=true").text(&initials(name));
    if picture.is_empty() { face } else { face.with(el("img|alt").put("src", &["/pictures/", picture].concat())) }
}

/// Head and line below it.
fn words(state: &State, host: Option<&Host>) -> (String, String) {
    let status = state.status();
    if let Some(host) = host {
        let word = match status {
            hours::State::Online => texts::ONLINE,
            hours::State::Away => texts::AWAY,
            hours::State::Offline => texts::OFFLINE,
        };
        return (host.name.clone(), state.say(word));
    }
    let (head, line) = match status {
        hours::State::Online => (texts::ONLINE_HEAD, texts::ONLINE_LINE),
        hours::State::Away => (texts::AWAY_HEAD, texts::AWAY_LINE),
        hours::State::Offline => (texts::OFFLINE_HEAD, texts::OFFLINE_LINE),
    };
    let mut line = state.say(line);
    if let (hours::State::Offline, Some(at)) = (status, state.opened.window.opens_at) {
        line = [time::back(state, at), line].join(" ");
    }
    (state.say(if state.stage() == Stage::Before { texts::BEFORE_HEAD } else { head }), line)
}

pub fn header(state: &State) -> Piece {
    let host = state.chat().and_then(WindowChat::host);
    let (head, line) = words(state, host);
    let face = host.map(|host| face(state, &host.agent, &host.name));
    let minimize = (state.embed && state.awake)
        .then(|| tool("button|type=button|class=tool|data-do=minimize", &state.say(texts::MINIMIZE), icon::DOWN));
    el("header|class=head")
        .put("data-status", state.status().word())
        .with(maybe(face))
        .with(el("div|class=who").with(el("h1").text(&head)).with(el("p").text(&line)))
        .with(menu(state))
        .with(maybe(minimize))
}

/// A button that shows a drawing.
pub fn tool(words: &'static str, label: &str, path: &str) -> Piece {
    el(words).put("aria-label", label).put("title", label).with(icon::icon(path))
}

/// What can be done with the last chat.
fn menu(state: &State) -> Piece {
    let Some(chat) = state.last_chat() else { return Piece::Nothing };
    let mut items = el("div|class=items");
    if chat.answered && state.awake {
        items = items.with(el("button|type=button|class=item|data-do=transcript").text(&state.say(texts::TRANSCRIPT)));
    }
    if state.awake {
        let pressed = if state.sound { "true" } else { "false" };
        items = items.with(el("button|type=button|class=item|data-do=sound").put("aria-pressed", pressed).text(&state.say(texts::SOUND)));
    }
    if chat.ended_at.is_none() {
        let end = el("button|type=submit|class=item").text(&state.say(texts::END));
        items = items.with(form(state, "act", path_of::<api::FinishChat>()).with(hidden("chat", chat.id.as_str())).with(end));
    }
    let summary = el("summary|class=tool").put("aria-label", &state.say(texts::MORE)).with(icon::icon(icon::MORE));
    el("details|class=menu|data-menu").with(summary).with(items)
}
