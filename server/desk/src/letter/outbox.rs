//! The outbox as the wire sees it: letters that are due, leased for a time, and what became of each.
//! Knows when to try again; knows no server and no socket.

use mail::compose::Letter;
use model::{
    ConversationId, LetterId, MessageId, Moment, PropertyId,
    letter::LetterStatus,
    moment::{HOUR, MINUTE},
};
use sqlx::Row as _;

use super::changed;
use crate::{
    Result,
    db::Tx,
    line::{word, word_or_none},
    message,
    postbox::{Postbox, mail_key},
};

/// How long a sender holds a letter: longer than SMTP waits for the last reply (300 s).
const LEASE: i64 = 10 * MINUTE;
/// After this long it is given up (email.md O2).
pub(super) const LAST_TRY: i64 = 48 * HOUR;
/// Pauses after each of the first tries; then hourly.
const PAUSES: [i64; 4] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];

/// A letter that is due, leased to the caller.
pub struct Due {
    /// Identity.
    pub id: LetterId,
    /// What goes on the wire.
    pub letter: Letter,
    /// Contents of `letter.attachments`, in their order.
    pub files: Vec<Vec<u8>>,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// Where a letter belongs.
struct Place {
    property: PropertyId,
    conversation: Option<ConversationId>,
    message: Option<MessageId>,
    mail_id: String,
    attempts: i64,
    until_at: Moment,
}

impl Postbox {
    /// Up to so many letters that are due. A letter whose contents cannot be read fails by itself and stops no other.
    pub async fn lease(&self, most: usize) -> Result<Vec<Due>> {
        // asked without writing, since the answer is mostly no: and each commit wakes the sender, who asks again
        let now = self.desk.clock().now();
        let waiting = sqlx::query("select 1 from letter_out where status = 'waiting' and next_at <= $1 and leased_until <= $1 limit 1")
            .bind(now.0)
            .fetch_optional(self.desk.db().read())
            .await?;
        if waiting.is_none() {
            return Ok(vec![]);
        }
        let rows = self.desk.db().write(move |tx| Box::pin(async move { lease(tx, most).await })).await?;
        let mut due = vec![];
        for (id, json, attempts) in rows {
            match self.open(&id, &json, attempts).await {
                Ok(letter) => due.push(letter),
                Err(error) => self.failed(&id, &error.to_string()).await?,
            }
        }
        Ok(due)
    }

    async fn open(&self, id: &LetterId, json: &str, attempts: i64) -> Result<Due> {
        let letter: Letter = serde_json::from_str(json)?;
        let mut files = vec![];
        for file in &letter.attachments {
            files.push(self.desk.blobs().read(self.desk.db().read(), &file.sha256).await?);
        }
        Ok(Due { id: id.clone(), letter, files, attempts })
    }

    /// The relay took it and said `reply`; an id that it put in place of ours is remembered.
    pub async fn sent(&self, id: &LetterId, reply: &str) -> Result<()> {
        let alias = alias(reply, self.desk.keys().domain());
        self.settle(id, LetterStatus::Sent, None, alias).await
    }

    /// It will not be tried again.
    pub async fn failed(&self, id: &LetterId, why: &str) -> Result<()> {
        self.settle(id, LetterStatus::Failed, Some(why), None).await
    }

    /// There is no relay: it is kept for reading.
    pub async fn keep(&self, id: &LetterId) -> Result<()> {
        self.settle(id, LetterStatus::Kept, None, None).await
    }

    /// It is tried again: after 1, 5, 15, 60 minutes, then hourly for two days, each a little more or less, and not before
    /// `not_before`. Then it is given up.
    pub async fn put_off(&self, id: &LetterId, why: &str, not_before: Option<Moment>) -> Result<()> {
        let (id, why, spread) = (id.clone(), cut(why), self.desk.clock().bits());
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let Some(place) = place(tx, &id).await? else { return Ok(()) };
                    let now = tx.now();
                    if now >= place.until_at {
                        return finish(tx, &id, &place, LetterStatus::Failed, Some(format!("given up after two days: {why}"))).await;
                    }
                    let next = now.plus(pause(place.attempts, spread)).max(not_before.unwrap_or(now));
                    sqlx::query("update letter_out set why = $2, next_at = $3, leased_until = 0 where id = $1 and status = 'waiting'")
                        .bind(id.as_str())
                        .bind(why)
                        .bind(next.0)
                        .execute(tx.conn())
                        .await?;
                    changed(tx, &place.property, place.conversation.as_ref(), place.message.iter().cloned().collect()).await
                })
            })
            .await
    }

    async fn settle(&self, id: &LetterId, status: LetterStatus, why: Option<&str>, alias: Option<String>) -> Result<()> {
        let (id, why) = (id.clone(), why.map(cut));
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let Some(place) = place(tx, &id).await? else { return Ok(()) };
                    if let (Some(alias), Some(conversation)) = (&alias, &place.conversation)
                        && *alias != place.mail_id
                    {
                        message::know_mail(tx, &place.property, alias, conversation, place.message.as_ref()).await?;
                    }
                    finish(tx, &id, &place, status, why).await
                })
            })
            .await
    }
}

