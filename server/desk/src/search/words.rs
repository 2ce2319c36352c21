//! Words as they are indexed and searched for: folded, and behind a short name of their property, so that no word of one property
//! is one of another's. Pure.

use model::{
    PropertyId,
    search::{Part, Problem, What, Wrong},
};

use crate::contact;

/// Between two texts of a document: no quotation reaches over it.
pub const BREAK: &str = "";
/// Bytes of a property's short name. That two have the same one costs time and nothing else: rows are asked for their property.
const SCOPE: usize = 5;
/// Letters from which on a word may be the beginning of others.
const BEGINNING_LEAST: usize = 2;
/// Words that a beginning may stand for.
pub const ENDINGS_MOST: usize = 40;

/// A document as it is written.
pub struct Doc {
    /// Words of subject, number and customer.
    pub head: Vec<String>,
    /// The rest, with breaks.
    pub body: Vec<String>,
}

/// The short name of a property.
pub fn scope(property: &PropertyId) -> &str {
    let id = property.as_str();
    &id[id.len().saturating_sub(SCOPE)..]
}

impl Doc {
    /// Puts a document together from texts.
    pub fn of<'a>(head: impl IntoIterator<Item = &'a str>, body: impl IntoIterator<Item = &'a str>) -> Self {
        Self { head: joined(head), body: joined(body) }
    }

    /// The words, without the breaks.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.head.iter().chain(&self.body).map(String::as_str).filter(|word| *word != BREAK)
    }
}

fn joined<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut all = vec![];
    for text in texts {
        let words = contact::words(text);
        if !words.is_empty() && !all.is_empty() {
            all.push(BREAK.to_owned());
        }
        all.extend(words);
    }
    all
}

/// Words as a column of them is written.
pub fn scoped(scope: &str, words: &[String]) -> String {
    let mut text = String::with_capacity(words.len() * 12);
    for word in words {
        if !text.is_empty() {
            text.push(' ');
        }
        // a break is a word that is nobody's: all others begin with their property's name
        if word == BREAK {
            text.push('0');
        } else {
            text.push_str(scope);
            text.push_str(word);
        }
    }
    text
}

/// Words that stand one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// They must not stand there.
    pub not: bool,
    /// All but the last.
    pub first: Vec<String>,
    /// The last one, as it was typed.
    pub typed: String,
    /// What it may be.
    pub last: Vec<String>,
    /// The last one may be the beginning of a word.
    pub open: bool,
}

/// What is searched for, and what is wrong with it. The last word may be the beginning of one.
pub fn clauses(parts: &[Part]) -> (Vec<Clause>, Vec<Problem>) {
    let mut all = vec![];
    for (place, part) in parts.iter().enumerate() {
        let (text, open) = match &part.what {
            What::Word(text) => (text, place + 1 == parts.len() && !part.not),
            What::Quoted(text) => (text, false),
            What::Operator(..) => continue,
        };
        let mut first = contact::words(text);
        if let Some(last) = first.pop() {
            let open = open && last.len() >= BEGINNING_LEAST;
            all.push((part, Clause { not: part.not, first, typed: last.clone(), last: vec![last], open }));
        }
    }
    let problems = if all.iter().any(|(_, clause)| !clause.not) {
        vec![]
    } else {
        all.iter().map(|(part, _)| Problem { from: part.from, to: part.to, why: Wrong::OnlyNot }).collect()
    };
    if problems.is_empty() { (all.into_iter().map(|(_, clause)| clause).collect(), problems) } else { (vec![], problems) }
}

#[cfg(test)]
mod tests {
    use model::search::read;

    use super::*;

    #[test]
    fn texts_are_kept_apart_and_words_are_their_propertys() {
        let doc = Doc::of(["Onde está?", "", "#1042"], ["Olá!", "…", "a.b@x.example"]);
        assert_eq!(scoped("abcde", &doc.head), "abcdeonde abcdeesta 0 abcde1042");
        assert_eq!(scoped("abcde", &doc.body), "abcdeola 0 abcdea abcdeb abcdex abcdeexample");
        assert_eq!(doc.words().count(), 8);
    }

    #[test]
    fn only_the_last_word_is_a_beginning() {
        let (all, problems) = clauses(&read("late \"Blue arm\" -x joana@x.ex").0);
        assert!(problems.is_empty());
        let told: Vec<(bool, Vec<String>, &str, bool)> =
            all.into_iter().map(|one| (one.not, one.first, one.typed.leak() as &str, one.open)).collect();
        let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            told,
            [
                (false, words(&[]), "late", false),
                (false, words(&["blue"]), "arm", false),
                (true, words(&[]), "x", false),
                (false, words(&["joana", "x"]), "ex", true)
            ]
        );
        assert!(!clauses(&read("late status:open").0).0[0].open, "an operator stands behind it");
    }

    #[test]
    fn what_is_only_not_wanted_is_said() {
        let (all, problems) = clauses(&read("-late").0);
        assert!(all.is_empty());
        assert_eq!(problems, [Problem { from: 0, to: 5, why: Wrong::OnlyNot }]);
        assert_eq!(clauses(&read("!? …").0), (vec![], vec![]));
    }
}
