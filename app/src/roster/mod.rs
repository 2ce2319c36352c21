//! Who and where, loaded once for a signed-in page and kept true by the log.

mod api;

use leptos::prelude::*;
use model::roster::Roster;

pub use api::load_roster;

/// The roster of this page. Ask in a component's body, below the shell.
pub fn use_roster() -> RwSignal<Roster> {
    expect_context()
}
