//! A mail that is much too large. A program of its own: it looks at the memory of the whole process.

mod common;

use common::World;
use server::mail::smtp_in::SmtpIn;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// Most bytes of a mail that this listener takes.
const MAX: usize = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_200_megabytes_is_heard_to_its_end_and_refused_without_being_kept() {
    let (world, token) = World::with_founder().await;
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(SmtpIn::new(world.desk.clone(), MAX, (10, 3), None, world.closing.subscribe()).listen(socket));
    let rcpt = format!("RCPT TO:<{}>", world.agent(&token).await.overview().await.expect("an overview").forwarding_address);
    let mut line = BufReader::new(TcpStream::connect(address).await.expect("a line"));
    line.get_mut().write_all(format!("EHLO x\r\nMAIL FROM:<a@b.example>\r\n{rcpt}\r\nDATA\r\n").as_bytes()).await.expect("said");
    let before = memory();
    let piece = format!("{}\r\n", "x".repeat(998)).repeat(1_000);
    for _ in 0..200 {
        line.get_mut().write_all(piece.as_bytes()).await.expect("taken");
    }
    let grown = memory().saturating_sub(before);
    line.get_mut().write_all(b".\r\nNOOP\r\nQUIT\r\n").await.expect("said");
    let mut said = String::new();
    line.read_to_string(&mut said).await.expect("heard");
    let codes: Vec<&str> = said.lines().filter(|line| line.as_bytes().get(3) == Some(&b' ')).map(|line| &line[..3]).collect();
    assert_eq!(codes, ["220", "250", "250", "250", "354", "552", "250", "221"], "{said}");
    assert!(grown < 64 << 20, "{grown} bytes more");
    assert!(world.agent(&token).await.list_letters_in(None, "").await.expect("letters").is_empty());
}

/// Bytes of memory in use by this process.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<usize>().unwrap_or(0) * 1024
}
