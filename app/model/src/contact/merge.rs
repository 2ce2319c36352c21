//! Two contacts that are one person: what each of them is, whose value stays in each field, and what comes of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Card, Counts,
    form::{EMAILS_MOST, NOTES_MOST, PHONES_MOST},
};
use crate::{MergeId, Moment, Refusal, Why, conversation::TAGS_MOST, message::Author, visitor::ATTRIBUTES_MOST, words};

words! {
    /// Whose value counts.
    Side {
        /// The value of the one that stays.
        Stays = "stays",
        /// The value of the one that goes into it.
        Goes = "goes",
    }
}

words! {
    /// What two contacts have in common.
    Common {
        /// A mailbox: the addresses differ in what the mailbox's provider does not look at.
        Mailbox = "mailbox",
        /// A telephone number, but for what stands before its last nine digits.
        Phone = "phone",
        /// The whole name.
        Name = "name",
    }
}

/// One of the two as they are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The contact.
    pub card: Card,
    /// Every address, the first one first.
    pub emails: Vec<String>,
    /// How many conversations there are.
    pub counts: Counts,
    /// How many notes.
    pub notes: i64,
}

/// Both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The one that stays.
    pub stays: Sheet,
    /// The one that goes into it.
    pub goes: Sheet,
}

/// Two who may be one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twins {
    /// The one.
    pub one: Card,
    /// The other.
    pub other: Card,
    /// What they have in common.
    pub why: Vec<Common>,
}

/// A merge as the page of the one that stayed tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Identity.
    pub id: MergeId,
    /// How the one that went was called.
    pub called: String,
    /// Who did it.
    pub author: Author,
    /// When.
    pub at: Moment,
}

/// Whose value counts in each field. What can be kept of both is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The name.
    pub name: Side,
    /// The organisation.
    pub organisation: Side,
    /// The address that is written to.
    pub email: Side,
    /// Names of attributes of which the value of the one that goes counts.
    pub attributes: Vec<String>,
}

impl Choice {
    /// What a form says; of what it says nothing the one that stays counts.
    pub fn new(name: &str, organisation: &str, email: &str, attributes: Vec<String>) -> Self {
        let side = |word: &str| word.parse().unwrap_or(Side::Stays);
        Self { name: side(name), organisation: side(organisation), email: side(email), attributes }
    }
}

/// What agents say of a contact, all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Name, or empty.
    pub name: String,
    /// Organisation, or empty.
    pub organisation: String,
    /// The address that is written to, or empty.
    pub email: String,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// What is known under names.
    pub attributes: BTreeMap<String, String>,
}

impl Told {
    /// What a sheet says.
    pub fn of(sheet: &Sheet) -> Self {
        let card = &sheet.card;
        Self {
            name: card.contact.name.clone(),
            organisation: card.organisation.clone(),
            email: card.contact.email.clone(),
            phones: card.phones.clone(),
            tags: card.tags.iter().filter(|tag| !tag.site).map(|tag| tag.name.clone()).collect(),
            attributes: card.attributes.iter().filter(|one| !one.site).map(|one| (one.name.clone(), one.value.clone())).collect(),
        }
    }

    /// The same without what a merge brought, where that was not changed since.
    #[must_use]
    pub fn without(self, before: &Self, after: &Self) -> Self {
        let back = |now: String, before: &String, after: &String| if now == *after { before.clone() } else { now };
        let brought = |list: Vec<String>, before: &[String], after: &[String]| -> Vec<String> {
            list.into_iter().filter(|one| before.contains(one) || !after.contains(one)).collect()
        };
        let mut attributes = self.attributes;
        for (name, value) in &after.attributes {
            if attributes.get(name) == Some(value) && before.attributes.get(name) != Some(value) {
                attributes.remove(name);
                attributes.extend(before.attributes.get(name).map(|value| (name.clone(), value.clone())));
            }
        }
        Self {
            name: back(self.name, &before.name, &after.name),
            organisation: back(self.organisation, &before.organisation, &after.organisation),
            email: back(self.email, &before.email, &after.email),
            phones: brought(self.phones, &before.phones, &after.phones),
            tags: brought(self.tags, &before.tags, &after.tags),
            attributes,
        }
    }
}

