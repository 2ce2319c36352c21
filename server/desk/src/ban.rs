//! Bans: who may not write in a property. Agents ban and lift; visitors' verbs ask here first.

use std::net::IpAddr;

use model::{
    BanId, Moment, PropertyId, Refusal, VisitorId, Why,
    address::line_of_field,
    audit::Act,
    ban::{Ban, Banned, REASON_MOST},
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Agent, Result,
    audit::{Deed, fields},
    db::Conn,
    line::word,
};

/// Most bans of a property that count at a time.
const BANS_MOST: i64 = 1_000;

fn of_row(row: &AnyRow) -> Result<Ban> {
    Ok(Ban {
        id: word(row, "id")?,
        who: serde_json::from_str(row.try_get("who")?)?,
        name: String::new(),
        reason: row.try_get("reason")?,
        by: row.try_get("banned_by")?,
        until: row.try_get::<Option<i64>, _>("until_at")?.map(Moment),
        created_at: Moment(row.try_get("created_at")?),
    })
}

pub(crate) async fn counting(conn: &mut Conn, property: &PropertyId, now: Moment) -> Result<Vec<Ban>> {
    let rows = sqlx::query(
        "select id, who, reason, banned_by, until_at, created_at from ban where property = $1 and (until_at is null or until_at > $2) order by created_at desc, id desc limit $3",
    )
    .bind(property.as_str())
    .bind(now.0)
    .bind(BANS_MOST)
    .fetch_all(conn)
    .await?;
    rows.iter().map(of_row).collect()
}

/// Refuses who is banned: as this visitor, or at this address.
pub(crate) async fn check(conn: &mut Conn, property: &PropertyId, now: Moment, visitor: Option<&VisitorId>, address: &str) -> Result<()> {
    let address: Option<IpAddr> = address.trim().parse().ok();
    let hit = counting(conn, property, now).await?.into_iter().any(|ban| ban.who.covers(visitor, address));
    if hit { Err(Refusal::Banned.into()) } else { Ok(()) }
}

/// Whom a ban hits, for the audit log.
fn whom(who: &Banned) -> String {
    match who {
        Banned::Visitor(id) => format!("visitor {id}"),
        Banned::Network(network) => network.to_string(),
    }
}

impl Agent {
    /// Bans a visitor, an address or a network, for good or until a moment.
    pub async fn ban(&self, who: Banned, reason: &str, until: Option<Moment>) -> Result<BanId> {
        if until.is_some_and(|until| until <= self.desk.clock().now()) {
            return Err(Refusal::invalid("until", Why::Past).into());
        }
        let who = match who {
            Banned::Network(network) if network.is_too_wide() => return Err(Refusal::invalid("network", Why::NetworkTooWide).into()),
            Banned::Network(network) => Banned::Network(network.of_one_household()),
            visitor @ Banned::Visitor(_) => visitor,
        };
        let reason = if reason.trim().is_empty() { String::new() } else { line_of_field("reason", reason, REASON_MOST)? };
        let id = BanId::from_bits(self.desk.clock().bits());
        self.write(move |tx, agent| {
            Box::pin(async move {
                let now = tx.now();
                if let Banned::Visitor(visitor) = &who {
                    let known = sqlx::query("select 1 from visitor where property = $1 and id = $2")
                        .bind(agent.property.as_str())
                        .bind(visitor.as_str())
                        .fetch_optional(tx.conn())
                        .await?;
                    known.ok_or(Refusal::NotFound)?;
                }
                let counting = sqlx::query("select count(*) from ban where property = $1 and (until_at is null or until_at > $2)")
                    .bind(agent.property.as_str())
                    .bind(now.0)
                    .fetch_one(tx.conn())
                    .await?;
                if counting.try_get::<i64, _>(0)? >= BANS_MOST {
                    return Err(Refusal::invalid("network", Why::TooMany(1_000)).into());
                }
                sqlx::query(
                    "insert into ban (property, id, who, reason, banned_by, created_at, until_at) values ($1, $2, $3, $4, $5, $6, $7)",
                )
                .bind(agent.property.as_str())
                .bind(id.as_str())
                .bind(serde_json::to_string(&who)?)
                .bind(&reason)
                .bind(agent.name())
                .bind(now.0)
                .bind(until.map(|at| at.0))
                .execute(tx.conn())
                .await?;
                agent.note_deed(tx, Deed::new(Act::Banned, whom(&who)).to(fields([("reason", reason)]))).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Bans that count, newest first, each with the name that a banned visitor gave.
    pub async fn list_bans(&self) -> Result<Vec<Ban>> {
        // a visitor is written as {"visitor":"ID"}
        let rows = sqlx::query(
            "select b.id, b.who, b.reason, b.banned_by, b.until_at, b.created_at, v.name from ban b \
             left join visitor v on v.property = b.property and v.id = substr(b.who, 13, 25) \
             where b.property = $1 and (b.until_at is null or b.until_at > $2) order by b.created_at desc, b.id desc limit $3",
        )
        .bind(self.property.as_str())
        .bind(self.desk.clock().now().0)
        .bind(BANS_MOST)
        .fetch_all(self.desk.db().read())
        .await?;
        rows.iter().map(|row| Ok(Ban { name: row.try_get::<Option<String>, _>("name")?.unwrap_or_default(), ..of_row(row)? })).collect()
    }

    /// Lifts a ban.
    pub async fn lift_ban(&self, id: BanId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let row = sqlx::query("delete from ban where property = $1 and id = $2 returning who")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                let who: Banned = serde_json::from_str(row.ok_or(Refusal::NotFound)?.try_get(0)?)?;
                agent.note_deed(tx, Deed::new(Act::BanLifted, whom(&who))).await
            })
        })
        .await
    }
}
