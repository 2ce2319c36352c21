//! Events of contacts, and what takes the name of their author out of them. All else of an event is ids and numbers.

use model::{ConversationId, PropertyId, event::Event, message::Author};

use sqlx::Row as _;

use super::{Body, event};
use crate::{
    Result,
    db::{Conn, Tx},
    line::word,
};

/// Events of contacts after one number and up to another, in order; of one conversation alone, if it is given.
pub(crate) async fn by_contacts(
    conn: &mut Conn,
    property: &PropertyId,
    conversation: Option<&ConversationId>,
    (after, until): (i64, i64),
) -> Result<Vec<Event>> {
    // the author comes first, and says what they are first
    let text = if conversation.is_some() {
        "select seq, at, what, conversation, body from event where property = $1 and seq > $2 and seq <= $3 and conversation = $4 and body like '{\"author\":{\"who\":\"contact\"%' order by seq"
    } else {
        "select seq, at, what, conversation, body from event where property = $1 and seq > $2 and seq <= $3 and body like '{\"author\":{\"who\":\"contact\"%' order by seq"
    };
    let query = sqlx::query(text).bind(property.as_str()).bind(after).bind(until);
    let query = if let Some(conversation) = conversation { query.bind(conversation.as_str()) } else { query };
    query.fetch_all(conn).await?.iter().map(|row| event(property, row)).collect()
}

/// Takes the name of its author out of an event. Whoever reads it is told the rest as before.
pub(crate) async fn unname(tx: &mut Tx, event: &Event) -> Result<()> {
    let Author::Contact { id, .. } = &event.author else { return Ok(()) };
    let row = sqlx::query("select body from event where property = $1 and seq = $2")
        .bind(event.property.as_str())
        .bind(event.seq)
        .fetch_one(tx.conn())
        .await?;
    let told: Body = serde_json::from_str(row.try_get("body")?)?;
    let author = Author::Contact { id: id.clone(), name: String::new() };
    sqlx::query("update event set body = $3 where property = $1 and seq = $2")
        .bind(event.property.as_str())
        .bind(event.seq)
        .bind(serde_json::to_string(&Body { author, ..told })?)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What is told of who came into conversations and left them, after one number and up to another: where, and the entry's JSON.
pub(crate) async fn joining(conn: &mut Conn, property: &PropertyId, (after, until): (i64, i64)) -> Result<Vec<(ConversationId, String)>> {
    // `cross`: SQLite takes it as the order to read in
    let rows = sqlx::query(
        "select m.conversation, m.happened from event e cross join message m where e.property = $1 and e.seq > $2 and e.seq <= $3 and e.what = 'participants_changed' \
         and m.property = e.property and m.conversation = e.conversation and m.seq = e.seq and m.happened is not null",
    )
    .bind(property.as_str())
    .bind(after)
    .bind(until)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((word(row, "conversation")?, row.try_get("happened")?))).collect()
}
