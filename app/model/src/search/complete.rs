//! What can follow what is typed: the names of operators, and the values that one knows.

use super::{Operator, Trait, What, read};
use crate::{
    conversation::{Folder, Priority, Status},
    event::People,
};

/// Most choices.
const CHOICES_MOST: usize = 8;

/// What could stand in the place of the last part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// From this byte of what is typed to its end.
    pub from: usize,
    /// The choices.
    pub choices: Vec<Choice>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is put there: an operator without a value, or a whole part.
    pub put: String,
    /// Which operator it is of.
    pub operator: Operator,
    /// The value, when it is one.
    pub value: Option<String>,
}

/// What could follow. The last part is the one that is being typed; what ends in a blank is done.
pub fn complete(text: &str, people: &People, tags: &[String]) -> Option<Completion> {
    let (parts, _) = read(text);
    let last = parts.last().filter(|part| part.to == text.len())?;
    let minus = if last.not { "-" } else { "" };
    let choices: Vec<Choice> = match &last.what {
        What::Operator(operator, value) => values(*operator, people, tags)
            .into_iter()
            .filter(|known| begins(known, value) && known != value)
            .map(|known| Choice { put: format!("{minus}{operator}:{} ", spelled(&known)), operator: *operator, value: Some(known) })
            .take(CHOICES_MOST)
            .collect(),
        What::Word(word) if word.chars().count() >= 2 => Operator::ALL
            .iter()
            .filter(|operator| begins(operator.word(), word))
            .map(|operator| Choice { put: format!("{minus}{operator}:"), operator: *operator, value: None })
            .collect(),
        _ => vec![],
    };
    (!choices.is_empty()).then_some(Completion { from: last.from, choices })
}

/// Whether any word of a value begins so.
fn begins(known: &str, typed: &str) -> bool {
    let (known, typed) = (known.to_lowercase(), typed.to_lowercase());
    known.starts_with(&typed) || known.split_whitespace().any(|word| word.starts_with(&typed))
}

fn spelled(value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() }
}

/// The values that an operator knows; none where anything can stand.
fn values(operator: Operator, people: &People, tags: &[String]) -> Vec<String> {
    let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect();
    match operator {
        Operator::Assignee => {
            let names = people.agents.iter().filter(|agent| agent.disabled_at.is_none()).map(|agent| agent.name.clone());
            ["me".to_owned(), "nobody".to_owned()].into_iter().chain(names).collect()
        }
        Operator::Department => people.departments.iter().map(|department| department.name.clone()).collect(),
        Operator::Tag => tags.to_vec(),
        Operator::Status => Status::ALL.iter().map(ToString::to_string).collect(),
        Operator::Priority => Priority::ALL.iter().rev().map(ToString::to_string).collect(),
        Operator::Is => Trait::ALL.iter().filter(|one| **one != Trait::Attachment).map(ToString::to_string).collect(),
        Operator::Has => words(&[Trait::Attachment.word()]),
        Operator::In => words(&[Folder::Inbox.word(), Folder::Spam.word(), Folder::Trash.word(), "all"]),
        Operator::Before | Operator::After => words(&["today", "yesterday"]),
        Operator::From => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn puts(text: &str) -> Vec<String> {
        let people = People { agents: vec![], departments: vec![] };
        let tags = ["refund".to_owned(), "big order".to_owned()];
        complete(text, &people, &tags).map_or(vec![], |completion| completion.choices.into_iter().map(|choice| choice.put).collect())
    }

    #[test]
    fn operators_and_their_values_are_offered() {
        assert_eq!(puts("late sta"), ["status:"]);
        assert_eq!(puts("-sta"), ["-status:"]);
        assert_eq!(puts("status:o"), ["status:open "]);
        assert_eq!(puts("tag:"), ["tag:refund ", "tag:\"big order\" "]);
        assert_eq!(puts("tag:ord"), ["tag:\"big order\" "]);
        assert_eq!(puts("assignee:n"), ["assignee:nobody "]);
        for nothing in ["", "status:open", "status:open ", "from:jo", "\"sta"] {
            assert!(puts(nothing).is_empty(), "{nothing}");
        }
    }
}
