//! What can go wrong with a verb: a refusal, which a person can act on, or a fault, which we must mend.

use model::Refusal;
use sqlx::any::AnyQueryResult;

/// Why a verb did nothing. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A "no" with a reason for the person.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// Anything else.
    #[error("{0}")]
    Fault(#[from] Fault),
}

/// Something that is ours to mend: logged once with a reference, shown as "unavailable".
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database said no, or nothing.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// A file could not be written or read.
    #[error("{0}: {1}")]
    File(String, #[source] std::io::Error),
    /// A row holds what it cannot hold.
    #[error("row: {0}")]
    Row(String),
    /// The desk is closing.
    #[error("closing")]
    Closed,
    /// Another writer came between: to be done again from the beginning.
    #[error("another writer came between")]
    Race,
    /// The configuration or the installation does not fit.
    #[error("{0}")]
    Setting(String),
}

/// What a verb gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Fault(Fault::Database(error))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(Fault::Row(error.to_string()))
    }
}

/// What was to be changed or taken away is there, or else the agent is told that it is not.
pub trait OrNotFound {
    /// No row: refuse.
    fn or_not_found(self) -> Result<()>;
}

impl OrNotFound for AnyQueryResult {
    fn or_not_found(self) -> Result<()> {
        if self.rows_affected() == 0 { Err(Refusal::NotFound.into()) } else { Ok(()) }
    }
}

/// Constraints are validation: turns the violation of one into a refusal.
pub trait OnConstraint<T> {
    /// When the constraint (SQLite names the columns, PostgreSQL the index) was violated, refuse.
    fn on_constraint(self, index: &str, columns: &str, refusal: Refusal) -> Result<T>;
}

impl<T> OnConstraint<T> for std::result::Result<T, sqlx::Error> {
    fn on_constraint(self, index: &str, columns: &str, refusal: Refusal) -> Result<T> {
        self.map_err(|error| match error.as_database_error() {
            Some(known) if known.is_unique_violation() && (known.message().contains(index) || known.message().contains(columns)) => {
                Error::Refused(refusal)
            }
            _ => error.into(),
        })
    }
}
