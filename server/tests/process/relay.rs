//! A relay that takes every letter, and lets Recado wait between the final dot and the 250: there a crash makes a second copy.
//! Keeps each copy with its bytes and its moments; judges nothing.

use std::{
    io::Result,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::sleep,
};

use super::Dice;

/// A letter as it came, once.
#[derive(Clone)]
pub struct Copy {
    pub recipient: String,
    /// Message-ID without brackets.
    pub mail_id: String,
    pub raw: Vec<u8>,
    /// When its final dot was there.
    pub dot: Instant,
    /// When 250 was said, if the line still stood.
    pub answered: Option<Instant>,
}

/// The relay.
pub struct Relay {
    pub port: u16,
    copies: Arc<Mutex<Vec<Copy>>>,
    unanswered: watch::Receiver<usize>,
}

impl Relay {
    /// Takes letters until the test ends; each waits for its 250 up to so many milliseconds.
    pub async fn start(slowest: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let copies: Arc<Mutex<Vec<Copy>>> = Arc::default();
        let (count, unanswered) = watch::channel(0);
        let (all, count) = (copies.clone(), Arc::new(count));
        tokio::spawn(async move {
            for line in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (all, count) = (all.clone(), count.clone());
                tokio::spawn(async move {
                    let _ = take(stream, &all, &count, Dice::new(1_000_000 + line), slowest).await;
                });
            }
        });
        Self { port, copies, unanswered }
    }

    /// All that came so far.
    pub fn copies(&self) -> Vec<Copy> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many came so far.
    pub fn count(&self) -> usize {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Comes back when a letter waits for its 250.
    pub async fn in_the_gap(&self) {
        let _ = self.unanswered.clone().wait_for(|count| *count > 0).await;
    }
}

async fn take(stream: TcpStream, all: &Mutex<Vec<Copy>>, count: &watch::Sender<usize>, mut dice: Dice, slowest: u64) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut line = BufStream::new(stream);
    say(&mut line, "220 relay.example ESMTP").await?;
    let mut recipient = String::new();
    loop {
        let mut command = String::new();
        if line.read_line(&mut command).await? == 0 {
            return Ok(());
        }
        let word = command.split([' ', '\r', ':']).next().unwrap_or_default().to_uppercase();
        match word.as_str() {
            "EHLO" => say(&mut line, "250-relay.example\r\n250-8BITMIME\r\n250 SMTPUTF8").await?,
            "RCPT" => {
                recipient = command.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                say(&mut line, "250 2.1.5 Ok").await?;
            }
            "DATA" => {
                say(&mut line, "354 Go on").await?;
                let raw = content(&mut line).await?;
                let place = keep(all, &recipient, raw);
                count.send_modify(|count| *count += 1);
                sleep(dice.millis(0, slowest)).await;
                let said = say(&mut line, "250 2.0.0 Taken").await;
                count.send_modify(|count| *count -= 1);
                said?;
                all.lock().unwrap_or_else(PoisonError::into_inner)[place].answered = Some(Instant::now());
            }
            "QUIT" => return say(&mut line, "221 2.0.0 Goodbye").await,
            _ => say(&mut line, "250 2.0.0 Ok").await?,
        }
    }
}

fn keep(all: &Mutex<Vec<Copy>>, recipient: &str, raw: Vec<u8>) -> usize {
    let head = String::from_utf8_lossy(&raw).into_owned();
    let id = head
        .lines()
        .find(|line| line.to_lowercase().starts_with("message-id:"))
        .and_then(|line| line.split(['<', '>']).nth(1))
        .unwrap_or_default();
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    all.push(Copy { recipient: recipient.to_owned(), mail_id: id.to_owned(), raw, dot: Instant::now(), answered: None });
    all.len() - 1
}

/// The bytes up to the final dot; a mail cut off before it is none.
async fn content(line: &mut BufStream<TcpStream>) -> Result<Vec<u8>> {
    let mut raw = vec![];
    loop {
        let before = raw.len();
        if line.read_until(b'\n', &mut raw).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if &raw[before..] == b".\r\n" && (before == 0 || raw[..before].ends_with(b"\r\n")) {
            raw.truncate(before);
            return Ok(raw);
        }
    }
}

async fn say(line: &mut BufStream<TcpStream>, text: &str) -> Result<()> {
    line.write_all(format!("{text}\r\n").as_bytes()).await?;
    line.flush().await
}
