//! What the page of reports asks of the server.

use leptos::prelude::*;
use model::report::{Asked, Report};

use crate::{ask::Values, error::Result};

/// The report of a period.
#[server(protocol = Values)]
pub async fn load_report(asked: Asked) -> Result<Report> {
    Ok(crate::caller::agent().await?.report(asked).await?)
}
