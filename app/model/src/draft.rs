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
    /// Nothing worth keeping.
    pub fn is_empty(&self) -> bool {
        let form = &self.form;
        form.attachments.is_empty()
            && [&form.name, &form.email, &form.subject, &form.text, &form.tags, &form.cc].iter().all(|field| field.trim().is_empty())
    }
}
