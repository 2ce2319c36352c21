//! Domains whose mail servers asked for patience (email.md O3): one letter in each pause, which each further refusal doubles and each
//! letter that is taken halves, until there is none. Letters to other domains go on as before.

use std::collections::HashSet;

use model::{
    Moment,
    moment::{HOUR, MINUTE},
};
use sqlx::Row as _;

use crate::{Result, db::Tx};

/// The first pause, and the longest.
const FIRST: i64 = MINUTE;
const LONGEST: i64 = HOUR;

/// Slow domains.
pub(super) async fn slow(tx: &mut Tx) -> Result<HashSet<String>> {
    let rows = sqlx::query("select domain from slow_domain").fetch_all(tx.conn()).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Takes the turn of one letter to a slow domain. False when another letter was faster: none may go before the next pause is over.
pub(super) async fn turn(tx: &mut Tx, domain: &str) -> Result<bool> {
    let now = tx.now();
    let taken = sqlx::query("update slow_domain set until_at = $2 + pause where domain = $1 and until_at <= $2")
        .bind(domain)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(taken.rows_affected() == 1)
}

/// A letter leased at a moment was refused for now. Those that were on their way when the domain first asked count once, together.
/// Gives the moment before which no letter goes there.
pub(super) async fn slow_down(tx: &mut Tx, domain: &str, leased_at: Moment) -> Result<Moment> {
    let now = tx.now();
    sqlx::query(
        "insert into slow_domain (domain, pause, until_at, slowed_at) values ($1, $2, 0, $3) on conflict (domain) do update set slowed_at = $3, pause = \
         case when slow_domain.slowed_at >= $4 then slow_domain.pause when slow_domain.pause * 2 > $5 then $5 else slow_domain.pause * 2 end",
    )
    .bind(domain)
    .bind(FIRST)
    .bind(now.0)
    .bind(leased_at.0)
    .bind(LONGEST)
    .execute(tx.conn())
    .await?;
    let row = sqlx::query("update slow_domain set until_at = $2 + pause where domain = $1 returning until_at")
        .bind(domain)
        .bind(now.0)
        .fetch_one(tx.conn())
        .await?;
    Ok(Moment(row.try_get(0)?))
}

/// A letter leased at a moment was taken.
pub(super) async fn speed_up(tx: &mut Tx, domain: &str, leased_at: Moment) -> Result<()> {
    let now = tx.now();
    let slow = sqlx::query("update slow_domain set pause = pause / 2, until_at = $3 + pause / 2 where domain = $1 and slowed_at < $2")
        .bind(domain)
        .bind(leased_at.0)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    if slow.rows_affected() > 0 {
        sqlx::query("delete from slow_domain where domain = $1 and pause < $2").bind(domain).bind(FIRST).execute(tx.conn()).await?;
    }
    Ok(())
}
