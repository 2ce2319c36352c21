//! SQLite, run by the thread that asks. sqlx gives each connection a thread of its own, and the two switches of thread cost several
//! times what most of our statements take. sqlx's words stay (`query`, `bind`, rows); this file only runs them, by `rusqlite`.
//! Knows no table.

use std::{
    borrow::Cow,
    collections::HashMap,
    error::Error as StdError,
    fmt,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use rusqlite::{
    Connection, OpenFlags, Row,
    config::DbConfig,
    ffi,
    types::{ToSqlOutput, ValueRef},
};
use sqlx::{
    Execute,
    any::{Any, AnyArguments, AnyQueryResult, AnyRow, AnyTypeInfo, AnyTypeInfoKind, AnyValue},
    error::{DatabaseError, ErrorKind},
};
use sqlx_core::{
    any::{AnyColumn, AnyValueKind},
    ext::ustr::UStr,
    sql_str::SqlStr,
};

/// Where statements are logged.
pub const LOG: &str = "sqlite::query";
/// A statement that takes longer is a warning.
const SLOW: Duration = Duration::from_secs(1);
/// Statements kept prepared, and shapes of rows kept known.
const KEPT: usize = 128;
/// SQLite before it can corrupt a database in WAL mode; we refuse to start on it.
const OLDEST: i32 = 3_051_003;

/// What a connection is for.
#[derive(Clone, Copy, Debug)]
pub enum Use {
    /// Everything.
    Write,
    /// Queries.
    Read,
}

/// A connection.
pub struct Sqlite {
    conn: Connection,
    /// By the text of the statement.
    shapes: HashMap<Box<str>, Arc<Shape>>,
}

/// What all rows of a statement have in common.
struct Shape {
    columns: Vec<AnyColumn>,
    names: Arc<sqlx_core::HashMap<UStr, usize>>,
}

/// A statement and what is bound to it.
pub struct Asked {
    text: SqlStr,
    arguments: AnyArguments,
}

impl Asked {
    /// Takes sqlx's query apart.
    pub fn of<'q>(mut query: impl Execute<'q, Any>) -> Result<Self, sqlx::Error> {
        let arguments = query.take_arguments().map_err(sqlx::Error::Encode)?.unwrap_or_default();
        Ok(Self { text: query.sql(), arguments })
    }
}

/// What a statement gave.
pub struct Given {
    /// Its rows.
    pub rows: Vec<AnyRow>,
    /// What it changed.
    pub result: AnyQueryResult,
}

