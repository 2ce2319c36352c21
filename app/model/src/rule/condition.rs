//! Conditions on facts, any or all of them, in groups. One pure engine for whatever decides by itself: triggers for visitors, and rules
//! for conversations. What is not known matches nothing, neither "is" nor "is not".

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{
    choice::Choice,
    fact::{Fact, Known},
};
use crate::{Refusal, Why, address::line_of_field, conversation::Priority, words};

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
        /// Chat or ticket.
        Kind = "kind",
        /// How its first words came.
        Channel = "channel",
        /// Where a conversation stands.
        Status = "status",
        /// How pressing it is.
        Priority = "priority",
        /// Who looks after it: an agent, a department or nobody.
        Assignee = "assignee",
        /// The department it is given to, or those of the agent who looks after it.
        Department = "department",
        /// Its tags.
        Tag = "tag",
        /// Subject of a ticket.
        Title = "title",
        /// Its first words.
        First = "first",
        /// Address of who asks.
        Requester = "requester",
        /// Domain of that address.
        Domain = "domain",
        /// Whether the property is open.
        Hours = "hours",
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

/// Conditions together, with groups of others among them. Without any it always holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    /// One of them is enough.
    pub any: bool,
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// Groups, each of which counts as one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
}

/// Conditions that count as one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    /// One of them is enough.
    pub any: bool,
    /// The conditions.
    pub conditions: Vec<Condition>,
}

/// Most conditions in all.
pub const CONDITIONS_MOST: u32 = 20;
/// Most characters of a condition's value.
const VALUE_MOST: u32 = 500;
/// Most characters of an attribute's name.
const NAME_MOST: u32 = 40;

/// Most groups.
pub const GROUPS_MOST: u32 = 8;

impl Subject {
    /// What is known of a visit.
    pub const OF_VISITS: &'static [Self] =
        &[Self::Page, Self::Seconds, Self::Visits, Self::Country, Self::Referrer, Self::Language, Self::Hour, Self::Attribute];
    /// What is known of a conversation.
    pub const OF_CONVERSATIONS: &'static [Self] = &[
        Self::Kind,
        Self::Channel,
        Self::Status,
        Self::Priority,
        Self::Assignee,
        Self::Department,
        Self::Tag,
        Self::Title,
        Self::First,
        Self::Requester,
        Self::Domain,
        Self::Hours,
    ];

    /// What its value is chosen from, unless it is typed.
    pub const fn choice(self) -> Option<Choice> {
        match self {
            Self::Kind => Some(Choice::Kind),
            Self::Channel => Some(Choice::Channel),
            Self::Status => Some(Choice::Status),
            Self::Priority => Some(Choice::Priority),
            Self::Assignee => Some(Choice::Assignee),
            Self::Department => Some(Choice::Department),
            Self::Hours => Some(Choice::Hours),
            _ => None,
        }
    }

    /// How it can be compared.
    pub const fn tests(self) -> &'static [Test] {
        match self {
            Self::Page | Self::Referrer => &[Test::Like, Test::Is, Test::IsNot, Test::Contains, Test::Lacks],
            Self::Seconds | Self::Visits => &[Test::AtLeast, Test::AtMost],
            Self::Country | Self::Language | Self::Kind | Self::Channel | Self::Status | Self::Assignee | Self::Department | Self::Tag => {
                &[Test::Is, Test::IsNot]
            }
            Self::Hours => &[Test::Is],
            Self::Priority => &[Test::Is, Test::IsNot, Test::AtLeast, Test::AtMost],
            Self::Title | Self::First => &[Test::Contains, Test::Lacks, Test::Like],
            Self::Requester | Self::Domain => &[Test::Is, Test::IsNot, Test::Like, Test::Contains],
            Self::Hour => &[Test::Between],
            Self::Attribute => &[Test::Is, Test::IsNot, Test::Like, Test::Contains, Test::Lacks, Test::AtLeast, Test::AtMost],
        }
    }
}

