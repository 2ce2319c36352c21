//! PostgreSQL databases for tests: each is a copy of one that has the newest schema, made in the cluster of `postgres.rs`.
//! Knows the schema by its files; knows nothing of what tests put into it.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use desk::{Clock, Desk, db::Place};
use sqlx::{AnyConnection, Connection as _};
use tokio::sync::{Mutex, OnceCell};

use super::postgres::Postgres;

/// Name of the database that all others are copied from: by its schema, since a cluster that is named may hold those of earlier runs.
fn template() -> String {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<PathBuf> = std::fs::read_dir(migrations).expect("migrations").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let mut schema = DefaultHasher::new();
    for file in files {
        std::fs::read(file).expect("a migration").hash(&mut schema);
    }
    format!("recado_test_schema_{:x}", schema.finish())
}

/// Where databases are made.
struct Cluster {
    server: Postgres,
    /// Copies are made one after the other: PostgreSQL copies no database that somebody is connected to.
    turn: Mutex<()>,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database of one test.
pub struct Database {
    /// Its address.
    pub address: String,
    name: String,
}

/// A fresh database with the newest schema.
pub async fn database() -> Database {
    let cluster = CLUSTER.get_or_init(Cluster::start).await;
    let name = format!("recado_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    cluster.copy(&template(), &name).await;
    Database { address: cluster.server.address(&name), name }
}

impl Database {
    /// Takes it away; what is still connected is cut off.
    pub async fn drop(self) {
        let cluster = CLUSTER.get().expect("started before");
        cluster.server.run(format!("drop database if exists {} with (force)", self.name)).await.expect("the test's database is dropped");
    }
}

impl Cluster {
    async fn start() -> Self {
        let cluster = Self { server: Postgres::start(), turn: Mutex::new(()) };
        if !cluster.has(&template()).await {
            cluster.make(&template()).await;
        }
        cluster
    }

    async fn has(&self, name: &str) -> bool {
        let mut conn = AnyConnection::connect(&self.server.address(&self.server.first)).await.expect("the cluster answers");
        sqlx::query("select 1 from pg_database where datname = $1").bind(name).fetch_optional(&mut conn).await.expect("databases").is_some()
    }

    /// Makes the schema under another name first, so that a template is whole or not there.
    async fn make(&self, name: &str) {
        let making = format!("recado_test_{}", std::process::id());
        self.server.run(format!("create database {making}")).await.expect("a database for the schema");
        let data = tempfile::tempdir().expect("a folder");
        let settings = super::settings(Place::Postgres(self.server.address(&making)), data.path(), Clock::wall());
        let desk = Desk::open(settings).await.expect("the schema is made");
        // each installation makes its own secret when it opens
        let emptied =
            desk.db().write(|tx| Box::pin(async move { Ok(sqlx::query("delete from secret").execute(tx.conn()).await.map(|_| ())?) }));
        emptied.await.expect("an empty template");
        desk.close().await;
        let gone = "select pg_terminate_backend(pid) from pg_stat_activity where datname = '";
        self.server.run(format!("{gone}{making}'")).await.expect("nobody is connected");
        self.server.run(format!("alter database {making} rename to {name}")).await.expect("a template");
    }

    async fn copy(&self, from: &str, name: &str) {
        let _turn = self.turn.lock().await;
        for again in (0..50).rev() {
            match self.server.run(format!("create database {name} template {from}")).await {
                Ok(()) => return,
                // a connection that was closed a moment ago may still be leaving
                Err(_) if again > 0 => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }
}
