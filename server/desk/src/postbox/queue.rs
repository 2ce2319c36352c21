//! Mails waiting to be read: leased oldest first, tried three times, then failed and visible. One bad mail stops no other.
//! Knows nothing of what they say.

use model::{
    LetterInId,
    moment::{MINUTE, SECOND},
};
use sqlx::Row as _;

use super::{Postbox, Taken};
use crate::{Result, db::Tx, line::word};

/// How long a worker holds a mail.
const LEASE: i64 = MINUTE;
/// A mail is tried so often.
const TRIES: i64 = 3;
/// Pause before it is tried again.
const PAUSE: i64 = 5 * SECOND;
/// How often the oldest mail is asked for when other workers are faster.
const RACES: usize = 8;

struct Leased {
    id: LetterInId,
    raw: String,
    mail_from: String,
    rcpt_to: String,
    peer: String,
    helo: String,
}

impl Postbox {
    /// The oldest mail that nobody reads, leased for a minute. A mail that its readers did not survive three times has failed.
    pub async fn next(&self) -> Result<Option<Taken>> {
        if self.waiting().await?.is_none() {
            return Ok(None);
        }
        let Some(leased) = self.desk.db().write(|tx| Box::pin(lease(tx))).await? else { return Ok(None) };
        match self.desk.blobs().read(self.desk.db().read(), &leased.raw).await {
            Ok(raw) => Ok(Some(Taken {
                id: leased.id,
                raw,
                mail_from: leased.mail_from,
                rcpt_to: serde_json::from_str(&leased.rcpt_to)?,
                peer: leased.peer,
                helo: leased.helo,
            })),
            Err(error) => {
                self.fail(&leased.id, &format!("its bytes cannot be read: {error}")).await?;
                Ok(None)
            }
        }
    }

    /// Reading it failed: it is tried again, and after the third time it has failed for good, kept and visible.
    pub async fn fail(&self, id: &LetterInId, why: &str) -> Result<()> {
        let (id, why) = (id.clone(), why.chars().take(1000).collect::<String>());
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    sqlx::query("update letter_in set why = $2, leased_until = $3, status = case when attempts >= $4 then 'failed' else 'new' end where id = $1 and status = 'new'")
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
    async fn waiting(&self) -> Result<Option<LetterInId>> {
        let now = self.desk.clock().now();
        let row = sqlx::query("select id from letter_in where status = 'new' and leased_until <= $1 limit 1")
            .bind(now.0)
            .fetch_optional(self.desk.db().read())
            .await?;
        row.map(|row| word(&row, "id")).transpose()
    }
}

async fn lease(tx: &mut Tx) -> Result<Option<Leased>> {
    let now = tx.now();
    for _ in 0..RACES {
        // the outer conditions are looked at again when another worker was faster
        let row = sqlx::query(
            "update letter_in set leased_until = $1, attempts = attempts + 1 \
             where id = (select id from letter_in where status = 'new' and leased_until <= $2 order by received_at, id limit 1) and status = 'new' and leased_until <= $2 \
             returning id, raw, mail_from, rcpt_to, peer, helo, attempts",
        )
        .bind(now.plus(LEASE).0)
        .bind(now.0)
        .fetch_optional(tx.conn())
        .await?;
        if let Some(row) = row {
            if row.try_get::<i64, _>("attempts")? > TRIES {
                give_up(tx, row.try_get("id")?).await?;
                continue;
            }
            return Ok(Some(Leased {
                id: word(&row, "id")?,
                raw: row.try_get("raw")?,
                mail_from: row.try_get("mail_from")?,
                rcpt_to: row.try_get("rcpt_to")?,
                peer: row.try_get("peer")?,
                helo: row.try_get("helo")?,
            }));
        }
        let more = sqlx::query("select 1 from letter_in where status = 'new' and leased_until <= $1 limit 1")
            .bind(now.0)
            .fetch_optional(tx.conn())
            .await?;
        if more.is_none() {
            break;
        }
    }
    Ok(None)
}

/// Its readers did not survive it three times.
async fn give_up(tx: &mut Tx, id: &str) -> Result<()> {
    sqlx::query("update letter_in set status = 'failed', attempts = $2, leased_until = 0, why = coalesce(why, 'its readers stopped three times') where id = $1").bind(id).bind(TRIES).execute(tx.conn()).await?;
    Ok(())
}
