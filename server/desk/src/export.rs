//! A conversation handed out whole: to be kept, printed, or passed on as one mail. The mail holds what was said and its files; what
//! was noted for agents stays here.

use std::fmt::Write as _;

use mail::{
    Mailbox, compose,
    compose::{Letter, LetterAttachment},
};
use model::{
    ConversationId,
    audit::Act,
    export::{Export, MESSAGES_MOST},
    message::{Author, Message, MessageKind},
    moment::Zone,
    roster::Roster,
    text::letter as texts,
    thread::Thread,
    transcript,
};
use sqlx::Row as _;

use crate::{
    Agent, Result,
    audit::{Deed, fields},
    conversation::told_of,
};

/// Most bytes of files in the mail; those beyond are named in it.
const FILES_MOST: i64 = 25 * 1024 * 1024;

impl Agent {
    /// A conversation with all its messages, at most the last five thousand.
    pub async fn whole_thread(&self, id: ConversationId) -> Result<Thread> {
        self.thread(&mut *self.desk.db().read().acquire().await?, id, MESSAGES_MOST).await
    }

    /// The same, as it is handed out, and what its file is called.
    pub async fn export(&self, id: ConversationId) -> Result<(Export, String)> {
        let (thread, roster) = (self.whole_thread(id).await?, self.roster().await?);
        self.note_export(&thread, "json").await?;
        Ok((Export::of(&thread, &roster), model::export::file_name(&thread)))
    }

    /// The same as one mail to the agent who asks, with its files; and what its file is called. It is sent to nobody.
    pub async fn export_letter(&self, id: ConversationId) -> Result<(Letter, Vec<Vec<u8>>, String)> {
        let (thread, roster) = (self.whole_thread(id).await?, self.roster().await?);
        let said: Vec<Message> =
            thread.messages.iter().filter(|one| one.kind == MessageKind::Said && one.mark.is_none()).cloned().collect();
        let (attachments, contents) = self.files(&said).await?;
        let line = &thread.line;
        let subject = line.number.map_or_else(|| line.contact.called().to_owned(), |number| format!("[#{number}] {}", line.subject));
        let ours = Mailbox {
            name: Some(roster.property.name.clone()),
            address: if thread.reply_address.is_empty() {
                roster.property.forwarding_address.clone()
            } else {
                thread.reply_address.clone()
            },
        };
        let letter = Letter {
            from: ours.clone(),
            reply_to: ours,
            to: Mailbox { name: Some(self.name().to_owned()), address: self.email().to_owned() },
            envelope_from: String::new(),
            subject: compose::subject(&subject, false),
            message_id: format!("export.{}.{}@{}", line.id, line.seq, self.desk.settings().mail_domain),
            in_reply_to: None,
            references: vec![],
            date_micros: line.last_at.0,
            text: transcript::text(&said, &roster.zone, roster.language),
            html: html(&said, &subject, &roster),
            headers: vec![],
            attachments,
            boundary_seed: line.id.to_string(),
        };
        self.note_export(&thread, "eml").await?;
        Ok((letter, contents, model::export::file_name(&thread)))
    }

    /// The same as it is put on paper, for whom, and what its file is called.
    pub async fn export_thread(&self, id: ConversationId) -> Result<(Thread, Roster, String)> {
        let (thread, roster) = (self.whole_thread(id).await?, self.roster().await?);
        self.note_export(&thread, "pdf").await?;
        let name = model::export::file_name(&thread);
        Ok((thread, roster, name))
    }

    /// That a conversation was taken out is told in the audit log.
    async fn note_export(&self, thread: &Thread, form: &'static str) -> Result<()> {
        let deed = Deed::new(Act::Exported, told_of(&thread.line)).to(fields([("form", form.into())]));
        self.write(move |tx, agent| Box::pin(async move { agent.note_deed(tx, deed).await })).await
    }

    /// The files of messages with their contents, as many as go into a mail.
    async fn files(&self, messages: &[Message]) -> Result<(Vec<LetterAttachment>, Vec<Vec<u8>>)> {
        let (mut files, mut contents, mut left) = (vec![], vec![], FILES_MOST);
        for file in messages.iter().flat_map(|message| &message.attachments) {
            left -= file.size;
            if left < 0 {
                break;
            }
            let row = sqlx::query("select sha256 from attachment where property = $1 and id = $2")
                .bind(self.property.as_str())
                .bind(file.id.as_str())
                .fetch_one(self.desk.db().read())
                .await?;
            let sha256: String = row.try_get(0)?;
            contents.push(self.desk.blobs().read(self.desk.db().read(), &sha256).await?);
            files.push(LetterAttachment { name: file.name.clone(), content_type: file.media_type.clone(), sha256, cid: None });
        }
        Ok((files, contents))
    }
}

/// What was said, one block each.
fn html(messages: &[Message], subject: &str, roster: &Roster) -> String {
    let text = mail::html::from_text;
    let mut page = format!("<h2>{}</h2>\n", text(subject));
    for message in messages {
        let who = match &message.author {
            Author::Agent { name, .. } | Author::Contact { name, .. } if !name.is_empty() => name.as_str(),
            Author::System => "Recado",
            _ => roster.language.say(texts::TRANSCRIPT_VISITOR),
        };
        let words = if message.rendered.is_empty() { text(&message.text) } else { message.rendered.clone() };
        // writing into a text never fails
        let _ = writeln!(page, "<p><b>{}</b> · {}</p>\n<div>{words}", text(who), clock(message, &roster.zone));
        for file in &message.attachments {
            let _ = writeln!(page, "<br>[{}]", text(&file.name));
        }
        page.push_str("</div>\n<hr>\n");
    }
    page
}

fn clock(message: &Message, zone: &Zone) -> String {
    let at = zone.local(message.at);
    format!("{:04}-{:02}-{:02} {:02}:{:02}", at.year, at.month, at.day, at.hour, at.minute)
}
