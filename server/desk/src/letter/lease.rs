//! Letters that are due, leased to a sender for a time: to whoever asks first, and not faster than their domains have them. What became
//! of each is the outbox's.

use mail::compose::Letter;
use model::{ConversationId, LetterId, Moment, PropertyId, letter::LetterKind, moment::MINUTE};
use sqlx::Row as _;

use super::{
    pace,
    rate::{self, Rate},
};
use crate::{
    Result,
    db::Tx,
    line::{self, word, word_or_none},
    postbox::Postbox,
    sight,
};

/// How long a sender holds a letter that it does not renew: so long a letter waits whose sender died.
pub const LEASE: i64 = MINUTE;
/// How often leasing is begun anew when other senders are faster.
const RACES: usize = 8;

/// A sender's hold on a letter. Who lost it may say that the letter was sent, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The letter.
    pub id: LetterId,
    /// Whose letter it is.
    pub(super) property: PropertyId,
    /// When it began.
    pub(super) at: Moment,
}

/// A letter that is due, leased to the caller.
pub struct Due {
    /// The hold on it.
    pub lease: Lease,
    /// What goes on the wire.
    pub letter: Letter,
    /// Contents of `letter.attachments`, in their order.
    pub files: Vec<Vec<u8>>,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// A letter as it was leased.
struct Leased {
    lease: Lease,
    conversation: Option<ConversationId>,
    kind: LetterKind,
    recipient: String,
    json: String,
    attempts: i64,
}

/// Domains that may be left out at once.
pub const BUSY_MOST: usize = 3;

/// The letters to be sent at the moment `$1`, but those to three domains, and to domains that had as many as they may have.
macro_rules! due {
    () => {
        "status = 'waiting' and next_at <= $1 and leased_until <= $1 and domain not in ($2, $3, $4) and domain not in (select domain from slow_domain where until_at > $1) \
         and domain not in (select domain from domain_rate where spent_at > $5)"
    };
}

impl Postbox {
    /// Up to so many letters that are due. A letter whose contents cannot be read fails by itself and stops no other.
    pub async fn lease(&self, most: usize) -> Result<Vec<Due>> {
        self.lease_beside(most, &[]).await
    }

    /// The same, leaving out domains that have as many letters under way as they may; of more than three, three are left out.
    pub async fn lease_beside(&self, most: usize, busy: &[String]) -> Result<Vec<Due>> {
        let busy: [String; BUSY_MOST] = std::array::from_fn(|at| busy.get(at).cloned().unwrap_or_default());
        // asked without writing, since the answer is mostly no: and each commit wakes the sender, who asks again
        let (now, rate) = (self.desk.clock().now(), Rate::of(self.desk.settings().ticket_limits.domain));
        let waiting = sqlx::query(concat!("select 1 from letter_out where ", due!(), " limit 1"))
            .bind(now.0)
            .bind(&busy[0])
            .bind(&busy[1])
            .bind(&busy[2])
            .bind(rate::limit(rate, now))
            .fetch_optional(self.desk.db().read())
            .await?;
        if waiting.is_none() {
            return Ok(vec![]);
        }
        let rows = self.desk.db().write(move |tx| Box::pin(async move { lease(tx, most, &busy, rate).await })).await?;
        let mut due = vec![];
        for leased in rows {
            let lease = leased.lease.clone();
            match self.open(leased).await {
                Ok(Ok(letter)) => due.push(letter),
                Ok(Err(why)) => self.failed(&lease, why).await?,
                Err(error) => self.failed(&lease, &error.to_string()).await?,
            }
        }
        Ok(due)
    }

    /// The letter as it is to be sent, or why it is to be sent no more.
    async fn open(&self, leased: Leased) -> Result<Result<Due, &'static str>> {
        if leased.kind == LetterKind::Copy
            && let Some(why) = self.is_closed_to(&leased).await?
        {
            return Ok(Err(why));
        }
        let letter: Letter = serde_json::from_str(&leased.json)?;
        let files = self.files_of(&letter).await?;
        Ok(Ok(Due { lease: leased.lease, letter, files, attempts: leased.attempts }))
    }

