//! A property: one workspace with its settings.

use serde::{Deserialize, Serialize};

use crate::{Language, PropertyId, moment::Zone};

/// A property's settings as its agents see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Identity.
    pub id: PropertyId,
    /// Name shown to agents and in letters.
    pub name: String,
    /// Language of its letters, and of agents who chose none.
    pub language: Language,
    /// IANA name of the zone its times are shown in.
    pub time_zone: String,
    /// The same zone, ready to use.
    pub zone: Zone,
    /// The ticket forwarding address.
    pub forwarding_address: String,
    /// Whether who opens a ticket by mail is told that it came.
    pub acknowledges: bool,
    /// Whether its agents sign in with a second step.
    pub second_step_required: bool,
}

/// What the first page of an empty Recado asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// Name of the first admin.
    pub name: String,
    /// Address they will sign in with.
    pub email: String,
    /// Their password, as typed.
    pub password: String,
    /// Name of the first property.
    pub property: String,
    /// Tag of its language.
    pub language: String,
    /// Zone of the browser, if it said so.
    #[serde(default)]
    pub time_zone: String,
}

/// Most characters of a property's or department's name.
pub const NAME_MOST: u32 = 60;
