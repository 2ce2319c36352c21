//! What the list of contacts shows of each besides the name: an agent's own choice, in one order for all.

use serde::{Deserialize, Serialize};

use crate::words;

/// Attributes that an agent may have shown.
pub const ATTRIBUTES_MOST: usize = 8;
/// What stands before the name of an attribute that is shown.
const ATTRIBUTE: &str = "attribute=";

words! {
    /// What can be shown.
    Column {
        /// First address.
        Email = "email",
        /// First telephone number.
        Phone = "phone",
        /// Organisation.
        Organisation = "organisation",
        /// Tags.
        Tags = "tags",
        /// When we first heard of them.
        Created = "created",
        /// When something else was last known of them.
        Changed = "changed",
        /// When something was last said.
        LastSeen = "last_seen",
        /// How many conversations there are.
        Conversations = "conversations",
    }
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// In their order.
    pub shown: Vec<Column>,
    /// Names of attributes, by name, behind them.
    pub attributes: Vec<String>,
}

impl Default for Columns {
    fn default() -> Self {
        Self { shown: vec![Column::Email, Column::Phone, Column::Organisation, Column::Tags, Column::LastSeen], attributes: vec![] }
    }
}

impl Columns {
    /// Reads what a form or a row says: words, and names of attributes. What is unknown is left out.
    pub fn of_words(words: impl IntoIterator<Item = String>) -> Self {
        let (mut shown, mut attributes) = (vec![], vec![]);
        for word in words {
            match word.strip_prefix(ATTRIBUTE) {
                Some(name) if !name.trim().is_empty() => attributes.push(name.to_owned()),
                _ => shown.extend(word.parse::<Column>()),
            }
        }
        shown.sort();
        shown.dedup();
        attributes.sort();
        attributes.dedup();
        attributes.truncate(ATTRIBUTES_MOST);
        Self { shown, attributes }
    }

    /// The same as words.
    pub fn words(&self) -> Vec<String> {
        let attributes = self.attributes.iter().map(|name| Self::attribute(name));
        self.shown.iter().map(ToString::to_string).chain(attributes).collect()
    }

    /// The word of an attribute.
    pub fn attribute(name: &str) -> String {
        format!("{ATTRIBUTE}{name}")
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.shown.len() + self.attributes.len()
    }

    /// Whether the name stands alone.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What is shown, and what else could be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// What is shown.
    pub columns: Columns,
    /// Names of attributes that somebody has, or that are shown.
    pub attributes: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_in_one_order() {
        let words = ["tags", "attribute=Plan", "email", "moon", "attribute= ", "tags", "attribute=Age"].map(str::to_owned);
        let columns = Columns::of_words(words);
        assert_eq!(columns.words(), ["email", "tags", "attribute=Age", "attribute=Plan"]);
        assert_eq!(Columns::of_words(columns.words()), columns);
        assert!(Columns::of_words([]).is_empty());
    }
}
