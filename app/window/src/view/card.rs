//! Cards in the chat: consent, rescue, rating, transcript.

use model::{chat::Rating, text::window::place as texts};

use super::{
    ask::{Input, ask, input, problem},
    form, hidden, icon, path_of,
    piece::{Piece, el, maybe},
};
use crate::{api, state::State};

/// Whether something may be kept. Without script it is a form that asks for the same page.
pub fn consent(state: &State) -> Piece {
    let close =
        (state.embed && state.awake).then(|| el("button|type=button|class=button quiet|data-do=close").text(&state.say(texts::CONSENT_NO)));
    let form = el("form|method=get|data-form=consent")
        .with(hidden("consent", "yes"))
        .with(if state.embed { hidden("embed", "1") } else { Piece::Nothing })
        .with(hidden("lang", state.opened.language.tag()))
        .with(el("button|type=submit|class=button").text(&state.say(texts::CONSENT_YES)));
    let words = el("p|class=intro").text(&state.say(texts::CONSENT));
    el("div|class=sheet consent").with(words).with(form).with(maybe(close))
}

fn email(state: &State, name: &str) -> Input {
    let value = state.opened.window.guest.email.clone();
    Input { value, ..input(name, "email", state.say(texts::EMAIL), "email", "email", true) }
}

/// Asks where an answer reaches the visitor: nobody has answered yet.
pub fn rescue(state: &State) -> Piece {
    let Some(chat) = state.chat().filter(|_| state.rescue()) else { return Piece::Nothing };
    let mut inputs = vec![];
    if state.opened.window.guest.name.is_empty() {
        inputs.push(input("form[name]", "name", state.say(texts::NAME), "text", "name", false));
    }
    inputs.push(email(state, "form[email]"));
    let form = ask(state, path_of::<api::LeaveDetails>(), vec![hidden("chat", chat.id.as_str())], inputs, &state.say(texts::LEAVE));
    // what a trigger said stands above it
    let words = if state.is_asked() { Piece::Nothing } else { el("p").text(&state.say(texts::RESCUE)) };
    el("section|class=card|data-card=rescue").with(words).with(form)
}

/// Asks how a chat was, once it is over.
pub fn rating(state: &State) -> Piece {
    let Some(chat) = state.last_chat().filter(|chat| chat.ended_at.is_some() && chat.answered) else { return Piece::Nothing };
    let path = path_of::<api::RateChat>();
    let button = |rating: Rating, face: &str, label| {
        let pressed = if chat.rating == Some(rating) { "true" } else { "false" };
        let button = el("button|type=submit|name=rating").put("value", rating.word()).put("aria-pressed", pressed);
        button.with(icon::icon(face)).text(&state.say(label))
    };
    let faces = el("fieldset|class=faces")
        .with(el("legend").text(&state.say(texts::RATE)))
        .with(button(Rating::Good, icon::SMILE, texts::GOOD))
        .with(button(Rating::Neutral, icon::FLAT, texts::NEUTRAL))
        .with(button(Rating::Bad, icon::SAD, texts::BAD));
    // a comment goes with the rating that was said; without script, along with it
    let more = if state.awake && chat.rating.is_none() {
        Piece::Nothing
    } else {
        let label = el("label|for=comment").text(&state.say(texts::COMMENT));
        el("div|class=field").with(label).with(el("textarea|id=comment|name=comment|rows=2").text(&state.typed("comment")))
    };
    let again = chat
        .rating
        .map(|rating| el("button|type=submit|class=button|name=rating").put("value", rating.word()).text(&state.say(texts::SEND)));
    let done = chat.rating.map(|_| el("p|role=status").text(&state.say(texts::RATED)));
    let form = form(state, "form", path)
        .with(hidden("chat", chat.id.as_str()))
        .with(faces)
        .with(maybe(done))
        .with(more)
        .with(maybe(again))
        .with(problem(state, path, "").put("role", "alert"))
        .with(problem(state, path, "comment").put("role", "alert"));
    el("section|class=card|data-card=rating").with(form)
}

/// Asks where the chat is sent by mail.
pub fn transcript(state: &State) -> Piece {
    let wanted = |ended: bool| state.transcript || (!state.awake && ended);
    let Some(chat) = state.last_chat().filter(|chat| chat.answered && wanted(chat.ended_at.is_some())) else { return Piece::Nothing };
    let unseen = vec![hidden("chat", chat.id.as_str())];
    let form = ask(state, path_of::<api::AskTranscript>(), unseen, vec![email(state, "email")], &state.say(texts::SEND));
    el("section|class=card|data-card=transcript").with(el("p").text(&state.say(texts::TRANSCRIPT))).with(form)
}
