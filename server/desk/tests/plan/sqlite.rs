//! SQLite says before it runs a statement how it would (`explain query plan`).

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, Row as _};

use crate::{common::Ground, ear::Heard};

/// Tables that stay small: reading one from end to end is nothing.
const SMALL: [&str; 40] = [
    "property",
    "log_head",
    "reader_cursor",
    "secret",
    "migration",
    "agent",
    "membership",
    "mailbox",
    "session",
    "sign_in_try",
    "invitation",
    "department",
    "department_agent",
    "ticket_number",
    "tally",
    "draft",
    "slow_domain",
    "forwarding_alias",
    "forwarding_confirmation",
    "ban",
    "canned_response",
    "widget",
    "trigger",
    "rule",
    "target",
    "notify_setting",
    "push_subscription",
    "contact_segment",
    "contact_import",
    "archive",
    "contact_column",
    "erasure",
    "search_number",
    // what waits to be written
    "search_due",
    "report_due",
    "batch",
    "saved_view",
    "audit_head",
    // an agent was called into few
    "called",
    // and follows so many at most
    "follower",
];
/// Columns that name one thing: what belongs to it may be sorted.
const ONE_THING: [&str; 10] =
    ["conversation", "message", "id", "mail_id", "email", "recipient", "visitor", "visit", "contact", "organisation"];

/// A step of a plan.
struct Step {
    parent: i64,
    what: String,
}

/// What is wrong with the plans.
pub async fn wrongs(ground: &Ground, heard: &[Heard]) -> Vec<String> {
    // a connection that only explains does not see that an index is gone meanwhile: a new one does
    let desk = ground.another_desk().await;
    let mut all = vec![];
    for Heard { text, .. } in heard {
        if ["select", "update", "delete", "insert"].iter().all(|verb| !text.starts_with(verb)) {
            continue;
        }
        let asked = sqlx::query(AssertSqlSafe(format!("explain query plan {text}")));
        let asked = (0..text.matches('$').count()).fold(asked, |asked, _| asked.bind(Option::<i64>::None));
        let rows = asked.fetch_all(desk.db().read()).await.expect(text);
        let steps: Vec<Step> = rows.iter().map(|row| Step { parent: row.get("parent"), what: row.get("detail") }).collect();
        let tables = tables(text);
        if let Some(why) = (0..steps.len()).find_map(|at| wrong(&steps, at, &tables, text)) {
            let plan: Vec<&str> = steps.iter().map(|step| step.what.as_str()).collect();
            all.push(format!("{why}\n  {text}\n    {}", plan.join("\n    ")));
        }
    }
    desk.close().await;
    all
}

fn wrong(steps: &[Step], at: usize, tables: &HashMap<String, String>, text: &str) -> Option<String> {
    let Step { parent, what } = &steps[at];
    let big = |what: &str| tables.get(name(what)).filter(|table| !SMALL.contains(&table.as_str()));
    // of a question within the question all rows are read, which it limits itself
    let inner = |what: &str| steps.iter().any(|step| step.what == format!("CO-ROUTINE {}", name(what)));
    if let Some(table) = big(what).filter(|_| what.starts_with("SCAN") && !looks_up(what) && !inner(what)) {
        return Some(format!("reads all of {table}"));
    }
    if let Some(table) = big(what).filter(|_| what.starts_with("SEARCH")) {
        // the property alone is all of the table; each range of the Inbox uses everything that is asked of it
        let range = range(text, name(what));
        let (asked, used) = (asked(&range), what.matches("=?").count());
        if used == 1 && what.contains("(property=?)") || used < asked {
            return Some(format!("looks for {used} of {asked} columns in {table}"));
        }
        if let Some(end) = missed(&range, what) {
            return Some(format!("does not keep to {end}in {table}"));
        }
    }
    if what.starts_with("USE TEMP B-TREE") {
        let loops =
            steps.iter().find(|step| step.parent == *parent && (step.what.starts_with("SCAN") || step.what.starts_with("SEARCH")))?;
        // words, tags and attributes are counted before: where there are many, contacts are looked at in their order instead
        let counted = tables
            .get(name(&loops.what))
            .is_some_and(|table| ["contact_word", "contact_tag", "contact_attribute"].contains(&table.as_str()));
        let bounded = counted
            || inner(&loops.what)
            || looks_up(&loops.what)
            || ONE_THING.iter().any(|column| loops.what.contains(&format!("({column}=?")) || loops.what.contains(&format!(" {column}=?")));
        return big(&loops.what).filter(|_| !bounded).map(|table| format!("sorts all of {table} that it finds"));
    }
    None
}

/// FTS5 says of each way of reading that it scans; with `M` it looks words up, with `=` one document.
fn looks_up(what: &str) -> bool {
    what.contains("VIRTUAL TABLE INDEX") && (what.contains(":M") || what.contains(":="))
}

/// What a range of the Inbox asks for.
fn range<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let Some((_, range)) = text.split_once(" as id from ").filter(|_| name == "s") else { return vec![] };
    let (range, _) = range.split_once(" order by").expect("an order");
    range.split_once(" where ").expect("a range").1.split(" and ").collect()
}

/// Equalities among it that an index can have; of what each index begins with, it has one.
fn asked(range: &[&str]) -> usize {
    let equal: Vec<_> = range.iter().filter(|part| part.starts_with("s.") && part.contains(" = ")).collect();
    let first = ["s.kind", "s.channel", "s.assignee"];
    let first = first.iter().filter(|column| equal.iter().any(|part| part.starts_with(**column))).count();
    equal.len() - first.saturating_sub(1)
}

/// An end of the days that is asked for and not read from, or up to: by itself, or by the place of the page before.
fn missed(range: &[&str], what: &str) -> Option<&'static str> {
    let ends = [("s.last_at >= ", [" last_at>?", ")>(?,?)"]), ("s.last_at < ", [" last_at<?", ")<(?,?)"])];
    let asked = |asked: &str| range.iter().any(|part| part.starts_with(asked));
    ends.into_iter().find(|(end, used)| asked(end) && !used.iter().any(|used| what.contains(used))).map(|(end, _)| end)
}

/// What a step reads.
fn name(what: &str) -> &str {
    what.split_whitespace().nth(1).unwrap_or_default()
}

/// Tables of a statement by the names they have in it.
fn tables(text: &str) -> HashMap<String, String> {
    let words: Vec<&str> = text.split([' ', ',', '(', ')', '\n']).filter(|word| !word.is_empty()).collect();
    let mut all = HashMap::new();
    for (at, word) in words.iter().enumerate() {
        if ["from", "join", "update", "into"].contains(word) {
            let Some(table) = words.get(at + 1).filter(|table| **table != "select") else { continue };
            let alias = words.get(at + 2).filter(|alias| alias.len() == 1 || **alias == "other");
            all.insert((*alias.unwrap_or(table)).to_owned(), (*table).to_owned());
        }
    }
    all
}
