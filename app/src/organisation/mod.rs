//! Organisations: the list of those contacts work or write for, and the page of one with its contacts and conversations.

mod api;
mod fields;
mod list_page;
mod page;

pub use list_page::OrganisationsPage;
pub use page::OrganisationPage;
