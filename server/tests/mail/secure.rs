//! The line to a relay that wants TLS and a password: a real one (aiosmtpd), with a certificate that only this test trusts.

use std::{path::PathBuf, process::Stdio, sync::Arc};

use model::letter::LetterStatus;
use server::{
    config::{Relay, RelayTls},
    mail::smtp_out::SmtpOut,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    sync::Mutex,
};

use super::{common::World, letter_to, state_of, wait};

pub fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mail").join(name)
}

/// The relay of a test; gone with it.
struct Strict {
    relay: Relay,
    said: Mutex<Lines<BufReader<ChildStdout>>>,
    _child: Child,
}

impl Strict {
    /// `way`: what it offers. The line to it is of the same way, trusts its certificate and knows the password.
    #[expect(clippy::disallowed_methods, reason = "the relay is another program")]
    async fn start(way: &str) -> Self {
        let python = std::env::var_os("RECADO_PYTHON").unwrap_or_else(|| "python3".into());
        let mut child = Command::new(python)
            .args([file("relay.py").into_os_string(), way.into(), file("certificate.pem").into(), file("key.pem").into()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python3");
        let mut said = BufReader::new(child.stdout.take().expect("piped")).lines();
        let port = said.next_line().await.expect("a line").expect("It needs python3 with aiosmtpd: apt-get install python3-aiosmtpd");
        let tls = match way {
            "starttls" => RelayTls::Starttls,
            "implicit" => RelayTls::Implicit,
            _ => RelayTls::None,
        };
        let relay = Relay {
            host: "127.0.0.1".into(),
            port: port.parse().expect("a port"),
            tls,
            credentials: Some(("recado".into(), "right".into())),
            ca_file: Some(file("certificate.pem")),
        };
        Self { relay, said: Mutex::new(said), _child: child }
    }

    /// The next thing it says.
    async fn line(&self) -> String {
        let next = tokio::time::timeout(std::time::Duration::from_secs(10), async { self.said.lock().await.next_line().await });
        next.await.expect("it says something").expect("a line").expect("it still runs")
    }

    /// Whether it said nothing more.
    async fn silent(&self) -> bool {
        tokio::time::timeout(std::time::Duration::from_millis(300), async { self.said.lock().await.next_line().await }).await.is_err()
    }
}

/// A letter handed to a relay: how far it came, and why.
async fn send(relay: &Relay) -> (LetterStatus, String) {
    let (world, token) = World::with_founder().await;
    tokio::spawn(SmtpOut::new(world.desk.clone(), Some(relay.clone()), world.closing.subscribe()).run());
    letter_to(&world, &token, "ana@example.com").await;
    let state = wait(|| async {
        state_of(&world, &token, "ana@example.com").await.filter(|state| state.status != LetterStatus::Waiting || state.why.is_some())
    })
    .await;
    (state.status, state.why.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_goes_over_tls_with_a_password() {
    for way in ["starttls", "implicit"] {
        let strict = Strict::start(way).await;
        assert_eq!(send(&strict.relay).await, (LetterStatus::Sent, String::new()), "{way}");
        // the invitation of nobody, the letter to Ana: each line begins with the password
        let mut said = vec![strict.line().await, strict.line().await];
        said.sort();
        assert_eq!(said, ["letter ana@example.com secret", "password right"], "{way}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_stops_the_relay_and_keeps_the_letter() {
    let strict = Strict::start("starttls").await;
    let relay = Relay { credentials: Some(("recado".into(), "wrong".into())), ..strict.relay.clone() };
    let (status, why) = send(&relay).await;
    assert_eq!(status, LetterStatus::Waiting);
    assert!(why.starts_with("AUTH: 535"), "{why}");
    assert_eq!(strict.line().await, "password wrong");
    assert!(strict.silent().await, "it is not asked again at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_gets_no_password() {
    for way in ["starttls", "implicit"] {
        let strict = Strict::start(way).await;
        let (status, why) = send(&Relay { ca_file: None, ..strict.relay.clone() }).await;
        assert_eq!(status, LetterStatus::Waiting, "{way}");
        assert!(why.starts_with("TLS with 127.0.0.1:"), "{way}: {why}");
        assert!(strict.silent().await, "{way}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_without_starttls_gets_nothing_in_clear() {
    let strict = Arc::new(Strict::start("none").await);
    let (status, why) = send(&Relay { tls: RelayTls::Starttls, ..strict.relay.clone() }).await;
    assert_eq!(status, LetterStatus::Waiting, "{why}");
    assert!(strict.silent().await, "neither password nor letter");
    assert_eq!(send(&strict.relay).await.0, LetterStatus::Sent, "only where the configuration says so");
    assert_eq!([strict.line().await, strict.line().await], ["password right", "letter ana@example.com clear"]);
}
