//! One step of an act: a few conversations in one transaction, with what became of each. The act's row is locked first, so that two
//! nodes do not do the same step; then the conversations in one order, as every verb takes them.

use model::{
    BatchId, ConversationId, Moment, PropertyId, Refusal,
    audit::Act,
    batch::{Batch, Change, Stage},
    conversation::{Folder, Line, Status},
    message::Author,
};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use super::{batch_columns, of_row, tell};
use crate::{
    Desk, Error, Result,
    audit::{self, Deed, Doer},
    conversation,
    db::Tx,
    line::{self, word},
    sight::{self, Sight},
};

/// Conversations of one step: others write in between, and the bar moves on.
const STEP: i64 = 50;

/// What undoes the change of one conversation.
#[derive(Serialize, Deserialize)]
struct Before {
    back: Change,
    /// Since when the customer waited, as long as nothing was said since then.
    waiting_since: Option<Moment>,
    last_at: Moment,
}

/// An act at work.
struct Work<'a> {
    desk: &'a Desk,
    property: &'a PropertyId,
    batch: Batch,
    named: Option<String>,
    author: Author,
}

impl Desk {
    /// Does the next step of an act, if it is going on.
    pub(crate) async fn step_batch(&self, property: &PropertyId, id: &BatchId) -> Result<()> {
        let (desk, property, id) = (self.clone(), property.clone(), id.clone());
        self.db().write_to(&property.clone(), move |tx| Box::pin(async move { step(tx, &desk, &property, &id).await })).await
    }
}

async fn step(tx: &mut Tx, desk: &Desk, property: &PropertyId, id: &BatchId) -> Result<()> {
    let now = tx.now();
    let row = sqlx::query(concat!(
        "update batch set moved_at = $3 where property = $1 and id = $2 and stage in ('running', 'undoing') returning agent, named, ",
        batch_columns!()
    ))
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(now.0)
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(()) };
    // who may no longer work here changes nothing more
    let agent: &str = row.try_get("agent")?;
    let member = sqlx::query(
        "select a.name from membership m join agent a on a.id = m.agent where m.property = $1 and m.agent = $2 and m.disabled_at is null",
    )
    .bind(property.as_str())
    .bind(agent)
    .fetch_optional(tx.conn())
    .await?;
    let sight = sight::of_member(tx.conn(), property, &word(&row, "agent")?).await?;
    let name = member.as_ref().map(|row| row.try_get::<String, _>(0)).transpose()?;
    let author = Author::Agent { id: word(&row, "agent")?, name: name.clone().unwrap_or_default() };
    let work = Work { desk, property, batch: of_row(&row)?, named: row.try_get("named")?, author };
    work.step(tx, sight.as_ref()).await
}