impl Sqlite {
    /// Opens a file; made when missing.
    pub fn open(file: &Path, purpose: Use) -> Result<Self, sqlx::Error> {
        if rusqlite::version_number() < OLDEST {
            return Err(sqlx::Error::Configuration(format!("SQLite {} is older than 3.51.3", rusqlite::version()).into()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(file, flags).map_err(fault)?;
        conn.set_prepared_statement_cache_capacity(KEPT);
        // a plan is by the statement and not by what is bound to it: else some are planned anew each time they run
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault)?;
        conn.busy_timeout(Duration::from_secs(5)).map_err(fault)?;
        conn.execute_batch("pragma trusted_schema = off; pragma foreign_keys = on;").map_err(fault)?;
        conn.execute_batch(match purpose {
            Use::Write => "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -8000;",
            Use::Read => "pragma query_only = on; pragma cache_size = -4000;",
        })
        .map_err(fault)?;
        Ok(Self { conn, shapes: HashMap::new() })
    }

    /// Runs a statement, for so many rows at most.
    pub fn run(&mut self, asked: &Asked, most: usize) -> Result<Given, sqlx::Error> {
        let begun = Instant::now();
        let given = self.step(asked, most);
        let (statement, took) = (asked.text.as_str(), begun.elapsed());
        if took < SLOW {
            tracing::debug!(target: LOG, statement, ?took);
        } else {
            tracing::warn!(target: LOG, statement, ?took, "slow statement");
        }
        given
    }

    fn step(&mut self, asked: &Asked, most: usize) -> Result<Given, sqlx::Error> {
        let text = asked.text.as_str();
        let mut statement = self.conn.prepare_cached(text).map_err(fault)?;
        for place in 1..=statement.parameter_count() {
            // `$2` is a name to SQLite, whose place is where it stands first
            let number = statement.parameter_name(place).and_then(|name| name.get(1..)?.parse().ok()).unwrap_or(place);
            let value = asked.arguments.values.0.get(number - 1);
            let value = value.ok_or_else(|| sqlx::Error::Protocol(format!("nothing is bound to ${number} of: {text}")))?;
            statement.raw_bind_parameter(place, ToSqlOutput::Borrowed(value_of(value)?)).map_err(fault)?;
        }
        let shape = if let Some(known) = self.shapes.get(text) {
            Arc::clone(known)
        } else {
            let shape = Arc::new(Shape::of(statement.column_names()));
            if self.shapes.len() >= KEPT {
                self.shapes.clear();
            }
            self.shapes.insert(text.into(), Arc::clone(&shape));
            shape
        };
        let (mut rows, mut read) = (statement.raw_query(), vec![]);
        while read.len() < most
            && let Some(row) = rows.next().map_err(fault)?
        {
            read.push(shape.row(row)?);
        }
        drop(rows);
        drop(statement);
        Ok(Given { rows: read, result: AnyQueryResult { rows_affected: self.conn.changes(), last_insert_id: None } })
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sqlite")
    }
}

impl Shape {
    fn of(names: Vec<&str>) -> Self {
        let type_info = AnyTypeInfo { kind: AnyTypeInfoKind::Null };
        let columns: Vec<_> = names
            .into_iter()
            .enumerate()
            .map(|(ordinal, name)| AnyColumn { ordinal, name: UStr::new(name), type_info: type_info.clone() })
            .collect();
        let names = columns.iter().map(|column| (column.name.clone(), column.ordinal)).collect();
        Self { columns, names: Arc::new(names) }
    }

    fn row(&self, row: &Row<'_>) -> Result<AnyRow, sqlx::Error> {
        let mut values = Vec::with_capacity(self.columns.len());
        for column in 0..self.columns.len() {
            let kind = match row.get_ref(column).map_err(fault)? {
                ValueRef::Null => AnyValueKind::Null(AnyTypeInfoKind::Null),
                ValueRef::Integer(number) => AnyValueKind::BigInt(number),
                ValueRef::Real(number) => AnyValueKind::Double(number),
                ValueRef::Text(bytes) => {
                    let text = std::str::from_utf8(bytes).map_err(|error| sqlx::Error::Decode(error.into()))?;
                    AnyValueKind::Text(Arc::new(text.to_owned()))
                }
                ValueRef::Blob(bytes) => AnyValueKind::Blob(Arc::new(bytes.to_vec())),
            };
            values.push(AnyValue { kind });
        }
        Ok(AnyRow { column_names: Arc::clone(&self.names), columns: self.columns.clone(), values })
    }
}

fn value_of(value: &AnyValueKind) -> Result<ValueRef<'_>, sqlx::Error> {
    Ok(match value {
        AnyValueKind::Null(_) => ValueRef::Null,
        AnyValueKind::Bool(yes) => ValueRef::Integer(i64::from(*yes)),
        AnyValueKind::SmallInt(number) => ValueRef::Integer(i64::from(*number)),
        AnyValueKind::Integer(number) => ValueRef::Integer(i64::from(*number)),
        AnyValueKind::BigInt(number) => ValueRef::Integer(*number),
        AnyValueKind::Real(number) => ValueRef::Real(f64::from(*number)),
        AnyValueKind::Double(number) => ValueRef::Real(*number),
        AnyValueKind::Text(text) => ValueRef::Text(text.as_bytes()),
        AnyValueKind::TextSlice(text) => ValueRef::Text(text.as_bytes()),
        AnyValueKind::Blob(bytes) => ValueRef::Blob(bytes),
        other => return Err(sqlx::Error::Protocol(format!("SQLite takes no {other:?}"))),
    })
}

/// What SQLite says is wrong.
#[derive(Debug)]
struct Wrong {
    code: i32,
    message: String,
}

fn fault(error: rusqlite::Error) -> sqlx::Error {
    match error {
        rusqlite::Error::SqliteFailure(error, message) => {
            sqlx::Error::Database(Box::new(Wrong { code: error.extended_code, message: message.unwrap_or_else(|| error.to_string()) }))
        }
        rusqlite::Error::SqlInputError { error, msg, .. } => {
            sqlx::Error::Database(Box::new(Wrong { code: error.extended_code, message: msg }))
        }
        other => sqlx::Error::AnyDriverError(other.into()),
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(code: {}) {}", self.code, self.message)
    }
}

impl StdError for Wrong {}

impl DatabaseError for Wrong {
    fn message(&self) -> &str {
        &self.message
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        match self.code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => ErrorKind::UniqueViolation,
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ErrorKind::ForeignKeyViolation,
            ffi::SQLITE_CONSTRAINT_NOTNULL => ErrorKind::NotNullViolation,
            ffi::SQLITE_CONSTRAINT_CHECK => ErrorKind::CheckViolation,
            _ => ErrorKind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::db::Conn;

    fn opened(folder: &tempfile::TempDir) -> Conn {
        Conn::Sqlite(Sqlite::open(&folder.path().join("recado.db"), Use::Write).unwrap())
    }

    #[tokio::test]
    async fn values_come_back_as_they_were_bound_wherever_their_places_are() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = opened(&folder);
        let text = "select $2 as name, $1 as n, $3 as nobody, $2 as again, $4 as bytes, 1.5 as half, 'a' || char(0) || 'b' as odd";
        let bytes = vec![0_u8, 255];
        let row = sqlx::query(text).bind(7_i64).bind("sétimo").bind(Option::<i64>::None).bind(bytes.clone()).fetch_one(&mut conn).await;
        let row = row.unwrap();
        assert_eq!((row.get::<i64, _>("n"), row.get::<String, _>("name"), row.get::<String, _>(3)), (7, "sétimo".into(), "sétimo".into()));
        assert_eq!((row.get::<Option<i64>, _>("nobody"), row.get::<Option<String>, _>("nobody")), (None, None));
        assert_eq!((row.get::<Vec<u8>, _>("bytes"), row.get::<f64, _>("half"), row.get::<String, _>("odd")), (bytes, 1.5, "a\0b".into()));
        assert!(row.try_get::<i64, _>("name").is_err(), "a text is no number");
    }

