//! What `recado doctor` asks of a database: its kind, version, size, schema and clock. Changes nothing.

use model::Moment;
use sqlx::Row as _;

use crate::{Result, db::Db, schema};

/// What a database says of itself.
pub struct Facts {
    /// SQLite or PostgreSQL.
    pub kind: &'static str,
    /// Its version.
    pub version: String,
    /// Its size.
    pub bytes: i64,
    /// Migrations applied.
    pub migrations: usize,
    /// Migrations that the next start applies.
    pub pending: usize,
    /// Migrations that this Recado does not know: a newer one was here.
    pub unknown: usize,
}

/// Asks it.
pub async fn schema_facts(db: &Db) -> Result<Facts> {
    let (kind, version, size) = if db.is_sqlite() {
        ("SQLite", "select sqlite_version()", "select p.page_count * s.page_size from pragma_page_count() p, pragma_page_size() s")
    } else {
        ("PostgreSQL", "select split_part(current_setting('server_version'), ' ', 1)", "select pg_database_size(current_database())")
    };
    let applied = applied(db).await?;
    let known = applied.iter().filter(|name| schema::names().any(|known| known == name.as_str())).count();
    Ok(Facts {
        kind,
        version: sqlx::query(version).fetch_one(db.read()).await?.try_get(0)?,
        bytes: sqlx::query(size).fetch_one(db.read()).await?.try_get(0)?,
        migrations: applied.len(),
        pending: schema::names().count() - known,
        unknown: applied.len() - known,
    })
}

/// Names of the migrations that it holds; none when it is empty.
async fn applied(db: &Db) -> Result<Vec<String>> {
    let there = if db.is_sqlite() {
        "select count(*) from sqlite_master where name = 'migration'"
    } else {
        "select count(to_regclass('migration'))"
    };
    let there: i64 = sqlx::query(there).fetch_one(db.read()).await?.try_get(0)?;
    if there == 0 {
        return Ok(vec![]);
    }
    let rows = sqlx::query("select name from migration order by name").fetch_all(db.read()).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Whether nobody was here yet, so that the set-up page is shown.
pub async fn vacant(db: &Db) -> Result<bool> {
    Ok(sqlx::query("select 1 from agent limit 1").fetch_optional(db.read()).await?.is_none())
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
