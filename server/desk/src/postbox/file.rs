//! Filing a mail that was read: one transaction from the row to the conversation, and the rule that decided beside it.
//! Decides by class and target; matching, people and words stand in files of their own.

use std::sync::Arc;

use futures::future::BoxFuture;
use mail::{Class, Understood};
use model::{LetterInId, PropertyId, Refusal, attachment::COUNT_MOST, letter::LetterInStatus};
use sqlx::Row as _;

use super::{
    Filed, Postbox, Proof, Taken, bounce, confirmation, entry, mail_key,
    take::{Target, target},
    words::one_line,
};
use crate::{
    Desk, Error, Fault, Result,
    attachment::media_type,
    blob::Blob,
    clock::digest,
    db::Tx,
    line::{word, word_or_none},
};

/// How often filing is begun anew when another mail of the same people was faster.
pub(super) const RACES: usize = 6;
/// Characters of a Message-ID that are kept; a longer one is known by its digest.
const KEY_MOST: usize = 400;

/// A mail about to be filed.
pub(super) struct Mail {
    pub id: LetterInId,
    pub property: PropertyId,
    pub targets: Vec<Target>,
    /// For whom it came, as the envelope says.
    pub rcpt_to: Vec<String>,
    pub read: Arc<Read>,
}

/// What was read of it, and made ready before the transaction.
pub(super) struct Read {
    pub understood: Understood,
    pub proof: Proof,
    /// Contents of the files, with their media types by content.
    pub files: Vec<(Blob, String)>,
    /// The key against duplicates.
    pub key: String,
    /// Digest of what it says.
    pub content: String,
}

impl Read {
    /// What stands outside of the database is written here.
    pub async fn new(desk: &Desk, mut understood: Understood, proof: Proof) -> Result<Self> {
        scrub(&mut understood);
        let mut files = vec![];
        understood.attachments.truncate(COUNT_MOST as usize);
        for attachment in &mut understood.attachments {
            let bytes = std::mem::take(&mut attachment.bytes);
            let kind = media_type(&bytes, &attachment.content_type);
            files.push((desk.prepare(bytes).await?, kind));
        }
        let (key, content) = (key(&understood.facts.key), content(&understood));
        Ok(Self { understood, proof, files, key, content })
    }
}

impl Mail {
    pub fn understood(&self) -> &Understood {
        &self.read.understood
    }

    /// The address in `From`, lower case.
    pub fn from(&self) -> String {
        self.read.understood.from.to_lowercase()
    }
}

impl Postbox {
    /// Files a mail: all of it in one transaction. Filing it again gives what was filed. One that would open a ticket too many
    /// stays as it is, and is read again when there is room.
    pub async fn file(&self, taken: &Taken, understood: Understood, proof: Proof) -> Result<Filed> {
        let read = Arc::new(Read::new(&self.desk, understood, proof).await?);
        let mut outcome = self.file_once(taken, &read).await;
        for _ in 0..RACES {
            match &outcome {
                Err(Error::Fault(Fault::Database(error))) if is_race(error) => outcome = self.file_once(taken, &read).await,
                _ => break,
            }
        }
        outcome
    }

    async fn file_once(&self, taken: &Taken, read: &Arc<Read>) -> Result<Filed> {
        let verb = filing(self.desk.clone(), taken.id.clone(), read.clone());
        match &taken.property {
            Some(property) => self.desk.db().write_to(property, verb).await,
            None => self.desk.db().write(verb).await,
        }
    }
}

fn filing(desk: Desk, id: LetterInId, read: Arc<Read>) -> impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Filed>> + Send {
    move |tx| Box::pin(async move { file(tx, &desk, id, read).await })
}

async fn file(tx: &mut Tx, desk: &Desk, id: LetterInId, read: Arc<Read>) -> Result<Filed> {
    // mails of one property are filed one after the other: nobody else files this one meanwhile
    let row = sqlx::query("select property, rcpt_to, status, why, conversation, message from letter_in where id = $1")
        .bind(id.as_str())
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Refusal::NotFound)?;
    let status: LetterInStatus = word(&row, "status")?;
    if matches!(status, LetterInStatus::Filed | LetterInStatus::Logged) {
        return Ok(Filed {
            status,
            why: row.try_get::<Option<String>, _>("why")?.unwrap_or_default(),
            conversation: word_or_none(&row, "conversation")?,
            message: word_or_none(&row, "message")?,
            opened_for: None,
        });
    }
    let mut filed = match word_or_none::<PropertyId>(&row, "property")? {
        None => Filed::logged("no_property"),
        Some(property) => {
            let rcpt_to: Vec<String> = serde_json::from_str(row.try_get("rcpt_to")?)?;
            let mut targets = vec![];
            for address in &rcpt_to {
                targets.extend(target(tx.conn(), desk, address).await?.filter(|target| target.property().is_none_or(|id| *id == property)));
            }
            let mail = Mail { id: id.clone(), property, targets, rcpt_to, read: read.clone() };
            let filed = decide(tx, desk, &mail).await?;
            if filed.status == LetterInStatus::Filed {
                confirmation::keep(tx, &mail).await?;
            }
            filed
        }
    };
    let understood = &read.understood;
    let from = if understood.from.is_empty() { &understood.facts.from_raw } else { &understood.from };
    let opened_for = filed.opened_for.take();
    let opened_at = opened_for.as_ref().map(|_| tx.now().0);
    // one that waits for a limit keeps its moment
    sqlx::query("update letter_in set status = $2, why = $3, conversation = $4, message = $5, subject = $6, header_from = $7, content = $8, class = $9, interrupted = 0, \
         leased_until = case when $2 = 'new' then leased_until else 0 end, waits = case when $2 = 'new' then waits end, \
         sender = coalesce($10, sender), opened_at = coalesce($11, opened_at) where id = $1")
        .bind(id.as_str())
        .bind(filed.status.word())
        .bind(&filed.why)
        .bind(filed.conversation.as_ref().map(|id| id.as_str().to_owned()))
        .bind(filed.message.as_ref().map(|id| id.as_str().to_owned()))
        .bind(one_line(&understood.subject).chars().take(500).collect::<String>())
        .bind(from.chars().take(300).collect::<String>())
        .bind(&read.content)
        .bind(class_word(understood.class))
        .bind(opened_for)
        .bind(opened_at)
        .execute(tx.conn())
        .await?;
    Ok(filed)
}

