//! How an agent notices: what they chose, and the browsers that are told while no page of theirs is open.
//! Knows rows; what deserves a notice is the model's rule, and how a push is sent is the process's.

pub mod outbox;

use model::{
    AgentId, Language, Moment, PropertyId, PushId, Refusal,
    moment::SECOND,
    notify::{Notifying, PushBrowser, PushNote, Settings, Subscription},
    text::notify as texts,
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Agent, Desk, OrNotFound as _, Result,
    db::{Conn, Tx},
    line::word,
    sight::{self, Sight},
    staff,
};

/// Most browsers of one agent that are told; the oldest goes.
const BROWSERS_MOST: i64 = 20;
/// What a test is written under in the outbox.
const TEST: &str = "test";
/// Seconds between two tests of a browser.
const TEST_EVERY: u32 = 3;

/// The key by which push services know this Recado.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushKey {
    /// Kept here alone: PKCS #8, base64url.
    pub private: String,
    /// As browsers take it: an uncompressed point, base64url.
    pub public: String,
}

impl Desk {
    /// The key by which push services know this Recado: `fresh` if there was none, so that every node has the same.
    pub async fn push_key(&self, fresh: PushKey) -> Result<PushKey> {
        let known = self.known_push_key().await?;
        if let Some(known) = known {
            return Ok(known);
        }
        let value = format!("{} {}", fresh.private, fresh.public);
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    sqlx::query("insert into secret (name, value) values ('push', $1) on conflict (name) do nothing")
                        .bind(value)
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await?;
        Ok(self.known_push_key().await?.unwrap_or(fresh))
    }

    async fn known_push_key(&self) -> Result<Option<PushKey>> {
        let row = sqlx::query("select value from secret where name = 'push'").fetch_optional(self.db().read()).await?;
        let Some(row) = row else { return Ok(None) };
        let value: String = row.try_get(0)?;
        Ok(value.split_once(' ').map(|(private, public)| PushKey { private: private.to_owned(), public: public.to_owned() }))
    }
}

impl Agent {
    /// What they want to notice, and how.
    pub async fn notify_settings(&self) -> Result<Settings> {
        let mut conn = self.desk.db().read().acquire().await?;
        let row =
            sqlx::query("select settings from notify_setting where agent = $1").bind(self.id.as_str()).fetch_optional(&mut *conn).await?;
        settings(row.as_ref())
    }

    /// Changes what they want to notice, in every property and browser of theirs.
    pub async fn change_notify_settings(&self, settings: Settings) -> Result<()> {
        let text = serde_json::to_string(&settings)?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                sqlx::query("insert into notify_setting (agent, settings) values ($1, $2) on conflict (agent) do update set settings = excluded.settings")
                    .bind(agent.id.as_str())
                    .bind(text)
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// All that the page of settings shows.
    pub async fn notifying(&self) -> Result<Notifying> {
        let push_key = self.desk.known_push_key().await?.map(|key| key.public).unwrap_or_default();
        Ok(Notifying { settings: self.notify_settings().await?, push_key, browsers: self.push_browsers().await? })
    }

    /// Their browsers that are told; the one that asks first, then by when they began.
    pub async fn push_browsers(&self) -> Result<Vec<PushBrowser>> {
        let rows = sqlx::query(
            "select p.id, p.session, p.created_at, p.state, p.state_at, p.why, s.browser from push_subscription p
             join session s on s.id = p.session where p.agent = $1 and s.expires_at > $2 order by p.created_at, p.id",
        )
        .bind(self.id.as_str())
        .bind(self.desk.clock().now().0)
        .fetch_all(self.desk.db().read())
        .await?;
        let mut all = rows.iter().map(|row| self.browser_of(row)).collect::<Result<Vec<_>>>()?;
        all.sort_by_key(|browser| !browser.current);
        Ok(all)
    }

    fn browser_of(&self, row: &AnyRow) -> Result<PushBrowser> {
        Ok(PushBrowser {
            id: word(row, "id")?,
            browser: row.try_get("browser")?,
            current: row.try_get::<&str, _>("session")? == self.session.as_str(),
            created_at: Moment(row.try_get("created_at")?),
            state: word(row, "state")?,
            state_at: Moment(row.try_get("state_at")?),
            why: row.try_get("why")?,
        })
    }

    /// This browser is told from now on. It has one address at a time, and an address one browser.
    pub async fn subscribe_push(&self, subscription: Subscription) -> Result<PushId> {
        self.write(move |tx, agent| Box::pin(async move { agent.subscribe_now(tx, subscription).await })).await
    }

    async fn subscribe_now(&self, tx: &mut Tx, subscription: Subscription) -> Result<PushId> {
        let now = tx.now();
        sqlx::query("delete from push_subscription where endpoint = $1 or session = $2")
            .bind(&subscription.endpoint)
            .bind(self.session.as_str())
            .execute(tx.conn())
            .await?;
        sqlx::query(
            "delete from push_subscription where id in (select id from push_subscription where agent = $1 order by created_at desc, id desc limit 1000 offset $2)",
        )
        .bind(self.id.as_str())
        .bind(BROWSERS_MOST - 1)
        .execute(tx.conn())
        .await?;
        let id = PushId::from_bits(self.desk.clock().bits());
        sqlx::query(
            "insert into push_subscription (id, agent, session, endpoint, p256dh, auth, created_at, state, state_at, why) values ($1, $2, $3, $4, $5, $6, $7, 'fresh', $7, '')",
        )
        .bind(id.as_str())
        .bind(self.id.as_str())
        .bind(self.session.as_str())
        .bind(&subscription.endpoint)
        .bind(&subscription.p256dh)
        .bind(&subscription.auth)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
        Ok(id)
    }

    /// A browser of theirs is told no more.
    pub async fn unsubscribe_push(&self, id: PushId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                sqlx::query("delete from push_subscription where id = $1 and agent = $2")
                    .bind(id.as_str())
                    .bind(agent.id.as_str())
                    .execute(tx.conn())
                    .await?
                    .or_not_found()
            })
        })
        .await
    }

    /// Owes a browser of theirs a test; what became of it stands at the browser.
    pub async fn test_push(&self, id: PushId) -> Result<()> {
        self.write(move |tx, agent| Box::pin(async move { agent.test_now(tx, &id).await })).await
    }

    async fn test_now(&self, tx: &mut Tx, id: &PushId) -> Result<()> {
        let now = tx.now();
        sqlx::query("update push_subscription set state = 'waiting', state_at = $3, why = '' where id = $1 and agent = $2")
            .bind(id.as_str())
            .bind(self.id.as_str())
            .bind(now.0)
            .execute(tx.conn())
            .await?
            .or_not_found()?;
        let language = language_of(tx, &self.property, &self.id).await?;
        let note = PushNote {
            title: language.say(texts::TEST_TITLE).to_owned(),
            body: language.say(texts::TEST_BODY).to_owned(),
            path: "/account/notifications".into(),
            tag: TEST.into(),
        };
        let last = sqlx::query("select at from push_out where subscription = $1 and tag = 'test'")
            .bind(id.as_str())
            .fetch_optional(tx.conn())
            .await?;
        let last = last.map(|row| row.try_get::<i64, _>(0)).transpose()?;
        if last.is_some_and(|last| now.since(Moment(last)) < i64::from(TEST_EVERY) * SECOND) {
            return Err(Refusal::TooMany { retry: TEST_EVERY }.into());
        }
        owe(tx, id, &Owed { property: self.property.clone(), reason: TEST, note, at: now, next_at: now }).await
    }
}

