//! Cards in the chat: consent, rescue, rating, transcript.

use leptos::prelude::*;
use model::{chat::Rating, text::window as texts, window::WindowChat};

use super::{
    ask::{Ask, Input, ask, input},
    at, path_of,
};
use crate::{api, state::State};

/// Whether something may be kept. Without script it is a link to the same page.
pub fn consent(state: &State) -> AnyView {
    let close = (state.embed && state.awake)
        .then(|| view! { <button type="button" class="button quiet" data-do="close">{state.say(texts::CONSENT_NO)}</button> });
    view! {
        <div class="sheet consent">
            <p class="intro">{state.say(texts::CONSENT)}</p>
            <form method="get" data-form="consent">
                <input type="hidden" name="consent" value="yes"/>
                {state.embed.then(|| view! { <input type="hidden" name="embed" value="1"/> })}
                <input type="hidden" name="lang" value=state.opened.language.tag()/>
                <button type="submit" class="button">{state.say(texts::CONSENT_YES)}</button>
            </form>
            {close}
        </div>
    }
    .into_any()
}

/// Asks where an answer reaches the visitor: nobody has answered yet.
pub fn rescue(state: &State) -> Option<AnyView> {
    let chat = state.chat().filter(|_| state.rescue())?;
    let guest = &state.opened.window.guest;
    let mut inputs = vec![];
    if guest.name.is_empty() {
        inputs.push(input("form[name]", "name", state.say(texts::NAME), "text", "name", false));
    }
    let email = input("form[email]", "email", state.say(texts::EMAIL), "email", "email", true);
    inputs.push(Input { value: guest.email.clone(), ..email });
    let hidden = vec![("chat", chat.id.to_string())];
    let form = Ask { path: path_of::<api::LeaveDetails>(), class: "form", hidden, inputs, submit: state.say(texts::LEAVE) };
    Some(view! { <section class="card" data-card="rescue"><p>{state.say(texts::RESCUE)}</p>{ask(state, form)}</section> }.into_any())
}

/// Asks how a chat was, once it is over.
pub fn rating(state: &State) -> Option<AnyView> {
    let chat = state.last_chat().filter(|chat| chat.ended_at.is_some() && chat.answered)?;
    let path = path_of::<api::RateChat>();
    let said = chat.rating;
    let button = |rating: Rating, face: &'static str, label| {
        let pressed = if said == Some(rating) { "true" } else { "false" };
        view! { <button type="submit" name="rating" value=rating.word() aria-pressed=pressed><span aria-hidden="true">{face}</span>{state.say(label)}</button> }
            .into_any()
    };
    let buttons =
        [button(Rating::Good, "🙂", texts::GOOD), button(Rating::Neutral, "😐", texts::NEUTRAL), button(Rating::Bad, "🙁", texts::BAD)];
    let problem = state.problem(path, "").or_else(|| state.problem(path, "comment"));
    Some(
        view! {
            <section class="card" data-card="rating">
                <form class="form" action=path method="post">
                    {at(state)}
                    <input type="hidden" name="chat" value=chat.id.to_string()/>
                    <fieldset class="faces"><legend>{state.say(texts::RATE)}</legend>{buttons.into_iter().collect_view()}</fieldset>
                    {comment(state, chat)}
                    <p class="problem" role="alert">{problem}</p>
                </form>
            </section>
        }
        .into_any(),
    )
}

/// A comment to the rating that was said; without script it goes with it.
fn comment(state: &State, chat: &WindowChat) -> Option<AnyView> {
    if state.awake && chat.rating.is_none() {
        return None;
    }
    let again = chat
        .rating
        .map(|rating| view! { <button type="submit" class="button" name="rating" value=rating.word()>{state.say(texts::SEND)}</button> });
    let done = chat.rating.map(|_| view! { <p role="status">{state.say(texts::RATED)}</p> });
    Some(
        view! {
            {done}
            <div class="field">
                <label for="comment">{state.say(texts::COMMENT)}</label>
                <textarea id="comment" name="comment" rows="2">{state.typed("comment")}</textarea>
            </div>
            {again}
        }
        .into_any(),
    )
}

/// Asks where the chat is sent by mail.
pub fn transcript(state: &State) -> Option<AnyView> {
    let chat = state.last_chat().filter(|chat| chat.answered && (state.transcript || (!state.awake && chat.ended_at.is_some())))?;
    let email = input("email", "email", state.say(texts::EMAIL), "email", "email", true);
    let inputs = vec![Input { value: state.opened.window.guest.email.clone(), ..email }];
    let hidden = vec![("chat", chat.id.to_string())];
    let form = Ask { path: path_of::<api::AskTranscript>(), class: "form", hidden, inputs, submit: state.say(texts::SEND) };
    Some(
        view! { <section class="card" data-card="transcript"><p>{state.say(texts::TRANSCRIPT)}</p>{ask(state, form)}</section> }.into_any(),
    )
}
