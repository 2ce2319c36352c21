//! Words in the wrong ticket: what can be done about a message or a whole ticket, why a mail lies where it does, and the line
//! that tells of it.

pub mod api;
mod line;
mod sheet;
mod why;

pub use api::merge_ticket;
pub use line::ShiftLine;
pub use sheet::{AboutMessage, MergedInto, ShiftSheet};
