//! Archives that admins bring: their rows, and whose turn it is to go through one. What is in an archive is read elsewhere.

use std::path::PathBuf;

use model::{
    ImportId, Moment, PropertyId, Refusal, Why,
    agent::Role,
    audit::Act,
    history::{Archive, Archives, Form, LISTED, Stage, Tally, Wishes},
    moment::SECOND,
};
use sqlx::{Row as _, any::AnyRow};

use super::History;
use crate::{
    Agent, Desk, Fault, OrNotFound as _, Result,
    audit::{Deed, fields},
    db::Tx,
    line::word,
    outside::Outside,
};

/// Whoever goes through an archive says so at least so often; longer, and somebody else does.
const PATIENCE: i64 = 60 * SECOND;
/// Archives of a property that may wait or go at once: each is a large file.
const AT_ONCE: i64 = 5;

const COLUMNS: &str = "select id, name, size, form, called, created_at, ours, open_since, stage, total, looked, tally, why from archive \
     where property = $1 order by id desc limit $2";

impl Desk {
    /// Where the file of an archive is.
    pub fn archive(&self, id: &ImportId) -> PathBuf {
        self.settings().data.join("archives").join(id.as_str())
    }
}

impl Agent {
    /// Makes room for an archive that is about to be received: its file is written there.
    pub async fn expect_archive(&self) -> Result<(ImportId, PathBuf)> {
        self.admin()?;
        let row = sqlx::query("select count(*) from archive where property = $1 and stage in ('checking', 'checked', 'running')")
            .bind(self.property.as_str())
            .fetch_one(self.desk.db().read())
            .await?;
        if row.try_get::<i64, _>(0)? >= AT_ONCE {
            return Err(Refusal::invalid("file", Why::TooMany(5)).into());
        }
        let id = ImportId::from_bits(self.desk.clock().bits());
        let file = self.desk.archive(&id);
        if let Some(folder) = file.parent() {
            let fault = |error| Fault::File(folder.display().to_string(), error);
            tokio::fs::create_dir_all(folder).await.map_err(fault)?;
        }
        Ok((id, file))
    }

