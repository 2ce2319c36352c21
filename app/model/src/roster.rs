//! Who and where: what every screen of a signed-in agent knows.

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, Assignee, DepartmentId, Language, Moment, PropertyId,
    agent::{Agent, Density, Role},
    department::Department,
    event::{People, Told},
    message::Author,
    moment::Zone,
    property::Property,
};

/// What every screen of a signed-in agent knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// Number of the last event this state knows.
    pub head: i64,
    /// The looking agent.
    pub me: AgentId,
    /// Their language: their own choice, else the property's.
    pub language: Language,
    /// The property they are in.
    pub property: Property,
    /// Its time zone, ready to use.
    pub zone: Zone,
    /// Every property they belong to, by name; those they are not in are as they were when this was loaded.
    pub properties: Vec<(PropertyId, String)>,
    /// Agents and departments of this property.
    pub people: People,
    /// The server's clock when this was loaded.
    pub now: Moment,
}

impl Roster {
    /// Takes in what happened. Old numbers are ignored.
    pub fn apply(&mut self, told: &Told) {
        if told.event.seq <= self.head {
            return;
        }
        self.head = told.event.seq;
        if let Some(people) = &told.people {
            self.people = people.clone();
        }
        if let Some(property) = &told.property {
            if let Some(place) = self.properties.iter().position(|(id, _)| *id == property.id) {
                let (id, _) = self.properties.remove(place);
                let place = self.properties.partition_point(|(other, name)| (name, other) < (&property.name, &id));
                self.properties.insert(place, (id, property.name.clone()));
            }
            self.zone = property.zone.clone();
            self.property = property.clone();
        }
        self.language = self.agent(&self.me).and_then(|me| me.language).unwrap_or(self.property.language);
    }

    /// An agent of the property.
    pub fn agent(&self, id: &AgentId) -> Option<&Agent> {
        self.people.agents.iter().find(|agent| agent.id == *id)
    }

    /// The name of an author's picture; none of who is no agent of the property, and of who has none.
    pub fn picture_of(&self, author: &Author) -> Option<String> {
        if let Author::Agent { id, .. } = author { self.agent(id)?.picture.clone() } else { None }
    }

    /// A department of the property.
    pub fn department(&self, id: &DepartmentId) -> Option<&Department> {
        self.people.departments.iter().find(|department| department.id == *id)
    }

    /// Whether the looking agent is an admin here.
    pub fn admin(&self) -> bool {
        self.agent(&self.me).is_some_and(|agent| agent.role == Role::Admin)
    }

    /// How much the rows of the looking agent's Inbox show.
    pub fn density(&self) -> Density {
        self.agent(&self.me).map_or(Density::Comfortable, |agent| agent.density)
    }

    /// Whether the looking agent sees a part of the property alone.
    pub fn limited(&self) -> bool {
        self.agent(&self.me).is_some_and(Agent::is_limited)
    }

    /// The name of an assignee; none for nobody, or somebody who is no longer here.
    pub fn assignee(&self, assignee: &Assignee) -> Option<&str> {
        match assignee {
            Assignee::Nobody => None,
            Assignee::Agent(id) => self.agent(id).map(|agent| agent.name.as_str()),
            Assignee::Department(id) => self.department(id).map(|department| department.name.as_str()),
        }
    }
}
