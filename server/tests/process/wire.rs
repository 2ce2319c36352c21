//! SMTP as a mail server speaks it to Recado: one line, mail after mail, and how long the 250 took. A mail counts as taken only
//! when the 250 after its final dot was read. Knows nothing of what mails say.

use std::{
    io::{Error, Result},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream},
    net::TcpStream,
    time::timeout,
};

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// An open line.
pub struct Wire(BufStream<TcpStream>);

/// Whether something greets at this port.
pub async fn greets(port: u16) -> bool {
    timeout(Duration::from_secs(2), Wire::open(port)).await.is_ok_and(|opened| opened.is_ok())
}

impl Wire {
    /// Connects and says hello.
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let mut wire = Self(BufStream::with_capacity(8 * 1024, 64 * 1024, stream));
        wire.answer("220").await?;
        wire.ask("EHLO peer.example", "250").await?;
        Ok(wire)
    }

    /// Sends one mail to one address; gives the time from the final dot to its 250.
    pub async fn send(&mut self, from: &str, to: &str, raw: &[u8]) -> Result<Duration> {
        self.ask(&format!("MAIL FROM:<{from}>"), "250").await?;
        self.ask(&format!("RCPT TO:<{to}>"), "250").await?;
        self.ask("DATA", "354").await?;
        self.0.write_all(&stuffed(raw)).await?;
        self.0.flush().await?;
        let dot = Instant::now();
        self.answer("250").await?;
        Ok(dot.elapsed())
    }

    /// Sends one mail and hangs up before the 250, as a peer that waited too long: whether it was taken, nobody knows (RFC 1047).
    pub async fn abandon(mut self, from: &str, to: &str, raw: &[u8]) -> Result<()> {
        self.ask(&format!("MAIL FROM:<{from}>"), "250").await?;
        self.ask(&format!("RCPT TO:<{to}>"), "250").await?;
        self.ask("DATA", "354").await?;
        self.0.write_all(&stuffed(raw)).await?;
        self.0.flush().await
    }

    async fn ask(&mut self, command: &str, code: &str) -> Result<()> {
        self.0.write_all(format!("{command}\r\n").as_bytes()).await?;
        self.0.flush().await?;
        self.answer(code).await
    }

    async fn answer(&mut self, code: &str) -> Result<()> {
        loop {
            let mut line = String::new();
            let read = timeout(PATIENCE, self.0.read_line(&mut line)).await.map_err(|_| Error::other("no answer in a minute"))??;
            if read == 0 || !line.ends_with('\n') {
                return Err(Error::other("the line was cut"));
            }
            if !line.starts_with(code) {
                return Err(Error::other(format!("wanted {code}, got {}", line.trim_end())));
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }
}

/// With dots at the beginning of lines doubled, and the final dot.
fn stuffed(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + 64);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}