    #[tokio::test]
    async fn what_is_wrong_is_said_and_the_connection_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = opened(&folder);
        sqlx::query("create table pet (name text primary key, legs bigint not null)").execute(&mut conn).await.unwrap();
        let insert = "insert into pet (name, legs) values ($1, $2)";
        let done = sqlx::query(insert).bind("Rex").bind(4).execute(&mut conn).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
        let twice = sqlx::query(insert).bind("Rex").bind(4).execute(&mut conn).await.unwrap_err();
        let twice = twice.as_database_error().unwrap();
        assert!(twice.is_unique_violation() && twice.message().contains("pet.name"), "{twice:?}");
        let legless = sqlx::query(insert).bind("Kaa").bind(Option::<i64>::None).execute(&mut conn).await.unwrap_err();
        assert!(matches!(legless.as_database_error().unwrap().kind(), ErrorKind::NotNullViolation));
        assert!(sqlx::query(insert).bind("Kaa").execute(&mut conn).await.unwrap_err().to_string().contains("$2"));
        let unknown = sqlx::query("select colour from pet").execute(&mut conn).await.unwrap_err();
        assert!(unknown.to_string().contains("colour"), "{unknown}");
        sqlx::query(insert).bind("Tom").bind(4).execute(&mut conn).await.unwrap();
        for _ in 0..2 {
            // a statement that was left before its last row begins anew
            let first: String = sqlx::query("select name from pet order by name").fetch_one(&mut conn).await.unwrap().get(0);
            assert_eq!(first, "Rex");
        }
        assert_eq!(sqlx::query("select name from pet").fetch_all(&mut conn).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn who_reads_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        drop(opened(&folder));
        let mut conn = Conn::Sqlite(Sqlite::open(&folder.path().join("recado.db"), Use::Read).unwrap());
        assert!(sqlx::query("create table pet (name text)").execute(&mut conn).await.is_err());
    }
}
