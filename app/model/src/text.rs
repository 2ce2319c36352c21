//! The texts a person reads, in each language: interface and letters alike.
//! Knows the compiled catalogues; knows nothing of screens.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One text of the catalogues. Made only by the generated constants, one module per catalogue file.
#[derive(Clone, Copy, Debug)]
pub struct Text(&'static Words);

/// What a text says: English, NUL, Portuguese; each the form for one and U+0001 before the form for many where the two differ.
/// A static of its own per text, so that what nobody says is left out of a binary.
type Words = &'static str;

/// A text by its place in the `CATALOGUE` of its catalogue file: for who is sent the words and does not carry them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u16);

impl Place {
    /// The index in the catalogue.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// A language the interface speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English, the default.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Brazilian Portuguese.
    #[serde(rename = "pt-BR")]
    Portuguese,
}

impl Language {
    /// Every language, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::Portuguese];

    /// BCP 47 tag, as in `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt-BR",
        }
    }

    /// Its own name, as its speakers write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Portuguese => "Português (Brasil)",
        }
    }

    /// The best language for an `Accept-Language` value (RFC 9110 section 12.5.4; order is taken, weights are not).
    pub fn accepted(header: &str) -> Self {
        header
            .split(',')
            .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
            .find_map(|range| match range.get(..2) {
                Some("pt") => Some(Self::Portuguese),
                Some("en") => Some(Self::English),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// The text in this language.
    pub fn say(self, text: Text) -> &'static str {
        self.forms(text).1
    }

    /// The text with its `{placeholders}` filled.
    pub fn fill(self, text: Text, values: &[(&str, &str)]) -> String {
        fill(self.say(text), values)
    }

    /// The text for a number of things, `{n}` filled.
    pub fn count(self, text: Text, n: i64) -> String {
        let (one, many) = self.forms(text);
        // Brazilian Portuguese counts zero as one (CLDR plural rules).
        let singular = n == 1 || (n == 0 && self == Self::Portuguese);
        fill(if singular { one } else { many }, &[("n", &n.to_string())])
    }

    fn forms(self, text: Text) -> (&'static str, &'static str) {
        let (english, portuguese) = text.0.split_once('\0').unwrap_or_default();
        let text = match self {
            Self::English => english,
            Self::Portuguese => portuguese,
        };
        text.split_once('\u{1}').unwrap_or((text, text))
    }
}

impl FromStr for Language {
    type Err = ();

    fn from_str(tag: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|language| language.tag() == tag).ok_or(())
    }
}

/// A text that a person wrote with its `{placeholders}` filled; braces around anything else stay as they are.
pub fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest.split_once('}').and_then(|(name, tail)| Some((values.iter().find(|(key, _)| *key == &name[1..])?.1, tail)));
        if let Some((value, tail)) = known {
            out.push_str(value);
            rest = tail;
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_filled_once_and_its_value_is_not_read_again() {
        assert_eq!(fill("a {x} b {y}", &[("x", "{y}"), ("y", "2")]), "a {y} b 2");
    }

    #[test]
    fn the_first_language_asked_for_that_we_speak_is_taken() {
        assert_eq!(Language::accepted("de-DE, pt-PT;q=0.8, en"), Language::Portuguese);
        assert_eq!(Language::accepted(""), Language::English);
    }

    #[test]
    fn few_texts_are_the_same_in_both_languages() {
        // A text left untranslated is most often the English one repeated; names, marks and counts of chats are few.
        let same = ALL.iter().filter(|(_, text)| {
            let (english, portuguese) = text.0.split_once('\0').expect("two languages");
            english == portuguese && english.len() > 12
        });
        let keys: Vec<_> = same.map(|(key, _)| key).collect();
        assert!(keys.len() <= 5, "untranslated? {keys:?}");
    }
}
