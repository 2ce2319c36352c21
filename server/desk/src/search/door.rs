//! The one door to the index, and the only place that knows that there are two. What is asked of either is a `Wanted`; what comes
//! back are candidates with a score that both count alike:
//! every word stands in it, 1; as they were typed, 4; one behind the other, 8; in subject, number or customer's name, 16.
//! However many documents have the words, the newest `FOUND_MOST` of them are ranked (`LOOKED_MOST` are looked at when operators are to
//! be asked of each): so a search costs the same among a million.

use model::{
    ConversationId, PropertyId,
    search::{FOUND_MOST, Sieve},
};
use sqlx::Row as _;

use super::{
    postgres, sqlite,
    words::{Clause, Doc, ENDINGS_MOST},
};
use crate::{
    Desk, Result,
    contact::range,
    db::{Conn, Tx},
    filter::{Query, search as filter},
    line::word,
    sight::Sight,
};

/// What is asked of the index.
pub struct Wanted<'a> {
    /// Whose.
    pub property: &'a PropertyId,
    /// Its short name.
    pub scope: &'a str,
    /// How a document can fit; all that fit by a later way fit by the first.
    pub ways: Vec<Way>,
    /// What operators ask for.
    pub sieve: &'a Sieve,
    /// What is seen by who asks.
    pub sight: &'a Sight,
    /// The only conversations that come into question, when they are few.
    pub few: Option<&'a [String]>,
}

/// One way to fit.
pub struct Way {
    /// The words.
    pub clauses: Vec<Clause>,
    /// In the head alone.
    pub head: bool,
    /// What it counts.
    pub score: i64,
}

/// A conversation that fits.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub conversation: ConversationId,
    pub score: i64,
    pub last_at: i64,
}

impl Wanted<'_> {
    /// How many of the newest documents that have the words are looked at.
    pub fn most(&self) -> usize {
        if self.sieve.is_empty() && *self.sight == Sight::All { FOUND_MOST } else { filter::LOOKED_MOST }
    }
}

/// The ways to fit some clauses.
pub fn ways(clauses: Vec<Clause>) -> Vec<Way> {
    let (wanted, unwanted): (Vec<&Clause>, Vec<&Clause>) = clauses.iter().partition(|clause| !clause.not);
    let with_unwanted = |all: Vec<Clause>| all.into_iter().chain(unwanted.iter().copied().cloned()).collect();
    let mut ways = vec![];
    if wanted.iter().any(|clause| clause.last.len() > 1) && wanted.iter().all(|clause| clause.last.contains(&clause.typed)) {
        let typed = wanted.iter().map(|clause| Clause { last: vec![clause.typed.clone()], open: false, ..(*clause).clone() }).collect();
        ways.push(Way { clauses: with_unwanted(typed), head: false, score: 4 });
    }
    if let [before @ .., end] = &wanted[..]
        && !before.is_empty()
    {
        let before = before.iter().flat_map(|clause| clause.first.iter().chain([&clause.typed]));
        let first = before.chain(&end.first).cloned().collect();
        ways.push(Way { clauses: with_unwanted(vec![Clause { first, ..(*end).clone() }]), head: false, score: 8 });
    }
    ways.push(Way { clauses: clauses.clone(), head: true, score: 16 });
    ways.insert(0, Way { clauses, head: false, score: 1 });
    ways
}

/// Finds the words that the last one may be the beginning of.
pub async fn end(conn: &mut Conn, property: &PropertyId, clauses: &mut [Clause]) -> Result<()> {
    for clause in clauses.iter_mut().filter(|clause| clause.open) {
        let mut query = Query::default();
        let (from, to) = range(&clause.typed);
        let (scope, from, to) = (query.text(property.as_str()), query.text(from), query.text(&to));
        query.text = format!(
            "select w.word from search_word w where w.property = {scope} and w.word >= {from} and w.word < {to} order by w.word limit {ENDINGS_MOST}"
        );
        let known = query.rows(conn).await?.iter().map(|row| word(row, "word")).collect::<Result<Vec<String>>>()?;
        if !known.is_empty() {
            clause.last = known;
        }
    }
    Ok(())
}

/// What was looked at.
#[derive(Default)]
pub struct Looked {
    /// Those that operators take.
    pub candidates: Vec<Candidate>,
    /// How many documents with the words there were.
    pub hits: usize,
    /// There may be older ones that have them.
    pub bounded: bool,
}

/// The candidates.
pub async fn candidates(desk: &Desk, conn: &mut Conn, wanted: &Wanted<'_>) -> Result<Looked> {
    if desk.db().is_sqlite() { sqlite::candidates(conn, wanted).await } else { postgres::candidates(conn, wanted).await }
}

/// Asks for the documents of a source, which of them operators take, and their scores. `source`: SQL of documents that fit by the first way.
/// `fits`: SQL of whether a document of it, `f`, fits by another.
pub async fn ask(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    source: impl FnOnce(&mut Query, &str) -> String,
    fits: impl Fn(&mut Query, &Way) -> String,
) -> Result<Looked> {
    let mut query = Query::default();
    let property = query.text(wanted.property.as_str());
    let source = source(&mut query, &property);
    let mut score = vec!["1".to_owned()];
    for way in &wanted.ways[1..] {
        score.push(format!("case when {} then {} else 0 end", fits(&mut query, way), way.score));
    }
    let score = score.join(" + ");
    let last_at = filter::fits(&mut query, &property, "f.conversation", (wanted.sieve, wanted.sight));
    query.text = format!("select f.conversation, cast({score} as bigint) as score, {last_at} as last_at from ({source}) f");
    let rows = query.rows(conn).await?;
    let hits = rows.len();
    let mut candidates = vec![];
    for row in &rows {
        if let Some(last_at) = row.try_get("last_at")? {
            candidates.push(Candidate { conversation: word(row, "conversation")?, score: row.try_get("score")?, last_at });
        }
    }
    Ok(Looked { candidates, hits, bounded: wanted.few.is_none() && hits >= wanted.most() })
}

/// A document that is about to be written.
pub struct Written {
    pub conversation: ConversationId,
    /// Its number.
    pub n: i64,
    /// Characters that were read for it.
    pub size: usize,
    pub doc: Doc,
}

/// Writes documents of conversations that have none.
pub async fn write(tx: &mut Tx, sqlite: bool, property: &PropertyId, all: &[Written]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    if sqlite { sqlite::write(tx, property, all).await } else { postgres::write(tx, property, all).await }
}

/// The values of a document that both databases keep, as a row of a statement.
pub fn row(query: &mut Query, property: &str, one: &Written) -> String {
    let (n, conversation) = (query.number(one.n), query.text(one.conversation.as_str()));
    format!("{n}, {property}, {conversation}, {}", query.number(i64::try_from(one.size).unwrap_or(i64::MAX)))
}
