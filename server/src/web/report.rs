//! Lists as downloads: a report (`days.csv`, `hours.csv`, `parts.csv` of the period that the address names), and the audit log.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use model::{
    Refusal, audit,
    report::{Asked, csv::Sheet},
};

use super::{
    answer::{Answer, agent},
    file::download,
    router::House,
};

/// `GET /audit.csv?area=mail`
pub async fn audit(State(house): State<House>, Query(pairs): Query<BTreeMap<String, String>>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let asked = audit::Asked::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    Ok(list("audit-log", &agent.export_audit(asked).await?))
}

/// A list as a download.
fn list(name: &str, text: &str) -> Response {
    let mut answer = download(&format!("{name}.csv"), "text/csv; charset=utf-8", false, format!("{MARK}{text}").into_bytes());
    // it grows: the next one is another
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}

/// Before the text, so that spreadsheets take it for what it is.
const MARK: &str = "\u{feff}";

/// `GET /reports/days.csv?period=30&by=agent`
pub async fn file(
    State(house): State<House>,
    Path(name): Path<String>,
    Query(pairs): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let sheet: Sheet = name.strip_suffix(".csv").and_then(|word| word.parse().ok()).ok_or(Refusal::NotFound)?;
    let asked = Asked::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let (text, name) = agent.export_report(asked, sheet).await?;
    Ok(list(&name, &text))
}
