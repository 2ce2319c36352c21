//! One act of an agent on several conversations. It is written down whole, then done in steps of one transaction each: it goes on
//! after a restart, and is never done twice. Each conversation is changed by the same verb as a single one; what cannot be changed
//! is left and counted. Undoing puts back what nobody changed in the meantime.

mod step;

use model::{
    BatchId, PropertyId, Refusal, Why,
    batch::{BATCH_MOST, Batch, BatchForm, Change, LastBatch, NAMED_MOST, Of, Stage},
    event::What,
    message::Author,
    moment::DAY,
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Agent, Desk, OnConstraint as _, Result,
    db::{Conn, Tx},
    filter, inbox, line,
    line::word,
    log::{self, Happened},
};

/// How long an act is remembered, and can be undone.
const KEPT: i64 = DAY;

/// Columns of an act.
macro_rules! batch_columns {
    () => {
        "id, change, stage, total, looked, changed, refused, back, kept"
    };
}
use batch_columns;

fn of_row(row: &AnyRow) -> Result<Batch> {
    Ok(Batch {
        id: word(row, "id")?,
        change: serde_json::from_str(row.try_get("change")?)?,
        stage: word(row, "stage")?,
        total: row.try_get("total")?,
        looked: row.try_get("looked")?,
        changed: row.try_get("changed")?,
        refused: row.try_get("refused")?,
        back: row.try_get("back")?,
        kept: row.try_get("kept")?,
    })
}

/// The last act of an agent, if there was one lately.
pub(crate) async fn last(conn: &mut Conn, property: &PropertyId, author: &Author) -> Result<Option<Batch>> {
    let Some(agent) = line::agent(author) else { return Ok(None) };
    let row = sqlx::query(concat!(
        "select ",
        batch_columns!(),
        " from batch where property = $1 and agent = $2 order by created_at desc, id desc limit 1"
    ))
    .bind(property.as_str())
    .bind(agent.as_str())
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(of_row).transpose()
}

/// Tells an agent that an act of theirs came further.
async fn tell(tx: &mut Tx, property: &PropertyId, author: Author) -> Result<()> {
    let only = line::agent(&author);
    log::append(tx, Happened { only, ..Happened::new(property, author, What::BatchMoved) }).await?;
    Ok(())
}

impl Agent {
    /// Begins an act on several conversations, and does its first step; the rest is done without the agent. Gives how far it is.
    pub async fn begin_batch(&self, form: BatchForm) -> Result<Batch> {
        let (change, named) = self.desk.checked(&self.property, form.change).await?;
        let id = form.id.clone();
        let begun = BatchForm { change, ..form };
        self.write(move |tx, agent| Box::pin(async move { agent.write_down(tx, begun, named).await })).await?;
        self.desk.step_batch(&self.property, &id).await?;
        self.batch(&id).await
    }

