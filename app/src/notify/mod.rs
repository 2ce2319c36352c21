//! How an agent notices that somebody waits: a watch over the log in every page, and the page of its settings. What deserves a
//! notice is the model's rule; sound, notification and title are `frontend/notify/notify.js`'s, spoken to by messages.

mod api;
mod browser;
mod page;
mod push;
mod script;
mod watch;

pub use page::NotificationsPage;
pub use watch::begin;
