//! Chats: the rows that only a chat has, beside its line. Who begins and speaks in one stands in `visit`, who answers in `agent`,
//! what becomes of it in `ticket`.

mod agent;
mod event;
mod first;
mod start;
pub(crate) mod ticket;
mod unseen;
mod visit;
mod whole;

use model::{
    ConversationId, MessageId, Moment, PropertyId, VisitorId,
    conversation::{Line, Status},
    event::What,
    message::{Author, Channel, Happening},
    moment::MINUTE,
};
use sqlx::{Row as _, any::AnyRow};

pub(crate) use agent::join;
pub(crate) use first::write_first;
pub(crate) use whole::{Whole, host, load, load_whole};

use crate::{
    Agent, Desk, Result, conversation,
    db::{Conn, Tx},
    line::{self, word},
    message::Entry,
    visitor,
};

/// A chat is missed when nobody answered for so long.
const MISS_AFTER: i64 = 5 * MINUTE;
/// How many missed chats one look takes.
const MISSED_AT_ONCE: i64 = 100;

fn moment(row: &AnyRow, column: &str) -> Result<Option<Moment>> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Moment))
}

/// Whose a chat is.
pub(crate) async fn visitor_of(tx: &mut Tx, property: &PropertyId, id: &ConversationId) -> Result<Option<VisitorId>> {
    let row = sqlx::query("select visitor from chat where property = $1 and conversation = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(tx.conn())
        .await?;
    row.map(|row| word(&row, "visitor")).transpose()
}

/// The chats of a visitor, in the order in which their lines are locked.
pub(crate) async fn ids_of(conn: &mut Conn, property: &PropertyId, visitor: &VisitorId) -> Result<Vec<ConversationId>> {
    let rows = sqlx::query("select conversation from chat where property = $1 and visitor = $2 order by conversation")
        .bind(property.as_str())
        .bind(visitor.as_str())
        .fetch_all(conn)
        .await?;
    let mut ids = rows.iter().map(|row| word(row, "conversation")).collect::<Result<Vec<ConversationId>>>()?;
    ids.sort();
    Ok(ids)
}

/// The chat of a visitor that goes on.
macro_rules! current_chat {
    () => {
        "select h.conversation from chat h join conversation c on c.property = h.property and c.id = h.conversation \
         where h.property = $1 and h.visitor = $2 and h.ended_at is null and c.status <> 'closed' order by c.created_at desc, c.id desc limit 1"
    };
}
use current_chat;

/// The same, by itself.
pub(crate) async fn current(conn: &mut Conn, property: &PropertyId, visitor: &VisitorId) -> Result<Option<ConversationId>> {
    let row = sqlx::query(current_chat!()).bind(property.as_str()).bind(visitor.as_str()).fetch_optional(conn).await?;
    row.map(|row| word(&row, "conversation")).transpose()
}

pub(crate) fn new_message(desk: &Desk) -> MessageId {
    MessageId::from_bits(desk.clock().bits())
}

/// How an agent's words reach the visitor: in the chat, or by mail to one who is not there, or whose chat is over, and whose address
/// is known. Of a conversation without a visitor, by mail to whoever takes part. And whether the agent is in the chat already.
pub(crate) async fn channel(tx: &mut Tx, agent: &Agent, id: &ConversationId) -> Result<(Channel, bool)> {
    let row = sqlx::query(
        "select h.ended_at, v.email, v.seen_at, v.left_at, s.joined_at, s.left_at as seat_left_at from chat h \
         join visitor v on v.property = h.property and v.id = h.visitor \
         left join chat_agent s on s.property = h.property and s.conversation = h.conversation and s.agent = $3 \
         where h.property = $1 and h.conversation = $2",
    )
    .bind(agent.property.as_str())
    .bind(id.as_str())
    .bind(agent.id.as_str())
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok((Channel::Web, false)) };
    let here = visitor::is_here(tx.now(), Moment(row.try_get("seen_at")?), moment(&row, "left_at")?);
    let live = here && moment(&row, "ended_at")?.is_none();
    let seated = moment(&row, "joined_at")?.is_some() && moment(&row, "seat_left_at")?.is_none();
    Ok((if live || row.try_get::<&str, _>("email")?.is_empty() { Channel::Chat } else { Channel::Web }, seated))
}

