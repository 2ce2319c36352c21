//! Tickets: the form that opens one.

pub mod api;
mod compose;
mod field;
mod recipients;

pub use compose::ComposeTicket;
