//! The log: what happened in a property, numbered. Appended to by verbs, followed by readers.
//! It knows no reader.

mod author;

use model::{
    AgentId, Assignee, ContactId, ConversationId, MessageId, Moment, PropertyId, VisitorId,
    conversation::{Kind, Line},
    event::{Event, What},
    message::Author,
};
use serde::{Deserialize, Serialize};
use sqlx::{Any, Executor, Row as _, any::AnyRow};

use crate::{
    Fault, Result,
    db::{Conn, Pool, Tx},
    line, tally, target,
};

pub(crate) use author::{by_contacts, joining, unname};

/// A ticket's line that is new.
pub struct Opened {
    /// As it begins; its number, and that of its event, are still to be given.
    pub line: Line,
    /// The chat it was made from.
    pub origin: Option<ConversationId>,
    /// The closed ticket it goes on from.
    pub follows: Option<ConversationId>,
}

/// Something that happened, about to be written down.
pub struct Happened {
    /// Whose log.
    pub property: PropertyId,
    /// Who did it.
    pub author: Author,
    /// What.
    pub what: What,
    /// About which conversation.
    pub conversation: Option<ConversationId>,
    /// Messages it added, changed or took away; their rows are written by the caller, with `append`'s number.
    pub messages: Vec<MessageId>,
    /// Contacts of whom lists and pages show something else since.
    pub contacts: Vec<ContactId>,
    /// Lines before and after: the counters follow from them.
    pub counted: (Vec<Line>, Vec<Line>),
    /// Counters that have another value since, whatever it was: those of a view that comes or goes.
    pub set: Vec<(String, i64)>,
    /// The line before and after, when it is to be stored.
    pub stored: Option<(Line, Line)>,
    /// A line that comes with it.
    pub opened: Option<Opened>,
    /// The one agent who is told, or everybody.
    pub only: Option<AgentId>,
    /// The visitor who is told as well: of a chat, its own (found when it is not given), else nobody.
    pub visitor: Option<VisitorId>,
    /// Whether the conversation is a chat.
    pub chat: bool,
    /// Agents who see other conversations since.
    pub resighted: Vec<AgentId>,
}

impl Happened {
    /// An event with nothing but its name.
    pub fn new(property: &PropertyId, author: Author, what: What) -> Self {
        let property = property.clone();
        let (messages, contacts, counted, set) = (vec![], vec![], (vec![], vec![]), vec![]);
        Self {
            property,
            author,
            what,
            conversation: None,
            messages,
            contacts,
            counted,
            set,
            stored: None,
            opened: None,
            only: None,
            visitor: None,
            chat: false,
            resighted: vec![],
        }
    }

    /// About a conversation whose line changed from one to another, and is stored so.
    #[must_use]
    pub fn storing(self, before: &Line, after: &Line) -> Self {
        Self { stored: Some((before.clone(), after.clone())), ..self.line(&after.id, Some(before), Some(after)) }
    }

    /// About a conversation whose line changed from one to another, or came, or went.
    #[must_use]
    pub fn line(mut self, id: &ConversationId, before: Option<&Line>, after: Option<&Line>) -> Self {
        self.conversation = Some(id.clone());
        self.chat = before.or(after).is_some_and(|line| line.kind == Kind::Chat);
        self.counted = (before.into_iter().cloned().collect(), after.into_iter().cloned().collect());
        self.contacts = touched(self.what, before, after);
        // who answers in somebody else's conversation may be somebody new
        if let (Author::Contact { id, .. }, What::MessageSaid) = (&self.author, self.what)
            && !self.contacts.contains(id)
        {
            self.contacts.push(id.clone());
        }
        self
    }

    /// With these messages.
    #[must_use]
    pub fn messages(mut self, messages: Vec<MessageId>) -> Self {
        self.messages = messages;
        self
    }
}

