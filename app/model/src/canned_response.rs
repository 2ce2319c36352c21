//! Canned responses: saved texts that the composer calls by `/` and their shortcut.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, CannedResponseId, DepartmentId, Refusal, Why,
    address::{line_of_field, text_of_field},
    text::filled,
};

/// Whose a canned response is. As text: `property`, `agent:ID`, `department:ID`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// One agent's own.
    Agent(AgentId),
    /// Of the agents of a department.
    Department(DepartmentId),
    /// Of everybody in the property.
    Property,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(id) => write!(f, "agent:{id}"),
            Self::Department(id) => write!(f, "department:{id}"),
            Self::Property => f.write_str("property"),
        }
    }
}

impl FromStr for Scope {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "neither property, agent:ID nor department:ID";
        match text.split_once(':') {
            None if text == "property" => Ok(Self::Property),
            Some(("agent", id)) => id.parse().map(Self::Agent).map_err(|_| wrong),
            Some(("department", id)) => id.parse().map(Self::Department).map_err(|_| wrong),
            _ => Err(wrong),
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

/// A saved text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannedResponse {
    /// Identity, by whoever made it.
    pub id: CannedResponseId,
    /// Whose it is.
    pub scope: Scope,
    /// What is typed after `/`, unique in its scope.
    pub shortcut: String,
    /// Text, Markdown, with `{placeholders}`.
    pub text: String,
}

/// A saved text as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CannedForm {
    /// Identity; empty for a new one.
    pub id: String,
    /// `own`, or a scope.
    pub scope: String,
    /// What is typed after `/`.
    pub shortcut: String,
    /// Text.
    pub text: String,
}

/// The word of a scope that is the typing agent's own.
pub const OWN: &str = "own";

impl CannedForm {
    /// What an agent typed.
    pub fn check(self, me: &AgentId) -> Result<CannedResponse, Refusal> {
        let id = if self.id.is_empty() { Ok(CannedResponseId::new()) } else { self.id.parse() };
        let scope = if self.scope == OWN { Ok(Scope::Agent(me.clone())) } else { self.scope.parse() };
        let canned = CannedResponse {
            id: id.map_err(|_| Refusal::NotFound)?,
            scope: scope.map_err(|_| Refusal::invalid("scope", Why::Unknown))?,
            shortcut: self.shortcut,
            text: self.text,
        };
        canned.check()
    }
}

/// What a placeholder stands for: `{name}`, `{email}`, `{agent}`, `{property}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values<'a> {
    /// The customer's name.
    pub name: &'a str,
    /// Their address.
    pub email: &'a str,
    /// The agent who writes.
    pub agent: &'a str,
    /// The property's name.
    pub property: &'a str,
}

/// Most characters of a shortcut.
pub const SHORTCUT_MOST: u32 = 40;
/// Most characters of a saved text.
pub const CANNED_MOST: u32 = 10_000;

impl CannedResponse {
    /// Checks shortcut and text as typed.
    pub fn check(mut self) -> Result<Self, Refusal> {
        let shortcut = line_of_field("shortcut", self.shortcut.trim().trim_start_matches('/'), SHORTCUT_MOST)?.to_lowercase();
        if shortcut.contains(char::is_whitespace) || shortcut.contains('/') {
            return Err(Refusal::invalid("shortcut", Why::NotAWord));
        }
        self.shortcut = shortcut;
        self.text = text_of_field("text", &self.text, CANNED_MOST)?;
        Ok(self)
    }

    /// Its text with the placeholders filled; what is no placeholder stays as it was typed.
    pub fn filled(&self, values: Values<'_>) -> String {
        filled(&self.text, &[("name", values.name), ("email", values.email), ("agent", values.agent), ("property", values.property)])
    }
}

/// Most canned responses offered at once.
pub const OFFERED_MOST: usize = 8;

/// What is being called before the caret: the word after a `/` that begins a word, as far as it is typed.
pub fn calling(before: &str) -> Option<&str> {
    let (rest, word) = before.rsplit_once('/')?;
    let begins = rest.is_empty() || rest.ends_with(char::is_whitespace);
    (begins && !word.contains(char::is_whitespace) && word.chars().count() <= SHORTCUT_MOST as usize).then_some(word)
}

/// Those that a typed word may mean: by the beginning of their shortcut, then by what it holds, then by their text. Of one shortcut
/// the first, which is the nearest.
pub fn meant<'a>(all: &'a [CannedResponse], word: &str) -> Vec<&'a CannedResponse> {
    let word = word.to_lowercase();
    let rank = |one: &CannedResponse| match one.shortcut.find(&word) {
        Some(0) => Some(0),
        Some(_) => Some(1),
        None => one.text.to_lowercase().contains(&word).then_some(2),
    };
    let mut found: Vec<(i32, &CannedResponse)> = vec![];
    for one in all {
        if !found.iter().any(|(_, known)| known.shortcut == one.shortcut)
            && let Some(rank) = rank(one)
        {
            found.push((rank, one));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(OFFERED_MOST).map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_that_begins_a_word_calls() {
        assert_eq!((calling("/"), calling("/he"), calling("Hello /he")), (Some(""), Some("he"), Some("he")));
        for none in ["", "he", "and/or", "https://x", "/he llo", "1/2"] {
            assert_eq!(calling(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_shortcut_is_found_by_its_beginning_first_and_the_nearest_of_two() {
        let all = [canned("bye", "Hello and bye"), canned("hello", "mine"), canned("hello", "ours"), canned("oh-hello", "x")];
        let found: Vec<&str> = meant(&all, "Hel").into_iter().map(|one| one.text.as_str()).collect();
        assert_eq!(found, ["mine", "x", "Hello and bye"]);
        assert_eq!(meant(&all, "").len(), 3);
    }

    fn canned(shortcut: &str, text: &str) -> CannedResponse {
        CannedResponse { id: CannedResponseId::new(), scope: Scope::Property, shortcut: shortcut.into(), text: text.into() }
    }

    #[test]
    fn a_shortcut_is_one_word_without_its_slash() {
        assert_eq!(canned(" /Hello ", "x").check().unwrap().shortcut, "hello");
        for wrong in ["", "/", "two words", "a/b"] {
            assert_eq!(canned(wrong, "x").check().unwrap_err().field(), Some("shortcut"), "{wrong:?}");
        }
    }

    #[test]
    fn placeholders_are_filled_and_braces_of_others_stay() {
        let values = Values { name: "Ana {agent}", agent: "Marta", ..Values::default() };
        assert_eq!(canned("a", "Hi {name}, {agent} here. {colour} {").filled(values), "Hi Ana {agent}, Marta here. {colour} {");
    }

    #[test]
    fn what_is_ones_own_is_typed_by_a_word() {
        let me = AgentId::new();
        let form = CannedForm { scope: OWN.into(), shortcut: "/Hi".into(), text: "Hello".into(), ..CannedForm::default() };
        let canned = form.clone().check(&me).unwrap();
        assert_eq!((canned.scope, canned.shortcut.as_str()), (Scope::Agent(me.clone()), "hi"));
        let wrong = CannedForm { scope: "everybody".into(), ..form.clone() };
        assert_eq!(wrong.check(&me).unwrap_err().field(), Some("scope"));
        assert_eq!(CannedForm { id: "x".into(), ..form }.check(&me), Err(Refusal::NotFound));
    }

    #[test]
    fn a_scope_reads_back() {
        for scope in [Scope::Property, Scope::Agent(AgentId::new()), Scope::Department(DepartmentId::new())] {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
    }
}
