//! A small rounded mark: a status, a priority, a tag.

use leptos::prelude::*;

/// Its colour, by meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// Good, done.
    Good,
    /// New, open.
    Fresh,
    /// Waits.
    Warm,
    /// Wrong, pressing.
    Bad,
}

impl Tone {
    /// Its CSS class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "chip",
            Self::Good => "chip good",
            Self::Fresh => "chip fresh",
            Self::Warm => "chip warm",
            Self::Bad => "chip bad",
        }
    }
}

/// A mark.
#[component]
pub fn Chip(
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// What it says.
    children: Children,
) -> impl IntoView {
    view! { <span class=tone.class()>{children()}</span> }
}
