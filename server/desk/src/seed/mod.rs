//! A believable world, for looking around and for measuring: many conversations, written in bulk, the same each time.
//! Keeps true what the verbs keep true: numbers of the log and of tickets, counters, reading marks. Writes no letters.

mod chat;
mod contact;
mod found;
mod furnish;
mod rows;
mod words;
mod world;

use std::collections::BTreeMap;

use chat::Past;
use model::{
    DepartmentId, Language, PropertyId,
    agent::{Reach, Role},
    contact::Contact,
    conversation::{Kind, Status},
    event::What,
    message::Author,
    moment::DAY,
    property::SetUp,
};
use rows::Rows;
use sqlx::Row as _;
use world::{Cast, Made};

use crate::{
    Browser, Desk, Error, Fault, Result,
    db::Tx,
    line::word,
    log::{self, Happened},
    staff,
};

/// Conversations of one transaction: short enough that nobody else waits long.
const BATCH: u64 = 250;
/// Why a batch is written again.
const BEHIND: &str = "a reader of the log is behind";
/// The admin of a world that was empty.
const ADMIN: (&str, &str) = ("Marta Oliveira", "marta@aurora.example");
/// Her colleagues.
const COLLEAGUES: [(&str, &str); 5] = [
    ("Jonas Weber", "jonas@aurora.example"),
    ("Camille Laurent", "camille@aurora.example"),
    ("Rui Tavares", "rui@aurora.example"),
    ("Priya Nair", "priya@aurora.example"),
    ("Diego Herrera", "diego@aurora.example"),
];
/// Their departments.
const DEPARTMENTS: [(&str, &str); 3] = [
    ("Support", "Questions about what people bought"),
    ("Billing", "Invoices, refunds, reminders"),
    ("Orders", "Deliveries and changes of address"),
];

/// What was made.
pub struct Grown {
    /// Name of the property it went into.
    pub property: String,
    /// Whether the database was empty before.
    pub fresh: bool,
    /// Messages written.
    pub messages: u64,
}

impl Desk {
    /// Adds conversations to the first property; an empty database gets one, with people and departments. The password is the admin's.
    pub async fn seed(&self, tickets: u64, chats: u64, password: &str) -> Result<Grown> {
        let fresh = self.vacant().await?;
        if fresh {
            self.settle(password).await?;
        }
        let row = sqlx::query("select id, name from property order by created_at, id limit 1").fetch_one(self.db().read()).await?;
        let property: PropertyId = word(&row, "id")?;
        let row_of = sqlx::query("select count(*) from conversation where property = $1")
            .bind(property.as_str())
            .fetch_one(self.db().read())
            .await?;
        let before = u64::try_from(row_of.try_get::<i64, _>(0)?).unwrap_or(0);
        let cast = self.cast(&property, tickets + chats).await?;
        let mut messages = 0;
        let mut place = 0;
        while place < cast.count {
            let until = (place + BATCH).min(cast.count);
            let made = spread(&cast, before, place..until, tickets, chats);
            messages += made.iter().map(|made| made.said.len() as u64).sum::<u64>();
            self.write_batch(&property, made).await?;
            place = until;
            // each time there is twice as much
            if (place / BATCH).is_power_of_two() {
                self.db().measure().await?;
            }
        }
        while self.follow_report().await? {}
        self.db().measure().await?;
        Ok(Grown { property: row.try_get("name")?, fresh, messages })
    }

    /// The first property, its people and departments.
    async fn settle(&self, admin_password: &str) -> Result<()> {
        let form = SetUp {
            name: ADMIN.0.into(),
            email: ADMIN.1.into(),
            password: admin_password.into(),
            property: "Aurora Furniture".into(),
            language: Language::English.tag().into(),
            time_zone: "Europe/Lisbon".into(),
        };
        let token = self.set_up(form, Browser::default()).await?;
        let marta = self.agent(&token).await?;
        // nobody knows it: they sign in once an admin has invited them anew, or never
        let unknown = self.passwords().hash(&crate::clock::secret()).await?;
        let (desk, property, author) = (self.clone(), marta.property().clone(), marta.author());
        let agents = self
            .db()
            .write_to(&property.clone(), move |tx| {
                Box::pin(async move {
                    let mut agents = vec![];
                    for (name, email) in COLLEAGUES {
                        let agent = staff::add(tx, &desk, name, email, &unknown).await?;
                        staff::join(tx, &property, &agent, (Role::Agent, Reach::All)).await?;
                        agents.push(agent);
                    }
                    log::append(tx, Happened::new(&property, author, What::PeopleChanged)).await?;
                    Ok(agents)
                })
            })
            .await?;
        for (number, (name, description)) in DEPARTMENTS.into_iter().enumerate() {
            let mut members = vec![marta.id().clone()];
            members.extend(agents.iter().skip(number).step_by(2).cloned());
            marta.create_department(name, description, members).await?;
        }
        marta.sign_out().await
    }

