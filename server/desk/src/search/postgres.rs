//! Search on PostgreSQL: `tsvector` and a GIN index, which knows no order. So the newest documents are looked through first: what
//! is found among them often is a common word, and the newest of those are enough. What is rare there the index finds at once.

use std::fmt::Write as _;

use model::PropertyId;

use super::{
    door::{Looked, Wanted, Way, Written, ask, row},
    words::{BREAK, Clause, Doc, scope},
};
use crate::{
    Result,
    db::{Conn, Tx},
    filter::Query,
};

/// Documents that are looked through one by one: the newest.
const WINDOW: usize = 1_990;
/// So many found among them are enough: one in fifty has the words. When operators are to be asked of each, one in twenty.
const COMMON: usize = 40;
const COMMON_SIEVED: usize = 100;
/// The last place of a word that PostgreSQL keeps.
const PLACE_MOST: usize = 16_383;

/// Writes documents.
pub async fn write(tx: &mut Tx, property: &PropertyId, all: &[Written]) -> Result<()> {
    let mut query = Query::default();
    let own = query.text(property.as_str());
    let rows: Vec<String> = all
        .iter()
        .map(|one| format!("({}, cast({} as tsvector))", row(&mut query, &own, one), query.text(&vector(scope(property), &one.doc))))
        .collect();
    query.text = format!("insert into search_doc (n, property, conversation, size, words) values {}", rows.join(", "));
    query.rows(tx.conn()).await?;
    Ok(())
}

/// The words of a document: `'word':place`, with an `A` for the head.
fn vector(scope: &str, doc: &Doc) -> String {
    let mut text = String::with_capacity((doc.head.len() + doc.body.len()) * 18);
    // the body begins a place later: no quotation reaches over from the head
    let body = doc.body.iter().zip(doc.head.len() + 2..).map(|(word, place)| (word, place, ""));
    for (word, place, weight) in doc.head.iter().zip(1..).map(|(word, place)| (word, place, "A")).chain(body) {
        if word != BREAK {
            // writing to a text cannot fail
            let _ = write!(text, "'{scope}{word}':{}{weight} ", place.min(PLACE_MOST));
        }
    }
    text
}

/// The candidates.
pub async fn candidates(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<Looked> {
    let most = wanted.most();
    if let Some(ids) = wanted.few {
        let few = |query: &mut Query, property: &str| {
            let (ids, fits) = (query.texts(ids), holds(query, wanted, "d", &wanted.ways[0]));
            format!(
                "select d.conversation, d.words from search_doc d where d.property = {property} and d.conversation in ({ids}) and {fits}"
            )
        };
        return ask(conn, wanted, few, |query, way| holds(query, wanted, "f", way)).await;
    }
    let newest = |query: &mut Query, property: &str| {
        let fits = holds(query, wanted, "w", &wanted.ways[0]);
        format!(
            "select w.conversation, w.words from (select d.n, d.conversation, d.words from search_doc d where d.property = {property} \
             order by d.n desc limit {WINDOW}) w where {fits} order by w.n desc limit {most}"
        )
    };
    let found = ask(conn, wanted, newest, |query, way| holds(query, wanted, "f", way)).await?;
    if found.hits >= if wanted.sieve.is_empty() { COMMON } else { COMMON_SIEVED } {
        let older = sqlx::query("select n from search_doc where property = $1 order by n desc limit 1 offset $2")
            .bind(wanted.property.as_str())
            .bind(i64::try_from(WINDOW).unwrap_or(i64::MAX))
            .fetch_optional(conn)
            .await?;
        return Ok(Looked { bounded: found.bounded || older.is_some(), ..found });
    }
    let all = |query: &mut Query, property: &str| {
        let fits = holds(query, wanted, "h", &wanted.ways[0]);
        // `+ 0`: else the newest might be looked through to the last
        format!(
            "select h.conversation, h.words from search_doc h where h.property = {property} and {fits} order by h.n + 0 desc limit {most}"
        )
    };
    ask(conn, wanted, all, |query, way| holds(query, wanted, "f", way)).await
}

/// Whether a document fits.
fn holds(query: &mut Query, wanted: &Wanted<'_>, table: &str, way: &Way) -> String {
    format!("{table}.words @@ cast({} as tsquery)", query.text(&said(wanted.scope, way)))
}

/// A way in the language of `tsquery`. Every word is of letters and digits alone.
fn said(scope: &str, way: &Way) -> String {
    let weight = |not: bool| if way.head && !not { ":A" } else { "" };
    let one = |clause: &Clause, word: &String| format!("'{scope}{word}'{}", weight(clause.not));
    let clause = |clause: &Clause| {
        let last: Vec<String> = clause.last.iter().map(|word| one(clause, word)).collect();
        let last = format!("({})", last.join(" | "));
        clause.first.iter().map(|word| one(clause, word)).chain([last]).collect::<Vec<_>>().join(" <-> ")
    };
    let all = way.clauses.iter().map(|one| format!("{}({})", if one.not { "!" } else { "" }, clause(one)));
    all.collect::<Vec<_>>().join(" & ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_written_as_postgresql_reads_it() {
        let clause = |not: bool, first: &[&str], last: &[&str]| Clause {
            not,
            first: first.iter().map(|word| (*word).to_owned()).collect(),
            typed: last[0].to_owned(),
            last: last.iter().map(|word| (*word).to_owned()).collect(),
            open: false,
        };
        let clauses = vec![clause(false, &["a"], &["b", "bc"]), clause(true, &[], &["d"])];
        assert_eq!(said("p", &Way { clauses: clauses.clone(), head: false, score: 1 }), "('pa' <-> ('pb' | 'pbc')) & !(('pd'))");
        assert_eq!(said("p", &Way { clauses, head: true, score: 1 }), "('pa':A <-> ('pb':A | 'pbc':A)) & !(('pd'))");
    }
}
