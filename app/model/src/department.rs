//! Departments: named groups of agents.

use serde::{Deserialize, Serialize};

use crate::{AgentId, DepartmentId};

/// A department with its agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// Identity.
    pub id: DepartmentId,
    /// Name, unique in its property.
    pub name: String,
    /// What it is for, may be empty.
    pub description: String,
    /// Who belongs to it, ordered by id.
    pub agents: Vec<AgentId>,
}

/// Most characters of a description.
pub const DESCRIPTION_MOST: u32 = 300;
