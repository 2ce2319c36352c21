//! What the page of agents asks of the server.

use leptos::prelude::*;
use model::{
    AgentId, InvitationId,
    agent::{Invitation, Presence, Reach, Role},
};

use crate::{ask::Values, error::Result};

/// Mails somebody an invitation.
#[server]
pub async fn invite_agent(email: String, role: Role, reach: Reach) -> Result<()> {
    Ok(crate::caller::agent().await?.invite_agent(&email, role, reach).await?)
}

/// Who was invited and has not come yet.
#[server(protocol = Values)]
pub async fn list_invitations() -> Result<Vec<Invitation>> {
    Ok(crate::caller::agent().await?.list_invitations().await?)
}

/// Takes an invitation back: its link stops working.
#[server]
pub async fn withdraw_invitation(invitation: InvitationId) -> Result<()> {
    Ok(crate::caller::agent().await?.withdraw_invitation(invitation).await?)
}

/// Makes somebody an admin, or an agent.
#[server]
pub async fn set_role(agent: AgentId, role: Role) -> Result<()> {
    Ok(crate::caller::agent().await?.set_role(agent, role).await?)
}

/// Lets somebody see all of this property, or a part.
#[server]
pub async fn set_reach(agent: AgentId, reach: Reach) -> Result<()> {
    Ok(crate::caller::agent().await?.set_reach(agent, reach).await?)
}

/// Keeps somebody out of this property from now on.
#[server]
pub async fn disable_agent(agent: AgentId) -> Result<()> {
    Ok(crate::caller::agent().await?.disable_agent(agent).await?)
}

/// Lets somebody in again.
#[server]
pub async fn enable_agent(agent: AgentId) -> Result<()> {
    Ok(crate::caller::agent().await?.enable_agent(agent).await?)
}

/// One of the browsers was touched, or was not for long.
#[server]
pub async fn keep_presence(#[server(default)] idle: bool) -> Result<()> {
    let agent = crate::caller::agent().await?;
    (if idle { agent.rest().await } else { agent.touch().await })?;
    Ok(())
}

/// Chooses to be online, away or invisible.
#[server]
pub async fn set_presence(presence: Presence) -> Result<()> {
    Ok(crate::caller::agent().await?.set_presence(presence).await?)
}
