//! A connection to either database, and those that are shared by all who read. Both run sqlx's queries, so that all other code says
//! `sqlx::query(..).fetch_all(conn)` and knows no difference.

use std::{
    ops::{Deref, DerefMut},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{
    StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Any, AnyPool, Either, Error, Execute, Executor, SqlStr,
    any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo},
    pool::PoolConnection,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError},
    task::coop::consume_budget,
    time::timeout,
};

use super::sqlite::{Asked, Given, Sqlite, Use};

/// A connection.
#[derive(Debug)]
pub enum Conn {
    /// To a SQLite file.
    Sqlite(Sqlite),
    /// To PostgreSQL.
    Postgres(PoolConnection<Any>),
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
            Conn::Postgres(conn) => (&mut **conn).execute(query),
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
            Conn::Postgres(conn) => (&mut **conn).fetch_many(query),
        }
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self {
            Conn::Sqlite(conn) => give(conn, query, ALL, |given| given.rows),
            Conn::Postgres(conn) => (&mut **conn).fetch_all(query),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self {
            Conn::Sqlite(conn) => give(conn, query, 1, |mut given| given.rows.pop()),
            Conn::Postgres(conn) => (&mut **conn).fetch_optional(query),
        }
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        match self {
            Conn::Sqlite(_) => Box::pin(async { Err(Error::Configuration("statements are prepared when they run".into())) }),
            Conn::Postgres(conn) => (&mut **conn).prepare_with(sql, parameters),
        }
    }
}

/// Connections for queries that change nothing.
#[derive(Clone, Debug)]
pub enum Readers {
    /// To a SQLite file.
    Sqlite(Arc<Rack>),
    /// To PostgreSQL.
    Postgres(AnyPool),
}

/// Connections to a file that nobody reads with now, and how many more there may be.
#[derive(Debug)]
pub struct Rack {
    file: PathBuf,
    idle: Mutex<Vec<Sqlite>>,
    free: Arc<Semaphore>,
}

/// Most readers of a file at once.
const READERS: usize = 6;
/// How long one waits for a connection.
const WAIT: Duration = Duration::from_secs(10);

/// A connection for a while.
#[derive(Debug)]
pub struct Reading {
    /// None only while it is dropped.
    conn: Option<Conn>,
    home: Option<(Arc<Rack>, OwnedSemaphorePermit)>,
}

impl Readers {
    /// Readers of a file; the first one is opened at once.
    pub(super) fn of_file(file: PathBuf) -> Result<Self, Error> {
        let first = Sqlite::open(&file, Use::Read)?;
        Ok(Self::Sqlite(Arc::new(Rack { file, idle: Mutex::new(vec![first]), free: Arc::new(Semaphore::new(READERS)) })))
    }

    /// A connection for several queries.
    pub async fn acquire(&self) -> Result<Reading, Error> {
        let rack = match self {
            Self::Sqlite(rack) => rack,
            Self::Postgres(pool) => return Ok(Reading { conn: Some(Conn::Postgres(pool.acquire().await?)), home: None }),
        };
        let permit = match Arc::clone(&rack.free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::Closed) => return Err(Error::PoolClosed),
            Err(TryAcquireError::NoPermits) => timeout(WAIT, Arc::clone(&rack.free).acquire_owned())
                .await
                .map_err(|_| Error::PoolTimedOut)?
                .map_err(|_| Error::PoolClosed)?,
        };
        // the one that was used last: what it read is still in its memory
        let idle = rack.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = idle.map_or_else(|| Sqlite::open(&rack.file, Use::Read), Ok)?;
        Ok(Reading { conn: Some(Conn::Sqlite(conn)), home: Some((Arc::clone(rack), permit)) })
    }

    /// Gives no more connections.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(rack) => {
                rack.free.close();
                rack.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let (Some(Conn::Sqlite(conn)), Some((rack, _))) = (self.conn.take(), &self.home)
            && !rack.free.is_closed()
        {
            rack.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
    }
}

impl Deref for Reading {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn.as_ref().expect("a connection until it is dropped")
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("a connection until it is dropped")
    }
}

impl AsMut<Conn> for Reading {
    fn as_mut(&mut self) -> &mut Conn {
        self
    }
}

impl<'p> Executor<'p> for &'p Readers {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let given = async move {
            let mut conn = self.acquire().await?;
            let given: Vec<_> = conn.fetch_many(query).try_collect().await?;
            Ok::<_, Error>(stream::iter(given.into_iter().map(Ok)))
        };
        stream::once(given).try_flatten().boxed()
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<AnyRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        Box::pin(async move { self.acquire().await?.fetch_all(query).await })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        Box::pin(async move { self.acquire().await?.fetch_optional(query).await })
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'p: 'e,
    {
        Box::pin(async move { self.acquire().await?.prepare_with(sql, parameters).await })
    }
}
