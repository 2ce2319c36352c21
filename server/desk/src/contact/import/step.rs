//! Going through a table: a few rows in one transaction, with what became of each, and one event for all of them. It goes on after a
//! restart where it stood; a look without changes begins anew.

use std::collections::HashSet;

use model::{
    ContactId, ImportId, Moment, PropertyId, Refusal,
    address::EmailAddress,
    agent::Role,
    contact::{
        import::{Given, Import, Stage, given},
        merge::Told,
    },
    event::What,
    message::Author,
    moment::SECOND,
};
use sqlx::Row as _;

use super::{
    super::{index, merge::put_told},
    file, of_row,
    row::{self, Place},
};
use crate::{
    Desk, Error, Fault, Result,
    db::Tx,
    line::word,
    log::{self, Happened},
    organisation,
};

/// Rows of one transaction.
const STEP: usize = 50;
/// Whoever goes through a table moves on at least so often; longer, and somebody else does.
const PATIENCE: i64 = 30 * SECOND;

/// A table at work.
#[derive(Clone)]
struct Work {
    desk: Desk,
    property: PropertyId,
    id: ImportId,
    author: Author,
    heads: Vec<String>,
    columns: Vec<model::contact::import::Column>,
    stage: Stage,
    looked: i64,
}

impl Desk {
    /// Goes through the table that waits longest, to its end. False when none waits.
    pub async fn follow_contact_imports(&self) -> Result<bool> {
        let before = self.clock().now().plus(-PATIENCE);
        let row = sqlx::query(
            "select property, id from (select * from (select property, id, moved_at from contact_import where stage = 'checking' and moved_at < $1 order by moved_at, id limit 1) c \
             union all select * from (select property, id, moved_at from contact_import where stage = 'running' and moved_at < $1 order by moved_at, id limit 1) r) w \
             order by moved_at limit 1",
        )
        .bind(before.0)
        .fetch_optional(self.db().read())
        .await?;
        let Some(row) = row else { return Ok(false) };
        let (property, id): (PropertyId, ImportId) = (word(&row, "property")?, word(&row, "id")?);
        let gone = self.go_through(property.clone(), id.clone()).await;
        if gone.is_err() {
            // the others come first, and then this one again
            self.put_off(property, id).await?;
        }
        gone.map(|()| true)
    }

