//! Addresses with letters beyond ASCII before the @ (RFC 6531), with aiosmtpd and smtplib at the other end: out through a relay that offers
//! SMTPUTF8 and one that does not, and in, from such an address and to one.

use std::{path::PathBuf, process::Stdio};

use lettre::address::Envelope;
use model::letter::LetterStatus;
use serde_json::Value;
use server::{
    config::{Relay, RelayTls},
    mail::{
        authenticate::Authenticator,
        line::{Trouble, Wire},
        smtp_out::SmtpOut,
        worker::Worker,
    },
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use super::{common::World, letter_to, listener, state_of, wait};

/// A customer whose provider lets people use their letters.
const JOAO: &str = "joão.estêvão@exemplo.example";

/// The program at the other end.
#[expect(clippy::disallowed_methods, reason = "the other end is another program")]
fn other_end(arguments: &[&str]) -> Child {
    let python = std::env::var_os("RECADO_PYTHON").unwrap_or_else(|| "python3".into());
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mail/utf8.py");
    let mut command = Command::new(python);
    command.arg(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    command.spawn().expect("python3 with aiosmtpd: apt-get install python3-aiosmtpd")
}

/// A relay, and what it is given.
struct Post {
    relay: Relay,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Post {
    async fn open(offers: &str) -> Self {
        let mut child = other_end(&["relay", offers]);
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let port = next(&mut lines).await["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
        let relay = Relay { host: "127.0.0.1".into(), port, tls: RelayTls::None, credentials: None, ca_file: None };
        Self { relay, lines, _child: child }
    }
}

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> Value {
    let line = lines.next_line().await.expect("a line").expect("it needs aiosmtpd: apt-get install python3-aiosmtpd");
    serde_json::from_str(&line).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_to_letters_beyond_ascii_goes_through_a_relay_that_offers_them() {
    let (world, token) = World::with_founder().await;
    let mut post = Post::open("yes").await;
    tokio::spawn(SmtpOut::new(world.desk.clone(), Some(post.relay.clone()), world.closing.subscribe()).run());
    letter_to(&world, &token, JOAO).await;
    let letter = next(&mut post.lines).await;
    assert_eq!((&letter["to"][0], &letter["header"][0], &letter["utf8"]), (&JOAO.into(), &JOAO.into(), &true.into()));
    wait(|| async { state_of(&world, &token, JOAO).await.filter(|state| state.status == LetterStatus::Sent) }).await;
    // others are not asked for what they do not need
    letter_to(&world, &token, "ana@exemplo.example").await;
    let plain = next(&mut post.lines).await;
    assert_eq!((&plain["to"][0], &plain["utf8"]), (&"ana@exemplo.example".into(), &false.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_without_smtputf8_fails_that_letter_in_plain_words_and_no_other() {
    let (world, token) = World::with_founder().await;
    let mut post = Post::open("no").await;
    tokio::spawn(SmtpOut::new(world.desk.clone(), Some(post.relay.clone()), world.closing.subscribe()).run());
    letter_to(&world, &token, JOAO).await;
    let failed = wait(|| async { state_of(&world, &token, JOAO).await.filter(|state| state.status != LetterStatus::Waiting) }).await;
    assert_eq!((failed.status, failed.attempts), (LetterStatus::Failed, 1));
    assert!(failed.why.as_deref().is_some_and(|why| why.contains("SMTPUTF8")), "{failed:?}");
    // a domain of other letters has another form, which every relay takes
    letter_to(&world, &token, "ana@padrão.example").await;
    assert_eq!(next(&mut post.lines).await["to"][0], "ana@xn--padro-dra.example");
    // an address in a header alone is as much as one in the envelope
    let (mut wire, envelope) = (Wire::open(&post.relay, "in.example.com").await.expect("a line"), ascii());
    let outcome = wire.send(&envelope, "From: olá@exemplo.example\r\nTo: ana@exemplo.example\r\n\r\nHi\r\n".as_bytes()).await;
    assert!(matches!(&outcome, Err(Trouble::Never(why)) if why.contains("SMTPUTF8")), "{outcome:?}");
}

fn ascii() -> Envelope {
    let address = |text: &str| text.parse().expect("an address");
    Envelope::new(Some(address("b@in.example.com")), vec![address("ana@exemplo.example")]).expect("an envelope")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_from_and_to_letters_beyond_ascii_is_taken_and_answered() {
    let (world, token) = World::with_founder().await;
    let agent = world.agent(&token).await;
    let smtp = listener(&world).await;
    let authenticator = Authenticator::new(false, None, None, "in.example.com").expect("an authenticator");
    tokio::spawn(Worker::new(world.desk.clone(), authenticator, world.closing.subscribe()).run());
    let forwarding = agent.overview().await.expect("an overview").forwarding_address;
    let (local, domain) = forwarding.split_once('@').expect("an address");
    // whatever somebody writes behind the +, the address is the property's
    let to = format!("{local}+ação@{domain}");
    let mail = format!("From: João <{JOAO}>\r\nTo: Atenção <{to}>\r\nSubject: Olá\r\nMessage-ID: <1@exemplo.example>\r\n\r\nBom dia\r\n");
    let mut child = other_end(&["send", &smtp.port().to_string(), JOAO, &to]);
    child.stdin.take().expect("piped").write_all(mail.as_bytes()).await.expect("read");
    assert!(child.wait().await.expect("it ends").success(), "the mail was refused");
    let line = wait(|| async { agent.list_inbox(model::view::View::default()).await.expect("an Inbox").rows.pop() }).await.line;
    assert_eq!((line.contact.email.as_str(), line.contact.name.as_str()), (JOAO, "João"));
    let listed = agent.list_letters_in(None, "").await.expect("letters");
    let raw = String::from_utf8(agent.open_raw(listed[0].id.clone()).await.expect("raw")).expect("UTF-8");
    assert!(raw.starts_with(&format!("Return-Path: <{JOAO}>\r\n")) && raw.contains("with UTF8SMTP;"), "{raw}");
    // and the answer finds its way back
    let mut post = Post::open("yes").await;
    tokio::spawn(SmtpOut::new(world.desk.clone(), Some(post.relay.clone()), world.closing.subscribe()).run());
    let form = model::ticket::ReplyForm { text: "Bom dia!".into(), ..model::ticket::ReplyForm::default() };
    agent.reply(line.id, form.check().expect("a form")).await.expect("replied");
    world.later(15 * model::moment::SECOND);
    while world.desk.follow_mail().await.expect("followed") {}
    assert_eq!(next(&mut post.lines).await["to"][0], JOAO);
}