/// Whose last words, conversations or name may be others by what happened to a line.
fn touched(what: What, before: Option<&Line>, after: Option<&Line>) -> Vec<ContactId> {
    let names = matches!(what, What::VisitorChanged | What::DetailsLeft | What::ChatStarted);
    if let (Some(before), Some(after)) = (before, after)
        && !names
        && (&before.contact, before.last_at, before.folder) == (&after.contact, after.last_at, after.folder)
    {
        return vec![];
    }
    let mut all: Vec<ContactId> = before.into_iter().chain(after).map(|line| line.contact.id.clone()).collect();
    all.dedup();
    all
}

#[derive(Serialize, Deserialize)]
struct Body {
    author: Author,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    messages: Vec<MessageId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<ContactId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tallies: Vec<(String, i64)>,
    /// Whose the conversation was, if it is somebody else's since or gone: who saw it for that sees it no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Assignee>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    resighted: Vec<AgentId>,
}

/// Takes the property's next number. The transaction has the counter row since it began (`db.rs`).
async fn next(tx: &mut Tx, property: &PropertyId) -> Result<i64> {
    debug_assert!(tx.holds(property), "a verb that appends to a property's log runs by `write_to` or `write_across`");
    let count = sqlx::query_scalar("update log_head set seq = seq + 1 where property = $1 returning seq").bind(property.as_str());
    Ok(count.fetch_optional(tx.conn()).await?.ok_or_else(|| Fault::Row(format!("property {property} has no log")))?)
}

/// Writes down what happened; gives its number.
pub async fn append(tx: &mut Tx, happened: Happened) -> Result<i64> {
    Ok(write(tx, happened).await?.0)
}

/// Writes down that a ticket was opened; gives its line with both numbers.
pub async fn open(tx: &mut Tx, happened: Happened, opened: Opened) -> Result<Line> {
    let happened = happened.line(&opened.line.id, None, Some(&opened.line));
    let (_, line) = write(tx, Happened { opened: Some(opened), ..happened }).await?;
    Ok(line.ok_or_else(|| Fault::Row("a ticket without a line".into()))?)
}

async fn write(tx: &mut Tx, mut happened: Happened) -> Result<(i64, Option<Line>)> {
    let (visitor, of_chat) = (visitor(&happened), is_for_its_visitor(&happened));
    if let Some((before, after)) = &mut happened.stored {
        // what is due follows from the change, and is counted and stored with it
        (before.due, after.due) = target::follow(tx, &happened.property, after).await?;
        let counted = [(&mut happened.counted.0, before.due), (&mut happened.counted.1, after.due)];
        for (lines, due) in counted {
            for line in lines {
                line.due = due;
            }
        }
        line::touch_contact(tx, &happened.property, (&*before, &*after)).await?;
    }
    if let Some(opened) = &happened.opened {
        line::touch_new(tx, &happened.property, &opened.line).await?;
    }
    let seq = next(tx, &happened.property).await?;
    let mut tallies = tally::count(tx, &happened.property, &happened.counted).await?;
    tally::set(tx, &happened.property, &happened.set).await?;
    tallies.extend(happened.set);
    let now = tx.now();
    let from = left(&happened.counted);
    let Happened { author, messages, contacts, resighted, .. } = happened;
    let body = serde_json::to_string(&Body { author, messages, contacts, tallies, from, resighted })?;
    let audience = happened.only.as_ref().map_or_else(|| "agents".to_owned(), |agent| format!("agent:{agent}"));
    sqlx::query(
        "insert into event (property, seq, at, what, conversation, audience, visitor, body) values ($1, $2, $3, $4, $5, $6, \
         coalesce($7, (select h.visitor from chat h where h.property = $1 and h.conversation = $9)), $8)",
    )
    .bind(happened.property.as_str())
    .bind(seq)
    .bind(now.0)
    .bind(happened.what.word())
    .bind(happened.conversation.as_ref().map(ConversationId::as_str))
    .bind(audience)
    .bind(visitor)
    .bind(body)
    .bind(happened.conversation.as_ref().filter(|_| of_chat).map(ConversationId::as_str))
    .execute(tx.conn())
    .await?;
    let mut new = None;
    if let Some((before, after)) = &happened.stored {
        line::store(tx, &happened.property, (before, after), seq).await?;
    } else if let Some(Opened { line, origin, follows }) = happened.opened {
        let line = Line { number: Some(line::number(tx, &happened.property).await?), seq, ..line };
        line::put(tx, &happened.property, &line, origin.as_ref(), follows.as_ref()).await?;
        new = Some(line);
    // what one agent alone is told changes no line that others see
    } else if let (Some(conversation), None) = (&happened.conversation, &happened.only) {
        sqlx::query("update conversation set seq = $3 where property = $1 and id = $2")
            .bind(happened.property.as_str())
            .bind(conversation.as_str())
            .bind(seq)
            .execute(tx.conn())
            .await?;
    }
    tx.ring(happened.property, seq);
    Ok((seq, new))
}

