//! A conversation on a plain page, to be printed: by the browser's own dialog, which also makes a PDF of it.

mod api;
mod page;

pub use page::PrintPage;
