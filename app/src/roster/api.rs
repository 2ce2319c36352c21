//! What the shell asks of the server.

use leptos::prelude::*;
use model::roster::Roster;

use crate::{ask::Values, error::Result};

/// Who asks, where they are, and who else is there.
#[server(protocol = Values)]
pub async fn load_roster() -> Result<Roster> {
    Ok(crate::caller::agent().await?.roster().await?)
}
