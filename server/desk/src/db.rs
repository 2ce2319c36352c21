//! The one room that knows there are two databases. `read()` gives connections for queries, `write()` runs a verb in one transaction.
//! SQLite: one writer owns one connection and commits in groups (measured: 1,650–2,100 durable messages/s against 740–820 for a pool).
//! It is a thread, since each commit waits for the disk; who reads does so in the thread that asks.
//! A verb never runs on a future that can be dropped: a cancelled `begin` loses acknowledged rows (sqlx 0.9.0, transact-rs/sqlx #4385).

mod connection;
mod postgres;
mod sqlite;

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub use self::connection::{Conn, Readers, Reading};
pub use self::sqlite::LOG as SQLITE_LOG;
use self::sqlite::{Sqlite, Use};
use futures::{FutureExt, future::BoxFuture};
use model::{Moment, PropertyId};
use sqlx::{
    AnyPool,
    any::{AnyConnectOptions, AnyPoolOptions},
};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot, watch},
};

use crate::{Clock, Error, Fault, Result};

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
    readers: Readers,
    writer: Writer,
    bell: Bell,
    clock: Clock,
}

#[derive(Clone)]
enum Writer {
    Queue(mpsc::Sender<Job>),
    Pool(AnyPool),
}

/// A verb waiting for the SQLite writer: runs in a savepoint, if others ran before it in the transaction (or not at all, when none could
/// begin), gives what to do once the group is committed or lost.
type Job = Box<dyn for<'t> FnOnce(Option<&'t mut Tx>) -> BoxFuture<'t, Finish> + Send>;
type Finish = Box<dyn FnOnce(Result<(), Fault>) + Send>;

/// What is in SQLite's transaction: the first verb needs no savepoint, since nothing else is undone with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ran {
    None,
    Some,
    /// The first one failed: the transaction is to be rolled back.
    Failed,
}

/// A transaction as a verb sees it.
pub struct Tx {
    conn: Conn,
    now: Moment,
    rung: Vec<(PropertyId, i64)>,
    /// How the verbs that ran in it so far went.
    ran: Ran,
    /// The database ended the transaction by itself, as SQLite does when the disk is full.
    lost: bool,
}

impl Tx {
    fn new(conn: Conn, now: Moment) -> Self {
        Self { conn, now, rung: vec![], ran: Ran::None, lost: false }
    }

    /// The connection, to run statements on.
    pub const fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// Whether this is SQLite; only for what SQL cannot say in one text.
    pub const fn is_sqlite(&self) -> bool {
        matches!(self.conn, Conn::Sqlite(_))
    }

    /// The moment of this transaction, by the desk's clock.
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// Has what is written from now on be of another moment, as history is; gives the one before. The next verb has its own again.
    pub(crate) const fn date(&mut self, at: Moment) -> Moment {
        std::mem::replace(&mut self.now, at)
    }

    /// Wakes the readers of a property's log once this is committed.
    pub(crate) fn ring(&mut self, property: PropertyId, seq: i64) {
        self.rung.push((property, seq));
    }

    async fn run(&mut self, statement: &'static str) -> Result<(), Fault> {
        sqlx::query(statement).execute(self.conn()).await?;
        Ok(())
    }
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
                let (queue, jobs) = mpsc::channel(1024);
                let tx = Tx::new(Conn::Sqlite(Sqlite::open(file, Use::Write)?), clock.now());
                let (runtime, writer) = (Handle::current(), write_sqlite(jobs, tx, file.clone(), bell.clone(), clock.clone()));
                let thread = std::thread::Builder::new().name("sqlite-writer".into());
                thread.spawn(move || runtime.block_on(writer)).map_err(|error| Fault::File("a thread to write with".into(), error))?;
                Ok(Self { readers: Readers::of_file(file.clone())?, writer: Writer::Queue(queue), bell, clock })
            }
            Place::Postgres(address) => {
                sqlx::any::install_default_drivers();
                let address: AnyConnectOptions = address.parse()?;
                let pool = |most| {
                    AnyPoolOptions::new()
                        .max_connections(most)
                        .acquire_timeout(Duration::from_secs(5))
                        .test_before_acquire(false)
                        .before_acquire(|conn, known| Box::pin(postgres::lives(conn, known.idle_for)))
                        .after_connect(|conn, _| Box::pin(postgres::session(conn)))
                };
                let readers = Readers::Postgres(pool(8).connect_with(address.clone()).await?);
                let writers = pool(8).connect_with(address).await?;
                Ok(Self { readers, writer: Writer::Pool(writers), bell, clock })
            }
        }
    }

    /// For queries that change nothing.
    pub const fn read(&self) -> &Readers {
        &self.readers
    }

    /// Whether this is SQLite; only for what SQL cannot say in one text.
    pub const fn is_sqlite(&self) -> bool {
        matches!(self.writer, Writer::Queue(_))
    }

    /// What readers of the log sleep on.
    pub const fn bell(&self) -> &Bell {
        &self.bell
    }

    /// Runs a verb in one transaction, to its end, even when nobody waits for it any more.
    pub async fn write<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        match &self.writer {
            Writer::Queue(queue) => {
                let (told, answer) = oneshot::channel();
                let job: Job = Box::new(move |tx| {
                    Box::pin(async move {
                        let outcome = match tx {
                            Some(tx) => in_savepoint(tx, verb).await,
                            None => Err(Fault::Row("the database takes no writes".into()).into()),
                        };
                        let finish: Finish = Box::new(move |committed| {
                            let _ = told.send(outcome.and_then(|value| committed.map(|()| value).map_err(Error::Fault)));
                        });
                        finish
                    })
                });
                queue.send(job).await.map_err(|_| Fault::Closed)?;
                answer.await.map_err(|_| Fault::Closed)?
            }
            Writer::Pool(pool) => {
                let (pool, bell, now) = (pool.clone(), self.bell.clone(), self.clock.now());
                tokio::spawn(async move { write_postgres(&pool, &bell, now, verb).await }).await.map_err(|_| Fault::Closed)?
            }
        }
    }

    /// Has PostgreSQL measure its tables now, after much was written at once: it plans by sizes, and looks for these from time to
    /// time only. SQLite plans without.
    pub async fn measure(&self) -> Result<(), Fault> {
        if let Writer::Pool(pool) = &self.writer {
            sqlx::query("analyze").execute(pool).await?;
        }
        Ok(())
    }

    /// Ends all connections; verbs already queued are finished first.
    pub async fn close(&self) {
        if let Writer::Pool(pool) = &self.writer {
            pool.close().await;
        }
        self.readers.close().await;
    }
}

