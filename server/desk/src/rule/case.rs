//! What rules are asked with: a conversation's line, its first words, whose departments it is in, and whether the property is open.

use model::{
    Assignee, Moment, PropertyId,
    conversation::Line,
    rule::{Case, Conditions, Subject},
};
use sqlx::Row as _;

use crate::{Result, db::Conn, widget, zone};

/// A conversation as these conditions need to see it.
pub(crate) async fn case(conn: &mut Conn, property: &PropertyId, line: &Line, conditions: &Conditions, now: Moment) -> Result<Case> {
    let asks = |subjects: &[Subject]| conditions.all().any(|condition| subjects.contains(&condition.subject));
    let mut case = Case { line: line.clone(), first: None, departments: vec![], open: true };
    if asks(&[Subject::First]) {
        let row =
            sqlx::query("select body from message where property = $1 and conversation = $2 and kind = 'said' order by seq, place limit 1")
                .bind(property.as_str())
                .bind(line.id.as_str())
                .fetch_optional(&mut *conn)
                .await?;
        case.first = row.map(|row| row.try_get("body")).transpose()?;
    }
    if asks(&[Subject::Department]) {
        case.departments = departments(conn, property, &line.assignee).await?;
    }
    if asks(&[Subject::Hours]) {
        let row = sqlx::query("select time_zone from property where id = $1").bind(property.as_str()).fetch_one(&mut *conn).await?;
        let zone = zone::around(row.try_get(0)?, now)?;
        case.open = widget::load(conn, property).await?.open(now, &zone);
    }
    Ok(case)
}

/// The department that is the assignee, or those of the agent who is.
async fn departments(conn: &mut Conn, property: &PropertyId, assignee: &Assignee) -> Result<Vec<String>> {
    let agent = match assignee {
        Assignee::Nobody => return Ok(vec![]),
        Assignee::Department(id) => return Ok(vec![id.to_string()]),
        Assignee::Agent(id) => id,
    };
    let rows = sqlx::query("select department from department_agent where property = $1 and agent = $2")
        .bind(property.as_str())
        .bind(agent.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
