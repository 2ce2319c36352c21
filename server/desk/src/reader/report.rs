//! The report reader: which conversations are to be counted anew by what happened, and in which zone. `report` counts them, in the
//! transaction that moves this reader's place.

use std::collections::BTreeSet;

use model::{ConversationId, PropertyId, event::What};
use sqlx::Row as _;

use super::place;
use crate::{Desk, Result, line::word, log, report};

/// Name of this reader's place.
const READER: &str = "report";
/// Events of one look.
const EVENTS: i64 = 500;

impl Desk {
    /// Reads on in every property whose log grew, whose conversations wait to be counted, or whose zone is another now. True when
    /// there may be more to do.
    pub async fn follow_report(&self) -> Result<bool> {
        let rows = sqlx::query(
            "select h.property, h.seq as head, coalesce(c.seq, 0) as place, p.time_zone from log_head h join property p on p.id = h.property \
             left join reader_cursor c on c.reader = 'report' and c.property = h.property \
             where h.seq > coalesce(c.seq, 0) or (select 1 from report_due d where d.property = h.property limit 1) is not null \
             or (select f.zone from report_fact f where f.property = h.property and f.zone < p.time_zone order by f.zone limit 1) is not null \
             or (select f.zone from report_fact f where f.property = h.property and f.zone > p.time_zone order by f.zone limit 1) is not null",
        )
        .fetch_all(self.db().read())
        .await?;
        let mut more = false;
        for row in &rows {
            let (head, place): (i64, i64) = (row.try_get("head")?, row.try_get("place")?);
            more |= self.read_for_report(&word(row, "property")?, head, place, row.try_get("time_zone")?).await?;
        }
        Ok(more)
    }

    async fn read_for_report(&self, property: &PropertyId, head: i64, place: i64, zone: String) -> Result<bool> {
        let events = log::since(self.db().read(), property, place, EVENTS).await?;
        let full = i64::try_from(events.len()).unwrap_or(0) == EVENTS;
        let end = events.last().map_or(head, |event| if full { event.seq } else { event.seq.max(head) });
        let counted = events.into_iter().filter(|event| counts(event.what)).filter_map(|event| event.conversation);
        let conversations: BTreeSet<ConversationId> = counted.collect();
        let property = property.clone();
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    if !place::advance(tx, READER, &property, place, end).await? {
                        return Ok(true);
                    }
                    report::due(tx, &property, &conversations).await?;
                    report::due_elsewhere(tx, &property, &zone).await?;
                    Ok(report::step(tx, &property, &zone).await? || full)
                })
            })
            .await
            .or_else(|error| if place::is_race(&error) { Ok(true) } else { Err(error) })
    }
}

/// Whether it may change what is counted of its conversation.
const fn counts(what: What) -> bool {
    !matches!(
        what,
        What::LetterChanged
            | What::PriorityChanged
            | What::DueChanged
            | What::ParticipantsChanged
            | What::FollowersChanged
            | What::ReadMarked
            | What::AgentInvited
            | What::VisitorRead
            | What::VisitorChanged
            | What::AnswersMailed
            | What::TranscriptAsked
            | What::SiteEventTold
    )
}
