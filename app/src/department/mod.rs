//! Departments: named groups of agents, as admins see them.

mod api;
mod page;

pub use page::DepartmentsPage;
