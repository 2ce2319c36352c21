//! Contacts: the list of who writes, and the page of one with the timeline, notes, chats and tickets.

mod address;
mod api;
mod card;
mod columns;
mod erase;
mod fields;
mod filters;
mod import;
mod known;
mod lines;
mod list;
mod list_page;
mod merge;
mod note;
mod page;
mod passed;
mod segments;
mod timeline;
mod twins;

pub use address::{list as list_address, use_mark};
pub use lines::LineRow;
pub use list_page::ContactsPage;
pub use page::ContactPage;
pub use segments::Segments;
