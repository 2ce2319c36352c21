//! The sweep: contents that no row names any more go, an hour after they were last made ready. All of them are walked through, a page
//! at a time, by every process.
//!
//! Two steps, each a transaction. First the row says that it is about to go: whoever names these contents with what they made ready
//! before that is told to begin anew, and whoever makes them ready now takes the word back. Then the file goes, and its row after it,
//! in the transaction that holds the row. Who makes the same contents ready meanwhile waits for that, finds no file, and writes it.
//! After a kill in between the row is there without its file, and nobody names it: the next sweep takes it, or the next who brings
//! these contents writes the file.

use std::{
    io::ErrorKind,
    path::PathBuf,
    sync::PoisonError,
    time::{Duration, SystemTime},
};

use model::{
    Moment,
    moment::{DAY, HOUR},
};
use sqlx::Row as _;

use super::path;
use crate::{Desk, Fault, Result, db::Tx};

/// How long contents wait to be named after they were made ready.
const GRACE: i64 = HOUR;
/// How long a visitor's file waits for its message.
const UNSENT: i64 = 2 * DAY;
/// Contents of one page.
const PAGE: i64 = 1_000;
/// A file that is being written is done long before: after this it was left behind by a process that died.
const LEFT: Duration = Duration::from_hours(24);

impl Desk {
    /// Looks at the next page of contents, and takes away those that no row names. True when there may be more of them.
    pub async fn sweep_blobs(&self) -> Result<bool> {
        let from = self.blobs().swept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let row = sqlx::query("select max(p.sha256) as last from (select sha256 from blob where sha256 > $1 order by sha256 limit $2) p")
            .bind(&from)
            .bind(PAGE)
            .fetch_one(self.db().read())
            .await?;
        let last: Option<String> = row.try_get("last")?;
        let unnamed = self.unnamed(&from).await?;
        let more = !unnamed.is_empty();
        let before = self.clock().now().plus(-GRACE);
        if more {
            self.condemn(unnamed.clone(), before).await?;
        }
        for sha256 in unnamed {
            self.take_away(sha256).await?;
        }
        if last.is_none() {
            self.forget_unsent().await?;
            self.forget_half_files().await?;
        }
        *self.blobs().swept.lock().unwrap_or_else(PoisonError::into_inner) = last.unwrap_or_default();
        Ok(more)
    }

    /// Those of the next page that no row names.
    async fn unnamed(&self, from: &str) -> Result<Vec<String>> {
        // each is looked up by itself: as joins, databases would read all files there are
        let rows = sqlx::query(
            "select p.sha256, coalesce((select 1 from attachment a where a.sha256 = p.sha256 limit 1), (select 1 from letter_in l where l.raw = p.sha256 limit 1), \
             (select 1 from letter_out_file o where o.sha256 = p.sha256 limit 1), (select 1 from contact_import i where i.sha256 = p.sha256 limit 1), \
             (select 1 from agent g where g.picture = p.sha256 limit 1)) as named \
             from (select sha256 from blob where sha256 > $1 order by sha256 limit $2) p",
        )
        .bind(from)
        .bind(PAGE)
        .fetch_all(self.db().read())
        .await?;
        let mut unnamed = vec![];
        for row in &rows {
            if row.try_get::<Option<i64>, _>("named")?.is_none() {
                unnamed.push(row.try_get("sha256")?);
            }
        }
        Ok(unnamed)
    }

    /// Says of contents that they are about to go.
    async fn condemn(&self, unnamed: Vec<String>, before: Moment) -> Result<()> {
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    for sha256 in &unnamed {
                        sqlx::query("update blob set kept_at = 0 where sha256 = $1 and kept_at < $2")
                            .bind(sha256)
                            .bind(before.0)
                            .execute(tx.conn())
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn take_away(&self, sha256: String) -> Result<()> {
        let file = path(&self.blobs().folder, &sha256);
        self.db().write(move |tx| Box::pin(async move { take_away(tx, &sha256, file).await })).await
    }

    /// Takes away what visitors uploaded and never sent: their contents go with a later walk.
    async fn forget_unsent(&self) -> Result<()> {
        let before = self.clock().now().plus(-UNSENT);
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    // each property by itself: that is how they are found
                    let text = "delete from attachment where property in (select id from property) and message is null \
                                and substr(uploaded_by, 1, 8) = 'visitor:' and created_at < $1";
                    Ok(sqlx::query(text).bind(before.0).execute(tx.conn()).await.map(drop)?)
                })
            })
            .await
    }

    /// Takes away what a process that died had begun to write.
    async fn forget_half_files(&self) -> Result<()> {
        let (folder, now) = (self.blobs().folder.clone(), self.clock().now());
        let gone =
            tokio::task::spawn_blocking(move || half_files(&folder, now).map_err(|error| Fault::File(folder.display().to_string(), error)));
        Ok(gone.await.map_err(|_| Fault::Closed)??)
    }
}

/// The row first in the statements, the file first on the disk: its row is held until the file is gone, and goes with the commit.
async fn take_away(tx: &mut Tx, sha256: &str, file: PathBuf) -> Result<()> {
    let gone = sqlx::query(
        "delete from blob where sha256 = $1 and kept_at = 0 and not exists (select 1 from attachment a where a.sha256 = $1) \
         and not exists (select 1 from letter_in l where l.raw = $1) and not exists (select 1 from letter_out_file o where o.sha256 = $1) \
         and not exists (select 1 from contact_import i where i.sha256 = $1) and not exists (select 1 from agent g where g.picture = $1) \
         returning case when inline_bytes is null then 1 else 0 end as filed",
    )
    .bind(sha256)
    .fetch_optional(tx.conn())
    .await?;
    let Some(gone) = gone else { return Ok(()) };
    if gone.try_get::<i64, _>("filed")? == 1
        && let Err(error) = tokio::fs::remove_file(&file).await
        && error.kind() != ErrorKind::NotFound
    {
        return Err(Fault::File(file.display().to_string(), error).into());
    }
    Ok(())
}

fn half_files(folder: &std::path::Path, now: Moment) -> std::io::Result<()> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(now.0).unwrap_or(0));
    for part in std::fs::read_dir(folder)? {
        let part = part?.path();
        if !part.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(part)? {
            let file = file?.path();
            // what is gone meanwhile was finished, or taken away by somebody else
            let Some(written) = file.extension().and_then(|_| file.metadata().ok()?.modified().ok()) else { continue };
            if now.duration_since(written).is_ok_and(|age| age > LEFT) {
                drop(std::fs::remove_file(file));
            }
        }
    }
    Ok(())
}