/// Whose a conversation was before, if it is somebody else's since or gone.
fn left((before, after): &(Vec<Line>, Vec<Line>)) -> Option<Assignee> {
    let before = &before.first()?.assignee;
    (after.first().map(|after| &after.assignee) != Some(before)).then(|| before.clone())
}

/// What every visitor of the property is told is addressed so.
const EVERY_VISITOR: &str = "*";

/// Which visitor is told besides the agents, where it is known without a look at the chat.
fn visitor(happened: &Happened) -> Option<String> {
    let every = happened.what.reaches_every_visitor().then(|| EVERY_VISITOR.to_owned());
    every.or_else(|| happened.visitor.as_ref().map(ToString::to_string))
}

/// Whether the visitor of the chat that it is about is told, whoever that is.
fn is_for_its_visitor(happened: &Happened) -> bool {
    happened.chat && happened.what.reaches_visitor()
}

/// Locks the log, and with it the counters, until the end of the transaction: what is counted now holds until then.
pub async fn hold(tx: &mut Tx, property: &PropertyId) -> Result<()> {
    sqlx::query("update log_head set seq = seq where property = $1").bind(property.as_str()).execute(tx.conn()).await?;
    Ok(())
}

/// The number of the last event.
pub async fn head(on: impl Executor<'_, Database = Any>, property: &PropertyId) -> Result<i64> {
    let row = sqlx::query("select seq from log_head where property = $1").bind(property.as_str()).fetch_optional(on).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get(0))?)
}

/// The number of the last event up to a moment; found by halving, since numbers have no gaps and moments hardly go back.
pub async fn last_until(conn: &mut Conn, property: &PropertyId, until: Moment) -> Result<i64> {
    let (mut before, mut after) = (0, head(&mut *conn, property).await? + 1);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        match next_at(conn, property, middle - 1).await? {
            Some(at) if at <= until => before = middle,
            _ => after = middle,
        }
    }
    Ok(before)
}

/// When the event after a number happened, if there is one.
pub async fn next_at(conn: &mut Conn, property: &PropertyId, seq: i64) -> Result<Option<Moment>> {
    let row = sqlx::query("select at from event where property = $1 and seq > $2 order by seq limit 1")
        .bind(property.as_str())
        .bind(seq)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.try_get(0).map(Moment)).transpose()?)
}

/// Events after a number that all agents are told, in order.
pub async fn since(pool: &Pool, property: &PropertyId, seq: i64, most: i64) -> Result<Vec<Event>> {
    let rows = sqlx::query("select seq, at, what, conversation, body from event where property = $1 and seq > $2 and audience = 'agents' order by seq limit $3")
        .bind(property.as_str())
        .bind(seq)
        .bind(most)
        .fetch_all(pool)
        .await?;
    rows.iter().map(|row| event(property, row)).collect()
}

/// Messages that were let through after an event of their conversation.
pub(crate) async fn approved_since(conn: &mut Conn, about: &Event) -> Result<Vec<MessageId>> {
    let rows = sqlx::query(
        "select seq, at, what, conversation, body from event where property = $1 and conversation = $2 and seq > $3 and what = 'message_approved'",
    )
    .bind(about.property.as_str())
    .bind(about.conversation.as_ref().map(ConversationId::as_str))
    .bind(about.seq)
    .fetch_all(conn)
    .await?;
    let all = rows.iter().map(|row| Ok(event(&about.property, row)?.messages)).collect::<Result<Vec<_>>>()?;
    Ok(all.concat())
}

