//! Messages read back from their rows, with files and letters. Decides nothing of who may see them.

use std::collections::{BTreeSet, HashMap};

use model::{
    ConversationId, MessageId, Moment, PropertyId, Refusal, VisitorId,
    attachment::Attachment,
    letter::LetterState,
    message::{Author, Message, MessageKind},
    shift::Fact,
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Agent, Result, attachment,
    db::Conn,
    line::{word, word_or_none},
};

macro_rules! columns {
    () => {
        "m.id, m.conversation, m.seq, m.place, m.kind, m.author, m.channel, m.at, m.held_until, m.edited_at, m.body, m.quoted, m.html_version, m.happened, m.mark, m.letter_in"
    };
}

/// The last messages of a conversation before a number, oldest first, and whether there are earlier ones.
pub(crate) async fn last(
    conn: &mut Conn,
    property: &PropertyId,
    conversation: &ConversationId,
    before: i64,
    most: usize,
) -> Result<(Vec<Message>, bool)> {
    let mut rows = sqlx::query(concat!(
        "select ",
        columns!(),
        " from message m where m.property = $1 and m.conversation = $2 and m.seq < $3 order by m.seq desc, m.place desc limit $4"
    ))
    .bind(property.as_str())
    .bind(conversation.as_str())
    .bind(before)
    .bind(i64::try_from(most + 1).unwrap_or(i64::MAX))
    .fetch_all(&mut *conn)
    .await?;
    // one more than is shown tells whether there are earlier ones; what one event brought stays together
    let over = rows.get(most).map(|row| row.try_get::<i64, _>("seq")).transpose()?;
    if let Some(over) = over {
        rows.retain(|row| row.try_get::<i64, _>("seq").is_ok_and(|seq| seq > over));
    }
    let mut messages = rows.iter().map(of_row).collect::<Result<Vec<_>>>()?;
    messages.sort_by_key(|message| (message.seq, message.place));
    let Some(first) = messages.first().map(|message| message.seq) else { return Ok((messages, over.is_some())) };
    let mut files = files_of(conn, property, conversation, first).await?;
    let mut letters = letters_of(conn, property, conversation, first).await?;
    for message in &mut messages {
        message.attachments = files.remove(&message.id).unwrap_or_default();
        message.letters = letters.remove(&message.id).unwrap_or_default();
    }
    Ok((messages, over.is_some()))
}

/// One message with its files and letters.
pub(crate) async fn load(conn: &mut Conn, property: &PropertyId, id: &MessageId) -> Result<Option<Message>> {
    // most have neither files nor letters: then it is one question
    let row = sqlx::query(concat!(
        "select ",
        columns!(),
        ", (select 1 from attachment a where a.property = m.property and a.message = m.id limit 1) as has_files, \
         (select 1 from letter_out l where l.property = m.property and l.message = m.id limit 1) as has_letters \
         from message m where m.property = $1 and m.id = $2"
    ))
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut message = of_row(&row)?;
    if row.try_get::<Option<i64>, _>("has_files")?.is_some() {
        let files = sqlx::query(
            "select message, id, name, media_type, size, inline_at from attachment where property = $1 and message = $2 order by place, id",
        )
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_all(&mut *conn)
        .await?;
        message.attachments = files.iter().map(attachment::of_row).collect::<Result<_>>()?;
    }
    if row.try_get::<Option<i64>, _>("has_letters")?.is_some() {
        let letters = sqlx::query("select id, message, kind, recipient, status, why, attempts from letter_out where property = $1 and message = $2 order by recipient, kind").bind(property.as_str()).bind(id.as_str()).fetch_all(conn).await?;
        message.letters = letters.iter().map(letter_state).collect::<Result<_>>()?;
    }
    Ok(Some(message))
}

fn of_row(row: &AnyRow) -> Result<Message> {
    let (kind, author): (MessageKind, Author) = (word(row, "kind")?, serde_json::from_str(row.try_get("author")?)?);
    let text: String = row.try_get("body")?;
    let markdown = matches!(author, Author::Agent { .. }) && kind != MessageKind::Happened;
    Ok(Message {
        id: word(row, "id")?,
        conversation: word(row, "conversation")?,
        seq: row.try_get("seq")?,
        place: row.try_get("place")?,
        kind,
        author,
        channel: word(row, "channel")?,
        at: Moment(row.try_get("at")?),
        held_until: row.try_get::<Option<i64>, _>("held_until")?.map(Moment),
        edited_at: row.try_get::<Option<i64>, _>("edited_at")?.map(Moment),
        rendered: if markdown { mail::compose::markdown(&text).html } else { String::new() },
        text,
        quoted: row.try_get("quoted")?,
        html: row.try_get::<Option<i64>, _>("html_version")?.is_some(),
        happened: row.try_get::<Option<String>, _>("happened")?.map(|json| serde_json::from_str(&json)).transpose()?,
        mark: word_or_none(row, "mark")?,
        attachments: vec![],
        letters: vec![],
        letter_in: word_or_none(row, "letter_in")?,
    })
}