async fn decide(tx: &mut Tx, desk: &Desk, mail: &Mail) -> Result<Filed> {
    match mail.understood().class {
        Some(Class::Own) => return Ok(Filed::logged("own: a mail of ours came back")),
        Some(Class::Bounce) => {
            if let Some(filed) = bounce::file(tx, desk, mail).await? {
                return Ok(filed);
            }
        }
        _ => {}
    }
    if mail.targets.iter().all(|target| matches!(target, Target::House | Target::Nobody)) {
        let house = mail.targets.contains(&Target::House);
        return Ok(Filed::logged(if house {
            "house: to postmaster or abuse"
        } else {
            "unknown_recipient: the address is no longer known"
        }));
    }
    entry::file(tx, desk, mail).await
}

/// The word under which the class of a mail is kept.
pub(super) const fn class_word(class: Option<Class>) -> &'static str {
    match class {
        Some(Class::Human) | None => "human",
        Some(Class::AutoReply) => "auto_reply",
        Some(Class::Bounce) => "bounce",
        Some(Class::Bulk) => "bulk",
        Some(Class::Own) => "own",
    }
}

/// PostgreSQL keeps no text with a zero in it; no mail needs one.
fn scrub(understood: &mut Understood) {
    let facts = &mut understood.facts;
    let plain = [
        &mut understood.from,
        &mut understood.subject,
        &mut understood.text,
        &mut understood.reply_text,
        &mut facts.from_raw,
        &mut facts.key,
    ];
    let optional = [&mut understood.from_name, &mut understood.quoted_text, &mut understood.html, &mut facts.original_sender];
    let mailboxes = facts
        .to
        .iter_mut()
        .chain(&mut facts.cc)
        .chain(&mut facts.reply_to)
        .flat_map(|mailbox| [Some(&mut mailbox.address), mailbox.name.as_mut()])
        .flatten();
    let files = understood
        .attachments
        .iter_mut()
        .flat_map(|file| [Some(&mut file.name), Some(&mut file.content_type), file.cid.as_mut()])
        .flatten();
    let lists = understood
        .to
        .iter_mut()
        .chain(&mut understood.cc)
        .chain(&mut understood.references)
        .chain(&mut facts.in_reply_to)
        .chain(&mut facts.returned_ids);
    let bounced = understood
        .bounce
        .iter_mut()
        .flat_map(|bounce| bounce.recipients.iter_mut().chain(bounce.diagnostic.as_mut()).chain(bounce.status.as_mut()));
    for text in plain.into_iter().chain(optional.into_iter().flatten()).chain(mailboxes).chain(files).chain(lists).chain(bounced) {
        if text.contains('\0') {
            text.retain(|c| c != '\0');
        }
    }
    if let Some(asked) = &mut understood.confirmation {
        for text in [&mut asked.account, &mut asked.code, &mut asked.link].into_iter().flatten() {
            text.retain(|c| c != '\0');
        }
    }
    if let Some(inner) = &mut understood.forwarded {
        for text in [&mut inner.text, &mut inner.before]
            .into_iter()
            .chain(inner.from.as_mut())
            .chain(inner.from_name.as_mut())
            .chain(inner.subject.as_mut())
        {
            text.retain(|c| c != '\0');
        }
    }
}

fn key(key: &str) -> String {
    let key = mail_key(key);
    if key.len() > KEY_MOST { format!("gen-{}", digest(key.as_bytes())) } else { key }
}

/// A copy of a mail says the same, whatever the hops wrote on it.
fn content(understood: &Understood) -> String {
    let mut all = format!(
        "{}\0{}\0{}",
        understood.from.to_lowercase(),
        understood.subject.trim(),
        understood.text.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    for file in &understood.attachments {
        all.push('\0');
        all.push_str(&file.sha256);
    }
    digest(all.as_bytes())
}

/// Somebody else wrote the same key first, or two writers waited for each other: beginning anew sees their rows.
pub(crate) fn is_race(error: &sqlx::Error) -> bool {
    let Some(known) = error.as_database_error() else { return false };
    known.is_unique_violation() || known.code().is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01" | "55P03"))
}
