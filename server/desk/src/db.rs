//! The one room that knows there are two databases. `read()` gives connections for queries, `write()` runs a verb in one transaction.
//! Verbs that wait for the same thing are committed together (`queue.rs`): all of SQLite, all of one property on PostgreSQL.
//! A verb never runs on a future that can be dropped: a cancelled `begin` loses acknowledged rows (sqlx 0.9.0, transact-rs/sqlx #4385).

mod connection;
mod pool;
mod postgres;
mod queue;
mod sqlite;
mod tx;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

pub use self::connection::Conn;
pub use self::pool::{Pool, Pooled};
pub use self::sqlite::LOG as SQLITE_LOG;
pub use self::tx::Tx;
use self::{
    pool::To,
    queue::{Queue, Queues},
    sqlite::Use,
};
use futures::future::BoxFuture;
use model::PropertyId;
use tokio::sync::watch;

use crate::{Clock, Fault, Result};

/// Which database, and where.
#[derive(Clone, Debug)]
pub enum Place {
    /// A file; made when missing.
    Sqlite(PathBuf),
    /// A `postgres://` address.
    Postgres(String),
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: Pool,
    writer: Writer,
    bell: Bell,
    clock: Clock,
}

/// Most readers of a SQLite file at once.
const READERS_OF_FILE: u32 = 6;
/// Most connections to PostgreSQL, for queries and for verbs.
const CONNECTIONS: u32 = 8;

#[derive(Clone)]
enum Writer {
    /// SQLite has one writer.
    One(Queue),
    /// PostgreSQL has one for each property, and whoever belongs to none runs beside them.
    Many(Pool, Queues),
}

/// What readers sleep on. It only wakes; the database is the truth.
#[derive(Clone, Default)]
pub struct Bell {
    heads: Arc<Mutex<HashMap<PropertyId, watch::Sender<i64>>>>,
    any: Arc<watch::Sender<u64>>,
}

impl Bell {
    /// Changes when the property's log grew.
    pub fn of(&self, property: &PropertyId) -> watch::Receiver<i64> {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        heads.entry(property.clone()).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Changes when any log grew, or a letter came.
    pub fn any(&self) -> watch::Receiver<u64> {
        self.any.subscribe()
    }

    fn ring(&self, rung: &[(PropertyId, i64)]) {
        let heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        for (property, seq) in rung {
            if let Some(head) = heads.get(property) {
                head.send_if_modified(|known| {
                    let newer = *seq > *known;
                    *known = (*known).max(*seq);
                    newer
                });
            }
        }
        self.any.send_modify(|n| *n = n.wrapping_add(1));
    }
}

impl Db {
    /// Connects, and starts the writer.
    pub async fn open(place: &Place, clock: Clock) -> Result<Self, Fault> {
        let bell = Bell::default();
        match place {
            Place::Sqlite(file) => {
                let writer = Pool::open(To::File(file.clone(), Use::Write), 1).await?;
                let queue = Queue::of_file(writer, bell.clone(), clock.clone())?;
                let readers = Pool::open(To::File(file.clone(), Use::Read), READERS_OF_FILE).await?;
                Ok(Self { readers, writer: Writer::One(queue), bell, clock })
            }
            Place::Postgres(address) => {
                sqlx::any::install_default_drivers();
                let address = postgres::address(address)?;
                let readers = Pool::open(To::Server(address.clone()), CONNECTIONS).await?;
                let writers = Pool::open(To::Server(address), CONNECTIONS).await?;
                let queues = Queues::of_pool(writers.clone(), bell.clone(), clock.clone());
                Ok(Self { readers, writer: Writer::Many(writers, queues), bell, clock })
            }
        }
    }

    /// For queries that change nothing.
    pub const fn read(&self) -> &Pool {
        &self.readers
    }

    /// Whether this is SQLite; only for what SQL cannot say in one text.
    pub const fn is_sqlite(&self) -> bool {
        matches!(self.writer, Writer::One(_))
    }

    /// What readers of the log sleep on.
    pub const fn bell(&self) -> &Bell {
        &self.bell
    }

    /// Runs a verb of a property in one transaction, to its end, even when nobody waits for it any more. Verbs of one property run one
    /// after the other, also those of other processes: whatever appends to its log, or changes its conversations, comes this way.
    pub async fn write_to<T, F>(&self, property: &PropertyId, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        match &self.writer {
            Writer::One(queue) => queue.run(verb).await,
            Writer::Many(_, queues) => queues.of(property).run(verb).await,
        }
    }

    /// The same for a verb that belongs to no property, or to several: their logs are its own until it is done.
    pub async fn write_across<T, F>(&self, mut properties: Vec<PropertyId>, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        // in one order, so that two of these cannot wait for each other
        properties.sort_unstable();
        match &self.writer {
            Writer::One(queue) => queue.run(verb).await,
            Writer::Many(pool, _) => {
                let (pool, bell, now) = (pool.clone(), self.bell.clone(), self.clock.now());
                tokio::spawn(async move { queue::run_alone(&pool, &bell, now, properties, verb).await }).await.map_err(|_| Fault::Closed)?
            }
        }
    }

    /// The same for a verb that appends to no log.
    pub async fn write<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        self.write_across(vec![], verb).await
    }

    /// Has PostgreSQL measure its tables now, after much was written at once: it plans by sizes, and looks for these from time to
    /// time only. SQLite plans without.
    pub async fn measure(&self) -> Result<(), Fault> {
        if let Writer::Many(pool, _) = &self.writer {
            sqlx::query("analyze").execute(pool).await?;
        }
        Ok(())
    }

    /// Ends all connections; verbs already queued are finished first.
    pub async fn close(&self) {
        let queues = match &self.writer {
            Writer::One(queue) => vec![queue.clone()],
            Writer::Many(_, queues) => queues.all(),
        };
        for queue in queues {
            // what comes after them all has nothing to do, and nothing to say when that fails
            let _: Result<()> = queue.run(|_| Box::pin(async { Ok(()) })).await;
        }
        if let Writer::Many(pool, _) = &self.writer {
            pool.close().await;
        }
        self.readers.close().await;
    }
}
