//! What a mail becomes: words with their files and the decisions about it, and the people it names as contacts.
//! Knows one mail; which ticket it goes into is decided elsewhere.

use mail::{Class, Mailbox, sanitise};
use model::{
    AttachmentId, Language, MessageId,
    contact::Contact,
    message::{Author, Channel, Mark, MessageKind, TEXT_MOST},
    shift::{Fact, FactKind},
    text::letter,
    ticket::SUBJECT_MOST,
};

use super::{entry::OwnKey, file::Mail};
use crate::{Desk, Result, attachment::File, clock::secret, contact, db::Tx, line::word_or_none, message::Entry};

/// The words, files and origin of a mail as an entry.
pub(super) async fn words(
    tx: &mut Tx,
    desk: &Desk,
    mail: &Mail,
    (author, mark): (Author, Option<Mark>),
    key: OwnKey,
    mut facts: Vec<Fact>,
) -> Result<Entry> {
    let understood = mail.understood();
    facts.extend(found(mail, mark, &key));
    let text = if understood.reply_text.trim().is_empty() { &understood.text } else { &understood.reply_text };
    let text = if text.trim().is_empty() {
        language(tx, mail).await?.say(letter::NO_TEXT).to_owned()
    } else {
        text.trim().chars().take(TEXT_MOST as usize).collect()
    };
    let files: Vec<File> = understood
        .attachments
        .iter()
        .zip(&mail.read.files)
        .map(|(attachment, (blob, kind))| File {
            id: AttachmentId::from_bits(desk.clock().bits()),
            name: attachment.name.clone(),
            media_type: kind.clone(),
            inline: attachment.inline,
            cid: attachment.cid.clone(),
            blob: Some(blob.clone()),
        })
        .collect();
    let html = understood.html.as_deref().map(|page| with_pictures(page, &files));
    let reached = understood.to.iter().chain(&understood.cc).map(|address| address.to_lowercase()).collect();
    let entry = Entry::said(new_message(desk), MessageKind::Said, author, Channel::Email, text);
    if key.altered {
        tracing::info!(letter = %mail.id, "a mail with the Message-ID of another is kept beside it");
    }
    Ok(Entry {
        quoted: understood.quoted_text.clone(),
        html,
        fresh: understood.facts.fresh,
        mark,
        mail_id: Some(key.text),
        letter_in: Some(mail.id.clone()),
        reached,
        files,
        facts,
        ..entry
    })
}

/// What was decided of a mail wherever it goes: who vouches for it, what sort it is, what is held and folded away.
fn found(mail: &Mail, mark: Option<Mark>, key: &OwnKey) -> Vec<Fact> {
    let (understood, proof) = (mail.understood(), &mail.read.proof);
    let said = if proof.detail.is_empty() { &proof.domain } else { &proof.detail };
    let mut facts = vec![Fact::new(if proof.passed { FactKind::Proven } else { FactKind::Unproven }, said.as_str())];
    match understood.class {
        Some(Class::AutoReply) => facts.push(Fact::new(FactKind::AutoReply, "")),
        Some(Class::Bulk) => facts.push(Fact::new(FactKind::Bulk, "")),
        _ => {}
    }
    if matches!(mark, Some(Mark::Unverified | Mark::Stranger)) {
        facts.push(Fact::new(FactKind::Held, ""));
    }
    if let Some(quoted) = understood.quoted_text.as_ref().filter(|quoted| !quoted.trim().is_empty()) {
        facts.push(Fact::new(FactKind::Cut, quoted.trim().chars().count().to_string()));
    }
    if key.altered {
        facts.push(Fact::new(FactKind::SameId, mail.read.key.as_str()));
    }
    facts
}

/// A mail's HTML made safe, its own pictures pointing at their files. The sanitiser lets absolute addresses through only, so they
/// stand under a name that no mail can know until it is done.
fn with_pictures(page: &str, files: &[File]) -> String {
    let place = format!("https://{}.invalid/", &secret()[..32]);
    let picture = |cid: &str| files.iter().find(|file| file.cid.as_deref() == Some(cid)).map(|file| format!("{place}{}", file.id));
    sanitise::html(page, &picture, true).html.replace(&place, "/attachments/")
}

/// Who wrote it, as a contact.
pub(super) async fn contact_of(tx: &mut Tx, desk: &Desk, mail: &Mail, mailbox: &Mailbox) -> Result<Author> {
    Ok(author_of(&known(tx, desk, mail, mailbox).await?))
}

pub(super) async fn known(tx: &mut Tx, desk: &Desk, mail: &Mail, mailbox: &Mailbox) -> Result<Contact> {
    contact::know(tx, desk, &mail.property, mailbox.name.as_deref().unwrap_or_default(), &address_of(mail, mailbox)).await
}

pub(super) fn author_of(contact: &Contact) -> Author {
    Author::Contact { name: contact.called().to_owned(), id: contact.id.clone() }
}

/// The address of a mailbox; of a mail that names none, what it says instead, so that two of them are not one person.
pub(super) fn address_of(mail: &Mail, mailbox: &Mailbox) -> String {
    let said = [&mailbox.address, &mail.understood().facts.from_raw];
    let text = said
        .into_iter()
        .find(|text| !text.trim().is_empty())
        .map_or_else(|| format!("unknown-{}", mail.id), |text| text.trim().chars().take(200).collect());
    text.to_lowercase()
}

/// A subject in one line: some hide what is in it behind hundreds of blanks.
pub(super) fn one_line(subject: &str) -> String {
    subject.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A subject in one line; of a mail without one, words in its place.
pub(super) async fn subject_line(tx: &mut Tx, mail: &Mail, subject: &str) -> Result<String> {
    let line = one_line(subject);
    Ok(if line.is_empty() {
        language(tx, mail).await?.say(letter::NO_SUBJECT).to_owned()
    } else {
        line.chars().take(SUBJECT_MOST as usize).collect()
    })
}

async fn language(tx: &mut Tx, mail: &Mail) -> Result<Language> {
    let row = sqlx::query("select language from property where id = $1").bind(mail.property.as_str()).fetch_one(tx.conn()).await?;
    Ok(word_or_none(&row, "language")?.unwrap_or_default())
}

pub(super) fn new_message(desk: &Desk) -> MessageId {
    MessageId::from_bits(desk.clock().bits())
}
