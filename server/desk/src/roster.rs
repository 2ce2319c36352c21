//! What every screen of a signed-in agent knows: who they are, where, and with whom.
//! Reads only; head first, then state. Order is made here, not by a database's collation.

use std::collections::BTreeMap;

use model::{DepartmentId, Moment, PropertyId, Refusal, agent, department::Department, event::People, roster::Roster};
use sqlx::Row as _;

use crate::{
    Agent, Result,
    db::Conn,
    line::{word, word_or_none},
    log, property, staff,
};

impl Agent {
    /// What every screen of theirs knows.
    pub async fn roster(&self) -> Result<Roster> {
        let mut conn = self.desk.db().read().acquire().await?;
        let head = log::head(&mut *conn, &self.property).await?;
        let property = property::load(&self.desk, &mut conn, &self.property).await?;
        let people = people(&mut conn, &self.property).await?;
        let own = people.agents.iter().find(|agent| agent.id == self.id).ok_or(Refusal::SignedOut)?.language;
        Ok(Roster {
            head,
            me: self.id.clone(),
            language: own.unwrap_or(property.language),
            zone: property.zone.clone(),
            property,
            properties: self.properties(&mut conn).await?,
            people,
            now: self.desk.clock().now(),
        })
    }

    /// Every property they may enter, by name.
    async fn properties(&self, conn: &mut Conn) -> Result<Vec<(PropertyId, String)>> {
        let rows = sqlx::query(
            "select p.id, p.name from membership m join property p on p.id = m.property where m.agent = $1 and m.disabled_at is null",
        )
        .bind(self.id.as_str())
        .fetch_all(conn)
        .await?;
        let mut all = rows.iter().map(|row| Ok((word(row, "id")?, row.try_get("name")?))).collect::<Result<Vec<(PropertyId, String)>>>()?;
        all.sort_by(|(a, a_name), (b, b_name)| (a_name, a).cmp(&(b_name, b)));
        Ok(all)
    }
}

/// Agents and departments of a property, as they stand now.
pub(crate) async fn people(conn: &mut Conn, property: &PropertyId) -> Result<People> {
    let rows = sqlx::query("select a.id, a.name, a.email, a.language, a.density, a.picture, m.role, m.reach, m.presence, m.disabled_at from membership m join agent a on a.id = m.agent where m.property = $1").bind(property.as_str()).fetch_all(&mut *conn).await?;
    let mut agents = vec![];
    for row in &rows {
        agents.push(agent::Agent {
            id: word(row, "id")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            role: word(row, "role")?,
            reach: word(row, "reach")?,
            language: staff::language(row)?,
            density: word(row, "density")?,
            presence: word(row, "presence")?,
            picture: row.try_get("picture")?,
            disabled_at: row.try_get::<Option<i64>, _>("disabled_at")?.map(Moment),
        });
    }
    agents.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(People { agents, departments: departments(conn, property).await? })
}

async fn departments(conn: &mut Conn, property: &PropertyId) -> Result<Vec<Department>> {
    let rows = sqlx::query(
        "select d.id, d.name, d.description, a.agent from department d \
         left join department_agent a on a.property = d.property and a.department = d.id where d.property = $1",
    )
    .bind(property.as_str())
    .fetch_all(conn)
    .await?;
    let mut all: BTreeMap<DepartmentId, Department> = BTreeMap::new();
    for row in &rows {
        let id: DepartmentId = word(row, "id")?;
        let known = all.entry(id.clone());
        let department =
            known.or_insert(Department { id, name: row.try_get("name")?, description: row.try_get("description")?, agents: vec![] });
        department.agents.extend(word_or_none(row, "agent")?);
    }
    let mut all: Vec<Department> = all.into_values().collect();
    for department in &mut all {
        department.agents.sort();
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}
