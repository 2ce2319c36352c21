//! An IMAP server with a mail that nobody can fetch: its answer is no answer of the protocol. Speaks as much as a reader asks.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// The server: three mails, the second of them broken.
pub struct Broken {
    pub port: u16,
    /// How often the broken one was asked for.
    pub asked: Arc<AtomicUsize>,
}

impl Broken {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::<AtomicUsize>::default();
        let count = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(BufReader::new(stream), count.clone()));
            }
        });
        Self { port, asked }
    }
}

fn mail(number: usize) -> String {
    format!(
        "From: Ana <ana@example.com>\r\nTo: shop@example.com\r\nSubject: Mail {number}\r\nMessage-ID: <{number}@example.com>\r\n\r\nWords\r\n"
    )
}

async fn talk(mut stream: BufReader<TcpStream>, asked: Arc<AtomicUsize>) -> std::io::Result<()> {
    stream.get_mut().write_all(b"* OK ready\r\n").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
        let upper = command.to_uppercase();
        let said = if upper.starts_with("CAPABILITY") {
            "* CAPABILITY IMAP4rev1\r\n".to_owned()
        } else if upper.starts_with("EXAMINE") {
            "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] numbers\r\n* FLAGS (\\Seen)\r\n".to_owned()
        } else if upper.starts_with("UID SEARCH") {
            "* SEARCH 1 2 3\r\n".to_owned()
        } else if upper.starts_with("UID FETCH") && upper.contains("RFC822.SIZE") {
            let one =
                |n: usize| format!("* {n} FETCH (UID {n} RFC822.SIZE {} INTERNALDATE \"26-Nov-2026 12:00:00 +0000\")\r\n", mail(n).len());
            (1..=3)
                .filter(|n| command.split(' ').nth(2).is_some_and(|set| set.split(',').any(|uid| uid == n.to_string())))
                .map(one)
                .collect::<Vec<_>>()
                .concat()
        } else if upper.starts_with("UID FETCH 2 ") {
            asked.fetch_add(1, Ordering::SeqCst);
            "* 2 FETCH (UID 2 BODY[] \"Jetzt \"neu\" lesen\")\r\n".to_owned()
        } else if upper.starts_with("UID FETCH") {
            let number: usize = command.split(' ').nth(2).and_then(|uid| uid.parse().ok()).unwrap_or(1);
            let mail = mail(number);
            format!("* {number} FETCH (UID {number} BODY[] {{{}}}\r\n{mail})\r\n", mail.len())
        } else {
            String::new()
        };
        stream.get_mut().write_all(format!("{said}{tag} OK done\r\n").as_bytes()).await?;
    }
}