impl Compared {
    /// What is known of the one that stays, once the other has gone into it. More than one contact can have is refused.
    pub fn merged(&self, choice: &Choice) -> Result<Told, Refusal> {
        let (stays, goes) = (Told::of(&self.stays), Told::of(&self.goes));
        let pick = |side: Side, stays: &String, goes: &String| {
            let (first, second) = if side == Side::Stays { (stays, goes) } else { (goes, stays) };
            // nothing is said by the one where the other says something
            if first.is_empty() { second.clone() } else { first.clone() }
        };
        let mut phones = stays.phones;
        phones.extend(goes.phones.into_iter().filter(|phone| !phones.iter().any(|known| same_digits(known, phone))).collect::<Vec<_>>());
        let mut tags = stays.tags;
        tags.extend(goes.tags);
        tags.sort();
        tags.dedup();
        let mut attributes = goes.attributes.clone();
        attributes.extend(stays.attributes);
        attributes.extend(goes.attributes.into_iter().filter(|(name, _)| choice.attributes.contains(name)));
        let most = [
            (phones.len(), PHONES_MOST),
            (tags.len(), TAGS_MOST),
            (attributes.len(), ATTRIBUTES_MOST),
            (self.stays.emails.len() + self.goes.emails.len(), EMAILS_MOST),
            (usize::try_from(self.stays.notes + self.goes.notes).unwrap_or(usize::MAX), NOTES_MOST),
        ];
        if let Some((_, most)) = most.into_iter().find(|(n, most)| *n > *most as usize) {
            return Err(Refusal::invalid("other", Why::TooMany(most)));
        }
        Ok(Told {
            name: pick(choice.name, &stays.name, &goes.name),
            organisation: pick(choice.organisation, &stays.organisation, &goes.organisation),
            email: pick(choice.email, &stays.email, &goes.email),
            phones,
            tags,
            attributes,
        })
    }
}

fn same_digits(one: &str, other: &str) -> bool {
    let digits = |phone: &str| phone.chars().filter(char::is_ascii_digit).collect::<String>();
    digits(one) == digits(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContactId, contact::Contact};

    fn sheet(name: &str, email: &str, phone: &str, plan: &str) -> Sheet {
        let contact = Contact { id: ContactId::new(), name: name.into(), email: email.into(), created_at: Moment(0) };
        let card = Card {
            contact,
            organisation: String::new(),
            organisation_id: None,
            phones: vec![phone.into()],
            tags: super::super::known::tags(vec![format!("of-{name}"), "vip".into()], vec!["site".into()]),
            attributes: super::super::known::attributes([("Plan".to_owned(), plan.to_owned())].into(), BTreeMap::new()),
            last_at: Moment(0),
            changed_at: Moment(0),
            conversations: 0,
            sorted_as: String::new(),
        };
        Sheet { card, emails: vec![email.into()], counts: Counts::default(), notes: 0 }
    }

    fn two() -> Compared {
        Compared { stays: sheet("ana", "ana@x.example", "+351 912 000 118", "Gold"), goes: sheet("anita", "", "351912000118", "Free") }
    }

    #[test]
    fn each_field_is_chosen_and_lists_are_put_together() {
        let choice = Choice::new("goes", "stays", "goes", vec!["Plan".into()]);
        let told = two().merged(&choice).unwrap();
        // she has no other address
        assert_eq!((told.name.as_str(), told.email.as_str()), ("anita", "ana@x.example"));
        assert_eq!(told.phones, ["+351 912 000 118"], "the same number is kept once");
        assert_eq!(told.tags, ["of-ana", "of-anita", "vip"]);
        assert_eq!(told.attributes["Plan"], "Free");
        assert_eq!(two().merged(&Choice::new("", "", "", vec![])).unwrap().attributes["Plan"], "Gold");
    }

    #[test]
    fn taken_apart_it_is_as_before_but_for_what_was_changed_since() {
        let both = two();
        let before = Told::of(&both.stays);
        let after = both.merged(&Choice::new("goes", "stays", "stays", vec!["Plan".into()])).unwrap();
        assert_eq!(after.clone().without(&before, &after), before);
        let mut since = after.clone();
        since.name = "Anita Reis".into();
        since.tags.push("new".into());
        since.attributes.insert("Plan".into(), "Studio".into());
        let apart = since.without(&before, &after);
        assert_eq!(apart.name, "Anita Reis");
        assert_eq!(apart.tags, ["of-ana", "vip", "new"]);
        assert_eq!(apart.attributes["Plan"], "Studio");
    }

    #[test]
    fn more_than_one_contact_can_have_is_refused() {
        let mut both = two();
        both.goes.notes = i64::from(NOTES_MOST) + 1;
        assert_eq!(both.merged(&Choice::new("", "", "", vec![])), Err(Refusal::invalid("other", Why::TooMany(NOTES_MOST))));
    }
}
