//! How often visitors may do what costs others something: counted by visitor, by address and by property, in windows of time.
//! Knows no verb; who is refused is told when to come again.

use model::{
    Moment, Refusal,
    moment::{HOUR, MINUTE, SECOND},
};
use sqlx::Row as _;

use crate::{
    Result,
    clock::digest,
    db::{Conn, Tx},
    password::network,
};

/// So many within so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many.
    pub most: i64,
    /// In how many microseconds.
    pub within: i64,
}

impl Limit {
    /// So many within so long.
    pub const fn new(most: i64, within: i64) -> Self {
        Self { most, within }
    }
}

/// Limits of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Of one visitor.
    pub visitor: Limit,
    /// Of one network address (of a /64 with IPv6).
    pub address: Limit,
    /// Of a whole property: a flood does not reach its agents.
    pub property: Limit,
}

/// How much visitors may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitorLimits {
    /// Beginning a visit; that of a visitor is not counted, since there is none yet.
    pub visits: Bounds,
    /// Beginning a chat, or leaving a message.
    pub chats: Bounds,
    /// Saying something, or uploading a file.
    pub messages: Bounds,
    /// What causes a letter: details left, transcripts.
    pub letters: Bounds,
    /// Coming to a page that tells by beacons who is there.
    pub arrivals: Bounds,
    /// What such pages tell besides; what changes nothing is not counted.
    pub beacons: Bounds,
}

impl VisitorLimits {
    /// So many times as much; none for no limits.
    #[must_use]
    pub fn times(self, factor: Option<u32>) -> Self {
        let grown = |limit: Limit| Limit { most: factor.map_or(i64::MAX, |factor| limit.most.saturating_mul(factor.into())), ..limit };
        let all =
            |bounds: Bounds| Bounds { visitor: grown(bounds.visitor), address: grown(bounds.address), property: grown(bounds.property) };
        Self {
            visits: all(self.visits),
            chats: all(self.chats),
            messages: all(self.messages),
            letters: all(self.letters),
            arrivals: all(self.arrivals),
            beacons: all(self.beacons),
        }
    }
}

impl Default for VisitorLimits {
    fn default() -> Self {
        let (few, minute) = (10 * MINUTE, MINUTE);
        let bounds = |visitor, address, property, within| Bounds {
            visitor: Limit::new(visitor, within),
            address: Limit::new(address, within),
            property: Limit::new(property, within),
        };
        Self {
            visits: bounds(1, 60, 3_000, few),
            chats: bounds(6, 20, 300, few),
            messages: bounds(40, 200, 6_000, minute),
            letters: bounds(6, 20, 300, HOUR),
            arrivals: bounds(1, 200, 10_000, few),
            beacons: bounds(1, 600, 60_000, few),
        }
    }
}

/// Counts one more of each of these rows.
macro_rules! one_more {
    ($rows:literal) => {
        concat!(
            "insert into allowance (who, began_at, n) values ",
            $rows,
            " on conflict (who) do update set \
             n = case when allowance.began_at <= case when excluded.who = $2 then $5 else $4 end then 1 else allowance.n + 1 end, \
             began_at = case when allowance.began_at <= case when excluded.who = $2 then $5 else $4 end then excluded.began_at else allowance.began_at end \
             returning who, began_at, n"
        )
    };
}

/// Who does it.
pub(crate) struct Doer<'a> {
    pub visitor: Option<&'a str>,
    pub address: &'a str,
    pub property: &'a str,
}

/// Counts one more of a thing, or says how long to wait. A refused try is not counted: it stores nothing.
pub(crate) async fn spend(tx: &mut Tx, what: &str, doer: &Doer<'_>, bounds: &Bounds) -> Result<()> {
    spend_own(tx, what, doer, bounds).await?;
    spend_shared(tx, what, doer, bounds).await
}

/// The part of it that is counted for the visitor and their address.
pub(crate) async fn spend_own(tx: &mut Tx, what: &str, doer: &Doer<'_>, bounds: &Bounds) -> Result<()> {
    let address = (format!("{what}:address:{}:{}", doer.property, network(doer.address)), bounds.address);
    let Some(visitor) = doer.visitor else { return count(tx, &[address]).await };
    count(tx, &[(format!("{what}:visitor:{visitor}"), bounds.visitor), address]).await
}

/// The part that is counted for all of a property.
pub(crate) async fn spend_shared(tx: &mut Tx, what: &str, doer: &Doer<'_>, bounds: &Bounds) -> Result<()> {
    count(tx, &[(format!("{what}:property:{}", doer.property), bounds.property)]).await
}

/// Whether one more would be refused: asked before a write is, so that a flood costs a reading each and no writer's time.
pub(crate) async fn is_room(conn: &mut Conn, now: Moment, what: &str, doer: &Doer<'_>, bounds: &Bounds) -> Result<()> {
    let address = format!("{what}:address:{}:{}", doer.property, network(doer.address));
    for (who, limit) in [(address, bounds.address), (format!("{what}:property:{}", doer.property), bounds.property)] {
        let row = sqlx::query("select began_at, n from allowance where who = $1").bind(who).fetch_optional(&mut *conn).await?;
        let Some(row) = row else { continue };
        let (began, n) = (Moment(row.try_get("began_at")?), row.try_get::<i64, _>("n")?);
        if n >= limit.most && now.since(began) < limit.within {
            return Err(Refusal::TooMany { retry: seconds_left(began, limit, now) }.into());
        }
    }
    Ok(())
}

fn seconds_left(began: Moment, limit: Limit, now: Moment) -> u32 {
    u32::try_from(began.plus(limit.within).since(now) / SECOND + 1).unwrap_or(u32::MAX)
}

/// Counts one more letter to an address: whoever asks for them, its owner gets few.
pub(crate) async fn spend_letter(tx: &mut Tx, property: &str, email: &str, limit: Limit) -> Result<()> {
    count(tx, &[(format!("letter:to:{property}:{}", digest(email.as_bytes())), limit)]).await
}

/// Counts one more of one or two, in this order. (Of two the same one twice would be refused by the database: they are different.)
async fn count(tx: &mut Tx, all: &[(String, Limit)]) -> Result<()> {
    let now = tx.now();
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return Ok(()) };
    let began = |limit: Limit| now.plus(-limit.within).0;
    let statement = if all.len() == 1 { one_more!("($1, $3, 1)") } else { one_more!("($1, $3, 1), ($2, $3, 1)") };
    let rows = sqlx::query(statement)
        .bind(&first.0)
        .bind(&last.0)
        .bind(now.0)
        .bind(began(first.1))
        .bind(began(last.1))
        .fetch_all(tx.conn())
        .await?;
    for row in &rows {
        let Some((_, limit)) = all.iter().find(|(who, _)| row.try_get::<&str, _>("who").is_ok_and(|counted| counted == who)) else {
            continue;
        };
        if row.try_get::<i64, _>("n")? > limit.most {
            return Err(Refusal::TooMany { retry: seconds_left(Moment(row.try_get("began_at")?), *limit, now) }.into());
        }
    }
    Ok(())
}

/// Forgets windows that are long over.
pub(crate) async fn sweep(tx: &mut Tx) -> Result<()> {
    let stale = tx.now().plus(-48 * HOUR);
    sqlx::query("delete from allowance where began_at < $1").bind(stale.0).execute(tx.conn()).await?;
    Ok(())
}
