//! What Admin → Targets asks of the server.

use leptos::prelude::*;
use model::target::Targets;

use crate::{ask::Values, error::Result};

/// How soon tickets are to be answered and solved.
#[server(protocol = Values)]
pub async fn load_targets() -> Result<Targets> {
    Ok(crate::caller::agent().await?.targets().await?)
}

/// Sets how soon tickets are to be answered and solved: a number and its unit for each priority, lowest first.
#[server]
pub async fn set_targets(
    #[server(default)] clock: String,
    #[server(default)] reply: Vec<String>,
    #[server(default)] reply_unit: Vec<String>,
    #[server(default)] resolution: Vec<String>,
    #[server(default)] resolution_unit: Vec<String>,
) -> Result<()> {
    let form = model::target::TargetForm { clock, reply, reply_unit, resolution, resolution_unit };
    let set = crate::caller::agent().await?.set_targets(form.check()?).await;
    Ok(set.map(|()| crate::caller::go("/admin/targets?done=saved"))?)
}
