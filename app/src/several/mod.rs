//! Several conversations at once: which are picked, the bar with what can be done to them, and how far it has come.

mod api;
mod bar;
mod delete;
mod menus;
mod merge;
mod picked;
mod progress;

pub use bar::SeveralBar;
pub use picked::{PickBox, Several, use_several};
