//! A connection to PostgreSQL: how it begins, and whether it still is one. Knows no transaction.

use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::{AnyConnection, Connection as _, Error, any::AnyConnectOptions};

/// PostgreSQL may have gone meanwhile: a connection idle for longer is asked first.
const IDLE_TRUSTED: Duration = Duration::from_millis(500);

/// What a connection is told first. Rows are read by their keys, and what is read often is in memory: PostgreSQL would count a page found so
/// as dear as four read in a row from a turning disk, and read whole tables of some thousand rows instead.
const SESSION: &str = "set statement_timeout = '30s'; set idle_in_transaction_session_timeout = '5s'; set lock_timeout = '3s'; \
     set client_min_messages = 'warning'; set random_page_cost = 1.1";

/// Statements that a connection keeps prepared: all of ours, or many are planned anew each time. sqlx would keep 100.
const KEPT: &str = "statement-cache-capacity";
const KEPT_MOST: usize = 1_000;

/// Where connections lead, by what is configured.
pub(super) fn address(configured: &str) -> Result<AnyConnectOptions, Error> {
    if configured.contains(KEPT) {
        return configured.parse();
    }
    let joint = if configured.contains('?') { '&' } else { '?' };
    format!("{configured}{joint}{KEPT}={KEPT_MOST}").parse()
}

/// A connection.
#[derive(Debug)]
pub struct Postgres {
    conn: AnyConnection,
    /// A statement was begun, and did not come to an end that leaves the connection as it was: nobody waited for it, or the line broke.
    astray: bool,
}

impl Postgres {
    pub(super) async fn connect(address: &AnyConnectOptions) -> Result<Self, Error> {
        let mut conn = AnyConnection::connect_with(address).await?;
        sqlx::raw_sql(SESSION).execute(&mut conn).await?;
        Ok(Self { conn, astray: false })
    }

    /// Whether it can be used for more.
    pub(super) const fn whole(&self) -> bool {
        !self.astray
    }

    /// Whether it still is one after it was idle for a while.
    pub(super) async fn lives(&mut self, idle: Duration) -> bool {
        idle < IDLE_TRUSTED || self.conn.ping().await.is_ok()
    }

    /// Runs a statement.
    pub(super) fn run<'c, T: Send + 'c>(
        &'c mut self,
        statement: impl FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, Error>> + Send + 'c,
    ) -> BoxFuture<'c, Result<T, Error>> {
        let Self { conn, astray } = self;
        Box::pin(async move {
            *astray = true;
            let outcome = statement(conn).await;
            *astray = outcome.as_ref().is_err_and(breaks);
            outcome
        })
    }
}

/// Whether nothing more can be said after it.
fn breaks(error: &Error) -> bool {
    match error {
        // PostgreSQL is told to stop, or stops (class 57P), or the line is not what it was (class 08)
        Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("08")),
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => true,
        _ => false,
    }
}
