//! What a visitor sees. Each piece is a function of the state alone; what is clicked and typed is heard in one place
//! (`live::hand`), by `data-do` on what does something.

mod ask;
mod card;
mod composer;
mod header;
mod icon;
mod log;
mod page;

use leptos::prelude::*;
use server_fn::ServerFn;

pub use page::{Files, Page};

use crate::{
    api,
    state::{Room, Stage, State},
};

/// Where a server function's form is sent.
pub fn path_of<F: ServerFn>() -> &'static str {
    F::PATH
}

/// The window: header, what is shown, and where one writes.
#[component]
pub fn Window(
    /// All it knows.
    room: Room,
) -> impl IntoView {
    let part = move |draw: fn(&State) -> AnyView| move || room.state.with(draw);
    view! {
        {part(header::header)}
        <main class="body">
            {part(above)}
            <div class="scroll" tabindex="0" data-scroll="">
                {part(log::log)}
            </div>
            {part(below)}
        </main>
        {part(composer::composer)}
        <p class="sr" role="status">{move || room.state.with(|state| state.who_types().map(|name| state.fill(model::text::window::TYPING, "{name}", name)))}</p>
    }
}

/// Forms that stand in the place of the chat.
fn above(state: &State) -> AnyView {
    let asks = state.asks.then(|| card::consent(state));
    let form = match state.stage() {
        Stage::Consent => card::consent(state),
        Stage::Before => ask::before(state),
        Stage::Leave => ask::leave(state),
        Stage::Chat => ().into_any(),
    };
    view! { {asks}{form} }.into_any()
}

/// What is said of the line.
fn below(state: &State) -> AnyView {
    let lost = (state.awake && state.lost).then(|| state.say(model::text::window::LOST));
    view! { <p class="lost" role="status">{lost}</p> }.into_any()
}

/// Where a form is asked from, unseen.
fn at(state: &State) -> AnyView {
    let at = state.at();
    view! {
        <input type="hidden" name="at[key]" value=at.key/>
        <input type="hidden" name="at[lang]" value=at.lang/>
    }
    .into_any()
}

/// A form with one button: what it does to a chat.
fn act(state: &State, path: &'static str, chat: &str, class: &'static str, label: String) -> AnyView {
    view! {
        <form class="act" action=path method="post">
            {at(state)}
            <input type="hidden" name="chat" value=chat.to_owned()/>
            <button type="submit" class=class>{label}</button>
        </form>
    }
    .into_any()
}

/// Ends the chat that goes on.
fn finish(state: &State, chat: &str) -> AnyView {
    act(state, path_of::<api::FinishChat>(), chat, "item", state.say(model::text::window::END))
}