impl Work<'_> {
    /// `sight`: what the agent sees by now; none for who may no longer work here.
    async fn step(mut self, tx: &mut Tx, sight: Option<&Sight>) -> Result<()> {
        let undoing = self.batch.stage == Stage::Undoing;
        let waiting = self.waiting(tx, if undoing { "changed" } else { "waiting" }).await?;
        // all rows are locked in one order before the log is, so that two verbs cannot wait for each other
        let mut lines = vec![];
        for (id, before) in waiting {
            let line = match line::take(tx, self.property, &id).await {
                Ok(line) => match sight {
                    // what they gave away by the act itself is put back all the same
                    Some(sight) if undoing || sight.sees(tx.conn(), self.property, &line).await? => {
                        Some(line).filter(|line| line.folder != Folder::Merged)
                    }
                    _ => None,
                },
                Err(Error::Refused(Refusal::NotFound)) => None,
                Err(error) => return Err(error),
            };
            lines.push((id, before, line));
        }
        let ended = lines.len() < usize::try_from(STEP).unwrap_or(0);
        for (id, before, line) in lines {
            if undoing {
                let back = self.put_back(tx, line, before).await?;
                *if back { &mut self.batch.back } else { &mut self.batch.kept } += 1;
                self.remember(tx, &id, if back { "back" } else { "kept" }, None).await?;
            } else {
                self.batch.looked += 1;
                let (state, before) = self.change(tx, line).await?;
                match state {
                    "changed" => self.batch.changed += 1,
                    "refused" => self.batch.refused += 1,
                    _ => {}
                }
                self.remember(tx, &id, state, before).await?;
            }
        }
        if ended {
            self.batch.stage = if undoing { Stage::Undone } else { Stage::Done };
        }
        self.store(tx).await?;
        tell(tx, self.property, self.author).await
    }

    /// The next conversations in a state, in their order.
    async fn waiting(&self, tx: &mut Tx, state: &str) -> Result<Vec<(ConversationId, Option<Before>)>> {
        let rows = sqlx::query(
            "select conversation, before from batch_line where property = $1 and batch = $2 and state = $3 order by conversation limit $4",
        )
        .bind(self.property.as_str())
        .bind(self.batch.id.as_str())
        .bind(state)
        .bind(STEP)
        .fetch_all(tx.conn())
        .await?;
        let one = |row| {
            let before: Option<String> = sqlx::Row::try_get(row, "before")?;
            Ok((word(row, "conversation")?, before.map(|json| serde_json::from_str(&json)).transpose()?))
        };
        rows.iter().map(one).collect()
    }

    /// Changes one; what became of it, and what undoes it.
    async fn change(&self, tx: &mut Tx, line: Option<Line>) -> Result<(&'static str, Option<Before>)> {
        let Some(line) = line else { return Ok(("refused", None)) };
        let change = &self.batch.change;
        let (desk, property) = (self.desk, self.property);
        match conversation::alter(tx, (desk, property), self.author.clone(), &line, (change, self.named.as_deref())).await {
            Ok(true) => {
                if *change == Change::Delete {
                    // in their name, and from nowhere: they may be gone by now
                    let doer = Doer { author: &self.author, address: "" };
                    audit::write(tx, property.as_str(), &doer, Deed::new(Act::Deleted, conversation::told_of(&line))).await?;
                }
                let before = |back| Before { back, waiting_since: line.waiting_since, last_at: line.last_at };
                Ok(("changed", change.back(&line).map(before)))
            }
            Ok(false) => Ok(("same", None)),
            // said before anything is written
            Err(Error::Refused(_)) => Ok(("refused", None)),
            Err(error) => Err(error),
        }
    }

    /// Puts one back as it was, unless somebody changed it in the meantime. Gives whether it was.
    async fn put_back(&self, tx: &mut Tx, line: Option<Line>, before: Option<Before>) -> Result<bool> {
        let (Some(line), Some(before)) = (line, before) else { return Ok(false) };
        if !self.batch.change.holds(&line) {
            return Ok(false);
        }
        let name = match &before.back {
            // one who left since gets nothing any more
            Change::Assign(assignee) => match self.desk.assignee_name(self.property, assignee).await {
                Ok(name) => name,
                Err(Error::Refused(_)) => return Ok(false),
                Err(error) => return Err(error),
            },
            _ => None,
        };
        let Ok(Some((mut after, happening))) = before.back.apply(&line, name.as_deref()) else { return Ok(false) };
        if matches!(before.back, Change::Status(_) | Change::Snooze(_)) {
            after.waiting_since =
                if after.last_at == before.last_at { before.waiting_since } else { waits(tx, self.property, &after).await? };
        }
        conversation::tell(tx, (self.desk, self.property), self.author.clone(), (&line, &after), (&before.back, happening)).await?;
        Ok(true)
    }

    async fn remember(&self, tx: &mut Tx, id: &ConversationId, state: &str, before: Option<Before>) -> Result<()> {
        sqlx::query("update batch_line set state = $4, before = $5 where property = $1 and batch = $2 and conversation = $3")
            .bind(self.property.as_str())
            .bind(self.batch.id.as_str())
            .bind(id.as_str())
            .bind(state)
            .bind(before.map(|before| serde_json::to_string(&before)).transpose()?)
            .execute(tx.conn())
            .await?;
        Ok(())
    }

    async fn store(&self, tx: &mut Tx) -> Result<()> {
        let Batch { id, stage, looked, changed, refused, back, kept, .. } = &self.batch;
        sqlx::query(
            "update batch set stage = $3, looked = $4, changed = $5, refused = $6, back = $7, kept = $8 where property = $1 and id = $2",
        )
        .bind(self.property.as_str())
        .bind(id.as_str())
        .bind(stage.word())
        .bind(*looked)
        .bind(*changed)
        .bind(*refused)
        .bind(*back)
        .bind(*kept)
        .execute(tx.conn())
        .await?;
        Ok(())
    }
}

/// Since when the customer of a line waits, by what was said.
async fn waits(tx: &mut Tx, property: &PropertyId, line: &Line) -> Result<Option<Moment>> {
    if matches!(line.status, Status::Solved | Status::Closed) {
        return Ok(None);
    }
    let mut counted = line.clone();
    line::recount(tx.conn(), property, &mut counted).await?;
    Ok(counted.waiting_since)
}
