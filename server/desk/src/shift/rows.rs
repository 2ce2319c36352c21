//! The rows behind a shift: which messages went, and all that goes with a message (its Message-IDs, its letters, the mail it came
//! as). Decides nothing.

use model::{
    ContactId, ConversationId, MessageId, PropertyId, Refusal, ShiftId, Why,
    conversation::{Folder, Kind},
    shift::How,
};
use sqlx::Row as _;

use super::is_waiting;
use crate::{
    Result,
    db::{Conn, Tx},
    line::{word, word_or_none},
    message,
};

/// How often a ticket may have been merged on.
const MERGES_MOST: usize = 50;

/// A shift as it is kept.
#[derive(Clone)]
pub(super) struct Kept {
    pub id: ShiftId,
    pub how: How,
    pub source: ConversationId,
    pub target: ConversationId,
    /// The drawer of the source before it was merged.
    pub folder: Folder,
    /// Who became a participant of the target by it.
    pub joined: Vec<String>,
    /// The entries that tell it in each of the two.
    pub out_entry: MessageId,
    pub in_entry: MessageId,
    pub undone: bool,
}

/// Which words go.
pub(super) enum Pick<'a> {
    /// One message.
    One(&'a MessageId),
    /// From an event's number and a place in it on.
    From(i64, i64),
    /// All.
    All,
}

/// Remembers a shift.
pub(super) async fn keep(tx: &mut Tx, property: &PropertyId, kept: &Kept) -> Result<()> {
    let now = tx.now();
    sqlx::query("insert into shift (property, id, how, source, target, folder, joined, out_entry, in_entry, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(property.as_str())
        .bind(kept.id.as_str())
        .bind(kept.how.word())
        .bind(kept.source.as_str())
        .bind(kept.target.as_str())
        .bind(kept.folder.word())
        .bind(serde_json::to_string(&kept.joined)?)
        .bind(kept.out_entry.as_str())
        .bind(kept.in_entry.as_str())
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A shift.
pub(super) async fn load(conn: &mut Conn, property: &PropertyId, id: &ShiftId) -> Result<Option<Kept>> {
    let row = sqlx::query(
        "select id, how, source, target, folder, joined, out_entry, in_entry, undone_at from shift where property = $1 and id = $2",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Kept {
            id: word(&row, "id")?,
            how: word(&row, "how")?,
            source: word(&row, "source")?,
            target: word(&row, "target")?,
            folder: word(&row, "folder")?,
            joined: serde_json::from_str(row.try_get("joined")?)?,
            out_entry: word(&row, "out_entry")?,
            in_entry: word(&row, "in_entry")?,
            undone: row.try_get::<Option<i64>, _>("undone_at")?.is_some(),
        })
    })
    .transpose()
}

