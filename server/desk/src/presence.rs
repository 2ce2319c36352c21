//! What an agent chose to be for visitors: online, away or invisible. Kept; whether they are connected is known by the sockets alone.

use model::{agent::Presence, event::What};

use crate::{
    Agent, Result,
    log::{self, Happened},
};

impl Agent {
    /// Chooses to be online, away or invisible in this property.
    pub async fn set_presence(&self, presence: Presence) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let changed = sqlx::query("update membership set presence = $3 where property = $1 and agent = $2 and presence <> $3")
                    .bind(agent.property.as_str())
                    .bind(agent.id.as_str())
                    .bind(presence.word())
                    .execute(tx.conn())
                    .await?;
                if changed.rows_affected() > 0 {
                    log::append(tx, Happened::new(&agent.property, agent.author(), What::PresenceChanged)).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
