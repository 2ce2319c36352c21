//! Bans, as admins list, add and lift them.

mod api;
mod page;

pub use page::BansPage;