    /// Brings an archive whose file was received. It is looked at next.
    pub async fn bring_archive(&self, id: ImportId, name: &str, size: i64, form: Form, wishes: Wishes) -> Result<()> {
        self.admin()?;
        if wishes.property != self.property {
            return Err(Refusal::Conflict.into());
        }
        let name: String = name.chars().take(200).collect();
        let called = self.name().to_owned();
        self.write(move |tx, agent| {
            Box::pin(async move {
                let now = tx.now();
                sqlx::query(
                    "insert into archive (property, id, agent, called, name, size, form, ours, open_since, stage, created_at) \
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'checking', $10)",
                )
                .bind(agent.property.as_str())
                .bind(id.as_str())
                .bind(agent.id.as_str())
                .bind(&called)
                .bind(&name)
                .bind(size)
                .bind(form.word())
                .bind(serde_json::to_string(&wishes.ours)?)
                .bind(wishes.open_since.map(|at| at.0))
                .bind(now.0)
                .execute(tx.conn())
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// The newest archives, and how large one may be.
    pub async fn list_archives(&self) -> Result<Archives> {
        self.admin()?;
        let most = self.desk.outside().map_or(0, Outside::archive_most);
        let rows = sqlx::query(COLUMNS).bind(self.property.as_str()).bind(LISTED).fetch_all(self.desk.db().read()).await?;
        Ok(Archives { all: rows.iter().map(of_row).collect::<Result<_>>()?, most })
    }

    /// Has an archive taken in that was looked at.
    pub async fn run_archive(&self, id: ImportId) -> Result<()> {
        self.admin()?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                let (name, tally) = agent.archive_of(tx, &id).await?;
                let run = "update archive set stage = 'running', looked = 0, tally = '{}', moved_at = 0 where property = $1 and id = $2 and stage = 'checked'";
                agent.change_archive(tx, &id, run).await?;
                let deed = Deed::new(Act::HistoryImported, name).to(fields([("would", tally.would.to_string())]));
                agent.note_deed(tx, deed).await
            })
        })
        .await
    }

    /// Stops an archive: what was not taken in stays out.
    pub async fn stop_archive(&self, id: ImportId) -> Result<()> {
        self.admin()?;
        let file = self.desk.archive(&id);
        self.write(move |tx, agent| {
            Box::pin(async move {
                let (name, tally) = agent.archive_of(tx, &id).await?;
                let stop = "update archive set stage = 'stopped', turn = turn + 1 where property = $1 and id = $2 and stage in ('checking', 'checked', 'running')";
                agent.change_archive(tx, &id, stop).await?;
                let told = [("opened", tally.opened.to_string()), ("added", tally.added.to_string())];
                agent.note_deed(tx, Deed::new(Act::HistoryStopped, name).to(fields(told))).await
            })
        })
        .await?;
        forget(file).await;
        Ok(())
    }

    async fn archive_of(&self, tx: &mut Tx, id: &ImportId) -> Result<(String, Tally)> {
        let row = sqlx::query("select name, tally from archive where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(tx.conn())
            .await?
            .ok_or(Refusal::NotFound)?;
        Ok((row.try_get("name")?, json(&row, "tally")?))
    }

    async fn change_archive(&self, tx: &mut Tx, id: &ImportId, change: &'static str) -> Result<()> {
        let changed = sqlx::query(change).bind(self.property.as_str()).bind(id.as_str()).execute(tx.conn()).await?;
        // it is there: it went on meanwhile
        Ok(changed.or_not_found().map_err(|_| Refusal::Conflict)?)
    }
}

/// A turn at an archive.
pub struct Turn {
    desk: Desk,
    property: PropertyId,
    number: i64,
    /// The archive, as it was when the turn began.
    pub archive: Archive,
}

impl Desk {
    /// Takes the turn at the archive that waits longest; none when none waits.
    pub async fn take_archive(&self) -> Result<Option<Turn>> {
        let now = self.clock().now();
        let row = sqlx::query(
            "select property, id from (select * from (select property, id, moved_at from archive where stage = 'checking' and moved_at < $1 order by moved_at, id limit 1) c \
             union all select * from (select property, id, moved_at from archive where stage = 'running' and moved_at < $1 order by moved_at, id limit 1) r) w \
             order by moved_at limit 1",
        )
        .bind(now.plus(-PATIENCE).0)
        .fetch_optional(self.db().read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (property, id): (PropertyId, ImportId) = (word(&row, "property")?, word(&row, "id")?);
        let (of, before) = (property.clone(), now.plus(-PATIENCE).0);
        let taken = self.db().write_to(&property, move |tx| Box::pin(async move { take(tx, &of, &id, before).await })).await?;
        Ok(taken.map(|(archive, number)| Turn { desk: self.clone(), property, number, archive }))
    }

    /// Which archives are still wanted: their files may not go.
    pub async fn wanted_archives(&self) -> Result<Vec<ImportId>> {
        let rows =
            sqlx::query("select id from archive where stage in ('checking', 'checked', 'running')").fetch_all(self.db().read()).await?;
        rows.iter().map(|row| word(row, "id")).collect()
    }
}

async fn take(tx: &mut Tx, property: &PropertyId, id: &ImportId, before: i64) -> Result<Option<(Archive, i64)>> {
    let now = tx.now();
    let row = sqlx::query(
        "update archive set moved_at = $3, turn = turn + 1 where property = $1 and id = $2 and moved_at < $4 and stage in ('checking', 'running') \
         returning id, name, size, form, called, created_at, ours, open_since, stage, total, looked, tally, why, turn, agent",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(now.0)
    .bind(before)
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let admin = sqlx::query("select 1 from membership where property = $1 and agent = $2 and disabled_at is null and role = $3")
        .bind(property.as_str())
        .bind(row.try_get::<String, _>("agent")?)
        .bind(Role::Admin.word())
        .fetch_optional(tx.conn())
        .await?;
    if admin.is_none() {
        // who may no longer do it does nothing more
        sqlx::query("update archive set stage = 'stopped' where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
        return Ok(None);
    }
    Ok(Some((of_row(&row)?, row.try_get("turn")?)))
}

impl Turn {
    /// The history that it goes into.
    pub async fn history(&self) -> Result<History> {
        let row =
            sqlx::query("select name from property where id = $1").bind(self.property.as_str()).fetch_one(self.desk.db().read()).await?;
        let Archive { ours, open_since, form, name, .. } = &self.archive;
        let source = format!("{form}: {name}").chars().take(200).collect::<String>();
        Ok(History {
            desk: self.desk.clone(),
            property: self.property.clone(),
            name: row.try_get("name")?,
            open_since: *open_since,
            ours: std::sync::Arc::new(ours.iter().cloned().collect()),
            source: source.into(),
        })
    }

    /// Says how far it is. False when the turn is somebody else's since, or the archive was stopped.
    pub async fn tell(&self) -> Result<bool> {
        self.put(self.archive.stage, true).await
    }

    /// Gives the turn back before the end: whoever comes goes on at once.
    pub async fn leave(&self) -> Result<bool> {
        self.put(self.archive.stage, false).await
    }

    /// It was gone through, or cannot be.
    pub async fn end(&mut self, failed: Option<String>) -> Result<()> {
        let stage = match (&failed, self.archive.stage) {
            (Some(_), _) => Stage::Failed,
            (None, Stage::Checking) => Stage::Checked,
            (None, _) => Stage::Done,
        };
        self.archive.why = failed.unwrap_or_default();
        if self.put(stage, true).await? && stage != Stage::Checked {
            forget(self.desk.archive(&self.archive.id)).await;
        }
        Ok(())
    }

    async fn put(&self, stage: Stage, held: bool) -> Result<bool> {
        let (property, number, archive) = (self.property.clone(), self.number, self.archive.clone());
        self.desk
            .db()
            .write_to(&self.property, move |tx| {
                Box::pin(async move {
                    let moved = if held { tx.now() } else { Moment(0) };
                    let put = sqlx::query(
                        "update archive set stage = $4, total = $5, looked = $6, tally = $7, why = $8, moved_at = $9 \
                         where property = $1 and id = $2 and turn = $3 and stage in ('checking', 'running')",
                    )
                    .bind(property.as_str())
                    .bind(archive.id.as_str())
                    .bind(number)
                    .bind(stage.word())
                    .bind(archive.total)
                    .bind(archive.looked)
                    .bind(serde_json::to_string(&archive.tally)?)
                    .bind(&archive.why)
                    .bind(moved.0)
                    .execute(tx.conn())
                    .await?;
                    Ok(put.rows_affected() > 0)
                })
            })
            .await
    }
}

/// The file goes. One that stays is found by who looks for what nobody wants.
async fn forget(file: PathBuf) {
    drop(tokio::fs::remove_file(file).await);
}

fn json<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T> {
    Ok(serde_json::from_str(row.try_get(column)?)?)
}

fn of_row(row: &AnyRow) -> Result<Archive> {
    Ok(Archive {
        id: word(row, "id")?,
        name: row.try_get("name")?,
        size: row.try_get("size")?,
        form: word(row, "form")?,
        by: row.try_get("called")?,
        at: Moment(row.try_get("created_at")?),
        ours: json(row, "ours")?,
        open_since: row.try_get::<Option<i64>, _>("open_since")?.map(Moment),
        stage: word(row, "stage")?,
        total: row.try_get("total")?,
        looked: row.try_get("looked")?,
        tally: json(row, "tally")?,
        why: row.try_get("why")?,
    })
}
