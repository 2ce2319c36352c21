//! The figures an admin opens with: whether mail flows, how full the database is, what waits.
//! Knows only figures; where they are counted is the desk's.

use serde::{Deserialize, Serialize};

use crate::{Moment, words};

words! {
    /// The database this Recado keeps everything in.
    Database {
        /// A file beside the program.
        Sqlite = "sqlite",
        /// A server of its own.
        Postgres = "postgres",
    }
}

/// Letters of ours, counted by how far they have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LettersOut {
    /// To be sent or tried again.
    pub waiting: i64,
    /// Since when the oldest of them waits.
    pub waiting_since: Option<Moment>,
    /// Kept for reading, because no relay is configured.
    pub kept: i64,
    /// Given up.
    pub failed: i64,
    /// Come back.
    pub bounced: i64,
    /// Taken by the relay since midnight in the property's zone.
    pub sent_today: i64,
    /// When the last one was written.
    pub last_at: Option<Moment>,
}

/// Mails received, counted by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LettersIn {
    /// Committed and not read yet.
    pub new: i64,
    /// That could not be understood.
    pub failed: i64,
    /// Received since midnight in the property's zone.
    pub today: i64,
    /// When the last one came.
    pub last_at: Option<Moment>,
}

/// The first page of the admin's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Mail sent or forwarded there becomes a ticket.
    pub forwarding_address: String,
    /// Mail out.
    pub letters_out: LettersOut,
    /// Mail in.
    pub letters_in: LettersIn,
    /// Open tickets in the Inbox.
    pub open_tickets: i64,
    /// Agents who may enter.
    pub agents: i64,
    /// Departments.
    pub departments: i64,
    /// Which database.
    pub database: Database,
    /// Its size in bytes, over all properties.
    pub database_bytes: i64,
    /// The server's clock when this was counted.
    pub now: Moment,
}
