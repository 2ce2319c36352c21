//! A conversation as it is put on paper, by the print page and as a PDF: in the language and the time of who reads it, oldest first. Notes and
//! what happened can be left out.

use model::{
    Language,
    attachment::size_text,
    message::{Author, Message, MessageKind},
    roster::Roster,
    text::{conversation as words, print as text},
    thread::Thread,
};

use crate::{
    conversation::{about, assignee_name, called, happening_said, priority_word, status_word},
    ui::absolute,
};

/// All of it.
pub struct Sheet {
    /// Of who reads it.
    pub language: Language,
    /// Name of the property.
    pub property: String,
    /// Number and subject, or who it is with.
    pub title: String,
    /// What it is, each with its label; never empty ones.
    pub facts: Vec<(&'static str, String)>,
    /// Whether there are earlier messages than these.
    pub earlier: bool,
    /// What was said, noted and happened.
    pub entries: Vec<Entry>,
}

/// A part of it.
pub enum Entry {
    /// What happened, and when.
    Event(String),
    /// What was said or noted.
    Words(Words),
}

/// What was said or noted.
pub struct Words {
    /// Who.
    pub who: String,
    /// That it is for agents only, if it is.
    pub note: Option<&'static str>,
    /// When.
    pub at: String,
    /// As it was written: Markdown where there is `rendered`.
    pub text: String,
    /// As clean HTML, or empty.
    pub rendered: String,
    /// That more was quoted, which is folded away.
    pub quoted: Option<&'static str>,
    /// Names and sizes of files.
    pub files: Vec<String>,
}

impl Sheet {
    /// Of a conversation; `bare` without notes and what happened.
    pub fn of(thread: Thread, roster: &Roster, bare: bool) -> Self {
        let (language, line) = (roster.language, thread.line);
        let people = thread.participants.iter().map(|one| one.email.clone()).collect::<Vec<_>>().join(", ");
        let with = format!("{} {}", called(&line.contact, language), if line.contact.name.is_empty() { "" } else { &line.contact.email });
        let facts = [
            (text::WITH, with.trim().to_owned()),
            (words::PARTICIPANTS, people),
            (words::STATUS, language.say(status_word(line.status)).to_owned()),
            (words::PRIORITY, language.say(priority_word(line.priority)).to_owned()),
            (words::ASSIGNED, assignee_name(roster, &line.assignee, language)),
            (text::TAGS, line.tags.join(", ")),
            (words::OPENED, absolute(line.created_at, &roster.zone, language)),
        ];
        let messages = thread.messages.into_iter().filter(|message| !(bare && message.kind != MessageKind::Said));
        Self {
            language,
            property: roster.property.name.clone(),
            title: line.number.map_or_else(|| about(&line, language), |number| format!("#{number} {}", line.subject)),
            facts: facts.into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| (language.say(label), value)).collect(),
            earlier: thread.earlier,
            entries: messages.filter_map(|message| entry(message, roster)).collect(),
        }
    }
}

fn entry(message: Message, roster: &Roster) -> Option<Entry> {
    let language = roster.language;
    let at = absolute(message.at, &roster.zone, language);
    if message.kind == MessageKind::Happened {
        let said = happening_said(message.happened.as_ref()?, &message.author, &roster.zone, language);
        return (!said.is_empty()).then(|| Entry::Event(format!("{said} · {at}")));
    }
    let who = match message.author {
        Author::Contact { name, .. } if name.is_empty() => language.say(words::VISITOR).to_owned(),
        Author::Agent { name, .. } | Author::Contact { name, .. } => name,
        Author::System => "Recado".into(),
    };
    let files = message.attachments.iter().filter(|file| !file.inline).map(|file| format!("{} ({})", file.name, size_text(file.size)));
    Some(Entry::Words(Words {
        who,
        note: (message.kind == MessageKind::Noted).then(|| language.say(words::INTERNAL_NOTE)),
        at,
        files: files.collect(),
        quoted: message.quoted.is_some().then(|| language.say(words::QUOTED)),
        text: message.text,
        rendered: message.rendered,
    }))
}
