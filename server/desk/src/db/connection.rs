//! A connection to either database. Both run sqlx's queries, so that all other code says `sqlx::query(..).fetch_all(conn)` and knows no
//! difference.

use std::time::Duration;

use futures::{
    StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Any, Either, Error, Execute, Executor, SqlStr,
    any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo},
};
use tokio::task::coop::consume_budget;

use super::{
    postgres::Postgres,
    sqlite::{Asked, Given, Sqlite},
};

/// A connection.
#[derive(Debug)]
pub enum Conn {
    /// To a SQLite file.
    Sqlite(Sqlite),
    /// To PostgreSQL.
    Postgres(Postgres),
}

impl Conn {
    /// Whether it can be used for more.
    pub(super) const fn whole(&self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(conn) => conn.whole(),
        }
    }

    /// Whether it still is one after it was idle for a while.
    pub(super) async fn lives(&mut self, idle: Duration) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(conn) => conn.lives(idle).await,
        }
    }
}

/// All rows that a statement gives.
const ALL: usize = usize::MAX;

/// Runs a statement on SQLite and takes what is wanted of what it gave. It is done when this comes back; others get their turn in
/// between, as if we had waited.
fn give<'e, 'q, T: 'e>(
    conn: &'e mut Sqlite,
    query: impl Execute<'q, Any>,
    most: usize,
    take: fn(Given) -> T,
) -> BoxFuture<'e, Result<T, Error>> {
    let asked = Asked::of(query);
    Box::pin(async move {
        consume_budget().await;
        conn.run(&asked?, most).map(take)
    })
}

impl<'c> Executor<'c> for &'c mut Conn {
    type Database = Any;

    fn execute<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<AnyQueryResult, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self {
            Conn::Sqlite(conn) => give(conn, query, ALL, |given| given.result),
            Conn::Postgres(conn) => conn.run(move |conn| conn.execute(query)),
        }
    }

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self {
            Conn::Sqlite(conn) => {
                let all = give(conn, query, ALL, |Given { rows, result }| {
                    stream::iter(rows.into_iter().map(Either::Right).chain([Either::Left(result)]).map(Ok))
                });
                stream::once(all).try_flatten().boxed()
            }
            Conn::Postgres(conn) => {
                let all = conn.run(move |conn| Box::pin(conn.fetch_many(query).try_collect::<Vec<_>>()));
                stream::once(all).map_ok(|given| stream::iter(given.into_iter().map(Ok))).try_flatten().boxed()
            }
        }
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self {
            Conn::Sqlite(conn) => give(conn, query, ALL, |given| given.rows),
            Conn::Postgres(conn) => conn.run(move |conn| conn.fetch_all(query)),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self {
            Conn::Sqlite(conn) => give(conn, query, 1, |mut given| given.rows.pop()),
            Conn::Postgres(conn) => conn.run(move |conn| conn.fetch_optional(query)),
        }
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        match self {
            Conn::Sqlite(_) => Box::pin(async { Err(Error::Configuration("statements are prepared when they run".into())) }),
            Conn::Postgres(conn) => conn.run(move |conn| conn.prepare_with(sql, parameters)),
        }
    }
}
