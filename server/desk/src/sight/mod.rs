//! What an agent sees: all of the property, or a part of it. The one place that decides it: on values here, as SQL in `filter::sight`, for
//! readers of the log in `told`. Every verb of an agent takes conversations through here; what is not seen is not there.

mod told;

use model::{
    AgentId, Assignee, ConversationId, MessageId, PropertyId, Refusal,
    agent::{Reach, Role},
    conversation::{Folder, Line},
    mention::mentions,
};
use sqlx::Row as _;

use crate::{
    Agent, Result,
    db::{Conn, Tx},
    line::{self, word},
};

/// What an agent sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// All of the property.
    All,
    /// What is assigned to one of these, and what they were called into.
    Part {
        /// Whose sight it is.
        agent: AgentId,
        /// Themselves, and their departments if those are seen.
        assignees: Vec<Assignee>,
    },
}

/// Whether who has this role and reach sees all.
pub(crate) fn is_whole(role: Role, reach: Reach) -> bool {
    role == Role::Admin || reach == Reach::All
}

/// What somebody sees who has this role and reach.
pub(crate) async fn of(conn: &mut Conn, property: &PropertyId, agent: &AgentId, role: Role, reach: Reach) -> Result<Sight> {
    if is_whole(role, reach) {
        return Ok(Sight::All);
    }
    let mut assignees = vec![Assignee::Agent(agent.clone())];
    if reach == Reach::Departments {
        let rows = sqlx::query("select department from department_agent where property = $1 and agent = $2 order by department")
            .bind(property.as_str())
            .bind(agent.as_str())
            .fetch_all(conn)
            .await?;
        for row in &rows {
            assignees.push(Assignee::Department(word(row, "department")?));
        }
    }
    Ok(Sight::Part { agent: agent.clone(), assignees })
}

/// What an agent of a property sees at this moment; none for who may not enter it.
pub(crate) async fn of_member(conn: &mut Conn, property: &PropertyId, agent: &AgentId) -> Result<Option<Sight>> {
    let row = sqlx::query("select role, reach from membership where property = $1 and agent = $2 and disabled_at is null")
        .bind(property.as_str())
        .bind(agent.as_str())
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(of(conn, property, agent, word(&row, "role")?, word(&row, "reach")?).await?))
}

/// Whether an agent of a property sees a conversation at this moment.
pub(crate) async fn sees(conn: &mut Conn, property: &PropertyId, agent: &AgentId, line: &Line) -> Result<bool> {
    match of_member(conn, property, agent).await? {
        Some(sight) => sight.sees(conn, property, line).await,
        None => Ok(false),
    }
}

impl Sight {
    /// Whether what is assigned so is seen, whoever was called into it.
    pub fn covers(&self, assignee: &Assignee) -> bool {
        match self {
            Self::All => true,
            Self::Part { assignees, .. } => assignees.contains(assignee),
        }
    }

    /// Whose it is, if it is a part.
    pub const fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::All => None,
            Self::Part { agent, .. } => Some(agent),
        }
    }

    /// Whether a conversation is seen.
    pub async fn sees(&self, conn: &mut Conn, property: &PropertyId, line: &Line) -> Result<bool> {
        match self {
            Self::Part { agent, .. } if !self.covers(&line.assignee) => is_called(conn, property, agent, &line.id).await,
            _ => Ok(true),
        }
    }
}

