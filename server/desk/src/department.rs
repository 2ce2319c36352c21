//! Departments: named groups of agents that conversations are assigned to. Admins make and change them.
//! A department that goes leaves nobody's conversation behind: each is assigned to nobody first, by the verb that tells it.

use model::{
    AgentId, Assignee, ConversationId, DepartmentId, Refusal, Why, address::line_of_field, audit::Act, department::DESCRIPTION_MOST,
    event::What, property::NAME_MOST,
};
use sqlx::Row as _;

use crate::{
    Agent, OnConstraint as _, Result,
    audit::{Deed, fields},
    db::{Conn, Tx},
    line::word,
    log::{self, Happened},
    widget,
};

/// Conversations that one transaction takes from a department that goes, so that others get their turn between.
const TAKEN_AT_ONCE: i64 = 200;

/// What a department's form asks for, checked.
struct Described {
    name: String,
    description: String,
    agents: Vec<AgentId>,
}

fn check(name: &str, description: &str, mut agents: Vec<AgentId>) -> Result<Described, Refusal> {
    let name = line_of_field("name", name, NAME_MOST)?;
    let description = description.trim().to_owned();
    if description.chars().count() > DESCRIPTION_MOST as usize {
        return Err(Refusal::invalid("description", Why::TooLong(DESCRIPTION_MOST)));
    }
    agents.sort();
    agents.dedup();
    Ok(Described { name, description, agents })
}

impl Agent {
    /// Makes a department of agents of this property.
    pub async fn create_department(&self, name: &str, description: &str, agents: Vec<AgentId>) -> Result<DepartmentId> {
        self.admin()?;
        let described = check(name, description, agents)?;
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let (id, now) = (DepartmentId::from_bits(agent.desk.clock().bits()), tx.now());
                sqlx::query("insert into department (property, id, name, description, created_at) values ($1, $2, $3, $4, $5)")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind(&described.name)
                    .bind(&described.description)
                    .bind(now.0)
                    .execute(tx.conn())
                    .await
                    .on_constraint("department_name_key", "department.name", Refusal::Taken { field: "name".into() })?;
                fill(tx, agent, &id, &described.agents).await?;
                let resighted = limited(tx, agent, &id).await?;
                told(tx, agent, resighted).await?;
                let deed = Deed::new(Act::DepartmentMade, described.name).to(look(tx, agent, &id).await?);
                Ok((id, Some(deed)))
            })
        })
        .await
    }

    /// Changes a department's name, description and agents.
    pub async fn change_department(&self, id: DepartmentId, name: &str, description: &str, agents: Vec<AgentId>) -> Result<()> {
        self.admin()?;
        let described = check(name, description, agents)?;
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let (before, were) = (look(tx, agent, &id).await?, limited(tx, agent, &id).await?);
                let changed = sqlx::query("update department set name = $3, description = $4 where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind(&described.name)
                    .bind(&described.description)
                    .execute(tx.conn())
                    .await
                    .on_constraint("department_name_key", "department.name", Refusal::Taken { field: "name".into() })?;
                if changed.rows_affected() == 0 {
                    return Err(Refusal::NotFound.into());
                }
                sqlx::query("delete from department_agent where property = $1 and department = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .execute(tx.conn())
                    .await?;
                fill(tx, agent, &id, &described.agents).await?;
                let are = limited(tx, agent, &id).await?;
                let came = are.iter().filter(|one| !were.contains(one));
                let resighted = were.iter().filter(|one| !are.contains(one)).chain(came).cloned().collect();
                told(tx, agent, resighted).await?;
                let after = look(tx, agent, &id).await?;
                Ok(((), Some(Deed::new(Act::DepartmentChanged, described.name).changing((before, after)))))
            })
        })
        .await
    }

    /// Takes a department away. Its conversations are assigned to nobody first, in parts; should that break off, the department is still there.
    pub async fn delete_department(&self, id: DepartmentId) -> Result<()> {
        self.admin()?;
        let mut again = TAKEN_AT_ONCE;
        loop {
            let taken = assigned(self.desk.db().read().acquire().await?.as_mut(), self, &id).await?;
            if !taken.is_empty() {
                match self.assign(taken, Assignee::Nobody).await {
                    // one of them was deleted for ever meanwhile: the next look does not find it
                    Err(crate::Error::Refused(Refusal::NotFound)) if again > 0 => again -= 1,
                    outcome => outcome?,
                }
            } else if self.drop_department(id.clone()).await? {
                return Ok(());
            }
        }
    }

    /// Deletes the row, unless a conversation was assigned to it meanwhile.
    async fn drop_department(&self, id: DepartmentId) -> Result<bool> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let resighted = limited(tx, agent, &id).await?;
                let row = sqlx::query("delete from department where property = $1 and id = $2 returning name")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                let name: String = row.ok_or(Refusal::NotFound)?.try_get(0)?;
                if !assigned(tx.conn(), agent, &id).await?.is_empty() {
                    // nothing of a verb that refuses is stored: the department is there again
                    return Err(Refusal::Conflict.into());
                }
                widget::forget_hours(tx, &agent.property, &id).await?;
                told(tx, agent, resighted).await?;
                Ok(((), Some(Deed::new(Act::DepartmentDeleted, name))))
            })
        })
        .await
        .map(|()| true)
        .or_else(|error| if matches!(error, crate::Error::Refused(Refusal::Conflict)) { Ok(false) } else { Err(error) })
    }
}

