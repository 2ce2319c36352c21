//! Events as readers are told them: with the rows they are about, as they stand now.
//! What was deleted meanwhile is simply not there; the event that says so follows.

use std::collections::{HashMap, hash_map::Entry};

use model::{
    AgentId, Assignee, ContactId, ConversationId, Moment, PropertyId,
    contact::Seen,
    conversation::{Kind, Line},
    event::{Event, Told, What},
    message::{Channel, Message},
    window::VisitorTold,
};
use sqlx::Row as _;

use crate::{
    Desk, Result, batch, chat,
    contact::{self, Brings},
    db::{self, Conn},
    line::{self, line_columns, word},
    log::{Addressed, Visitors},
    message, participant, property, roster, saved_view,
    sight::Sight,
    thread, window,
};

/// What is read of a conversation once, however many events are about it.
pub(crate) struct Known {
    pub line: Line,
    /// Up to when each agent has read it.
    read: Vec<(AgentId, Moment)>,
    /// What only a chat has.
    pub chat: Option<chat::Whole>,
}

/// Reads what events are about.
pub(crate) struct Reading {
    conn: db::Pooled,
    known: HashMap<ConversationId, Option<Known>>,
    /// Contacts, with what is told of them besides.
    contacts: HashMap<(ContactId, Brings), Option<Seen>>,
}

impl Reading {
    pub async fn new(desk: &Desk) -> Result<Self> {
        Ok(Self { conn: desk.db().read().acquire().await?, known: HashMap::new(), contacts: HashMap::new() })
    }

    /// Where it reads.
    pub fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// What an event is about: the conversation, and those of its messages that are there.
    pub async fn of(&mut self, event: &Event) -> Result<(Option<&Known>, Vec<Message>)> {
        let Some(id) = &event.conversation else { return Ok((None, vec![])) };
        self.of_conversation(event).await?;
        let mut messages = vec![];
        for message in &event.messages {
            // what went into another ticket since is told there
            messages.extend(message::load(&mut self.conn, &event.property, message).await?.filter(|message| message.conversation == *id));
        }
        Ok((self.known.get(id).and_then(Option::as_ref), messages))
    }

    async fn of_conversation(&mut self, event: &Event) -> Result<Option<&Known>> {
        let (Self { conn, known, .. }, property) = (self, &event.property);
        let Some(id) = &event.conversation else { return Ok(None) };
        let known = match known.entry(id.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(know(conn, property, id).await?),
        };
        Ok(known.as_ref())
    }

    /// Whose the conversation of an event is now; none if it is gone.
    pub async fn assignee(&mut self, event: &Event) -> Result<Option<Assignee>> {
        Ok(self.of_conversation(event).await?.map(|known| known.line.assignee.clone()))
    }

    /// With whom it is.
    pub async fn contact(&mut self, event: &Event) -> Result<Option<ContactId>> {
        Ok(self.of_conversation(event).await?.map(|known| known.line.contact.id.clone()))
    }

    /// The contacts of whom an event shows something else.
    pub async fn contacts(&mut self, event: &Event) -> Result<Vec<Seen>> {
        let (Self { conn, contacts, .. }, brings) = (self, Brings::of(event.what));
        let mut all = vec![];
        for id in &event.contacts {
            let seen = match contacts.entry((id.clone(), brings)) {
                Entry::Occupied(seen) => seen.into_mut(),
                Entry::Vacant(place) => place.insert(contact::seen(conn, &event.property, id, brings).await?),
            };
            all.extend(seen.clone());
        }
        Ok(all)
    }
}

