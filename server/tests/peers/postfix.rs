//! A real relay (postfix) for one test: with settings, queue and log in a folder of its own, on a port of its own, gone with the test.
//! Puts mail for customers into mailboxes, and hands on what is for Recado. Knows nothing of what Recado does with it.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{net::TcpStream, time::sleep};

/// Its parts, as Debian runs them, but none in a chroot: what they need is in the folder.
const PARTS: &str = "\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// The relay.
pub struct Postfix {
    pub port: u16,
    folder: TempDir,
}

/// Where its mail goes.
pub struct Routes<'a> {
    /// Folder of the mailboxes, `USER/` for each.
    pub mailboxes: &'a Path,
    /// Who has one.
    pub users: &'a [&'a str],
    /// Their domain.
    pub domain: &'a str,
    /// Whom mail for other domains is handed to: domain, and the way as postfix writes it.
    pub ways: &'a [(&'a str, &'a str)],
}

#[expect(clippy::disallowed_methods, reason = "postfix is another program")]
fn run(program: &Path, arguments: &[&str]) -> (bool, String) {
    let done = std::process::Command::new(program).args(arguments).output().expect("it runs");
    (done.status.success(), format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)).trim().to_owned())
}

fn binary() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")]);
    folders.map(|folder| folder.join("postfix")).find(|file| file.is_file())
}

fn port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

impl Postfix {
    /// Started; none where it cannot be: it is not installed, or this is not root, whom alone it obeys. Not installed in CI is a failure.
    pub async fn start(routes: &Routes<'_>) -> Option<Self> {
        let Some(binary) = binary() else {
            assert!(std::env::var_os("CI").is_none(), "postfix is missing: apt-get install postfix");
            eprintln!("SKIPPED: postfix is not installed (apt-get install postfix)");
            return None;
        };
        if run(Path::new("id"), &["-u"]).1 != "0" {
            eprintln!("SKIPPED: postfix runs for root alone, and this is another user");
            return None;
        }
        let server = Self { port: port(), folder: tempfile::tempdir().expect("a folder") };
        // its parts run as other users, and look for their queue in there
        let folder = server.folder.path().display().to_string();
        run(Path::new("chmod"), &["755", &folder]);
        for part in ["etc", "queue", "data"] {
            std::fs::create_dir(server.path(part)).expect("a folder");
        }
        std::fs::write(server.path("etc/main.cf"), server.settings(routes)).expect("settings");
        let parts = format!("127.0.0.1:{} inet n - n - - smtpd\n{PARTS}", server.port);
        std::fs::write(server.path("etc/master.cf"), parts).expect("settings");
        let boxes = routes.users.iter().map(|user| format!("{user}@{} {user}/\n", routes.domain)).collect::<Vec<_>>().concat();
        std::fs::write(server.path("etc/boxes"), boxes).expect("a map");
        let ways = routes.ways.iter().map(|(domain, way)| format!("{domain} {way}\n")).collect::<Vec<_>>().concat();
        std::fs::write(server.path("etc/ways"), ways).expect("a map");
        run(Path::new("chown"), &["postfix", &format!("{folder}/data")]);
        let (started, said) = run(&binary, &["-c", &format!("{folder}/etc"), "start"]);
        assert!(started, "postfix does not start: {said}\n{}", server.log());
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", server.port)).await.is_ok() {
                return Some(server);
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("postfix does not answer: {said}\n{}", server.log());
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn settings(&self, routes: &Routes<'_>) -> String {
        let folder = self.folder.path().display();
        let owner = |flag: &str| run(Path::new("id"), &[flag, "nobody"]).1;
        let mut text = format!(
            "compatibility_level = 3.6\nqueue_directory = {folder}/queue\ndata_directory = {folder}/data\n\
             maillog_file_prefixes = {folder}\nmaillog_file = {folder}/log\n\
             myhostname = mx.peer.example\nmydestination =\nalias_maps =\nalias_database =\nlocal_recipient_maps =\n\
             inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\nsmtpd_peername_lookup = no\n\
             smtp_dns_support_level = disabled\nsmtp_host_lookup = native\n\
             virtual_mailbox_domains = {}\nvirtual_mailbox_maps = texthash:{folder}/etc/boxes\nvirtual_mailbox_base = {}\n\
             virtual_minimum_uid = 1\nvirtual_uid_maps = static:{}\nvirtual_gid_maps = static:{}\n\
             transport_maps = texthash:{folder}/etc/ways\n",
            routes.domain,
            routes.mailboxes.display(),
            owner("-u"),
            owner("-g"),
        );
        // the queue is looked at often: a test does not wait for minutes
        let _ = writeln!(text, "minimal_backoff_time = 1s\nqueue_run_delay = 1s");
        text
    }

    /// What it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // its own children end with it
        if let Ok(pid) = std::fs::read_to_string(self.path("queue/pid/master.pid")) {
            run(Path::new("kill"), &["-TERM", pid.trim()]);
        }
    }
}
