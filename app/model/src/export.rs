//! A conversation handed out as JSON: everything agents see of it. The shape is a promise: fields come, none goes.

use serde::{Deserialize, Serialize};

use crate::{
    AttachmentId, ConversationId, MessageId, Moment,
    conversation::{Folder, Kind, Priority, Status},
    message::{Author, Channel, Happening, Message, MessageKind},
    moment::{SECOND, Zone},
    roster::Roster,
    thread::Thread,
    ticket::Part,
};

/// What the first field says; another number would be another shape.
const FORMAT: &str = "recado.conversation.1";

/// Most messages that are handed out: the last ones.
pub const MESSAGES_MOST: usize = 5_000;

/// Somebody outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name, or empty.
    pub name: String,
    /// Address, or empty.
    pub email: String,
    /// Their part in a ticket's letters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub part: Option<Part>,
}

/// A file. Its contents are had under `/attachments/ID`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Identity.
    pub id: AttachmentId,
    /// Name.
    pub name: String,
    /// Type of its contents.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Identity.
    pub id: MessageId,
    /// When, RFC 3339, UTC.
    pub at: String,
    /// Said to all, noted for agents, or happened.
    pub kind: MessageKind,
    /// Who.
    pub author: Author,
    /// How it came.
    pub channel: Channel,
    /// Words: Markdown from agents, plain from others.
    pub text: String,
    /// What a mail quoted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quoted: Option<String>,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub happened: Option<Happening>,
    /// Files.
    pub attachments: Vec<File>,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// Which shape this is.
    pub format: String,
    /// Name of the property.
    pub property: String,
    /// Identity.
    pub id: ConversationId,
    /// Chat or ticket.
    pub kind: Kind,
    /// Number of a ticket.
    pub number: Option<i64>,
    /// Subject.
    pub subject: String,
    /// Who it is with.
    pub contact: Person,
    /// Who receives its letters.
    pub participants: Vec<Person>,
    /// Where it stands.
    pub status: Status,
    /// How pressing it is.
    pub priority: Priority,
    /// Name of the agent or department who looks after it.
    pub assignee: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Drawer.
    pub folder: Folder,
    /// When it was made, RFC 3339, UTC.
    pub created_at: String,
    /// Whether there are earlier messages than these.
    pub earlier: bool,
    /// Messages, oldest first.
    pub messages: Vec<Entry>,
}

impl Export {
    /// A conversation with all its messages, as the property's people see it.
    pub fn of(thread: &Thread, roster: &Roster) -> Self {
        let line = &thread.line;
        Self {
            format: FORMAT.into(),
            property: roster.property.name.clone(),
            id: line.id.clone(),
            kind: line.kind,
            number: line.number,
            subject: line.subject.clone(),
            contact: Person { name: line.contact.name.clone(), email: line.contact.email.clone(), part: None },
            participants: thread
                .participants
                .iter()
                .map(|one| Person { name: one.name.clone(), email: one.email.clone(), part: Some(one.part) })
                .collect(),
            status: line.status,
            priority: line.priority,
            assignee: roster.assignee(&line.assignee).map(str::to_owned),
            tags: line.tags.clone(),
            folder: line.folder,
            created_at: rfc3339(line.created_at),
            earlier: thread.earlier,
            messages: thread.messages.iter().map(entry).collect(),
        }
    }
}

fn entry(message: &Message) -> Entry {
    let file = |file: &crate::attachment::Attachment| File {
        id: file.id.clone(),
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        size: file.size,
    };
    Entry {
        id: message.id.clone(),
        at: rfc3339(message.at),
        kind: message.kind,
        author: message.author.clone(),
        channel: message.channel,
        text: message.text.clone(),
        quoted: message.quoted.clone(),
        happened: message.happened.clone(),
        attachments: message.attachments.iter().map(file).collect(),
    }
}

/// A moment as other programs read it.
fn rfc3339(at: Moment) -> String {
    let (local, seconds) = (Zone::default().local(at), at.0.div_euclid(SECOND).rem_euclid(60));
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{seconds:02}Z", local.year, local.month, local.day, local.hour, local.minute)
}

/// The name of a file that holds it, without its ending.
pub fn file_name(thread: &Thread) -> String {
    thread.line.number.map_or_else(|| format!("chat-{}", thread.line.id), |number| format!("ticket-{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_for_other_programs() {
        assert_eq!(rfc3339(Moment(1_795_435_207_999_999)), "2026-11-23T12:00:07Z");
        assert_eq!(rfc3339(Moment(0)), "1970-01-01T00:00:00Z");
    }
}
