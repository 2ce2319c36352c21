//! The outbox as the wire sees it: what became of each letter that it leased.
//! Knows when to try again; knows no server and no socket.

use model::{
    ConversationId, MessageId, Moment, PropertyId, Refusal,
    letter::LetterStatus,
    moment::{HOUR, MINUTE},
};
use sqlx::Row as _;

use super::{alias::alias, changed, lease::Lease, pace, suppressed};
use crate::{
    Error, Result,
    db::Tx,
    line::{self, word, word_or_none},
    message,
    postbox::Postbox,
};

/// After this long it is given up (email.md O2).
pub(super) const LAST_TRY: i64 = 48 * HOUR;
/// Pauses after each of the first tries; then hourly.
const PAUSES: [i64; 4] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];

/// When a letter is tried again.
#[derive(Clone, Copy)]
enum Next {
    /// After its pause, and not before a moment.
    Pause(Option<Moment>),
    /// After its pause, and when its domain has patience again.
    Slower,
    /// At a moment.
    At(Moment),
}

/// Where a letter belongs.
struct Place {
    property: PropertyId,
    conversation: Option<ConversationId>,
    message: Option<MessageId>,
    recipient: String,
    domain: String,
    mail_id: String,
    attempts: i64,
    until_at: Moment,
    /// Whether the sender who asks still holds it.
    held: bool,
}

impl Postbox {
    /// The relay took it and said `reply`; an id that it put in place of ours is remembered.
    pub async fn sent(&self, lease: &Lease, reply: &str) -> Result<()> {
        let alias = alias(reply, self.desk.keys().domain());
        self.settle(lease, LetterStatus::Sent, None, alias).await
    }

    /// It will not be tried again.
    pub async fn failed(&self, lease: &Lease, why: &str) -> Result<()> {
        self.settle(lease, LetterStatus::Failed, Some(why), None).await
    }

    /// There is no relay: it is kept for reading.
    pub async fn keep(&self, lease: &Lease) -> Result<()> {
        self.settle(lease, LetterStatus::Kept, None, None).await
    }

    /// It is tried again: after 1, 5, 15, 60 minutes, then hourly for two days, each a little more or less, and not before
    /// `not_before`. Then it is given up.
    pub async fn put_off(&self, lease: &Lease, why: &str, not_before: Option<Moment>) -> Result<()> {
        self.again(lease, why, Next::Pause(not_before)).await
    }

    /// It is tried again at a moment, however often it was tried: it was the relay that was away. Given up after two days like others.
    pub async fn come_again(&self, lease: &Lease, why: &str, at: Moment) -> Result<()> {
        self.again(lease, why, Next::At(at)).await
    }

    /// The same, and the mail server of its recipient asked for patience: all letters to that domain come slower from now on.
    pub async fn slow_down(&self, lease: &Lease, why: &str) -> Result<()> {
        self.again(lease, why, Next::Slower).await
    }

    async fn again(&self, lease: &Lease, why: &str, when: Next) -> Result<()> {
        let (lease, why, spread) = (lease.clone(), cut(why), self.desk.clock().bits());
        self.desk
            .db()
            .write_to(&lease.property.clone(), move |tx| {
                Box::pin(async move {
                    let Some(place) = place(tx, &lease).await? else { return Ok(()) };
                    let now = tx.now();
                    let not_before = match when {
                        Next::Slower => pace::slow_down(tx, &place.domain, lease.at).await?,
                        Next::Pause(not_before) => not_before.unwrap_or(now),
                        Next::At(at) => at,
                    };
                    if !place.held {
                        return Ok(());
                    }
                    if now >= place.until_at {
                        return finish(tx, &lease, &place, LetterStatus::Failed, Some(format!("given up after two days: {why}"))).await;
                    }
                    let pause = if matches!(when, Next::At(_)) { 0 } else { pause(place.attempts, spread) };
                    let next = now.plus(pause).max(not_before);
                    sqlx::query("update letter_out set why = $2, next_at = $3, leased_until = 0 where id = $1 and status = 'waiting' and leased_at = $4")
                        .bind(lease.id.as_str())
                        .bind(why)
                        .bind(next.0)
                        .bind(lease.at.0)
                        .execute(tx.conn())
                        .await?;
                    changed(tx, &place.property, place.conversation.as_ref(), place.message.iter().cloned().collect()).await
                })
            })
            .await
    }

    async fn settle(&self, lease: &Lease, status: LetterStatus, why: Option<&str>, alias: Option<String>) -> Result<()> {
        let (lease, why) = (lease.clone(), why.map(cut));
        self.desk
            .db()
            .write_to(&lease.property.clone(), move |tx| {
                Box::pin(async move {
                    let Some(place) = place(tx, &lease).await? else { return Ok(()) };
                    if status == LetterStatus::Sent {
                        pace::speed_up(tx, &place.domain, lease.at).await?;
                    } else if !place.held {
                        return Ok(());
                    }
                    if let (Some(alias), Some(conversation)) = (&alias, &place.conversation)
                        && *alias != place.mail_id
                    {
                        message::know_mail(tx, &place.property, alias, conversation, place.message.as_ref()).await?;
                    }
                    if status == LetterStatus::Failed && why.as_deref().is_some_and(suppressed::is_dead) {
                        suppressed::suppress(tx, &place.property, &place.recipient).await?;
                    }
                    finish(tx, &lease, &place, status, why).await
                })
            })
            .await
    }
}

/// Where a letter belongs; its conversation is locked before the letter, as every verb does. None when it is gone.
async fn place(tx: &mut Tx, lease: &Lease) -> Result<Option<Place>> {
    let row = sqlx::query("select property, conversation, message, recipient, domain, mail_id, attempts, until_at, leased_at, leased_until from letter_out where id = $1")
        .bind(lease.id.as_str())
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let place = Place {
        property: word(&row, "property")?,
        conversation: word_or_none(&row, "conversation")?,
        message: word_or_none(&row, "message")?,
        recipient: row.try_get("recipient")?,
        domain: row.try_get("domain")?,
        mail_id: row.try_get("mail_id")?,
        attempts: row.try_get("attempts")?,
        until_at: Moment(row.try_get("until_at")?),
        held: row.try_get::<i64, _>("leased_at")? == lease.at.0 && row.try_get::<i64, _>("leased_until")? > 0,
    };
    if let Some(conversation) = &place.conversation {
        match line::take(tx, &place.property, conversation).await {
            Ok(_) | Err(Error::Refused(Refusal::NotFound)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(place))
}

/// A letter that came back before we heard that it was sent stays as it is; what a sender says who lost it counts when it was sent.
async fn finish(tx: &mut Tx, lease: &Lease, place: &Place, status: LetterStatus, why: Option<String>) -> Result<()> {
    let now = tx.now();
    let done = sqlx::query(
        "update letter_out set status = $2, why = $3, leased_until = 0, sent_at = $4 where id = $1 and status = 'waiting' and (leased_at = $5 or $2 = 'sent')",
    )
    .bind(lease.id.as_str())
    .bind(status.word())
    .bind(why)
    .bind((status == LetterStatus::Sent).then_some(now.0))
    .bind(lease.at.0)
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
}