    async fn put_off(&self, property: PropertyId, id: ImportId) -> Result<()> {
        self.db()
            .write_to(&property.clone(), move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    sqlx::query("update contact_import set moved_at = $3 where property = $1 and id = $2")
                        .bind(property.as_str())
                        .bind(id.as_str())
                        .bind(now.0)
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    async fn go_through(&self, property: PropertyId, id: ImportId) -> Result<()> {
        let row = sqlx::query(
            "select i.id, i.name, i.heads, i.sample, i.columns, i.stage, i.total, i.looked, i.created, i.updated, i.same, i.refused, i.sha256, i.separator, i.agent, \
             (select a.name from membership m join agent a on a.id = m.agent where m.property = i.property and m.agent = i.agent and m.disabled_at is null \
             and m.role = $3) as called from contact_import i where i.property = $1 and i.id = $2",
        )
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(Role::Admin.word())
        .fetch_one(self.db().read())
        .await?;
        let import: Import = of_row(&row)?;
        // who may no longer do it does nothing more
        let Some(name) = row.try_get::<Option<String>, _>("called")? else { return self.stop(property, id).await };
        let text = self.blobs().read(self.db().read(), row.try_get("sha256")?).await?;
        let text = String::from_utf8(text).map_err(|error| Fault::Row(error.to_string()))?;
        let separator = row.try_get::<&str, _>("separator")?.bytes().next().unwrap_or(b',');
        let author = Author::Agent { id: word(&row, "agent")?, name };
        let (heads, columns, stage) = (import.heads, import.columns, import.stage);
        let mut work = Work { desk: self.clone(), property, id, author, heads, columns, stage, looked: import.looked };
        let mut rows = file::rows(&text, separator).skip(1).skip(usize::try_from(import.looked).unwrap_or(0)).peekable();
        // addresses of those who would be new: a later row is about the same one
        let mut new = HashSet::new();
        if stage == Stage::Checking && work.looked > 0 {
            return self.look_anew(&work).await;
        }
        while rows.peek().is_some() {
            let some: Vec<Vec<String>> = rows.by_ref().take(STEP).collect();
            let (step, last, seen) = (work.clone(), rows.peek().is_none(), std::mem::take(&mut new));
            let gone = self.db().write_to(&work.property, move |tx| Box::pin(async move { step.step(tx, some, last, seen).await })).await?;
            let Some((looked, seen)) = gone else { return Ok(()) };
            (work.looked, new) = (looked, seen);
        }
        Ok(())
    }

    /// What was found by half a look is forgotten.
    async fn look_anew(&self, work: &Work) -> Result<()> {
        let (property, id) = (work.property.clone(), work.id.clone());
        self.db()
            .write_to(&property.clone(), move |tx| {
                Box::pin(async move {
                    for text in [
                        "delete from contact_import_refused where property = $1 and import = $2",
                        "update contact_import set looked = 0, created = 0, updated = 0, same = 0, refused = 0, moved_at = 0 where property = $1 and id = $2",
                    ] {
                        sqlx::query(text).bind(property.as_str()).bind(id.as_str()).execute(tx.conn()).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn stop(&self, property: PropertyId, id: ImportId) -> Result<()> {
        self.db()
            .write_to(&property.clone(), move |tx| {
                Box::pin(async move {
                    sqlx::query("update contact_import set stage = 'done' where property = $1 and id = $2")
                        .bind(property.as_str())
                        .bind(id.as_str())
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}

/// What became of some rows.
#[derive(Default)]
struct Became {
    created: i64,
    updated: i64,
    same: i64,
    refused: i64,
    contacts: Vec<ContactId>,
}

impl Work {
    /// A few rows. Gives how many were looked at then and who would be new; none when somebody else went on.
    async fn step(
        self,
        tx: &mut Tx,
        rows: Vec<Vec<String>>,
        last: bool,
        mut new: HashSet<String>,
    ) -> Result<Option<(i64, HashSet<String>)>> {
        let n = i64::try_from(rows.len()).unwrap_or(0);
        let now = tx.now();
        let turn = sqlx::query("update contact_import set moved_at = $3 where property = $1 and id = $2 and stage = $4 and looked = $5")
            .bind(self.property.as_str())
            .bind(self.id.as_str())
            .bind(now.0)
            .bind(self.stage.word())
            .bind(self.looked)
            .execute(tx.conn())
            .await?;
        if turn.rows_affected() == 0 {
            return Ok(None);
        }
        let mut became = Became::default();
        for (at, cells) in (self.looked + 1..).zip(&rows) {
            match self.take(tx, cells, &mut new, &mut became).await {
                Ok(()) => {}
                Err(Error::Refused(why)) => {
                    became.refused += 1;
                    self.refuse(tx, at, cells, &why).await?;
                }
                Err(error) => return Err(error),
            }
        }
        let stage = match (last, self.stage) {
            (false, stage) => stage,
            (true, Stage::Checking) => Stage::Checked,
            (true, _) => Stage::Done,
        };
        sqlx::query(
            "update contact_import set stage = $3, looked = looked + $4, created = created + $5, updated = updated + $6, same = same + $7, refused = refused + $8 \
             where property = $1 and id = $2",
        )
        .bind(self.property.as_str())
        .bind(self.id.as_str())
        .bind(stage.word())
        .bind(n)
        .bind(became.created)
        .bind(became.updated)
        .bind(became.same)
        .bind(became.refused)
        .execute(tx.conn())
        .await?;
        if !became.contacts.is_empty() {
            let happened = Happened { contacts: became.contacts, ..Happened::new(&self.property, self.author, What::ContactChanged) };
            log::append(tx, happened).await?;
        }
        Ok(Some((self.looked + n, new)))
    }

    async fn take(&self, tx: &mut Tx, cells: &[String], new: &mut HashSet<String>, became: &mut Became) -> Result<()> {
        let given = given(&self.heads, &self.columns, cells)?;
        let place = row::place(tx.conn(), &self.property, &given).await?;
        if self.stage == Stage::Checking {
            let again = given.facts.emails.iter().any(|email| new.contains(email.as_str()));
            match place {
                Place::New(_) if again => became.updated += 1,
                Place::New(_) => became.created += 1,
                Place::Known(..) => became.updated += 1,
                Place::Same => became.same += 1,
            }
            new.extend(given.facts.emails.iter().map(|email| email.as_str().to_owned()));
            return Ok(());
        }
        match place {
            Place::Same => became.same += 1,
            Place::New(mut told) => {
                let emails = given.facts.emails.iter().map(EmailAddress::as_str);
                organisation::join(tx.conn(), &self.property, emails, &mut told.organisation).await?;
                let id = ContactId::from_bits(self.desk.clock().bits());
                let now: Moment = tx.now();
                sqlx::query("insert into contact (property, id, name, email, created_at, last_at) values ($1, $2, '', '', $3, $3)")
                    .bind(self.property.as_str())
                    .bind(id.as_str())
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                self.write(tx, id, &told, &given, became).await?;
                became.created += 1;
            }
            Place::Known(id, told) => {
                self.write(tx, id, &told, &given, became).await?;
                became.updated += 1;
            }
        }
        Ok(())
    }

    async fn write(&self, tx: &mut Tx, id: ContactId, told: &Told, given: &Given, became: &mut Became) -> Result<()> {
        for email in given.facts.emails.iter().map(EmailAddress::as_str) {
            let row = sqlx::query(
                "insert into contact_address (property, email, contact) values ($1, $2, $3) \
                 on conflict (property, email) do update set contact = contact_address.contact returning contact",
            )
            .bind(self.property.as_str())
            .bind(email)
            .bind(id.as_str())
            .fetch_one(tx.conn())
            .await?;
            if word::<ContactId>(&row, "contact")? != id {
                // it became somebody's since this row was placed: these rows are gone through again
                return Err(Fault::Race.into());
            }
        }
        put_told(tx, &self.desk, &self.property, &id, told).await?;
        index::index(tx, &self.property, &id).await?;
        if !became.contacts.contains(&id) {
            became.contacts.push(id);
        }
        Ok(())
    }

    async fn refuse(&self, tx: &mut Tx, at: i64, cells: &[String], why: &Refusal) -> Result<()> {
        sqlx::query("insert into contact_import_refused (property, import, n, cells, why) values ($1, $2, $3, $4, $5)")
            .bind(self.property.as_str())
            .bind(self.id.as_str())
            .bind(at)
            .bind(serde_json::to_string(cells)?)
            .bind(serde_json::to_string(why)?)
            .execute(tx.conn())
            .await?;
        Ok(())
    }
}
