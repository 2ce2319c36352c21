//! A PostgreSQL cluster for the tests of one process: a private one from the installed binaries, on a socket of its own,
//! gone when the process ends, however it ends. `RECADO_TEST_POSTGRES=postgres://…` names one to use instead.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use desk::{Clock, Desk, db::Place};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tokio::sync::{Mutex, OnceCell};

/// Starts a cluster and holds it until standard input ends: that is, until the tests are over, killed or not.
/// `$1` folder, `$2` binaries. As root it becomes another user, as PostgreSQL asks.
const HOLD: &str = r#"
set -eu
cd "$1"
if [ "$(id -u)" = 0 ]; then
    chown -R nobody "$1"
    as() { setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups -- "$@"; }
else
    as() { "$@"; }
fi
export LC_ALL=C
as "$2/initdb" -D "$1/data" -U recado --auth=trust --encoding=UTF8 --no-sync --no-instructions >"$1/initdb.log" 2>&1 </dev/null
as "$2/pg_ctl" -D "$1/data" -w -t 60 -l "$1/server.log" -o "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c listen_addresses='' -c unix_socket_directories='$1'" start >"$1/start.log" 2>&1 </dev/null
echo ready
cat >/dev/null
as "$2/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1 || true
cd / && rm -rf "$1"
"#;

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
    /// Its address with `{}` for the database's name.
    pattern: String,
    /// A database to connect to for making others.
    first: String,
    /// Copies are made one after the other: PostgreSQL copies no database that somebody is connected to.
    turn: Mutex<()>,
    /// As long as this is open, the cluster lives.
    _life: Option<Child>,
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
    Database { address: cluster.address(&name), name }
}

impl Database {
    /// Takes it away; what is still connected is cut off.
    pub async fn drop(self) {
        let cluster = CLUSTER.get().expect("started before");
        cluster.run(format!("drop database if exists {} with (force)", self.name)).await.expect("the test's database is dropped");
    }
}

impl Cluster {
    async fn start() -> Self {
        sqlx::any::install_default_drivers();
        let cluster = std::env::var("RECADO_TEST_POSTGRES").map_or_else(|_| Self::private(), |address| Self::named(&address));
        if !cluster.has(&template()).await {
            cluster.make(&template()).await;
        }
        cluster
    }

    async fn has(&self, name: &str) -> bool {
        let mut conn = AnyConnection::connect(&self.address(&self.first)).await.expect("the cluster answers");
        sqlx::query("select 1 from pg_database where datname = $1").bind(name).fetch_optional(&mut conn).await.expect("databases").is_some()
    }

    /// Makes the schema under another name first, so that a template is whole or not there.
    async fn make(&self, name: &str) {
        let making = format!("recado_test_{}", std::process::id());
        self.run(format!("create database {making}")).await.expect("a database for the schema");
        let data = tempfile::tempdir().expect("a folder");
        let settings = super::settings(Place::Postgres(self.address(&making)), data.path(), Clock::wall());
        let desk = Desk::open(settings).await.expect("the schema is made");
        // each installation makes its own secret when it opens
        let emptied =
            desk.db().write(|tx| Box::pin(async move { Ok(sqlx::query("delete from secret").execute(tx.conn()).await.map(|_| ())?) }));
        emptied.await.expect("an empty template");
        desk.close().await;
        let gone = "select pg_terminate_backend(pid) from pg_stat_activity where datname = '";
        self.run(format!("{gone}{making}'")).await.expect("nobody is connected");
        self.run(format!("alter database {making} rename to {name}")).await.expect("a template");
    }

    /// `postgres://user@host/database?options`, to be used as it is with other databases' names.
    fn named(address: &str) -> Self {
        let (before, options) =
            address.split_once('?').map_or((address, String::new()), |(before, options)| (before, format!("?{options}")));
        let (server, first) = before
            .rsplit_once('/')
            .filter(|(server, first)| server.contains("://") && !server.ends_with('/') && !first.is_empty())
            .expect("RECADO_TEST_POSTGRES is postgres://USER@HOST/DATABASE");
        Self { pattern: format!("{server}/{{}}{options}"), first: first.to_owned(), turn: Mutex::new(()), _life: None }
    }

    #[expect(clippy::disallowed_methods, reason = "PostgreSQL is another program")]
    fn private() -> Self {
        let folder = tempfile::Builder::new().prefix("recado-pg-").tempdir_in("/tmp").expect("a folder").keep();
        let mut child = Command::new("sh")
            .args(["-c", HOLD, "sh"])
            .arg(&folder)
            .arg(binaries())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl C ends the tests, not the shell that cleans up after them
            .process_group(0)
            .spawn()
            .expect("sh");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut said).expect("piped");
        assert_eq!(said.trim(), "ready", "PostgreSQL did not start:\n{}", logs(&folder));
        Self {
            pattern: format!("postgres://recado@localhost/{{}}?host={}&sslmode=disable", folder.display()),
            first: "postgres".into(),
            turn: Mutex::new(()),
            _life: Some(child),
        }
    }

    fn address(&self, name: &str) -> String {
        self.pattern.replace("{}", name)
    }

    async fn run(&self, statement: String) -> Result<(), sqlx::Error> {
        let mut conn = AnyConnection::connect(&self.address(&self.first)).await?;
        sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await?;
        conn.close().await
    }

    async fn copy(&self, from: &str, name: &str) {
        let _turn = self.turn.lock().await;
        for again in (0..50).rev() {
            match self.run(format!("create database {name} template {from}")).await {
                Ok(()) => return,
                // a connection that was closed a moment ago may still be leaving
                Err(_) if again > 0 => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }
}

/// Where `initdb` and the others are: in the path, or where Debian puts them.
fn binaries() -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let mut known: Vec<PathBuf> = debian.collect();
    known.sort();
    known.reverse();
    known.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let found = known.into_iter().find(|folder| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).exists()));
    found.expect("PostgreSQL is not installed. Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server; macOS: brew install postgresql")
}

fn logs(folder: &Path) -> String {
    ["initdb.log", "start.log", "server.log"].iter().filter_map(|name| std::fs::read_to_string(folder.join(name)).ok()).collect()
}
