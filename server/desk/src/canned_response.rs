//! Canned responses: one's own, those of one's departments, and those of the property. Everybody keeps their own; admins keep the rest.

use model::{
    CannedResponseId, Moment, PropertyId, Refusal,
    audit::Act,
    canned_response::{CannedResponse, Scope},
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Agent, OnConstraint as _, Result,
    audit::{Deed, fields},
    db::{Conn, Tx},
    line::word,
};

fn of_row(row: &AnyRow) -> Result<CannedResponse> {
    Ok(CannedResponse { id: word(row, "id")?, scope: word(row, "scope")?, shortcut: row.try_get("shortcut")?, text: row.try_get("body")? })
}

async fn load(conn: &mut Conn, property: &PropertyId, id: &CannedResponseId) -> Result<Option<CannedResponse>> {
    let row = sqlx::query("select id, scope, shortcut, body from canned_response where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(of_row).transpose()
}

impl Agent {
    /// Those this agent can use, by shortcut; of one shortcut the nearest first: their own, a department's, the property's.
    /// An admin sees those of every department.
    pub async fn list_canned_responses(&self) -> Result<Vec<CannedResponse>> {
        let rows = sqlx::query(
            "select c.id, c.scope, c.shortcut, c.body from canned_response c where c.property = $1 and (c.scope = 'property' or c.scope = $2 \
             or c.scope in (select 'department:' || d.department from department_agent d where d.property = $1 and d.agent = $3) \
             or (c.scope like 'department:%' and $4 = 'admin'))",
        )
        .bind(self.property.as_str())
        .bind(Scope::Agent(self.id.clone()).to_string())
        .bind(self.id.as_str())
        .bind(self.role.word())
        .fetch_all(self.desk.db().read())
        .await?;
        let mut all = rows.iter().map(of_row).collect::<Result<Vec<_>>>()?;
        all.sort_by(|a, b| (&a.shortcut, &a.scope, &a.id).cmp(&(&b.shortcut, &b.scope, &b.id)));
        Ok(all)
    }

    /// Keeps a canned response, new or changed.
    pub async fn save_canned_response(&self, canned: CannedResponse) -> Result<()> {
        let canned = canned.check()?;
        self.write(move |tx, agent| Box::pin(async move { agent.keep_canned(tx, canned).await })).await
    }

    async fn keep_canned(&self, tx: &mut Tx, canned: CannedResponse) -> Result<()> {
        if let Some(known) = load(tx.conn(), &self.property, &canned.id).await? {
            self.may_keep(tx, &known.scope).await?;
        }
        self.may_keep(tx, &canned.scope).await?;
        let now: Moment = tx.now();
        sqlx::query(
            "insert into canned_response (property, id, scope, shortcut, body, changed_at) values ($1, $2, $3, $4, $5, $6) \
             on conflict (property, id) do update set scope = excluded.scope, shortcut = excluded.shortcut, body = excluded.body, changed_at = excluded.changed_at",
        )
        .bind(self.property.as_str())
        .bind(canned.id.as_str())
        .bind(canned.scope.to_string())
        .bind(&canned.shortcut)
        .bind(&canned.text)
        .bind(now.0)
        .execute(tx.conn())
        .await
        .on_constraint("canned_response_key", "canned_response.shortcut", Refusal::Taken { field: "shortcut".into() })?;
        self.note_shortcut(tx, Act::ShortcutSaved, &canned).await
    }

    /// Forgets a canned response.
    pub async fn delete_canned_response(&self, id: CannedResponseId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let known = load(tx.conn(), &agent.property, &id).await?.ok_or(Refusal::NotFound)?;
                agent.may_keep(tx, &known.scope).await?;
                sqlx::query("delete from canned_response where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .execute(tx.conn())
                    .await?;
                agent.note_shortcut(tx, Act::ShortcutDeleted, &known).await
            })
        })
        .await
    }

    /// What is for others is told in the audit log; one's own is nobody's business.
    async fn note_shortcut(&self, tx: &mut Tx, act: Act, canned: &CannedResponse) -> Result<()> {
        if matches!(canned.scope, Scope::Agent(_)) {
            return Ok(());
        }
        self.note_deed(tx, Deed::new(act, &canned.shortcut).to(fields([("scope", canned.scope.to_string())]))).await
    }

    /// Another agent's own is not there for this one.
    async fn may_keep(&self, tx: &mut Tx, scope: &Scope) -> Result<()> {
        match scope {
            Scope::Agent(id) if *id == self.id => Ok(()),
            Scope::Agent(_) => Err(Refusal::NotFound.into()),
            Scope::Property => self.admin(),
            Scope::Department(id) => {
                self.admin()?;
                let known = sqlx::query("select 1 from department where property = $1 and id = $2")
                    .bind(self.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                known.map(|_| ()).ok_or_else(|| Refusal::NotFound.into())
            }
        }
    }
}
