//! How often visitors may do what costs others something: counted by visitor, by address and by property, in windows of time.
//! Knows no verb; who is refused is told when to come again.

use model::{
    Moment, Refusal,
    moment::{HOUR, MINUTE, SECOND},
};
use sqlx::{Row as _, any::AnyRow};

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
    /// Saying something.
    pub messages: Bounds,
    /// Uploading a file: each takes room on the disk until its message is sent, and after.
    pub files: Bounds,
    /// What causes a letter: details left, transcripts.
    pub letters: Bounds,
    /// Telling what happened on the site, in a chat.
    pub events: Bounds,
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
            files: all(self.files),
            letters: all(self.letters),
            events: all(self.events),
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
            files: bounds(20, 60, 600, few),
            letters: bounds(6, 20, 300, HOUR),
            events: bounds(30, 200, 6_000, few),
            arrivals: bounds(1, 200, 10_000, few),
            beacons: bounds(1, 600, 60_000, few),
        }
    }
}

/// Counts one more of each of these rows: a window that is over begins anew. `$1` to `$3` are their names, `$5` to `$7` the moments
/// until which their windows began that are over.
macro_rules! one_more {
    ($rows:literal) => {
        concat!(
            "insert into allowance (who, began_at, n) values ",
            $rows,
            " on conflict (who) do update set \
             n = case when allowance.began_at <= case excluded.who when $1 then $5 when $2 then $6 else $7 end then 1 else allowance.n + 1 end, \
             began_at = case when allowance.began_at <= case excluded.who when $1 then $5 when $2 then $6 else $7 end then excluded.began_at else allowance.began_at end \
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

impl Doer<'_> {
    /// Under which names a thing is counted, and how much of it there may be.
    fn counted(&self, what: &str, bounds: &Bounds) -> Vec<(String, Limit)> {
        let shared = [
            (format!("{what}:address:{}:{}", self.property, network(self.address)), bounds.address),
            (format!("{what}:property:{}", self.property), bounds.property),
        ];
        self.visitor.map(|visitor| (format!("{what}:visitor:{visitor}"), bounds.visitor)).into_iter().chain(shared).collect()
    }
}

/// Counts one more of a thing, or says how long to wait. A refused try is not counted: it stores nothing. The rows that count are
/// those of all who come from an address or to a property: taken last in a transaction, they are held for its commit alone.
pub(crate) async fn spend(tx: &mut Tx, what: &str, doer: &Doer<'_>, bounds: &Bounds) -> Result<()> {
    count(tx, &doer.counted(what, bounds)).await
}

/// Whether one more would be refused. It waits for nobody: asked first, so that a flood costs a reading each and no writer's time.
pub(crate) async fn is_room(conn: &mut Conn, now: Moment, what: &str, doer: &Doer<'_>, bounds: &Bounds) -> Result<()> {
    let all = doer.counted(what, bounds);
    let mut query = sqlx::query("select who, began_at, n from allowance where who in ($1, $2, $3)");
    for (who, _) in three(&all) {
        query = query.bind(who);
    }
    for row in &query.fetch_all(conn).await? {
        let (began, n) = (Moment(row.try_get("began_at")?), row.try_get::<i64, _>("n")?);
        let Some(limit) = limit_of(&all, row)? else { continue };
        if n >= limit.most && now.since(began) < limit.within {
            return Err(Refusal::TooMany { retry: seconds_left(began, limit, now) }.into());
        }
    }
    Ok(())
}

/// The limit that is held against a row.
fn limit_of(all: &[(String, Limit)], row: &AnyRow) -> Result<Option<Limit>> {
    let who: &str = row.try_get("who")?;
    Ok(all.iter().find(|(counted, _)| counted == who).map(|(_, limit)| *limit))
}

fn seconds_left(began: Moment, limit: Limit, now: Moment) -> u32 {
    u32::try_from(began.plus(limit.within).since(now) / SECOND + 1).unwrap_or(u32::MAX)
}

/// Counts one more letter to an address: whoever asks for them, its owner gets few.
pub(crate) async fn spend_letter(tx: &mut Tx, property: &str, email: &str, limit: Limit) -> Result<()> {
    count(tx, &[(format!("letter:to:{property}:{}", digest(email.as_bytes())), limit)]).await
}

/// Counts one more of one, two or three, in this order. (Of two the same one twice would be refused by the database: they are different.)
async fn count(tx: &mut Tx, all: &[(String, Limit)]) -> Result<()> {
    let now = tx.now();
    let statement = match all.len() {
        0 => return Ok(()),
        1 => one_more!("($1, $4, 1)"),
        2 => one_more!("($1, $4, 1), ($3, $4, 1)"),
        _ => one_more!("($1, $4, 1), ($2, $4, 1), ($3, $4, 1)"),
    };
    let mut query = sqlx::query(statement);
    for (who, _) in three(all) {
        query = query.bind(who);
    }
    query = query.bind(now.0);
    for (_, limit) in three(all) {
        query = query.bind(now.plus(-limit.within).0);
    }
    for row in &query.fetch_all(tx.conn()).await? {
        let Some(limit) = limit_of(all, row)? else { continue };
        if row.try_get::<i64, _>("n")? > limit.most {
            return Err(Refusal::TooMany { retry: seconds_left(Moment(row.try_get("began_at")?), limit, now) }.into());
        }
    }
    Ok(())
}

/// One, two or three as three, for a statement that names as many: the last one again in place of those that are missing.
fn three<T>(all: &[T]) -> impl Iterator<Item = &T> {
    all.iter().chain(all.last().into_iter().cycle()).take(3)
}

/// What is counted of visitors.
const COUNTED: [&str; 12] = ["arrival", "beacon", "chat", "details", "event", "file", "pop", "rate", "say", "site", "transcript", "visit"];

/// Forgets what was counted of a visitor, at their address, and of letters to their addresses.
pub(crate) async fn forget(tx: &mut Tx, property: &str, visitor: &str, address: &str, emails: impl Iterator<Item = &str>) -> Result<()> {
    let network = network(address);
    let counted = COUNTED.iter().flat_map(|what| [format!("{what}:visitor:{visitor}"), format!("{what}:address:{property}:{network}")]);
    let letters = emails.map(|email| format!("letter:to:{property}:{}", digest(email.as_bytes())));
    for who in counted.chain(letters) {
        sqlx::query("delete from allowance where who = $1").bind(who).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Forgets windows that are long over.
pub(crate) async fn sweep(tx: &mut Tx) -> Result<()> {
    let stale = tx.now().plus(-48 * HOUR);
    sqlx::query("delete from allowance where began_at < $1").bind(stale.0).execute(tx.conn()).await?;
    Ok(())
}
