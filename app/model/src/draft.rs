//! Drafts: what an agent has typed and not sent, kept so that a reload loses nothing.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, attachment::Attachment, ticket::TicketForm};

/// Where a draft belongs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DraftPlace {
    /// The form *Compose ticket*.
    Ticket,
    /// The form *Create ticket from this chat*.
    FromChat(ConversationId),
    /// A reply in a conversation.
    Reply(ConversationId),
    /// A note in a conversation.
    Note(ConversationId),
}

impl DraftPlace {
    /// Key in the database, unique per agent and property.
    pub fn key(&self) -> String {
        match self {
            Self::Ticket => "ticket".into(),
            Self::FromChat(id) => format!("ticket:{id}"),
            Self::Reply(id) => format!("reply:{id}"),
            Self::Note(id) => format!("note:{id}"),
        }
    }
}

/// What was typed. A reply or note uses `text` and the attachments only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Fields as typed.
    pub form: TicketForm,
    /// The files of `form.attachments`, to be shown.
    pub attachments: Vec<Attachment>,
}

impl Draft {
    /// With what was typed elsewhere besides: no word of either is lost.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        let text = &mut self.form.text;
        if text.trim().is_empty() {
            text.clone_from(&other.form.text);
        } else if !other.form.text.trim().is_empty() && !text.contains(other.form.text.trim()) {
            *text = format!("{}\n\n{text}", other.form.text);
        }
        for (id, file) in other.form.attachments.into_iter().zip(other.attachments) {
            if !self.form.attachments.contains(&id) {
                self.form.attachments.push(id);
                self.attachments.push(file);
            }
        }
        self
    }

    /// Nothing worth keeping.
    pub fn is_empty(&self) -> bool {
        let form = &self.form;
        form.attachments.is_empty()
            && [&form.name, &form.email, &form.subject, &form.text, &form.tags, &form.cc].iter().all(|field| field.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_drafts_no_word_is_lost_and_none_said_twice() {
        let draft = |text: &str| Draft { form: TicketForm { text: text.into(), ..TicketForm::default() }, attachments: vec![] };
        assert_eq!(draft("here").with(draft("there")), draft("there\n\nhere"));
        assert_eq!(draft(" ").with(draft("there")), draft("there"));
        assert_eq!(draft("here").with(draft("")), draft("here"));
        assert_eq!(draft("there and here").with(draft("there")), draft("there and here"));
    }
}
