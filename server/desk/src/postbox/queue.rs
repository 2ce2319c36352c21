//! Mails waiting to be read: leased oldest first. A mail whose reading fails is tried three times, then failed and visible. One bad
//! mail stops no other. Knows nothing of what they say.
//!
//! A reading that is cut off counts apart, since a process dies of much that is no mail's fault (`kill -9`, a power cut). But a mail
//! may kill its reader each time (an abort, a stack that ends). So a mail that was being read when its process died comes after all
//! that were not; no two such mails are read at once, lest one take the other with it; and after five times it has failed.

use model::{
    LetterInId, Moment, PropertyId,
    moment::{MINUTE, SECOND},
};
use sqlx::Row as _;

use super::{Postbox, Taken};
use crate::{
    Result,
    db::Tx,
    line::{word, word_or_none},
};

/// How long a worker holds a mail.
const LEASE: i64 = MINUTE;
/// Readings of a mail that may fail.
const TRIES: i64 = 3;
/// Readings of a mail that may be cut off.
const INTERRUPTIONS: i64 = 5;
/// Pause before it is tried again.
const PAUSE: i64 = 5 * SECOND;
/// How often the next mail is asked for when other workers are faster.
const RACES: usize = 8;

/// The mails to be read at the moment `$1`. `interrupted` counts readings without an end, the one under way included.
macro_rules! ready {
    () => {
        "status = 'new' and leased_until <= $1 and (interrupted = 0 or not exists \
         (select 1 from letter_in other where other.status = 'new' and other.interrupted > 1 and other.leased_until > $1))"
    };
}

struct Leased {
    id: LetterInId,
    property: Option<PropertyId>,
    /// Digest of its bytes.
    raw: String,
    mail_from: String,
    rcpt_to: String,
    peer: String,
    helo: String,
}

impl Postbox {
    /// The next mail that nobody reads, leased for a minute.
    pub async fn next(&self) -> Result<Option<Taken>> {
        Ok(self.next_few(1, 0).await?.pop())
    }

    /// The next mails that nobody reads, oldest first, leased for a minute each: at most so many, and of no more bytes together unless it
    /// is one alone. A commit for all, since a mail is read faster than a disk writes. One that its readers did not survive five times
    /// has failed.
    pub async fn next_few(&self, most: usize, bytes: usize) -> Result<Vec<Taken>> {
        if !self.waiting().await? {
            return Ok(vec![]);
        }
        let leased = self.desk.db().write(move |tx| Box::pin(lease(tx, most, bytes))).await?;
        let mut few = vec![];
        for leased in leased {
            match self.desk.blobs().read(self.desk.db().read(), &leased.raw).await {
                Ok(raw) => few.push(Taken {
                    id: leased.id,
                    property: leased.property,
                    raw,
                    mail_from: leased.mail_from,
                    rcpt_to: serde_json::from_str(&leased.rcpt_to)?,
                    peer: leased.peer,
                    helo: leased.helo,
                }),
                Err(error) => self.fail(&leased.id, &format!("its bytes cannot be read: {error}")).await?,
            }
        }
        Ok(few)
    }

    /// Reading it failed: it is tried again, and after the third time it has failed for good, kept and visible.
    pub async fn fail(&self, id: &LetterInId, why: &str) -> Result<()> {
        let (id, why) = (id.clone(), why.chars().take(1000).collect::<String>());
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    sqlx::query(
                        "update letter_in set why = $2, leased_until = $3, attempts = attempts + 1, interrupted = 0, \
                         status = case when attempts + 1 >= $4 then 'failed' else 'new' end where id = $1 and status = 'new'",
                    )
                    .bind(id.as_str())
                    .bind(why)
                    .bind(now.plus(PAUSE).0)
                    .bind(TRIES)
                    .execute(tx.conn())
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Whether there is a mail to be read now: asked without writing, since the answer is mostly no.
    async fn waiting(&self) -> Result<bool> {
        let now = self.desk.clock().now();
        let row = sqlx::query(concat!("select 1 from letter_in where ", ready!(), " limit 1"))
            .bind(now.0)
            .fetch_optional(self.desk.db().read())
            .await?;
        Ok(row.is_some())
    }
}

async fn lease(tx: &mut Tx, most: usize, bytes: usize) -> Result<Vec<Leased>> {
    let now = tx.now();
    for _ in 0..RACES {
        let ids = next(tx, now, most, bytes).await?;
        if ids.is_empty() {
            break;
        }
        let mut leased = vec![];
        for id in ids {
            leased.extend(lease_one(tx, now, &id).await?);
        }
        if !leased.is_empty() {
            return Ok(leased);
        }
    }
    Ok(vec![])
}

async fn lease_one(tx: &mut Tx, now: Moment, id: &str) -> Result<Option<Leased>> {
    // the condition is looked at again: another worker may have been faster
    let row = sqlx::query(
        "update letter_in set leased_until = $1, interrupted = interrupted + 1 where id = $3 and status = 'new' and leased_until <= $2 \
         returning id, property, raw, mail_from, rcpt_to, peer, helo, interrupted",
    )
    .bind(now.plus(LEASE).0)
    .bind(now.0)
    .bind(id)
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.try_get::<i64, _>("interrupted")? > INTERRUPTIONS {
        give_up(tx, id).await?;
        return Ok(None);
    }
    Ok(Some(Leased {
        id: word(&row, "id")?,
        property: word_or_none(&row, "property")?,
        raw: row.try_get("raw")?,
        mail_from: row.try_get("mail_from")?,
        rcpt_to: row.try_get("rcpt_to")?,
        peer: row.try_get("peer")?,
        helo: row.try_get("helo")?,
    }))
}

/// The oldest ones that were not being read when a process died; one that was comes after them, and alone.
async fn next(tx: &mut Tx, now: Moment, most: usize, bytes: usize) -> Result<Vec<String>> {
    let rows = sqlx::query(concat!(
        "select id, size, interrupted from letter_in where ",
        ready!(),
        " order by interrupted, received_at, id limit $2"
    ))
    .bind(now.0)
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .fetch_all(tx.conn())
    .await?;
    let (mut ids, mut sum) = (vec![], 0);
    for row in rows {
        sum += usize::try_from(row.try_get::<i64, _>("size")?).unwrap_or(0);
        let alone = row.try_get::<i64, _>("interrupted")? > 0;
        if !ids.is_empty() && (alone || sum > bytes) {
            break;
        }
        ids.push(row.try_get("id")?);
        if alone {
            break;
        }
    }
    Ok(ids)
}

/// Its readers did not survive it.
async fn give_up(tx: &mut Tx, id: &str) -> Result<()> {
    let why = format!("Recado stopped {INTERRUPTIONS} times while this mail was being read");
    sqlx::query("update letter_in set status = 'failed', leased_until = 0, interrupted = 0, why = $2 where id = $1")
        .bind(id)
        .bind(why)
        .execute(tx.conn())
        .await?;
    Ok(())
}
