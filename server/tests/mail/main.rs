//! Mail over real sockets: stored before "250", filed by the worker; letters handed to a relay, refused by it, or kept without one.

#[path = "../common/mod.rs"]
mod common;
mod copy;
mod disk;
mod harden;
mod secure;
mod signature;
mod slow;
mod stuck;
mod unkind;
mod utf8;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use common::World;
use model::{
    letter::{LetterInStatus, LetterState, LetterStatus},
    moment::SECOND,
    ticket::TicketForm,
    view::View,
};
use server::{
    config::{Relay, RelayTls},
    mail::{authenticate::Authenticator, smtp_in::SmtpIn, smtp_out::SmtpOut, worker::Worker},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

const MAX: usize = 100_000;

async fn listener(world: &World) -> std::net::SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(SmtpIn::new(world.desk.clone(), MAX, (10, 3), None, world.closing.subscribe()).listen(socket));
    address
}

/// Says lines, each after the answer to the one before; gives the codes.
async fn say(address: std::net::SocketAddr, lines: &[&str]) -> Vec<String> {
    let stream = TcpStream::connect(address).await.expect("a line");
    let mut stream = BufReader::new(stream);
    let mut codes = vec![];
    for line in std::iter::once(&"").chain(lines) {
        if !line.is_empty() {
            stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.expect("said");
        }
        loop {
            let mut answer = String::new();
            if stream.read_line(&mut answer).await.unwrap_or(0) == 0 {
                return codes;
            }
            if answer.as_bytes().get(3) != Some(&b'-') {
                codes.push(answer[..3].to_owned());
                break;
            }
        }
    }
    codes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_stored_before_it_is_accepted_and_then_becomes_a_ticket() {
    let (world, token) = World::with_founder().await;
    let agent = world.agent(&token).await;
    let address = listener(&world).await;
    let to = agent.overview().await.expect("an overview").forwarding_address;
    let rcpt = format!("RCPT TO:<{}>", to.to_uppercase());
    let codes = say(
        address,
        &[
            "EHLO there.example",
            "MAIL FROM:<ana@example.com> BODY=8BITMIME SIZE=100",
            "RCPT TO:<nobody@in.example.com>",
            "RCPT TO:<someone@elsewhere.example>",
            &rcpt,
            "DATA",
            "From: Ana <ana@example.com>\r\nSubject: Olá\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n.",
            "QUIT",
        ],
    )
    .await;
    assert_eq!(codes, ["220", "250", "250", "550", "550", "250", "354", "250", "221"]);
    let listed = agent.list_letters_in(None, "").await.expect("letters");
    assert_eq!((listed.len(), listed[0].status), (1, LetterInStatus::New), "committed, and not read yet");
    let raw = String::from_utf8(agent.open_raw(listed[0].id.clone()).await.expect("raw")).expect("text");
    assert!(
        raw.starts_with(
            "Return-Path: <ana@example.com>\r\nReceived: from there.example ([127.0.0.1])\r\n\tby in.example.com (Recado) with ESMTP;"
        ),
        "{raw}"
    );
    let authenticator = Authenticator::new(false, None, None, "in.example.com").expect("an authenticator");
    tokio::spawn(Worker::new(world.desk.clone(), authenticator, world.closing.subscribe()).run());
    let line = wait(|| async { agent.list_inbox(View::default()).await.expect("an inbox").rows.pop() }).await.line;
    assert_eq!((line.subject.as_str(), line.contact.email.as_str(), line.contact.name.as_str()), ("Olá", "ana@example.com", "Ana"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_smuggled_large_or_many_is_refused() {
    let (world, token) = World::with_founder().await;
    let agent = world.agent(&token).await;
    let address = listener(&world).await;
    let rcpt = format!("RCPT TO:<{}>", agent.overview().await.expect("an overview").forwarding_address);
    let smuggled = "Subject: x\r\n\r\none\n.\r\nMAIL FROM:<evil@x.example>\r\nDATA\r\ntwo\r\n.";
    assert_eq!(
        say(address, &["EHLO x", "MAIL FROM:<a@b.example>", &rcpt, "DATA", smuggled, "QUIT"]).await,
        ["220", "250", "250", "250", "354", "550", "221"]
    );
    let large = format!("Subject: x\r\n\r\n{}\r\n.", "x".repeat(MAX));
    assert_eq!(
        say(address, &["EHLO x", "MAIL FROM:<a@b.example>", &rcpt, "DATA", &large, "QUIT"]).await,
        ["220", "250", "250", "250", "354", "552", "221"]
    );
    assert!(agent.list_letters_in(None, "").await.expect("letters").is_empty());
    let mut open = vec![];
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.expect("a line");
        stream.read_u8().await.expect("a greeting");
        open.push(stream);
    }
    assert_eq!(say(address, &[]).await, ["421"], "a fourth from one address");
    drop(open);
    wait(|| async { (say(address, &["QUIT"]).await == ["220", "221"]).then_some(()) }).await;
}

/// What a relay notes.
type Noted = Arc<Mutex<Vec<String>>>;

/// A relay that notes what it is given, and answers to RCPT of addresses that begin with something in its own way.
async fn relay(refuse: &'static str, how: &'static str) -> (Relay, Noted) {
    start(Ways { refuse, how, pause: Duration::ZERO }).await
}

/// A relay that lets its 250 wait.
async fn slow_relay(pause: Duration) -> (Relay, Noted) {
    start(Ways { refuse: "nobody@", how: "", pause }).await
}

/// The ways of a relay.
#[derive(Clone, Copy)]
struct Ways {
    refuse: &'static str,
    how: &'static str,
    pause: Duration,
}

async fn start(ways: Ways) -> (Relay, Noted) {
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = socket.local_addr().expect("an address").port();
    let taken = Noted::default();
    let noted = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            tokio::spawn(serve(BufReader::new(stream), ways, noted.clone()));
        }
    });
    (Relay { host: "127.0.0.1".into(), port, tls: RelayTls::None, credentials: None, ca_file: None }, taken)
}

