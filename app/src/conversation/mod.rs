//! The Inbox: its list, and the conversation beside it.

mod acts;
mod address;
pub mod api;
mod composer;
mod contact;
mod conversation_page;
mod event_line;
mod file;
mod filters;
mod format;
mod header;
mod inbox_page;
mod keyboard;
mod letters;
mod list;
mod message;
mod row;
mod sheet;
mod side;
mod snooze;
mod tags;
mod thread;
mod undo;
mod words;

pub use acts::{About, use_acts};
pub use address::{Asked, use_address, use_asked};
pub use composer::{Toolbar, focus, grow};
pub use conversation_page::{ConversationPage, NoConversation};
pub use file::{FileList, FilePicker, Files};
pub use header::use_thread;
pub use inbox_page::InboxPage;
pub use keyboard::{Command, use_commands};
pub use letters::Letters;
pub use message::{Attachments, Body, Held, Originals};
pub use sheet::Autosave;
pub use words::{assignee_choices, called, priority_word};
