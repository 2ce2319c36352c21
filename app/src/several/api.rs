//! What the bar asks of the server: each function is one verb of the agent who asks.

use leptos::prelude::*;
use model::{
    BatchId,
    batch::{Batch, BatchForm, LastBatch},
};

use crate::{ask::Values, error::Result};

/// Begins an act on several conversations; most of it is done without the page.
#[server(protocol = Values)]
pub async fn begin_batch(form: BatchForm) -> Result<Batch> {
    Ok(crate::caller::agent().await?.begin_batch(form).await?)
}

/// Puts back what an act changed.
#[server]
pub async fn undo_batch(batch: BatchId) -> Result<()> {
    Ok(crate::caller::agent().await?.undo_batch(batch).await?)
}

/// The last act of the agent who asks.
#[server(protocol = Values)]
pub async fn load_last_batch() -> Result<LastBatch> {
    Ok(crate::caller::agent().await?.last_batch().await?)
}
