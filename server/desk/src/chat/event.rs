//! What a site tells of its visitor's doings: lines in the chat's course that agents alone see.

use model::{ConversationId, Moment, Refusal, Why, event::What, message::Author, visitor::SiteEvent};

use super::new_message;
use crate::{
    Desk, Result, Visitor, conversation,
    message::Entry,
    visitor::{self, lock},
};

/// Entries of what the site told; what has no name is nothing.
pub(super) fn told(desk: &Desk, events: &[SiteEvent], author: &Author, now: Moment) -> Vec<Entry> {
    let entry = |event: &SiteEvent| {
        let (what, at) = event.told(now)?;
        Some(Entry { at: Some(at), ..Entry::happened(new_message(desk), author.clone(), what) })
    };
    events.iter().filter_map(entry).collect()
}

impl Visitor {
    /// Tells something that happened on the site, in a chat of theirs. What happened before there was one goes with its first words.
    pub async fn tell_event(&self, chat: ConversationId, event: SiteEvent) -> Result<()> {
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let row = lock(tx, &visitor.property, &visitor.id).await?;
                let before = visitor.take(tx, &chat).await?;
                let author = visitor::author(&row, &before.contact);
                let entries = told(&visitor.desk, &[event], &author, tx.now());
                if entries.is_empty() {
                    return Err(Refusal::invalid("event", Why::Required).into());
                }
                visitor.restrain(tx, "event", &visitor.desk.settings().visitor_limits.events).await?;
                conversation::record(tx, &visitor.property, &before, &before, author, What::SiteEventTold, entries).await?;
                Ok(())
            })
        })
        .await
    }
}
