//! Contents by their SHA-256, kept once: small ones in the database (in the transaction of what refers to them),
//! large ones in files that are whole and on the disk before the transaction begins.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use sqlx::Row as _;

use crate::{
    Fault, Result,
    clock::digest,
    db::{Pool, Tx},
};

/// Most bytes that are kept in the database.
const INLINE_MOST: usize = 64 * 1024;

/// The folder of large contents.
pub struct Blobs(PathBuf);

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
        Ok(Self(folder))
    }

    /// Makes contents ready: large ones are written and synced here, outside any transaction.
    pub async fn prepare(&self, bytes: Vec<u8>) -> Result<Blob> {
        let folder = self.0.clone();
        tokio::task::spawn_blocking(move || {
            let (sha256, size) = (digest(&bytes), i64::try_from(bytes.len()).unwrap_or(i64::MAX));
            if bytes.len() <= INLINE_MOST {
                return Ok(Blob { sha256, size, inline: Some(bytes) });
            }
            let path = path(&folder, &sha256);
            write_whole(&path, &bytes).map_err(|error| Fault::File(path.display().to_string(), error))?;
            Ok(Blob { sha256, size, inline: None })
        })
        .await
        .map_err(|_| Fault::Closed)?
    }

    /// Reads contents whole.
    pub async fn read(&self, pool: &Pool, sha256: &str) -> Result<Vec<u8>> {
        let row = sqlx::query("select inline_bytes from blob where sha256 = $1").bind(sha256).fetch_optional(pool).await?;
        let row = row.ok_or_else(|| Fault::Row(format!("contents {sha256} are not known")))?;
        if let Some(bytes) = row.try_get::<Option<Vec<u8>>, _>(0)? {
            return Ok(bytes);
        }
        let path = path(&self.0, sha256);
        Ok(tokio::fs::read(&path).await.map_err(|error| Fault::File(path.display().to_string(), error))?)
    }
}

/// Remembers contents in the transaction that refers to them.
pub async fn keep(tx: &mut Tx, blob: &Blob) -> Result<()> {
    let now = tx.now();
    sqlx::query("insert into blob (sha256, size, inline_bytes, created_at) values ($1, $2, $3, $4) on conflict (sha256) do nothing")
        .bind(&blob.sha256)
        .bind(blob.size)
        .bind(blob.inline.clone())
        .bind(now.0)
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
