//! How a connection to each of the two databases begins, and whether it still is one. Knows no transaction.

use std::time::Duration;

use sqlx::{AnyConnection, Connection as _, Row as _, any::AnyConnectOptions};

use crate::{Fault, Result};

/// PostgreSQL may have gone meanwhile: a connection idle for longer is asked first.
const IDLE_TRUSTED: Duration = Duration::from_millis(500);

pub(super) async fn sqlite_connection(address: &AnyConnectOptions) -> Result<AnyConnection, Fault> {
    let mut conn = AnyConnection::connect_with(address).await?;
    for pragma in [
        "pragma journal_mode = wal",
        "pragma synchronous = full",
        "pragma foreign_keys = on",
        "pragma trusted_schema = off",
        "pragma busy_timeout = 5000",
        "pragma cache_size = -8000",
    ] {
        sqlx::query(pragma).execute(&mut conn).await?;
    }
    Ok(conn)
}

pub(super) async fn sqlite_reader(conn: &mut AnyConnection) -> Result<(), sqlx::Error> {
    for pragma in ["pragma query_only = on", "pragma trusted_schema = off", "pragma busy_timeout = 5000", "pragma cache_size = -4000"] {
        sqlx::query(pragma).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Whether a connection that was idle for a while still is one; false has another one taken.
pub(super) async fn postgres_lives(conn: &mut AnyConnection, idle: Duration) -> Result<bool, sqlx::Error> {
    Ok(idle < IDLE_TRUSTED || conn.ping().await.is_ok())
}

pub(super) async fn postgres_session(conn: &mut AnyConnection) -> Result<(), sqlx::Error> {
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

/// SQLite before 3.51.3 can corrupt a database in WAL mode; we refuse to start on it.
pub(super) async fn check_sqlite(mut conn: AnyConnection) -> Result<(), Fault> {
    let version: String = sqlx::query("select sqlite_version()").fetch_one(&mut conn).await?.try_get(0)?;
    conn.close().await?;
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    if parts < vec![3, 51, 3] { Err(Fault::Setting(format!("SQLite {version} is older than 3.51.3"))) } else { Ok(()) }
}
