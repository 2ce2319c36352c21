//! The real binary as a child of a test: started, killed, started again on the same ports and the same database. Tests talk to it
//! through sockets alone, and look into its database when all is over.

#![allow(dead_code, reason = "each test program uses its own part")]

pub mod browser;
pub mod chat;
pub mod cpu;
pub mod flood;
pub mod mail;
#[path = "../../desk/tests/common/postgres.rs"]
pub mod postgres;
pub mod proxy;
pub mod relay;
pub mod talk;
pub mod wire;

use std::{
    fs::{File, OpenOptions},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use desk::{
    Clock,
    db::{Db, Place},
};
use postgres::Postgres;
use sqlx::any::AnyRow;
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, Command},
    time::sleep,
};

/// Domain that mail is received at.
pub const DOMAIN: &str = "in.example.com";
/// How long a start may take: machines of tests are slow.
const PATIENCE: Duration = Duration::from_mins(1);

static CLUSTER: OnceLock<Postgres> = OnceLock::new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    Sqlite,
    Postgres,
}

/// PostgreSQL for figures: it keeps what it has acknowledged. Asked for before any Recado is. Gives the number of its first process.
pub fn durable_postgres() -> Option<u32> {
    CLUSTER.get_or_init(Postgres::durable).pid()
}

/// A Recado of its own: folder, ports, database.
pub struct Recado {
    pub base: Base,
    pub http: u16,
    pub smtp: u16,
    /// Where its database is, to look into it.
    pub database: Place,
    folder: TempDir,
    settings: Vec<(String, String)>,
    child: Option<Child>,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// Whether it ended with 0.
    pub well: bool,
    /// On its standard output.
    pub out: String,
    /// On its standard error.
    pub err: String,
}

impl Recado {
    /// Not started yet. `settings`: names and values of the environment.
    pub async fn new(base: Base, settings: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (http, smtp) = (port(), port());
        let data = folder.path().display().to_string();
        let mut all = vec![
            ("RECADO_DATA".to_owned(), data.clone()),
            ("RECADO_SITE".to_owned(), format!("{data}/site")),
            ("RECADO_HTTP_LISTEN".to_owned(), format!("127.0.0.1:{http}")),
            ("RECADO_MAIL_SMTP_LISTEN".to_owned(), format!("127.0.0.1:{smtp}")),
            ("RECADO_MAIL_DOMAIN".to_owned(), DOMAIN.to_owned()),
            // the senders of these tests have no names that a DNS server knows
            ("RECADO_MAIL_AUTHENTICATE".to_owned(), "false".to_owned()),
            // more mail comes here within ten minutes than anybody gets
            ("RECADO_MAIL_TICKETS_PER_SENDER".to_owned(), "0".to_owned()),
            ("RECADO_MAIL_TICKETS_PER_PROPERTY".to_owned(), "0".to_owned()),
            ("RECADO_MAIL_DOMAIN_LETTERS_PER_MINUTE".to_owned(), "0".to_owned()),
        ];
        let database = match base {
            Base::Sqlite => Place::Sqlite(folder.path().join("recado.db")),
            Base::Postgres => {
                let cluster = CLUSTER.get_or_init(Postgres::start);
                let name = format!("recado_test_child_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
                cluster.run(format!("create database {name}")).await.expect("a database");
                all.push(("DATABASE_URL".to_owned(), cluster.address(&name)));
                Place::Postgres(cluster.address(&name))
            }
        };
        all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Self { base, http, smtp, database, folder, settings: all, child: None }
    }

    /// Started for the first time.
    pub async fn started(base: Base, settings: &[(&str, String)]) -> Self {
        let mut recado = Self::new(base, settings).await;
        recado.start().await;
        recado
    }

    /// Starts it; comes back when pages and mail are answered, and says how long that took.
    pub async fn start(&mut self) -> Duration {
        let begun = Instant::now();
        self.child = Some(self.command(&["serve"]).kill_on_drop(true).spawn().expect("the binary starts"));
        while !(wire::greets(self.smtp).await && browser::healthy(self.http).await) {
            let ended = self.child.as_mut().expect("started").try_wait().expect("a child");
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "it did not start ({ended:?}):\n{}", self.log());
            sleep(Duration::from_millis(5)).await;
        }
        begun.elapsed()
    }

    /// Runs another command of the binary on the same database to its end.
    pub async fn run(&self, arguments: &[&str]) {
        let ended = self.command(arguments).kill_on_drop(true).spawn().expect("the binary starts").wait().await.expect("an end");
        assert!(ended.success(), "{arguments:?}: {}", self.log());
    }

    /// Runs a command that ends with a failure; gives all that was said so far.
    pub async fn fails(&self, arguments: &[&str]) -> String {
        let ended = self.command(arguments).kill_on_drop(true).spawn().expect("the binary starts").wait().await.expect("an end");
        assert_eq!(ended.code(), Some(1), "{arguments:?}: {}", self.log());
        self.log()
    }

