//! What somebody typed, taken apart: words, quotations, operators with their values, each with its place. Any text can be read;
//! what looks like an operator and is none is words.

use super::{Operator, PARTS_MOST, Problem, TEXT_MOST, Wrong};

/// One of the parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// From this byte on, with its minus.
    pub from: usize,
    /// Up to this one.
    pub to: usize,
    /// With a minus: not wanted.
    pub not: bool,
    /// What it is.
    pub what: What,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Words without blanks between them; the last one may be the beginning of one.
    Word(String),
    /// Words in this order, as they are.
    Quoted(String),
    /// An operator and its value.
    Operator(Operator, String),
}

const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}

/// Takes a text apart; gives what is wrong with it as well.
pub fn read(text: &str) -> (Vec<Part>, Vec<Problem>) {
    let mut problems = vec![];
    let end = text.char_indices().nth(TEXT_MOST).map_or(text.len(), |(at, _)| at);
    if end < text.len() {
        problems.push(Problem { from: end, to: text.len(), why: Wrong::TooLong });
    }
    let text = &text[..end];
    let (mut parts, mut at) = (vec![], 0);
    while let Some(skipped) = text[at..].find(|c: char| !c.is_whitespace()) {
        let from = at + skipped;
        if parts.len() == PARTS_MOST {
            problems.push(Problem { from, to: text.len(), why: Wrong::TooLong });
            break;
        }
        let (part, to, open) = one(text, from);
        if open {
            problems.push(Problem { from, to, why: Wrong::Open });
        }
        parts.extend(part);
        at = to;
    }
    (parts, problems)
}

/// The part at a place, where it ends, and whether its quotation does not.
fn one(text: &str, from: usize) -> (Option<Part>, usize, bool) {
    let rest = &text[from..];
    let not = rest.strip_prefix('-').is_some_and(|rest| rest.chars().next().is_some_and(|c| !c.is_whitespace() && c != '-'));
    let begin = from + usize::from(not);
    let part = |what, to| Some(Part { from, to, not, what });
    if text[begin..].starts_with(is_quote) {
        let (value, to, open) = quoted(text, begin);
        return (part(What::Quoted(value), to), to, open);
    }
    let to = text[begin..].find(|c: char| c.is_whitespace() || is_quote(c)).map_or(text.len(), |length| begin + length);
    let operator = text[begin..to].split_once(':').and_then(|(name, _)| Some((named(name)?, begin + name.len() + 1)));
    if let Some((operator, value_at)) = operator {
        if text[value_at..].starts_with(is_quote) {
            let (value, to, open) = quoted(text, value_at);
            return (part(What::Operator(operator, value), to), to, open);
        }
        return (part(What::Operator(operator, text[value_at..to].to_owned()), to), to, false);
    }
    (part(What::Word(text[begin..to].to_owned()), to), to, false)
}

/// An operator by its name, as people write it.
fn named(name: &str) -> Option<Operator> {
    match name.to_ascii_lowercase().as_str() {
        "department" => Some(Operator::Department),
        "assigned" => Some(Operator::Assignee),
        name => name.parse().ok(),
    }
}

/// What a quotation that begins at a place holds, where it ends, and whether it does not.
fn quoted(text: &str, at: usize) -> (String, usize, bool) {
    let begin = at + text[at..].chars().next().map_or(0, char::len_utf8);
    match text[begin..].char_indices().find(|(_, c)| is_quote(*c)) {
        Some((length, mark)) => (text[begin..begin + length].to_owned(), begin + length + mark.len_utf8(), false),
        None => (text[begin..].to_owned(), text.len(), true),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whats(text: &str) -> Vec<(bool, What)> {
        read(text).0.into_iter().map(|part| (part.not, part.what)).collect()
    }

    #[test]
    fn words_quotations_and_operators_are_told_apart() {
        let word = |text: &str| What::Word(text.into());
        assert_eq!(
            whats("late \"blue armchair\" -refund Status:open dept:\"After sales\" -tag:vip"),
            [
                (false, word("late")),
                (false, What::Quoted("blue armchair".into())),
                (true, word("refund")),
                (false, What::Operator(Operator::Status, "open".into())),
                (false, What::Operator(Operator::Department, "After sales".into())),
                (true, What::Operator(Operator::Tag, "vip".into())),
            ]
        );
        assert_eq!(
            whats("https://x.example - -- a-b"),
            [(false, word("https://x.example")), (false, word("-")), (false, word("--")), (false, word("a-b"))]
        );
        assert_eq!(whats("status:"), [(false, What::Operator(Operator::Status, String::new()))]);
    }

    #[test]
    fn what_does_not_end_is_read_to_the_end_and_said() {
        let (parts, problems) = read("late “blue arm");
        assert_eq!(parts[1].what, What::Quoted("blue arm".into()));
        assert_eq!(problems, [Problem { from: 5, to: 16, why: Wrong::Open }]);
        let long = "é ".repeat(5_000);
        let (parts, problems) = read(&long);
        assert_eq!(parts.len(), PARTS_MOST);
        assert!(problems.iter().all(|problem| problem.why == Wrong::TooLong) && !problems.is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_every_place_is_one(text in "(?s).{0,120}|[-\"“: a-ztag]{0,60}") {
            let (parts, problems) = read(&text);
            for (from, to) in parts.iter().map(|part| (part.from, part.to)).chain(problems.iter().map(|problem| (problem.from, problem.to))) {
                prop_assert!(from < to && text.get(from..to).is_some());
            }
        }
    }
}
