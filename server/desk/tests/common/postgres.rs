//! A PostgreSQL server for the tests of one process: a private one from the installed binaries, on a socket of its own,
//! gone when the process ends, however it ends. `RECADO_TEST_POSTGRES=postgres://…` names one to use instead. Knows no schema.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

/// Starts a cluster and holds it until standard input ends: that is, until the tests are over, killed or not.
/// `$1` folder, `$2` binaries, `$3` more options. As root it becomes another user, as PostgreSQL asks.
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
as "$2/pg_ctl" -D "$1/data" -w -t 60 -l "$1/server.log" -o "$3 -c max_connections=200 -c listen_addresses='' -c unix_socket_directories='$1'" start >"$1/start.log" 2>&1 </dev/null
echo ready
cat >/dev/null
as "$2/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1 || true
cd / && rm -rf "$1"
"#;

/// Tests cut no power: what the operating system has is kept. Each has connections of its own, on which PostgreSQL would plan each
/// statement anew five times before it keeps a plan: a third of what it spent. (Tests of plans have it decide as always.)
const HASTY: &str = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c plan_cache_mode=force_generic_plan";

/// Where databases are made.
pub struct Postgres {
    /// Its address with `{}` for the database's name.
    pattern: String,
    /// A database to connect to for making others.
    pub first: String,
    /// As long as this is open, the cluster lives.
    life: Option<Child>,
    folder: PathBuf,
}

impl Postgres {
    /// The one that is named, or a private one.
    pub fn start() -> Self {
        sqlx::any::install_default_drivers();
        std::env::var("RECADO_TEST_POSTGRES").map_or_else(|_| Self::private(HASTY), |address| Self::named(&address))
    }

    /// A private one that keeps what it has acknowledged, as those of production do.
    #[allow(dead_code, reason = "for figures alone")]
    pub fn durable() -> Self {
        sqlx::any::install_default_drivers();
        Self::private("")
    }

    /// Number of its first process; none of one that is named.
    #[allow(dead_code, reason = "for figures alone")]
    pub fn pid(&self) -> Option<u32> {
        std::fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()
    }

    /// `postgres://user@host/database?options`, to be used as it is with other databases' names.
    fn named(address: &str) -> Self {
        let (before, options) =
            address.split_once('?').map_or((address, String::new()), |(before, options)| (before, format!("?{options}")));
        let (server, first) = before
            .rsplit_once('/')
            .filter(|(server, first)| server.contains("://") && !server.ends_with('/') && !first.is_empty())
            .expect("RECADO_TEST_POSTGRES is postgres://USER@HOST/DATABASE");
        Self { pattern: format!("{server}/{{}}{options}"), first: first.to_owned(), life: None, folder: PathBuf::new() }
    }

    #[expect(clippy::disallowed_methods, reason = "PostgreSQL is another program")]
    fn private(options: &str) -> Self {
        // what is to be durable is on a disk
        let place = if options == HASTY { place() } else { "/tmp" };
        let folder = tempfile::Builder::new().prefix("recado-pg-").tempdir_in(place).expect("a folder").keep();
        let mut child = Command::new("sh")
            .args(["-c", HOLD, "sh"])
            .arg(&folder)
            .arg(binaries())
            .arg(options)
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
            life: Some(child),
            folder,
        }
    }

    /// Whether it is ours alone.
    #[allow(dead_code, reason = "few tests do it")]
    pub fn can_be_stopped(&self) -> bool {
        self.life.is_some()
    }

    /// Stops it, and whoever is connected is cut off; its databases stay.
    #[allow(dead_code, reason = "few tests do it")]
    pub fn stop(&self) {
        self.control("-m fast stop");
    }

    /// Starts it again.
    #[allow(dead_code, reason = "few tests do it")]
    pub fn again(&self) {
        let folder = self.folder.display();
        self.control(&format!("-w -t 60 -l {folder}/server.log -o \"-c listen_addresses='' -c unix_socket_directories='{folder}'\" start"));
    }

    #[allow(dead_code, reason = "few tests do it")]
    #[expect(clippy::disallowed_methods, reason = "PostgreSQL is another program")]
    fn control(&self, what: &str) {
        let command = format!("cd / && LC_ALL=C {}/pg_ctl -D {}/data {what}", binaries().display(), self.folder.display());
        let root = std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        let script = if root { "setpriv --reuid=nobody --regid=$(id -g nobody) --clear-groups -- sh -c \"$0\"" } else { "sh -c \"$0\"" };
        let done = Command::new("sh").args(["-c", script, &command]).stdin(Stdio::null()).stdout(Stdio::null()).status().expect("sh");
        assert!(done.success(), "pg_ctl {what}\n{}", logs(&self.folder));
    }

    /// Address of a database.
    pub fn address(&self, name: &str) -> String {
        self.pattern.replace("{}", name)
    }

    /// Runs one statement outside any test's database.
    pub async fn run(&self, statement: String) -> Result<(), sqlx::Error> {
        let mut conn = AnyConnection::connect(&self.address(&self.first)).await?;
        sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await?;
        conn.close().await
    }
}

/// Where the cluster lies: in memory where there is plenty. Each test's database is some 900 files, and on a disk half of all
/// processor time of the tests went into making and deleting them.
fn place() -> &'static str {
    const PLENTY: u64 = 4 << 30;
    let memory = rustix::fs::statvfs("/dev/shm").is_ok_and(|memory| memory.f_bavail * memory.f_frsize > PLENTY);
    if memory { "/dev/shm" } else { "/tmp" }
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