async fn lease(tx: &mut Tx, most: usize) -> Result<Vec<(LetterId, String, i64)>> {
    let now = tx.now();
    // the outer conditions are looked at again when another sender was faster
    let rows = sqlx::query(
        "update letter_out set leased_until = $1, attempts = attempts + 1 \
         where id in (select id from letter_out where status = 'waiting' and next_at <= $2 and leased_until <= $2 order by next_at, id limit $3) \
         and status = 'waiting' and leased_until <= $2 returning id, letter, attempts",
    )
    .bind(now.plus(LEASE).0)
    .bind(now.0)
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok((word(row, "id")?, row.try_get("letter")?, row.try_get("attempts")?))).collect()
}

/// Where a letter belongs; its conversation is locked before the letter, as every verb does. None when it is gone.
async fn place(tx: &mut Tx, id: &LetterId) -> Result<Option<Place>> {
    let row = sqlx::query("select property, conversation, message, mail_id, attempts, until_at from letter_out where id = $1")
        .bind(id.as_str())
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let place = Place {
        property: word(&row, "property")?,
        conversation: word_or_none(&row, "conversation")?,
        message: word_or_none(&row, "message")?,
        mail_id: row.try_get("mail_id")?,
        attempts: row.try_get("attempts")?,
        until_at: Moment(row.try_get("until_at")?),
    };
    if let Some(conversation) = &place.conversation {
        sqlx::query("update conversation set seq = seq where property = $1 and id = $2")
            .bind(place.property.as_str())
            .bind(conversation.as_str())
            .execute(tx.conn())
            .await?;
    }
    Ok(Some(place))
}

/// A letter that came back before we heard that it was sent stays as it is.
async fn finish(tx: &mut Tx, id: &LetterId, place: &Place, status: LetterStatus, why: Option<String>) -> Result<()> {
    let now = tx.now();
    let done =
        sqlx::query("update letter_out set status = $2, why = $3, leased_until = 0, sent_at = $4 where id = $1 and status = 'waiting'")
            .bind(id.as_str())
            .bind(status.word())
            .bind(why)
            .bind((status == LetterStatus::Sent).then_some(now.0))
            .execute(tx.conn())
            .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    changed(tx, &place.property, place.conversation.as_ref(), place.message.iter().cloned().collect()).await
}

/// The pause before the next try, up to a fifth more or less.
fn pause(attempts: i64, spread: u128) -> i64 {
    let step = usize::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    let pause = PAUSES.get(step).copied().unwrap_or(HOUR);
    let fifth = pause / 5;
    let share = i64::try_from(spread % 1_000).unwrap_or(0);
    pause - fifth + 2 * fifth * share / 1_000
}

/// The id under which the relay's reply says it sends the mail on, if it is one that answers will name.
fn alias(reply: &str, domain: &str) -> Option<String> {
    let words = reply.split_whitespace().map(|word| word.trim_matches(|c: char| "<>()[];,=".contains(c)));
    let mut candidates = words.filter(|word| word.len() <= 250 && word.is_ascii());
    candidates.find_map(|word| {
        if let Some((local, at)) = word.rsplit_once('@') {
            return (!local.is_empty() && at.contains('.') && at != domain).then(|| mail_key(word));
        }
        // Amazon SES: `250 Ok 0100018a…-000000`, sent on as that @REGION.amazonses.com
        let pieces: Vec<&str> = word.split('-').collect();
        let long = pieces.len() == 7 && pieces[0].len() == 16 && pieces[6].len() == 6;
        (long && pieces.iter().all(|piece| piece.bytes().all(|byte| byte.is_ascii_hexdigit())))
            .then(|| mail_key(&format!("{word}@amazonses.com")))
    })
}

/// What the other side said, on one line and not endless.
fn cut(why: &str) -> String {
    why.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_spread() {
        assert_eq!(pause(1, 500), MINUTE);
        assert_eq!(pause(2, 0), 4 * MINUTE);
        assert!(pause(9, 999) > HOUR && pause(9, 999) <= HOUR + HOUR / 5);
    }

    #[test]
    fn a_relays_own_id_is_found_in_its_reply() {
        let ses = "250 Ok 0100018c4e5f6a7b-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000";
        assert_eq!(
            alias(ses, "in.example.com").as_deref(),
            Some("0100018c4e5f6a7b-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000@amazonses.com")
        );
        assert_eq!(alias("250 2.0.0 Ok: queued as <X1@relay.example>", "in.example.com").as_deref(), Some("X1@relay.example"));
        assert_eq!(alias("250 2.0.0 Ok: queued as 4F2C1A", "in.example.com"), None);
    }
}