/// An agent said something in a chat: it is answered, and cannot be missed any more. Unless it went by mail, or was seen before, it
/// stands in the window alone until the visitor has seen it.
pub(crate) async fn answered(tx: &mut Tx, property: &PropertyId, id: &ConversationId, unseen: bool) -> Result<()> {
    let now = tx.now();
    sqlx::query("update chat set answered_at = coalesce(answered_at, $3), miss_at = null, unseen_at = coalesce($4, unseen_at) where property = $1 and conversation = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .bind(unseen.then_some(now.0))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What the messages say of a chat, after one was taken away: whether an agent answered, and whether it is missed after all.
pub(crate) async fn recount(tx: &mut Tx, property: &PropertyId, line: &mut Line) -> Result<()> {
    let rows = sqlx::query(
        "select author, at from message where property = $1 and conversation = $2 and kind = 'said' and mark is null order by seq, place",
    )
    .bind(property.as_str())
    .bind(line.id.as_str())
    .fetch_all(tx.conn())
    .await?;
    let mut answered_at = None;
    for row in &rows {
        if matches!(serde_json::from_str(row.try_get("author")?)?, Author::Agent { .. }) {
            answered_at = Some(row.try_get::<i64, _>("at")?);
            break;
        }
    }
    let row = sqlx::query("update chat set answered_at = $3 where property = $1 and conversation = $2 returning missed_at, ended_at")
        .bind(property.as_str())
        .bind(line.id.as_str())
        .bind(answered_at)
        .fetch_optional(tx.conn())
        .await?;
    if let Some(row) = row {
        line.missed = answered_at.is_none() && moment(&row, "missed_at")?.is_some();
    }
    if matches!(line.status, Status::Solved | Status::Closed) {
        line.waiting_since = None;
    }
    Ok(())
}

/// Ends a chat whose line was taken, unless it is over. Nobody answered: it waits in the Inbox as a missed one, unless an agent ended it.
async fn finish(tx: &mut Tx, desk: &Desk, property: &PropertyId, before: &Line, author: Author) -> Result<()> {
    let now = tx.now();
    let row = sqlx::query("update chat set ended_at = $3, miss_at = null where property = $1 and conversation = $2 and ended_at is null returning answered_at")
        .bind(property.as_str())
        .bind(before.id.as_str())
        .bind(now.0)
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(()) };
    let missed = moment(&row, "answered_at")?.is_none() && !matches!(author, Author::Agent { .. });
    let mut after = before.clone();
    if missed {
        miss(tx, property, &mut after).await?;
    } else {
        (after.status, after.snoozed_until, after.waiting_since, after.missed) = (Status::Solved, None, None, false);
    }
    let entry = Entry::happened(new_message(desk), author.clone(), Happening::Ended);
    conversation::record(tx, property, before, &after, author, What::ChatEnded, vec![entry]).await?;
    Ok(())
}

/// A chat becomes a missed one: open, and flagged until somebody answers.
async fn miss(tx: &mut Tx, property: &PropertyId, line: &mut Line) -> Result<()> {
    let now = tx.now();
    sqlx::query("update chat set missed_at = coalesce(missed_at, $3), miss_at = null where property = $1 and conversation = $2")
        .bind(property.as_str())
        .bind(line.id.as_str())
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    (line.missed, line.status, line.snoozed_until) = (true, Status::Open, None);
    Ok(())
}

impl Desk {
    /// What time does to chats: one that nobody answered is missed. Gives how many.
    pub async fn miss_unanswered_chats(&self) -> Result<usize> {
        let now = self.clock().now();
        let due = sqlx::query("select property, conversation from chat where miss_at <= $1 order by miss_at limit $2")
            .bind(now.0)
            .bind(MISSED_AT_ONCE)
            .fetch_all(self.db().read())
            .await?;
        for row in &due {
            let (property, id): (PropertyId, ConversationId) = (word(row, "property")?, word(row, "conversation")?);
            let desk = self.clone();
            self.db().write_to(&property.clone(), move |tx| Box::pin(async move { miss_one(tx, &desk, &property, &id).await })).await?;
        }
        Ok(due.len())
    }
}

async fn miss_one(tx: &mut Tx, desk: &Desk, property: &PropertyId, id: &ConversationId) -> Result<()> {
    let before = line::take(tx, property, id).await?;
    let now = tx.now();
    let due = sqlx::query("update chat set miss_at = null where property = $1 and conversation = $2 and miss_at <= $3")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    // an agent who solved it without a word has seen to it
    if due.rows_affected() == 0 || matches!(before.status, Status::Solved | Status::Closed) {
        return Ok(());
    }
    let mut after = before.clone();
    miss(tx, property, &mut after).await?;
    let entry = Entry::happened(new_message(desk), Author::System, Happening::Missed);
    conversation::record(tx, property, &before, &after, Author::System, What::ChatMissed, vec![entry]).await?;
    Ok(())
}
