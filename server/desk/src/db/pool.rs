//! Connections that are shared by all who ask, lent one at a time. sqlx's own pool asks PostgreSQL whether a connection still lives each
//! time it comes back, which costs as much as a small query does; here only one that lay idle is asked. Knows no transaction.

use std::{
    ops::{Deref, DerefMut},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::{
    StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Any, Either, Error, Execute, Executor, SqlStr,
    any::{AnyConnectOptions, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError},
    time::timeout,
};

use super::{
    connection::Conn,
    postgres::Postgres,
    sqlite::{Sqlite, Use},
};

/// Where connections lead.
#[derive(Debug)]
pub(super) enum To {
    /// To a SQLite file.
    File(PathBuf, Use),
    /// To PostgreSQL.
    Server(AnyConnectOptions),
}

/// How long one waits for a connection.
const WAIT: Duration = Duration::from_secs(10);

/// Connections that nobody uses now, and how many more there may be. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pool(Arc<Rack>);

#[derive(Debug)]
struct Rack {
    to: To,
    most: u32,
    idle: Mutex<Vec<(Conn, Instant)>>,
    free: Arc<Semaphore>,
}

/// A connection for a while.
#[derive(Debug)]
pub struct Pooled {
    /// None only while it is dropped.
    conn: Option<Conn>,
    rack: Arc<Rack>,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    /// At most so many connections; the first one is opened at once.
    pub(super) async fn open(to: To, most: u32) -> Result<Self, Error> {
        let free = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(usize::MAX)));
        let pool = Self(Arc::new(Rack { to, most, idle: Mutex::default(), free }));
        drop(pool.acquire().await?);
        Ok(pool)
    }

    /// A connection for several statements.
    pub async fn acquire(&self) -> Result<Pooled, Error> {
        let rack = Arc::clone(&self.0);
        let permit = match Arc::clone(&rack.free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::Closed) => return Err(Error::PoolClosed),
            Err(TryAcquireError::NoPermits) => timeout(WAIT, Arc::clone(&rack.free).acquire_owned())
                .await
                .map_err(|_| Error::PoolTimedOut)?
                .map_err(|_| Error::PoolClosed)?,
        };
        // the one that was used last: what it read is still in its memory
        while let Some((mut conn, since)) = rack.take() {
            if conn.lives(since.elapsed()).await {
                return Ok(Pooled { conn: Some(conn), rack, _permit: permit });
            }
        }
        let conn = match &rack.to {
            To::File(file, what) => Conn::Sqlite(Sqlite::open(file, *what)?),
            To::Server(address) => Conn::Postgres(Postgres::connect(address).await?),
        };
        Ok(Pooled { conn: Some(conn), rack, _permit: permit })
    }

    /// Gives no more connections, once those that are lent came back, or would have long ago.
    pub(super) async fn close(&self) {
        let _: Result<_, _> = timeout(WAIT, self.0.free.acquire_many(self.0.most)).await;
        self.0.free.close();
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Rack {
    fn take(&self) -> Option<(Conn, Instant)> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl Pooled {
    /// Not to be lent again: it is in a state that nobody knows.
    pub(super) fn discard(mut self) {
        self.conn = None;
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take()
            && conn.whole()
            && !self.rack.free.is_closed()
        {
            self.rack.idle.lock().unwrap_or_else(PoisonError::into_inner).push((conn, Instant::now()));
        }
    }
}

impl Deref for Pooled {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn.as_ref().expect("a connection until it is dropped")
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("a connection until it is dropped")
    }
}

impl AsMut<Conn> for Pooled {
    fn as_mut(&mut self) -> &mut Conn {
        self
    }
}

impl<'p> Executor<'p> for &'p Pool {
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
