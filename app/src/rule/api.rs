//! What the page of rules asks of the server.

use leptos::prelude::*;
use model::{
    RuleId,
    rule::{DryRun, Listed, RuleForm},
};

use crate::{ask::Values, error::Result};

/// Every rule, in its order.
#[server(protocol = Values)]
pub async fn list_rules() -> Result<Vec<Listed>> {
    Ok(crate::caller::agent().await?.list_rules().await?)
}

/// Keeps a rule, new or changed.
#[server]
pub async fn save_rule(form: RuleForm) -> Result<()> {
    Ok(crate::caller::agent().await?.save_rule(form.read()?).await?)
}

/// What a rule would have touched.
#[server]
pub async fn try_rule(form: RuleForm) -> Result<DryRun> {
    Ok(crate::caller::agent().await?.try_rule(form.read()?).await?)
}

/// Switches a rule on or off.
#[server]
pub async fn switch_rule(rule: RuleId, on: bool) -> Result<()> {
    Ok(crate::caller::agent().await?.switch_rule(rule, on).await?)
}

/// Moves a rule by one place.
#[server]
pub async fn move_rule(rule: RuleId, down: bool) -> Result<()> {
    Ok(crate::caller::agent().await?.move_rule(rule, down).await?)
}

/// Forgets a rule.
#[server]
pub async fn delete_rule(rule: RuleId) -> Result<()> {
    Ok(crate::caller::agent().await?.delete_rule(rule).await?)
}
