//! What makes a seeded chat one: its visitor, who is long gone, what only a chat has, and the agents who were in it.

use std::collections::BTreeMap;

use model::{
    AgentId, Moment, PropertyId,
    conversation::{Line, Status},
    message::Author,
};

use super::{
    rows::{Rows, Value},
    world::Made,
};
use crate::{Result, db::Tx};

/// The rows of many.
pub struct Past {
    visitors: Rows,
    chats: Rows,
    agents: Rows,
}

impl Past {
    /// None yet.
    pub const fn new() -> Self {
        Self {
            visitors: Rows::of(
                "visitor",
                &[
                    "property",
                    "id",
                    "contact",
                    "name",
                    "email",
                    "phone",
                    "attributes",
                    "tags",
                    "language",
                    "browser",
                    "address",
                    "created_at",
                    "seen_at",
                    "left_at",
                    "expires_at",
                ],
            ),
            chats: Rows::of(
                "chat",
                &[
                    "property",
                    "conversation",
                    "visitor",
                    "page",
                    "referrer",
                    "answers",
                    "comment",
                    "answered_at",
                    "missed_at",
                    "ended_at",
                    "read_at",
                ],
            ),
            agents: Rows::of("chat_agent", &["property", "conversation", "agent", "name", "joined_at"]),
        }
    }

    /// One more, under its line as it is stored.
    pub fn push(&mut self, property: &PropertyId, made: &Made, line: &Line) {
        let (own, id) = (|| Value::from(property.as_str()), || Value::from(line.id.as_str()));
        let (began, last) = (|| Value::from(line.created_at.0), || Value::from(line.last_at.0));
        let empty = || Value::from("");
        // a chat of the past has a visitor of its own, who has its bits
        self.visitors.push([
            own(),
            id(),
            line.contact.id.as_str().into(),
            line.contact.name.as_str().into(),
            line.contact.email.as_str().into(),
            empty(),
            "{}".into(),
            "[]".into(),
            "en".into(),
            empty(),
            empty(),
            began(),
            last(),
            last(),
            last(),
        ]);
        let mut seats: BTreeMap<AgentId, (String, Moment)> = BTreeMap::new();
        for said in &made.said {
            if let Author::Agent { id, name } = &said.author {
                seats.entry(id.clone()).or_insert((name.clone(), said.at));
            }
        }
        let answered = seats.values().map(|(_, at)| at.0).min();
        let ended = matches!(line.status, Status::Solved | Status::Closed).then_some(line.last_at.0);
        let missed = line.missed.then_some(line.created_at.0);
        self.chats.push([own(), id(), id(), empty(), empty(), "[]".into(), empty(), answered.into(), missed.into(), ended.into(), last()]);
        for (agent, (name, at)) in seats {
            self.agents.push([own(), id(), agent.as_str().into(), name.into(), at.0.into()]);
        }
    }

    /// Writes them; the conversations are there.
    pub async fn write(self, tx: &mut Tx) -> Result<()> {
        for rows in [self.visitors, self.chats, self.agents] {
            rows.write(tx).await?;
        }
        Ok(())
    }
}
