//! What a beacon changes: a first page, another page, rest and return. Which visit a page load belongs to is decided here.

use model::{
    Moment, PropertyId, Refusal, VisitId,
    visit::{ENDED_AFTER, PAGES_MOST, Sighting, goes_on},
};
use sqlx::Row as _;

use super::{Row, Sender, of_load, take};
use crate::{
    Desk, Result,
    allowance::{self, Doer},
    db::Tx,
    line::word,
};

/// Visits of an address among which the one is sought that a page load goes on with.
const CANDIDATES: i64 = 20;
/// Most characters kept of what a browser says of itself.
const BROWSER_MOST: usize = 200;

/// Writes down what a beacon says.
pub(super) async fn note(tx: &mut Tx, desk: &Desk, property: &PropertyId, seen: Sighting, from: Sender) -> Result<Row> {
    let (now, limits) = (tx.now(), &desk.settings().visitor_limits);
    let doer = Doer { visitor: None, address: &from.address, property: property.as_str() };
    allowance::spend(tx, "beacon", &doer, &limits.beacons).await?;
    let known = of_load(tx.conn(), property, &seen.load).await?;
    if let Some((row, open)) = known.filter(|(row, _)| !row.is_over(now)) {
        let row = take(tx, property, &row.id).await?.ok_or(Refusal::NotFound)?;
        return go_on(tx, property, row, open != seen.page, &seen, &from).await;
    }
    allowance::spend(tx, "arrival", &doer, &limits.arrivals).await?;
    allowance::sweep(tx).await?;
    if let Some(row) = earlier_of(tx, property, &seen, &from).await? {
        return go_on(tx, property, row, true, &seen, &from).await;
    }
    arrive(tx, desk, property, &seen, &from).await
}

/// The visit that a page load goes on with: of the same browser at the same address, if there is exactly one to choose.
async fn earlier_of(tx: &mut Tx, property: &PropertyId, seen: &Sighting, from: &Sender) -> Result<Option<Row>> {
    if seen.referrer.is_empty() {
        return Ok(None);
    }
    let now = tx.now();
    let rows = sqlx::query(
        "select id, page, browser, seen_at from visit where property = $1 and address = $2 and seen_at > $3 order by seen_at desc limit $4",
    )
    .bind(property.as_str())
    .bind(cut(&from.address))
    .bind(now.plus(-ENDED_AFTER).0)
    .bind(CANDIDATES)
    .fetch_all(tx.conn())
    .await?;
    let mut fitting: Vec<VisitId> = vec![];
    for row in &rows {
        let open = goes_on(row.try_get("page")?, Moment(row.try_get("seen_at")?), &seen.referrer, now);
        if open && row.try_get::<&str, _>("browser")? == cut(&from.browser) {
            fitting.push(word(row, "id")?);
        }
    }
    match fitting.as_slice() {
        [one] => take(tx, property, one).await,
        _ => Ok(None),
    }
}

fn cut(text: &str) -> String {
    text.replace('\0', "").chars().take(BROWSER_MOST).collect()
}

/// A first page.
async fn arrive(tx: &mut Tx, desk: &Desk, property: &PropertyId, seen: &Sighting, from: &Sender) -> Result<Row> {
    let now = tx.now();
    let taken = sqlx::query("select 1 from visit where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(seen.load.as_str())
        .fetch_optional(tx.conn())
        .await?;
    // the page was asleep, and what it began before is over
    let id = if taken.is_some() { VisitId::from_bits(desk.clock().bits()) } else { seen.load.clone() };
    sqlx::query(
        "insert into visit (property, id, page, referrer, browser, language, address, country, earlier, pages, started_at, page_at, seen_at, idle_at, carried) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, $9, $9, $10, '{}') on conflict (property, id) do nothing",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(&seen.page)
    .bind(&seen.referrer)
    .bind(cut(&from.browser))
    .bind(cut(&from.language))
    .bind(cut(&from.address))
    .bind(from.country.clone())
    .bind(now.0)
    .bind(seen.idle.then_some(now.0))
    .execute(tx.conn())
    .await?;
    let row = take(tx, property, &id).await?.ok_or(Refusal::NotFound)?;
    go_on(tx, property, row, true, seen, from).await
}

/// A visit that is there says where it is now.
async fn go_on(tx: &mut Tx, property: &PropertyId, mut row: Row, moved: bool, seen: &Sighting, from: &Sender) -> Result<Row> {
    let now = tx.now();
    if moved {
        (row.page, row.page_at, row.pages) = (seen.page.clone(), now, row.pages + 1);
        load_page(tx, property, &row, seen).await?;
    }
    row.seen_at = now;
    row.idle_at = seen.idle.then_some(row.idle_at.unwrap_or(now));
    sqlx::query(
        "update visit set page = $3, pages = $4, page_at = $5, seen_at = $6, idle_at = $7, address = $8, country = $9 where property = $1 and id = $2",
    )
    .bind(property.as_str())
    .bind(row.id.as_str())
    .bind(&row.page)
    .bind(row.pages)
    .bind(row.page_at.0)
    .bind(row.seen_at.0)
    .bind(row.idle_at.map(|at| at.0))
    .bind(cut(&from.address))
    .bind(from.country.clone())
    .execute(tx.conn())
    .await?;
    Ok(row)
}

async fn load_page(tx: &mut Tx, property: &PropertyId, row: &Row, seen: &Sighting) -> Result<()> {
    sqlx::query("insert into visit_load (property, id, visit, page) values ($1, $2, $3, $4) on conflict (property, id) do update set visit = excluded.visit, page = excluded.page")
        .bind(property.as_str())
        .bind(seen.load.as_str())
        .bind(row.id.as_str())
        .bind(&seen.page)
        .execute(tx.conn())
        .await?;
    if row.pages > PAGES_MOST {
        return Ok(());
    }
    sqlx::query("insert into visit_page (property, visit, n, page, at) values ($1, $2, $3, $4, $5)")
        .bind(property.as_str())
        .bind(row.id.as_str())
        .bind(row.pages)
        .bind(&seen.page)
        .bind(row.page_at.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}
