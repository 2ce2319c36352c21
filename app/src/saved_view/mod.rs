//! Views of the Inbox that agents gave a name: the sheet where one is made, renamed, moved and deleted. Their links stand in the
//! side bar.

mod api;
mod sheet;

pub use sheet::ViewSheet;
