//! The agents of a property, as its admins see them; and what each of them chose to be for visitors.

mod api;
mod page;
mod presence;

pub use page::AgentsPage;
pub use presence::{PresenceChoice, own_presence, presence_word};
