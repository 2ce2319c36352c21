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
mod key_sheet;
mod keyboard;
mod letters;
mod list;
mod message;
mod own_days;
mod row;
mod sheet;
mod side;
mod snooze;
mod tags;
mod thread;
mod undo;
mod words;

pub use acts::{About, use_acts};
pub use address::{Address, Asked, use_address, use_asked};
pub use composer::{Toolbar, focus, grow};
pub use conversation_page::{ConversationPage, NoConversation};
pub use event_line::said as happening_said;
pub use file::{FileList, FilePicker, Files};
pub use filters::WideFilters;
pub use header::{open_menu, use_thread};
pub use inbox_page::{InboxPage, ListState};
pub use key_sheet::KeySheet;
pub use keyboard::{Command, Commands, keys, off as keys_are_off, use_commands};
pub use letters::Letters;
pub use list::ConversationList;
pub use message::{Attachments, Body, Held, Originals};

pub use row::{Names, RowBody};
pub use sheet::Autosave;
pub use side::Drawers;
pub use words::{about, assignee_choices, assignee_name, called, folder_word, priority_said, priority_word, status_tone, status_word};
