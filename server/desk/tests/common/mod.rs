//! The ground that contract tests stand on: every test runs on SQLite and on PostgreSQL, each with a database of its own
//! and a clock that the test owns. Knows how to open a desk; what is on it stands in `world.rs`.

#![allow(dead_code, unused_imports, reason = "each file of tests uses its part of the ground")]

mod cluster;
mod postgres;
mod world;

use std::{
    future::Future,
    ops::Deref,
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use desk::{Clock, Desk, Error, HashCost, Settings, VisitorLimits, db::Place};
use model::{Moment, Refusal};
pub use world::*;

/// A test of the desk's contract, run once on each database:
/// `contract!(a_thing_holds, |desk| async { … })`. `desk` is a [`Ground`]: an empty desk, its clock, its fixtures.
#[macro_export]
macro_rules! contract {
    ($name:ident, |$desk:ident| $body:expr) => {
        mod $name {
            #[allow(unused_imports, reason = "a short test may need nothing of its file")]
            use super::*;

            async fn contract($desk: $crate::common::Ground) {
                $body.await
            }

            #[test]
            fn on_sqlite() {
                $crate::common::run($crate::common::Base::Sqlite, contract);
            }

            #[test]
            fn on_postgres() {
                $crate::common::run($crate::common::Base::Postgres, contract);
            }
        }
    };
}

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// A file in a folder of the test's own.
    Sqlite,
    /// A fresh database in a cluster shared by the process.
    Postgres,
}

/// A clock that stands still until the test moves it.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// It is 2026-11-23T12:00:00Z.
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_795_435_200_000_000)))
    }

    /// Now.
    pub fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }

    /// Lets microseconds pass.
    pub fn pass(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    fn told(&self) -> Clock {
        let own = self.clone();
        Clock::of(move || own.now())
    }
}

/// An empty desk, its clock, and the folder it keeps files in. Use it as the desk itself.
#[derive(Clone)]
pub struct Ground {
    /// The desk.
    pub desk: Desk,
    /// Its clock.
    pub clock: TestClock,
    /// Where it keeps files.
    pub data: Arc<tempfile::TempDir>,
    /// Which database it is on.
    pub base: Base,
}

impl Deref for Ground {
    type Target = Desk;
    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl Ground {
    /// A second process on the same database, as after a restart or on another node.
    pub async fn another_desk(&self) -> Desk {
        Desk::open(self.desk.settings().clone()).await.expect("the same database opens again")
    }

    /// One number of the database: `select count(*) from …`.
    pub async fn number(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(self.desk.db().read()).await.expect(statement)
    }

    /// One text of the database.
    pub async fn text(&self, statement: &'static str) -> String {
        sqlx::query_scalar(statement).fetch_one(self.desk.db().read()).await.expect(statement)
    }
}

/// What was refused; anything else fails the test.
pub fn refused<T>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        Err(Error::Fault(fault)) => panic!("a fault instead of a refusal: {fault}"),
        Ok(_) => panic!("nothing was refused"),
    }
}

/// Runs a test on a fresh database, which is dropped afterwards.
pub fn run<F>(base: Base, contract: impl FnOnce(Ground) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let data = Arc::new(tempfile::tempdir().expect("a folder"));
        let (place, database) = match base {
            Base::Sqlite => (Place::Sqlite(data.path().join("recado.db")), None),
            Base::Postgres => {
                let database = cluster::database().await;
                (Place::Postgres(database.address.clone()), Some(database))
            }
        };
        let clock = TestClock::new();
        let desk = Desk::open(settings(place, data.path(), clock.told())).await.expect("a desk");
        let outcome = tokio::spawn(contract(Ground { desk: desk.clone(), clock, data, base })).await;
        desk.close().await;
        if let Some(database) = database {
            database.drop().await;
        }
        if let Err(failure) = outcome {
            resume_unwind(failure.into_panic());
        }
    });
}

/// Each test makes some passwords: as strong ones they took a quarter of all time. That the usual ones are strong is a test of its own.
const CHEAP: HashCost = HashCost { memory: 64, passes: 1 };

fn settings(place: Place, data: &std::path::Path, clock: Clock) -> Settings {
    Settings {
        place,
        data: data.to_owned(),
        mail_domain: MAIL_DOMAIN.into(),
        public_url: PUBLIC_URL.into(),
        undo: model::message::UNDO,
        // letters of tests leave at once: their clock stands still meanwhile
        ticket_limits: desk::TicketLimits { domain: 0, ..desk::TicketLimits::default() },
        clock,
        visitor_limits: VisitorLimits::default(),
        hash_cost: CHEAP,
    }
}