    async fn cast(&self, property: &PropertyId, count: u64) -> Result<Cast> {
        let agents = sqlx::query("select a.id, a.name from membership m join agent a on a.id = m.agent where m.property = $1 and m.disabled_at is null order by a.created_at, a.id").bind(property.as_str()).fetch_all(self.db().read()).await?;
        let departments = sqlx::query("select id from department where property = $1 order by name")
            .bind(property.as_str())
            .fetch_all(self.db().read())
            .await?;
        Ok(Cast {
            agents: agents.iter().map(|row| Ok((word(row, "id")?, row.try_get("name")?))).collect::<Result<_>>()?,
            departments: departments.iter().map(|row| word(row, "id")).collect::<Result<_>>()?,
            now: self.clock().now(),
            count,
        })
    }

    /// Writes a batch. The readers of mail, search and reports must have read everything before it, so that their places can be moved behind
    /// the batch.
    async fn write_batch(&self, property: &PropertyId, made: Vec<Made>) -> Result<()> {
        let made = std::sync::Arc::new(made);
        for _ in 0..100 {
            while self.follow_mail().await? {}
            while self.follow_search().await? {}
            while self.follow_report().await? {}
            let (property, made) = (property.clone(), made.clone());
            let sqlite = self.db().is_sqlite();
            match self.db().write_to(&property.clone(), move |tx| Box::pin(async move { write(tx, sqlite, &property, &made).await })).await
            {
                Err(Error::Fault(Fault::Row(why))) if why == BEHIND => {}
                other => return other,
            }
        }
        Err(Fault::Row("the readers of the log do not come to rest; try again when less is going on".into()).into())
    }
}

/// The conversations of some places, chats strewn evenly among tickets.
fn spread(cast: &Cast, before: u64, places: std::ops::Range<u64>, tickets: u64, chats: u64) -> Vec<Made> {
    let all = tickets + chats;
    places
        .map(|place| {
            let number = before + place;
            let kind = if (place + 1) * chats / all > place * chats / all { Kind::Chat } else { Kind::Ticket };
            // somebody who writes, writes again soon: 64 people in each 256 conversations
            let (contact, tongue) = world::contact(number / 256 * 64 + world::Chance::of(number).below(64), cast.now);
            world::conversation(kind, number, place, &contact, tongue, cast)
        })
        .collect()
}

/// Fails, and leaves nothing, when a reader has not read everything before.
async fn write(tx: &mut Tx, sqlite: bool, property: &PropertyId, made: &[Made]) -> Result<()> {
    let cursors =
        sqlx::query("update reader_cursor set seq = seq where reader in ('mail', 'report', 'search') and property = $1 returning seq")
            .bind(property.as_str())
            .fetch_all(tx.conn())
            .await?;
    let events: i64 = made.iter().map(|made| i64::try_from(made.said.len()).unwrap_or(0)).sum();
    let numbers = i64::try_from(made.iter().filter(|made| made.line.kind == Kind::Ticket).count()).unwrap_or(0);
    let number: i64 = sqlx::query("update ticket_number set next = next + $2 where property = $1 returning next - $2")
        .bind(property.as_str())
        .bind(numbers)
        .fetch_one(tx.conn())
        .await?
        .try_get(0)?;
    let contacts = contact::put(tx, property, made).await?;
    let seq: i64 = sqlx::query("update log_head set seq = seq + $2 where property = $1 returning seq - $2")
        .bind(property.as_str())
        .bind(events)
        .fetch_one(tx.conn())
        .await?
        .try_get(0)?;
    let read = cursors.iter().map(|row| row.try_get::<i64, _>(0)).collect::<Result<Vec<_>, _>>()?;
    if read != [seq, seq, seq] {
        return Err(Fault::Row(BEHIND.into()).into());
    }
    let lines = tables(tx, property, made, &contacts, seq, number).await?;
    found::write(tx, sqlite, property, made, &contacts, number).await?;
    sqlx::query("update reader_cursor set seq = $2 where reader in ('mail', 'report', 'search') and property = $1")
        .bind(property.as_str())
        .bind(seq + events)
        .execute(tx.conn())
        .await?;
    // the counters change with an event of their own, so that open tabs hear of them
    let mut happened = Happened::new(property, Author::System, What::PeopleChanged);
    happened.counted = (vec![], lines);
    log::append(tx, happened).await?;
    Ok(())
}

const CONVERSATION: &[&str] = &[
    "property",
    "id",
    "kind",
    "channel",
    "number",
    "subject",
    "contact",
    "preview",
    "preview_by",
    "status",
    "priority",
    "assignee",
    "tags",
    "folder",
    "attachments",
    "last_at",
    "waiting_at",
    "missed_at",
    "created_at",
    "department",
    "seq",
];
const MESSAGE: &[&str] =
    &["property", "id", "conversation", "seq", "place", "kind", "author", "channel", "at", "body", "happened", "contact"];