/// Which visitors are told an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitors {
    /// None: it is for agents.
    Nobody,
    /// The one.
    One(VisitorId),
    /// All of the property.
    Every,
}

/// An event with who is told it.
pub struct Addressed {
    /// What happened.
    pub event: Event,
    /// The one agent who is told, or everybody.
    pub only: Option<AgentId>,
    /// The visitors who are told.
    pub visitors: Visitors,
    /// Whose the conversation was before, if it is somebody else's since or gone.
    pub from: Option<Assignee>,
    /// Agents who see other conversations since.
    pub resighted: Vec<AgentId>,
}

/// Events after a number, whoever is told them: for who passes them on.
pub async fn all_since(pool: &Pool, property: &PropertyId, seq: i64, most: i64) -> Result<Vec<Addressed>> {
    let rows = sqlx::query(
        "select seq, at, what, conversation, body, audience, visitor from event where property = $1 and seq > $2 order by seq limit $3",
    )
    .bind(property.as_str())
    .bind(seq)
    .bind(most)
    .fetch_all(pool)
    .await?;
    rows.iter().map(|row| addressed(property, row)).collect()
}

fn addressed(property: &PropertyId, row: &AnyRow) -> Result<Addressed> {
    let only = row.try_get::<&str, _>("audience")?.strip_prefix("agent:").and_then(|id| id.parse().ok());
    let visitors = match row.try_get::<Option<&str>, _>("visitor")? {
        None => Visitors::Nobody,
        Some(EVERY_VISITOR) => Visitors::Every,
        Some(id) => id.parse().map_or(Visitors::Nobody, Visitors::One),
    };
    let (event, Body { from, resighted, .. }) = read(property, row)?;
    Ok(Addressed { event, only, visitors, from, resighted })
}

/// Events after a number that a visitor is told, in order.
pub async fn visitor_since(pool: &Pool, property: &PropertyId, visitor: &VisitorId, seq: i64, most: i64) -> Result<Vec<Event>> {
    let rows = sqlx::query("select seq, at, what, conversation, body from event where property = $1 and visitor in ($2, '*') and seq > $3 order by seq limit $4")
        .bind(property.as_str())
        .bind(visitor.as_str())
        .bind(seq)
        .bind(most)
        .fetch_all(pool)
        .await?;
    rows.iter().map(|row| event(property, row)).collect()
}

/// Who is told by the events after a number, in order; none for every visitor. For who wakes the open windows of a property.
pub async fn visitors_since(pool: &Pool, property: &PropertyId, seq: i64, most: i64) -> Result<Vec<(i64, Option<VisitorId>)>> {
    let rows = sqlx::query("select seq, visitor from event where property = $1 and seq > $2 and visitor is not null order by seq limit $3")
        .bind(property.as_str())
        .bind(seq)
        .bind(most)
        .fetch_all(pool)
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<&str, _>(1)?.parse().ok()))).collect()
}

fn event(property: &PropertyId, row: &AnyRow) -> Result<Event> {
    Ok(read(property, row)?.0)
}

/// An event, and what else its body holds.
fn read(property: &PropertyId, row: &AnyRow) -> Result<(Event, Body)> {
    let what: String = row.try_get("what")?;
    let mut body: Body = serde_json::from_str(row.try_get::<&str, _>("body")?)?;
    let event = Event {
        property: property.clone(),
        seq: row.try_get("seq")?,
        at: Moment(row.try_get("at")?),
        author: body.author.clone(),
        what: what.parse().map_err(|()| Fault::Row(format!("event {what}")))?,
        conversation: row.try_get::<Option<String>, _>("conversation")?.and_then(|id| id.parse().ok()),
        messages: std::mem::take(&mut body.messages),
        contacts: std::mem::take(&mut body.contacts),
        tallies: std::mem::take(&mut body.tallies),
    };
    Ok((event, body))
}
