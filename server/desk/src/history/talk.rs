//! A conversation that another program kept whole: who was in it, and what was said when. It becomes a chat that is over, or a ticket.
//! Knows no file and no other program's names for things.

use std::{collections::BTreeMap, sync::Arc};

use model::{
    AgentId, MessageId, Moment, VisitorId,
    address::EmailAddress,
    agent::NAME_MOST,
    contact::Contact,
    conversation::Kind,
    message::{Author, Channel, Happening, MessageKind, TEXT_MOST},
    ticket::SUBJECT_MOST,
};

use super::{History, Outcome, Start, open, settle};
use crate::{
    Error, Fault, Result,
    contact::{self, Likeness},
    db::{Conn, Tx},
    message::Entry,
};

/// How often it is begun anew when others write the same people.
const RACES: usize = 6;

/// A conversation of another program.
#[derive(Clone, Debug)]
pub struct Past {
    /// What the other program calls it, with that program's name before: it is taken in once.
    pub key: String,
    /// A chat or a ticket.
    pub kind: Kind,
    /// What a ticket is about.
    pub subject: String,
    /// The customer's name.
    pub name: String,
    /// The customer's address; empty when it is not known.
    pub email: String,
    /// The customer's telephone number.
    pub phone: String,
    /// Two letters.
    pub country: Option<String>,
    /// The page that a chat began on.
    pub page: String,
    /// What was said, at least something.
    pub said: Vec<Said>,
}

/// Words of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: Moment,
    /// Who.
    pub by: Voice,
    /// What.
    pub text: String,
    /// Whether the team alone saw it.
    pub noted: bool,
}

/// Who speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The customer.
    Customer,
    /// Somebody of the team.
    Team {
        /// By name.
        name: String,
        /// By address; empty when it is not known.
        email: String,
    },
}

impl History {
    /// Whether a conversation is here already.
    pub async fn knows(&self, key: &str) -> Result<bool> {
        is_known(self.desk.db().read().acquire().await?.as_mut(), self, key).await
    }

    /// Takes a conversation in, once.
    pub async fn conversation(&self, mut past: Past) -> Result<Outcome> {
        past.said.sort_by_key(|said| said.at);
        past.said.retain(|said| !said.text.trim().is_empty());
        if past.said.is_empty() {
            return Ok(Outcome::Left("nobody said anything in it"));
        }
        let past = Arc::new(past);
        for _ in 1..RACES {
            match self.conversation_once(&past).await {
                Err(Error::Fault(Fault::Database(error))) if crate::postbox::is_race(&error) => {}
                outcome => return outcome,
            }
        }
        self.conversation_once(&past).await
    }

    async fn conversation_once(&self, past: &Arc<Past>) -> Result<Outcome> {
        let (history, past) = (self.clone(), past.clone());
        self.desk.db().write_to(&self.property, move |tx| Box::pin(async move { write(tx, &history, &past).await })).await
    }
}

