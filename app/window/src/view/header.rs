//! The head of the window: who answers and whether they are there, and what can be done with the chat.

use leptos::prelude::*;
use model::{hours, text::window as texts, window::WindowChat};

use super::{finish, icon};
use crate::{
    state::{Stage, State},
    time,
};

/// First letters of the first and the last word of a name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// Head and line below it.
fn words(state: &State) -> (String, String) {
    let status = state.status();
    let host = state.chat().and_then(|chat| chat.hosts.last());
    if let Some(host) = host {
        let word = match status {
            hours::State::Online => texts::ONLINE,
            hours::State::Away => texts::AWAY,
            hours::State::Offline => texts::OFFLINE,
        };
        return (host.name.clone(), state.say(word));
    }
    let before = state.stage() == Stage::Before;
    let (head, line) = match status {
        hours::State::Online => (if before { texts::BEFORE_HEAD } else { texts::ONLINE_HEAD }, state.say(texts::ONLINE_LINE)),
        hours::State::Away => (if before { texts::BEFORE_HEAD } else { texts::AWAY_HEAD }, state.say(texts::AWAY_LINE)),
        hours::State::Offline => {
            let back = state.opened.window.opens_at.map(|at| time::back(state, at));
            let line = state.say(texts::OFFLINE_LINE);
            (texts::OFFLINE_HEAD, back.map_or(line.clone(), |back| [back, line].join(" ")))
        }
    };
    (state.say(head), line)
}

pub fn header(state: &State) -> AnyView {
    let (head, line) = words(state);
    let host = state.chat().and_then(|chat| chat.hosts.last());
    let face = host.map(|host| view! { <span class="face" aria-hidden="true">{initials(&host.name)}</span> });
    let minimize = (state.embed && state.awake).then(|| {
        view! { <button type="button" class="tool" data-do="minimize" aria-label=state.say(texts::MINIMIZE)>{icon::icon(icon::DOWN)}</button> }
    });
    view! {
        <header class="head" data-status=state.status().word()>
            {face}
            <div class="who"><h1>{head}</h1><p>{line}</p></div>
            {menu(state)}
            {minimize}
        </header>
    }
    .into_any()
}

/// What can be done with the last chat.
fn menu(state: &State) -> Option<AnyView> {
    let chat = state.last_chat()?;
    let label = state.say(texts::MORE);
    let transcript = (chat.answered && state.awake)
        .then(|| view! { <button type="button" class="item" data-do="transcript">{state.say(texts::TRANSCRIPT)}</button> });
    let pressed = if state.sound { "true" } else { "false" };
    let sound = state
        .awake
        .then(|| view! { <button type="button" class="item" data-do="sound" aria-pressed=pressed>{state.say(texts::SOUND)}</button> });
    let end = going_on(chat).then(|| finish(state, chat.id.as_str()));
    Some(
        view! {
            <details class="menu" data-menu="">
                <summary class="tool" aria-label=label>{icon::icon(icon::MORE)}</summary>
                <div class="items">{transcript}{sound}{end}</div>
            </details>
        }
        .into_any(),
    )
}

fn going_on(chat: &WindowChat) -> bool {
    chat.ended_at.is_none()
}