async fn is_called(conn: &mut Conn, property: &PropertyId, agent: &AgentId, id: &ConversationId) -> Result<bool> {
    let row = sqlx::query("select 1 from called where property = $1 and agent = $2 and conversation = $3")
        .bind(property.as_str())
        .bind(agent.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// An agent sees a conversation from now on, whosever it is.
pub(crate) async fn call(tx: &mut Tx, property: &PropertyId, agent: &AgentId, id: &ConversationId) -> Result<()> {
    sqlx::query(
        "insert into called (property, agent, conversation) values ($1, $2, $3) on conflict (property, agent, conversation) do nothing",
    )
    .bind(property.as_str())
    .bind(agent.as_str())
    .bind(id.as_str())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The same for all whom a note calls.
pub(crate) async fn call_mentioned(tx: &mut Tx, property: &PropertyId, id: &ConversationId, note: &str) -> Result<()> {
    if !note.contains('@') {
        return Ok(());
    }
    let rows =
        sqlx::query("select a.id, a.name from membership m join agent a on a.id = m.agent where m.property = $1 and m.disabled_at is null")
            .bind(property.as_str())
            .fetch_all(tx.conn())
            .await?;
    let names = rows.iter().map(|row| row.try_get("name")).collect::<Result<Vec<&str>, _>>()?;
    for (row, name) in rows.iter().zip(&names) {
        if mentions(note, name, &names) {
            call(tx, property, &word(row, "id")?, id).await?;
        }
    }
    Ok(())
}

/// An agent sees a conversation no more for having been called into it.
pub(crate) async fn dismiss(tx: &mut Tx, property: &PropertyId, agent: &AgentId, id: &ConversationId) -> Result<()> {
    sqlx::query("delete from called where property = $1 and agent = $2 and conversation = $3")
        .bind(property.as_str())
        .bind(agent.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}

impl Agent {
    /// Whether they see a conversation of the property. One that is not there is not seen.
    pub async fn sees(&self, id: &ConversationId) -> Result<bool> {
        match self.must_see(self.desk.db().read().acquire().await?.as_mut(), id).await {
            Err(crate::Error::Refused(Refusal::NotFound)) => Ok(false),
            outcome => outcome.map(|()| true),
        }
    }

    /// Whether they see the same as they did when somebody asked for them before.
    pub fn sees_as(&self, before: &Self) -> bool {
        self.sight == before.sight
    }

    /// Whether they see a part of the property alone.
    pub fn is_limited(&self) -> bool {
        self.sight != Sight::All
    }

    /// Refuses who sees a part alone: what shows or changes all.
    pub(crate) fn must_see_all(&self) -> Result<()> {
        if self.is_limited() { Err(Refusal::Forbidden.into()) } else { Ok(()) }
    }

    /// Refuses a conversation that they do not see, as one that is not there.
    pub(crate) async fn must_see(&self, conn: &mut Conn, id: &ConversationId) -> Result<()> {
        let row = sqlx::query("select assignee from conversation where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        let assignee: Assignee = word(&row.ok_or(Refusal::NotFound)?, "assignee")?;
        match self.sight.agent() {
            Some(agent) if !self.sight.covers(&assignee) && !is_called(conn, &self.property, agent, id).await? => {
                Err(Refusal::NotFound.into())
            }
            _ => Ok(()),
        }
    }

    /// The same of the conversation that a message is in; for who sees all it costs nothing.
    pub(crate) async fn must_see_message(&self, conn: &mut Conn, id: &MessageId) -> Result<()> {
        if !self.is_limited() {
            return Ok(());
        }
        let row = sqlx::query("select conversation from message where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        self.must_see(conn, &word(&row.ok_or(Refusal::NotFound)?, "conversation")?).await
    }

    async fn seen(&self, conn: &mut Conn, line: Line) -> Result<Line> {
        if self.sight.sees(conn, &self.property, &line).await? { Ok(line) } else { Err(Refusal::NotFound.into()) }
    }

    /// A conversation's line as it stands.
    pub(crate) async fn load(&self, conn: &mut Conn, id: &ConversationId) -> Result<Line> {
        let line = line::load(conn, &self.property, id).await?.ok_or(Refusal::NotFound)?;
        self.seen(conn, line).await
    }

    /// The same, locked until the end of the transaction.
    pub(crate) async fn take(&self, tx: &mut Tx, id: &ConversationId) -> Result<Line> {
        let line = line::take(tx, &self.property, id).await?;
        self.seen(tx.conn(), line).await
    }

    /// The same for a change of it: a ticket that was merged into another takes nothing any more.
    pub(crate) async fn take_living(&self, tx: &mut Tx, id: &ConversationId) -> Result<Line> {
        let line = self.take(tx, id).await?;
        if line.folder == Folder::Merged { Err(Refusal::Conflict.into()) } else { Ok(line) }
    }
}