async fn is_known(conn: &mut Conn, history: &History, key: &str) -> Result<bool> {
    let row = sqlx::query("select 1 from conversation where property = $1 and import_key = $2")
        .bind(history.property.as_str())
        .bind(key)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

async fn write(tx: &mut Tx, history: &History, past: &Past) -> Result<Outcome> {
    if is_known(tx.conn(), history, &past.key).await? {
        return Ok(Outcome::Known);
    }
    let began = past.said[0].at;
    let now = tx.date(began);
    // what is no address a customer cannot be known by
    let email = past.email.trim().parse::<EmailAddress>().map(|email| email.as_str().to_owned()).unwrap_or_default();
    let name = one_line(&past.name, NAME_MOST);
    let likeness = Likeness { current: None, name: &name, former: "", email: &email };
    let contact = contact::of_visitor(tx, &history.desk, &history.property, &likeness).await?;
    let mut entries = vec![];
    for said in &past.said {
        entries.push(entry(tx, history, past, said, &contact).await?);
    }
    let by_team = |entry: &&Entry| entry.kind == MessageKind::Said && matches!(entry.author, Author::Agent { .. });
    let answered = entries.iter().find(by_team).and_then(|entry| entry.at);
    let start = Start {
        kind: past.kind,
        subject: if past.kind == Kind::Ticket { one_line(&past.subject, SUBJECT_MOST) } else { String::new() },
        contact: contact.clone(),
        requester: (!email.is_empty()).then(|| (name.clone(), email.clone())),
        key: Some(past.key.clone()),
        follows: None,
        missed: past.kind == Kind::Chat && answered.is_none(),
        at: began,
    };
    let line = open(tx, history, start).await?;
    if past.kind == Kind::Chat {
        let ended = entries.last().and_then(|entry| entry.at).unwrap_or(began);
        let chat = Chat { past, contact: &contact, name, email, began, ended, answered };
        chat.write(tx, history, line.id.as_str()).await?;
        chat.seat(tx, history, line.id.as_str(), &entries).await?;
        let id = MessageId::from_bits(history.desk.clock().bits());
        entries.push(Entry { at: Some(ended), ..Entry::happened(id, Author::System, Happening::Ended) });
    }
    let line = settle(tx, history, &line, &entries, now).await?;
    Ok(Outcome::Opened(line.id))
}

async fn entry(tx: &mut Tx, history: &History, past: &Past, said: &Said, contact: &Contact) -> Result<Entry> {
    let author = match &said.by {
        Voice::Customer => Author::Contact { id: contact.id.clone(), name: contact.called().to_owned() },
        Voice::Team { name, email } => match history.by_address(tx.conn(), email, name).await? {
            Some(author) => author,
            None => history.by_name(tx.conn(), if name.trim().is_empty() { email } else { name }).await?,
        },
    };
    let kind = if said.noted { MessageKind::Noted } else { MessageKind::Said };
    let channel = if past.kind == Kind::Chat { Channel::Chat } else { Channel::Email };
    let text: String = said.text.trim().chars().filter(|c| *c != '\0').take(TEXT_MOST as usize).collect();
    let id = MessageId::from_bits(history.desk.clock().bits());
    Ok(Entry { at: Some(said.at), ..Entry::said(id, kind, author, channel, text) })
}

fn one_line(text: &str, most: u32) -> String {
    let text = text.replace('\0', "");
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most as usize).collect()
}

/// What only a chat has. Its visitor is long gone: a browser of its own, which nobody can come back with.
struct Chat<'a> {
    past: &'a Past,
    contact: &'a Contact,
    name: String,
    email: String,
    began: Moment,
    ended: Moment,
    answered: Option<Moment>,
}

impl Chat<'_> {
    async fn write(&self, tx: &mut Tx, history: &History, id: &str) -> Result<()> {
        let visitor = VisitorId::from_bits(history.desk.clock().bits());
        sqlx::query(
            "insert into visitor (property, id, contact, name, email, phone, attributes, tags, language, browser, address, country, created_at, seen_at, left_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, '{}', '[]', '', '', '', $7, $8, $9, $9, $9)",
        )
        .bind(history.property.as_str())
        .bind(visitor.as_str())
        .bind(self.contact.id.as_str())
        .bind(&self.name)
        .bind(&self.email)
        .bind(one_line(&self.past.phone, 50))
        .bind(self.past.country.clone())
        .bind(self.began.0)
        .bind(self.ended.0)
        .execute(tx.conn())
        .await?;
        sqlx::query(
            "insert into chat (property, conversation, visitor, page, referrer, answers, comment, answered_at, missed_at, ended_at, read_at) \
             values ($1, $2, $3, $4, '', '[]', '', $5, $6, $7, $7)",
        )
        .bind(history.property.as_str())
        .bind(id)
        .bind(visitor.as_str())
        .bind(one_line(&self.past.page, 2_000))
        .bind(self.answered.map(|at| at.0))
        .bind(self.answered.is_none().then_some(self.began.0))
        .bind(self.ended.0)
        .execute(tx.conn())
        .await?;
        Ok(())
    }

    /// The agents who were in it; of those who are none here the words are left.
    async fn seat(&self, tx: &mut Tx, history: &History, id: &str, entries: &[Entry]) -> Result<()> {
        let mut seats: BTreeMap<AgentId, (String, Moment)> = BTreeMap::new();
        for entry in entries {
            if let Author::Agent { id, name } = &entry.author {
                seats.entry(id.clone()).or_insert((name.clone(), entry.at.unwrap_or(self.began)));
            }
        }
        for (agent, (name, at)) in seats {
            sqlx::query(
                "insert into chat_agent (property, conversation, agent, name, joined_at, left_at) \
                 select $1, $2, m.agent, $4, $5, $6 from membership m where m.property = $1 and m.agent = $3",
            )
            .bind(history.property.as_str())
            .bind(id)
            .bind(agent.as_str())
            .bind(name)
            .bind(at.0)
            .bind(self.ended.0)
            .execute(tx.conn())
            .await?;
        }
        Ok(())
    }
}
