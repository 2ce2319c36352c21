//! What the page of archives asks of the server. The file itself is sent by a form of its own.

use leptos::prelude::*;
use model::{ImportId, history::Archives};

use crate::{ask::Values, error::Result};

/// The newest archives.
#[server(protocol = Values)]
pub async fn list_archives() -> Result<Archives> {
    Ok(crate::caller::agent().await?.list_archives().await?)
}

/// Has an archive taken in that was looked at.
#[server]
pub async fn run_archive(archive: ImportId) -> Result<()> {
    crate::caller::agent().await?.run_archive(archive).await?;
    crate::caller::go("/admin/data");
    Ok(())
}

/// Stops an archive.
#[server]
pub async fn stop_archive(archive: ImportId) -> Result<()> {
    crate::caller::agent().await?.stop_archive(archive).await?;
    crate::caller::go("/admin/data");
    Ok(())
}
