//! What is said to somebody who has not written: kept with the visit, told to the page in answer to its beacon, and made the first
//! words of the chat that follows. And which chat and which browser a visit belongs to.

use model::{
    ConversationId, MessageId, PropertyId, TriggerId, VisitId, VisitorId,
    message::Author,
    visit::{Answer, FirstWords},
};
use sqlx::{Row as _, any::AnyRow};

use super::{of_load, take};
use crate::{
    Desk, Result,
    db::{Conn, Tx},
    line::{word, word_or_none},
};

/// Words for a visit.
pub(crate) struct Word {
    pub id: MessageId,
    pub author: Author,
    pub trigger: Option<TriggerId>,
    pub text: String,
    /// The window opens by itself.
    pub open: bool,
    /// The chat they stand in already.
    pub chat: Option<ConversationId>,
}

fn of_row(row: &AnyRow) -> Result<Word> {
    Ok(Word {
        id: word(row, "id")?,
        author: serde_json::from_str(row.try_get("author")?)?,
        trigger: word_or_none(row, "trigger")?,
        text: row.try_get("body")?,
        open: row.try_get::<Option<i64>, _>("open_at")?.is_some(),
        chat: word_or_none(row, "chat")?,
    })
}

/// Puts words down for a visit; the page is told when it asks next.
pub(crate) async fn put(tx: &mut Tx, property: &PropertyId, visit: &VisitId, said: Word) -> Result<()> {
    let now = tx.now();
    sqlx::query("insert into visit_word (property, id, visit, author, trigger, body, open_at, at, chat) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(property.as_str())
        .bind(said.id.as_str())
        .bind(visit.as_str())
        .bind(serde_json::to_string(&said.author)?)
        .bind(said.trigger.map(String::from))
        .bind(said.text)
        .bind(said.open.then_some(now.0))
        .bind(now.0)
        .bind(said.chat.map(String::from))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What the page of a visit has not been told, one at a time; to a quiet one nothing that a trigger says.
pub(super) async fn next(desk: &Desk, property: &PropertyId, visit: &VisitId, phone: bool, quiet: bool) -> Result<Option<Answer>> {
    let row = sqlx::query(
        "select id, author, trigger, body, open_at, chat from visit_word where property = $1 and visit = $2 and told_at is null and ($3 = 0 or trigger is null) order by at limit 1",
    )
    .bind(property.as_str())
    .bind(visit.as_str())
    .bind(i64::from(quiet))
    .fetch_optional(desk.db().read())
    .await?;
    let Some(said) = row.as_ref().map(of_row).transpose()? else { return Ok(None) };
    let (property, id) = (property.clone(), said.id.clone());
    let first = desk.db().write_to(&property.clone(), move |tx| Box::pin(async move { tell(tx, &property, &id).await })).await?;
    let id = said.trigger.map_or_else(|| said.id.to_string(), |trigger| trigger.to_string());
    // on a phone a window is the whole screen: nobody opens that but its owner
    let open = said.open && !phone;
    Ok((first && (open || !said.text.is_empty())).then(|| Answer::new(&id, &said.text, open)))
}

/// Whether this page is the first one to be told.
async fn tell(tx: &mut Tx, property: &PropertyId, id: &MessageId) -> Result<bool> {
    let now = tx.now();
    let told = sqlx::query("update visit_word set told_at = $3 where property = $1 and id = $2 and told_at is null")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(told.rows_affected() == 1)
}

/// Words that stand in no chat yet, oldest first. What opens the window and says nothing is none.
async fn unsaid(conn: &mut Conn, property: &PropertyId, visit: &VisitId) -> Result<Vec<Word>> {
    let rows = sqlx::query(
        "select id, author, trigger, body, open_at, chat from visit_word where property = $1 and visit = $2 and chat is null and body <> '' order by at, id",
    )
    .bind(property.as_str())
    .bind(visit.as_str())
    .fetch_all(conn)
    .await?;
    rows.iter().map(of_row).collect()
}

/// Words that a chat in this visit begins with: they stand in it from now on.
pub(crate) async fn take_words(tx: &mut Tx, property: &PropertyId, visit: &VisitId, chat: &ConversationId) -> Result<Vec<Word>> {
    let words = unsaid(tx.conn(), property, visit).await?;
    let now = tx.now();
    for said in &words {
        sqlx::query("update visit_word set chat = $3, told_at = coalesce(told_at, $4) where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(said.id.as_str())
            .bind(chat.as_str())
            .bind(now.0)
            .execute(tx.conn())
            .await?;
    }
    Ok(words)
}

/// What a window without a chat shows first.
pub(crate) async fn first_words(conn: &mut Conn, property: &PropertyId, visit: &VisitId) -> Result<Vec<FirstWords>> {
    let shown = |said: Word| {
        let by = match said.author {
            Author::Agent { name, .. } => Some(name),
            _ => None,
        };
        FirstWords { by, trigger: said.trigger, text: said.text, asks: false }
    };
    Ok(unsaid(conn, property, visit).await?.into_iter().map(shown).collect())
}

/// A page load belongs to this browser, and its visit to the chat that is begun in it. Gives the visit.
pub(crate) async fn link(
    tx: &mut Tx,
    property: &PropertyId,
    load: &VisitId,
    visitor: &VisitorId,
    chat: Option<&ConversationId>,
) -> Result<Option<VisitId>> {
    let Some((row, _)) = of_load(tx.conn(), property, load).await? else { return Ok(None) };
    let Some(row) = take(tx, property, &row.id).await? else { return Ok(None) };
    let same = row.visitor.as_ref() == Some(visitor) && (chat.is_none() || row.chat.as_ref() == chat);
    if same {
        return Ok(Some(row.id));
    }
    let earlier = sqlx::query("select count(*) from visit where property = $1 and visitor = $2 and id <> $3")
        .bind(property.as_str())
        .bind(visitor.as_str())
        .bind(row.id.as_str())
        .fetch_one(tx.conn())
        .await?;
    sqlx::query("update visit set visitor = $3, chat = coalesce($4, chat), earlier = $5 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(row.id.as_str())
        .bind(visitor.as_str())
        .bind(chat.map(|chat| chat.as_str().to_owned()))
        .bind(earlier.try_get::<i64, _>(0)?)
        .execute(tx.conn())
        .await?;
    Ok(Some(row.id))
}
