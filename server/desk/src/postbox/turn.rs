//! Who reads a mailbox, when several processes stand on one database: the one that holds it. Reading it twice would take nothing twice,
//! but it would fetch each mail as often as there are processes.

use std::collections::HashSet;

use model::{MailboxId, moment::SECOND};
use sqlx::Row as _;

use super::{Fetching, Postbox};
use crate::{Result, line::word};

/// How long a process that does not ask any more holds a mailbox.
const HOLD: i64 = 30 * SECOND;

impl Postbox {
    /// The mailboxes that a process is to read: those that no other one holds. It holds them as long as it goes on asking.
    pub async fn mailboxes_of(&self, process: &str) -> Result<Vec<Fetching>> {
        let rows = sqlx::query("select id, held_by, held_until from mailbox").fetch_all(self.desk.db().read()).await?;
        let (now, mut held) = (self.desk.clock().now().0, HashSet::new());
        for row in &rows {
            let (id, until): (MailboxId, i64) = (word(row, "id")?, row.try_get("held_until")?);
            let mine = row.try_get::<Option<&str>, _>("held_by")? == Some(process);
            // half of the time is left: nothing has to be written yet
            if (mine && until > now + HOLD / 2) || ((mine || until <= now) && self.hold(&id, process).await?) {
                held.insert(id);
            }
        }
        let mut all = self.mailboxes().await?;
        all.retain(|mailbox| held.contains(&mailbox.id));
        Ok(all)
    }

    async fn hold(&self, id: &MailboxId, process: &str) -> Result<bool> {
        let (id, process) = (id.clone(), process.to_owned());
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    let held = sqlx::query(
                        "update mailbox set held_by = $2, held_until = $3 where id = $1 and (held_by = $2 or held_until <= $4)",
                    )
                    .bind(id.as_str())
                    .bind(process)
                    .bind(now.plus(HOLD).0)
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                    Ok(held.rows_affected() == 1)
                })
            })
            .await
    }

    /// A process reads no more: another one may begin at once.
    pub async fn let_go_of_mailboxes(&self, process: &str) -> Result<()> {
        let process = process.to_owned();
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    sqlx::query("update mailbox set held_until = 0 where held_by = $1").bind(process).execute(tx.conn()).await?;
                    Ok(())
                })
            })
            .await
    }
}
