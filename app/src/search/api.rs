//! What search asks of the server.

use leptos::prelude::*;
use model::search::{Asked, Found};

use crate::{ask::Values, error::Result};

/// What is found.
#[server(protocol = Values)]
pub async fn search_for(asked: Asked) -> Result<Found> {
    Ok(crate::caller::agent().await?.search(asked).await?)
}

/// Every tag of the property, for completion.
#[server(protocol = Values)]
pub async fn list_tags() -> Result<Vec<String>> {
    Ok(crate::caller::agent().await?.list_tags().await?)
}
