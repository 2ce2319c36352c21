//! The push reader: which browsers are owed a push by what happened, written into the outbox together with the reader's place.
//! What deserves one is the model's rule; whether it is still worth telling is seen when it is sent. Sends nothing.

use model::{
    Language, Moment, PropertyId, PushId,
    event::{Event, People, Told, What},
    moment::{MINUTE, SECOND, Zone},
    notify::notice,
};
use sqlx::Row as _;

use super::place;
use crate::{
    Desk, Result,
    line::word,
    log,
    notify::{self, Listener, Owed},
    property, roster,
};

/// Name of this reader's place.
const READER: &str = "push";
/// Events of one look.
const EVENTS: i64 = 500;
/// Who listens for the first time, or after long, is told nothing of what lies further back.
const BEHIND_MOST: i64 = 2_000;
/// What is older is no news any more.
const FRESH: i64 = 5 * MINUTE;
/// So long a push waits: who has a page open reads it there meanwhile.
const PATIENCE: i64 = 3 * SECOND;

/// Who listens in a property, and how it looks at time and language.
struct Audience {
    listeners: Vec<Listener>,
    people: People,
    languages: Vec<Option<Language>>,
    language: Language,
    zone: Zone,
}

impl Desk {
    /// Reads on in every property that a browser listens to, and writes the pushes that are owed. True when there may be more to read.
    pub async fn follow_push(&self) -> Result<bool> {
        let rows = sqlx::query(
            "select h.property, h.seq as head, coalesce(c.seq, 0) as place from log_head h
             left join reader_cursor c on c.reader = 'push' and c.property = h.property
             where h.seq > coalesce(c.seq, 0) and h.property in (select s.property from push_subscription p join session s on s.id = p.session)",
        )
        .fetch_all(self.db().read())
        .await?;
        let mut more = false;
        for row in &rows {
            let (head, place): (i64, i64) = (row.try_get("head")?, row.try_get("place")?);
            more |= self.read_for_push(&word(row, "property")?, head, place).await?;
        }
        Ok(more)
    }

    async fn read_for_push(&self, property: &PropertyId, head: i64, mut place: i64) -> Result<bool> {
        let from = place.max(head - BEHIND_MOST);
        let events = log::since(self.db().read(), property, from, EVENTS).await?;
        let full = i64::try_from(events.len()).unwrap_or(0) == EVENTS;
        let end = events.last().map_or(head, |event| if full { event.seq } else { event.seq.max(head) });
        let oldest = self.clock().now().plus(-FRESH);
        let fresh: Vec<Event> = events.into_iter().filter(|event| may_deserve(event.what) && event.at > oldest).collect();
        if !fresh.is_empty() {
            let audience = self.audience(property).await?;
            for told in self.tell(fresh).await? {
                let owed = self.for_who_sees(&audience, &told, owed(&audience, &told)).await?;
                let seq = told.event.seq;
                if owed.is_empty() {
                    continue;
                }
                if !self.push_step(property, place, seq, owed).await? {
                    return Ok(true);
                }
                place = seq;
            }
        }
        if place < end && !self.push_step(property, place, end, vec![]).await? {
            return Ok(true);
        }
        Ok(full)
    }

    /// What is owed to those who see what it is about.
    async fn for_who_sees(&self, audience: &Audience, told: &Told, mut owed: Vec<(PushId, Owed)>) -> Result<Vec<(PushId, Owed)>> {
        let Some(line) = &told.line else { return Ok(owed) };
        for listener in audience.listeners.iter().filter(|listener| !listener.sight.covers(&line.assignee)) {
            let known = owed.iter().any(|(id, _)| *id == listener.id);
            if known && !listener.sight.sees(self.db().read().acquire().await?.as_mut(), &told.event.property, line).await? {
                owed.retain(|(id, _)| *id != listener.id);
            }
        }
        Ok(owed)
    }

    async fn audience(&self, property: &PropertyId) -> Result<Audience> {
        let mut conn = self.db().read().acquire().await?;
        let known = property::load(self, &mut conn, property).await?;
        let people = roster::people(&mut conn, property).await?;
        let listeners = notify::listeners(&mut conn, property, self.clock().now()).await?;
        let language = |listener: &Listener| people.agents.iter().find(|agent| agent.id == listener.agent).and_then(|agent| agent.language);
        Ok(Audience { languages: listeners.iter().map(language).collect(), listeners, people, language: known.language, zone: known.zone })
    }

    /// Moves this reader's place and writes what is owed by one event, together. False when another reader was faster.
    async fn push_step(&self, property: &PropertyId, from: i64, to: i64, owed: Vec<(PushId, Owed)>) -> Result<bool> {
        let property = property.clone();
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    if !place::advance(tx, READER, &property, from, to).await? {
                        return Ok(false);
                    }
                    for (id, owed) in &owed {
                        notify::owe(tx, id, owed).await?;
                    }
                    Ok(true)
                })
            })
            .await
            .or_else(|error| if place::is_race(&error) { Ok(false) } else { Err(error) })
    }
}

const fn may_deserve(what: What) -> bool {
    matches!(
        what,
        What::TicketOpened
            | What::MessageSaid
            | What::MessageNoted
            | What::Assigned
            | What::RuleRan
            | What::ChatStarted
            | What::AgentLeft
            | What::AgentInvited
    )
}

/// Which browsers are owed what by an event.
fn owed(audience: &Audience, told: &Told) -> Vec<(PushId, Owed)> {
    let at: Moment = told.event.at;
    let listeners = audience.listeners.iter().zip(&audience.languages);
    listeners
        .filter(|(listener, _)| listener.created_at <= at && !listener.settings.is_quiet(&audience.zone, at))
        .filter_map(|(listener, language)| {
            let notice = notice(told, &listener.agent, &audience.people, &listener.settings, None)?;
            let note = notice.note(language.unwrap_or(audience.language), listener.settings.hide_words);
            let property = told.event.property.clone();
            Some((listener.id.clone(), Owed { property, reason: notice.reason.word(), note, at, next_at: at.plus(PATIENCE) }))
        })
        .collect()
}
