//! What is known of a conversation when conditions are asked of it.

use std::borrow::Cow;

use super::{CLOSED, Fact, Known, OPEN, Subject};
use crate::conversation::Line;

/// A conversation as conditions see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its line.
    pub line: Line,
    /// Its first words; none when nothing was said.
    pub first: Option<String>,
    /// The departments it belongs to, by their ids.
    pub departments: Vec<String>,
    /// Whether the property is open now.
    pub open: bool,
}

impl Known for Case {
    fn fact(&self, subject: Subject, _: &str) -> Fact<'_> {
        let email = &self.line.contact.email;
        let text = |text| Fact::Text(Cow::Borrowed(text));
        match subject {
            Subject::Kind => text(self.line.kind.word()),
            Subject::Channel => text(self.line.channel.word()),
            Subject::Status => text(self.line.status.word()),
            Subject::Priority => Fact::Priority(self.line.priority),
            Subject::Assignee => Fact::Text(Cow::Owned(self.line.assignee.to_string())),
            Subject::Department => Fact::Texts(&self.departments),
            Subject::Tag => Fact::Texts(&self.line.tags),
            Subject::Title if !self.line.subject.is_empty() => text(&self.line.subject),
            Subject::First => self.first.as_ref().map_or(Fact::Unknown, |words| text(words)),
            Subject::Requester if !email.is_empty() => text(email),
            Subject::Domain => email.rsplit_once('@').map_or(Fact::Unknown, |(_, domain)| text(domain)),
            Subject::Hours => text(if self.open { OPEN } else { CLOSED }),
            _ => Fact::Unknown,
        }
    }
}
