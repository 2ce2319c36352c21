//! What the overview asks of the server.

use leptos::prelude::*;
use model::{LetterInId, overview::Overview};

use crate::{ask::Values, error::Result};

/// Health and figures of the property.
#[server(protocol = Values)]
pub async fn load_overview() -> Result<Overview> {
    Ok(crate::caller::agent().await?.overview().await?)
}

/// Puts away a forwarding that waits to be confirmed.
#[server]
pub async fn dismiss_confirmation(letter: LetterInId) -> Result<()> {
    Ok(crate::caller::agent().await?.dismiss_confirmation(letter).await?)
}
