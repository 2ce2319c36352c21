//! Tables of contacts that admins bring: kept as text, looked at row by row without a change, then done. Where a row ends up is
//! decided by `row`; `step` does a few at a time, so that others write in between.

mod file;
mod row;
mod step;

use model::{
    ImportId, PropertyId, Refusal, Why,
    audit::Act,
    contact::import::{COLUMNS_MOST, Column, Import, REFUSED_SHOWN, ROWS_MOST, RefusedRow, SAMPLE, Stage, guess},
};
use sqlx::{Row as _, any::AnyRow};

use super::{card::json, table};
use crate::{
    Agent, Desk, Fault, OrNotFound as _, Result,
    audit::{Deed, fields},
    blob,
    db::{Conn, Tx},
    line::word,
};

/// Most characters of a cell that are shown.
const CELL_MOST: usize = 80;

impl Agent {
    /// Brings a table. Gives the import, whose columns are guessed.
    pub async fn bring_contacts(&self, name: &str, bytes: Vec<u8>) -> Result<ImportId> {
        self.admin()?;
        let (name, text) = (name.chars().take(200).collect::<String>(), file::text(&bytes));
        let separator = file::separator(&text);
        let mut rows = file::rows(&text, separator);
        let heads = rows.next().ok_or(Refusal::invalid("file", Why::Required))?;
        if heads.len() > COLUMNS_MOST as usize {
            return Err(Refusal::invalid("file", Why::TooMany(COLUMNS_MOST)).into());
        }
        let (mut sample, mut total) = (vec![], 0_u32);
        for row in rows {
            if sample.len() < SAMPLE {
                sample.push(row.iter().map(|cell| cell.chars().take(CELL_MOST).collect()).collect::<Vec<String>>());
            }
            total += 1;
            if total > ROWS_MOST {
                return Err(Refusal::invalid("file", Why::TooMany(ROWS_MOST)).into());
            }
        }
        if total == 0 {
            return Err(Refusal::invalid("file", Why::Required).into());
        }
        let columns = guess(&heads);
        let blob = self.desk.prepare(text.into_bytes()).await?;
        let id = ImportId::from_bits(self.desk.clock().bits());
        self.write(move |tx, agent| {
            Box::pin(async move {
                let now = tx.now();
                blob::keep(tx, &blob).await?;
                sqlx::query(
                    "insert into contact_import (property, id, agent, name, sha256, separator, heads, sample, columns, stage, total, created_at) \
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'choosing', $10, $11)",
                )
                .bind(agent.property.as_str())
                .bind(id.as_str())
                .bind(agent.id.as_str())
                .bind(&name)
                .bind(&blob.sha256)
                .bind(char::from(separator).to_string())
                .bind(serde_json::to_string(&heads)?)
                .bind(serde_json::to_string(&sample)?)
                .bind(serde_json::to_string(&columns)?)
                .bind(i64::from(total))
                .bind(now.0)
                .execute(tx.conn())
                .await?;
                Ok(id)
            })
        })
        .await
    }

    /// How far a table has come.
    pub async fn open_contact_import(&self, id: ImportId) -> Result<Import> {
        self.admin()?;
        let mut conn = self.desk.db().read().acquire().await?;
        self.import(&mut conn, &id, REFUSED_SHOWN).await
    }

    async fn import(&self, conn: &mut Conn, id: &ImportId, refusals: i64) -> Result<Import> {
        let row = sqlx::query(
            "select id, name, heads, sample, columns, stage, total, looked, created, updated, same, refused from contact_import where property = $1 and id = $2",
        )
        .bind(self.property.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut *conn)
        .await?
        .ok_or(Refusal::NotFound)?;
        let rows = sqlx::query("select n, cells, why from contact_import_refused where property = $1 and import = $2 order by n limit $3")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(refusals)
            .fetch_all(conn)
            .await?;
        Ok(Import { refusals: rows.iter().map(refused_of).collect::<Result<_>>()?, ..of_row(&row)? })
    }

    /// Looks at each row with these columns; nobody is changed.
    pub async fn check_contact_import(&self, id: ImportId, columns: Vec<Column>) -> Result<()> {
        self.admin()?;
        let names = [Column::Name, Column::First, Column::Last, Column::Email, Column::Phone];
        let says_who = columns.iter().any(|column| names.contains(column));
        self.write(move |tx, agent| {
            Box::pin(async move {
                let known = agent.import(tx.conn(), &id, 0).await?;
                if !says_who || columns.len() != known.heads.len() {
                    return Err(Refusal::invalid("columns", Why::Required).into());
                }
                agent.begin_import(tx, &id, (Stage::Checking, &[Stage::Choosing, Stage::Checked]), Some(&columns)).await
            })
        })
        .await
    }

