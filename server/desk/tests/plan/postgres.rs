//! PostgreSQL tells the plan of each statement as it was run (`auto_explain`), with what it really read.

use serde_json::Value;

use crate::{BIG, common::Ground, ear::Heard};

/// Rows of one table that one statement may look at: a page of each of 25 ranges, and a little more.
const ROWS_MOST: f64 = 2_000.0;
/// Words of contacts that it may look at: those of each of the some hundred who a common name might be (`from:`), a dozen each.
const WORDS_MOST: f64 = 8_000.0;
/// Pages of 8 KiB that it may look at in all.
const PAGES_MOST: f64 = 6_000.0;

/// Lets connections opened from now on tell plans.
pub async fn tell_plans(ground: &Ground) {
    let settings = [
        "session_preload_libraries = ''auto_explain''",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_analyze = on",
        "auto_explain.log_timing = off",
        "auto_explain.log_buffers = on",
        // what the foreign keys do when a row goes
        "auto_explain.log_nested_statements = on",
        "auto_explain.log_format = ''json''",
        "auto_explain.log_level = ''warning''",
        // as of a server that nobody hurries
        "plan_cache_mode = auto",
    ];
    let alter = |setting: &str| format!("execute format('alter database %I set {setting}', current_database());");
    let text = format!("do $do$ begin {} end $do$", settings.map(alter).concat());
    let done = ground
        .db()
        .write(move |tx| Box::pin(async move { Ok(sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(tx.conn()).await.map(drop)?) }));
    done.await.expect("the cluster's owner may load auto_explain");
}

/// What is wrong with the plans.
pub fn wrongs(heard: &[Heard]) -> Vec<String> {
    let verbs = ["select", "update", "insert", "delete"];
    for heard in heard {
        let asks = verbs.iter().any(|verb| heard.text.starts_with(verb));
        assert!(!asks || !heard.plans.is_empty(), "no plan was told of {}", heard.text);
    }
    heard.iter().filter_map(|heard| heard.plans.iter().find_map(|plan| wrong(plan)).map(|why| format!("{why}\n  {}", heard.text))).collect()
}

fn wrong(plan: &str) -> Option<String> {
    let json: Value = serde_json::from_str(plan).expect("JSON");
    let top = &json["Plan"];
    let pages = number(top, "Shared Hit Blocks") + number(top, "Shared Read Blocks");
    node(top).or_else(|| (pages > PAGES_MOST).then(|| format!("looks at {pages} pages")))
}

fn node(plan: &Value) -> Option<String> {
    let kind = plan["Node Type"].as_str().unwrap_or_default();
    let table = plan["Relation Name"].as_str().unwrap_or_default();
    let rows = number(plan, "Actual Loops")
        * (number(plan, "Actual Rows") + number(plan, "Rows Removed by Filter") + number(plan, "Rows Removed by Index Recheck"));
    let index = plan["Index Name"].as_str().unwrap_or_default();
    // organisations are too few here for an index to be shorter
    if BIG.contains(&table) && !table.starts_with("organisation") && kind == "Seq Scan" {
        return Some(format!("reads all of {table}"));
    }
    if rows > if index == "contact_word_pkey" { WORDS_MOST } else { ROWS_MOST } {
        return Some(format!("{kind} {table} {index}: {rows} rows"));
    }
    plan["Plans"].as_array().into_iter().flatten().find_map(node)
}

fn number(plan: &Value, name: &str) -> f64 {
    plan[name].as_f64().unwrap_or_default()
}
