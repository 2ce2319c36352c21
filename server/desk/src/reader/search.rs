//! The search reader: whose words came or went by what happened. It marks the documents that are to be written together with its
//! place in the log; `search` writes them. Decides nothing of what is found.

use std::collections::BTreeSet;

use model::{ContactId, ConversationId, PropertyId, event::What};
use sqlx::Row as _;

use super::place;
use crate::{Desk, Result, line::word, log, search};

/// Name of this reader's place.
const READER: &str = "search";
/// Events of one look.
const EVENTS: i64 = 500;

impl Desk {
    /// Reads on in every property whose log grew, and writes documents that are due. True when there may be more to do.
    pub async fn follow_search(&self) -> Result<bool> {
        let rows = sqlx::query(
            "select h.property, h.seq as head, coalesce(c.seq, 0) as place from log_head h \
             left join reader_cursor c on c.reader = 'search' and c.property = h.property where h.seq > coalesce(c.seq, 0)",
        )
        .fetch_all(self.db().read())
        .await?;
        let mut more = false;
        for row in &rows {
            more |= self.read_for_search(&word(row, "property")?, row.try_get("head")?, row.try_get("place")?).await?;
        }
        let written = self.write_documents().await.or_else(|error| if place::is_race(&error) { Ok(true) } else { Err(error) })?;
        Ok(written || more)
    }

    async fn read_for_search(&self, property: &PropertyId, head: i64, place: i64) -> Result<bool> {
        let events = log::since(self.db().read(), property, place, EVENTS).await?;
        let full = i64::try_from(events.len()).unwrap_or(0) == EVENTS;
        let end = events.last().map_or(head, |event| if full { event.seq } else { event.seq.max(head) });
        let (mut conversations, mut contacts) = (BTreeSet::<ConversationId>::new(), BTreeSet::<ContactId>::new());
        for event in events {
            if changes_words(event.what) {
                conversations.extend(event.conversation);
            }
            if renames(event.what) {
                contacts.extend(event.contacts);
            }
        }
        let property = property.clone();
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    if !place::advance(tx, READER, &property, place, end).await? {
                        return Ok(true);
                    }
                    search::due(tx, &property, &conversations).await?;
                    for contact in &contacts {
                        search::due_of(tx, &property, contact).await?;
                    }
                    Ok(full)
                })
            })
            .await
            .or_else(|error| if place::is_race(&error) { Ok(true) } else { Err(error) })
    }
}

/// Whether words came to a conversation, or left it.
const fn changes_words(what: What) -> bool {
    matches!(
        what,
        What::TicketOpened
            | What::ChatStarted
            | What::MessageSaid
            | What::MessageNoted
            | What::MessageUndone
            | What::MessageEdited
            | What::MessagesShifted
            | What::RuleRan
            | What::VisitorChanged
            | What::DetailsLeft
            | What::ContactsMerged
            | What::PersonErased
            | What::HistoryImported
    )
}

/// Whether a contact is called otherwise.
const fn renames(what: What) -> bool {
    matches!(what, What::ContactChanged | What::ContactsMerged | What::VisitorChanged | What::DetailsLeft)
}
