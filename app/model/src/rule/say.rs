//! Rules in words: how subjects, comparisons and occasions are called, and why a rule ran, as it is kept with what it did. That is
//! kept in each language: the rule may be another one when it is read, and who or what it names may be gone.

use super::{Choice, Condition, Deed, Since, Subject, Test, When};
use crate::{
    Language, Text,
    moment::MINUTE,
    text::{rule as texts, trigger as of_trigger},
};

impl Subject {
    /// How it is called.
    pub const fn says(self) -> Text {
        match self {
            Self::Page => of_trigger::ON_PAGE,
            Self::Seconds => of_trigger::ON_SECONDS,
            Self::Visits => of_trigger::ON_VISITS,
            Self::Country => of_trigger::ON_COUNTRY,
            Self::Referrer => of_trigger::ON_REFERRER,
            Self::Language => of_trigger::ON_LANGUAGE,
            Self::Hour => of_trigger::ON_HOUR,
            Self::Attribute => of_trigger::ON_ATTRIBUTE,
            Self::Kind => texts::ON_KIND,
            Self::Channel => texts::ON_CHANNEL,
            Self::Status => texts::ON_STATUS,
            Self::Priority => texts::ON_PRIORITY,
            Self::Assignee => texts::ON_ASSIGNEE,
            Self::Department => texts::ON_DEPARTMENT,
            Self::Tag => texts::ON_TAG,
            Self::Title => texts::ON_TITLE,
            Self::First => texts::ON_FIRST,
            Self::Requester => texts::ON_REQUESTER,
            Self::Domain => texts::ON_DOMAIN,
            Self::Hours => texts::ON_HOURS,
        }
    }
}

impl Test {
    /// How it is called.
    pub const fn says(self) -> Text {
        match self {
            Self::Is => of_trigger::IS,
            Self::IsNot => of_trigger::IS_NOT,
            Self::Like => of_trigger::LIKE,
            Self::Contains => of_trigger::CONTAINS,
            Self::Lacks => of_trigger::LACKS,
            Self::AtLeast => of_trigger::AT_LEAST,
            Self::AtMost => of_trigger::AT_MOST,
            Self::Between => of_trigger::BETWEEN,
        }
    }
}

impl When {
    /// How it is called.
    pub const fn says(self) -> Text {
        match self {
            Self::Created => texts::WHEN_CREATED,
            Self::Answered => texts::WHEN_ANSWERED,
            Self::Replied => texts::WHEN_REPLIED,
            Self::Status => texts::WHEN_STATUS,
            Self::Passed => texts::WHEN_PASSED,
        }
    }
}

impl Since {
    /// How it is called.
    pub const fn says(self) -> Text {
        match self {
            Self::Created => texts::SINCE_CREATED,
            Self::Answered => texts::SINCE_ANSWERED,
            Self::Replied => texts::SINCE_REPLIED,
            Self::Waiting => texts::SINCE_WAITING,
            Self::Status => texts::SINCE_STATUS,
        }
    }
}

impl Deed {
    /// How it is called.
    pub const fn says(self) -> Text {
        match self {
            Self::Assign => texts::ASSIGN,
            Self::Turn => texts::TURN,
            Self::LeastBusy => texts::LEAST_BUSY,
            Self::Tag => texts::TAG,
            Self::Untag => texts::UNTAG,
            Self::Priority => texts::PRIORITY,
            Self::Status => texts::STATUS,
            Self::Note => texts::NOTE,
            Self::Letter => texts::LETTER,
        }
    }
}

/// So many minutes in words, in the largest unit that has no rest.
pub fn span(minutes: u32, language: Language) -> String {
    let (text, n) = match minutes {
        n if n.is_multiple_of(24 * 60) => (texts::DAYS, n / (24 * 60)),
        n if n.is_multiple_of(60) => (texts::HOURS, n / 60),
        n => (texts::MINUTES, n),
    };
    language.count(text, i64::from(n))
}

/// When a rule looks, in words.
pub fn occasion((when, since, after): (When, Since, u32), language: Language) -> String {
    match when {
        When::Passed => language.fill(texts::PASSED, &[("span", &span(after, language)), ("since", language.say(since.says()))]),
        other => language.say(other.says()).to_owned(),
    }
}

impl Condition {
    /// In words. `called` is what an agent or a department of its value is called.
    pub fn say(&self, called: Option<&str>, language: Language) -> String {
        let fixed = self.subject.choice().and_then(|choice: Choice| {
            let all = choice.fixed();
            all.iter().find(|(word, _)| *word == self.value).map(|(_, text)| language.say(*text))
        });
        let value = fixed.or(called).unwrap_or(&self.value);
        let subject = language.say(self.subject.says());
        let name = if self.name.is_empty() { String::new() } else { format!(" {}", self.name) };
        // what helps to type a value is no part of the sentence
        let test = language.say(self.test.says());
        let test = test.split(" (").next().unwrap_or(test);
        format!("{subject}{name} {test} {value}")
    }
}

/// Between languages, and between the lines of one.
const MARKS: [char; 2] = ['\u{1e}', '\n'];

/// Why a rule ran, in every language: the lines that `say` gives.
pub fn why(mut say: impl FnMut(Language) -> Vec<String>) -> String {
    let one = |language: Language, lines: Vec<String>| {
        let lines: Vec<String> =
            [language.tag().to_owned()].into_iter().chain(lines.into_iter().map(|line| line.replace(MARKS, " "))).collect();
        lines.join("\n")
    };
    let all: Vec<String> = Language::ALL.into_iter().map(|language| one(language, say(language))).collect();
    all.join("\u{1e}")
}

/// The lines of one language; of the first when there are none.
pub fn why_in(why: &str, language: Language) -> Vec<String> {
    let of = |text: &str| {
        let mut lines = text.split('\n').map(str::to_owned);
        (lines.next().unwrap_or_default(), lines.collect::<Vec<_>>())
    };
    let mut all: Vec<(String, Vec<String>)> = why.split('\u{1e}').map(of).collect();
    let at = all.iter().position(|(tag, _)| tag == language.tag()).unwrap_or(0);
    all.swap_remove(at).1
}

/// Microseconds of so many minutes.
pub fn micros(minutes: u32) -> i64 {
    i64::from(minutes) * MINUTE
}
