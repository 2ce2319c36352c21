//! Rules, as admins keep them: the list with its counters, and the editor. Conditions and actions are typed here for triggers, too;
//! and the line in a conversation says that a rule ran, and why.

mod api;
mod choices;
mod editor;
mod line;
mod page;
mod rows;

pub use line::RuleLine;
pub use page::RulesPage;
pub use rows::{Actions, Conditions, DeedChoice, HowMany, Labelled, use_refused};
