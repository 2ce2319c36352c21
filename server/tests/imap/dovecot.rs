//! A real IMAP server (dovecot) for one test: on ports of its own, with mailboxes in a folder, gone with the test. Puts mails into a
//! mailbox, stops and starts it, and gives a folder new numbers. Knows nothing of Recado.

#![allow(dead_code, reason = "each test program uses its own part")]

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::sleep,
};

/// Everybody's password.
pub const PASSWORD: &str = "right";

/// The server.
pub struct Dovecot {
    pub port: u16,
    pub tls_port: u16,
    folder: TempDir,
    child: Option<Child>,
}

/// Where Debian puts it, or in the path.
fn binary() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")]);
    folders.map(|folder| folder.join("dovecot")).find(|file| file.is_file())
}

fn port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

fn file(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail").join(name).display().to_string()
}

#[expect(clippy::disallowed_methods, reason = "dovecot is another program")]
fn run(program: &str, arguments: &[&str]) -> String {
    let done = std::process::Command::new(program).args(arguments).output().expect("it runs");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

impl Dovecot {
    /// Started; none when it is not installed. In CI that is a failure.
    pub async fn start() -> Option<Self> {
        if binary().is_none() {
            assert!(std::env::var_os("CI").is_none(), "dovecot is missing: apt-get install dovecot-imapd");
            eprintln!("skipped: dovecot is not installed (apt-get install dovecot-imapd)");
            return None;
        }
        let mut server = Self { port: port(), tls_port: port(), folder: tempfile::tempdir().expect("a folder"), child: None };
        std::fs::write(server.path("dovecot.conf"), server.settings()).expect("settings");
        std::fs::create_dir_all(server.path("mail/shop/new")).expect("a mailbox");
        for part in ["cur", "tmp"] {
            std::fs::create_dir_all(server.path(&format!("mail/shop/{part}"))).expect("a mailbox");
        }
        if run("id", &["-u"]) == "0" {
            run("chmod", &["755", &server.path("").display().to_string()]);
            run("chown", &["-R", "nobody", &server.path("mail").display().to_string()]);
        }
        server.again().await;
        Some(server)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the mailboxes are, `USER/` for each; `nobody` may write there.
    pub fn mailboxes(&self) -> PathBuf {
        self.path("mail")
    }

    fn settings(&self) -> String {
        let folder = self.folder.path().display();
        let root = run("id", &["-u"]) == "0";
        let user = if root { "nobody".to_owned() } else { run("id", &["-un"]) };
        let group = run("id", &["-gn", &user]);
        let users = if root {
            String::new()
        } else {
            format!("default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n")
        };
        format!(
            "base_dir = {folder}/run\nstate_dir = {folder}/state\nlog_path = {folder}/log\nprotocols = imap\nlisten = 127.0.0.1, 127.0.0.2\n\
             ssl = yes\nssl_cert = <{}\nssl_key = <{}\ndisable_plaintext_auth = no\nfirst_valid_uid = 1\n{users}\
             mail_location = maildir:{folder}/mail/%u\nmailbox_idle_check_interval = 1s\n\
             passdb {{\n driver = static\n args = password={PASSWORD}\n}}\n\
             userdb {{\n driver = static\n args = uid={user} gid={group} home={folder}/mail/%u\n}}\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n port = {}\n }}\n inet_listener imaps {{\n port = {}\n ssl = yes\n }}\n}}\n\
             service anvil {{\n chroot =\n}}\n",
            file("certificate.pem"),
            file("key.pem"),
            self.port,
            self.tls_port,
        )
    }

    /// Starts it (again).
    #[expect(clippy::disallowed_methods, reason = "dovecot is another program")]
    pub async fn again(&mut self) {
        let child = Command::new(binary().expect("installed"))
            .arg("-F")
            .arg("-c")
            .arg(self.path("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.child = Some(child.expect("dovecot"));
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("dovecot does not start:\n{}", std::fs::read_to_string(self.path("log")).unwrap_or_default());
    }

    /// Stops it; its mailboxes stay.
    pub async fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            run("kill", &["-TERM", &child.id().expect("it runs").to_string()]);
            child.wait().await.expect("it ends");
        }
    }

    /// Puts a mail into the mailbox; `age` in seconds is how long ago it came.
    pub fn deliver(&self, name: &str, raw: &str, age: u64) {
        let (making, path) = (self.path("making"), self.path(&format!("mail/shop/new/{name}")));
        std::fs::write(&making, raw.replace('\n', "\r\n").replace("\r\r", "\r")).expect("written");
        let came = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(now() - age);
        std::fs::File::options().write(true).open(&making).and_then(|file| file.set_modified(came)).expect("a time");
        if run("id", &["-u"]) == "0" {
            run("chown", &["nobody", &making.display().to_string()]);
        }
        std::fs::rename(making, path).expect("delivered");
    }

    /// Gives the folder a new UIDVALIDITY, as a server does that was restored from a copy.
    pub async fn number_anew(&mut self) {
        self.stop().await;
        for entry in std::fs::read_dir(self.path("mail/shop")).expect("a mailbox") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                std::fs::remove_file(path).expect("gone");
            }
        }
        // it is made of seconds
        sleep(Duration::from_millis(1_100)).await;
        self.again().await;
    }

    /// What it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // its own children end with it
        if let Some(pid) = self.child.as_ref().and_then(Child::id) {
            run("kill", &["-TERM", &pid.to_string()]);
        }
    }
}

fn now() -> u64 {
    u64::try_from(desk::Clock::wall().now().0 / 1_000_000).unwrap_or_default()
}
