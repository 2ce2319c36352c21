//! Drafts: what an agent typed and did not send. Nobody else is told; a reload finds it again.

use model::{
    Refusal, Why,
    draft::{Draft, DraftPlace},
};
use sqlx::Row as _;

use crate::{
    Agent, Result,
    db::{Conn, Tx},
};

/// Most bytes of a draft as stored.
const BYTES_MOST: u32 = 500_000;

/// Keeps a draft; an empty one is dropped.
pub(crate) async fn save(tx: &mut Tx, agent: &Agent, place: &DraftPlace, draft: &Draft) -> Result<()> {
    if draft.is_empty() {
        return drop(tx, agent, place).await;
    }
    let now = tx.now();
    sqlx::query("insert into draft (property, agent, place, body, saved_at) values ($1, $2, $3, $4, $5) on conflict (property, agent, place) do update set body = excluded.body, saved_at = excluded.saved_at")
        .bind(agent.property.as_str())
        .bind(agent.id.as_str())
        .bind(place.key())
        .bind(serde_json::to_string(draft)?)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets a draft: it was sent.
pub(crate) async fn drop(tx: &mut Tx, agent: &Agent, place: &DraftPlace) -> Result<()> {
    sqlx::query("delete from draft where property = $1 and agent = $2 and place = $3")
        .bind(agent.property.as_str())
        .bind(agent.id.as_str())
        .bind(place.key())
        .execute(tx.conn())
        .await?;
    Ok(())
}

impl Agent {
    /// Keeps what was typed.
    pub async fn save_draft(&self, place: DraftPlace, draft: Draft) -> Result<()> {
        if serde_json::to_string(&draft)?.len() > BYTES_MOST as usize {
            return Err(Refusal::invalid("text", Why::TooLong(model::message::TEXT_MOST)).into());
        }
        self.write(move |tx, agent| Box::pin(async move { save(tx, agent, &place, &draft).await })).await
    }

    /// What was typed there before, or an empty draft.
    pub async fn load_draft(&self, place: DraftPlace) -> Result<Draft> {
        let mut conn = self.desk.db().read().acquire().await?;
        let [draft, _] = load(&mut conn, self, [&place, &place]).await?;
        Ok(draft)
    }
}

/// What an agent typed at two places, or empty drafts.
pub(crate) async fn load(conn: &mut Conn, agent: &Agent, places: [&DraftPlace; 2]) -> Result<[Draft; 2]> {
    let keys = places.map(DraftPlace::key);
    let rows = sqlx::query("select place, body from draft where property = $1 and agent = $2 and place in ($3, $4)")
        .bind(agent.property.as_str())
        .bind(agent.id.as_str())
        .bind(&keys[0])
        .bind(&keys[1])
        .fetch_all(conn)
        .await?;
    let mut drafts = <[Draft; 2]>::default();
    for row in &rows {
        let place: &str = row.try_get("place")?;
        for (draft, _) in drafts.iter_mut().zip(&keys).filter(|(_, key)| *key == place) {
            *draft = serde_json::from_str(row.try_get("body")?)?;
        }
    }
    Ok(drafts)
}