async fn serve(mut stream: BufReader<TcpStream>, ways: Ways, noted: Noted) -> Option<()> {
    stream.get_mut().write_all(b"220 relay\r\n").await.ok()?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let answer = match line.get(..4)? {
            "RCPT" if line.contains(&format!("<{}", ways.refuse)) => ways.how,
            "DATA" => {
                stream.get_mut().write_all(b"354 go on\r\n").await.ok()?;
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut mail).await.ok()?;
                }
                noted.lock().ok()?.push(mail);
                tokio::time::sleep(ways.pause).await;
                "250 2.0.0 queued"
            }
            "QUIT" => return None,
            _ => "250 ok",
        };
        stream.get_mut().write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

async fn letter_to(world: &World, token: &str, email: &str) {
    let form = TicketForm {
        email: email.into(),
        subject: "Hello".into(),
        text: "Wörds".into(),
        assignee: "nobody".into(),
        ..TicketForm::default()
    };
    world.agent(token).await.open_ticket(form.check().expect("a form")).await.expect("opened");
    world.later(15 * SECOND);
    while world.desk.follow_mail().await.expect("followed") {}
}

async fn state_of(world: &World, token: &str, email: &str) -> Option<LetterState> {
    let letters = world.agent(token).await.list_letters_out(None, email).await.expect("letters");
    letters.into_iter().map(|letter| letter.state).find(|state| state.to == email)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_handed_over_once_and_a_refused_one_fails_with_its_reason() {
    let (world, token) = World::with_founder().await;
    let (relay, noted) = relay("gone@", "550 5.1.1 no such user").await;
    tokio::spawn(SmtpOut::new(world.desk.clone(), Some(relay), world.closing.subscribe()).run());
    letter_to(&world, &token, "ana@example.com").await;
    letter_to(&world, &token, "gone@example.com").await;
    let sent =
        wait(|| async { state_of(&world, &token, "ana@example.com").await.filter(|state| state.status != LetterStatus::Waiting) }).await;
    assert_eq!(sent.status, LetterStatus::Sent, "{sent:?}");
    let failed =
        wait(|| async { state_of(&world, &token, "gone@example.com").await.filter(|state| state.status != LetterStatus::Waiting) }).await;
    assert_eq!(failed.status, LetterStatus::Failed, "{failed:?}");
    assert!(failed.why.as_deref().unwrap_or_default().contains("no such user"), "{failed:?}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mails = noted.lock().expect("noted").clone();
    assert_eq!(mails.len(), 1);
    assert!(
        mails[0].contains("To: ana@example.com")
            && mails[0].contains("Reply-To: ")
            && mails[0].contains("multipart/alternative")
            && mails[0].is_ascii(),
        "{}",
        mails[0]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_relay_letters_are_kept_and_an_absent_one_is_tried_again() {
    let (world, token) = World::with_founder().await;
    tokio::spawn(SmtpOut::new(world.desk.clone(), None, world.closing.subscribe()).run());
    letter_to(&world, &token, "ana@example.com").await;
    let kept =
        wait(|| async { state_of(&world, &token, "ana@example.com").await.filter(|state| state.status != LetterStatus::Waiting) }).await;
    assert_eq!(kept.status, LetterStatus::Kept);
    let (other, token) = World::with_founder().await;
    let absent = Relay { host: "127.0.0.1".into(), port: 1, tls: RelayTls::None, credentials: None, ca_file: None };
    tokio::spawn(SmtpOut::new(other.desk.clone(), Some(absent), other.closing.subscribe()).run());
    letter_to(&other, &token, "ben@example.com").await;
    let waits = wait(|| async { state_of(&other, &token, "ben@example.com").await.filter(|state| state.why.is_some()) }).await;
    assert_eq!((waits.status, waits.attempts), (LetterStatus::Waiting, 1), "{waits:?}");
}

/// Asks until there is something.
async fn wait<T, F: Future<Output = Option<T>>>(ask: impl Fn() -> F) -> T {
    for _ in 0..100 {
        if let Some(found) = ask().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nothing came within ten seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_wait_for_a_relay_that_is_away_for_long_and_go_as_soon_as_it_is_back() {
    let (world, token) = World::with_founder().await;
    let port = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port();
    let relay = Relay { host: "127.0.0.1".into(), port, tls: RelayTls::None, credentials: None, ca_file: None };
    tokio::spawn(SmtpOut::new(world.desk.clone(), Some(relay), world.closing.subscribe()).run());
    letter_to(&world, &token, "ana@example.com").await;
    let waits = wait(|| async { state_of(&world, &token, "ana@example.com").await.filter(|state| state.why.is_some()) }).await;
    assert_eq!(waits.status, LetterStatus::Waiting);
    // a day passes in steps
    for _ in 0..12 {
        world.later(2 * 3_600 * SECOND);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let back = tokio::time::Instant::now();
    let socket = TcpListener::bind(("127.0.0.1", port)).await.expect("the port");
    let noted = Noted::default();
    let (book, ways) = (noted.clone(), Ways { refuse: "nobody@", how: "", pause: Duration::ZERO });
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            tokio::spawn(serve(BufReader::new(stream), ways, book.clone()));
        }
    });
    // the longest pause is thirty seconds, and no letter waits its own hour
    for _ in 0..35 {
        if state_of(&world, &token, "ana@example.com").await.is_some_and(|state| state.status == LetterStatus::Sent) {
            break;
        }
        world.later(SECOND);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(back.elapsed() < Duration::from_secs(35), "{:?}", back.elapsed());
    assert_eq!(noted.lock().expect("noted").len(), 1);
}
