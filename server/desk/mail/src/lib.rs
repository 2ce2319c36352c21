//! Mail as words: the bytes of a mail go in, its meaning comes out; an event goes in, a letter comes out.
//! Pure: no network, no database, no clock. Whoever calls brings the bytes, the keys and the time.

pub mod address;
pub mod attachment;
pub mod body;
pub mod bounce;
pub mod charset;
pub mod class;
pub mod compose;
pub mod confirmation;
pub mod facts;
mod failure;
pub mod forward;
pub mod header;
pub mod html;
pub mod letter;
pub mod mime;
pub mod parameter;
pub mod quote;
mod refusal;
pub mod reply_address;
pub mod results;
pub mod sanitise;
pub mod session;
pub mod tnef;
pub mod transfer;
mod understand;

pub use address::Mailbox;
pub use attachment::Attachment;
pub use bounce::Bounce;
pub use class::{Class, Own};
pub use confirmation::Confirmation;
pub use facts::Facts;
pub use understand::{Forwarded, Understood, Unreadable, date, understand};

/// The Message-ID of a letter, without brackets (see [`reply_address::Keys::message_id`]).
pub fn message_id(keys: &reply_address::Keys, message: &str, letter: &str) -> String {
    keys.message_id(message, letter)
}
