//! What an agent is told who sees a part of the property: of what they see, all; of what left their sight, that it is gone; of the rest,
//! what became of contacts and people. Their counters are counted anew, since those of the log are of the whole property.

use model::{
    Assignee, ConversationId,
    event::{Event, Told, What},
    live::GAP_MOST,
    message::Author,
};

use super::Sight;
use crate::{
    Agent, Result, contact, line,
    log::{self, Addressed},
    saved_view, thread,
    told::Reading,
};

impl Agent {
    /// What this agent is told since a number. None when the gap is too large, or they see other conversations since: the state is to be
    /// loaded anew.
    pub async fn told_since(&self, seq: i64) -> Result<Option<Vec<Told>>> {
        let pool = self.desk.db().read();
        let head = log::head(pool, &self.property).await?;
        if seq > head || head - seq > GAP_MOST {
            return Ok(None);
        }
        let mut events = log::all_since(pool, &self.property, seq, GAP_MOST).await?;
        if events.iter().any(|one| one.resighted.contains(&self.id)) {
            return Ok(None);
        }
        events.retain(|one| one.only.as_ref().is_none_or(|only| *only == self.id));
        let told = if self.is_limited() {
            self.tell_part(events).await?
        } else {
            self.desk.tell(events.into_iter().map(|one| one.event).collect()).await?
        };
        Ok(Some(told))
    }

    async fn tell_part(&self, events: Vec<Addressed>) -> Result<Vec<Told>> {
        let mut reading = Reading::new(&self.desk).await?;
        let (mut all, mut counted) = (vec![], vec![]);
        for Addressed { event, from, .. } in events {
            let tallied = !event.tallies.is_empty();
            let (told, moves) = match event.conversation.clone() {
                None => (Some(self.tell_whole(&mut reading, event).await?), tallied),
                Some(id) => {
                    let calls = matches!(event.what, What::MessageNoted | What::AgentInvited | What::AgentLeft);
                    if self.sees_now(&mut reading, &event, &id).await? {
                        (Some(self.tell_whole(&mut reading, event).await?), tallied || calls || from.is_some())
                    } else if self.saw(&event, from.as_ref()) {
                        (Some(self.tell_gone(&mut reading, event).await?), true)
                    } else {
                        (self.tell_contacts(&mut reading, event).await?, false)
                    }
                }
            };
            if let Some(told) = told {
                all.push(told);
                counted.push(moves);
            }
        }
        if counted.contains(&true) {
            // once for all of them: what is counted now holds after the last one
            let saved = saved_view::both(reading.conn(), &self.property, &self.id).await?;
            let counts = self.tallies(reading.conn(), &saved).await?;
            for (told, _) in all.iter_mut().zip(counted).filter(|(_, moves)| *moves) {
                told.counts = Some(counts.clone());
            }
        }
        Ok(all)
    }

    async fn sees_now(&self, reading: &mut Reading, event: &Event, id: &ConversationId) -> Result<bool> {
        let Some(assignee) = reading.assignee(event).await? else { return Ok(false) };
        match &self.sight {
            Sight::Part { agent, .. } if !self.sight.covers(&assignee) => super::is_called(reading.conn(), &self.property, agent, id).await,
            _ => Ok(true),
        }
    }

    /// Whether they may have seen what they do not see now: it was theirs, or it is by what they did.
    fn saw(&self, event: &Event, from: Option<&Assignee>) -> bool {
        // of what is deleted nothing is told but that it is
        let deleted = event.what == What::Deleted;
        deleted || from.is_some_and(|from| self.sight.covers(from)) || line::agent(&event.author).as_ref() == Some(&self.id)
    }

    /// All of it, as far as it is of what they see.
    async fn tell_whole(&self, reading: &mut Reading, event: Event) -> Result<Told> {
        let mut told = self.desk.tell_one(reading, event, None).await?.0;
        told.event.tallies.clear();
        if let Some(line) = &told.line {
            if told.others.is_some() {
                told.others = Some(thread::others(reading.conn(), &self.property, &self.sight, line).await?);
            }
            // by what came into sight or left it, the contact's conversations are more or fewer
            let contact = line.contact.id.clone();
            if !told.event.contacts.contains(&contact) {
                told.event.contacts.push(contact);
                told.contacts = reading.contacts(&told.event).await?;
            }
        }
        self.count_contacts(reading, &mut told).await?;
        Ok(told)
    }

    /// That it is gone, and what became of its contact.
    async fn tell_gone(&self, reading: &mut Reading, event: Event) -> Result<Told> {
        let mut contacts = event.contacts.clone();
        if let Some(contact) = reading.contact(&event).await?.filter(|contact| !contacts.contains(contact)) {
            contacts.push(contact);
        }
        self.bare(reading, Event { messages: vec![], contacts, tallies: vec![], ..event }).await
    }

    /// What became of contacts by what they do not see.
    async fn tell_contacts(&self, reading: &mut Reading, event: Event) -> Result<Option<Told>> {
        if event.contacts.is_empty() {
            return Ok(None);
        }
        // a merge brings more of the contact than its card
        let what = if event.what == What::ContactsMerged { event.what } else { What::ContactChanged };
        let hidden = Event { author: Author::System, what, conversation: None, messages: vec![], tallies: vec![], ..event };
        Ok(Some(self.bare(reading, hidden).await?))
    }

    /// An event with its contacts alone.
    async fn bare(&self, reading: &mut Reading, event: Event) -> Result<Told> {
        let mut told = Told {
            contacts: reading.contacts(&event).await?,
            event,
            line: None,
            read: vec![],
            messages: vec![],
            participants: None,
            chat: None,
            others: None,
            people: None,
            property: None,
            batch: None,
            views: None,
            counts: None,
        };
        self.count_contacts(reading, &mut told).await?;
        Ok(told)
    }

    async fn count_contacts(&self, reading: &mut Reading, told: &mut Told) -> Result<()> {
        for seen in &mut told.contacts {
            seen.counts = contact::counts(reading.conn(), &self.property, &self.sight, &seen.card.contact.id).await?;
        }
        Ok(())
    }
}
