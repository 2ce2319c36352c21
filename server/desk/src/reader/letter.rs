//! How words become a letter: sender, addresses, threading, both forms of the text, files (email.md C2, C3, O6–O8).
//! Knows one message and its ticket; who receives it is `recipient.rs`.

use mail::{
    Mailbox,
    compose::{self, Kind, Letter, LetterAttachment, Written},
};
use model::{
    Language, LetterId, Moment, PropertyId,
    attachment::size_text,
    conversation::{self, Line},
    letter::LetterKind,
    message::{Author, Channel},
    sender::SenderName,
    text::letter as texts,
};
use sqlx::Row as _;

use super::{
    mail::Said,
    page::{Page, Place},
    recipient::Recipient,
};
use crate::{
    Desk, Result,
    db::Tx,
    letter::{plain, written},
    line::word_or_none,
    sender::{self, Signed},
};

/// Bytes of files that go with a letter; beyond that it carries links (email.md O8).
const FILES_MOST: i64 = 15 * 1024 * 1024;
/// Earlier mails that a letter refers to.
const EARLIER: i64 = 20;

/// Marks of answers and forwards in front of a subject, in the languages of the common programs.
const MARKS: [&str; 13] = ["re", "aw", "sv", "vs", "res", "ref", "rif", "antw", "fw", "fwd", "wg", "enc", "tr"];

