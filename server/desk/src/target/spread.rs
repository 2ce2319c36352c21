//! Time and changed targets reach tickets that nobody touches: what is due soon is told when it is, and after a change of targets or
//! hours all tickets that are not done are looked through, a part at each tick of the clock.

use model::{
    ConversationId, PropertyId, Refusal,
    conversation::{Folder, Kind, Status},
    event::What,
    message::Author,
};
use sqlx::Row as _;

use super::follow;
use crate::{
    Desk, Error, Result,
    db::Tx,
    line::{self, word},
    log::{self, Happened},
};

/// Conversations that are passed over at a tick, and tickets that are looked at.
const PASSED: i64 = 1_000;
const LOOKED: usize = 100;

/// Begins the walk through a property's tickets anew: what they are measured by is another. Without targets there is nothing to walk for.
pub(crate) async fn again(tx: &mut Tx, property: &PropertyId) -> Result<()> {
    sqlx::query("update target set round = round + 1, spread_from = '' where property = $1")
        .bind(property.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Tells what is due in a ticket, when it is something else than what is stored.
async fn look(tx: &mut Tx, property: &PropertyId, id: &ConversationId) -> Result<bool> {
    let line = match line::take(tx, property, id).await {
        Err(Error::Refused(Refusal::NotFound)) => return Ok(false),
        line => line?,
    };
    let (before, after) = follow(tx, property, &line).await?;
    if before == after {
        return Ok(false);
    }
    log::append(tx, Happened::new(property, Author::System, What::DueChanged).storing(&line, &line)).await?;
    Ok(true)
}

impl Desk {
    async fn look_at_due(&self, property: PropertyId, id: ConversationId) -> Result<bool> {
        self.db().write_to(&property.clone(), move |tx| Box::pin(async move { look(tx, &property, &id).await })).await
    }

    /// Tells of tickets in which something is due soon by now. Gives how many.
    pub(crate) async fn tell_due_soon(&self) -> Result<usize> {
        let near = sqlx::query("select property, id from conversation where near_at <= $1 order by near_at limit 100")
            .bind(self.clock().now().0)
            .fetch_all(self.db().read())
            .await?;
        for row in &near {
            self.look_at_due(word(row, "property")?, word(row, "id")?).await?;
        }
        Ok(near.len())
    }

    /// Goes on with the walks through tickets. Gives how many tickets have something else due.
    pub(crate) async fn spread_targets(&self) -> Result<usize> {
        let walks = sqlx::query("select property, round, spread_from from target where spread_from is not null order by property limit 10")
            .fetch_all(self.db().read())
            .await?;
        let mut changed = 0;
        for row in &walks {
            changed += self.walk_on(word(row, "property")?, row.try_get("round")?, row.try_get("spread_from")?).await?;
        }
        Ok(changed)
    }

    async fn walk_on(&self, property: PropertyId, round: i64, from: &str) -> Result<usize> {
        let rows = sqlx::query("select id, kind, folder, status from conversation where property = $1 and id > $2 order by id limit $3")
            .bind(property.as_str())
            .bind(from)
            .bind(PASSED)
            .fetch_all(self.db().read())
            .await?;
        let (mut looked, mut changed, mut place) = (0, 0, None);
        for row in &rows {
            let id: ConversationId = word(row, "id")?;
            let undone = !matches!(word(row, "status")?, Status::Solved | Status::Closed);
            if undone && word::<Kind>(row, "kind")? == Kind::Ticket && word::<Folder>(row, "folder")? == Folder::Inbox {
                looked += 1;
                changed += usize::from(self.look_at_due(property.clone(), id.clone()).await?);
            }
            place = Some(id);
            if looked == LOOKED {
                break;
            }
        }
        let over = looked < LOOKED && i64::try_from(rows.len()).is_ok_and(|passed| passed < PASSED);
        let place = place.filter(|_| !over).map(|id| id.to_string());
        self.db()
            .write_to(&property.clone(), move |tx| {
                Box::pin(async move {
                    // another change of the targets begins at the beginning
                    sqlx::query("update target set spread_from = $3 where property = $1 and round = $2")
                        .bind(property.as_str())
                        .bind(round)
                        .bind(place)
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await?;
        Ok(changed)
    }
}
