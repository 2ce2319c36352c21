//! Answers that no window showed before the visitor went: they go by mail, once it is sure that nobody is there. Whether it is sure, and
//! which answers they are, is decided here; the mail reader writes the letters, each once.

use model::{ConversationId, MessageId, Moment, PropertyId, Refusal, VisitorId, event::What, message::Author, moment::SECOND};
use sqlx::Row as _;

use super::moment;
use crate::{
    Desk, Error, Result,
    db::Tx,
    line::{self, word},
    log::{self, Happened},
    visitor::HERE_MOST,
};

/// How long a visitor is gone before what they did not see is mailed: longer than a page of the site takes to be loaded.
const GONE_FOR: i64 = 20 * SECOND;
/// How many chats one look takes.
const CHATS_AT_ONCE: i64 = 100;
/// Messages of a chat that are looked at: the last ones.
const MESSAGES_MOST: i64 = 100;

/// Until when somebody must have left, or was last seen, to be gone for good.
fn bounds(now: Moment) -> (i64, i64) {
    (now.plus(-GONE_FOR).0, now.plus(-HERE_MOST).0)
}

impl Desk {
    /// What time does to answers that their visitors did not see before they went: they go by mail. Gives how many chats were looked at.
    pub async fn mail_unseen_answers(&self) -> Result<usize> {
        let (left, seen) = bounds(self.clock().now());
        let due = sqlx::query(
            "select h.property, h.conversation, h.visitor from chat h join visitor v on v.property = h.property and v.id = h.visitor \
             where h.unseen_at <= $1 and (v.left_at <= $1 or v.seen_at <= $2) order by h.unseen_at limit $3",
        )
        .bind(left)
        .bind(seen)
        .bind(CHATS_AT_ONCE)
        .fetch_all(self.db().read())
        .await?;
        for row in &due {
            let (property, chat, visitor) = (word::<PropertyId>(row, "property")?, word(row, "conversation")?, word(row, "visitor")?);
            self.db().write_to(&property.clone(), move |tx| Box::pin(async move { mail(tx, &property, &chat, &visitor).await })).await?;
        }
        Ok(due.len())
    }
}

/// Mails what is unseen in one chat, unless its visitor is back. Who left no address finds it when they are.
async fn mail(tx: &mut Tx, property: &PropertyId, chat: &ConversationId, visitor: &VisitorId) -> Result<()> {
    let (left, seen) = bounds(tx.now());
    // their row first, as every verb about a visitor takes it: who comes back now waits, or came before
    let gone = sqlx::query(
        "update visitor set created_at = created_at where property = $1 and id = $2 and (left_at <= $3 or seen_at <= $4) returning email",
    )
    .bind(property.as_str())
    .bind(visitor.as_str())
    .bind(left)
    .bind(seen)
    .fetch_optional(tx.conn())
    .await?;
    let Some(gone) = gone else { return Ok(()) };
    let line = match line::take(tx, property, chat).await {
        Err(Error::Refused(Refusal::NotFound)) => return Ok(()),
        line => line?,
    };
    let row = sqlx::query(
        "update chat set unseen_at = null where property = $1 and conversation = $2 and unseen_at is not null returning read_at",
    )
    .bind(property.as_str())
    .bind(chat.as_str())
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row.filter(|_| gone.try_get::<&str, _>("email").is_ok_and(|email| !email.is_empty())) else { return Ok(()) };
    let unseen = unseen(tx, property, chat, moment(&row, "read_at")?).await?;
    for message in &unseen {
        sqlx::query("update message set channel = 'web' where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(message.as_str())
            .execute(tx.conn())
            .await?;
    }
    if !unseen.is_empty() {
        let happened = Happened::new(property, Author::System, What::AnswersMailed).line(chat, Some(&line), Some(&line));
        log::append(tx, happened.messages(unseen)).await?;
    }
    Ok(())
}

/// What agents said in the window since a moment, in its order.
async fn unseen(tx: &mut Tx, property: &PropertyId, chat: &ConversationId, since: Option<Moment>) -> Result<Vec<MessageId>> {
    let rows = sqlx::query(
        "select id, author, channel, at from message where property = $1 and conversation = $2 and kind = 'said' and mark is null \
         order by seq desc, place desc limit $3",
    )
    .bind(property.as_str())
    .bind(chat.as_str())
    .bind(MESSAGES_MOST)
    .fetch_all(tx.conn())
    .await?;
    let mut all = vec![];
    for row in rows.iter().rev() {
        let new = row.try_get::<i64, _>("at")? > since.map_or(0, |at| at.0) && row.try_get::<&str, _>("channel")? == "chat";
        if new && matches!(serde_json::from_str(row.try_get("author")?)?, Author::Agent { .. }) {
            all.push(word(row, "id")?);
        }
    }
    Ok(all)
}