/// Some of the conversations assigned to a department.
async fn assigned(conn: &mut Conn, agent: &Agent, id: &DepartmentId) -> Result<Vec<ConversationId>> {
    let rows =
        sqlx::query("select id from conversation where property = $1 and folder in ('inbox', 'spam', 'trash') and assignee = $2 limit $3")
            .bind(agent.property.as_str())
            .bind(Assignee::Department(id.clone()).to_string())
            .bind(TAKEN_AT_ONCE)
            .fetch_all(conn)
            .await?;
    rows.iter().map(|row| word(row, "id")).collect()
}

/// Puts agents into an empty department; each must belong to the property.
async fn fill(tx: &mut Tx, agent: &Agent, id: &DepartmentId, agents: &[AgentId]) -> Result<()> {
    for one in agents {
        let put = sqlx::query("insert into department_agent (property, department, agent) select property, $2, agent from membership where property = $1 and agent = $3")
            .bind(agent.property.as_str())
            .bind(id.as_str())
            .bind(one.as_str())
            .execute(tx.conn())
            .await?;
        if put.rows_affected() == 0 {
            return Err(Refusal::invalid("agents", Why::Unknown).into());
        }
    }
    Ok(())
}

/// What a department is, for the audit log; nothing when it is not there.
async fn look(tx: &mut Tx, agent: &Agent, id: &DepartmentId) -> Result<String> {
    let row = sqlx::query("select name, description from department where property = $1 and id = $2")
        .bind(agent.property.as_str())
        .bind(id.as_str())
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(String::new()) };
    let rows = sqlx::query("select a.name from department_agent d join agent a on a.id = d.agent where d.property = $1 and d.department = $2 order by a.name, a.id")
        .bind(agent.property.as_str())
        .bind(id.as_str())
        .fetch_all(tx.conn())
        .await?;
    let names = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?.join(", ");
    Ok(fields([("name", row.try_get("name")?), ("description", row.try_get("description")?), ("agents", names)]))
}

/// Agents of a department who see what is assigned to it, and not all.
async fn limited(tx: &mut Tx, agent: &Agent, id: &DepartmentId) -> Result<Vec<AgentId>> {
    let rows = sqlx::query(
        "select d.agent from department_agent d join membership m on m.property = d.property and m.agent = d.agent \
         where d.property = $1 and d.department = $2 and m.reach = 'departments' and m.role <> 'admin'",
    )
    .bind(agent.property.as_str())
    .bind(id.as_str())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| word(row, "agent")).collect()
}

async fn told(tx: &mut Tx, agent: &Agent, resighted: Vec<AgentId>) -> Result<()> {
    log::append(tx, Happened { resighted, ..Happened::new(&agent.property, agent.author(), What::PeopleChanged) }).await?;
    Ok(())
}
