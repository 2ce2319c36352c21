//! Admin → Import and export: archives of other programs on their way in, and everything on its way out.

mod api;
mod line;
mod page;
mod upload;

pub use page::ArchivesPage;