    /// Runs a command to its end with `input` to read; gives whether it went well, and what it said.
    pub async fn ask(&self, arguments: &[&str], input: &[u8]) -> Said {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("an input");
        let (written, ended) = tokio::join!(async move { stdin.write_all(input).await }, child.wait_with_output());
        // a command that reads nothing may be gone before
        drop(written);
        let ended = ended.expect("an end");
        let [out, err] = [ended.stdout, ended.stderr].map(|said| String::from_utf8(said).expect("UTF-8"));
        Said { well: ended.status.success(), out, err }
    }

    #[expect(clippy::disallowed_methods, reason = "the binary is what is tested")]
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        let inherited = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("RECADO_") || name == "DATABASE_URL");
        for name in inherited {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null())
            .stdout(self.open_log())
            .stderr(self.open_log());
        command
    }

    /// `kill -9`; comes back when it is dead.
    pub async fn kill(&mut self) {
        self.child.take().expect("started").kill().await.expect("killed");
    }

    /// Its folder: of its data, and where its commands run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Number of its process.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().and_then(Child::id).expect("it runs")
    }

    /// A figure of its memory in MiB: `VmRSS` now, `VmHWM` at most.
    pub fn memory(&self, figure: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("a status");
        let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':')).expect("the figure");
        line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log.txt")
    }

    fn open_log(&self) -> File {
        OpenOptions::new().create(true).append(true).open(self.log_file()).expect("a log")
    }

    /// What it said so far, over all its lives.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log_file()).unwrap_or_default()).into_owned()
    }

    /// Lines of the log that tell of a fault of the program.
    pub fn faults(&self) -> Vec<String> {
        self.log()
            .lines()
            .filter(|line| line.contains("panicked") || line.contains("by a fault of Recado"))
            .map(ToOwned::to_owned)
            .collect()
    }

    /// Rows of its database.
    pub async fn rows(&self, query: &'static str) -> Vec<AnyRow> {
        sqlx::query(query).fetch_all(self.open_database().await.read()).await.expect("rows")
    }

    /// Its database, beside it.
    pub async fn open_database(&self) -> Db {
        Db::open(&self.database, Clock::wall()).await.expect("the database")
    }

    /// A number out of its database.
    pub async fn number(&self, query: &'static str) -> i64 {
        let rows = self.rows(query).await;
        sqlx::Row::get(rows.first().expect("a row"), 0)
    }

    /// Waits until a count is nought.
    pub async fn until_none(&self, query: &'static str, longest: Duration) {
        let begun = Instant::now();
        loop {
            let left = self.number(query).await;
            if left == 0 {
                return;
            }
            assert!(begun.elapsed() < longest, "still {left} after {longest:?}: {query}\n{}", last_lines(&self.log()));
            sleep(Duration::from_millis(300)).await;
        }
    }
}

/// The binary that is tested: of this build, or the one that `RECADO_BIN` names (a release build, for figures). For a program that is no
/// test, the one beside it.
pub fn binary() -> PathBuf {
    let named = std::env::var_os("RECADO_BIN").map(|path| std::path::absolute(PathBuf::from("..").join(path)).expect("a path"));
    let beside = || std::env::current_exe().expect("a program").with_file_name("recado");
    named.or(option_env!("CARGO_BIN_EXE_recado").map(PathBuf::from)).unwrap_or_else(beside)
}

fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

/// A port that is free, and that no connection is given as its own end while the program is down: below those ports.
fn port() -> u16 {
    loop {
        let next = COUNT.fetch_add(1, Ordering::SeqCst);
        let port = u16::try_from(20_000 + (std::process::id().wrapping_mul(37) + next) % 10_000).unwrap_or(20_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Numbers that look like chance and are the same each time (`SplitMix64`). `RECADO_SEED` begins elsewhere.
pub struct Dice(u64);

impl Dice {
    /// For one use; `which` tells uses apart.
    pub fn new(which: u64) -> Self {
        let seed: u64 = std::env::var("RECADO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_123);
        Self(seed ^ which.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// From `low` up to `high`.
    pub fn roll(&mut self, low: u64, high: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + (z ^ (z >> 31)) % (high - low + 1)
    }

    /// A time between two, in milliseconds.
    pub fn millis(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_millis(self.roll(low, high))
    }
}

/// Judges a figure of quality.md in the long form of a test (`make long`, a release build); a debug build is not what it speaks of.
pub fn reached(what: &str, measured: Duration, most: Duration) {
    if std::env::var_os("RECADO_AT_LENGTH").is_some() {
        assert!(measured <= most, "{what}: {measured:?}, not {most:?}");
    }
}

/// Judges another figure there: one that must not be more.
pub fn at_most(what: &str, measured: f64, most: f64) {
    if std::env::var_os("RECADO_AT_LENGTH").is_some() {
        assert!(measured <= most, "{what}: {measured:.1}, not {most:.1} at most");
    }
}

/// The value that `share` of all are at or below.
pub fn quantile(values: &mut [Duration], share: f64) -> Duration {
    values.sort();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a list")]
    let place = (values.len() as f64 * share).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or_default()
}
