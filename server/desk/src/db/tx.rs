//! A transaction as a verb sees it. Knows no queue and no table but the log's counters.

use model::{Moment, PropertyId};

use super::{connection::Conn, pool::Pooled};
use crate::Fault;

/// What is in a transaction: its first verb needs no savepoint, since nothing else is undone with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ran {
    /// Nothing yet.
    None,
    /// Verbs that are to be kept.
    Some,
    /// The first one failed: all is to be rolled back.
    Failed,
}

/// A transaction.
pub struct Tx {
    conn: Pooled,
    pub(super) now: Moment,
    pub(super) rung: Vec<(PropertyId, i64)>,
    /// How the verbs that ran in it so far went.
    pub(super) ran: Ran,
    /// There is a mark to go back to.
    marked: bool,
    /// The database ended the transaction by itself, as SQLite does when the disk is full.
    pub(super) lost: bool,
    /// The properties whose verbs it runs.
    held: Vec<PropertyId>,
}

impl Tx {
    pub(super) const fn new(conn: Pooled, now: Moment, held: Vec<PropertyId>) -> Self {
        Self { conn, now, rung: vec![], ran: Ran::None, marked: false, lost: false, held }
    }

    /// The connection, to run statements on.
    pub fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// Whether this is SQLite; only for what SQL cannot say in one text.
    pub fn is_sqlite(&self) -> bool {
        matches!(*self.conn, Conn::Sqlite(_))
    }

    /// The moment of this transaction, by the desk's clock.
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// Has what is written from now on be of another moment, as history is; gives the one before. The next verb has its own again.
    pub(crate) const fn date(&mut self, at: Moment) -> Moment {
        std::mem::replace(&mut self.now, at)
    }

    /// Wakes the readers of a property's log once this is committed.
    pub(crate) fn ring(&mut self, property: PropertyId, seq: i64) {
        self.rung.push((property, seq));
    }

    /// Whether it may append to the property's log: nobody else does so until it is done.
    pub(crate) fn holds(&self, property: &PropertyId) -> bool {
        self.is_sqlite() || self.held.contains(property)
    }

    /// Takes a property that it has just made: nobody else knows it yet.
    pub(crate) fn hold(&mut self, property: PropertyId) {
        self.held.push(property);
    }

    /// Begins. Whoever writes to SQLite is alone. On PostgreSQL the counters of the logs are taken first: all verbs of a property take
    /// its counter and rows that others may have, and one order for all of them is that the counter comes first.
    pub(super) async fn begin(&mut self) -> Result<(), Fault> {
        if self.is_sqlite() {
            return self.run("begin immediate").await;
        }
        self.run("begin").await?;
        for property in &self.held {
            sqlx::query("select seq from log_head where property = $1 for no key update")
                .bind(property.as_str())
                .fetch_optional(&mut *self.conn)
                .await?;
        }
        Ok(())
    }

    pub(super) async fn run(&mut self, statement: &'static str) -> Result<(), Fault> {
        sqlx::query(statement).execute(self.conn()).await?;
        Ok(())
    }

    /// Marks where the next verb begins. The mark before is given up only now: together, that is a way to PostgreSQL less for each verb.
    pub(super) async fn save(&mut self) -> Result<(), Fault> {
        if std::mem::replace(&mut self.marked, true) {
            self.run_both(["release verb", "savepoint verb"], "release verb; savepoint verb").await
        } else {
            self.run("savepoint verb").await
        }
    }

    /// Undoes all since the last mark.
    pub(super) async fn go_back(&mut self) -> Result<(), Fault> {
        self.marked = false;
        self.run_both(["rollback to verb", "release verb"], "rollback to verb; release verb").await
    }

    /// Runs two statements, on PostgreSQL at once.
    async fn run_both(&mut self, each: [&'static str; 2], both: &'static str) -> Result<(), Fault> {
        if !self.is_sqlite() {
            sqlx::raw_sql(both).execute(self.conn()).await?;
            return Ok(());
        }
        for statement in each {
            self.run(statement).await?;
        }
        Ok(())
    }

    /// Gives the connection up: it may be in any state.
    pub(super) fn discard(self) {
        self.conn.discard();
    }
}