    /// Contents of a letter's attachments, in their order.
    pub(crate) async fn files_of(&self, letter: &Letter) -> Result<Vec<Vec<u8>>> {
        let mut files = vec![];
        for file in &letter.attachments {
            files.push(self.desk.blobs().read(self.desk.db().read(), &file.sha256).await?);
        }
        Ok(files)
    }

    /// A copy may have waited longer than its reader was an agent, or saw the conversation.
    async fn is_closed_to(&self, leased: &Leased) -> Result<Option<&'static str>> {
        let (property, mut conn) = (&leased.lease.property, self.desk.db().read().acquire().await?);
        let row = sqlx::query(
            "select a.id from agent a join membership m on m.agent = a.id where a.email = $1 and m.property = $2 and m.disabled_at is null",
        )
        .bind(&leased.recipient)
        .bind(property.as_str())
        .fetch_optional(&mut *conn)
        .await?;
        let Some(row) = row else { return Ok(Some("its reader is no agent of this property any more")) };
        let line = match &leased.conversation {
            Some(id) => line::load(&mut conn, property, id).await?,
            None => None,
        };
        Ok(match line {
            Some(line) if !sight::sees(&mut conn, property, &word(&row, "id")?, &line).await? => {
                Some("its reader does not see this conversation any more")
            }
            _ => None,
        })
    }

    /// The sender still lives and sends: the lease begins anew. False when it was lost, and the letter must not be sent.
    pub async fn renew(&self, lease: &Lease) -> Result<bool> {
        let lease = lease.clone();
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    let renewed =
                        sqlx::query("update letter_out set leased_until = $3 where id = $1 and leased_at = $2 and leased_until > 0 and status = 'waiting'")
                            .bind(lease.id.as_str())
                            .bind(lease.at.0)
                            .bind(now.plus(LEASE).0)
                            .execute(tx.conn())
                            .await?;
                    Ok(renewed.rows_affected() == 1)
                })
            })
            .await
    }
}

async fn lease(tx: &mut Tx, most: usize, busy: &[String; BUSY_MOST], rate: Option<Rate>) -> Result<Vec<Leased>> {
    let (now, mut all) = (tx.now(), vec![]);
    for _ in 0..RACES {
        let slow = pace::slow(tx).await?;
        let rows = sqlx::query(concat!("select id, domain from letter_out where ", due!(), " order by next_at, id limit $6"))
            .bind(now.0)
            .bind(&busy[0])
            .bind(&busy[1])
            .bind(&busy[2])
            .bind(rate::limit(rate, now))
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(tx.conn())
            .await?;
        for row in &rows {
            let domain: String = row.try_get("domain")?;
            if (slow.contains(&domain) && !pace::turn(tx, &domain).await?) || !rate::take(tx, &domain, rate).await? {
                continue;
            }
            match take(tx, now, row.try_get("id")?).await? {
                Some(leased) => all.push(leased),
                None => rate::give_back(tx, &domain, rate).await?,
            }
        }
        if rows.is_empty() || !all.is_empty() {
            break;
        }
    }
    Ok(all)
}

/// Leases one letter, unless another sender was faster.
async fn take(tx: &mut Tx, now: Moment, id: String) -> Result<Option<Leased>> {
    let row = sqlx::query(
        "update letter_out set leased_until = $3, leased_at = $2, attempts = attempts + 1 where id = $1 and status = 'waiting' and leased_until <= $2 \
         returning id, property, conversation, kind, recipient, letter, attempts",
    )
    .bind(id)
    .bind(now.0)
    .bind(now.plus(LEASE).0)
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| {
        Ok(Leased {
            lease: Lease { id: word(&row, "id")?, property: word(&row, "property")?, at: now },
            conversation: word_or_none(&row, "conversation")?,
            kind: word(&row, "kind")?,
            recipient: row.try_get("recipient")?,
            json: row.try_get("letter")?,
            attempts: row.try_get("attempts")?,
        })
    })
    .transpose()
}
