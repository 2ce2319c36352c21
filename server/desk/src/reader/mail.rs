//! The mail reader: who is owed a letter by what was said, written into the outbox together with the reader's place.
//! Decides nothing that the verbs decided; sends nothing.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::BoxFuture;
use model::{
    ConversationId, LetterId, MessageId, Moment, PropertyId, Refusal,
    conversation::{Folder, Line},
    event::{Event, What},
    letter::LetterKind,
    message::{Author, Channel, MessageKind},
};
use sqlx::Row as _;

use super::{acknowledge, chat, letter::Composer, place, recipient};
use crate::{
    Desk, Error, Fault, Result,
    db::Tx,
    letter, line,
    line::{word, word_or_none},
    log,
};

/// Name of this reader's place.
const READER: &str = "mail";
/// Events of one look.
const EVENTS: i64 = 500;

/// Something said, as the reader needs it.
pub(super) struct Said {
    pub id: MessageId,
    /// Where it is now: it may have been moved since.
    pub conversation: ConversationId,
    pub seq: i64,
    pub author: Author,
    pub channel: Channel,
    pub held_until: Option<Moment>,
    pub text: String,
    pub reached: Vec<String>,
    /// The class of the mail it came as, if it came as one.
    pub class: Option<String>,
    pub marked: bool,
}

impl Desk {
    /// Reads on in every property whose log grew, and writes the letters that are owed. True when there may be more to read.
    pub async fn follow_mail(&self) -> Result<bool> {
        let rows = sqlx::query("select h.property, h.seq as head, coalesce(c.seq, 0) as place from log_head h left join reader_cursor c on c.reader = 'mail' and c.property = h.property where h.seq > coalesce(c.seq, 0)")
            .fetch_all(self.db().read())
            .await?;
        let mut more = false;
        for row in &rows {
            let (head, place): (i64, i64) = (row.try_get("head")?, row.try_get("place")?);
            more |= self.follow_property(&word(row, "property")?, head, place).await?;
        }
        Ok(more)
    }

    async fn follow_property(&self, property: &PropertyId, head: i64, mut place: i64) -> Result<bool> {
        let events = log::since(self.db().read(), property, place, EVENTS).await?;
        let full = i64::try_from(events.len()).unwrap_or(0) == EVENTS;
        let end = events.last().map_or(head, |event| if full { event.seq } else { event.seq.max(head) });
        let mut wrote = false;
        let said = events.iter().any(|event| matches!(event.what, What::MessageSaid | What::TicketOpened));
        let nobody = if said { self.owed_to_nobody(property, place, end).await? } else { vec![] };
        for event in events.into_iter().filter(|event| brings_letters(event, &nobody)) {
            let seq = event.seq;
            if !self.step(property, place, seq, Some(event)).await? {
                return Ok(true);
            }
            (place, wrote) = (seq, true);
        }
        if place < end && !self.step(property, place, end, None).await? {
            return Ok(true);
        }
        Ok(wrote || full)
    }

    /// The event of each word in a range that brings nobody a letter: said in a window, or in a mail of whoever is alone in a ticket that
    /// nobody looks after. They cost this one question, not a transaction each. Words that were moved meanwhile are not among them, and
    /// looked at one by one.
    async fn owed_to_nobody(&self, property: &PropertyId, after: i64, to: i64) -> Result<Vec<i64>> {
        let rows = sqlx::query(
            "select e.seq, m.channel, m.author, c.contact from event e cross join message m cross join conversation c cross join property p \
             where e.property = $1 and e.seq > $2 and e.seq <= $3 and e.what in ('message_said', 'ticket_opened') \
             and m.property = e.property and m.conversation = e.conversation and m.seq = e.seq and m.kind = 'said' \
             and c.property = m.property and c.id = m.conversation and p.id = e.property \
             and (m.channel = 'chat' or (m.channel = 'email' and c.assignee = 'nobody' and p.acknowledges_at is null and not exists \
             (select 1 from participant o where o.property = m.property and o.conversation = m.conversation and o.since <= m.seq \
             and not exists (select 1 from contact_address a where a.property = o.property and a.email = o.email and a.contact = c.contact))))",
        )
        .bind(property.as_str())
        .bind(after)
        .bind(to)
        .fetch_all(self.db().read())
        .await?;
        let mut nobody = vec![];
        for row in &rows {
            let alone = match serde_json::from_str(row.try_get("author")?)? {
                Author::Contact { id, .. } => id.as_str() == row.try_get::<&str, _>("contact")?,
                Author::Agent { .. } | Author::System => false,
            };
            if alone || word::<Channel>(row, "channel")? == Channel::Chat {
                nobody.push(row.try_get("seq")?);
            }
        }
        Ok(nobody)
    }

    /// Moves this reader's place and writes the letters of one event, together. False when another reader was faster.
    async fn step(&self, property: &PropertyId, from: i64, to: i64, event: Option<Event>) -> Result<bool> {
        let silent = event.is_none();
        let verb = stepping(self.clone(), property.clone(), (from, to), event);
        let done = if silent { self.db().write(verb).await } else { self.db().write_to(property, verb).await };
        done.or_else(|error| if place::is_race(&error) { Ok(false) } else { Err(error) })
    }
}

fn stepping(
    desk: Desk,
    property: PropertyId,
    (from, to): (i64, i64),
    event: Option<Event>,
) -> impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<bool>> + Send {
    move |tx| {
        Box::pin(async move {
            if !place::advance(tx, READER, &property, from, to).await? {
                return Ok(false);
            }
            if let Some(event) = event {
                write_letters(tx, &desk, &property, &event).await?;
            }
            Ok(true)
        })
    }
}

