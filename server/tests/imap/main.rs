//! Mailboxes elsewhere, against a real IMAP server: what comes is taken once, in its order, after any outage and under new numbers; what
//! cannot be fetched stops nothing; and what is wrong is said in plain words.

mod broken;
#[path = "../common/mod.rs"]
mod common;
mod dovecot;

use std::{path::PathBuf, time::Duration};

use broken::{Broken, How};
use common::World;
use dovecot::{Dovecot, PASSWORD};
use model::{
    letter::LetterIn,
    mailbox::{Mailbox, MailboxForm, MailboxTrouble, Tried},
};
use server::mail::imap::{ImapIn, Manner};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

fn certificate() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mail/certificate.pem")
}

fn mail(number: u32, words: &str) -> String {
    format!("From: Ana <ana@example.com>\nTo: shop@example.com\nSubject: Mail {number}\nMessage-ID: <{number}@example.com>\n\n{words}\n")
}

fn form(server: &Dovecot) -> MailboxForm {
    MailboxForm {
        host: "127.0.0.1".into(),
        port: server.port.to_string(),
        tls: "none".into(),
        user: "shop".into(),
        password: PASSWORD.into(),
        ..MailboxForm::default()
    }
}

/// A Recado that reads mailboxes often.
async fn reading() -> (World, desk::Agent) {
    let (world, token) = World::with_founder().await;
    let agent = world.agent(&token).await;
    read_on(&world);
    (world, agent)
}

fn read_on(world: &World) -> tokio::task::JoinHandle<()> {
    let manner = Manner { poll: Duration::from_secs(20), pause: Duration::from_millis(200), ..Manner::new(20_000, Some(certificate())) };
    tokio::spawn(ImapIn::new(world.desk.clone(), manner, world.closing.subscribe()).run())
}

async fn letters(agent: &desk::Agent) -> Vec<LetterIn> {
    agent.list_letters_in(None, "").await.expect("letters")
}

