//! Rules: conditions on facts, any or all of them. One pure engine for whatever decides by itself: triggers for visitors, and what
//! serves tickets later. What is not known matches nothing, neither "is" nor "is not".

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::{Refusal, Why, address::line_of_field, words};

words! {
    /// What a condition looks at.
    Subject {
        /// Address of the page: its path, or all of it when the value begins with a scheme.
        Page = "page",
        /// Seconds on the page.
        Seconds = "seconds",
        /// This visit and those before it.
        Visits = "visits",
        /// Country, as two letters.
        Country = "country",
        /// Where they came from to the site.
        Referrer = "referrer",
        /// Language of the browser; `pt` stands for `pt-BR` too.
        Language = "language",
        /// Hour of the day, 0–23.
        Hour = "hour",
        /// What the site says of them.
        Attribute = "attribute",
    }
}

words! {
    /// How it compares.
    Test {
        /// The same, or one of a list with commas.
        Is = "is",
        /// None of the list.
        IsNot = "is_not",
        /// The same, where `*` stands for anything.
        Like = "like",
        /// Holds the text.
        Contains = "contains",
        /// Does not hold it.
        Lacks = "lacks",
        /// This number or more.
        AtLeast = "at_least",
        /// This number or less.
        AtMost = "at_most",
        /// From an hour up to another one, which may be tomorrow's: `22-6`.
        Between = "between",
    }
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Condition {
    /// What it looks at.
    pub subject: Subject,
    /// Name of the attribute; empty for the others.
    pub name: String,
    /// How it compares.
    pub test: Test,
    /// With what.
    pub value: String,
}

impl Default for Condition {
    fn default() -> Self {
        Self { subject: Subject::Page, name: String::new(), test: Test::Like, value: String::new() }
    }
}

/// Conditions together. Without any it always holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// One of them is enough.
    pub any: bool,
    /// The conditions.
    pub conditions: Vec<Condition>,
}

/// What is known at a moment.
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

/// Most conditions of a rule.
pub const CONDITIONS_MOST: u32 = 20;
/// Most characters of a condition's value.
const VALUE_MOST: u32 = 500;
/// Most characters of an attribute's name.
const NAME_MOST: u32 = 40;

impl Subject {
    /// How it can be compared.
    pub const fn tests(self) -> &'static [Test] {
        match self {
            Self::Page | Self::Referrer => &[Test::Like, Test::Is, Test::IsNot, Test::Contains, Test::Lacks],
            Self::Seconds | Self::Visits => &[Test::AtLeast, Test::AtMost],
            Self::Country | Self::Language => &[Test::Is, Test::IsNot],
            Self::Hour => &[Test::Between],
            Self::Attribute => &[Test::Is, Test::IsNot, Test::Like, Test::Contains, Test::Lacks, Test::AtLeast, Test::AtMost],
        }
    }
}

impl Rule {
    /// Checks every condition; what is wrong is named by its place, `value.0`.
    pub fn check(mut self) -> Result<Self, Refusal> {
        if self.conditions.len() > CONDITIONS_MOST as usize {
            return Err(Refusal::invalid("conditions", Why::TooMany(CONDITIONS_MOST)));
        }
        for (n, condition) in self.conditions.iter_mut().enumerate() {
            condition.check(n)?;
        }
        Ok(self)
    }

    /// Whether it holds.
    pub fn matches(&self, facts: &Facts) -> bool {
        let mut all = self.conditions.iter().map(|condition| condition.matches(facts));
        if self.any && !self.conditions.is_empty() { all.any(|holds| holds) } else { all.all(|holds| holds) }
    }
}