fn brings_letters(event: &Event, nobody: &[i64]) -> bool {
    match event.what {
        What::MessageSaid | What::TicketOpened => nobody.iter().filter(|seq| **seq == event.seq).count() < event.messages.len(),
        What::MessageApproved
        | What::AnswersMailed
        | What::DetailsLeft
        | What::TranscriptAsked
        // a rule's letter
        | What::RuleRan => true,
        _ => false,
    }
}

/// Writes the letters of one event: to those of the conversation in which it was said, wherever an agent moved the words meanwhile. Its
/// conversations are locked first: whoever takes words back, moves or deletes them, comes before or after.
async fn write_letters(tx: &mut Tx, desk: &Desk, property: &PropertyId, event: &Event) -> Result<()> {
    let Some(id) = &event.conversation else { return Ok(()) };
    let lines = lock(tx, property, id, &event.messages).await?;
    let Some(line) = lines.get(id) else { return Ok(()) };
    if matches!(event.what, What::DetailsLeft | What::TranscriptAsked) {
        return chat::write_notice(tx, desk, property, line, event).await;
    }
    let mut written: BTreeMap<ConversationId, Vec<MessageId>> = BTreeMap::new();
    for (place, id) in (0..).zip(&event.messages) {
        let Some(said) = load(tx, property, id).await? else { continue };
        // moved between the look and the lock: the next look finds it
        let here = lines.get(&said.conversation).ok_or(Fault::Race)?;
        let approved = event.what == What::MessageApproved;
        let told = acknowledge::of(tx, desk, property, line, event, &said).await?;
        let owed = owes(here, &said, approved) && write_of(tx, desk, property, line, &said, (event.what, place)).await?;
        if told || owed {
            written.entry(said.conversation).or_default().push(said.id);
        }
    }
    for (id, messages) in written {
        letter::changed(tx, property, Some(&id), messages).await?;
    }
    Ok(())
}

/// The conversation of an event and those that its messages are in now, locked in the order that every verb takes them in.
async fn lock(tx: &mut Tx, property: &PropertyId, id: &ConversationId, messages: &[MessageId]) -> Result<BTreeMap<ConversationId, Line>> {
    let mut ids = BTreeSet::from([id.clone()]);
    for message in messages {
        let row = sqlx::query("select conversation from message where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(message.as_str())
            .fetch_optional(tx.conn())
            .await?;
        ids.extend(row.map(|row| word(&row, "conversation")).transpose()?);
    }
    let mut lines = BTreeMap::new();
    for id in ids {
        match line::take(tx, property, &id).await {
            Ok(line) => drop(lines.insert(id, line)),
            Err(Error::Refused(Refusal::NotFound)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(lines)
}

/// Whether words are mailed on: held ones are not until an agent lets them through, what a machine wrote never is (email.md C6:
/// an automatic mail causes no mail), customers' words in spam and trash go no further, and what was said in the window has arrived.
fn owes(line: &Line, said: &Said, approved: bool) -> bool {
    let by_person = said.class.as_deref().is_none_or(|class| class == "human");
    let unwanted = line.folder != Folder::Inbox && !matches!(said.author, Author::Agent { .. });
    said.channel != Channel::Chat && !said.marked && (by_person || approved) && !unwanted
}

/// The words.
async fn load(tx: &mut Tx, property: &PropertyId, id: &MessageId) -> Result<Option<Said>> {
    let row = sqlx::query(
        "select m.id, m.conversation, m.seq, m.kind, m.author, m.channel, m.held_until, m.body, m.mark, m.reached, l.class from message m left join letter_in l on l.id = m.letter_in where m.property = $1 and m.id = $2",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    if word::<MessageKind>(&row, "kind")? != MessageKind::Said {
        return Ok(None);
    }
    let reached: Option<String> = row.try_get("reached")?;
    Ok(Some(Said {
        id: word(&row, "id")?,
        conversation: word(&row, "conversation")?,
        seq: row.try_get("seq")?,
        author: serde_json::from_str(row.try_get("author")?)?,
        channel: word(&row, "channel")?,
        held_until: row.try_get::<Option<i64>, _>("held_until")?.map(Moment),
        text: row.try_get("body")?,
        reached: reached.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default(),
        class: word_or_none::<String>(&row, "class")?,
        marked: row.try_get::<Option<String>, _>("mark")?.is_some(),
    }))
}

async fn write_of(tx: &mut Tx, desk: &Desk, property: &PropertyId, line: &Line, said: &Said, (what, place): (What, i64)) -> Result<bool> {
    let mut recipients = recipient::of(tx, desk, property, line, said).await?;
    // agents saw it in the chat
    recipients.retain(|one| what != What::AnswersMailed || one.kind != LetterKind::Copy);
    if recipients.is_empty() {
        return Ok(false);
    }
    let composer = Composer::new(tx, desk, property, line, said).await?;
    // those of one event leave in its order
    let next_at = said.held_until.unwrap_or(tx.now()).max(tx.now()).plus(place);
    let mut wrote = false;
    for one in &recipients {
        let id = LetterId::from_bits(desk.clock().bits());
        let letter = composer.compose(tx, &id, one, &recipients).await?;
        let posting = letter::Posting {
            property: property.clone(),
            conversation: Some(said.conversation.clone()),
            message: Some(said.id.clone()),
            id,
            kind: one.kind,
            letter,
            next_at,
            trouble: one.trouble.clone(),
        };
        wrote |= letter::post(tx, posting).await?;
    }
    Ok(wrote)
}
