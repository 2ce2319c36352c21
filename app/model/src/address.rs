//! E-mail addresses that people type, and short texts that they name things with: checked once, here.
//! What real mails carry in their headers is read elsewhere and forgives more.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Refusal, Why};

/// An e-mail address that can be written to; lower case, IDN left as typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAddress;

impl fmt::Display for NotAnAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an e-mail address")
    }
}

impl EmailAddress {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a form sent for a field, or what is wrong with it.
    pub fn of_field(field: &'static str, text: &str) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Err(Refusal::invalid(field, Why::Required));
        }
        text.parse().map_err(|_| Refusal::invalid(field, Why::NotAnAddress))
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnAddress;

    /// RFC 5321 section 4.1.2 without quoted local parts and address literals; lengths of section 4.5.3.1.
    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnAddress)?;
        let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let fits = !local.is_empty() && local.len() <= 64 && domain.len() <= 253;
        let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
        if fits && !dots && local.chars().all(atom) && domain.contains('.') && domain.split('.').all(label) {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(NotAnAddress)
        }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NotAnAddress;
    fn try_from(text: String) -> Result<Self, NotAnAddress> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line a person typed for a field: trimmed, white space folded, no zeros (PostgreSQL keeps none), neither empty nor longer than `most` characters.
pub fn line_of_field(field: &'static str, text: &str, most: u32) -> Result<String, Refusal> {
    let line = text.replace('\0', "").split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err(Refusal::invalid(field, Why::Required));
    }
    if line.chars().count() > most as usize {
        return Err(Refusal::invalid(field, Why::TooLong(most)));
    }
    Ok(line)
}

/// Some text a person wrote for a field: trimmed at its end, neither blank nor longer than `most` characters.
pub fn text_of_field(field: &'static str, text: &str, most: u32) -> Result<String, Refusal> {
    let text = text.trim_end().trim_start_matches(['\r', '\n']).replace("\r\n", "\n").replace('\0', "");
    if text.trim().is_empty() {
        return Err(Refusal::invalid(field, Why::Required));
    }
    if text.chars().count() > most as usize {
        return Err(Refusal::invalid(field, Why::TooLong(most)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_folded_to_lower_case_and_trimmed() {
        assert_eq!(" Ana@Example.COM ".parse::<EmailAddress>().map(|a| a.to_string()), Ok("ana@example.com".into()));
    }

    #[test]
    fn what_cannot_be_written_to_is_no_address() {
        for text in
            ["", "ana", "ana@", "@x.com", "a b@x.com", "ana@x", "ana@x..com", "a@-x.com", "a\n@x.com", "a@x.com, b@x.com", ".a@x.com"]
        {
            assert!(text.parse::<EmailAddress>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_subject_is_trimmed_and_a_blank_one_is_required() {
        assert_eq!(line_of_field("subject", "  Late \n order ", 200), Ok("Late order".into()));
        assert_eq!(line_of_field("subject", "  ", 200), Err(Refusal::invalid("subject", Why::Required)));
    }
}
