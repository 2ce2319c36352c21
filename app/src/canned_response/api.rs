//! What is asked of the server about canned responses.

use leptos::prelude::*;
use model::{CannedResponseId, canned_response::CannedResponse};

use crate::{ask::Values, error::Result};

/// Those that the agent who asks can use.
#[server(protocol = Values)]
pub async fn list_canned_responses() -> Result<Vec<CannedResponse>> {
    Ok(crate::caller::agent().await?.list_canned_responses().await?)
}

/// Keeps one, new or changed.
#[server]
pub async fn save_canned_response(#[server(default)] canned: String, scope: String, shortcut: String, text: String) -> Result<()> {
    let agent = crate::caller::agent().await?;
    let canned = model::canned_response::CannedForm { id: canned, scope, shortcut, text }.check(agent.id())?;
    Ok(agent.save_canned_response(canned).await?)
}

/// Forgets one.
#[server]
pub async fn delete_canned_response(canned: CannedResponseId) -> Result<()> {
    Ok(crate::caller::agent().await?.delete_canned_response(canned).await?)
}
