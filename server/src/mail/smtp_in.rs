//! Receives mail (SMTP, and LMTP to whoever says LHLO): moves bytes between sockets, the session and the postbox; decides nothing.
//! "250" is said only after the postbox has committed the raw mail.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

use desk::{Desk, Error, Fault, postbox::Incoming};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::{Instant, timeout, timeout_at},
};
use tokio_rustls::TlsAcceptor;

use mail::session::{Envelope, Limits, Outcome, Session, Step};

use super::{
    room::{Held, Open, Place},
    socket::{Line, Socket},
};
use crate::closing::{Closing, closed};

/// How much patience there is with the other side.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Longest silence (RFC 5321 section 4.5.3.2.7).
    pub idle: Duration,
    /// Longest time from one mail to the next: who sends drop by drop is cut off.
    pub mail: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { idle: Duration::from_mins(5), mail: Duration::from_mins(10) }
    }
}

/// Mails of the largest size that may be held in memory together while they come in.
const LARGEST_AT_ONCE: usize = 8;
/// Longest time of a TLS handshake, and of a write to a peer that does not read.
const HANDSHAKE: Duration = Duration::from_secs(30);

/// The listener with what it needs.
#[derive(Clone)]
pub struct SmtpIn {
    desk: Desk,
    domain: Arc<str>,
    limits: Limits,
    tls: Option<TlsAcceptor>,
    connections: (usize, usize),
    open: Open,
    /// Bytes of mails that are coming in.
    held: Arc<AtomicUsize>,
    patience: Patience,
    closing: Closing,
}

impl SmtpIn {
    /// With a desk and its limits. `connections`: at once in all, and per address.
    pub fn new(desk: Desk, max_size: usize, connections: (usize, usize), tls: Option<TlsAcceptor>, closing: Closing) -> Self {
        let domain = desk.settings().mail_domain.as_str().into();
        let limits = Limits { size: max_size, recipients: 100, mistakes: 10 };
        Self { desk, domain, limits, tls, connections, open: Arc::default(), held: Arc::default(), patience: Patience::default(), closing }
    }

