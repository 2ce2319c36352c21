//! Search on SQLite: FTS5 finds the numbers of documents, from the newest, and is read no further than it is needed; how well each fits
//! is seen in the document itself.

use model::PropertyId;

use super::{
    door::{Looked, Wanted, Way, Written, ask, row},
    words::{Clause, scope, scoped},
};
use crate::{
    Result,
    db::{Conn, Tx},
    filter::Query,
};

/// Writes documents.
pub async fn write(tx: &mut Tx, property: &PropertyId, all: &[Written]) -> Result<()> {
    let (mut docs, mut texts) = (Query::default(), Query::default());
    let own = docs.text(property.as_str());
    let between = |words: &[String]| format!(" {} ", words.join(" "));
    let rows = all.iter().map(|one| {
        let row = row(&mut docs, &own, one);
        format!("({row}, {}, {})", docs.text(&between(&one.doc.head)), docs.text(&between(&one.doc.body)))
    });
    let rows = rows.collect::<Vec<_>>().join(", ");
    docs.text = format!("insert into search_doc (n, property, conversation, size, head, body) values {rows}");
    docs.rows(tx.conn()).await?;
    let scope = scope(property);
    let mut column = |words: &[String]| texts.text(&scoped(scope, words));
    let columns: Vec<(i64, String, String)> = all.iter().map(|one| (one.n, column(&one.doc.head), column(&one.doc.body))).collect();
    let rows: Vec<String> = columns.into_iter().map(|(n, head, body)| format!("({}, {head}, {body})", texts.number(n))).collect();
    texts.text = format!("insert into search_text (rowid, head, body) values {}", rows.join(", "));
    texts.rows(tx.conn()).await?;
    Ok(())
}

/// The candidates.
pub async fn candidates(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<Looked> {
    let source = |query: &mut Query, property: &str| {
        if let Some(ids) = wanted.few {
            let ids = query.texts(ids);
            let fits = holds(query, "d", &wanted.ways[0]);
            return format!(
                "select d.conversation, d.head, d.body from search_doc d where d.property = {property} and d.conversation in ({ids}) and {fits}"
            );
        }
        let said = query.text(&said(wanted.scope, &wanted.ways[0]));
        format!(
            "select d.conversation, d.head, d.body from (select rowid as n from search_text where search_text match {said} \
             order by rowid desc limit {}) u cross join search_doc d where d.n = u.n and d.property = {property}",
            wanted.most()
        )
    };
    ask(conn, wanted, source, |query, way| holds(query, "f", way)).await
}

/// Whether a document that is at hand fits: words stand between blanks, a beginning has none behind it.
fn holds(query: &mut Query, table: &str, way: &Way) -> String {
    let mut one = |clause: &Clause| {
        let words = [&clause.first[..], std::slice::from_ref(&clause.typed)].concat().join(" ");
        let end = if clause.open { "" } else { " " };
        let text = query.text(&format!(" {words}{end}"));
        let head = format!("instr({table}.head, {text}) > 0");
        let either = if way.head && !clause.not { head } else { format!("({head} or instr({table}.body, {text}) > 0)") };
        if clause.not { format!("not {either}") } else { either }
    };
    way.clauses.iter().map(&mut one).collect::<Vec<_>>().join(" and ")
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
    if unwanted.is_empty() { wanted } else { format!("({wanted}) NOT ({unwanted})") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Value;

    #[test]
    fn a_way_is_written_as_fts5_reads_it() {
        let clause = |not: bool, first: &[&str], last: &[&str]| Clause {
            not,
            first: first.iter().map(|word| (*word).to_owned()).collect(),
            typed: last[0].to_owned(),
            last: last.iter().map(|word| (*word).to_owned()).collect(),
            open: last.len() > 1,
        };
        let clauses = vec![clause(false, &["a"], &["b", "bc"]), clause(false, &[], &["c"]), clause(true, &[], &["d"])];
        let way = |head| Way { clauses: clauses.clone(), head, score: 1 };
        assert_eq!(said("p", &way(false)), r#"(("pa pb" OR "pa pbc") AND ("pc")) NOT (("pd"))"#);
        let mut query = Query::default();
        let told = holds(&mut query, "d", &way(true));
        assert_eq!(told, "instr(d.head, $1) > 0 and instr(d.head, $2) > 0 and not (instr(d.head, $3) > 0 or instr(d.body, $3) > 0)");
        let bound: Vec<String> =
            query.values.into_iter().map(|value| if let Value::Text(text) = value { text } else { String::new() }).collect();
        assert_eq!(bound, [" a b", " c ", " d "]);
    }
}
