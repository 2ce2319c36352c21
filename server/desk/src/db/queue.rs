//! Verbs that wait for the same thing run one after the other and are committed together, since a commit waits for the disk: all verbs of
//! SQLite (measured: 1,650–2,100 durable messages/s against 740–820 for a pool), all of one property on PostgreSQL, where each takes the
//! counter of the property's log until its commit. A verb never runs on a future that can be dropped: a cancelled `begin` loses
//! acknowledged rows (sqlx 0.9.0, transact-rs/sqlx #4385). Knows no table.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::{FutureExt, future::BoxFuture};
use model::{Moment, PropertyId};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{
    Bell,
    pool::Pool,
    tx::{Ran, Tx},
};
use crate::{Clock, Error, Fault, Result};

/// Most verbs that wait in a queue; more wait to be let in.
const WAITING_MOST: usize = 1024;
/// Most verbs of one commit. PostgreSQL's snapshots know 64 savepoints of a transaction before they look them up.
const GROUP_MOST: usize = 48;
/// How long a group gathers: about what its commit takes.
const GROUP_TIME_SQLITE: Duration = Duration::from_millis(2);
const GROUP_TIME_POSTGRES: Duration = Duration::from_millis(10);

/// A verb that waits: runs in a savepoint, if others ran before it in the transaction (or not at all, when none could begin), gives what
/// to do once the group is committed or lost.
type Job = Box<dyn for<'t> FnOnce(Option<&'t mut Tx>) -> BoxFuture<'t, Finish> + Send>;
type Finish = Box<dyn FnOnce(Result<(), Fault>) + Send>;

/// Verbs that run one after the other.
#[derive(Clone)]
pub(super) struct Queue(mpsc::Sender<Job>);

impl Queue {
    /// The writer of a SQLite file: a thread, since each commit waits for the disk.
    pub(super) fn of_file(pool: Pool, bell: Bell, clock: Clock) -> Result<Self, Fault> {
        let (queue, jobs) = mpsc::channel(WAITING_MOST);
        let (runtime, writer) = (Handle::current(), work(jobs, pool, None, bell, clock));
        let thread = std::thread::Builder::new().name("sqlite-writer".into());
        thread.spawn(move || runtime.block_on(writer)).map_err(|error| Fault::File("a thread to write with".into(), error))?;
        Ok(Self(queue))
    }

    /// Runs a verb to its end, even when nobody waits for it any more.
    pub(super) async fn run<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
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
        self.0.send(job).await.map_err(|_| Fault::Closed)?;
        answer.await.map_err(|_| Fault::Closed)?
    }
}

/// PostgreSQL's queues, one for each property that somebody wrote to.
#[derive(Clone)]
pub(super) struct Queues {
    known: Arc<Mutex<HashMap<PropertyId, Queue>>>,
    pool: Pool,
    bell: Bell,
    clock: Clock,
}

impl Queues {
    pub(super) fn of_pool(pool: Pool, bell: Bell, clock: Clock) -> Self {
        Self { known: Arc::default(), pool, bell, clock }
    }

    /// The property's.
    pub(super) fn of(&self, property: &PropertyId) -> Queue {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let (queue, jobs) = mpsc::channel(WAITING_MOST);
            tokio::spawn(work(jobs, self.pool.clone(), Some(property.clone()), self.bell.clone(), self.clock.clone()));
            Queue(queue)
        };
        known.entry(property.clone()).or_insert_with(new).clone()
    }

    /// All that somebody wrote to.
    pub(super) fn all(&self) -> Vec<Queue> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
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
    if !first && let Err(error) = tx.save().await {
        // a verb before hid that the database had given the transaction up
        tx.lost = true;
        return Err(error.into());
    }
    tx.ran = Ran::Some;
    let outcome = guarded(verb(tx)).await;
    tx.now = now;
    match outcome {
        Ok(value) => Ok(value),
        Err(error) if first => {
            (tx.ran, tx.rung) = (Ran::Failed, vec![]);
            Err(error)
        }
        Err(error) => {
            tx.rung.truncate(rung);
            tx.lost = tx.go_back().await.is_err();
            Err(error)
        }
    }
}

/// Runs verbs that wait in one transaction. Gives what to say to each, and whether what they did is kept.
async fn group(first: Job, jobs: &mut mpsc::Receiver<Job>, tx: &mut Tx, time: Duration) -> (Vec<Finish>, Result<(), Fault>) {
    if let Err(fault) = tx.begin().await {
        return (vec![first(None).await], Err(fault));
    }
    let begun = Instant::now();
    let mut finishes = vec![first(Some(tx)).await];
    while tx.ran == Ran::Some && !tx.lost && finishes.len() < GROUP_MOST && begun.elapsed() < time {
        let Ok(next) = jobs.try_recv() else { break };
        finishes.push(next(Some(tx)).await);
    }
    let end = if tx.ran == Ran::Failed { "rollback" } else { "commit" };
    let outcome = if tx.lost { Err(Fault::Row("the database ended the transaction".into())) } else { tx.run(end).await };
    (finishes, outcome)
}

fn tell(finishes: Vec<Finish>, outcome: &Result<(), Fault>) {
    let lost = outcome.as_ref().err().map(ToString::to_string);
    for finish in finishes {
        finish(lost.clone().map_or(Ok(()), |why| Err(Fault::Row(why))));
    }
}

/// Runs what waits in a queue: that of a property on PostgreSQL, or SQLite's, which is that of all.
async fn work(mut jobs: mpsc::Receiver<Job>, pool: Pool, property: Option<PropertyId>, bell: Bell, clock: Clock) {
    let time = if property.is_some() { GROUP_TIME_POSTGRES } else { GROUP_TIME_SQLITE };
    while let Some(first) = jobs.recv().await {
        let conn = match pool.acquire().await {
            Ok(conn) => conn,
            Err(error) => {
                tracing::error!(%error, "no connection to write with");
                // who waits behind it would wait as long again
                let mut refused = Some(first);
                while let Some(job) = refused {
                    tell(vec![job(None).await], &Ok(()));
                    refused = jobs.try_recv().ok();
                }
                continue;
            }
        };
        let mut tx = Tx::new(conn, clock.now(), property.iter().cloned().collect());
        let (finishes, outcome) = group(first, &mut jobs, &mut tx, time).await;
        match &outcome {
            Ok(()) => bell.ring(&tx.rung),
            Err(fault) => {
                tracing::error!(%fault, "a group of writes was not committed; the next one connects anew");
                // measured after disk-full: after a failed begin or commit a connection to SQLite stays broken
                tx.discard();
            }
        }
        tell(finishes, &outcome);
    }
}

/// Runs one verb on PostgreSQL beside the queues; the logs of these properties are its own.
pub(super) async fn run_alone<T, F>(pool: &Pool, bell: &Bell, now: Moment, held: Vec<PropertyId>, verb: F) -> Result<T>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>>,
{
    let mut tx = Tx::new(pool.acquire().await?, now, held);
    let outcome = match tx.begin().await {
        Ok(()) => guarded(verb(&mut tx)).await,
        Err(fault) => Err(fault.into()),
    };
    if let Err(fault) = tx.run(if outcome.is_ok() { "commit" } else { "rollback" }).await {
        tx.discard();
        return outcome.and(Err(fault.into()));
    }
    if outcome.is_ok() {
        bell.ring(&tx.rung);
    }
    outcome
}
