//! A reader's place in the log, moved in the transaction of what the reader does there.

use model::PropertyId;
use sqlx::Row as _;

use crate::{
    Error, Fault, Result,
    db::{Conn, Tx},
};

/// Moves a reader's place on. False when another one of its kind was faster.
pub(super) async fn advance(tx: &mut Tx, reader: &str, property: &PropertyId, from: i64, to: i64) -> Result<bool> {
    if from == 0 {
        sqlx::query("insert into reader_cursor (reader, property, seq) values ($1, $2, 0) on conflict (reader, property) do nothing")
            .bind(reader.to_owned())
            .bind(property.as_str())
            .execute(tx.conn())
            .await?;
    }
    let moved = sqlx::query("update reader_cursor set seq = $4 where reader = $1 and property = $2 and seq = $3")
        .bind(reader.to_owned())
        .bind(property.as_str())
        .bind(from)
        .bind(to)
        .execute(tx.conn())
        .await?;
    Ok(moved.rows_affected() == 1)
}

/// Where a reader is.
pub(crate) async fn of(conn: &mut Conn, reader: &str, property: &PropertyId) -> Result<i64> {
    let row = sqlx::query("select seq from reader_cursor where reader = $1 and property = $2")
        .bind(reader.to_owned())
        .bind(property.as_str())
        .fetch_optional(conn)
        .await?;
    Ok(row.map_or(Ok(0), |row| row.try_get(0))?)
}

/// Puts a reader somewhere else, wherever it was.
pub(crate) async fn put(tx: &mut Tx, reader: &str, property: &PropertyId, seq: i64) -> Result<()> {
    sqlx::query("insert into reader_cursor (reader, property, seq) values ($1, $2, $3) on conflict (reader, property) do update set seq = excluded.seq")
        .bind(reader.to_owned())
        .bind(property.as_str())
        .bind(seq)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets where a reader was that there is no more.
pub(crate) async fn forget(tx: &mut Tx, reader: &str, property: &PropertyId) -> Result<()> {
    sqlx::query("delete from reader_cursor where reader = $1 and property = $2")
        .bind(reader.to_owned())
        .bind(property.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Two writers waited for each other; the one that gave way reads again.
pub(super) fn is_race(error: &Error) -> bool {
    let Error::Fault(Fault::Database(error)) = error else { return matches!(error, Error::Fault(Fault::Race)) };
    let Some(known) = error.as_database_error() else { return false };
    known.code().is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01" | "55P03"))
}
