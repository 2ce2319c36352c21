//! What `recado doctor` asks of a database: its kind, version, size, schema and clock. Changes nothing.

use model::Moment;
use sqlx::Row as _;

use crate::{Result, db::Db};

/// What a database says of itself.
pub struct Facts {
    /// SQLite or PostgreSQL.
    pub kind: &'static str,
    /// Its version.
    pub version: String,
    /// Its size.
    pub bytes: i64,
    /// Migrations applied.
    pub migrations: i64,
}

/// Asks it.
pub async fn schema_facts(db: &Db) -> Result<Facts> {
    let (kind, version, size) = if db.is_sqlite() {
        ("SQLite", "select sqlite_version()", "select p.page_count * s.page_size from pragma_page_count() p, pragma_page_size() s")
    } else {
        ("PostgreSQL", "select split_part(current_setting('server_version'), ' ', 1)", "select pg_database_size(current_database())")
    };
    Ok(Facts {
        kind,
        version: sqlx::query(version).fetch_one(db.read()).await?.try_get(0)?,
        bytes: sqlx::query(size).fetch_one(db.read()).await?.try_get(0)?,
        migrations: sqlx::query("select count(*) from migration").fetch_one(db.read()).await?.try_get(0)?,
    })
}

/// What time it is there.
pub async fn database_clock(db: &Db) -> Result<Moment> {
    let text = if db.is_sqlite() {
        "select cast(strftime('%s', 'now') as integer) * 1000000"
    } else {
        "select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)"
    };
    Ok(Moment(sqlx::query(text).fetch_one(db.read()).await?.try_get(0)?))
}
