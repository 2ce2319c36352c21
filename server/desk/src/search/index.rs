//! The documents: written anew whenever words come to a conversation or leave it. What is to be written stands in `search_due`,
//! so that nothing is forgotten whoever dies in between, and that a long chat is not read again for each of its words.

use std::collections::{BTreeMap, BTreeSet};

use model::{ContactId, ConversationId, PropertyId};
use sqlx::Row as _;

use super::{
    door::{self, Written},
    file,
    show::cut,
    words::Doc,
};
use crate::{Desk, Result, db::Tx, filter::Query, line::word};

/// Characters of what was said in one document: the newest are found.
const SAID_MOST: usize = 60_000;
/// Characters of the text in files.
const FILES_MOST: usize = 40_000;
/// Messages that are read for one.
const MESSAGES_MOST: i64 = 2_000;
/// So many microseconds a document waits for each character it has: a short one is written at once, the longest after seconds.
const PATIENCE: i64 = 40;
/// Words of one statement.
const WORDS: usize = 32;

/// Says that documents of conversations are to be written.
pub(crate) async fn due(tx: &mut Tx, property: &PropertyId, conversations: &BTreeSet<ConversationId>) -> Result<()> {
    let all: Vec<&str> = conversations.iter().map(ConversationId::as_str).collect();
    for some in all.chunks(64) {
        let mut query = Query::default();
        let (scope, now) = (query.text(property.as_str()), query.number(tx.now().0));
        let ids = query.texts(some);
        query.text = format!(
            "insert into search_due (property, conversation, due_at) select c.property, c.id, {now} + {PATIENCE} * \
             coalesce((select d.size from search_doc d where d.property = c.property and d.conversation = c.id), 0) \
             from conversation c where c.property = {scope} and c.id in ({ids}) \
             on conflict (property, conversation) do update set due_at = excluded.due_at where search_due.due_at <= 0"
        );
        query.rows(tx.conn()).await?;
    }
    Ok(())
}

