//! Search: the dialog that opens on every page, and the page of what was found. `door` is the part that every browser loads: a link,
//! and the two keys that open the dialog; the rest comes when it is first opened.

mod api;
mod command;
mod dialog;
mod door;
mod narrow;
mod page;
mod result;

pub use dialog::Dialog;
pub use door::{Door, SearchLink};
pub use page::SearchPage;
