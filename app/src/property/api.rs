//! What the switcher and the settings ask of the server.

use leptos::prelude::*;
use model::{Language, PropertyId};

use crate::error::Result;

/// Looks at another property from now on.
#[server]
pub async fn switch_property(property: PropertyId) -> Result<()> {
    crate::caller::agent().await?.switch_property(property).await?;
    crate::caller::go("/inbox");
    Ok(())
}

/// Changes name, language and time zone of the property.
#[server]
pub async fn change_property(name: String, language: Language, time_zone: String) -> Result<()> {
    crate::caller::agent().await?.change_property(&name, language, &time_zone).await?;
    crate::caller::go("/admin/settings?done=saved");
    Ok(())
}

/// Says whether agents of the property sign in with a second step.
#[server]
pub async fn require_second_step(on: bool) -> Result<()> {
    Ok(crate::caller::agent().await?.require_second_step(on).await?)
}

/// Makes another property, of which the agent is admin, and looks at it.
#[server]
pub async fn create_property(name: String, language: Language, time_zone: String) -> Result<()> {
    let agent = crate::caller::agent().await?;
    agent.switch_property(agent.create_property(&name, language, &time_zone).await?).await?;
    crate::caller::go("/admin/settings");
    Ok(())
}

/// Says whether who opens a ticket by mail is told that it came.
#[server]
pub async fn set_acknowledges(on: bool) -> Result<()> {
    Ok(crate::caller::agent().await?.set_acknowledges(on).await?)
}

/// Gives the property another forwarding address; the old one stops working.
#[server]
pub async fn renew_forwarding_address() -> Result<()> {
    Ok(crate::caller::agent().await?.renew_forwarding_address().await?)
}
