//! The outbox of pushes as the wire sees it. What is taken out is written down as told before it is sent: whoever dies in between
//! told it at most once. Knows when to try again; knows no socket and no key.

use model::{
    AgentId, Moment, PropertyId, PushId,
    moment::{DAY, HOUR, MINUTE, SECOND},
    notify::{PushNote, Reason, WORTH},
};
use sqlx::{Row as _, any::AnyRow};

use super::TEST;
use crate::{
    Desk, Result,
    db::Tx,
    line::{word, word_or_none},
};

/// Pauses after each try; then it is given up.
const PAUSES: [i64; 5] = [30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR];
/// The longest that a push service may ask us to wait.
const PATIENCE: i64 = 6 * HOUR;
/// Most characters kept of why.
const WHY_MOST: usize = 200;

/// A push that is due, taken out.
#[derive(Clone, Debug)]
pub struct DuePush {
    /// Which browser.
    pub subscription: PushId,
    /// Whose it is.
    pub agent: AgentId,
    /// Where it happened.
    pub property: PropertyId,
    /// Address at the push service.
    pub endpoint: String,
    /// The browser's public key, base64url.
    pub p256dh: String,
    /// Its secret, base64url.
    pub auth: String,
    /// What it is told.
    pub note: PushNote,
    /// A test is sent whatever its agent does just now.
    pub test: bool,
    /// Whether somebody waits right now.
    pub pressing: bool,
    attempts: i64,
}

impl Desk {
    /// Takes out up to so many pushes that are due. What nobody needs any more is dropped: read meanwhile, answered, gone.
    pub async fn take_pushes(&self, most: i64) -> Result<Vec<DuePush>> {
        let now = self.clock().now();
        // asked without writing, since the answer is mostly no
        let due = sqlx::query("select 1 from push_out where next_at <= $1 limit 1").bind(now.0).fetch_optional(self.db().read()).await?;
        if due.is_none() {
            return Ok(vec![]);
        }
        self.db().write(move |tx| Box::pin(async move { take(tx, most).await })).await
    }

    /// The push service took it.
    pub async fn push_sent(&self, push: &DuePush) -> Result<()> {
        self.push_state(push, "sent", "").await
    }

    /// It will not be tried again.
    pub async fn push_failed(&self, push: &DuePush, why: &str) -> Result<()> {
        self.push_state(push, "failed", why).await
    }

    /// The browser is there no more.
    pub async fn push_gone(&self, push: &DuePush) -> Result<()> {
        let (id, endpoint) = (push.subscription.clone(), push.endpoint.clone());
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    sqlx::query("delete from push_subscription where id = $1 and endpoint = $2")
                        .bind(id.as_str())
                        .bind(endpoint)
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// It is tried again later, after so many seconds at least if the service asked for them; and given up in the end.
    pub async fn push_again(&self, push: &DuePush, why: &str, after: Option<i64>) -> Result<()> {
        let tries = usize::try_from(push.attempts).unwrap_or(usize::MAX);
        let Some(pause) = PAUSES.get(tries) else { return self.push_failed(push, why).await };
        let pause = (*pause).max(after.unwrap_or(0).saturating_mul(SECOND).min(PATIENCE));
        self.push_state(push, "waiting", why).await?;
        let (id, tag, attempts) = (push.subscription.clone(), push.note.tag.clone(), push.attempts + 1);
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    let next = tx.now().plus(pause);
                    // something newer may be owed by now; that is told instead
                    sqlx::query("update push_out set next_at = $3, attempts = $4 where subscription = $1 and tag = $2 and next_at is null")
                        .bind(id.as_str())
                        .bind(tag)
                        .bind(next.0)
                        .bind(attempts)
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    async fn push_state(&self, push: &DuePush, state: &'static str, why: &str) -> Result<()> {
        let (id, why): (_, String) = (push.subscription.clone(), why.chars().take(WHY_MOST).collect());
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    sqlx::query("update push_subscription set state = $2, state_at = $3, why = $4 where id = $1")
                        .bind(id.as_str())
                        .bind(state)
                        .bind(now.0)
                        .bind(why)
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}

async fn take(tx: &mut Tx, most: i64) -> Result<Vec<DuePush>> {
    let now = tx.now();
    let rows = sqlx::query(
        "select o.subscription, o.tag, o.property, o.reason, o.note, o.at, o.next_at, o.attempts, p.agent, p.endpoint, p.p256dh, p.auth,
         m.presence, m.disabled_at, s.expires_at, r.read_at, c.id as known, c.waiting_at, y.second_step_required_at, a.second_step_at
         from push_out o join push_subscription p on p.id = o.subscription join session s on s.id = p.session
         join agent a on a.id = p.agent left join property y on y.id = o.property
         left join membership m on m.property = o.property and m.agent = p.agent
         left join read_mark r on r.property = o.property and r.conversation = o.tag and r.agent = p.agent
         left join conversation c on c.property = o.property and c.id = o.tag
         where o.next_at <= $1 order by o.next_at limit $2",
    )
    .bind(now.0)
    .bind(most)
    .fetch_all(tx.conn())
    .await?;
    let mut due = vec![];
    for row in &rows {
        let taken = sqlx::query("update push_out set next_at = null, sent_at = $4 where subscription = $1 and tag = $2 and next_at = $3")
            .bind(row.try_get::<&str, _>("subscription")?)
            .bind(row.try_get::<&str, _>("tag")?)
            .bind(row.try_get::<i64, _>("next_at")?)
            .bind(now.0)
            .execute(tx.conn())
            .await?;
        if taken.rows_affected() == 1 && is_worth_telling(row, now)? {
            due.push(of_row(row)?);
        }
    }
    sqlx::query("delete from push_out where at < $1").bind(now.plus(-2 * DAY).0).execute(tx.conn()).await?;
    Ok(due)
}

fn of_row(row: &AnyRow) -> Result<DuePush> {
    let reason: &str = row.try_get("reason")?;
    Ok(DuePush {
        subscription: word(row, "subscription")?,
        agent: word(row, "agent")?,
        property: word(row, "property")?,
        endpoint: row.try_get("endpoint")?,
        p256dh: row.try_get("p256dh")?,
        auth: row.try_get("auth")?,
        note: serde_json::from_str(row.try_get("note")?)?,
        test: reason == TEST,
        pressing: reason == TEST || matches!(reason.parse(), Ok(Reason::Waiting | Reason::Said | Reason::Invited)),
        attempts: row.try_get("attempts")?,
    })
}

fn is_worth_telling(row: &AnyRow, now: Moment) -> Result<bool> {
    let moment = |name: &str| row.try_get::<Option<i64>, _>(name);
    let at: i64 = row.try_get("at")?;
    let reason: &str = row.try_get("reason")?;
    let presence: Option<model::agent::Presence> = word_or_none(row, "presence")?;
    let proven = moment("second_step_required_at")?.is_none() || moment("second_step_at")?.is_some();
    let enters = presence.is_some() && moment("disabled_at")?.is_none() && row.try_get::<i64, _>("expires_at")? > now.0 && proven;
    if reason == TEST {
        return Ok(enters);
    }
    let there = row.try_get::<Option<&str>, _>("known")?.is_some() && now.0 - at < WORTH;
    let read = moment("read_at")?.is_some_and(|read| read >= at);
    let over = reason == Reason::Waiting.word() && moment("waiting_at")? == Some(i64::MAX);
    Ok(enters && presence != Some(model::agent::Presence::Invisible) && there && !read && !over)
}
