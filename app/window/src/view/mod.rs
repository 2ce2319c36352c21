//! What a visitor sees. Each piece is a function of the state alone; what is clicked and typed is heard in one place
//! (`live::hand`), by `data-do` on what does something.

mod ask;
mod card;
mod composer;
mod header;
mod icon;
mod log;
mod page;
mod piece;

use leptos::prelude::*;
use model::text::window::place as texts;
use server_fn::ServerFn;

pub use page::{Files, Page};

use crate::state::{Stage, State};
pub(crate) use log::happened;
use piece::el;
pub(crate) use piece::{Drawn, Piece};

/// Where a server function's form is sent.
pub fn path_of<F: ServerFn>() -> &'static str {
    F::PATH
}

/// The window: header, what is shown, and where one writes.
#[component]
pub fn Window(
    /// All it knows.
    state: State,
) -> impl IntoView {
    window(&state)
}

/// The same as one piece.
pub(crate) fn window(state: &State) -> Piece {
    let typing = state.who_types().map(|name| state.fill(texts::TYPING, &[("name", name)])).unwrap_or_default();
    let lost = if state.awake && state.lost { state.say(texts::LOST) } else { String::new() };
    let body = el("main|class=body")
        .all(above(state))
        .with(el("div|class=scroll|tabindex=0|data-scroll").with(log::log(state)))
        .with(el("p|class=lost|role=status").text(&lost));
    el("div|class=frame")
        .with(header::header(state))
        .with(body)
        .with(composer::composer(state))
        .with(el("p|class=sr|role=status").text(&typing))
}

/// Forms that stand in the place of the chat.
fn above(state: &State) -> Vec<Piece> {
    let form = match state.stage() {
        Stage::Consent => card::consent(state),
        Stage::Before => ask::before(state),
        Stage::Leave => ask::leave(state),
        Stage::Chat => Piece::Nothing,
    };
    vec![if state.asks { card::consent(state) } else { Piece::Nothing }, form]
}

/// Something that goes along with a form unseen.
fn hidden(name: &str, value: &str) -> Piece {
    el("input|type=hidden").put("name", name).put("value", value)
}

/// A form, with where it is asked from.
fn form(state: &State, class: &str, path: &str) -> Piece {
    let at = state.at();
    let form = el("form|method=post|novalidate").put("class", class).put("action", path);
    form.all(at.pairs().map(|(name, value)| hidden(name, value)).into())
}
