//! Who a person is, as far as it is known: the contact with all that went into it, their addresses and names, their browsers. And whether
//! a text is about them: by an address or a browser. A name is others' as well; it counts beside an address of theirs alone.

use std::collections::BTreeSet;

use model::{ContactId, PropertyId, VisitorId, message::Author};
use sqlx::Row as _;

use crate::{Result, db::Conn, line::word};

/// Digits of a telephone number from which on it is one.
const PHONE_LEAST: usize = 6;

/// A person.
#[derive(Clone)]
pub(super) struct Person {
    /// Where.
    pub property: PropertyId,
    /// The contact, and those that went into it.
    pub contacts: Vec<ContactId>,
    /// Their addresses, lower case.
    pub emails: BTreeSet<String>,
    /// Their browsers.
    pub visitors: Vec<VisitorId>,
    /// Their names of several words, lower case: one word alone is too many people's.
    names: BTreeSet<String>,
    /// Digits of their telephone numbers.
    phones: BTreeSet<String>,
}

impl Person {
    /// Who a contact is.
    pub async fn of(conn: &mut Conn, property: &PropertyId, contact: &ContactId) -> Result<Self> {
        let mut person = Self {
            property: property.clone(),
            contacts: vec![contact.clone()],
            emails: BTreeSet::new(),
            visitors: vec![],
            names: BTreeSet::new(),
            phones: BTreeSet::new(),
        };
        let mut at = 0;
        while let Some(contact) = person.contacts.get(at).cloned() {
            person.learn(conn, &contact).await?;
            at += 1;
        }
        Ok(person)
    }

    /// What is known of one of the contacts, and who went into it.
    async fn learn(&mut self, conn: &mut Conn, contact: &ContactId) -> Result<()> {
        let row = sqlx::query("select name, email, phones from contact where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(contact.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        if let Some(row) = row {
            self.call(row.try_get("name")?, row.try_get("email")?);
            for phone in serde_json::from_str::<Vec<String>>(row.try_get("phones")?)? {
                self.phones.extend(Some(digits(&phone)).filter(|digits| digits.len() >= PHONE_LEAST));
            }
        }
        let rows = sqlx::query("select email from contact_address where property = $1 and contact = $2")
            .bind(self.property.as_str())
            .bind(contact.as_str())
            .fetch_all(&mut *conn)
            .await?;
        for row in &rows {
            self.call("", row.try_get("email")?);
        }
        let rows = sqlx::query("select id, name, email from visitor where property = $1 and contact = $2")
            .bind(self.property.as_str())
            .bind(contact.as_str())
            .fetch_all(&mut *conn)
            .await?;
        for row in &rows {
            self.call(row.try_get("name")?, row.try_get("email")?);
            self.visitors.push(word(row, "id")?);
        }
        let rows = sqlx::query("select goes from contact_merge where property = $1 and stays = $2 and undone_at is null")
            .bind(self.property.as_str())
            .bind(contact.as_str())
            .fetch_all(conn)
            .await?;
        for row in &rows {
            let goes = word(row, "goes")?;
            if !self.contacts.contains(&goes) {
                self.contacts.push(goes);
            }
        }
        Ok(())
    }

    fn call(&mut self, name: &str, email: &str) {
        self.names.extend(Some(name.trim().to_lowercase()).filter(|name| name.contains(char::is_whitespace)));
        self.emails.extend(Some(email.trim().to_lowercase()).filter(|email| email.contains('@')));
    }

    /// Whether they are the author.
    pub fn wrote(&self, author: &Author) -> bool {
        matches!(author, Author::Contact { id, .. } if self.contacts.contains(id))
    }

    /// Whether a text holds one of their addresses, or one of their browsers.
    pub fn known_in(&self, text: &str) -> bool {
        self.addressed_in(text) || self.visitors.iter().any(|visitor| text.contains(visitor.as_str()))
    }

    /// Whether a text holds one of their addresses.
    pub fn addressed_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.emails.iter().any(|known| stands_in(&text, known))
    }

    /// A text that holds one of their addresses, with a mark in place of these and of their names; another one as it is.
    pub fn cut_from(&self, text: &str, mark: &str) -> String {
        let mut text = text.to_owned();
        if !self.addressed_in(&text) {
            return text;
        }
        for known in self.emails.iter().chain(&self.names) {
            // letters that are longer small than capital would shift what is found
            let small = Some(text.to_lowercase()).filter(|small| small.len() == text.len()).unwrap_or_else(|| text.clone());
            let (mut cut, mut at) = (String::with_capacity(text.len()), 0);
            for found in places(&small, known) {
                let Some(before) = text.get(at..found).filter(|_| text.is_char_boundary(found + known.len())) else { continue };
                cut.push_str(before);
                cut.push_str(mark);
                at = found + known.len();
            }
            cut.push_str(&text[at..]);
            text = cut;
        }
        text
    }

    /// Whether a row of a table is about them.
    pub fn in_row(&self, cells: &[String]) -> bool {
        cells.iter().any(|cell| self.known_in(cell) || self.phones.contains(&digits(cell)))
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn stands_in(text: &str, wanted: &str) -> bool {
    places(text, wanted).next().is_some()
}

/// Where something stands in a text by itself, and is no part of a longer name or address.
fn places(text: &str, wanted: &str) -> impl Iterator<Item = usize> {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+');
    text.match_indices(wanted).map(|(at, _)| at).filter(move |at| {
        let (before, after) = (&text[..*at], &text[at + wanted.len()..]);
        // a dot joins only what goes on behind it: it ends sentences
        let mut behind = after.chars();
        let goes_on = match behind.next() {
            Some('.') => behind.next().is_some_and(char::is_alphanumeric),
            Some(c) => inner(c),
            None => false,
        };
        !goes_on && !before.ends_with(|c: char| inner(c) || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_named_is_told_from_who_is_called_alike() {
        assert!(stands_in("to: <ana@x.example>.", "ana@x.example"));
        assert!(stands_in("write to ana@x.example.", "ana@x.example"));
        assert!(!stands_in("joana@x.example", "ana@x.example"));
        assert!(!stands_in("ana@x.example.com", "ana@x.example"));
        assert!(!stands_in("mariana reis", "ana reis"));
        assert!(stands_in("visitor ana reis: spam", "ana reis"));
    }

    #[test]
    fn a_name_is_cut_by_itself_and_beside_an_address_alone() {
        let mut maria = Person {
            property: PropertyId::new(),
            contacts: vec![],
            emails: BTreeSet::new(),
            visitors: vec![],
            names: BTreeSet::new(),
            phones: BTreeSet::from(["912000118".into()]),
        };
        maria.call("Maria Souza", "Maria@x.example");
        maria.call("Maria", "");
        let told = "MARIA Souza <maria@x.example>; not Maria Souzas, Maria Reis, ana.maria@x.example";
        assert_eq!(maria.cut_from(told, "(erased)"), "(erased) <(erased)>; not Maria Souzas, Maria Reis, ana.maria@x.example");
        assert_eq!(maria.cut_from("Maria Souza comes", "(erased)"), "Maria Souza comes");
        let row = |cells: [&str; 2]| maria.in_row(&cells.map(str::to_owned));
        assert!(row(["Maria", "maria@x.example"]) && row(["Anybody", "912 000 118"]) && !row(["Maria Souza", "other@x.example"]));
    }
}
