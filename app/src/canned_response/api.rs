//! What is asked of the server about canned responses.

use leptos::prelude::*;
use model::canned_response::CannedResponse;

use crate::{ask::Values, error::Result};

/// Those that the agent who asks can use.
#[server(protocol = Values)]
pub async fn list_canned_responses() -> Result<Vec<CannedResponse>> {
    Ok(crate::caller::agent().await?.list_canned_responses().await?)
}