/// Says it of all conversations with a contact.
pub(crate) async fn due_of(tx: &mut Tx, property: &PropertyId, contact: &ContactId) -> Result<()> {
    let now = tx.now();
    sqlx::query(
        "insert into search_due (property, conversation, due_at) select c.property, c.id, $3 from conversation c \
         where c.property = $1 and c.contact = $2 on conflict (property, conversation) do nothing",
    )
    .bind(property.as_str())
    .bind(contact.as_str())
    .bind(now.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

impl Desk {
    /// Writes documents that are due. True when there may be more.
    pub(crate) async fn write_documents(&self) -> Result<bool> {
        // what happens now comes before what there was before the index
        for (text, old) in [(NEW, false), (OLD, true)] {
            let rows = sqlx::query(text).bind(self.clock().now().0).fetch_all(self.db().read()).await?;
            let due = rows.iter().map(|row| Ok((word(row, "property")?, word(row, "conversation")?))).collect::<Result<Vec<_>>>()?;
            if !due.is_empty() {
                let sqlite = self.db().is_sqlite();
                self.db().write(move |tx| Box::pin(async move { write(tx, sqlite, due, old).await })).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Documents of one transaction: nobody else waits long.
const NEW: &str = "select property, conversation from search_due where due_at > 0 and due_at <= $1 order by due_at limit 2";
const OLD: &str = "select property, conversation from search_due where due_at <= 0 and due_at <= $1 order by due_at limit 8";

async fn write(tx: &mut Tx, sqlite: bool, due: Vec<(PropertyId, ConversationId)>, old: bool) -> Result<()> {
    let mut all: BTreeMap<PropertyId, Vec<Written>> = BTreeMap::new();
    for (property, conversation) in due {
        // taken first: what is said from now on makes it due again
        let taken = sqlx::query("delete from search_due where property = $1 and conversation = $2")
            .bind(property.as_str())
            .bind(conversation.as_str())
            .execute(tx.conn())
            .await?;
        if taken.rows_affected() == 0 {
            continue;
        }
        sqlx::query("delete from search_doc where property = $1 and conversation = $2")
            .bind(property.as_str())
            .bind(conversation.as_str())
            .execute(tx.conn())
            .await?;
        if let Some((doc, size)) = read(tx, &property, &conversation).await? {
            let n = number(tx, old, 1).await?;
            all.entry(property).or_default().push(Written { conversation, n, size, doc });
        }
    }
    for (property, written) in &all {
        put(tx, sqlite, property, written).await?;
    }
    Ok(())
}

/// Writes documents of conversations that have none, and lets their words be found by their beginnings.
async fn put(tx: &mut Tx, sqlite: bool, property: &PropertyId, written: &[Written]) -> Result<()> {
    door::write(tx, sqlite, property, written).await?;
    let words: BTreeSet<&str> = written.iter().flat_map(|one| one.doc.words()).collect();
    know(tx, property, &words.into_iter().collect::<Vec<_>>()).await
}

/// What is said in a conversation that is made whole: who it is with, and all of its words.
pub(crate) struct Whole<'a> {
    /// Which.
    pub conversation: &'a ConversationId,
    /// Subject, number, and what is known of the customer.
    pub head: Vec<String>,
    /// What was said, and names and texts of files.
    pub body: Vec<&'a str>,
}

/// Writes the documents of new conversations without reading them again.
pub(crate) async fn write_whole(tx: &mut Tx, sqlite: bool, property: &PropertyId, all: &[Whole<'_>]) -> Result<()> {
    let first = number(tx, false, i64::try_from(all.len()).unwrap_or(i64::MAX)).await?;
    let written: Vec<Written> = all
        .iter()
        .zip(first..)
        .map(|(one, n)| Written {
            conversation: one.conversation.clone(),
            n,
            size: one.body.iter().map(|text| text.len()).sum(),
            doc: Doc::of(one.head.iter().map(String::as_str), one.body.iter().copied()),
        })
        .collect();
    put(tx, sqlite, property, &written).await
}

/// The first of some numbers of documents.
async fn number(tx: &mut Tx, old: bool, many: i64) -> Result<i64> {
    let row = sqlx::query("update search_number set next = next + $2 where name = $1 returning next - $2")
        .bind(if old { "old" } else { "new" })
        .bind(many)
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get(0)?)
}

/// Lets words be found by their beginnings.
async fn know(tx: &mut Tx, property: &PropertyId, words: &[&str]) -> Result<()> {
    for some in words.chunks(WORDS) {
        let mut query = Query::default();
        let scope = query.text(property.as_str());
        // where there are fewer, the last one again: one statement for all
        let last = some.last().copied().unwrap_or_default();
        let rows: Vec<String> = (0..WORDS).map(|at| format!("({scope}, {})", query.text(some.get(at).copied().unwrap_or(last)))).collect();
        query.text = format!("insert into search_word (property, word) values {} on conflict (property, word) do nothing", rows.join(", "));
        query.rows(tx.conn()).await?;
    }
    Ok(())
}

/// A conversation's document as its rows are now, and how much was read for it. None when it is gone or was merged into another.
async fn read(tx: &mut Tx, property: &PropertyId, id: &ConversationId) -> Result<Option<(Doc, usize)>> {
    let line = sqlx::query(
        "select c.subject, c.number, c.contact, k.name, (select o.name from organisation o where o.property = k.property and o.id = k.organisation) as organisation \
         from conversation c join contact k on k.property = c.property and k.id = c.contact \
         where c.property = $1 and c.id = $2",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_optional(tx.conn())
    .await?;
    let Some(line) = line else { return Ok(None) };
    let mut head: Vec<String> = vec![line.try_get("subject")?, line.try_get("name")?];
    head.extend(line.try_get::<Option<String>, _>("organisation")?);
    head.extend(line.try_get::<Option<i64>, _>("number")?.map(|number| number.to_string()));
    let emails = sqlx::query("select email from contact_address where property = $1 and contact = $2")
        .bind(property.as_str())
        .bind(line.try_get::<&str, _>("contact")?)
        .fetch_all(tx.conn())
        .await?;
    for row in &emails {
        head.push(row.try_get(0)?);
    }
    let said = sqlx::query(
        "select body from message where property = $1 and conversation = $2 and kind <> 'happened' order by seq desc, place desc limit $3",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(MESSAGES_MOST)
    .fetch_all(tx.conn())
    .await?;
    let (mut body, mut room) = (vec![], SAID_MOST);
    for row in &said {
        let text = cut(row.try_get("body")?, room).to_owned();
        room -= text.len();
        body.push(text);
    }
    body.reverse();
    let mut size = SAID_MOST - room;
    let mut room = FILES_MOST;
    for file in file::of(tx, property, id).await? {
        let text = cut(&file.words, room).to_owned();
        room -= text.len();
        size += text.len();
        body.extend([file.name, text]);
    }
    Ok(Some((Doc::of(head.iter().map(String::as_str), body.iter().map(String::as_str)), size)))
}