/// Something that a browser is to be told.
pub(crate) struct Owed {
    pub property: PropertyId,
    pub reason: &'static str,
    pub note: PushNote,
    /// When it happened.
    pub at: Moment,
    /// When it is due, unless the last one of its kind was sent just now.
    pub next_at: Moment,
}

/// How long after a push the next one about the same conversation waits, so that many words are one notification.
const PAUSE: i64 = 20 * SECOND;

/// Writes down what a browser is to be told; what waited under the same tag is told no more.
pub(crate) async fn owe(tx: &mut Tx, id: &PushId, owed: &Owed) -> Result<()> {
    let pause = if owed.reason == TEST { 0 } else { PAUSE };
    sqlx::query(
        "insert into push_out (subscription, tag, property, reason, note, at, next_at, attempts, sent_at) values ($1, $2, $3, $4, $5, $6, $7, 0, 0)
         on conflict (subscription, tag) do update set property = excluded.property, reason = excluded.reason, note = excluded.note, at = excluded.at, attempts = 0,
         next_at = case when push_out.sent_at + $8 > excluded.next_at then push_out.sent_at + $8 else excluded.next_at end",
    )
    .bind(id.as_str())
    .bind(&owed.note.tag)
    .bind(owed.property.as_str())
    .bind(owed.reason)
    .bind(serde_json::to_string(&owed.note)?)
    .bind(owed.at.0)
    .bind(owed.next_at.0)
    .bind(pause)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What an agent reads in a property: what they chose, else the property's.
async fn language_of(tx: &mut Tx, property: &PropertyId, agent: &AgentId) -> Result<Language> {
    let row = sqlx::query("select coalesce(a.language, p.language) as language from agent a join property p on p.id = $1 where a.id = $2")
        .bind(property.as_str())
        .bind(agent.as_str())
        .fetch_one(tx.conn())
        .await?;
    Ok(staff::language(&row)?.unwrap_or_default())
}

/// A row of settings, or the defaults.
fn settings(row: Option<&AnyRow>) -> Result<Settings> {
    let text = row.map(|row| row.try_get::<Option<String>, _>("settings")).transpose()?.flatten();
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}

/// A browser that listens for what happens in a property.
pub(crate) struct Listener {
    pub id: PushId,
    pub agent: AgentId,
    pub created_at: Moment,
    pub settings: Settings,
    /// What they see.
    pub sight: Sight,
}

/// Browsers whose sessions look at a property, of agents who may enter it, have the second step that it asks for, and are not invisible.
pub(crate) async fn listeners(conn: &mut Conn, property: &PropertyId, now: Moment) -> Result<Vec<Listener>> {
    let rows = sqlx::query(
        "select p.id, p.agent, p.created_at, n.settings, m.role, m.reach from push_subscription p join session s on s.id = p.session
         join membership m on m.property = s.property and m.agent = p.agent left join notify_setting n on n.agent = p.agent
         join property r on r.id = s.property join agent a on a.id = p.agent
         where s.property = $1 and s.expires_at > $2 and m.disabled_at is null and m.presence <> 'invisible'
         and (r.second_step_required_at is null or a.second_step_at is not null) order by p.id",
    )
    .bind(property.as_str())
    .bind(now.0)
    .fetch_all(&mut *conn)
    .await?;
    let mut all = vec![];
    for row in &rows {
        let agent = word(row, "agent")?;
        all.push(Listener {
            id: word(row, "id")?,
            created_at: Moment(row.try_get("created_at")?),
            settings: settings(Some(row))?,
            sight: sight::of(conn, property, &agent, word(row, "role")?, word(row, "reach")?).await?,
            agent,
        });
    }
    Ok(all)
}
