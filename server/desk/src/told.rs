//! Events as readers are told them: with the rows they are about, as they stand now.
//! What was deleted meanwhile is simply not there; the event that says so follows.

use std::collections::HashMap;

use model::{
    AgentId, ConversationId, Moment,
    conversation::{Kind, Line},
    event::{Event, Told, What},
    live::GAP_MOST,
};
use sqlx::{AnyConnection, Row as _};

use crate::{Agent, Desk, Result, chat, contact, line, log, message, participant, property, roster, thread};

impl Desk {
    /// Tells events of one property, in their order.
    pub async fn tell(&self, events: Vec<Event>) -> Result<Vec<Told>> {
        let mut conn = self.db().read().acquire().await?;
        let mut lines: HashMap<ConversationId, Option<Line>> = HashMap::new();
        let mut all = Vec::with_capacity(events.len());
        for event in events {
            all.push(self.tell_one(&mut conn, &mut lines, event).await?);
        }
        Ok(all)
    }

    async fn tell_one(&self, conn: &mut AnyConnection, lines: &mut HashMap<ConversationId, Option<Line>>, event: Event) -> Result<Told> {
        let (mut told_line, mut messages, mut participants) = (None, vec![], None);
        if let Some(id) = &event.conversation {
            if !lines.contains_key(id) {
                let line = line::load(conn, &event.property, id).await?;
                lines.insert(id.clone(), line);
            }
            told_line = lines.get(id).cloned().flatten();
            for message in &event.messages {
                // what went into another ticket since is told there
                messages.extend(message::load(conn, &event.property, message).await?.filter(|message| message.conversation == *id));
            }
            if told_line.is_some() && brings_participants(event.what) {
                participants = Some(participant::load(conn, &event.property, id).await?);
            }
        }
        let mut contacts = vec![];
        for id in &event.contacts {
            contacts.extend(contact::seen(conn, &event.property, id, event.what == What::ContactNoted).await?);
        }
        let (mut chat, mut others) = (None, None);
        if let Some(line) = told_line.as_ref().filter(|line| line.kind == Kind::Chat) {
            chat = chat::load(conn, &event.property, &line.id).await?;
            if event.what == What::VisitorChanged {
                others = Some(thread::others(conn, &event.property, line).await?);
            }
        }
        let read = if told_line.is_some() { read_marks(conn, &event).await? } else { vec![] };
        let people = if changes_people(event.what) { Some(roster::people(conn, &event.property).await?) } else { None };
        let property = if event.what == What::PropertyChanged { Some(property::load(self, conn, &event.property).await?) } else { None };
        Ok(Told { event, line: told_line, read, messages, contacts, participants, chat, others, people, property })
    }
}

const fn brings_participants(what: What) -> bool {
    matches!(
        what,
        What::TicketOpened
            | What::MessageSaid
            | What::MessageApproved
            | What::ParticipantsChanged
            | What::MessagesShifted
            | What::ChatStarted
            | What::VisitorChanged
    )
}

const fn changes_people(what: What) -> bool {
    matches!(what, What::PeopleChanged | What::PresenceChanged)
}

/// Up to when each agent has read the event's conversation.
async fn read_marks(conn: &mut AnyConnection, event: &Event) -> Result<Vec<(AgentId, Moment)>> {
    let rows = sqlx::query("select agent, read_at from read_mark where property = $1 and conversation = $2 order by agent")
        .bind(event.property.as_str())
        .bind(event.conversation.as_ref().map(ConversationId::as_str))
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| Ok((line::word(row, "agent")?, Moment(row.try_get("read_at")?)))).collect()
}

impl Agent {
    /// What this agent is told since a number. None when the gap is too large: the state is to be loaded anew.
    pub async fn told_since(&self, seq: i64) -> Result<Option<Vec<Told>>> {
        let pool = self.desk.db().read();
        let head = log::head(pool, &self.property).await?;
        if seq > head || head - seq > GAP_MOST {
            return Ok(None);
        }
        let events = log::since(pool, &self.property, seq, GAP_MOST, Some(&self.id)).await?;
        Ok(Some(self.desk.tell(events).await?))
    }
}
