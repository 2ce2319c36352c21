//! What is due in a ticket, told from its line, its clock, the targets and the hours: before a change of the line is stored, in the same
//! transaction, so that whoever is told of the change is told what is due since.

use model::{
    Moment, PropertyId,
    conversation::{Kind, Line},
    target::{Due, Worked},
};
use sqlx::Row as _;

use super::Measure;
use crate::{Result, db::Tx, line};

/// What is due in a ticket that is about to be made.
pub(crate) async fn begin(tx: &mut Tx, property: &PropertyId, line: &Line) -> Result<Option<Due>> {
    let now = tx.now();
    let row = sqlx::query(
        "select t.settings as targets, w.settings as widget, p.time_zone from target t join widget w on w.property = t.property \
         join property p on p.id = t.property where t.property = $1",
    )
    .bind(property.as_str())
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let measure = Measure::of_row(&row, now)?;
    Ok(measure.targets.due(line, Worked::begun(line), (&measure.hours, &measure.zone), now))
}

/// What is due once the line of a ticket is so; and what was, as it is stored. Keeps how far its clock has run. A chat has nothing due.
pub(crate) async fn follow(tx: &mut Tx, property: &PropertyId, after: &Line) -> Result<(Option<Due>, Option<Due>)> {
    if after.kind != Kind::Ticket {
        return Ok((None, None));
    }
    let now = tx.now();
    let row = sqlx::query(
        "select c.due, c.due_at, c.soon_at, c.worked, c.works_from, t.settings as targets, w.settings as widget, p.time_zone \
         from conversation c join property p on p.id = c.property join widget w on w.property = c.property \
         left join target t on t.property = c.property where c.property = $1 and c.id = $2",
    )
    .bind(property.as_str())
    .bind(after.id.as_str())
    .fetch_one(tx.conn())
    .await?;
    let measure = Measure::of_row(&row, now)?;
    let hours = (&measure.hours, &measure.zone);
    let known = Worked { used: row.try_get("worked")?, since: row.try_get::<Option<i64>, _>("works_from")?.map(Moment) };
    let worked = known.follow(after, now, |from, until| measure.hours.between(from, until, &measure.zone));
    if worked != known {
        sqlx::query("update conversation set worked = $3, works_from = $4 where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(after.id.as_str())
            .bind(worked.used)
            .bind(worked.since.map(|at| at.0))
            .execute(tx.conn())
            .await?;
    }
    Ok((line::due_of(&row)?, measure.targets.due(after, worked, hours, now)))
}