async fn know(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<Option<Known>> {
    let Some((line, read)) = line_and_marks(conn, property, id).await? else { return Ok(None) };
    let chat = if line.kind == Kind::Chat { chat::load_whole(conn, property, id).await? } else { None };
    Ok(Some(Known { line, read, chat }))
}

/// The line as it stands, and up to when each agent has read it.
async fn line_and_marks(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<Option<(Line, Vec<(AgentId, Moment)>)>> {
    let rows = sqlx::query(concat!(
        "select ",
        line_columns!(),
        ", r.agent as reader, r.read_at from conversation c join contact k on k.property = c.property and k.id = c.contact \
         left join read_mark r on r.property = c.property and r.conversation = c.id where c.property = $1 and c.id = $2 order by r.agent"
    ))
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_all(conn)
    .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut marks = vec![];
    for row in &rows {
        if let Some(at) = row.try_get::<Option<i64>, _>("read_at")? {
            marks.push((word(row, "reader")?, Moment(at)));
        }
    }
    Ok(Some((line::of_row(first)?, marks)))
}

impl Desk {
    /// Tells agents events of one property, in their order.
    pub async fn tell(&self, events: Vec<Event>) -> Result<Vec<Told>> {
        let mut reading = Reading::new(self).await?;
        let mut all = Vec::with_capacity(events.len());
        for event in events {
            all.push(self.tell_one(&mut reading, event, None).await?.0);
        }
        Ok(all)
    }

    /// Tells agents events, and the one visitor of each what they are told of it: read once for all of them. None for the visitor:
    /// they read it themselves.
    pub async fn tell_both(&self, events: Vec<Addressed>) -> Result<Vec<(Told, Option<VisitorTold>)>> {
        let mut reading = Reading::new(self).await?;
        let mut all = Vec::with_capacity(events.len());
        for Addressed { event, visitors, .. } in events {
            all.push(self.tell_one(&mut reading, event, Some(&visitors)).await?);
        }
        Ok(all)
    }

    pub(crate) async fn tell_one(
        &self,
        reading: &mut Reading,
        event: Event,
        visitors: Option<&Visitors>,
    ) -> Result<(Told, Option<VisitorTold>)> {
        let contacts = reading.contacts(&event).await?;
        let (known, messages) = reading.of(&event).await?;
        let for_visitor = match visitors {
            // that asks for more than this
            Some(Visitors::One(visitor)) if event.what != What::VisitorChanged => Some(window::told(&event, visitor, known, &messages)),
            _ => None,
        };
        let (line, read) = known.map(|known| (known.line.clone(), known.read.clone())).unzip();
        let chat = known.and_then(|known| known.chat.as_ref()).map(|whole| whole.chat.clone());
        let (mut participants, mut others) = (None, None);
        let conn = reading.conn();
        if let Some(line) = &line {
            if brings_participants(&event, line, &messages) {
                participants = Some(participant::load(conn, &event.property, &line.id).await?);
            }
            if matches!(event.what, What::ContactsMerged | What::PersonErased)
                || (event.what == What::VisitorChanged && line.kind == Kind::Chat)
            {
                others = Some(thread::others(conn, &event.property, &Sight::All, line).await?);
            }
        }
        let batch = if event.what == What::BatchMoved { batch::last(conn, &event.property, &event.author).await? } else { None };
        let views = match event.what {
            What::ViewsChanged => Some(saved_view::seen(conn, &event.property, None).await?),
            What::OwnViewsChanged => Some(saved_view::seen(conn, &event.property, line::agent(&event.author).as_ref()).await?),
            _ => None,
        };
        let people = if changes_people(event.what) { Some(roster::people(conn, &event.property).await?) } else { None };
        let property = if event.what == What::PropertyChanged { Some(property::load(self, conn, &event.property).await?) } else { None };
        let read = read.unwrap_or_default();
        Ok((
            Told { event, line, read, messages, contacts, participants, chat, others, people, property, batch, views, counts: None },
            for_visitor,
        ))
    }
}

/// Whether it may have changed who takes part: what is said in a window does not.
fn brings_participants(event: &Event, line: &Line, messages: &[Message]) -> bool {
    let in_window = line.kind == Kind::Chat && messages.iter().all(|message| message.channel == Channel::Chat);
    match event.what {
        What::MessageSaid => !in_window,
        What::TicketOpened
        | What::HistoryImported
        | What::MessageApproved
        | What::ParticipantsChanged
        | What::MessagesShifted
        | What::PersonErased
        | What::ChatStarted
        | What::VisitorChanged => true,
        _ => false,
    }
}

const fn changes_people(what: What) -> bool {
    matches!(what, What::PeopleChanged | What::PresenceChanged)
}
