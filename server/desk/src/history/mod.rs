//! What was said elsewhere before Recado, taken in as history by whoever runs the program. It is dated by when it was said, and nothing
//! follows: its event is one that no reader of letters, rules or notices knows. What came to Recado itself is never touched.
//! Mails are understood and matched by the postbox (`postbox/past.rs`); what other programs kept whole stands in `talk`.

mod archive;
mod settle;
mod talk;

use std::{collections::BTreeSet, sync::Arc};

use model::{
    AgentId, ConversationId, Moment, PropertyId, Refusal, Why,
    audit::Act,
    conversation::{Kind, Line, Status},
    message::Author,
};
use sqlx::Row as _;

pub use archive::Turn;
pub(crate) use settle::{Start, open, settle};
pub use talk::{Past, Said, Voice};

use crate::{
    Desk, Result,
    audit::{self, Deed, Doer},
    clock::digest,
    db::Conn,
    line::word,
};

/// Nothing was written by mail or chat before this moment (1980-01-01): a date below is none.
const OLDEST: Moment = Moment(315_532_800_000_000);

/// How history is taken in.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Name or id of the property; none for the only one there is.
    pub property: Option<String>,
    /// Conversations whose last words are not older stay open; none for no conversation at all.
    pub open_since: Option<Moment>,
    /// Addresses that the team wrote from, besides those of its agents.
    pub ours: Vec<String>,
    /// Where it is from, as agents and admins are told.
    pub source: String,
}

/// The history of a property, to be added to.
#[derive(Clone)]
pub struct History {
    pub(crate) desk: Desk,
    pub(crate) property: PropertyId,
    name: String,
    open_since: Option<Moment>,
    ours: Arc<BTreeSet<String>>,
    pub(crate) source: Arc<str>,
}

/// What became of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A conversation of its own.
    Opened(ConversationId),
    /// It went into a conversation that was there.
    Added(ConversationId),
    /// It is here already.
    Known,
    /// It is nothing that was said, for this reason.
    Left(&'static str),
}

impl Desk {
    /// The history of a property.
    pub async fn history(&self, wanted: Wanted) -> Result<History> {
        let rows = sqlx::query("select id, name from property order by created_at, id").fetch_all(self.db().read()).await?;
        let mut all = vec![];
        for row in &rows {
            let (id, name): (PropertyId, String) = (word(row, "id")?, row.try_get("name")?);
            let named = |text: &String| *text == id.as_str() || text.trim().to_lowercase() == name.to_lowercase();
            if wanted.property.as_ref().is_none_or(named) {
                all.push((id, name));
            }
        }
        // of several nobody knows which
        let (Some((property, name)), true) = (all.pop(), all.is_empty()) else {
            return Err(Refusal::invalid("property", Why::Unknown).into());
        };
        let ours = wanted.ours.iter().map(|address| address.trim().to_lowercase()).collect();
        let (open_since, source) = (wanted.open_since, wanted.source.into());
        Ok(History { desk: self.clone(), property, name, open_since, ours: Arc::new(ours), source })
    }
}

impl History {
    /// What the property is called.
    pub fn property_name(&self) -> &str {
        &self.name
    }

    /// Writes into the audit log that it begins, and from what.
    pub async fn begin(&self) -> Result<()> {
        let (property, source) = (self.property.clone(), self.source.clone());
        self.desk
            .db()
            .write_to(&self.property, move |tx| {
                Box::pin(async move {
                    let doer = Doer { author: &Author::System, address: "" };
                    audit::write(tx, property.as_str(), &doer, Deed::new(Act::HistoryImported, source.as_ref())).await
                })
            })
            .await
    }

    /// When something was said, within bounds: a date before there was mail is none, and nothing is of the future.
    pub fn dated(&self, at: Moment) -> Option<Moment> {
        (at >= OLDEST).then(|| at.min(self.desk.clock().now()))
    }

    /// Somebody of the team as an author: an agent by the address, whoever runs the import vouches for that, and an agent of former
    /// times is one still; else by one of the team's other addresses, under the name that stands there.
    pub(crate) async fn by_address(&self, conn: &mut Conn, email: &str, name: &str) -> Result<Option<Author>> {
        let email = email.to_lowercase();
        let row =
            sqlx::query("select a.id, a.name from agent a join membership m on m.agent = a.id where a.email = $1 and m.property = $2")
                .bind(&email)
                .bind(self.property.as_str())
                .fetch_optional(conn)
                .await?;
        if let Some(row) = row {
            return Ok(Some(Author::Agent { id: word(&row, "id")?, name: row.try_get("name")? }));
        }
        Ok(self.ours.contains(&email).then(|| self.outside(if name.trim().is_empty() { &email } else { name })))
    }

    /// An agent by the name, if one of the property is called so and no other; else somebody of the team who is no agent here.
    pub(crate) async fn by_name(&self, conn: &mut Conn, name: &str) -> Result<Author> {
        let rows = sqlx::query("select a.id, a.name from agent a join membership m on m.agent = a.id where m.property = $1 order by a.id")
            .bind(self.property.as_str())
            .fetch_all(conn)
            .await?;
        let mut found = vec![];
        for row in &rows {
            let known: String = row.try_get("name")?;
            if known.to_lowercase() == name.trim().to_lowercase() {
                found.push(Author::Agent { id: word(row, "id")?, name: known });
            }
        }
        Ok(match found.pop() {
            Some(author) if found.is_empty() => author,
            _ => self.outside(name),
        })
    }

    /// Somebody of the team who is no agent here: an author with a name, the same one each time, whom no list of agents has.
    fn outside(&self, name: &str) -> Author {
        let name: String = name.trim().chars().take(100).collect();
        let hash = digest(format!("history\n{}\n{}", self.property, name.to_lowercase()).as_bytes());
        Author::Agent { id: AgentId::from_bits(u128::from_str_radix(&hash[..32], 16).unwrap_or_default()), name }
    }

    /// The status of a conversation as its messages leave it. Closed, unless its last words are young enough: then it waits for us or
    /// for the customer. A chat is over in any case, and open only when nobody answered it.
    fn status(&self, line: &Line) -> Status {
        let young = self.open_since.is_some_and(|since| line.last_at >= since);
        match (line.kind, young) {
            (Kind::Chat, true) if line.missed => Status::Open,
            (Kind::Chat, _) => Status::Solved,
            (Kind::Ticket, false) => Status::Closed,
            (Kind::Ticket, true) if line.waiting_since.is_some() => Status::Open,
            (Kind::Ticket, true) => Status::Pending,
        }
    }
}
