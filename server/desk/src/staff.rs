//! Agents of a property: who they are, their role, and whether they may enter. Admins change others, everybody changes themselves.
//! Knows memberships; knows nothing of how somebody signs in.

use futures::future::BoxFuture;
use model::{
    AgentId, Language, Moment, PropertyId, Refusal,
    address::line_of_field,
    agent::{Density, NAME_MOST, Reach, Role},
    audit::Act,
    event::What,
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Agent, Desk, Fault, OnConstraint as _, Result,
    audit::{self, Deed, Doer},
    db::Tx,
    follow,
    line::word,
    log::{self, Happened},
};

impl Agent {
    /// Makes another agent of the property an admin, or an agent.
    pub async fn set_role(&self, of: AgentId, role: Role) -> Result<()> {
        self.change_member(of, move |before| Member { role, ..before }).await
    }

    /// Lets another agent see all of the property, what is their departments' and theirs, or what is theirs alone: at once and on every
    /// screen. An admin sees all, whatever is said of them.
    pub async fn set_reach(&self, of: AgentId, reach: Reach) -> Result<()> {
        self.change_member(of, move |before| Member { reach, ..before }).await
    }

    /// Closes the property to an agent, at once and on every screen.
    pub async fn disable_agent(&self, of: AgentId) -> Result<()> {
        let now = self.desk.clock().now();
        self.change_member(of, move |before| Member { disabled_at: before.disabled_at.or(Some(now)), ..before }).await
    }

    /// Opens the property to an agent again.
    pub async fn enable_agent(&self, of: AgentId) -> Result<()> {
        self.change_member(of, |before| Member { disabled_at: None, ..before }).await
    }

