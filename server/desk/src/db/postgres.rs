//! How a connection to PostgreSQL begins, and whether it still is one. Knows no transaction.

use std::time::Duration;

use sqlx::{AnyConnection, Connection as _};

/// PostgreSQL may have gone meanwhile: a connection idle for longer is asked first.
const IDLE_TRUSTED: Duration = Duration::from_millis(500);

/// Whether a connection that was idle for a while still is one; false has another one taken.
pub(super) async fn lives(conn: &mut AnyConnection, idle: Duration) -> Result<bool, sqlx::Error> {
    Ok(idle < IDLE_TRUSTED || conn.ping().await.is_ok())
}

/// What a connection is told first.
pub(super) async fn session(conn: &mut AnyConnection) -> Result<(), sqlx::Error> {
    for setting in [
        "set statement_timeout = '30s'",
        "set idle_in_transaction_session_timeout = '5s'",
        "set lock_timeout = '3s'",
        "set client_min_messages = 'warning'",
    ] {
        sqlx::query(setting).execute(&mut *conn).await?;
    }
    Ok(())
}