    /// Takes in what was looked at.
    pub async fn run_contact_import(&self, id: ImportId) -> Result<()> {
        self.admin()?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                let import = agent.import(tx.conn(), &id, 0).await?;
                agent.begin_import(tx, &id, (Stage::Running, &[Stage::Checked]), None).await?;
                let counts = [("created", import.created.to_string()), ("updated", import.updated.to_string())];
                agent.note_deed(tx, Deed::new(Act::ContactsImported, import.name).to(fields(counts))).await
            })
        })
        .await
    }

    /// Goes through all rows, from the first on.
    async fn begin_import(&self, tx: &mut Tx, id: &ImportId, (stage, from): (Stage, &[Stage]), columns: Option<&[Column]>) -> Result<()> {
        let columns = columns.map(serde_json::to_string).transpose()?;
        let word = |at: usize| from.get(at).or(from.last()).map_or("", |stage| stage.word());
        sqlx::query(
            "update contact_import set stage = $3, columns = coalesce($4, columns), looked = 0, created = 0, updated = 0, same = 0, refused = 0, moved_at = 0 \
             where property = $1 and id = $2 and stage in ($5, $6)",
        )
        .bind(self.property.as_str())
        .bind(id.as_str())
        .bind(stage.word())
        .bind(columns)
        .bind(word(0))
        .bind(word(1))
        .execute(tx.conn())
        .await?
        .or_not_found()
        // it is there: somebody was faster
        .map_err(|_| Refusal::Conflict)?;
        sqlx::query("delete from contact_import_refused where property = $1 and import = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
        Ok(())
    }

    /// The rows that cannot be taken as a table, each with why; and what its file is called.
    pub async fn export_refused_rows(&self, id: ImportId) -> Result<(Vec<u8>, String)> {
        self.admin()?;
        let language = self.roster().await?.language;
        let import = {
            let mut conn = self.desk.db().read().acquire().await?;
            self.import(&mut conn, &id, i64::from(ROWS_MOST)).await?
        };
        let rows = import.refusals.into_iter().map(|row| {
            let mut cells = row.cells;
            cells.resize(import.heads.len(), String::new());
            cells.push(row.why.say(language));
            cells
        });
        let heads = import.heads.iter().cloned().chain([language.say(model::text::contact::IMPORT_WHY).to_owned()]).collect();
        let table = table::written(language, std::iter::once(heads).chain(rows)).map_err(|error| Fault::Row(error.to_string()))?;
        let name = import.name.rsplit_once('.').map_or(import.name.as_str(), |(name, _)| name);
        Ok((table, format!("{name}-{}.csv", language.say(model::text::contact::IMPORT_REFUSED_FILE))))
    }
}

/// The first table of a property after one, with all its rows.
pub(crate) async fn next_table(desk: &Desk, property: &PropertyId, after: &str) -> Result<Option<(ImportId, Vec<Vec<String>>)>> {
    let row = sqlx::query("select id, sha256, separator from contact_import where property = $1 and id > $2 order by id limit 1")
        .bind(property.as_str())
        .bind(after)
        .fetch_optional(desk.db().read())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let text = desk.blobs().read(desk.db().read(), row.try_get("sha256")?).await?;
    let separator = row.try_get::<&str, _>("separator")?.bytes().next().unwrap_or(b',');
    Ok(Some((word(&row, "id")?, file::rows(&String::from_utf8_lossy(&text), separator).collect())))
}

fn of_row(row: &AnyRow) -> Result<Import> {
    Ok(Import {
        id: word(row, "id")?,
        name: row.try_get("name")?,
        heads: json(row, "heads")?,
        sample: json(row, "sample")?,
        columns: json(row, "columns")?,
        stage: word(row, "stage")?,
        total: row.try_get("total")?,
        looked: row.try_get("looked")?,
        created: row.try_get("created")?,
        updated: row.try_get("updated")?,
        same: row.try_get("same")?,
        refused: row.try_get("refused")?,
        refusals: vec![],
    })
}

fn refused_of(row: &AnyRow) -> Result<RefusedRow> {
    Ok(RefusedRow { n: row.try_get("n")?, cells: json(row, "cells")?, why: json(row, "why")? })
}
