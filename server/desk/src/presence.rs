//! What an agent chose to be for visitors: online, away or invisible. Kept; whether they are connected is known by the sockets alone.

use model::{agent::Presence, event::What, moment::MINUTE};

use crate::{
    Agent, Result,
    db::Tx,
    log::{self, Happened},
};

/// Who touches none of their browsers for so long is not at the desk.
const REST_AFTER: i64 = 10 * MINUTE;

impl Agent {
    /// Chooses to be online, away or invisible in this property.
    pub async fn set_presence(&self, presence: Presence) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let changed = sqlx::query("update membership set presence = $3, rested_at = null where property = $1 and agent = $2 and (presence <> $3 or rested_at is not null)")
                    .bind(agent.property.as_str())
                    .bind(agent.id.as_str())
                    .bind(presence.word())
                    .execute(tx.conn())
                    .await?;
                agent.say_presence(tx, changed.rows_affected()).await
            })
        })
        .await
    }

    /// One of their browsers was touched: who was away by itself is online again.
    pub async fn touch(&self) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let now = tx.now();
                sqlx::query("update membership set touched_at = $3 where property = $1 and agent = $2")
                    .bind(agent.property.as_str())
                    .bind(agent.id.as_str())
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                let back = sqlx::query(
                    "update membership set presence = 'online', rested_at = null where property = $1 and agent = $2 and rested_at is not null",
                )
                .bind(agent.property.as_str())
                .bind(agent.id.as_str())
                .execute(tx.conn())
                .await?;
                agent.say_presence(tx, back.rows_affected()).await
            })
        })
        .await
    }

    /// One of their browsers was not touched for long. They are away by itself when no other was, wherever it is.
    pub async fn rest(&self) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let now = tx.now();
                let gone = sqlx::query(
                    "update membership set presence = 'away', rested_at = $3 where property = $1 and agent = $2 and presence = 'online' and coalesce(touched_at, 0) <= $4",
                )
                .bind(agent.property.as_str())
                .bind(agent.id.as_str())
                .bind(now.0)
                .bind(now.plus(-REST_AFTER).0)
                .execute(tx.conn())
                .await?;
                agent.say_presence(tx, gone.rows_affected()).await
            })
        })
        .await
    }

    async fn say_presence(&self, tx: &mut Tx, changed: u64) -> Result<()> {
        if changed > 0 {
            log::append(tx, Happened::new(&self.property, self.author(), What::PresenceChanged)).await?;
        }
        Ok(())
    }
}
