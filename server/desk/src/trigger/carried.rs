//! What triggers decided for a chat that has not begun: kept with the visit, put on the chat when it begins.

use model::{
    Assignee, DepartmentId, PropertyId, VisitId,
    conversation::{Line, TAGS_MOST},
};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use crate::{
    Result,
    db::{Conn, Tx},
};

/// What waits for a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Carried {
    pub department: Option<DepartmentId>,
    pub tags: Vec<String>,
    pub notes: Vec<String>,
}

impl Carried {
    /// Puts department and tags on a line. What the visitor chose stays.
    pub fn put_on(&self, line: &mut Line) {
        for tag in &self.tags {
            if !line.tags.contains(tag) && line.tags.len() < TAGS_MOST as usize {
                line.tags.push(tag.clone());
            }
        }
        line.tags.sort();
        if let (Assignee::Nobody, Some(department)) = (&line.assignee, &self.department) {
            line.assignee = Assignee::Department(department.clone());
        }
    }
}

pub(super) async fn load(conn: &mut Conn, property: &PropertyId, visit: &VisitId) -> Result<Carried> {
    let row = sqlx::query("select carried from visit where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(visit.as_str())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| Ok::<_, crate::Error>(serde_json::from_str(row.try_get(0)?)?)).transpose()?.unwrap_or_default())
}

pub(super) async fn store(tx: &mut Tx, property: &PropertyId, visit: &VisitId, carried: &Carried) -> Result<()> {
    sqlx::query("update visit set carried = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(visit.as_str())
        .bind(serde_json::to_string(carried)?)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What waits for a chat in this visit, which begins now. A department that was deleted meanwhile is none.
pub(crate) async fn take_carried(tx: &mut Tx, property: &PropertyId, visit: &VisitId) -> Result<Carried> {
    let mut carried = load(tx.conn(), property, visit).await?;
    if carried != Carried::default() {
        store(tx, property, visit, &Carried::default()).await?;
    }
    if let Some(department) = &carried.department {
        let known = sqlx::query("select 1 from department where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(department.as_str())
            .fetch_optional(tx.conn())
            .await?;
        carried.department = known.and(carried.department);
    }
    Ok(carried)
}
