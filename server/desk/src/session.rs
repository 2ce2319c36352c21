//! Signing in, and the sessions of those who are: the door by which an [`Agent`] comes to act.
//! Stores no secret, only its SHA-256; knows no cookie. Who may not enter the property any more loses it here, at the next call.

use model::{
    AgentId, Moment, PropertyId, Refusal, SessionId, Why,
    agent::{Reach, Role, Session},
    audit::Act,
    message::Author,
    moment::{DAY, MINUTE},
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Agent, Desk, OrNotFound as _, Result,
    audit::{self, Deed, Doer},
    clock::{digest, secret},
    db::Tx,
    line::{self, word},
    password::{self, Tries},
    second_step,
    sight::{self, Sight},
};

/// How long a session lasts with nobody using it.
const IDLE_MOST: i64 = 30 * DAY;
/// How much older than the truth `seen_at` may be: a write per minute, not per request.
const SEEN_EVERY: i64 = MINUTE;
/// Most characters kept of what a browser says of itself.
const BROWSER_MOST: usize = 200;

/// What somebody signs in by.
#[derive(Clone, Copy)]
pub struct Secrets<'a> {
    /// Their password.
    pub password: &'a str,
    /// The code of the second step, for who has one.
    pub code: &'a str,
    /// What a browser answered for a passkey, in the place of the code.
    pub passkey: &'a str,
}

impl<'a> From<&'a str> for Secrets<'a> {
    fn from(password: &'a str) -> Self {
        Self { password, code: "", passkey: "" }
    }
}

/// Where somebody signs in from.
#[derive(Clone, Default)]
pub struct Browser {
    /// What it says of itself (`User-Agent`).
    pub name: String,
    /// Network address.
    pub address: String,
    /// The secret of the session it still holds: the new one takes its place, whosever it was.
    pub holds: Option<String>,
}

impl Desk {
    /// Signs somebody in; gives the new session's secret. The answer and its time are alike for a wrong password and an unknown person.
    /// Who has a second step is asked for its code once the password is right.
    pub async fn sign_in(&self, email: &str, secrets: impl Into<Secrets<'_>>, browser: Browser) -> Result<String> {
        let secrets: Secrets<'_> = secrets.into();
        let email = email.trim().to_lowercase();
        let tries = Tries::new(&email, &browser.address);
        tries.count(self.db()).await?;
        let row =
            sqlx::query("select id, name, password from agent where email = $1").bind(&email).fetch_optional(self.db().read()).await?;
        let who = row.as_ref().map(|row| Ok::<(AgentId, String), crate::Error>((word(row, "id")?, row.try_get("name")?))).transpose()?;
        let stored = row.map(|row| row.try_get("password")).transpose()?;
        let right = self.passwords().verify(secrets.password, stored.clone()).await?;
        let address = browser.address.clone();
        let outcome = match who.clone().zip(stored).filter(|_| right) {
            Some((who, stored)) => self.let_through(who, stored, tries.clone(), secrets.into(), browser).await,
            None => Err(Refusal::WrongPassword.into()),
        };
        self.note_outcome(&outcome, who.map(|who| who.0), &tries, address).await?;
        outcome
    }

    /// What is written down of somebody who was not let in. Who had the right password and was asked for the code has guessed nothing.
    pub(crate) async fn note_outcome(
        &self,
        outcome: &Result<String>,
        account: Option<AgentId>,
        tries: &Tries,
        address: String,
    ) -> Result<()> {
        let act = match outcome {
            Err(crate::Error::Refused(Refusal::WrongPassword)) => Act::SignInRefused,
            Err(crate::Error::Refused(Refusal::Invalid { why: Why::WrongCode | Why::WrongPasskey, .. })) => Act::SecondStepRefused,
            Err(crate::Error::Refused(Refusal::Invalid { field, why: Why::Required })) if field == "code" => {
                return tries.give_back(self.db()).await;
            }
            _ => return Ok(()),
        };
        self.db().write(move |tx| Box::pin(async move { audit::refused(tx, act, account.as_ref(), &address).await })).await
    }