/// Chooses what goes with a shift; gives all of it, in its order. What was chosen before stays chosen.
pub(super) async fn pick(tx: &mut Tx, property: &PropertyId, kept: &Kept, pick: Pick<'_>) -> Result<Vec<MessageId>> {
    let (one, seq, place) = match pick {
        Pick::One(id) => (Some(id.as_str().to_owned()), 0, 0),
        Pick::From(seq, place) => (None, seq, place),
        Pick::All => (None, 0, 0),
    };
    let rows = sqlx::query("select id from message where property = $1 and conversation = $2 and kind <> 'happened' and (seq > $3 or (seq = $3 and place >= $4)) order by seq, place")
        .bind(property.as_str())
        .bind(kept.source.as_str())
        .bind(seq)
        .bind(place)
        .fetch_all(tx.conn())
        .await?;
    let mut all = vec![];
    for row in &rows {
        let id: MessageId = word(row, "id")?;
        if one.as_deref().is_some_and(|one| one != id.as_str()) {
            continue;
        }
        sqlx::query(
            "insert into shifted_message (property, shift, message) values ($1, $2, $3) on conflict (property, shift, message) do nothing",
        )
        .bind(property.as_str())
        .bind(kept.id.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
        all.push(id);
    }
    Ok(all)
}

/// Those messages of a shift that are where it put them, in no order.
pub(super) async fn in_place(conn: &mut Conn, property: &PropertyId, kept: &Kept) -> Result<Vec<MessageId>> {
    let rows = sqlx::query("select m.id from shifted_message s cross join message m where s.property = $1 and s.shift = $2 and m.property = s.property and m.id = s.message and m.conversation = $3")
        .bind(property.as_str())
        .bind(kept.id.as_str())
        .bind(kept.target.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| word(row, "id")).collect()
}

/// Puts the messages of a shift that are in one ticket into another: their letters, the ids that answers name, and the mails they
/// came as go with them.
pub(super) async fn relocate(
    tx: &mut Tx,
    property: &PropertyId,
    shift: &ShiftId,
    from: &ConversationId,
    to: &ConversationId,
) -> Result<()> {
    for text in [
        "update message set conversation = $4, contact = (select contact from conversation where property = $1 and id = $4) where property = $1 and conversation = $3 and id in (select message from shifted_message where property = $1 and shift = $2)",
        "update mail_id set conversation = $4 where property = $1 and conversation = $3 and message in (select message from shifted_message where property = $1 and shift = $2)",
        "update letter_out set conversation = $4 where property = $1 and conversation = $3 and message in (select message from shifted_message where property = $1 and shift = $2)",
        "update letter_in set conversation = $4 where conversation = $3 and id in \
         (select m.letter_in from shifted_message s join message m on m.property = s.property and m.id = s.message where s.property = $1 and s.shift = $2)",
    ] {
        sqlx::query(text).bind(property.as_str()).bind(shift.as_str()).bind(from.as_str()).bind(to.as_str()).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Says that a ticket was merged into another, or is none that was.
pub(super) async fn merge(tx: &mut Tx, property: &PropertyId, id: &ConversationId, into: Option<&ConversationId>) -> Result<()> {
    sqlx::query("update conversation set merged_into = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(into.map(|id| id.as_str().to_owned()))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Takes out who became a participant by a merge.
pub(super) async fn part(tx: &mut Tx, property: &PropertyId, id: &ConversationId, joined: &[String]) -> Result<()> {
    for email in joined {
        sqlx::query("delete from participant where property = $1 and conversation = $2 and email = $3 and part = 'cc'")
            .bind(property.as_str())
            .bind(id.as_str())
            .bind(email)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// Remembers that a shift was undone.
pub(super) async fn undone(tx: &mut Tx, property: &PropertyId, id: &ShiftId) -> Result<()> {
    let now = tx.now();
    sqlx::query("update shift set undone_at = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whether somebody waits for an answer to one of these messages.
pub(super) async fn waits(tx: &mut Tx, property: &PropertyId, messages: &[MessageId]) -> Result<bool> {
    for id in messages {
        if message::load(tx.conn(), property, id).await?.is_some_and(|message| is_waiting(&message)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many words a ticket has.
pub(super) async fn words(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<i64> {
    let row = sqlx::query("select count(*) from message where property = $1 and conversation = $2 and kind <> 'happened'")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_one(conn)
        .await?;
    Ok(row.try_get(0)?)
}

/// Name and address of a contact.
pub(super) async fn called(conn: &mut Conn, property: &PropertyId, id: &ContactId) -> Result<(String, String)> {
    let row = sqlx::query("select name, email from contact where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_one(conn)
        .await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Addresses that a mail reached directly.
pub(super) async fn reached(conn: &mut Conn, property: &PropertyId, id: &MessageId) -> Result<Vec<String>> {
    let row = sqlx::query("select reached from message where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    let json = row.map(|row| row.try_get::<Option<String>, _>(0)).transpose()?.flatten();
    Ok(json.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default())
}

/// Number of the property's last event.
pub(super) async fn head(conn: &mut Conn, property: &PropertyId) -> Result<i64> {
    Ok(sqlx::query("select seq from log_head where property = $1").bind(property.as_str()).fetch_one(conn).await?.try_get(0)?)
}

/// The ticket with a number; of one that was merged, the one it is in now.
pub(super) async fn numbered(conn: &mut Conn, property: &PropertyId, number: i64) -> Result<ConversationId> {
    let row = sqlx::query("select id, kind from conversation where property = $1 and number = $2")
        .bind(property.as_str())
        .bind(number)
        .fetch_optional(&mut *conn)
        .await?;
    let row = row.ok_or(Refusal::invalid("ticket", Why::Unknown))?;
    if word::<Kind>(&row, "kind")? != Kind::Ticket {
        return Err(Refusal::invalid("ticket", Why::Unknown).into());
    }
    surviving(conn, property, &word(&row, "id")?).await
}

/// The ticket that a ticket's words are in: itself, or the one it was merged into, and that one in turn.
pub(crate) async fn surviving(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<ConversationId> {
    let mut at = id.clone();
    for _ in 0..MERGES_MOST {
        let row = sqlx::query("select merged_into from conversation where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(at.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        match row.map(|row| word_or_none(&row, "merged_into")).transpose()?.flatten() {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(at)
}

/// Deletes for ever what was merged into a ticket that is deleted for ever.
pub(crate) async fn forget_merged(tx: &mut Tx, property: &PropertyId, id: &ConversationId) -> Result<()> {
    let mut gone = vec![id.clone()];
    while let Some(id) = gone.pop() {
        let rows = sqlx::query("delete from conversation where property = $1 and merged_into = $2 returning id")
            .bind(property.as_str())
            .bind(id.as_str())
            .fetch_all(tx.conn())
            .await?;
        for row in &rows {
            gone.push(word(row, "id")?);
        }
    }
    Ok(())
}
