//! Targets, as admins set them, and the clock at a ticket that counts down to what is due next.

mod api;
mod due;
mod page;

pub use due::DueClock;
pub use page::TargetsPage;