    async fn let_through(
        &self,
        (agent, name): (AgentId, String),
        stored: String,
        tries: Tries,
        proof: second_step::Proof,
        browser: Browser,
    ) -> Result<String> {
        let desk = self.clone();
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    password::still(tx, &agent, &stored).await?;
                    // somebody who may enter nowhere is told what a stranger is told
                    let property = enterable(tx, &agent).await?.ok_or(Refusal::WrongPassword)?;
                    second_step::take(tx, &desk, &agent, &proof).await?;
                    tries.clear(tx).await?;
                    admit(tx, &desk, (agent, name), &property, &browser, Deed::new(Act::SignedIn, "")).await
                })
            })
            .await
    }

    /// Who a session's secret stands for, in the property it looks at. Cheap: an open socket may ask each second. Who still has to set up
    /// the second step that the property asks for may do nothing else.
    pub async fn agent(&self, token: &str) -> Result<Agent> {
        let (agent, missing) = self.whoever(token).await?;
        if missing { Err(Refusal::SecondStepMissing.into()) } else { Ok(agent) }
    }

    /// The same, for setting up the second step.
    pub async fn agent_setting_up(&self, token: &str) -> Result<Agent> {
        Ok(self.whoever(token).await?.0)
    }

    /// Who it is, and whether the second step that is asked for is missing.
    async fn whoever(&self, token: &str) -> Result<(Agent, bool)> {
        let token = digest(token.as_bytes());
        let row = self.session_row(&token).await?;
        if let Some(found) = self.acting(&row).await? {
            return Ok(found);
        }
        self.move_on(token.clone(), word(&row, "agent")?).await?;
        self.acting(&self.session_row(&token).await?).await?.ok_or_else(|| Refusal::SignedOut.into())
    }

    async fn session_row(&self, token: &str) -> Result<AnyRow> {
        let row = sqlx::query(
            "select s.id, s.agent, s.property, s.address, s.seen_at, s.expires_at, a.name, a.email, a.second_step_at, p.second_step_required_at, m.role, m.reach, m.disabled_at
             from session s join agent a on a.id = s.agent left join property p on p.id = s.property
             left join membership m on m.property = s.property and m.agent = s.agent where s.token = $1",
        )
        .bind(token)
        .fetch_optional(self.db().read())
        .await?;
        let row = row.ok_or(Refusal::SignedOut)?;
        let now = self.clock().now();
        if row.try_get::<i64, _>("expires_at")? <= now.0 {
            return Err(Refusal::SignedOut.into());
        }
        if now.since(Moment(row.try_get("seen_at")?)) >= SEEN_EVERY {
            // a database that takes nothing is still read
            if let Err(error) = self.seen(token.to_owned()).await {
                tracing::warn!(%error, "when a session was last used could not be written down");
            }
        }
        Ok(row)
    }

    /// The agent whom a row stands for, and whether their second step is missing. None: the property is closed to them.
    async fn acting(&self, row: &AnyRow) -> Result<Option<(Agent, bool)>> {
        let is = |name| row.try_get::<Option<i64>, _>(name).map(|at| at.is_some());
        let role: Option<Role> = line::word_or_none(row, "role")?;
        let Some(role) = role.filter(|_| is("disabled_at").is_ok_and(|disabled| !disabled)) else { return Ok(None) };
        let missing = is("second_step_required_at")? && !is("second_step_at")?;
        let (id, property): (AgentId, PropertyId) = (word(row, "agent")?, word(row, "property")?);
        let reach: Reach = word(row, "reach")?;
        let sight = if sight::is_whole(role, reach) {
            Sight::All
        } else {
            sight::of(self.db().read().acquire().await?.as_mut(), &property, &id, role, reach).await?
        };
        let agent = Agent {
            desk: self.clone(),
            id,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            property,
            role,
            sight,
            session: word(row, "id")?,
            address: row.try_get("address")?,
        };
        Ok(Some((agent, missing)))
    }

    /// The session's property is closed to its agent: on to another one that is not, if there is one.
    async fn move_on(&self, token: String, agent: AgentId) -> Result<()> {
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    let property: PropertyId = enterable(tx, &agent).await?.ok_or(Refusal::SignedOut)?;
                    sqlx::query("update session set property = $2 where token = $1")
                        .bind(token)
                        .bind(property.as_str())
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    async fn seen(&self, token: String) -> Result<()> {
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    sqlx::query("update session set seen_at = $2, expires_at = $3 where token = $1 and seen_at < $2")
                        .bind(token)
                        .bind(now.0)
                        .bind(now.plus(IDLE_MOST).0)
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}

impl Agent {
    /// Ends the session they came by.
    pub async fn sign_out(&self) -> Result<()> {
        self.end_session(self.session.clone()).await
    }

    /// Where they are signed in, last seen first.
    pub async fn list_sessions(&self) -> Result<Vec<Session>> {
        let rows = sqlx::query("select id, browser, address, created_at, seen_at from session where agent = $1 and expires_at > $2 order by seen_at desc, id desc")
            .bind(self.id.as_str())
            .bind(self.desk.clock().now().0)
            .fetch_all(self.desk.db().read())
            .await?;
        rows.iter().map(|row| self.session_of(row)).collect()
    }

    fn session_of(&self, row: &AnyRow) -> Result<Session> {
        let id: SessionId = word(row, "id")?;
        Ok(Session {
            current: id == self.session,
            id,
            browser: row.try_get("browser")?,
            address: row.try_get("address")?,
            created_at: Moment(row.try_get("created_at")?),
            seen_at: Moment(row.try_get("seen_at")?),
        })
    }

    /// Ends one of their own sessions.
    pub async fn end_session(&self, session: SessionId) -> Result<()> {
        let agent = self.id.clone();
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    sqlx::query("delete from session where id = $1 and agent = $2")
                        .bind(session.as_str())
                        .bind(agent.as_str())
                        .execute(tx.conn())
                        .await?
                        .or_not_found()
                })
            })
            .await
    }

    /// Changes their password, which they must know, and ends their other sessions.
    pub async fn change_password(&self, old: &str, new: &str) -> Result<()> {
        password::check(new)?;
        let (tries, stored) = self.own_password(old).await?;
        let hash = self.desk.passwords().hash(new).await?;
        let (agent, session) = (self.id.clone(), self.session.clone());
        let own = self.clone();
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    // two changes at once: the second one did not know the password any more
                    let changed = sqlx::query("update agent set password = $3 where id = $1 and password = $2")
                        .bind(agent.as_str())
                        .bind(stored)
                        .bind(hash)
                        .execute(tx.conn())
                        .await?;
                    if changed.rows_affected() == 0 {
                        return Err(Refusal::WrongPassword.into());
                    }
                    sqlx::query("delete from session where agent = $1 and id <> $2")
                        .bind(agent.as_str())
                        .bind(session.as_str())
                        .execute(tx.conn())
                        .await?;
                    tries.clear(tx).await?;
                    own.note_deed(tx, Deed::new(Act::PasswordChanged, "")).await
                })
            })
            .await
    }

    /// That they know their password: the tries to be forgotten once it was of use, and what is stored of it.
    pub(crate) async fn own_password(&self, password: &str) -> Result<(Tries, String)> {
        let tries = Tries::own(&self.id);
        tries.count(self.desk.db()).await?;
        let row = sqlx::query("select password from agent where id = $1").bind(self.id.as_str()).fetch_one(self.desk.db().read()).await?;
        let stored: String = row.try_get(0)?;
        if !self.desk.passwords().verify(password, Some(stored.clone())).await? {
            return Err(Refusal::WrongPassword.into());
        }
        Ok((tries, stored))
    }

    /// Looks at another property they belong to, from now on and in this session.
    pub async fn switch_property(&self, property: PropertyId) -> Result<()> {
        let (agent, session) = (self.id.clone(), self.session.clone());
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let known = sqlx::query("select 1 from membership where property = $1 and agent = $2 and disabled_at is null")
                        .bind(property.as_str())
                        .bind(agent.as_str())
                        .fetch_optional(tx.conn())
                        .await?;
                    known.ok_or(Refusal::NotFound)?;
                    sqlx::query("update session set property = $2 where id = $1")
                        .bind(session.as_str())
                        .bind(property.as_str())
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}

