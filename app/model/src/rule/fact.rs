//! Facts, as conditions ask for them: what one thing is known to be, and what is known of a visit.

use std::{borrow::Cow, collections::BTreeMap};

use super::condition::Subject;
use crate::conversation::Priority;

/// What is known of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// Nothing.
    Unknown,
    /// Words.
    Text(Cow<'a, str>),
    /// Several of them.
    Texts(&'a [String]),
    /// Address of a page.
    Page(&'a str),
    /// A language's tag.
    Language(&'a str),
    /// A number.
    Number(i64),
    /// An hour of the day.
    Hour(u8),
    /// How pressing something is.
    Priority(Priority),
}

/// Whoever knows facts.
pub trait Known {
    /// What is known; `name` is that of an attribute.
    fn fact(&self, subject: Subject, name: &str) -> Fact<'_>;
}

/// What is known of a visit at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Address of the page.
    pub page: String,
    /// Seconds on it.
    pub seconds: i64,
    /// This visit and those before it.
    pub visits: i64,
    /// Country.
    pub country: Option<String>,
    /// Where they came from, or empty.
    pub referrer: String,
    /// Language, as a tag, or empty when it is not known.
    pub language: String,
    /// Hour of the day.
    pub hour: u8,
    /// What the site says of them.
    pub attributes: BTreeMap<String, String>,
}

impl Known for Facts {
    fn fact(&self, subject: Subject, name: &str) -> Fact<'_> {
        match subject {
            Subject::Seconds => Fact::Number(self.seconds),
            Subject::Visits => Fact::Number(self.visits),
            Subject::Hour => Fact::Hour(self.hour),
            Subject::Page if !self.page.is_empty() => Fact::Page(&self.page),
            Subject::Language if !self.language.is_empty() => Fact::Language(&self.language),
            Subject::Referrer => Fact::Text(Cow::Borrowed(&self.referrer)),
            Subject::Country => self.country.as_ref().map_or(Fact::Unknown, |country| Fact::Text(Cow::Borrowed(country))),
            Subject::Attribute => self.attributes.get(name).map_or(Fact::Unknown, |value| Fact::Text(Cow::Borrowed(value))),
            _ => Fact::Unknown,
        }
    }
}