impl Conditions {
    /// Checks every condition; what is wrong is named by its place, `value.0`: those of groups come after the others.
    pub fn check(mut self, about: &[Subject]) -> Result<Self, Refusal> {
        if self.all().count() > CONDITIONS_MOST as usize || self.groups.len() > GROUPS_MOST as usize {
            return Err(Refusal::invalid("conditions", Why::TooMany(CONDITIONS_MOST)));
        }
        let groups = self.groups.iter_mut().flat_map(|group| &mut group.conditions);
        for (n, condition) in self.conditions.iter_mut().chain(groups).enumerate() {
            condition.check(n, about)?;
        }
        self.groups.retain(|group| !group.conditions.is_empty());
        Ok(self)
    }

    /// Every condition, those of groups after the others.
    pub fn all(&self) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().chain(self.groups.iter().flat_map(|group| &group.conditions))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Whether they hold.
    pub fn matches(&self, known: &impl Known) -> bool {
        let own = self.conditions.iter().map(|condition| condition.matches(known));
        let groups = self.groups.iter().map(|group| joined(group.any, group.conditions.iter().map(|condition| condition.matches(known))));
        joined(self.any && !self.is_empty(), own.chain(groups))
    }

    /// Those that hold by themselves: why all of them together do.
    pub fn held<'a>(&'a self, known: &'a impl Known) -> impl Iterator<Item = &'a Condition> {
        self.all().filter(move |condition| condition.matches(known))
    }
}

fn joined(any: bool, mut each: impl Iterator<Item = bool>) -> bool {
    if any { each.any(|holds| holds) } else { each.all(|holds| holds) }
}

impl Condition {
    /// Refuses what cannot be asked; the field is named with its place.
    pub(super) fn check(&mut self, n: usize, about: &[Subject]) -> Result<(), Refusal> {
        let at = |field: &str, refusal: Refusal| match refusal {
            Refusal::Invalid { why, .. } => Refusal::Invalid { field: Cow::Owned(format!("{field}.{n}")), why },
            other => other,
        };
        if !about.contains(&self.subject) || !self.subject.tests().contains(&self.test) {
            return Err(at("test", Refusal::invalid("test", Why::Unknown)));
        }
        self.name = match self.subject {
            Subject::Attribute => line_of_field("name", &self.name, NAME_MOST).map_err(|refusal| at("name", refusal))?,
            _ => String::new(),
        };
        self.value = line_of_field("value", &self.value, VALUE_MOST).map_err(|refusal| at("value", refusal))?;
        let fits = match (self.subject.choice(), self.subject, self.test) {
            (Some(choice), ..) => choice.has(&self.value),
            (None, _, Test::AtLeast | Test::AtMost) => number(&self.value).is_some(),
            (None, _, Test::Between) => hours(&self.value).is_some(),
            (None, Subject::Country, _) => {
                list(&self.value).all(|one| one.len() == 2 && one.bytes().all(|byte| byte.is_ascii_alphabetic()))
            }
            (None, Subject::Page, Test::Is | Test::IsNot | Test::Like) => {
                list(&self.value).all(|one| one.starts_with(['/', '*']) || one.contains("://"))
            }
            _ => list(&self.value).next().is_some(),
        };
        if fits { Ok(()) } else { Err(at("value", Refusal::invalid("value", Why::Unknown))) }
    }

    /// Whether it holds.
    pub fn matches(&self, known: &impl Known) -> bool {
        match known.fact(self.subject, &self.name) {
            Fact::Unknown => false,
            Fact::Number(n) => self.counts(n),
            Fact::Hour(hour) => hours(&self.value).is_some_and(|(from, to)| within(from, to, hour)),
            Fact::Page(page) => self.compares_page(page),
            Fact::Language(tag) => self.compares_language(tag),
            Fact::Priority(priority) => self.ranks(priority),
            Fact::Texts(all) => {
                let value = self.value.to_lowercase();
                let hit = list(&value).any(|one| all.iter().any(|text| text == one));
                if self.test == Test::IsNot { !hit } else { hit }
            }
            Fact::Text(value) => match self.test {
                Test::AtLeast | Test::AtMost => number(&value).is_some_and(|number| self.counts(number)),
                _ => self.compares(&value),
            },
        }
    }

    fn ranks(&self, priority: Priority) -> bool {
        self.value.parse::<Priority>().is_ok_and(|bound| match self.test {
            Test::Is => priority == bound,
            Test::IsNot => priority != bound,
            Test::AtLeast => priority >= bound,
            Test::AtMost => priority <= bound,
            _ => false,
        })
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
