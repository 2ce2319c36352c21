//! Who letters are from, as a property and its agents set it: address, name, signature.

use serde::{Deserialize, Serialize};

use crate::{
    Refusal,
    address::{EmailAddress, text_of_field},
    mailbox::{DkimFound, DkimRecord},
    words,
};

/// Longest signature.
pub const SIGNATURE_MOST: u32 = 2_000;

words! {
    /// Which name a letter is from.
    SenderName {
        /// The agent's, and through whom: `Ana via Aurora`.
        Via = "via",
        /// The property's alone.
        Property = "property",
    }
}

/// Who letters of a property are from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// An address of the property's own; empty: each ticket's.
    pub address: String,
    /// Which name.
    pub name: SenderName,
    /// What stands below the words.
    pub signature: String,
    /// Whether letters go out from the address: DNS was seen to vouch for it.
    pub proven: bool,
    /// What DNS has to show for it.
    pub record: Option<DkimRecord>,
}

/// The same as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderForm {
    /// The address; empty: each ticket's.
    #[serde(default)]
    pub address: String,
    /// `via` or `property`.
    #[serde(default)]
    pub name: String,
    /// What stands below the words.
    #[serde(default)]
    pub signature: String,
}

impl SenderForm {
    /// What was typed, or what is wrong with it: address, name, signature.
    pub fn check(self) -> Result<(Option<EmailAddress>, SenderName, String), Refusal> {
        let address = if self.address.trim().is_empty() { None } else { Some(EmailAddress::of_field("address", &self.address)?) };
        let name = self.name.parse().map_err(|()| Refusal::invalid("name", crate::Why::Unknown))?;
        Ok((address, name, signature(&self.signature)?))
    }
}

/// A signature as it is kept; empty: none.
pub fn signature(text: &str) -> Result<String, Refusal> {
    if text.trim().is_empty() { Ok(String::new()) } else { text_of_field("signature", text, SIGNATURE_MOST) }
}

/// The record that vouches for an address, by the record of our own domain.
pub fn record_for(own: &DkimRecord, address: &str) -> Option<DkimRecord> {
    let (_, domain) = address.rsplit_once('@')?;
    let (selector, _) = own.name.split_once("._domainkey.")?;
    Some(DkimRecord { name: format!("{selector}._domainkey.{domain}"), value: own.value.clone() })
}

/// Whether what DNS shows is enough to write from an address.
pub const fn vouches(found: DkimFound) -> bool {
    matches!(found, DkimFound::Right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_or_nobody_else() {
        let form = |address: &str, name: &str| SenderForm { address: address.into(), name: name.into(), signature: " ".into() };
        assert_eq!(form(" ", "via").check(), Ok((None, SenderName::Via, String::new())));
        assert_eq!(form("support", "via").check().expect_err("refused").field(), Some("address"));
        assert_eq!(form("a@b.example", "x").check().expect_err("refused").field(), Some("name"));
    }

    #[test]
    fn another_domain_has_the_same_key_under_its_own_name() {
        let own = DkimRecord { name: "recado._domainkey.in.example.com".into(), value: "p=x".into() };
        assert_eq!(record_for(&own, "a@b.example").expect("a record").name, "recado._domainkey.b.example");
    }
}
