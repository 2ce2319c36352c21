//! What Admin → Audit log asks of the server.

use leptos::prelude::*;
use model::audit::{Asked, Part, Place};

use crate::{ask::Values, error::Result};

/// What was done, newest first, from a place on.
#[server(protocol = Values)]
pub async fn list_audit(asked: Asked, after: Option<Place>) -> Result<Part> {
    Ok(crate::caller::agent().await?.list_audit(asked, after).await?)
}
