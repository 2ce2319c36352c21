//! Contents by their SHA-256, kept once: small ones in the database (in the transaction of what refers to them),
//! large ones in files that are whole and on the disk before the transaction begins. A file is there whenever a row names it: its
//! row comes before it, and goes after it (`sweep`).

mod sweep;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Mutex,
};

use model::moment::MINUTE;

use sqlx::Row as _;

use crate::{
    Desk, Fault, Result,
    clock::digest,
    db::{Pool, Tx},
};

/// Most bytes that are kept in the database.
const INLINE_MOST: usize = 64 * 1024;

/// Contents that are named again are said to be so at most this often.
const FRESH: i64 = 10 * MINUTE;

/// The folder of large contents, and where the sweep is.
pub struct Blobs {
    folder: PathBuf,
    swept: Mutex<String>,
}

/// Contents ready to be referred to.
#[derive(Clone)]
pub struct Blob {
    /// SHA-256 in hex: its name.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    inline: Option<Vec<u8>>,
}

impl Blobs {
    /// The folder, made when missing.
    pub fn open(data: &Path) -> Result<Self> {
        let folder = data.join("blobs");
        fs::create_dir_all(&folder).map_err(|error| Fault::File(folder.display().to_string(), error))?;
        Ok(Self { folder, swept: Mutex::default() })
    }

    /// Reads contents whole.
    pub async fn read(&self, pool: &Pool, sha256: &str) -> Result<Vec<u8>> {
        let row = sqlx::query("select inline_bytes from blob where sha256 = $1").bind(sha256).fetch_optional(pool).await?;
        let row = row.ok_or_else(|| Fault::Row(format!("contents {sha256} are not known")))?;
        if let Some(bytes) = row.try_get::<Option<Vec<u8>>, _>(0)? {
            return Ok(bytes);
        }
        let path = path(&self.folder, sha256);
        Ok(tokio::fs::read(&path).await.map_err(|error| Fault::File(path.display().to_string(), error))?)
    }
}

impl Desk {
    /// Makes contents ready, to be named within the hour ([`keep`]). Large ones are written and synced here, outside the transaction that
    /// names them, and after a row that says so: from then on they are not swept away.
    pub(crate) async fn prepare(&self, bytes: Vec<u8>) -> Result<Blob> {
        let digested = tokio::task::spawn_blocking(move || (digest(&bytes), bytes)).await;
        let (sha256, bytes) = digested.map_err(|_| Fault::Closed)?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        if bytes.len() <= INLINE_MOST {
            return Ok(Blob { sha256, size, inline: Some(bytes) });
        }
        let claimed = sha256.clone();
        self.db().write(move |tx| Box::pin(async move { put(tx, &claimed, size, None).await })).await?;
        let path = path(&self.blobs().folder, &sha256);
        let written =
            tokio::task::spawn_blocking(move || write_whole(&path, &bytes).map_err(|error| Fault::File(path.display().to_string(), error)));
        written.await.map_err(|_| Fault::Closed)??;
        Ok(Blob { sha256, size, inline: None })
    }
}

/// Remembers contents in the transaction that refers to them. Large ones that were made ready so long ago that they are about to be
/// swept away are to be made ready again.
pub async fn keep(tx: &mut Tx, blob: &Blob) -> Result<()> {
    if let Some(bytes) = &blob.inline {
        return put(tx, &blob.sha256, blob.size, Some(bytes.clone())).await;
    }
    let now = tx.now();
    let kept = sqlx::query("update blob set kept_at = $2 where sha256 = $1 and kept_at > 0")
        .bind(&blob.sha256)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    if kept.rows_affected() == 0 { Err(Fault::Race.into()) } else { Ok(()) }
}

/// Contents that say nothing, to stand where others stood. Gives their name.
pub async fn nothing(tx: &mut Tx) -> Result<String> {
    let sha256 = digest(&[]);
    put(tx, &sha256, 0, Some(vec![])).await?;
    Ok(sha256)
}

/// The row of contents. Its lock, which is taken though nothing changes, holds the sweep off until the commit.
async fn put(tx: &mut Tx, sha256: &str, size: i64, inline: Option<Vec<u8>>) -> Result<()> {
    let now = tx.now();
    sqlx::query(
        "insert into blob (sha256, size, inline_bytes, created_at, kept_at) values ($1, $2, $3, $4, $4) \
         on conflict (sha256) do update set kept_at = excluded.kept_at where blob.kept_at < $5",
    )
    .bind(sha256)
    .bind(size)
    .bind(inline)
    .bind(now.0)
    .bind(now.plus(-FRESH).0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn path(folder: &Path, sha256: &str) -> PathBuf {
    folder.join(&sha256[..2]).join(sha256)
}

/// A file is there whole or not at all: written beside, synced, renamed, and the folder synced.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let beside = path.with_extension(crate::clock::secret());
    let mut file = fs::File::create(&beside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written?;
    fs::File::open(folder)?.sync_all()
}
