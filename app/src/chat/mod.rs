//! Chats, as agents see them: what a chat has that other conversations have not.

mod acts;
pub mod api;
mod bubble;
mod company;
mod facts;
mod head;
mod links;
mod log;
mod own;
mod queue;
mod row;
mod visitor;

pub use acts::ChatActs;
pub use bubble::Bubble;
pub use company::Company;
pub use facts::is_chat;
pub use head::{ChatButtons, ChatTitle};
pub use links::Links;
pub use log::{Absent, AfterAll, Began, Coming, Comment, TicketLink};
pub use queue::{Queue, provide_queue, use_queue};
pub use row::{Here, Waiting, typed};
pub use visitor::{ChatFacts, VisitorFacts};
