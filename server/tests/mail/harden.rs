//! What a listener on the open net meets: injected commands, drops of bytes, floods, mails without end, a database that is away.
//! Each over a real socket.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use server::mail::smtp_in::{Patience, SmtpIn};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
    time::{Instant, timeout},
};
use tokio_rustls::{TlsAcceptor, TlsConnector, rustls};

use super::{MAX, common::World, listener, say, secure::file};

/// A listener made by hand.
async fn listen(make: impl FnOnce(&World) -> SmtpIn, world: &World) -> SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(make(world).listen(socket));
    address
}

async fn rcpt(world: &World, token: &str) -> String {
    format!("RCPT TO:<{}>", world.agent(token).await.overview().await.expect("an overview").forwarding_address)
}

async fn mails(world: &World, token: &str) -> usize {
    world.agent(token).await.list_letters_in(None, "").await.expect("letters").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn lmtp_answers_for_each_recipient_and_stores_one_copy() {
    let (world, token) = World::with_founder().await;
    let address = listener(&world).await;
    let rcpt = rcpt(&world, &token).await;
    let plus = rcpt.replace('@', "+shop@");
    let mut line = BufReader::new(TcpStream::connect(address).await.expect("a line"));
    let talk = format!(
        "LHLO mx.example\r\nMAIL FROM:<ana@example.com>\r\n{rcpt}\r\nRCPT TO:<nobody@in.example.com>\r\n{plus}\r\nDATA\r\nFrom: <ana@example.com>\r\nSubject: x\r\n\r\nHello\r\n.\r\nQUIT\r\n"
    );
    line.get_mut().write_all(talk.as_bytes()).await.expect("said");
    let mut said = String::new();
    line.read_to_string(&mut said).await.expect("heard");
    let codes: Vec<&str> = said.lines().filter(|line| line.as_bytes().get(3) == Some(&b' ')).map(|line| &line[..3]).collect();
    assert_eq!(codes, ["220", "250", "250", "250", "550", "250", "354", "250", "250", "221"], "{said}");
    let listed = world.agent(&token).await.list_letters_in(None, "").await.expect("letters");
    assert_eq!(listed.len(), 1, "two addresses of one property: one copy");
    let raw = world.agent(&token).await.open_raw(listed[0].id.clone()).await.expect("raw");
    assert!(String::from_utf8_lossy(&raw).contains("with LMTP;"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_before_tls_begins_is_not_heard_after_it() {
    server::tls::prepare();
    let (world, token) = World::with_founder().await;
    let tls = server::tls::server(&(file("certificate.pem"), file("key.pem")), &[]).expect("a certificate");
    let address =
        listen(|world| SmtpIn::new(world.desk.clone(), MAX, (10, 10), Some(TlsAcceptor::from(tls)), world.closing.subscribe()), &world)
            .await;
    let mut line = TcpStream::connect(address).await.expect("a line");
    let rcpt = rcpt(&world, &token).await;
    // in one piece with STARTTLS: what an attacker in between would add
    let injected = format!("EHLO x\r\nSTARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@x.example>\r\n{rcpt}\r\n");
    line.write_all(injected.as_bytes()).await.expect("said");
    let mut heard = vec![0; 4096];
    let mut clear = String::new();
    while !clear.contains("Begin TLS\r\n") {
        let read = line.read(&mut heard).await.expect("heard");
        assert!(read > 0, "{clear}");
        clear.push_str(&String::from_utf8_lossy(&heard[..read]));
    }
    assert!(clear.ends_with("220 2.0.0 Begin TLS\r\n"), "nothing is answered after it in clear: {clear}");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file("certificate.pem")).expect("a certificate")).expect("a root");
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = rustls_pki_types::ServerName::try_from("127.0.0.1").expect("a name");
    let secret = TlsConnector::from(Arc::new(config)).connect(name, line).await.expect("TLS");
    let mut secret = BufReader::new(secret);
    let mut answers = vec![];
    for said in ["DATA\r\n", "EHLO y\r\n", "DATA\r\n", "QUIT\r\n"] {
        secret.get_mut().write_all(said.as_bytes()).await.expect("said");
        loop {
            let mut answer = String::new();
            secret.read_line(&mut answer).await.expect("an answer");
            if answer.as_bytes().get(3) == Some(&b' ') {
                answers.push(answer[..3].to_owned());
                break;
            }
            assert!(!answer.contains("STARTTLS"), "it is not offered twice");
        }
    }
    assert_eq!(answers, ["503", "250", "503", "221"], "the injected MAIL and RCPT were not heard");
    assert_eq!(mails(&world, &token).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_drop_by_drop_or_not_at_all_is_cut_off_and_others_are_served() {
    let (world, token) = World::with_founder().await;
    let patience = Patience { idle: Duration::from_millis(400), mail: Duration::from_millis(1_200) };
    let address =
        listen(|world| SmtpIn::new(world.desk.clone(), MAX, (10, 4), None, world.closing.subscribe()).patient(patience), &world).await;
    let rcpt = rcpt(&world, &token).await;
    let silent = async {
        let mut line = TcpStream::connect(address).await.expect("a line");
        let mut said = String::new();
        line.read_to_string(&mut said).await.expect("heard");
        assert!(said.ends_with("421 4.4.2 That took too long\r\n"), "{said}");
    };
    // a byte each 100 ms is never idle, and has no end
    let dripping = async {
        let mut line = TcpStream::connect(address).await.expect("a line");
        line.write_all(format!("EHLO x\r\nMAIL FROM:<a@b.example>\r\n{rcpt}\r\nDATA\r\n").as_bytes()).await.expect("said");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5) && line.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        begun.elapsed()
    };
    let served = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        say(address, &["EHLO x", "MAIL FROM:<a@b.example>", &rcpt, "DATA", "Subject: x\r\n\r\nHello\r\n.", "QUIT"]).await
    };
    let ((), dripped, codes) = timeout(Duration::from_secs(8), async { tokio::join!(silent, dripping, served) }).await.expect("in time");
    assert!(dripped < Duration::from_secs(4), "{dripped:?}");
    assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "221"]);
    assert_eq!(mails(&world, &token).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_connections_shuts_out_its_own_address_alone() {
    let (world, token) = World::with_founder().await;
    let address = listen(|world| SmtpIn::new(world.desk.clone(), MAX, (30, 20), None, world.closing.subscribe()), &world).await;
    let mut flood = vec![];
    for _ in 0..200 {
        flood.push(TcpStream::connect(address).await.expect("a line"));
    }
    let mut refused = 0;
    for line in &mut flood {
        let mut code = [0; 3];
        line.read_exact(&mut code).await.expect("a greeting");
        refused += usize::from(&code == b"421");
    }
    assert_eq!(refused, 180, "twenty at once from one address");
    let rcpt = rcpt(&world, &token).await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.2:0".parse().expect("an address")).expect("another address of this machine");
    let mut other = BufReader::new(socket.connect(address).await.expect("a line"));
    let talk = format!("EHLO x\r\nMAIL FROM:<a@b.example>\r\n{rcpt}\r\nDATA\r\nSubject: x\r\n\r\nHello\r\n.\r\nQUIT\r\n");
    other.get_mut().write_all(talk.as_bytes()).await.expect("said");
    let mut said = String::new();
    other.read_to_string(&mut said).await.expect("heard");
    assert!(said.contains("250 2.0.0 Stored as"), "{said}");
    drop(flood);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_large_mails_at_once_are_told_to_come_later_before_they_take_all_memory() {
    let (world, token) = World::with_founder().await;
    let address = listen(|world| SmtpIn::new(world.desk.clone(), MAX, (40, 40), None, world.closing.subscribe()), &world).await;
    let rcpt = rcpt(&world, &token).await;
    let mut lines = vec![];
    for _ in 0..20 {
        let mut line = BufReader::new(TcpStream::connect(address).await.expect("a line"));
        let half = format!("{}\r\n", "x".repeat(78)).repeat(MAX / 80 - 20);
        line.get_mut().write_all(format!("EHLO x\r\nMAIL FROM:<a@b.example>\r\n{rcpt}\r\nDATA\r\n{half}").as_bytes()).await.expect("said");
        lines.push(line);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (mut stored, mut later) = (0, 0);
    for mut line in lines {
        line.get_mut().write_all(b"end\r\n.\r\nQUIT\r\n").await.expect("said");
        let mut said = String::new();
        line.read_to_string(&mut said).await.expect("heard");
        stored += usize::from(said.contains("250 2.0.0 Stored"));
        later += usize::from(said.contains("452 4.3.1 Too many mails at once"));
    }
    assert_eq!(stored + later, 20);
    assert!((4..=10).contains(&stored), "eight mails of the largest size, or a few less: {stored}");
    assert_eq!(mails(&world, &token).await, stored);
    assert_eq!(
        say(address, &["EHLO x", "MAIL FROM:<a@b.example>", &rcpt, "DATA", "Subject: x\r\n\r\nHello\r\n.", "QUIT"]).await,
        ["220", "250", "250", "250", "354", "250", "221"],
        "there is room again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_postgresql_refuses_mail_for_now_and_takes_it_when_it_is_back() {
    let server = super::common::postgres::Postgres::start();
    if !server.can_be_stopped() {
        eprintln!("skipped: this PostgreSQL is another's");
        return;
    }
    server.run("create database recado_away".into()).await.expect("a database");
    let (world, token) = World::founded(&[("RECADO_DATABASE_URL", &server.address("recado_away"))]).await;
    let address = listener(&world).await;
    let rcpt = rcpt(&world, &token).await;
    // after RCPT was answered, so that the mail itself meets the absence
    let mut line = BufReader::new(TcpStream::connect(address).await.expect("a line"));
    line.get_mut().write_all(format!("EHLO x\r\nMAIL FROM:<a@b.example>\r\n{rcpt}\r\nDATA\r\n").as_bytes()).await.expect("said");
    let mut said = String::new();
    while !said.contains("354 ") {
        assert!(line.read_line(&mut said).await.expect("heard") > 0, "{said}");
    }
    server.stop();
    let begun = Instant::now();
    line.get_mut().write_all(b"Subject: x\r\n\r\nHello\r\n.\r\nQUIT\r\n").await.expect("said");
    said.clear();
    line.read_to_string(&mut said).await.expect("heard");
    assert!(said.starts_with("451 4.3.0 "), "{said}");
    assert_eq!(say(address, &["EHLO x", "MAIL FROM:<a@b.example>", &rcpt, "QUIT"]).await, ["220", "250", "250", "451", "221"]);
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
    server.again();
    let whole = ["EHLO x", "MAIL FROM:<a@b.example>", &rcpt, "DATA", "Subject: x\r\n\r\nHello\r\n.", "QUIT"];
    let begun = Instant::now();
    loop {
        let codes = say(address, &whole).await;
        if codes == ["220", "250", "250", "250", "354", "250", "221"] {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it is back, and nothing is taken");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(mails(&world, &token).await, 1, "what was refused is not there, what was taken is");
}