/// The mailbox once something holds of it.
async fn until(agent: &desk::Agent, server: &Dovecot, what: &str, holds: impl Fn(&Mailbox) -> bool) -> Mailbox {
    let mut last = None;
    // longer than to the next look: of a server that goes not every line says so
    for _ in 0..300 {
        let mailbox = agent.list_mailboxes().await.expect("mailboxes").pop().expect("one");
        if holds(&mailbox) {
            return mailbox;
        }
        last = Some(mailbox);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what} does not come: {last:?}\n{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_fetched_once_after_outages_and_under_new_numbers() {
    let Some(mut server) = Dovecot::start().await else { return };
    server.deliver("1", &mail(1, "old"), 3_600);
    let (world, agent) = reading().await;
    agent.save_mailbox(form(&server).check().expect("a form")).await.expect("kept");
    until(&agent, &server, "the first look", |mailbox| mailbox.seen_at.is_some()).await;
    assert!(letters(&agent).await.is_empty(), "what was there before stays there");
    // told by the server: the next look of itself is twenty seconds away
    server.deliver("2", &mail(2, "new"), 0);
    let begun = tokio::time::Instant::now();
    until(&agent, &server, "the second mail", |mailbox| mailbox.fetched == 1).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "IDLE tells it: {:?}", begun.elapsed());
    let listed = letters(&agent).await;
    let raw = agent.open_raw(listed[0].id.clone()).await.expect("raw");
    assert_eq!(String::from_utf8(raw).expect("text"), mail(2, "new").replace('\n', "\r\n"), "byte for byte");
    // the server is away, and mail comes meanwhile
    server.stop().await;
    until(&agent, &server, "the trouble", |mailbox| mailbox.fault.is_some()).await;
    for number in 3..=5 {
        server.deliver(&number.to_string(), &mail(number, "meanwhile"), 0);
    }
    server.again().await;
    let back = until(&agent, &server, "what came meanwhile", |mailbox| mailbox.fetched == 4).await;
    assert_eq!(back.fault, None);
    // every mail gets another number
    server.number_anew().await;
    server.deliver("6", &mail(6, "after"), 0);
    until(&agent, &server, "the sixth mail", |_| true).await;
    let mut listed = vec![];
    for _ in 0..150 {
        listed = letters(&agent).await;
        if listed.len() >= 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((listed.len(), letters(&agent).await.len()), (5, 5), "2 to 6, each once");
    drop(world);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_there_is_fetched_when_it_is_asked_for_and_one_bad_mail_stops_no_other() {
    let Some(server) = Dovecot::start().await else { return };
    for number in 1..=3 {
        server.deliver(&format!("a{number}"), &mail(number, "words"), 7 * 24 * 3_600);
    }
    server.deliver("b-large", &mail(4, &"x".repeat(30_000)), 60);
    server.deliver("c-nothing", "", 50);
    server.deliver("d-noise", "\u{0}\u{1}\u{ff}\n\n\u{0}", 40);
    server.deliver("e5", &mail(5, "words"), 30);
    let (world, agent) = reading().await;
    agent.save_mailbox(MailboxForm { start: "all".into(), ..form(&server) }.check().expect("a form")).await.expect("kept");
    let mailbox = until(&agent, &server, "the last mail", |mailbox| mailbox.fetched >= 6).await;
    assert_eq!((mailbox.fetched, mailbox.left, mailbox.fault), (6, 1, None), "the large one is left");
    // another process begins where this one ended, and a second one beside it takes nothing twice
    let (one, two) = (read_on(&world), read_on(&world));
    server.deliver("f6", &mail(6, "words"), 0);
    for _ in 0..100 {
        if letters(&agent).await.len() == 7 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(letters(&agent).await.len(), 7);
    one.abort();
    two.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_try_says_what_is_wrong() {
    let Some(server) = Dovecot::start().await else { return };
    let (world, token) = World::founded(&[("RECADO_MAIL_MAILBOX_CA_FILE", &certificate().display().to_string())]).await;
    let agent = world.agent(&token).await;
    server.deliver("1", &mail(1, "words"), 0);
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (tls, right) = (server.tls_port.to_string(), form(&server));
    let implicit = MailboxForm { port: tls.clone(), tls: "implicit".into(), ..right.clone() };
    for (form, found) in [
        (right.clone(), Ok(1)),
        (MailboxForm { tls: "starttls".into(), ..right.clone() }, Ok(1)),
        (implicit.clone(), Ok(1)),
        (MailboxForm { host: "no-such-server.invalid".into(), ..right.clone() }, Err(MailboxTrouble::Name)),
        (MailboxForm { port: "1".into(), ..right.clone() }, Err(MailboxTrouble::Port)),
        (MailboxForm { tls: "implicit".into(), ..right.clone() }, Err(MailboxTrouble::Tls)),
        (MailboxForm { host: "127.0.0.2".into(), ..implicit.clone() }, Err(MailboxTrouble::Certificate)),
        (MailboxForm { password: "wrong".into(), ..right.clone() }, Err(MailboxTrouble::Password)),
        (MailboxForm { password: "wröng".into(), ..right.clone() }, Err(MailboxTrouble::Password)),
        (MailboxForm { folder: "Não/Lidos".into(), ..right.clone() }, Err(MailboxTrouble::Folder)),
    ] {
        let tried = agent.try_mailbox(form.clone().check().expect("a form")).await.expect("an answer");
        match (&tried, &found) {
            (Tried::Works(mails), Ok(wanted)) => assert_eq!(mails, wanted),
            (Tried::Fails(fault), Err(wanted)) => assert_eq!(fault.trouble, *wanted, "{form:?}: {fault:?}"),
            _ => panic!("{form:?}: {tried:?}"),
        }
    }
    drop(silent);
    // other services of the own network: an admin learns that they are no IMAP servers, and nothing of what they say
    for banner in [
        "SSH-2.0-OpenSSH_9.2 CANARY\r\n",
        "220 mail.internal ESMTP CANARY\r\n",
        "HTTP/1.1 400 CANARY\r\n\r\n",
        "+OK CANARY\r\n",
        "-ERR CANARY\r\n",
        "\u{1}CANARY",
    ] {
        let other = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = other.local_addr().expect("an address").port().to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = other.accept().await {
                let _ = stream.write_all(banner.as_bytes()).await;
            }
        });
        for tls in ["none", "starttls", "implicit"] {
            let form = MailboxForm { port: port.clone(), tls: tls.into(), ..right.clone() };
            let Tried::Fails(fault) = agent.try_mailbox(form.check().expect("a form")).await.expect("an answer") else {
                panic!("{banner}")
            };
            assert!(!fault.said.contains("CANARY") && !fault.said.contains("SSH"), "{tls}: {fault:?}");
        }
    }
    assert!(agent.list_mailboxes().await.expect("mailboxes").is_empty(), "a try keeps nothing");
    // a stored one is tried with its stored password
    let id = agent.save_mailbox(right.clone().check().expect("a form")).await.expect("kept");
    let stored = MailboxForm { id: id.to_string(), password: String::new(), ..right };
    assert_eq!(agent.try_mailbox(stored.check().expect("a form")).await.expect("an answer"), Tried::Works(1));
}

/// The mailbox of a broken server once so many mails came of it, and how often the second one was asked for.
async fn read_from(how: How, wanted: i64) -> (Mailbox, usize, usize) {
    let server = Broken::start(how).await;
    let (_world, agent) = reading().await;
    let form = MailboxForm {
        host: "127.0.0.1".into(),
        port: server.port.to_string(),
        tls: "none".into(),
        user: "shop".into(),
        password: PASSWORD.into(),
        start: "all".into(),
        ..MailboxForm::default()
    };
    agent.save_mailbox(form.check().expect("a form")).await.expect("kept");
    let mut mailbox = None;
    for _ in 0..150 {
        mailbox = agent.list_mailboxes().await.expect("mailboxes").pop();
        if mailbox.as_ref().is_some_and(|mailbox| mailbox.fetched == wanted) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    (mailbox.expect("one"), server.asked.load(std::sync::atomic::Ordering::SeqCst), letters(&agent).await.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn zammad_2754_a_mail_that_cannot_be_fetched_stops_no_other() {
    for how in [How::Garbage, How::Refuses] {
        let (mailbox, asked, letters) = read_from(how, 2).await;
        assert_eq!((mailbox.fetched, mailbox.left, mailbox.fault.clone()), (2, 1, None), "{mailbox:?}");
        assert_eq!((asked, letters), (3, 2), "it is tried three times, and then left where it is");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_refuses_once_or_closes_the_line_at_is_fetched_later() {
    let (mailbox, asked, letters) = read_from(How::Once, 3).await;
    assert_eq!((mailbox.fetched, mailbox.left, mailbox.fault.clone()), (3, 0, None), "{mailbox:?}");
    assert_eq!((asked, letters), (2, 3));
}