/// A property that the agent may enter: the one they looked at last, else the first by name.
pub(crate) async fn enterable(tx: &mut Tx, agent: &AgentId) -> Result<Option<PropertyId>> {
    let row = sqlx::query(
        "select m.property from membership m join property p on p.id = m.property left join session s on s.agent = m.agent and s.property = m.property
         where m.agent = $1 and m.disabled_at is null group by m.property, p.name order by coalesce(max(s.seen_at), 0) desc, p.name, m.property limit 1",
    )
    .bind(agent.as_str())
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| word(&row, "property")).transpose()
}

/// Lets somebody in who has shown who they are, and writes down how; gives the new session's secret.
pub(crate) async fn admit(
    tx: &mut Tx,
    desk: &Desk,
    (agent, name): (AgentId, String),
    property: &PropertyId,
    browser: &Browser,
    deed: Deed,
) -> Result<String> {
    let token = begin(tx, desk, &agent, property, browser).await?;
    let author = Author::Agent { id: agent, name };
    audit::write(tx, property.as_str(), &Doer { author: &author, address: &browser.address }, deed).await?;
    Ok(token)
}

/// Makes a session, a new one at each sign-in; gives its secret, which is nowhere else. The browser forgets the secret it held
/// before, so that session ends: nobody could see or end it any more.
pub(crate) async fn begin(tx: &mut Tx, desk: &Desk, agent: &AgentId, property: &PropertyId, browser: &Browser) -> Result<String> {
    let (token, now) = (secret(), tx.now());
    let name: String = browser.name.chars().take(BROWSER_MOST).collect();
    let address: String = browser.address.chars().take(BROWSER_MOST).collect();
    sqlx::query("delete from session where agent = $1 and expires_at <= $2").bind(agent.as_str()).bind(now.0).execute(tx.conn()).await?;
    if let Some(held) = &browser.holds {
        sqlx::query("delete from session where token = $1").bind(digest(held.as_bytes())).execute(tx.conn()).await?;
    }
    sqlx::query("insert into session (id, token, agent, property, browser, address, created_at, seen_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $7, $8)")
        .bind(SessionId::from_bits(desk.clock().bits()).as_str())
        .bind(digest(token.as_bytes()))
        .bind(agent.as_str())
        .bind(property.as_str())
        .bind(name)
        .bind(address)
        .bind(now.0)
        .bind(now.plus(IDLE_MOST).0)
        .execute(tx.conn())
        .await?;
    Ok(token)
}
