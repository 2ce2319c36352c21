//! Letters: the outbox, one row per recipient. Rows are written by the mail reader and by verbs that owe a letter themselves
//! (an invitation); the wire takes them by lease. Knows what a letter says and how far it came; moves no bytes.

mod alias;
mod file;
mod lease;
mod list;
mod outbox;
mod pace;
mod rate;
mod suppressed;

use mail::{
    Mailbox,
    compose::{self, Kind, Letter},
    html,
};
use model::{
    ConversationId, LetterId, MessageId, Moment, PropertyId, Refusal,
    event::What,
    letter::{LetterKind, LetterStatus},
    message::Author,
};
use sqlx::Row as _;

pub use lease::{BUSY_MOST, Due, LEASE, Lease};
pub(crate) use suppressed::suppress;

use crate::{
    Desk, Error, Result,
    db::Tx,
    line,
    log::{self, Happened},
};

/// A letter about to be put into the outbox.
pub(crate) struct Posting {
    pub property: PropertyId,
    pub conversation: Option<ConversationId>,
    pub message: Option<MessageId>,
    pub id: LetterId,
    pub kind: LetterKind,
    pub letter: Letter,
    /// Not before this moment.
    pub next_at: Moment,
    /// Why it cannot go out at all.
    pub trouble: Option<String>,
}

/// Puts a letter into the outbox; the same message goes once to a recipient, so that doing it again does nothing.
pub(crate) async fn post(tx: &mut Tx, posting: Posting) -> Result<bool> {
    let trouble = posting.trouble.or_else(|| posting.letter.check().err().map(|improper| improper.to_string()));
    let status = if trouble.is_some() { LetterStatus::Failed } else { LetterStatus::Waiting };
    let recipient = posting.letter.to.address.to_lowercase();
    let domain = recipient.rsplit_once('@').map_or_else(String::new, |(_, domain)| domain.to_owned());
    let now = tx.now();
    let written = sqlx::query(
        "insert into letter_out (id, property, conversation, message, kind, recipient, domain, subject, mail_id, letter, status, why, attempts, created_at, next_at, until_at, leased_until) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $14, $15, 0) on conflict (message, recipient, kind) do nothing",
    )
    .bind(posting.id.as_str())
    .bind(posting.property.as_str())
    .bind(posting.conversation.as_ref().map(|id| id.as_str().to_owned()))
    .bind(posting.message.as_ref().map(|id| id.as_str().to_owned()))
    .bind(posting.kind.word())
    .bind(recipient)
    .bind(domain)
    .bind(&posting.letter.subject)
    .bind(&posting.letter.message_id)
    .bind(serde_json::to_string(&posting.letter)?)
    .bind(status.word())
    .bind(trouble)
    .bind(now.0)
    .bind(posting.next_at.0)
    .bind(posting.next_at.plus(outbox::LAST_TRY).0)
    .execute(tx.conn())
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    for file in &posting.letter.attachments {
        sqlx::query("insert into letter_out_file (letter, sha256) values ($1, $2) on conflict (letter, sha256) do nothing")
            .bind(posting.id.as_str())
            .bind(&file.sha256)
            .execute(tx.conn())
            .await?;
    }
    Ok(true)
}

/// A letter that the house itself writes.
pub(crate) struct Notice<'a> {
    pub kind: LetterKind,
    pub to: &'a str,
    pub subject: &'a str,
    pub written: compose::Written,
    /// The entry of a conversation that it belongs to: an answer to it goes there, and it is written once.
    pub about: Option<(&'a ConversationId, &'a MessageId)>,
}

/// Puts a letter of the house itself into the outbox, such as an invitation: from the property, or from a conversation's own address.
pub(crate) async fn notify(tx: &mut Tx, desk: &Desk, property: &PropertyId, notice: Notice<'_>) -> Result<LetterId> {
    let row =
        sqlx::query("select name, forwarding from property where property.id = $1").bind(property.as_str()).fetch_one(tx.conn()).await?;
    let (name, forwarding): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let id = LetterId::from_bits(desk.clock().bits());
    let keys = desk.keys();
    let address = notice.about.map_or_else(
        || format!("{forwarding}@{}", keys.domain()),
        |(conversation, _)| keys.ticket_address(property.as_str(), conversation.as_str()),
    );
    let from = Mailbox { name: Some(plain(&name)), address };
    let now = tx.now();
    let letter = Letter {
        reply_to: from.clone(),
        from,
        to: Mailbox { name: None, address: notice.to.to_owned() },
        envelope_from: keys.bounce_address(id.as_str()),
        subject: compose::subject(notice.subject, false),
        message_id: keys.message_id(notice.about.map_or(id.as_str(), |(_, message)| message.as_str()), id.as_str()),
        in_reply_to: None,
        references: vec![],
        date_micros: now.0,
        text: notice.written.text,
        html: notice.written.html,
        headers: if notice.kind == LetterKind::Acknowledgement { Kind::Acknowledgement } else { Kind::Notice }
            .headers(&keys.loop_mark(), ""),
        attachments: vec![],
        boundary_seed: id.as_str().to_owned(),
    };
    post(
        tx,
        Posting {
            property: property.clone(),
            conversation: notice.about.map(|(conversation, _)| conversation.clone()),
            message: notice.about.map(|(_, message)| message.clone()),
            id: id.clone(),
            kind: notice.kind,
            letter,
            next_at: now,
            trouble: None,
        },
    )
    .await?;
    Ok(id)
}

/// Deletes the letters of a message that is taken back. False when one of them left already: nothing may be taken back then,
/// and the caller refuses, so that what was deleted here is there again.
pub(crate) async fn withdraw(tx: &mut Tx, property: &PropertyId, message: &MessageId) -> Result<bool> {
    sqlx::query(
        "delete from letter_out where property = $1 and message = $2 and (status = 'failed' or (status = 'waiting' and attempts = 0))",
    )
    .bind(property.as_str())
    .bind(message.as_str())
    .execute(tx.conn())
    .await?;
    let left = sqlx::query("select 1 from letter_out where property = $1 and message = $2 limit 1")
        .bind(property.as_str())
        .bind(message.as_str())
        .fetch_optional(tx.conn())
        .await?;
    Ok(left.is_none())
}

/// Says that the letters of a message came further. The conversation's row is taken before the log's, as every verb does,
/// so that two writers cannot wait for each other.
pub(crate) async fn changed(
    tx: &mut Tx,
    property: &PropertyId,
    conversation: Option<&ConversationId>,
    messages: Vec<MessageId>,
) -> Result<()> {
    let Some(conversation) = conversation else { return Ok(()) };
    match line::take(tx, property, conversation).await {
        Ok(line) => {
            let happened =
                Happened::new(property, Author::System, What::LetterChanged).line(&line.id, Some(&line), Some(&line)).messages(messages);
            log::append(tx, happened).await?;
            Ok(())
        }
        // deleted for ever while its letter was under way
        Err(Error::Refused(Refusal::NotFound)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A name without characters that no header carries.
pub(crate) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words without Markdown in both forms.
pub(crate) fn written(text: &str) -> compose::Written {
    compose::Written { text: text.to_owned(), html: format!("<p>{}</p>", html::from_text(text)) }
}
