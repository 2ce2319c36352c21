//! Notes about contacts: their words, kept beside a note by whoever writes it, and written down by the clock for those that are older
//! than this; and the notes in which words stand. Everybody in a property sees its contacts, and what is noted of them.

use std::collections::BTreeSet;

use model::{ContactId, NoteId, PropertyId};
use sqlx::Row as _;

use super::words::Clause;
use crate::{
    Desk, Result, contact,
    db::{Conn, Tx},
    filter::Query,
    line::word,
};

/// By which rules words are written down.
const VERSION: i64 = 1;
/// Notes that the clock looks at in one transaction.
const OLD_MOST: i64 = 100;
/// Words of one statement.
const WORDS: usize = 32;
/// Notes with one of the words that are looked at for the others: the newest.
const LOOKED_MOST: usize = 400;

/// Writes down what a note is found by.
pub(crate) async fn write_down(tx: &mut Tx, property: &PropertyId, note: &NoteId, text: &str) -> Result<()> {
    sqlx::query("delete from contact_note_word where property = $1 and note = $2")
        .bind(property.as_str())
        .bind(note.as_str())
        .execute(tx.conn())
        .await?;
    let words: Vec<String> = contact::words(text).into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    for some in words.chunks(WORDS) {
        let mut query = Query::default();
        let (scope, id) = (query.text(property.as_str()), query.text(note.as_str()));
        // where there are fewer, the last one again: one statement for all
        let last = some.last().map_or("", String::as_str);
        let rows: Vec<String> =
            (0..WORDS).map(|at| format!("({scope}, {}, {id})", query.text(some.get(at).map_or(last, String::as_str)))).collect();
        query.text = format!(
            "insert into contact_note_word (property, word, note) values {} on conflict (property, word, note) do nothing",
            rows.join(", ")
        );
        query.rows(tx.conn()).await?;
    }
    sqlx::query("update contact_note set index_version = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(note.as_str())
        .bind(VERSION)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Notes that have every word, the newest first, each with whom it is about; at most `most`.
pub(super) async fn found(conn: &mut Conn, property: &PropertyId, clauses: &[Clause], most: usize) -> Result<Vec<(ContactId, String)>> {
    // the longest is the rarest, as a rule
    let mut terms: Vec<(&str, bool)> = clauses.iter().flat_map(terms).collect();
    terms.sort_by_key(|(term, _)| std::cmp::Reverse(term.len()));
    let Some((first, rest)) = terms.split_first() else { return Ok(vec![]) };
    let mut query = Query::default();
    let scope = query.text(property.as_str());
    let first = is(&mut query, *first);
    let mut wheres = vec![format!("n.property = {scope} and n.id = f.note")];
    for term in rest {
        let is = is(&mut query, *term);
        wheres.push(format!("exists (select 1 from contact_note_word w where w.property = {scope} and w.note = n.id and {is})"));
    }
    // each is looked at by its key, within limits: of a few thousand notes PostgreSQL would else read all
    let (wheres, all) = (wheres.join(" and "), LOOKED_MOST + 1);
    query.text = format!(
        "select n.contact, n.body from (select t.note from (select f.note, (select n.at from contact_note n where {wheres}) as at from \
         (select distinct note from (select w.note from contact_note_word w where w.property = {scope} and {first} order by w.word desc, w.note desc \
         limit {LOOKED_MOST}) d) f limit {all}) t where t.at is not null order by t.at desc, t.note desc limit {most}) g \
         cross join contact_note n where n.property = {scope} and n.id = g.note order by n.at desc, n.id desc"
    );
    query.rows(conn).await?.iter().map(|row| Ok((word(row, "contact")?, row.try_get("body")?))).collect()
}

/// The words of a clause, each with whether it may be the beginning of others.
fn terms(clause: &Clause) -> impl Iterator<Item = (&str, bool)> {
    clause.first.iter().map(|word| (word.as_str(), false)).chain([(clause.typed.as_str(), clause.open)])
}

/// What holds of the word `w`.
fn is(query: &mut Query, (term, open): (&str, bool)) -> String {
    if open {
        let (from, to) = contact::range(term);
        format!("w.word >= {} and w.word < {}", query.text(from), query.text(&to))
    } else {
        format!("w.word = {}", query.text(term))
    }
}

impl Desk {
    /// Writes down the words of notes that are older than the rules for them; gives of how many.
    pub(crate) async fn index_old_notes(&self) -> Result<usize> {
        let rows = sqlx::query("select property, id, body from contact_note where index_version < $1 order by index_version limit $2")
            .bind(VERSION)
            .bind(OLD_MOST)
            .fetch_all(self.db().read())
            .await?;
        let old = rows.iter().map(|row| Ok((word(row, "property")?, word(row, "id")?, row.try_get("body")?)));
        let old = old.collect::<Result<Vec<(PropertyId, NoteId, String)>>>()?;
        let n = old.len();
        if n > 0 {
            self.db()
                .write(move |tx| {
                    Box::pin(async move {
                        for (property, id, text) in &old {
                            // one that is gone meanwhile has no words
                            let there = sqlx::query("select 1 from contact_note where property = $1 and id = $2 and body = $3")
                                .bind(property.as_str())
                                .bind(id.as_str())
                                .bind(text)
                                .fetch_optional(tx.conn())
                                .await?;
                            if there.is_some() {
                                write_down(tx, property, id, text).await?;
                            }
                        }
                        Ok(())
                    })
                })
                .await?;
        }
        Ok(n)
    }
}
