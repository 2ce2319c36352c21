//! An IMAP server with a mail that nobody can fetch: its answer is no answer of the protocol, or NO; or one that refuses now and then.
//! Speaks as much as a reader asks.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// How it is broken.
#[derive(Clone, Copy, PartialEq)]
pub enum How {
    /// The second mail is no answer of the protocol.
    Garbage,
    /// The second mail is refused.
    Refuses,
    /// The first list and the first try for the second mail are refused, and the line is closed at the first try for the third.
    Once,
}

/// The server: three mails, the second of them broken.
pub struct Broken {
    pub port: u16,
    /// How often the second one was asked for.
    pub asked: Arc<AtomicUsize>,
}

impl Broken {
    pub async fn start(how: How) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::<AtomicUsize>::default();
        let (count, heard) = (asked.clone(), Arc::<Mutex<HashSet<String>>>::default());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(BufReader::new(stream), how, count.clone(), heard.clone()));
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

async fn talk(
    mut stream: BufReader<TcpStream>,
    how: How,
    asked: Arc<AtomicUsize>,
    heard: Arc<Mutex<HashSet<String>>>,
) -> std::io::Result<()> {
    stream.get_mut().write_all(b"* OK ready\r\n").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
        let upper = command.to_uppercase();
        let is_first = heard.lock().expect("heard").insert(upper.clone());
        let is_list = upper.starts_with("UID FETCH") && upper.contains("RFC822.SIZE");
        let is_second = upper.starts_with("UID FETCH 2 ") && !is_list;
        if is_second {
            asked.fetch_add(1, Ordering::SeqCst);
        }
        let is_new = how == How::Once && is_first;
        if (is_second && how == How::Refuses) || (is_new && (is_second || upper.starts_with("UID FETCH 1,"))) {
            stream.get_mut().write_all(format!("{tag} NO [SERVERBUG] not now\r\n").as_bytes()).await?;
            continue;
        }
        if is_new && upper.starts_with("UID FETCH 3 ") && !is_list {
            return stream.get_mut().write_all(b"* BYE\r\n").await;
        }
        let said = if upper.starts_with("CAPABILITY") {
            "* CAPABILITY IMAP4rev1\r\n".to_owned()
        } else if upper.starts_with("EXAMINE") {
            "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] numbers\r\n* FLAGS (\\Seen)\r\n".to_owned()
        } else if upper.starts_with("UID SEARCH") {
            "* SEARCH 1 2 3\r\n".to_owned()
        } else if is_list {
            let one =
                |n: usize| format!("* {n} FETCH (UID {n} RFC822.SIZE {} INTERNALDATE \"26-Nov-2026 12:00:00 +0000\")\r\n", mail(n).len());
            (1..=3)
                .filter(|n| command.split(' ').nth(2).is_some_and(|set| set.split(',').any(|uid| uid == n.to_string())))
                .map(one)
                .collect::<Vec<_>>()
                .concat()
        } else if is_second && how == How::Garbage {
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
