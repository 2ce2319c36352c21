//! Contacts: the people who write to us.

use serde::{Deserialize, Serialize};

use crate::{ContactId, Moment};

/// A contact as a conversation shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Identity.
    pub id: ContactId,
    /// Name, or empty.
    pub name: String,
    /// First address, or empty.
    pub email: String,
    /// When we first heard of them.
    pub created_at: Moment,
}

impl Contact {
    /// Name if there is one, else the address.
    pub fn called(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }
}
