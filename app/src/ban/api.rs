//! What Admin → Bans asks of the server.

use leptos::prelude::*;
use model::{
    BanId,
    ban::{Ban, Lasts},
};

use crate::{ask::Values, error::Result};

/// Bans that count, newest first.
#[server(protocol = Values)]
pub async fn list_bans() -> Result<Vec<Ban>> {
    Ok(crate::caller::agent().await?.list_bans().await?)
}

/// Bans an address or a network.
#[server]
pub async fn ban_network(network: String, #[server(default)] reason: String, lasts: Lasts) -> Result<()> {
    let agent = crate::caller::agent().await?;
    let who = model::ban::Banned::of_field("network", &network)?;
    Ok(agent.ban(who, &reason, lasts.until(crate::caller::desk().clock().now())).await.map(drop)?)
}

/// Lifts a ban.
#[server]
pub async fn lift_ban(ban: BanId) -> Result<()> {
    Ok(crate::caller::agent().await?.lift_ban(ban).await?)
}
