//! Words that nothing is found by any more: of conversations of a person who was erased. The document goes with its conversation; the
//! list of words, by which beginnings are searched for, and the index of SQLite would keep them.

use std::collections::BTreeSet;

use model::{ConversationId, PropertyId};
use sqlx::Row as _;

use super::words::scope;
use crate::{Result, db::Tx};

/// Pages of the index that one step of tidying goes through.
const PAGES: i64 = 500;

/// The words of a conversation's document, without it from then on.
pub(crate) async fn take_words(tx: &mut Tx, property: &PropertyId, conversation: &ConversationId) -> Result<BTreeSet<String>> {
    let mut words = BTreeSet::new();
    if tx.is_sqlite() {
        let gone = sqlx::query("delete from search_doc where property = $1 and conversation = $2 returning head, body");
        for row in gone.bind(property.as_str()).bind(conversation.as_str()).fetch_all(tx.conn()).await? {
            for column in ["head", "body"] {
                words.extend(row.try_get::<&str, _>(column)?.split_whitespace().map(str::to_owned));
            }
        }
        return Ok(words);
    }
    let rows = sqlx::query("select unnest(tsvector_to_array(words)) as word from search_doc where property = $1 and conversation = $2")
        .bind(property.as_str())
        .bind(conversation.as_str())
        .fetch_all(tx.conn())
        .await?;
    for row in &rows {
        let word: &str = row.try_get("word")?;
        words.extend(word.strip_prefix(scope(property)).map(str::to_owned));
    }
    sqlx::query("delete from search_doc where property = $1 and conversation = $2")
        .bind(property.as_str())
        .bind(conversation.as_str())
        .execute(tx.conn())
        .await?;
    Ok(words)
}

/// Takes those words from the list of words that no document has.
pub(crate) async fn forget_words(tx: &mut Tx, property: &PropertyId, words: &[String]) -> Result<()> {
    // whoever writes a document holds one of these until its words are in the list
    sqlx::query("update search_number set next = next").execute(tx.conn()).await?;
    let (text, sqlite) = if tx.is_sqlite() {
        ("select 1 from search_text where search_text match $1 limit 1", true)
    } else {
        ("select 1 from search_doc where property = $2 and words @@ cast($1 as tsquery) limit 1", false)
    };
    for word in words {
        let quote = if sqlite { '"' } else { '\'' };
        let query = sqlx::query(text).bind(format!("{quote}{}{word}{quote}", scope(property)));
        let query = if sqlite { query } else { query.bind(property.as_str()) };
        if query.fetch_optional(tx.conn()).await?.is_none() {
            sqlx::query("delete from search_word where property = $1 and word = $2")
                .bind(property.as_str())
                .bind(word)
                .execute(tx.conn())
                .await?;
        }
    }
    Ok(())
}

/// Has SQLite write its index anew, a part at a time: what was deleted stands in it until then. False when nothing is left to do.
pub(crate) async fn tidy(tx: &mut Tx, first: bool) -> Result<bool> {
    if !tx.is_sqlite() {
        return Ok(false);
    }
    let before = changes(tx).await?;
    // FTS5 section 6.8: a negative number once, then positive ones until hardly anything changes
    sqlx::query("insert into search_text (search_text, rank) values ('merge', $1)")
        .bind(if first { -PAGES } else { PAGES })
        .execute(tx.conn())
        .await?;
    Ok(changes(tx).await? - before >= 2)
}

async fn changes(tx: &mut Tx) -> Result<i64> {
    Ok(sqlx::query("select total_changes() as n").fetch_one(tx.conn()).await?.try_get("n")?)
}