    async fn write_down(&self, tx: &mut Tx, form: BatchForm, named: Option<String>) -> Result<()> {
        if let Some(known) = self.own(tx.conn(), &form.id).await? {
            // asked twice, it is done once
            return if known.change == form.change { Ok(()) } else { Err(Refusal::Conflict.into()) };
        }
        let now = tx.now();
        sqlx::query("insert into batch (property, id, agent, change, named, stage, total, created_at, moved_at) values ($1, $2, $3, $4, $5, 'running', 0, $6, $6)")
            .bind(self.property.as_str())
            .bind(form.id.as_str())
            .bind(self.id.as_str())
            .bind(serde_json::to_string(&form.change)?)
            .bind(named)
            .bind(now.0)
            .execute(tx.conn())
            .await
            .on_constraint("batch_pkey", "batch.id", Refusal::Conflict)?;
        let total = self.gather(tx, &form).await?;
        if total == 0 && matches!(form.of, Of::These(_)) {
            return Err(Refusal::NotFound.into());
        }
        sqlx::query("update batch set total = $3 where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(form.id.as_str())
            .bind(total)
            .execute(tx.conn())
            .await?;
        tell(tx, &self.property, self.author()).await
    }

    /// Names the conversations of an act; gives how many.
    async fn gather(&self, tx: &mut Tx, form: &BatchForm) -> Result<i64> {
        let found = match &form.of {
            Of::View(view) => {
                let now = tx.now();
                let (view, _) = inbox::dated(tx.conn(), &self.property, view.clone(), now).await?;
                filter::into_batch(&self.property, &form.id, &view, &self.sight, BATCH_MOST as usize + 1).run(tx.conn()).await?
            }
            Of::These(ids) => {
                if ids.len() > NAMED_MOST as usize {
                    return Err(Refusal::invalid("conversations", Why::TooMany(NAMED_MOST)).into());
                }
                let mut found = 0;
                for id in ids {
                    let named = filter::sight::one_into_batch(&self.property, form.id.as_str(), &self.sight, id.as_str());
                    found += named.run(tx.conn()).await?;
                }
                found
            }
        };
        if found > u64::from(BATCH_MOST) {
            return Err(Refusal::invalid("conversations", Why::TooMany(BATCH_MOST)).into());
        }
        Ok(i64::try_from(found).unwrap_or(i64::MAX))
    }

    /// Puts back what an act changed, but what somebody changed in the meantime; one that is still going on ends here. Done in
    /// steps, the first one at once.
    pub async fn undo_batch(&self, id: BatchId) -> Result<()> {
        let of_step = id.clone();
        self.write(move |tx, agent| {
            Box::pin(async move {
                let moved = sqlx::query("update batch set stage = stage where property = $1 and id = $2 and agent = $3 returning stage")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind(agent.id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                if moved.is_none() {
                    return Err(Refusal::NotFound.into());
                }
                let known = agent.own(tx.conn(), &id).await?.ok_or(Refusal::NotFound)?;
                match known.stage {
                    Stage::Undoing | Stage::Undone => return Ok(()),
                    _ if known.change == Change::Delete => return Err(Refusal::TooLate.into()),
                    Stage::Running | Stage::Done => {}
                }
                // what waits still is not changed any more
                sqlx::query("update batch_line set state = 'same' where property = $1 and batch = $2 and state = 'waiting'")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .execute(tx.conn())
                    .await?;
                let stage = if known.changed == 0 { Stage::Undone } else { Stage::Undoing };
                sqlx::query("update batch set stage = $3 where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind(stage.word())
                    .execute(tx.conn())
                    .await?;
                tell(tx, &agent.property, agent.author()).await
            })
        })
        .await?;
        self.desk.step_batch(&self.property, &of_step).await?;
        Ok(())
    }

    /// Their last act on several conversations.
    pub async fn last_batch(&self) -> Result<LastBatch> {
        let mut conn = self.desk.db().read().acquire().await?;
        let head = log::head(&mut *conn, &self.property).await?;
        Ok(LastBatch { head, batch: last(&mut conn, &self.property, &self.author()).await? })
    }

    async fn batch(&self, id: &BatchId) -> Result<Batch> {
        let mut conn = self.desk.db().read().acquire().await?;
        Ok(self.own(&mut conn, id).await?.ok_or(Refusal::NotFound)?)
    }

    /// One of their own acts.
    async fn own(&self, conn: &mut Conn, id: &BatchId) -> Result<Option<Batch>> {
        let row = sqlx::query(concat!("select ", batch_columns!(), " from batch where property = $1 and id = $2 and agent = $3"))
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(self.id.as_str())
            .fetch_optional(conn)
            .await?;
        row.as_ref().map(of_row).transpose()
    }
}

impl Desk {
    /// Does one step of the act that waits longest. Gives whether there was one.
    pub async fn follow_batches(&self) -> Result<bool> {
        let row = sqlx::query(
            "select property, id from (select * from (select property, id, moved_at from batch where stage = 'running' order by moved_at, id limit 1) r \
             union all select * from (select property, id, moved_at from batch where stage = 'undoing' order by moved_at, id limit 1) u) w order by moved_at limit 1",
        )
        .fetch_optional(self.db().read())
        .await?;
        let Some(row) = row else { return Ok(false) };
        self.step_batch(&word(&row, "property")?, &word(&row, "id")?).await?;
        Ok(true)
    }

    /// Forgets an act that was done long ago. Gives how many.
    pub(crate) async fn forget_old_batches(&self) -> Result<usize> {
        let before = self.clock().now().plus(-KEPT);
        let mut gone = 0;
        for stage in [Stage::Done, Stage::Undone] {
            let row = sqlx::query("select property, id from batch where stage = $1 and moved_at < $2 order by moved_at, id limit 1")
                .bind(stage.word())
                .bind(before.0)
                .fetch_optional(self.db().read())
                .await?;
            let Some(row) = row else { continue };
            let (property, id): (PropertyId, BatchId) = (word(&row, "property")?, word(&row, "id")?);
            self.db().write_to(&property.clone(), move |tx| Box::pin(async move { forget(tx, &property, &id).await })).await?;
            gone += 1;
        }
        Ok(gone)
    }
}

/// Who looks at their last act sees that it is not there any more.
async fn forget(tx: &mut Tx, property: &PropertyId, id: &BatchId) -> Result<()> {
    let row = sqlx::query("delete from batch where property = $1 and id = $2 returning agent")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(()) };
    tell(tx, property, Author::Agent { id: word(&row, "agent")?, name: String::new() }).await
}
