//! What the overview asks of the server.

use leptos::prelude::*;
use model::overview::Overview;

use crate::{ask::Values, error::Result};

/// Health and figures of the property.
#[server(protocol = Values)]
pub async fn load_overview() -> Result<Overview> {
    Ok(crate::caller::agent().await?.overview().await?)
}
