//! The agents of a property, as its admins see them.

mod api;
mod page;

pub use page::AgentsPage;