impl Condition {
    fn check(&mut self, n: usize) -> Result<(), Refusal> {
        let at = |field: &str, refusal: Refusal| match refusal {
            Refusal::Invalid { why, .. } => Refusal::Invalid { field: Cow::Owned(format!("{field}.{n}")), why },
            other => other,
        };
        if !self.subject.tests().contains(&self.test) {
            return Err(at("test", Refusal::invalid("test", Why::Unknown)));
        }
        self.name = match self.subject {
            Subject::Attribute => line_of_field("name", &self.name, NAME_MOST).map_err(|refusal| at("name", refusal))?,
            _ => String::new(),
        };
        self.value = line_of_field("value", &self.value, VALUE_MOST).map_err(|refusal| at("value", refusal))?;
        let fits = match (self.subject, self.test) {
            (_, Test::AtLeast | Test::AtMost) => number(&self.value).is_some(),
            (_, Test::Between) => hours(&self.value).is_some(),
            (Subject::Country, _) => list(&self.value).all(|one| one.len() == 2 && one.bytes().all(|byte| byte.is_ascii_alphabetic())),
            (Subject::Page, Test::Is | Test::IsNot | Test::Like) => {
                list(&self.value).all(|one| one.starts_with(['/', '*']) || one.contains("://"))
            }
            _ => list(&self.value).next().is_some(),
        };
        if fits { Ok(()) } else { Err(at("value", Refusal::invalid("value", Why::Unknown))) }
    }

    /// Whether it holds.
    pub fn matches(&self, facts: &Facts) -> bool {
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match self.subject {
            Subject::Seconds => self.counts(facts.seconds),
            Subject::Visits => self.counts(facts.visits),
            Subject::Hour => hours(&self.value).is_some_and(|(from, to)| within(from, to, facts.hour)),
            Subject::Page => known(&facts.page).is_some_and(|page| self.compares_page(&page)),
            Subject::Referrer => self.compares(&facts.referrer),
            Subject::Country => facts.country.as_ref().is_some_and(|country| self.compares(country)),
            Subject::Language => known(&facts.language).is_some_and(|language| self.compares_language(&language)),
            Subject::Attribute => facts.attributes.get(&self.name).is_some_and(|value| match self.test {
                Test::AtLeast | Test::AtMost => number(value).is_some_and(|number| self.counts(number)),
                _ => self.compares(value),
            }),
        }
    }

    fn counts(&self, n: i64) -> bool {
        number(&self.value).is_some_and(|bound| match self.test {
            Test::AtLeast => n >= bound,
            Test::AtMost => n <= bound,
            _ => false,
        })
    }

    fn compares(&self, text: &str) -> bool {
        let (text, value) = (text.to_lowercase(), self.value.to_lowercase());
        match self.test {
            Test::Is => list(&value).any(|one| one == text),
            Test::IsNot => list(&value).all(|one| one != text),
            Test::Like => list(&value).any(|one| like(one, &text)),
            Test::Contains => text.contains(&value),
            Test::Lacks => !text.contains(&value),
            Test::AtLeast | Test::AtMost | Test::Between => false,
        }
    }

    fn compares_page(&self, page: &str) -> bool {
        if matches!(self.test, Test::Contains | Test::Lacks) {
            return self.compares(page);
        }
        let path = path_of(page);
        let holds = |one: &str| if one.contains("://") { like(one, page) } else { like(one, path) };
        match self.test {
            Test::IsNot => list(&self.value).all(|one| !holds(one)),
            _ => list(&self.value).any(holds),
        }
    }

    fn compares_language(&self, tag: &str) -> bool {
        let tag = tag.to_lowercase();
        let speaks = |one: &str| tag == one || tag.strip_prefix(one).is_some_and(|rest| rest.starts_with('-'));
        let hit = list(&self.value.to_lowercase()).any(speaks);
        if self.test == Test::IsNot { !hit } else { hit }
    }
}

/// The path of an address.
pub fn path_of(page: &str) -> &str {
    let rest = page.split_once("://").map_or(page, |(_, rest)| rest);
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    path.split(['?', '#']).next().unwrap_or("/")
}

fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|one| !one.is_empty())
}

fn number(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// Hours from and up to: `9-18`, or `22-6` over midnight.
pub fn hours(text: &str) -> Option<(u8, u8)> {
    let (from, to) = text.split_once('-')?;
    let hour = |text: &str| text.trim().parse::<u8>().ok().filter(|hour| *hour <= 24);
    let (from, to) = (hour(from)?, hour(to)?);
    (from != to && from < 24).then_some((from, to))
}

const fn within(from: u8, to: u8, hour: u8) -> bool {
    if from < to { from <= hour && hour < to } else { from <= hour || hour < to }
}

/// Whether a text is a pattern's, where `*` stands for anything.
fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests;