    /// Runs what only an admin may do, refused at once to who is none. Changes of people and settings of a property come one
    /// after the other, and only from who is an admin at that moment: two admins who disable each other leave one. The verb says what it
    /// did, for the audit log; nothing, where nothing is another than before.
    pub(crate) async fn as_admin<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx, &'t Self) -> BoxFuture<'t, Result<(T, Option<Deed>)>> + Send + 'static,
    {
        self.admin()?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                admin(tx, agent).await?;
                let (done, deed) = verb(tx, agent).await?;
                if let Some(deed) = deed {
                    agent.note_deed(tx, deed).await?;
                }
                Ok(done)
            })
        })
        .await
    }

    async fn change_member(&self, of: AgentId, change: impl FnOnce(Member) -> Member + Send + 'static) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let before = member(tx, &agent.property, &of).await?.ok_or(Refusal::NotFound)?;
                let after = change(before);
                if after == before {
                    return Ok(((), None));
                }
                if before.rules() && !after.rules() && rulers(tx, &agent.property).await? < 2 {
                    return Err(Refusal::LastAdmin.into());
                }
                sqlx::query("update membership set role = $3, disabled_at = $4, reach = $5 where property = $1 and agent = $2")
                    .bind(agent.property.as_str())
                    .bind(of.as_str())
                    .bind(after.role.word())
                    .bind(after.disabled_at.map(|at| at.0))
                    .bind(after.reach.word())
                    .execute(tx.conn())
                    .await?;
                if before.disabled_at.is_none() && after.disabled_at.is_some() {
                    follow::end(tx, &agent.property, &of, &agent.author()).await?;
                }
                let resighted = if before.seen() == after.seen() { vec![] } else { vec![of.clone()] };
                log::append(tx, Happened { resighted, ..Happened::new(&agent.property, agent.author(), What::PeopleChanged) }).await?;
                Ok(((), Some(deed(tx, &of, before, after).await?)))
            })
        })
        .await
    }

    /// Changes their own name, the language they read (none for the property's), and how much the rows of their Inbox show.
    pub async fn change_profile(&self, name: &str, language: Option<Language>, density: Density) -> Result<()> {
        let name = line_of_field("name", name, NAME_MOST)?;
        self.change_self(move |tx, agent| {
            Box::pin(async move {
                sqlx::query("update agent set name = $2, language = $3, density = $4 where id = $1")
                    .bind(agent.id.as_str())
                    .bind(&name)
                    .bind(language.map(Language::tag))
                    .bind(density.word())
                    .execute(tx.conn())
                    .await?;
                agent.name = name;
                Ok(())
            })
        })
        .await
    }

    /// Changes something of themselves that colleagues of every property see. Another name is written down in each: by it they are called.
    pub(crate) async fn change_self<F>(&self, change: F) -> Result<()>
    where
        F: for<'t> FnOnce(&'t mut Tx, &'t mut Self) -> BoxFuture<'t, Result<()>> + Send + 'static,
    {
        let mut agent = self.clone();
        let rows = sqlx::query("select property from membership where agent = $1 order by property")
            .bind(agent.id.as_str())
            .fetch_all(self.desk.db().read())
            .await?;
        let properties: Vec<PropertyId> = rows.iter().map(|row| word(row, "property")).collect::<Result<_>>()?;
        self.desk
            .db()
            .write_across(properties.clone(), move |tx| {
                Box::pin(async move {
                    let before = agent.name.clone();
                    change(tx, &mut agent).await?;
                    for property in &properties {
                        log::append(tx, Happened::new(property, agent.author(), What::PeopleChanged)).await?;
                        if agent.name != before {
                            let deed = Deed::new(Act::Renamed, "").changing((before.clone(), agent.name.clone()));
                            audit::write(tx, property.as_str(), &Doer { author: &agent.author(), address: &agent.address }, deed).await?;
                        }
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// An agent's place in a property.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Member {
    role: Role,
    reach: Reach,
    disabled_at: Option<Moment>,
}

impl Member {
    /// What they really see.
    fn seen(self) -> Reach {
        if self.role == Role::Admin { Reach::All } else { self.reach }
    }

    fn rules(self) -> bool {
        self.role == Role::Admin && self.disabled_at.is_none()
    }
}

/// What became of a member, by name.
async fn deed(tx: &mut Tx, of: &AgentId, before: Member, after: Member) -> Result<Deed> {
    let name: String = sqlx::query("select name from agent where id = $1").bind(of.as_str()).fetch_one(tx.conn()).await?.try_get(0)?;
    Ok(match (before.disabled_at, after.disabled_at) {
        (None, Some(_)) => Deed::new(Act::Disabled, name),
        (Some(_), None) => Deed::new(Act::Enabled, name),
        _ if before.reach != after.reach => {
            Deed::new(Act::ReachChanged, name).changing((before.reach.to_string(), after.reach.to_string()))
        }
        _ => Deed::new(Act::RoleChanged, name).changing((before.role.to_string(), after.role.to_string())),
    })
}

async fn member(tx: &mut Tx, property: &PropertyId, agent: &AgentId) -> Result<Option<Member>> {
    let row = sqlx::query("select role, reach, disabled_at from membership where property = $1 and agent = $2")
        .bind(property.as_str())
        .bind(agent.as_str())
        .fetch_optional(tx.conn())
        .await?;
    row.map(|row| {
        Ok(Member {
            role: word(&row, "role")?,
            reach: word(&row, "reach")?,
            disabled_at: row.try_get::<Option<i64>, _>("disabled_at")?.map(Moment),
        })
    })
    .transpose()
}

/// How many admins may enter.
async fn rulers(tx: &mut Tx, property: &PropertyId) -> Result<i64> {
    let row = sqlx::query("select count(*) from membership where property = $1 and role = 'admin' and disabled_at is null")
        .bind(property.as_str())
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get(0)?)
}

/// Takes the property's turn, and asks the rows who is an admin now.
async fn admin(tx: &mut Tx, agent: &Agent) -> Result<()> {
    sqlx::query("update property set created_at = created_at where id = $1").bind(agent.property.as_str()).execute(tx.conn()).await?;
    let known = member(tx, &agent.property, &agent.id).await?.filter(|member| member.disabled_at.is_none());
    if known.ok_or(Refusal::SignedOut)?.rules() { Ok(()) } else { Err(Refusal::Forbidden.into()) }
}

/// Makes an agent's account.
pub(crate) async fn add(tx: &mut Tx, desk: &Desk, name: &str, email: &str, password: &str) -> Result<AgentId> {
    let (id, now) = (AgentId::from_bits(desk.clock().bits()), tx.now());
    sqlx::query("insert into agent (id, name, email, password, created_at) values ($1, $2, $3, $4, $5)")
        .bind(id.as_str())
        .bind(name)
        .bind(email)
        .bind(password)
        .bind(now.0)
        .execute(tx.conn())
        .await
        .on_constraint("agent_email_key", "agent.email", Refusal::Taken { field: "email".into() })?;
    Ok(id)
}

/// Gives an agent their place in a property; who has one keeps it.
pub(crate) async fn join(tx: &mut Tx, property: &PropertyId, agent: &AgentId, (role, reach): (Role, Reach)) -> Result<()> {
    let now = tx.now();
    sqlx::query(
        "insert into membership (property, agent, role, created_at, reach) values ($1, $2, $3, $4, $5) on conflict (property, agent) do nothing",
    )
    .bind(property.as_str())
    .bind(agent.as_str())
    .bind(role.word())
    .bind(now.0)
    .bind(reach.word())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The language a row names, if it names one.
pub(crate) fn language(row: &AnyRow) -> Result<Option<Language>> {
    let tag: Option<String> = row.try_get("language")?;
    tag.map(|tag| tag.parse().map_err(|()| Fault::Row(format!("language holds {tag:?}")).into())).transpose()
}
