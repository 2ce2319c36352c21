//! The audit log, for admins.

mod api;
mod page;

pub use page::AuditPage;