    /// With another patience.
    #[must_use]
    pub fn patient(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Takes connections until the process closes; mails being stored then are finished.
    pub async fn listen(self, socket: impl Into<Socket>) {
        let socket = socket.into();
        let mut closing = self.closing.clone();
        let mut sessions = tokio::task::JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = socket.accept() => accepted,
                Some(_) = sessions.join_next() => continue,
                () = closed(&mut closing) => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let this = self.clone();
                    sessions.spawn(async move { this.receive(stream, peer).await });
                }
                Err(error) => {
                    // out of file descriptors, most likely: the others end some day
                    tracing::warn!(%error, "a mail connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }
        let all = async { while sessions.join_next().await.is_some() {} };
        if timeout(Duration::from_secs(10), all).await.is_err() {
            sessions.shutdown().await;
        }
    }

    async fn receive(self, mut line: Box<dyn Line>, peer: Option<IpAddr>) {
        // who comes through the file system is a mail server of this machine, which brings the mail of many
        let (key, each) = peer.map_or((Ipv6Addr::UNSPECIFIED.into(), self.connections.0), |ip| (ip, self.connections.1));
        let Some(_place) = Place::take(&self.open, key, (self.connections.0, each)) else {
            let _ = say(&mut line, "421 4.7.0 Too many connections, try again later\r\n").await;
            return;
        };
        let ip = peer.unwrap_or(Ipv4Addr::LOCALHOST.into());
        if let Err(error) = self.talk(line, ip).await {
            tracing::debug!(%error, peer = %ip, "a mail connection broke");
        }
    }

    async fn talk(&self, mut line: Box<dyn Line>, ip: IpAddr) -> std::io::Result<()> {
        let mut session = Session::new(&self.domain, self.limits, self.tls.is_some());
        let mut held = Held::none(&self.held);
        say(&mut line, &session.greeting()).await?;
        let mut buffer = vec![0; 16 * 1024];
        let mut deadline = Instant::now() + self.patience.mail;
        let mut closing = self.closing.clone();
        loop {
            if !session.receives() {
                deadline = Instant::now() + self.patience.mail;
            }
            let until = deadline.min(Instant::now() + self.patience.idle);
            let read = tokio::select! {
                read = timeout_at(until, line.read(&mut buffer)) => read,
                () = closed(&mut closing), if !session.receives() => return say(&mut line, "421 4.3.2 Closing, try again later\r\n").await,
            };
            let Ok(read) = read else { return say(&mut line, "421 4.4.2 That took too long\r\n").await };
            let mut bytes = match read? {
                0 => return Ok(()),
                count => buffer[..count].iter(),
            };
            while let Some(step) = session.feed(&mut bytes) {
                match self.settle(&mut session, step, ip).await {
                    Step::Say(text) => say(&mut line, &text).await?,
                    Step::Secure(text) => {
                        say(&mut line, &text).await?;
                        line = self.secure(line).await?;
                        session.secured();
                        // what came in clear after STARTTLS is dropped with `bytes` (command injection)
                        break;
                    }
                    Step::Close(text) => {
                        say(&mut line, &text).await?;
                        return line.shutdown().await;
                    }
                    Step::Recipient(_) | Step::Store(_) => {}
                }
            }
            // many large mails at once must not take all memory
            if held.now(session.held()) > LARGEST_AT_ONCE.saturating_mul(self.limits.size) {
                session.give_up();
                held.now(0);
            }
        }
    }

    async fn secure(&self, line: Box<dyn Line>) -> std::io::Result<Box<dyn Line>> {
        let Some(tls) = &self.tls else { return Ok(line) };
        let line = timeout(HANDSHAKE, tls.accept(line)).await.map_err(|_| std::io::ErrorKind::TimedOut)??;
        Ok(Box::new(line))
    }

    /// Answers what only the postbox knows.
    async fn settle(&self, session: &mut Session, step: Step, ip: IpAddr) -> Step {
        match step {
            Step::Recipient(address) => {
                let outcome = match self.desk.postbox().accepts(&address).await {
                    Ok(true) => Outcome::Yes,
                    Ok(false) => Outcome::Unknown,
                    Err(error) => refused(&error),
                };
                session.recipient(outcome)
            }
            Step::Store(envelope) => {
                let incoming = self.incoming(session, envelope, ip);
                let size = incoming.raw.len();
                match self.desk.postbox().take(incoming).await {
                    Ok(id) => {
                        tracing::info!(%id, peer = %ip, size, "a mail was stored");
                        session.stored(Outcome::Yes, id.as_str())
                    }
                    Err(error) => session.stored(refused(&error), ""),
                }
            }
            other => other,
        }
    }

    fn incoming(&self, session: &Session, envelope: Envelope, ip: IpAddr) -> Incoming {
        let mut raw = trace(session, &envelope.mail_from, ip, &self.domain, &rfc2822(self.desk.clock().now()));
        raw.extend_from_slice(&envelope.raw);
        Incoming {
            raw,
            mail_from: envelope.mail_from,
            rcpt_to: envelope.rcpt_to,
            helo: session.helo().to_owned(),
            peer: ip.to_string(),
            tls: session.secure(),
        }
    }
}

async fn say(line: &mut Box<dyn Line>, text: &str) -> std::io::Result<()> {
    let written = async {
        line.write_all(text.as_bytes()).await?;
        line.flush().await
    };
    timeout(HANDSHAKE, written).await.map_err(|_| std::io::ErrorKind::TimedOut)?
}

/// Return-Path and Received (RFC 5321 section 4.4). Recipients are left out: some of them may be secret.
fn trace(session: &Session, mail_from: &str, ip: IpAddr, domain: &str, date: &str) -> Vec<u8> {
    let clean = |text: &str| -> String {
        text.chars().filter(|c| !c.is_control() && !matches!(c, '(' | ')' | '<' | '>' | ';')).take(255).collect()
    };
    let address = if ip.is_ipv6() { format!("IPv6:{ip}") } else { ip.to_string() };
    let (helo, from) = (clean(session.helo()), clean(mail_from));
    format!(
        "Return-Path: <{from}>\r\nReceived: from {helo} ([{address}])\r\n\tby {domain} (Recado) with {};\r\n\t{date}\r\n",
        session.protocol()
    )
    .into_bytes()
}

/// A moment as headers write it.
pub fn rfc2822(at: model::Moment) -> String {
    let stamp = jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    jiff::fmt::rfc2822::to_string(&stamp.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default()
}

/// Whether something failed for want of room.
pub fn is_full(error: &Error) -> bool {
    match error {
        Error::Fault(Fault::File(_, error)) => error.kind() == std::io::ErrorKind::StorageFull,
        other => other.to_string().contains("disk is full") || other.to_string().contains("No space left"),
    }
}

fn refused(error: &Error) -> Outcome {
    tracing::error!(%error, "a mail could not be taken; its sender was told to try again");
    match error {
        Error::Refused(_) => Outcome::Unknown,
        Error::Fault(_) if is_full(error) => Outcome::Full,
        Error::Fault(_) => Outcome::Later,
    }
}
