//! Tickets: what only a ticket has, and the drafts that become one.

use serde::{Deserialize, Serialize};

use crate::{
    AttachmentId, ConversationId, MessageId, Refusal, Why,
    address::{EmailAddress, line_of_field, text_of_field},
    agent::NAME_MOST,
    attachment::COUNT_MOST,
    conversation::{Assignee, Priority, TAGS_MOST, tag},
    message::TEXT_MOST,
    words,
};

words! {
    /// Part a participant has in a ticket.
    Part {
        /// The ticket is theirs.
        Requester = "requester",
        /// Receives copies.
        Cc = "cc",
    }
}

/// A person outside who receives a ticket's letters (agents follow by assignment).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Their address.
    pub email: String,
    /// Their name, or empty.
    pub name: String,
    /// Their part.
    pub part: Part,
}

/// Most characters of a subject.
pub const SUBJECT_MOST: u32 = 200;
/// Most participants of a ticket.
pub const PARTICIPANTS_MOST: u32 = 20;

/// The form *Compose ticket*, as typed. Kept as a draft in this shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TicketForm {
    /// Id of the conversation to be, made by the browser.
    pub id: String,
    /// Recipient's name.
    pub name: String,
    /// Recipient's address.
    pub email: String,
    /// Subject.
    pub subject: String,
    /// Message, Markdown.
    pub text: String,
    /// Assignee as text; empty for me.
    pub assignee: String,
    /// Priority's word; empty for medium.
    pub priority: String,
    /// Tags, comma separated.
    pub tags: String,
    /// Others who receive it, comma separated addresses.
    pub cc: String,
    /// Uploaded files.
    pub attachments: Vec<AttachmentId>,
    /// Id of the chat it is made from, or empty.
    pub chat: String,
    /// Whether what was said in that chat goes with it.
    pub transcript: bool,
}

/// A ticket about to be opened, each value checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketDraft {
    /// Identity, by the browser; the first message has the same bits.
    pub id: ConversationId,
    /// Recipient's name, may be empty.
    pub name: String,
    /// Recipient's address.
    pub email: EmailAddress,
    /// Subject.
    pub subject: String,
    /// Message.
    pub text: String,
    /// Assignee; none for the one who opens it.
    pub assignee: Option<Assignee>,
    /// Priority.
    pub priority: Priority,
    /// Tags, folded.
    pub tags: Vec<String>,
    /// Others in copy.
    pub cc: Vec<EmailAddress>,
    /// Uploaded files.
    pub attachments: Vec<AttachmentId>,
    /// The chat it is made from.
    pub chat: Option<ConversationId>,
    /// Whether what was said in that chat goes with it.
    pub transcript: bool,
}

impl TicketDraft {
    /// What is opened when it is made: the chat it is made from, which goes on, or itself.
    pub fn next(&self) -> ConversationId {
        self.chat.clone().unwrap_or_else(|| self.id.clone())
    }
}

impl TicketForm {
    /// Checks every field; the first that is wrong is refused by name.
    pub fn check(&self) -> Result<TicketDraft, Refusal> {
        let id = if self.id.is_empty() { ConversationId::new() } else { self.id.parse().map_err(|_| Refusal::Conflict)? };
        let name = if self.name.trim().is_empty() { String::new() } else { line_of_field("name", &self.name, NAME_MOST)? };
        let email = EmailAddress::of_field("email", &self.email)?;
        let subject = line_of_field("subject", &self.subject, SUBJECT_MOST)?;
        let text = text_of_field("text", &self.text, TEXT_MOST)?;
        let assignee = match self.assignee.trim() {
            "" | "me" => None,
            other => Some(other.parse().map_err(|_| Refusal::invalid("assignee", Why::Unknown))?),
        };
        let priority = match self.priority.trim() {
            "" => Priority::Medium,
            word => word.parse().map_err(|()| Refusal::invalid("priority", Why::Unknown))?,
        };
        check_attachments(&self.attachments)?;
        let chat = match self.chat.trim() {
            "" => None,
            id => Some(id.parse().map_err(|_| Refusal::NotFound)?),
        };
        let draft = TicketDraft {
            id,
            name,
            email,
            subject,
            text,
            assignee,
            priority,
            tags: tags(&self.tags)?,
            cc: addresses("cc", &self.cc)?,
            attachments: self.attachments.clone(),
            chat,
            transcript: self.transcript,
        };
        Ok(draft)
    }
}

