//! The mail inside a mail that a person forwarded.
//! Knows text only; whether the sender may forward in a customer's name is for the desk.

use crate::address::Mailbox;

/// A forwarded mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forwarded {
    /// Its sender.
    pub from: Option<Mailbox>,
    /// Its `To`.
    pub to: Vec<Mailbox>,
    /// Its `Cc`.
    pub cc: Vec<Mailbox>,
    /// Its subject.
    pub subject: Option<String>,
    /// Its text.
    pub text: String,
    /// What stands above it.
    pub before: String,
}

/// Finds the forwarded mail in a text.
pub fn find(_subject: &str, _text: &str) -> Option<Forwarded> {
    None
}
