//! Opening hours, as admins set them, and the sentence that says whether it is open now.

mod api;
mod page;
mod row;
mod sentence;

pub use page::HoursPage;
pub use sentence::OpenNow;
