//! Canned responses: saved texts, called by `/` where an agent writes.

pub mod api;
mod choices;

pub use choices::{Canned, CannedChoices, Filling};
