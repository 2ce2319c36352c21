//! A conversation on paper: a plain page, to be printed by the browser's own dialog, and the sheet that a PDF is made of.

mod api;
mod page;
mod sheet;

pub use page::PrintPage;
pub use sheet::{Entry, Sheet, Words};
