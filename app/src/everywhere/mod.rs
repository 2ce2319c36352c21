//! The Inbox of all properties one belongs to: one list, and the way from a row into its property.

mod api;
mod page;

pub use page::EverywherePage;
