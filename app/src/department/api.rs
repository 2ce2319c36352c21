//! What the page of departments asks of the server.

use leptos::prelude::*;
use model::{AgentId, DepartmentId};

use crate::error::Result;

/// Makes a department.
#[server]
pub async fn create_department(
    name: String,
    #[server(default)] description: String,
    #[server(default)] agents: Vec<AgentId>,
) -> Result<()> {
    crate::caller::agent().await?.create_department(&name, &description, agents).await?;
    Ok(())
}

/// Changes a department.
#[server]
pub async fn change_department(
    department: DepartmentId,
    name: String,
    #[server(default)] description: String,
    #[server(default)] agents: Vec<AgentId>,
) -> Result<()> {
    Ok(crate::caller::agent().await?.change_department(department, &name, &description, agents).await?)
}

/// Deletes a department; what was assigned to it is assigned to nobody.
#[server]
pub async fn delete_department(department: DepartmentId) -> Result<()> {
    Ok(crate::caller::agent().await?.delete_department(department).await?)
}
