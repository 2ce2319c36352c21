//! What an agent types of a contact, and how it is checked. Lists are written a line each.

use serde::{Deserialize, Serialize};

use crate::{
    Refusal, Why,
    address::{EmailAddress, line_of_field},
    agent::NAME_MOST,
};

/// Most addresses of a contact.
pub const EMAILS_MOST: u32 = 20;
/// Most telephone numbers of a contact.
pub const PHONES_MOST: u32 = 10;
/// Most characters of a telephone number.
pub const PHONE_MOST: u32 = 40;
/// Most characters of an organisation.
pub const ORGANISATION_MOST: u32 = 120;
/// Most characters of a note.
pub const NOTE_MOST: u32 = 10_000;
/// Most notes of one contact.
pub const NOTES_MOST: u32 = 200;

/// What stands in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    /// Name, may be empty.
    pub name: String,
    /// Organisation, may be empty.
    pub organisation: String,
    /// Addresses, a line each; the first is the one that is written to.
    pub emails: String,
    /// Telephone numbers, a line each.
    pub phones: String,
}

/// The same, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Name, or empty.
    pub name: String,
    /// Organisation, or empty.
    pub organisation: String,
    /// Addresses, each once, the first one first.
    pub emails: Vec<EmailAddress>,
    /// Telephone numbers, each once.
    pub phones: Vec<String>,
}

/// A list as it is kept: what was typed, and what came in since the list was shown.
pub fn kept(typed: Vec<String>, shown: &str, stored: Vec<String>) -> Vec<String> {
    let shown: Vec<&str> = shown.lines().map(str::trim).collect();
    let since = stored.into_iter().filter(|one| !shown.contains(&one.as_str()) && !typed.contains(one)).collect::<Vec<_>>();
    [typed, since].concat()
}

impl ContactForm {
    /// Checks every field. Somebody without name, address and telephone is nobody.
    pub fn check(&self) -> Result<Facts, Refusal> {
        let optional = |field, text: &str, most| if text.trim().is_empty() { Ok(String::new()) } else { line_of_field(field, text, most) };
        let facts = Facts {
            name: optional("name", &self.name, NAME_MOST)?,
            organisation: optional("organisation", &self.organisation, ORGANISATION_MOST)?,
            emails: lines(&self.emails, "emails", EMAILS_MOST, |line| EmailAddress::of_field("emails", line))?,
            phones: lines(&self.phones, "phones", PHONES_MOST, phone)?,
        };
        let somebody = !(facts.name.is_empty() && facts.emails.is_empty() && facts.phones.is_empty());
        if somebody { Ok(facts) } else { Err(Refusal::invalid("name", Why::Required)) }
    }
}

fn phone(line: &str) -> Result<String, Refusal> {
    let line = line_of_field("phones", line, PHONE_MOST)?;
    let digits = line.bytes().filter(u8::is_ascii_digit).count();
    let fits = digits >= 3 && line.chars().all(|c| c.is_ascii_digit() || c.is_ascii_alphabetic() || " +-()/.#*".contains(c));
    if fits { Ok(line) } else { Err(Refusal::invalid("phones", Why::NotAPhone)) }
}

fn lines<T: PartialEq>(text: &str, field: &'static str, most: u32, check: impl Fn(&str) -> Result<T, Refusal>) -> Result<Vec<T>, Refusal> {
    let mut all = vec![];
    for line in text.split(['\n', ',', ';']).filter(|line| !line.trim().is_empty()) {
        let one = check(line)?;
        if !all.contains(&one) {
            all.push(one);
        }
    }
    if all.len() > most as usize { Err(Refusal::invalid(field, Why::TooMany(most))) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str, emails: &str, phones: &str) -> ContactForm {
        ContactForm { name: name.into(), emails: emails.into(), phones: phones.into(), ..ContactForm::default() }
    }

    #[test]
    fn lists_are_lines_each_once() {
        let facts = form(" Ana  Reis ", "Ana@Example.com\r\nana@example.com\nana@work.example", "+351 912 000 118\n\n").check().unwrap();
        assert_eq!(facts.name, "Ana Reis");
        assert_eq!(facts.emails.iter().map(EmailAddress::as_str).collect::<Vec<_>>(), ["ana@example.com", "ana@work.example"]);
        assert_eq!(facts.phones, ["+351 912 000 118"]);
    }

    #[test]
    fn what_came_in_since_a_list_was_shown_stays() {
        let all = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(kept(all(&["a", "c"]), "a\nb", all(&["a", "b", "n"])), ["a", "c", "n"], "b was taken out, n came in");
        assert_eq!(kept(all(&["a"]), "a", all(&[])), ["a"]);
    }

    #[test]
    fn nobody_is_no_contact() {
        assert_eq!(form(" ", "", "").check(), Err(Refusal::invalid("name", Why::Required)));
        assert!(form("", "", "112").check().is_ok());
    }

    #[test]
    fn what_cannot_be_called_or_written_to_is_refused_at_its_field() {
        assert_eq!(form("Ana", "ana", "").check(), Err(Refusal::invalid("emails", Why::NotAnAddress)));
        for phone in ["home", "12", "<b>123</b>"] {
            assert_eq!(form("Ana", "", phone).check(), Err(Refusal::invalid("phones", Why::NotAPhone)), "{phone}");
        }
        let many = (0..=EMAILS_MOST).map(|n| format!("a{n}@x.example")).collect::<Vec<_>>().join("\n");
        assert_eq!(form("Ana", &many, "").check(), Err(Refusal::invalid("emails", Why::TooMany(EMAILS_MOST))));
    }
}