/// Tags typed with commas between them.
pub fn tags(typed: &str) -> Result<Vec<String>, Refusal> {
    let mut tags: Vec<String> = vec![];
    for text in typed.split(',').filter(|text| !text.trim().is_empty()) {
        tags.push(tag(text).ok_or(Refusal::invalid("tags", Why::TooLong(crate::conversation::TAG_MOST)))?);
    }
    tags.sort();
    tags.dedup();
    if tags.len() > TAGS_MOST as usize { Err(Refusal::invalid("tags", Why::TooMany(TAGS_MOST))) } else { Ok(tags) }
}

/// Addresses typed with commas, semicolons or spaces between them.
pub fn addresses(field: &'static str, typed: &str) -> Result<Vec<EmailAddress>, Refusal> {
    let mut all: Vec<EmailAddress> = vec![];
    for text in typed.split([',', ';', ' ', '\n']).filter(|text| !text.trim().is_empty()) {
        let address = EmailAddress::of_field(field, text)?;
        if !all.contains(&address) {
            all.push(address);
        }
    }
    if all.len() > PARTICIPANTS_MOST as usize { Err(Refusal::invalid(field, Why::TooMany(PARTICIPANTS_MOST))) } else { Ok(all) }
}

/// Something to be said or noted, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplyForm {
    /// Id of the message to be, made by the browser; empty when the form was sent without it.
    pub id: String,
    /// Text, Markdown.
    pub text: String,
    /// Uploaded files; with some, the text may be empty.
    pub attachments: Vec<AttachmentId>,
    /// Status the conversation takes with it (`pending`, `solved`), or empty to leave it.
    pub status: String,
}

/// Something to be said or noted, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Identity, by the browser.
    pub id: MessageId,
    /// Text.
    pub text: String,
    /// Files.
    pub attachments: Vec<AttachmentId>,
    /// Status it brings.
    pub status: Option<crate::conversation::Status>,
}

impl ReplyForm {
    /// Checks every field.
    pub fn check(&self) -> Result<Words, Refusal> {
        let id = if self.id.is_empty() { MessageId::new() } else { self.id.parse().map_err(|_| Refusal::Conflict)? };
        let status = match self.status.as_str() {
            "" => None,
            word => Some(word.parse().map_err(|()| Refusal::invalid("status", Why::Unknown))?),
        };
        check_attachments(&self.attachments)?;
        let text = match text_of_field("text", &self.text, TEXT_MOST) {
            Err(Refusal::Invalid { why: Why::Required, .. }) if !self.attachments.is_empty() => String::new(),
            text => text?,
        };
        Ok(Words { id, text, attachments: self.attachments.clone(), status })
    }
}

pub(crate) fn check_attachments(attachments: &[AttachmentId]) -> Result<(), Refusal> {
    if attachments.len() > COUNT_MOST as usize { Err(Refusal::invalid("attachments", Why::TooMany(COUNT_MOST))) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wrong_field_is_named() {
        let form = TicketForm { email: "ana@example.com".into(), subject: " ".into(), ..TicketForm::default() };
        assert_eq!(form.check().unwrap_err().field(), Some("subject"));
    }

    #[test]
    fn a_file_needs_no_words() {
        let form = ReplyForm { text: " ".into(), attachments: vec![AttachmentId::new()], ..ReplyForm::default() };
        assert_eq!(form.check().unwrap().text, "");
        assert_eq!(ReplyForm::default().check().unwrap_err().field(), Some("text"));
    }

    #[test]
    fn tags_and_addresses_are_split_and_folded() {
        assert_eq!(tags("Refund, late order ,refund"), Ok(vec!["late-order".into(), "refund".into()]));
        assert_eq!(addresses("cc", "a@x.com; b@x.com, a@x.com").map(|all| all.len()), Ok(2));
        assert!(addresses("cc", "nobody").is_err());
    }
}