/// A verb's panic is a fault of that verb alone.
async fn guarded<T>(verb: BoxFuture<'_, Result<T>>) -> Result<T> {
    AssertUnwindSafe(verb).catch_unwind().await.unwrap_or_else(|_| Err(Fault::Row("a verb panicked".into()).into()))
}

async fn in_savepoint<T, F>(tx: &mut Tx, verb: F) -> Result<T>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>>,
{
    let (rung, first, now) = (tx.rung.len(), tx.ran == Ran::None, tx.now);
    if !first {
        tx.run("savepoint verb").await?;
    }
    tx.ran = Ran::Some;
    let outcome = guarded(verb(tx)).await;
    tx.now = now;
    match outcome {
        Ok(value) => {
            if !first {
                tx.run("release verb").await?;
            }
            Ok(value)
        }
        Err(error) if first => {
            (tx.ran, tx.rung) = (Ran::Failed, vec![]);
            Err(error)
        }
        Err(error) => {
            tx.rung.truncate(rung);
            tx.lost = tx.run("rollback to verb").await.is_err() || tx.run("release verb").await.is_err();
            Err(error)
        }
    }
}

/// Most verbs of one commit, and how long a group gathers.
const GROUP_MOST: usize = 64;
const GROUP_TIME: Duration = Duration::from_millis(2);

async fn write_sqlite(mut jobs: mpsc::Receiver<Job>, mut tx: Tx, file: PathBuf, bell: Bell, clock: Clock) {
    while let Some(first) = jobs.recv().await {
        tx.now = clock.now();
        (tx.rung, tx.ran, tx.lost) = (vec![], Ran::None, false);
        let mut finishes: Vec<Finish> = vec![];
        let outcome = match tx.run("begin immediate").await {
            Ok(()) => {
                let started = std::time::Instant::now();
                finishes.push(first(Some(&mut tx)).await);
                while tx.ran == Ran::Some && !tx.lost && finishes.len() < GROUP_MOST && started.elapsed() < GROUP_TIME {
                    let Ok(next) = jobs.try_recv() else { break };
                    finishes.push(next(Some(&mut tx)).await);
                }
                let end = if tx.ran == Ran::Failed { "rollback" } else { "commit" };
                if tx.lost { Err(Fault::Row("the database ended the transaction".into())) } else { tx.run(end).await }
            }
            Err(fault) => {
                finishes.push(first(None).await);
                Err(fault)
            }
        };
        if let Err(fault) = &outcome {
            tracing::error!(%fault, "a group of writes was not committed; the writer connects anew");
            reopen(&mut tx, &file);
        }
        let lost = outcome.as_ref().err().map(ToString::to_string);
        for finish in finishes {
            finish(lost.clone().map_or(Ok(()), |why| Err(Fault::Row(why))));
        }
        if lost.is_none() {
            bell.ring(&tx.rung);
        }
    }
}

/// After a failed begin or commit the connection stays broken (measured after disk-full), so it is replaced.
#[expect(clippy::disallowed_methods, reason = "the writer has a thread of its own")]
fn reopen(tx: &mut Tx, file: &Path) {
    let mut pause = Duration::from_millis(20);
    loop {
        match Sqlite::open(file, Use::Write) {
            Ok(conn) => {
                tx.conn = Conn::Sqlite(conn);
                return;
            }
            Err(fault) => tracing::error!(%fault, "the database cannot be opened for writing"),
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

async fn write_postgres<T, F>(pool: &AnyPool, bell: &Bell, now: Moment, verb: F) -> Result<T>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>>,
{
    let mut tx = Tx::new(Conn::Postgres(pool.acquire().await?), now);
    let mut outcome = match tx.run("begin").await {
        Ok(()) => guarded(verb(&mut tx)).await,
        Err(fault) => Err(fault.into()),
    };
    let end = tx.run(if outcome.is_ok() { "commit" } else { "rollback" }).await;
    if let Err(fault) = end {
        if let Conn::Postgres(mut conn) = tx.conn {
            conn.close_on_drop();
        }
        return outcome.and(Err(fault.into()));
    }
    if outcome.is_ok() {
        bell.ring(&tx.rung);
    } else if let Err(Error::Fault(fault)) = &mut outcome {
        tracing::debug!(%fault, "rolled back");
    }
    outcome
}
