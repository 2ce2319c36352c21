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

    /// Four digits by which one who has neither is told from others: *Visitor 3318*.
    pub fn digits(&self) -> u16 {
        let sum = self.id.as_str().bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        u16::try_from(1000 + sum % 9000).unwrap_or(1000)
    }
}
