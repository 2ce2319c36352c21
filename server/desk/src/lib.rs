//! VERBS: what may be done, and the rows that remember it. A verb is a method of the one who acts;
//! having the actor is the permission. Knows the database and the log; knows no screen, socket or wire.

pub mod agent;
mod allowance;
mod attachment;
mod audit;
mod ban;
mod batch;
mod blob;
mod canned_response;
mod chat;
pub mod clock;
mod contact;
mod conversation;
pub mod db;
mod department;
mod draft;
pub mod error;
mod everywhere;
mod export;
mod facts;
mod filter;
mod follow;
pub mod history;
mod inbox;
mod invitation;
mod letter;
mod line;
pub mod log;
mod message;
pub mod notify;
mod organisation;
pub mod outside;
mod overview;
mod participant;
mod passkey;
mod password;
mod person;
mod picture;
pub mod postbox;
mod presence;
mod property;
pub mod reader;
mod report;
mod roster;
mod rule;
mod saved_view;
mod schema;
mod seal;
pub mod search;
mod second_step;
mod seed;
mod sender;
mod session;
mod shift;
mod sight;
mod staff;
mod tally;
mod target;
mod thread;
mod ticket;
mod told;
mod trigger;
mod visit;
mod visitor;
mod widget;
mod window;
mod zone;

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

pub use agent::Agent;
pub use allowance::{Limit, VisitorLimits};
pub use audit::check_audit;
pub use clock::Clock;
pub(crate) use error::OrNotFound;
pub use error::{Error, Fault, OnConstraint, Result};
pub use facts::{Facts, database_clock, schema_facts, vacant};
pub use password::HashCost;
pub use person::PersonExport;
pub use property::{Piece, PropertyExport};
pub use seed::Grown;
pub use session::{Browser, Secrets};
pub use visit::Sender;
pub use visitor::{Arrival, Closed, Visitor};
pub use zone::time_zones;

/// What a desk is opened with.
#[derive(Clone)]
pub struct Settings {
    /// Which database.
    pub place: db::Place,
    /// Folder for what does not belong into a database: large contents.
    pub data: PathBuf,
    /// Domain of the addresses that mail is received at.
    pub mail_domain: String,
    /// Address of this Recado as people open it, without a slash at the end.
    pub public_url: String,
    /// How long agents can take back what they sent, microseconds: its letters leave only then.
    pub undo: i64,
    /// Tickets that mails may open.
    pub ticket_limits: TicketLimits,
    /// Time and randomness.
    pub clock: Clock,
    /// How much visitors may do.
    pub visitor_limits: VisitorLimits,
    /// What hashing a password costs.
    pub hash_cost: HashCost,
}

/// How much may follow from mails by itself (email.md C8), and how fast letters go (O3). 0: as much as comes. Tickets above it wait, and
/// letters to a domain; those that nobody typed are not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketLimits {
    /// Tickets by one sender within ten minutes.
    pub sender: usize,
    /// Tickets in one property within ten minutes.
    pub property: usize,
    /// Letters of one property within an hour that nobody typed.
    pub letters: usize,
    /// Letters to one domain within a minute.
    pub domain: usize,
}

impl Default for TicketLimits {
    fn default() -> Self {
        Self { sender: 20, property: 300, letters: 10_000, domain: 60 }
    }
}

/// One Recado: made once, cheap to clone. Gives out the actors.
#[derive(Clone)]
pub struct Desk(Arc<Inside>);

struct Inside {
    db: db::Db,
    settings: Settings,
    keys: mail::reply_address::Keys,
    blobs: blob::Blobs,
    passwords: password::Passwords,
    passkeys: passkey::House,
    outside: OnceLock<Box<dyn outside::Outside>>,
    reads_files: OnceLock<Box<dyn search::ReadsFiles>>,
}

impl Desk {
    /// Opens the database, brings its schema forward, reads the secrets.
    pub async fn open(settings: Settings) -> Result<Self> {
        let db = db::Db::open(&settings.place, settings.clock.clone()).await?;
        schema::migrate(&db).await?;
        widget::furnish(&db).await?;
        let secret = installation_secret(&db, "addresses").await?;
        let passkeys = passkey::House::new(&settings.public_url, installation_secret(&db, "passkeys").await?);
        let keys = mail::reply_address::Keys::new(&settings.mail_domain, secret.as_bytes());
        let blobs = blob::Blobs::open(&settings.data)?;
        let passwords = password::Passwords::new(settings.hash_cost)?;
        Ok(Self(Arc::new(Inside {
            db,
            settings,
            keys,
            blobs,
            passwords,
            passkeys,
            outside: OnceLock::new(),
            reads_files: OnceLock::new(),
        })))
    }

    /// The database.
    pub fn db(&self) -> &db::Db {
        &self.0.db
    }

    pub(crate) fn passwords(&self) -> &password::Passwords {
        &self.0.passwords
    }

    pub(crate) fn passkeys(&self) -> &passkey::House {
        &self.0.passkeys
    }

    /// What it was opened with.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The desk's clock.
    pub fn clock(&self) -> &Clock {
        &self.0.settings.clock
    }

    /// Makes and reads the addresses that answers go to.
    pub fn keys(&self) -> &mail::reply_address::Keys {
        &self.0.keys
    }

    pub(crate) fn blobs(&self) -> &blob::Blobs {
        &self.0.blobs
    }

    /// Finishes what is queued and closes.
    pub async fn close(&self) {
        self.0.db.close().await;
    }
}

/// A key that signs addresses, or challenges: made once, kept in the database, so that every node has the same.
async fn installation_secret(db: &db::Db, name: &'static str) -> Result<String> {
    db.write(move |tx| {
        Box::pin(async move {
            sqlx::query("insert into secret (name, value) values ($1, $2) on conflict (name) do nothing")
                .bind(name)
                .bind(clock::secret())
                .execute(tx.conn())
                .await?;
            let row = sqlx::query("select value from secret where name = $1").bind(name).fetch_one(tx.conn()).await?;
            Ok(sqlx::Row::try_get(&row, 0)?)
        })
    })
    .await
}
