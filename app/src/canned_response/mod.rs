//! Canned responses: saved texts, called by `/` where an agent writes; and the pages that keep them.

pub mod api;
mod choices;
mod form;
mod page;

pub use choices::{Canned, CannedChoices, Filling};
pub use page::{OwnShortcutsPage, ShortcutsPage};