/// All rows of a batch; gives its lines.
async fn tables(
    tx: &mut Tx,
    property: &PropertyId,
    made: &[Made],
    contacts: &BTreeMap<String, Contact>,
    mut seq: i64,
    mut number: i64,
) -> Result<Vec<model::conversation::Line>> {
    let own = || rows::Value::from(property.as_str());
    let (mut conversations, mut messages) = (Rows::of("conversation", CONVERSATION), Rows::of("message", MESSAGE));
    let mut events = Rows::of("event", &["property", "seq", "at", "what", "conversation", "audience", "body"]);
    let mut tags =
        Rows::of("conversation_tag", &["property", "tag", "conversation", "folder", "status", "priority", "last_at", "waiting_at"]);
    let mut participants = Rows::of("participant", &["property", "conversation", "email", "name", "part", "since"]);
    let mut marks = Rows::of("read_mark", &["property", "agent", "conversation", "read_at"]);
    let mut counted = Rows::of("report_due", &["property", "conversation"]);
    let (mut chats, mut lines) = (Past::new(), vec![]);
    for made in made {
        let mut line = made.line.clone();
        let id = || rows::Value::from(made.line.id.as_str());
        line.contact = contacts.get(&line.contact.email).cloned().unwrap_or(line.contact);
        if line.kind == Kind::Ticket {
            line.number = Some(number);
            number += 1;
        } else {
            chats.push(property, made, &line, tx.now());
        }
        counted.push([own(), id()]);
        let (email, name) = (line.contact.email.as_str(), line.contact.name.as_str());
        participants.push([own(), id(), email.into(), name.into(), "requester".into(), 0.into()]);
        for said in &made.said {
            seq += 1;
            let author = with_contact(&said.author, &line.contact);
            let json = serde_json::to_string(&author)?;
            let body = format!("{{\"author\":{json},\"messages\":[\"{}\"],\"contacts\":[\"{}\"]}}", said.id, line.contact.id);
            events.push([own(), seq.into(), said.at.0.into(), said.what.word().into(), id(), "agents".into(), body.into()]);
            let happened = said.happened.as_ref().map(serde_json::to_string).transpose()?;
            messages.push([
                own(),
                said.id.as_str().into(),
                id(),
                seq.into(),
                0.into(),
                said.kind.word().into(),
                json.into(),
                line.channel.word().into(),
                said.at.0.into(),
                said.text.as_str().into(),
                happened.into(),
                line.contact.id.as_str().into(),
            ]);
        }
        line.seq = seq;
        for tag in &line.tags {
            tags.push([
                own(),
                tag.as_str().into(),
                id(),
                line.folder.word().into(),
                line.status.word().into(),
                line.priority.rank().into(),
                line.last_at.0.into(),
                line.waiting_since.map_or(i64::MAX, |at| at.0).into(),
            ]);
        }
        if let Some(agent) = made
            .said
            .iter()
            .find_map(|said| crate::line::agent(&said.author))
            .filter(|_| line.status != Status::Open || line.last_at.plus(2 * DAY) < tx.now())
        {
            marks.push([own(), agent.as_str().into(), id(), line.last_at.0.into()]);
        }
        conversations.push(columns(property, &line, made.department.as_ref())?);
        lines.push(line);
    }
    for rows in [conversations, tags, participants, events, messages, marks, counted] {
        rows.write(tx).await?;
    }
    chats.write(tx).await?;
    Ok(lines)
}

/// The author, if it is the contact, under the id that the contact has.
fn with_contact(author: &Author, contact: &Contact) -> Author {
    match author {
        Author::Contact { name, .. } => Author::Contact { id: contact.id.clone(), name: name.clone() },
        other => other.clone(),
    }
}

fn columns(property: &PropertyId, line: &model::conversation::Line, department: Option<&DepartmentId>) -> Result<[rows::Value; 21]> {
    Ok([
        property.as_str().into(),
        line.id.as_str().into(),
        line.kind.word().into(),
        line.channel.word().into(),
        line.number.into(),
        line.subject.as_str().into(),
        line.contact.id.as_str().into(),
        line.preview.as_str().into(),
        line.preview_by.as_ref().map(ToString::to_string).into(),
        line.status.word().into(),
        line.priority.rank().into(),
        line.assignee.to_string().into(),
        serde_json::to_string(&line.tags)?.into(),
        line.folder.word().into(),
        line.attachments.into(),
        line.last_at.0.into(),
        line.waiting_since.map_or(i64::MAX, |at| at.0).into(),
        line.missed.then_some(line.created_at.0).into(),
        line.created_at.0.into(),
        department.map(ToString::to_string).into(),
        line.seq.into(),
    ])
}