/// A subject without such marks, to tell whether two are the same.
fn bare(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((mark, after)) = rest.split_once(':')
        && MARKS.contains(&mark.trim().to_lowercase().as_str())
    {
        rest = after.trim();
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The subject of the last mail of somebody outside, up to these words, when it is not the ticket's: whoever begins something new by
/// answering an old mail is answered under what they wrote.
async fn anew(tx: &mut Tx, property: &PropertyId, line: &Line, said: &Said) -> Result<Option<String>> {
    let row = sqlx::query(
        "select l.subject, m.author from message m join letter_in l on l.id = m.letter_in where m.property = $1 and m.conversation = $2 and m.seq <= $3 \
         and m.letter_in is not null and m.mark is null order by m.seq desc limit 1",
    )
    .bind(property.as_str())
    .bind(line.id.as_str())
    .bind(said.seq)
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (subject, author): (String, Author) = (row.try_get("subject")?, serde_json::from_str(row.try_get("author")?)?);
    let other = bare(&subject);
    let differs = !other.is_empty() && other != bare(&line.subject) && matches!(author, Author::Contact { .. });
    Ok(differs.then_some(subject))
}

/// All that the letters of one message have in common.
pub(super) struct Composer<'a> {
    desk: &'a Desk,
    property: &'a PropertyId,
    line: &'a Line,
    said: &'a Said,
    property_name: String,
    language: Language,
    written: Written,
    files: Vec<LetterAttachment>,
    first: bool,
    /// What the customer's last mail is about, when it is something else than the ticket.
    anew: Option<String>,
    signed: Signed,
}

impl<'a> Composer<'a> {
    pub async fn new(tx: &mut Tx, desk: &'a Desk, property: &'a PropertyId, line: &'a Line, said: &'a Said) -> Result<Self> {
        let row = sqlx::query("select name, language from property where id = $1").bind(property.as_str()).fetch_one(tx.conn()).await?;
        let earlier = sqlx::query("select 1 from message where property = $1 and conversation = $2 and seq < $3 and kind = 'said' limit 1")
            .bind(property.as_str())
            .bind(line.id.as_str())
            .bind(said.seq)
            .fetch_optional(tx.conn())
            .await?;
        let signed = sender::signed(tx.conn(), property, &said.author).await?;
        let typed = matches!(said.author, Author::Agent { .. }) && said.channel == Channel::Web;
        let mut composer = Self {
            desk,
            property,
            line,
            said,
            property_name: plain(&row.try_get::<String, _>("name")?),
            language: word_or_none(&row, "language")?.unwrap_or_default(),
            written: if typed { compose::markdown(&said.text) } else { written(&said.text) },
            files: vec![],
            first: earlier.is_none(),
            anew: anew(tx, property, line, said).await?,
            signed,
        };
        composer.take_files(tx).await?;
        Ok(composer)
    }

    /// Files of the message, or links to them when they are too much for a mail; of an HTML mail its page, with its pictures in place.
    async fn take_files(&mut self, tx: &mut Tx) -> Result<()> {
        let page = Page::of(tx, self.property, self.said).await?;
        let rows = sqlx::query(
            "select id, name, media_type, size, sha256 from attachment where property = $1 and message = $2 order by place, id",
        )
        .bind(self.property.as_str())
        .bind(self.said.id.as_str())
        .fetch_all(tx.conn())
        .await?;
        let mut total = 0;
        let (mut links, mut pictures) = (vec![], vec![]);
        for row in &rows {
            let (id, name, size): (String, String, i64) = (row.try_get("id")?, row.try_get("name")?, row.try_get("size")?);
            let place = page.as_ref().map_or(Place::Beside, |page| page.place(&id));
            if matches!(place, Place::Quoted) {
                continue;
            }
            if total + size > FILES_MOST {
                links.push(format!("{name} ({}): {}", size_text(size), self.desk.file_link(self.property, &id)));
                continue;
            }
            total += size;
            let content_type: String = row.try_get("media_type")?;
            let is_shown = matches!(place, Place::Shown) && content_type.starts_with("image/");
            let cid = is_shown.then(|| format!("{id}@{}", self.desk.keys().domain()));
            pictures.extend(cid.clone().map(|cid| (id, cid)));
            self.files.push(LetterAttachment { name, content_type, sha256: row.try_get("sha256")?, cid });
        }
        if let Some(page) = page {
            self.written.html = page.with(&pictures);
        }
        if !links.is_empty() {
            self.append(&format!("{}\n{}", self.language.say(texts::LARGE_FILES), links.join("\n")));
        }
        Ok(())
    }

    fn append(&mut self, text: &str) {
        let more = written(text);
        self.written.text = format!("{}\n\n{}", self.written.text.trim_end(), more.text);
        self.written.html.push_str(&more.html);
    }

    /// The letter to one of the recipients.
    pub async fn compose(&self, tx: &mut Tx, id: &LetterId, to: &Recipient, all: &[Recipient]) -> Result<Letter> {
        let keys = self.desk.keys();
        let address = keys.ticket_address(self.property.as_str(), self.line.id.as_str());
        let ticket = keys.ticket_reference(self.property.as_str(), self.line.id.as_str());
        let message_id = keys.message_id(self.said.id.as_str(), id.as_str());
        let name = match self.signed.name {
            SenderName::Via => self.language.fill(texts::VIA, &[("name", &self.author()), ("property", &self.property_name)]),
            SenderName::Property => self.property_name.clone(),
        };
        let reply_to = Mailbox { name: Some(name), address };
        // copies for agents stay the ticket's: an agent's answer is known by where it goes
        let own = self.signed.address.as_ref().filter(|_| to.kind != LetterKind::Copy);
        let from = Mailbox { name: reply_to.name.clone(), address: own.unwrap_or(&reply_to.address).clone() };
        let earlier = self.earlier(tx, &to.email).await?;
        let kind = match to.kind {
            LetterKind::Copy => Kind::Copy,
            LetterKind::Rule => Kind::Notice,
            _ => Kind::Reply,
        };
        let written = self.with_footer(to, all);
        let marked = compose::with_reply_marker(&written, self.language.say(texts::REPLY_ABOVE), &keys.reply_marker(&message_id));
        let now = tx.now();
        Ok(Letter {
            reply_to,
            from,
            to: Mailbox { name: Some(plain(&to.name)).filter(|name| !name.is_empty()), address: to.email.clone() },
            envelope_from: keys.bounce_address(id.as_str()),
            subject: self.subject(),
            in_reply_to: earlier.last().cloned(),
            references: compose::references(&earlier, None, &ticket),
            message_id,
            date_micros: self.said.held_until.unwrap_or(now).max(now).0,
            text: marked.text,
            html: marked.html,
            headers: kind.headers(&keys.loop_mark(), &self.line.number.map_or_else(String::new, |number| number.to_string())),
            attachments: self.files.clone(),
            boundary_seed: id.as_str().to_owned(),
        })
    }

    /// The subject; that of a chat is made here, since it has none.
    fn subject(&self) -> String {
        match self.line.kind {
            conversation::Kind::Ticket => compose::subject(self.anew.as_ref().unwrap_or(&self.line.subject), !self.first),
            conversation::Kind::Chat => {
                compose::subject(&self.language.fill(texts::CHAT_SUBJECT, &[("property", &self.property_name)]), true)
            }
        }
    }

    fn author(&self) -> String {
        match &self.said.author {
            Author::Agent { name, .. } | Author::Contact { name, .. } => plain(name),
            Author::System => self.property_name.clone(),
        }
    }

    /// The words with the signatures below them, for whoever is no agent.
    fn with_signature(&self, to: &Recipient) -> Written {
        if to.kind == LetterKind::Copy || self.signed.signature.is_empty() {
            return self.written.clone();
        }
        let signature = written(&self.signed.signature);
        Written {
            text: format!("{}\n\n-- \n{}", self.written.text.trim_end(), signature.text),
            html: format!("{}<div style=\"color:#5f6b7a\">-- <br>{}</div>", self.written.html, signature.html),
        }
    }

    /// Below the words: to agents which ticket it is, to others who else is in it (the header names one recipient alone).
    fn with_footer(&self, to: &Recipient, all: &[Recipient]) -> Written {
        let words = self.with_signature(to);
        let mut lines = vec![];
        if to.kind == LetterKind::Copy {
            let number = self.line.number.unwrap_or_default().to_string();
            let customer = if self.line.contact.name.is_empty() {
                self.line.contact.email.clone()
            } else {
                format!("{} ({})", self.line.contact.name, self.line.contact.email)
            };
            let which = if self.line.kind == conversation::Kind::Chat { texts::CHAT_OF } else { texts::TICKET_OF };
            lines.push(self.language.fill(which, &[("number", &number), ("property", &self.property_name), ("customer", &customer)]));
            lines.push(
                self.language.fill(texts::OPEN_AT, &[("link", &format!("{}/inbox/{}", self.desk.settings().public_url, self.line.id))]),
            );
        } else {
            let others: Vec<&str> =
                all.iter().filter(|one| one.kind != LetterKind::Copy && one.email != to.email).map(|one| one.email.as_str()).collect();
            if !others.is_empty() {
                lines.push(self.language.fill(texts::OTHERS, &[("names", &others.join(", "))]));
            }
        }
        if lines.is_empty() {
            return words;
        }
        let footer = written(&lines.join("\n"));
        Written {
            text: format!("{}\n\n____\n{}", words.text.trim_end(), footer.text),
            html: format!(
                "{}<hr style=\"border:none;border-top:1px solid #dddddd\"><div style=\"color:#8a8a8a;font-size:12px\">{}</div>",
                words.html, footer.html
            ),
        }
    }

    /// Message-IDs that this recipient's mail program knows, oldest first: letters to them, and mails of the ticket.
    async fn earlier(&self, tx: &mut Tx, email: &str) -> Result<Vec<String>> {
        let ours = sqlx::query("select created_at as at, mail_id from letter_out where property = $1 and recipient = $2 and conversation = $3 and message <> $4 order by created_at desc limit $5")
            .bind(self.property.as_str())
            .bind(email)
            .bind(self.line.id.as_str())
            .bind(self.said.id.as_str())
            .bind(EARLIER)
            .fetch_all(tx.conn())
            .await?;
        let theirs = sqlx::query("select at, mail_id from message where property = $1 and conversation = $2 and seq < $3 and mail_id is not null and mark is null order by seq desc limit $4")
            .bind(self.property.as_str())
            .bind(self.line.id.as_str())
            .bind(self.said.seq)
            .bind(EARLIER)
            .fetch_all(tx.conn())
            .await?;
        let mut all: Vec<(Moment, String)> = vec![];
        for row in ours.iter().chain(&theirs) {
            let id: String = row.try_get("mail_id")?;
            // ids made here for mails without one, or beside another's, mean nothing to anybody else
            if !id.starts_with("gen-") && !id.contains('#') && id.contains('@') && !id.contains(char::is_whitespace) && id.is_ascii() {
                all.push((Moment(row.try_get("at")?), id));
            }
        }
        all.sort();
        all.dedup();
        Ok(all.into_iter().map(|(_, id)| id).collect())
    }
}
