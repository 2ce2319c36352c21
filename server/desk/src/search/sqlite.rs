//! Search on SQLite: FTS5 over documents without their texts. What is found comes in the order of their numbers from the newest,
//! and is read no further than it is needed.

use model::{PropertyId, search::FOUND_MOST};
use sqlx::AnyConnection;

use super::{
    door::{ALL, Candidate, Wanted, Way, Written, candidate, row},
    words::{Clause, scope, scoped},
};
use crate::{
    Result,
    db::Tx,
    filter::{Query, search::LOOKED_MOST},
};

/// Writes documents.
pub async fn write(tx: &mut Tx, property: &PropertyId, all: &[Written]) -> Result<()> {
    let (mut docs, mut texts) = (Query::default(), Query::default());
    let own = docs.text(property.as_str());
    let docs_rows: Vec<String> = all.iter().map(|one| format!("({})", row(&mut docs, &own, one))).collect();
    docs.text = format!("insert into search_doc (n, property, conversation, size) values {}", docs_rows.join(", "));
    docs.rows(tx.conn()).await?;
    let scope = scope(property);
    let mut column = |words: &[String]| texts.text(&scoped(scope, words));
    let columns: Vec<(i64, String, String)> = all.iter().map(|one| (one.n, column(&one.doc.head), column(&one.doc.body))).collect();
    let rows: Vec<String> = columns.into_iter().map(|(n, head, body)| format!("({}, {head}, {body})", texts.number(n))).collect();
    texts.text = format!("insert into search_text (rowid, head, body) values {}", rows.join(", "));
    texts.rows(tx.conn()).await?;
    Ok(())
}

/// The candidates: of each way to fit the newest.
pub async fn candidates(conn: &mut AnyConnection, wanted: &Wanted<'_>) -> Result<Vec<Candidate>> {
    let mut query = Query::default();
    let property = query.text(wanted.property.as_str());
    let few = wanted.few.map_or(String::new(), |ids| {
        let ids = query.texts(ids);
        format!(" and rowid in (select d.n from search_doc d where d.property = {property} and d.conversation in ({ids}))")
    });
    let sieved = wanted.few.is_none() && !wanted.sieve.is_empty();
    let mut ways = vec![];
    for (at, way) in wanted.ways.iter().enumerate() {
        let said = query.text(&said(wanted.scope, way));
        let most = if sieved && at == 0 { LOOKED_MOST } else { FOUND_MOST };
        ways.push(format!(
            "select * from (select rowid as n, {} as score from search_text where search_text match {said}{few} order by rowid desc limit {most}) w{at}",
            way.score
        ));
    }
    let fits = wanted.fits(&mut query, &property, "f.conversation");
    query.text = format!(
        "select * from (select f.conversation, f.score, {fits} as last_at from (select d.conversation, u.score from \
         (select n, sum(score) as score from ({}) a group by n) u cross join search_doc d where d.n = u.n and d.property = {property}) f limit {ALL}) t \
         where t.last_at is not null",
        ways.join(" union all ")
    );
    query.rows(conn).await?.iter().map(candidate).collect()
}

/// A way in FTS5's language. Every word stands in quotation marks, and is of letters and digits alone.
fn said(scope: &str, way: &Way) -> String {
    let phrase = |clause: &Clause, last: &String| {
        let words: Vec<String> = clause.first.iter().chain([last]).map(|word| format!("{scope}{word}")).collect();
        format!("\"{}\"", words.join(" "))
    };
    let any = |clause: &Clause| format!("({})", clause.last.iter().map(|last| phrase(clause, last)).collect::<Vec<_>>().join(" OR "));
    let all = |not: bool| way.clauses.iter().filter(|clause| clause.not == not).map(any).collect::<Vec<_>>();
    let (wanted, unwanted) = (all(false).join(" AND "), all(true).join(" OR "));
    let wanted = if way.head { format!("head : ({wanted})") } else { format!("({wanted})") };
    if unwanted.is_empty() { wanted } else { format!("({wanted}) NOT ({unwanted})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_written_as_fts5_reads_it() {
        let clause = |not: bool, first: &[&str], last: &[&str]| Clause {
            not,
            first: first.iter().map(|word| (*word).to_owned()).collect(),
            typed: last[0].to_owned(),
            last: last.iter().map(|word| (*word).to_owned()).collect(),
            open: false,
        };
        let clauses = vec![clause(false, &["a"], &["b", "bc"]), clause(false, &[], &["c"]), clause(true, &[], &["d"])];
        let way = |head| Way { clauses: clauses.clone(), head, score: 1 };
        assert_eq!(said("p", &way(false)), r#"((("pa pb" OR "pa pbc") AND ("pc"))) NOT (("pd"))"#);
        assert_eq!(said("p", &way(true)), r#"(head : (("pa pb" OR "pa pbc") AND ("pc"))) NOT (("pd"))"#);
    }
}
