//! Reports: what happened in a period, day by day, by hour, and told apart, compared with the period before.

mod api;
mod chart;
mod days;
mod figures;
mod hours;
mod page;
mod parts;
mod period;

pub use figures::Today;
pub use page::ReportsPage;