impl Agent {
    /// What was decided by itself about a mail, in the order it was decided. Empty for what came no such way.
    pub async fn explain_message(&self, id: MessageId) -> Result<Vec<Fact>> {
        self.must_see_message(self.desk.db().read().acquire().await?.as_mut(), &id).await?;
        let row = sqlx::query("select facts from message where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(self.desk.db().read())
            .await?
            .ok_or(Refusal::NotFound)?;
        let json: Option<String> = row.try_get(0)?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default())
    }
}

/// The last messages of all chats of a visitor before a number, oldest first: notes, held ones and what the site
/// told (which may be much) left out. And whether there are more.
pub(crate) async fn of_visitor(
    conn: &mut Conn,
    property: &PropertyId,
    visitor: &VisitorId,
    before: i64,
    most: usize,
) -> Result<(Vec<Message>, bool)> {
    let rows = sqlx::query(concat!(
        "select ",
        columns!(),
        " from chat h join message m on m.property = h.property and m.conversation = h.conversation \
         where h.property = $1 and h.visitor = $2 and m.seq < $3 and m.kind <> 'noted' and m.mark is null \
         and coalesce(m.happened, '') not like '{\"what\":\"site_event\"%' order by m.seq desc, m.place desc limit $4"
    ))
    .bind(property.as_str())
    .bind(visitor.as_str())
    .bind(before)
    .bind(i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1))
    .fetch_all(&mut *conn)
    .await?;
    let mut messages = rows.iter().take(most).map(of_row).collect::<Result<Vec<_>>>()?;
    messages.sort_by_key(|message| (message.seq, message.place));
    let chats: BTreeSet<ConversationId> = messages.iter().map(|message| message.conversation.clone()).collect();
    for chat in &chats {
        let mut files = files_of(conn, property, chat, messages.first().map_or(i64::MAX, |message| message.seq)).await?;
        for message in &mut messages {
            message.attachments.extend(files.remove(&message.id).unwrap_or_default());
        }
    }
    Ok((messages, rows.len() > most))
}

/// Messages that came to a conversation by mail.
pub(crate) async fn mails_of(conn: &mut Conn, property: &PropertyId, conversation: &ConversationId) -> Result<Vec<MessageId>> {
    let rows = sqlx::query("select id from message where property = $1 and conversation = $2 and channel = 'email' order by seq, place")
        .bind(property.as_str())
        .bind(conversation.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| word(row, "id")).collect()
}

/// In this and the next, `cross` is what SQLite takes as the order to read in: it would else begin with all letters there are.
async fn files_of(
    conn: &mut Conn,
    property: &PropertyId,
    conversation: &ConversationId,
    from: i64,
) -> Result<HashMap<MessageId, Vec<Attachment>>> {
    let rows = sqlx::query(
        "select a.message, a.id, a.name, a.media_type, a.size, a.inline_at from message m cross join attachment a \
         where m.property = $1 and m.conversation = $2 and m.seq >= $3 and a.property = m.property and a.message = m.id order by a.place, a.id",
    )
    .bind(property.as_str())
    .bind(conversation.as_str())
    .bind(from)
    .fetch_all(conn)
    .await?;
    let mut all: HashMap<MessageId, Vec<Attachment>> = HashMap::new();
    for row in &rows {
        all.entry(word(row, "message")?).or_default().push(attachment::of_row(row)?);
    }
    Ok(all)
}

async fn letters_of(
    conn: &mut Conn,
    property: &PropertyId,
    conversation: &ConversationId,
    from: i64,
) -> Result<HashMap<MessageId, Vec<LetterState>>> {
    let rows = sqlx::query(
        "select l.id, l.message, l.kind, l.recipient, l.status, l.why, l.attempts from message m cross join letter_out l \
         where m.property = $1 and m.conversation = $2 and m.seq >= $3 and l.property = m.property and l.message = m.id order by l.recipient, l.kind",
    )
    .bind(property.as_str())
    .bind(conversation.as_str())
    .bind(from)
    .fetch_all(conn)
    .await?;
    let mut all: HashMap<MessageId, Vec<LetterState>> = HashMap::new();
    for row in &rows {
        all.entry(word(row, "message")?).or_default().push(letter_state(row)?);
    }
    Ok(all)
}

/// A letter's state from its columns.
pub(crate) fn letter_state(row: &AnyRow) -> Result<LetterState> {
    Ok(LetterState {
        id: word(row, "id")?,
        to: row.try_get("recipient")?,
        kind: word(row, "kind")?,
        status: word(row, "status")?,
        why: row.try_get("why")?,
        attempts: row.try_get("attempts")?,
    })
}
