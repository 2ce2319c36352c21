//! Filters of the list of contacts: what of a contact, how it is compared, with what. The address bar carries them.
//! They are decided by the filter compiler alone: it has the folded texts and the property's days.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::known::SAYS;
use crate::words;

/// Most filters at once.
pub const FILTERS_MOST: usize = 8;
/// Most characters of what is compared with.
pub const VALUE_MOST: usize = 100;

words! {
    /// What of a contact is compared.
    Field {
        /// Name.
        Name = "name",
        /// Any of the addresses.
        Email = "email",
        /// Any of the telephone numbers, by their digits.
        Phone = "phone",
        /// Organisation.
        Organisation = "organisation",
        /// A tag, of an agent or of the site.
        Tag = "tag",
        /// Something that is known under a name: the value is `name=value`, or the name alone.
        Attribute = "attribute",
        /// The day we first heard of them.
        Created = "created",
        /// The day something else was last known of them.
        Changed = "changed",
        /// The day something was last said.
        Active = "active",
    }
}

words! {
    /// How it is compared.
    Test {
        /// It is that, capitals and accents aside.
        Is = "is",
        /// It is something else, or not known.
        IsNot = "is_not",
        /// That is in it.
        Contains = "contains",
        /// It is known.
        Known = "known",
        /// It is not known.
        Unknown = "unknown",
        /// That day or later.
        From = "from",
        /// That day or earlier.
        Until = "until",
    }
}

impl Field {
    /// How it can be compared.
    pub const fn tests(self) -> &'static [Test] {
        match self {
            Self::Created | Self::Changed | Self::Active => &[Test::From, Test::Until],
            Self::Name | Self::Email | Self::Phone | Self::Organisation | Self::Tag | Self::Attribute => {
                &[Test::Is, Test::IsNot, Test::Contains, Test::Known, Test::Unknown]
            }
        }
    }
}

impl Test {
    /// Whether it compares with something.
    pub const fn compares(self) -> bool {
        !matches!(self, Self::Known | Self::Unknown)
    }
}

/// A filter. As text `field.test.value`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// What of a contact.
    pub field: Field,
    /// How.
    pub test: Test,
    /// With what; empty where it is compared with nothing.
    pub value: String,
}

impl Filter {
    /// A filter that makes sense; none for others.
    pub fn new(field: Field, test: Test, value: &str) -> Option<Self> {
        let cut = |text: &str| text.trim().chars().take(VALUE_MOST).collect::<String>();
        let value = match (field, test.compares()) {
            (Field::Attribute, compares) => {
                let (name, value) = value.split_once(SAYS).unwrap_or((value, ""));
                let (name, value) = (cut(name), cut(value));
                match (name.is_empty(), compares, value.is_empty()) {
                    (false, true, false) => format!("{name}{SAYS}{value}"),
                    (false, false, _) => name,
                    _ => return None,
                }
            }
            (_, true) => cut(value),
            (_, false) => String::new(),
        };
        let wants = test.compares() || field == Field::Attribute;
        let day = matches!(test, Test::From | Test::Until);
        let fits = field.tests().contains(&test) && wants != value.is_empty() && (!day || day_of(&value).is_some());
        fits.then_some(Self { field, test, value })
    }

    /// Of an attribute its name and what it is compared with; of all else no name.
    pub fn named(&self) -> (&str, &str) {
        if self.field == Field::Attribute { self.value.split_once(SAYS).unwrap_or((&self.value, "")) } else { ("", &self.value) }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.field, self.test, self.value)
    }
}

impl FromStr for Filter {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().unwrap_or_default();
        Self::new(next().parse()?, next().parse()?, next()).ok_or(())
    }
}

/// Year, month and day of a text like `2026-01-31`.
pub fn day_of(text: &str) -> Option<(i64, u8, u8)> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let fits = parts.next().is_none() && (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    fits.then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_reads_back() {
        for text in [
            "name.contains.joana p.",
            "email.is.a.b@x.example",
            "phone.unknown.",
            "created.from.2026-01-31",
            "changed.until.2026-01-31",
            "tag.is.vip",
            "attribute.is.Cost centre=4711",
            "attribute.known.plan",
        ] {
            assert_eq!(text.parse::<Filter>().map(|filter| filter.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_makes_no_sense_is_no_filter() {
        for text in [
            "",
            "name",
            "name.is.",
            "name.from.2026-01-31",
            "created.is.2026-01-31",
            "created.from.soon",
            "created.from.2026-13-01",
            "age.is.7",
            "attribute.is.plan",
            "attribute.is.=gold",
            "attribute.known.",
            "attribute.from.plan=2026-01-31",
        ] {
            assert_eq!(text.parse::<Filter>(), Err(()), "{text}");
        }
        assert_eq!("attribute.unknown.plan=x".parse::<Filter>().map(|filter| filter.value), Ok("plan".to_owned()));
        assert_eq!("phone.known.7".parse::<Filter>().map(|filter| filter.value), Ok(String::new()));
    }
}
