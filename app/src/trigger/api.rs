//! What the page of triggers asks of the server.

use leptos::prelude::*;
use model::{
    TriggerId,
    trigger::{DryRun, Listed, TriggerForm},
};

use crate::{ask::Values, error::Result};

/// Every trigger, in its order.
#[server(protocol = Values)]
pub async fn list_triggers() -> Result<Vec<Listed>> {
    Ok(crate::caller::agent().await?.list_triggers().await?)
}

/// Keeps a trigger, new or changed.
#[server]
pub async fn save_trigger(form: TriggerForm) -> Result<()> {
    Ok(crate::caller::agent().await?.save_trigger(form.read()?).await?)
}

/// What a trigger would have done in the last days.
#[server]
pub async fn try_trigger(form: TriggerForm) -> Result<DryRun> {
    Ok(crate::caller::agent().await?.try_trigger(form.read()?).await?)
}

/// Switches a trigger on or off.
#[server]
pub async fn switch_trigger(trigger: TriggerId, on: bool) -> Result<()> {
    Ok(crate::caller::agent().await?.switch_trigger(trigger, on).await?)
}

/// Moves a trigger by one place.
#[server]
pub async fn move_trigger(trigger: TriggerId, down: bool) -> Result<()> {
    Ok(crate::caller::agent().await?.move_trigger(trigger, down).await?)
}

/// Forgets a trigger.
#[server]
pub async fn delete_trigger(trigger: TriggerId) -> Result<()> {
    Ok(crate::caller::agent().await?.delete_trigger(trigger).await?)
}
