//! Contacts: the list of who writes, and the page of one with the timeline, notes, chats and tickets.

mod address;
mod api;
mod card;
mod fields;
mod filters;
mod lines;
mod list;
mod list_page;
mod note;
mod page;
mod passed;
mod segments;
mod timeline;

pub use list_page::ContactsPage;
pub use page::ContactPage;
