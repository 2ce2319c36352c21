//! What is said on one SMTP connection (RFC 5321), or on one of LMTP (RFC 2033) when the other side begins with LHLO: bytes in,
//! steps out. Pure: no socket, no clock, no database. Only CRLF.CRLF ends a mail; a bare line feed in one is refused, so that
//! nobody can smuggle a second mail in it.

mod rehearsal;

use std::slice::Iter;

pub use rehearsal::{Rehearsed, rehearse};

use smtp_proto::{
    Error, MAIL_BODY_BINARYMIME, MAIL_SMTPUTF8, MailFrom, Request,
    request::receiver::{DataReceiver, DummyDataReceiver},
};

/// What bounds a session.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest mail in bytes.
    pub size: usize,
    /// Most recipients of one mail.
    pub recipients: usize,
    /// Most mistakes before the line is cut.
    pub mistakes: usize,
}

/// A mail with its envelope, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Envelope sender; empty for reports.
    pub mail_from: String,
    /// Recipients, each accepted.
    pub rcpt_to: Vec<String>,
    /// The bytes between DATA and the final dot.
    pub raw: Vec<u8>,
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Say this.
    Say(String),
    /// Ask whether this recipient is ours, and answer with [`Session::recipient`].
    Recipient(String),
    /// Store it, and answer with [`Session::stored`].
    Store(Envelope),
    /// Say this, throw away what was already received, and begin TLS.
    Secure(String),
    /// Say this and hang up.
    Close(String),
}

/// What became of a recipient or of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken.
    Yes,
    /// Not ours.
    Unknown,
    /// The database is away: again later.
    Later,
    /// The disk is full: again later.
    Full,
}

enum Receiving {
    Command,
    Mail(DataReceiver, Vec<u8>),
    /// The rest of it is read and thrown away, then this is said.
    Refused(DummyDataReceiver, &'static str),
}

/// Which language the other side speaks: as it said hello.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Smtp,
    Esmtp,
    /// Each recipient gets an answer of its own behind the mail.
    Lmtp,
}

/// Most bytes of a command, its line end included: four times what RFC 5321 asks for, since extensions add to it.
const LINE_MOST: usize = 2_048;
const TOO_LARGE: &str = "552 5.3.4 This mail is too large";
const NO_ROOM: &str = "452 4.3.1 Too many mails at once, try again later";

/// One connection.
pub struct Session {
    domain: String,
    limits: Limits,
    offers_tls: bool,
    secure: bool,
    helo: Option<String>,
    tongue: Tongue,
    mail_from: Option<String>,
    /// The mail is said to have addresses with letters beyond ASCII.
    utf8: bool,
    rcpt_to: Vec<String>,
    /// Recipients answered with yes, doubles included: as many answers an LMTP client waits for.
    owed: usize,
    pending: Option<String>,
    mistakes: usize,
    /// The command that is coming in.
    line: Vec<u8>,
    receiving: Receiving,
}

impl Session {
    /// A new one; `domain` is how we call ourselves.
    pub fn new(domain: &str, limits: Limits, offers_tls: bool) -> Self {
        Self {
            domain: domain.to_owned(),
            limits,
            offers_tls,
            secure: false,
            helo: None,
            tongue: Tongue::Smtp,
            mail_from: None,
            utf8: false,
            rcpt_to: vec![],
            owed: 0,
            pending: None,
            mistakes: 0,
            line: vec![],
            receiving: Receiving::Command,
        }
    }

    /// What is said first.
    pub fn greeting(&self) -> String {
        format!("220 {} ESMTP Recado\r\n", self.domain)
    }

    /// How the other side calls itself.
    pub fn helo(&self) -> &str {
        self.helo.as_deref().unwrap_or_default()
    }

    /// `ESMTPS`, `ESMTP`, `SMTP`, `LMTPS`, `LMTP`, or those of SMTPUTF8, for Received (RFC 3848, RFC 6531 section 4.3).
    pub const fn protocol(&self) -> &'static str {
        match (self.tongue, self.utf8, self.secure) {
            (Tongue::Esmtp, false, true) => "ESMTPS",
            (Tongue::Esmtp, false, false) => "ESMTP",
            (Tongue::Esmtp, true, true) => "UTF8SMTPS",
            (Tongue::Esmtp, true, false) => "UTF8SMTP",
            (Tongue::Smtp, ..) => "SMTP",
            (Tongue::Lmtp, false, true) => "LMTPS",
            (Tongue::Lmtp, false, false) => "LMTP",
            (Tongue::Lmtp, true, true) => "UTF8LMTPS",
            (Tongue::Lmtp, true, false) => "UTF8LMTP",
        }
    }

    /// Whether the line is secret.
    pub const fn secure(&self) -> bool {
        self.secure
    }

    /// Whether a mail is being received just now.
    pub const fn receives(&self) -> bool {
        !matches!(self.receiving, Receiving::Command)
    }

    /// Bytes of the mail being received that are held in memory.
    pub const fn held(&self) -> usize {
        match &self.receiving {
            Receiving::Mail(_, raw) => raw.capacity(),
            _ => 0,
        }
    }

    /// There is no room for the mail being received: what came of it is forgotten, its rest is not kept, and it is refused for now.
    pub fn give_up(&mut self) {
        if let Receiving::Mail(receiver, _) = &self.receiving {
            self.receiving = Receiving::Refused(DummyDataReceiver::new_data(receiver), NO_ROOM);
        }
    }

    /// TLS has begun: everything said before is forgotten (RFC 3207 section 4.2).
    pub fn secured(&mut self) {
        let fresh = Self::new(&self.domain, self.limits, false);
        *self = Self { secure: true, mistakes: self.mistakes, ..fresh };
    }

    /// Takes bytes until something is to be done; none: more bytes are needed.
    pub fn feed(&mut self, bytes: &mut Iter<'_, u8>) -> Option<Step> {
        match &mut self.receiving {
            Receiving::Command => self.command(bytes),
            Receiving::Mail(receiver, raw) => {
                let ended = receiver.ingest(bytes, raw);
                if raw.len() > self.limits.size {
                    let rest = DummyDataReceiver::new_data(receiver);
                    self.receiving = if ended { Receiving::Command } else { Receiving::Refused(rest, TOO_LARGE) };
                    return ended.then(|| self.refuse(TOO_LARGE));
                }
                if !ended {
                    return None;
                }
                let raw = std::mem::take(raw);
                self.receiving = Receiving::Command;
                Some(self.whole(raw))
            }
            Receiving::Refused(receiver, why) => {
                let (ended, why) = (receiver.ingest(bytes), *why);
                ended.then(|| {
                    self.receiving = Receiving::Command;
                    self.refuse(why)
                })
            }
        }
    }

    fn refuse(&mut self, why: &str) -> Step {
        let answers = self.answers(why);
        self.forget();
        Step::Say(answers)
    }

    /// The answer behind a mail: one line, or one for each recipient.
    fn answers(&self, text: &str) -> String {
        format!("{text}\r\n").repeat(if self.tongue == Tongue::Lmtp { self.owed.max(1) } else { 1 })
    }

    fn whole(&mut self, raw: Vec<u8>) -> Step {
        if has_bare_line_feed(&raw) {
            let answers = self.answers("550 5.5.2 A line must end with CR LF");
            self.forget();
            return self.mistake(answers.trim_end());
        }
        Step::Store(Envelope { mail_from: self.mail_from.take().unwrap_or_default(), rcpt_to: std::mem::take(&mut self.rcpt_to), raw })
    }

    /// The answer for the recipient asked about.
    pub fn recipient(&mut self, outcome: Outcome) -> Step {
        let address = self.pending.take().unwrap_or_default();
        match outcome {
            Outcome::Yes => {
                self.rcpt_to.push(address);
                self.owed += 1;
                Step::Say("250 2.1.5 Recipient ok\r\n".into())
            }
            Outcome::Unknown => self.mistake("550 5.1.1 There is no such address here"),
            Outcome::Later | Outcome::Full => Step::Say("451 4.3.0 Cannot look that up now, try again later\r\n".into()),
        }
    }

    /// The answer for the mail that was to be stored. Only after this the other side may forget it.
    pub fn stored(&mut self, outcome: Outcome, id: &str) -> Step {
        let answers = match outcome {
            Outcome::Yes => self.answers(&format!("250 2.0.0 Stored as {id}")),
            Outcome::Unknown => self.answers("554 5.5.1 No valid recipients"),
            Outcome::Later => self.answers("451 4.3.0 Cannot store it now, try again later"),
            Outcome::Full => self.answers("452 4.3.1 No room to store it, try again later"),
        };
        self.forget();
        Step::Say(answers)
    }

    fn forget(&mut self) {
        (self.mail_from, self.utf8) = (None, false);
        self.rcpt_to.clear();
        self.owed = 0;
    }

    fn mistake(&mut self, text: &str) -> Step {
        self.mistakes += 1;
        if self.mistakes > self.limits.mistakes {
            Step::Close(format!("{text}\r\n421 4.7.0 Too many mistakes\r\n"))
        } else {
            Step::Say(format!("{text}\r\n"))
        }
    }

    fn command(&mut self, bytes: &mut Iter<'_, u8>) -> Option<Step> {
        let rest = bytes.as_slice();
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        if self.line.len() + end > LINE_MOST {
            return Some(Step::Close("500 5.5.6 The line is too long\r\n421 4.7.0 Closing\r\n".into()));
        }
        let (line, rest) = rest.split_at(end);
        self.line.extend_from_slice(line);
        *bytes = rest.iter();
        if !self.line.ends_with(b"\n") {
            return None;
        }
        // one whole line and nothing of the next: the library would read a command on over a line feed inside it
        let line = std::mem::take(&mut self.line);
        let request = match Request::parse(&mut line.iter()) {
            Ok(request) => request.into_owned(),
            Err(error) => return Some(self.misread(&error)),
        };
        Some(match request {
            Request::Ehlo { host } => self.hello(host, Tongue::Esmtp),
            Request::Helo { host } => self.hello(host, Tongue::Smtp),
            Request::Lhlo { host } => self.hello(host, Tongue::Lmtp),
            Request::Mail { from } => self.mail(from),
            Request::Rcpt { to } => self.rcpt(to.address),
            Request::Data => self.data(),
            Request::Rset => {
                self.forget();
                Step::Say("250 2.0.0 Forgotten\r\n".into())
            }
            Request::Noop { .. } => Step::Say("250 2.0.0 Ok\r\n".into()),
            Request::Quit => Step::Close(format!("221 2.0.0 {} goodbye\r\n", self.domain)),
            Request::StartTls if self.offers_tls && !self.secure => Step::Secure("220 2.0.0 Begin TLS\r\n".into()),
            Request::Help { .. } => Step::Say("214 2.0.0 See RFC 5321\r\n".into()),
            // who is here is nobody's business; and there is no relaying, so no signing in
            _ => self.mistake("502 5.5.1 Not done here"),
        })
    }

    fn misread(&mut self, error: &Error) -> Step {
        match error {
            Error::InvalidSenderAddress => self.mistake("501 5.1.7 That is no address"),
            Error::InvalidRecipientAddress => self.mistake("501 5.1.3 That is no address"),
            Error::SyntaxError { syntax } => self.mistake(&format!("501 5.5.2 Expected {syntax}")),
            Error::InvalidParameter { .. } => self.mistake("501 5.5.4 A parameter is wrong"),
            Error::UnsupportedParameter { .. } => self.mistake("555 5.5.4 A parameter is not known"),
            _ => self.mistake("500 5.5.1 That is no command"),
        }
    }

    fn hello(&mut self, host: String, tongue: Tongue) -> Step {
        self.forget();
        self.tongue = tongue;
        self.helo = Some(host);
        if tongue == Tongue::Smtp {
            return Step::Say(format!("250 {}\r\n", self.domain));
        }
        let mut lines =
            vec![self.domain.clone(), format!("SIZE {}", self.limits.size), "8BITMIME".into(), "SMTPUTF8".into(), "PIPELINING".into()];
        if self.offers_tls && !self.secure {
            lines.push("STARTTLS".into());
        }
        lines.push("ENHANCEDSTATUSCODES".into());
        // every line but the last has a hyphen behind its code
        let last = lines.pop().unwrap_or_default();
        let before: Vec<String> = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
        Step::Say(format!("{}250 {last}\r\n", before.concat()))
    }

    fn mail(&mut self, from: MailFrom<String>) -> Step {
        if self.helo.is_none() {
            return self.mistake("503 5.5.1 Say EHLO first");
        }
        if self.mail_from.is_some() {
            return self.mistake("503 5.5.1 There is a sender already");
        }
        if from.size != usize::MAX && from.size > self.limits.size {
            return Step::Say(format!("{TOO_LARGE}\r\n"));
        }
        if from.flags & MAIL_BODY_BINARYMIME != 0 {
            return self.mistake("555 5.5.4 BINARYMIME is not taken");
        }
        (self.mail_from, self.utf8) = (Some(from.address), from.flags & MAIL_SMTPUTF8 != 0);
        Step::Say("250 2.1.0 Sender ok\r\n".into())
    }

    fn rcpt(&mut self, address: String) -> Step {
        if self.mail_from.is_none() {
            return self.mistake("503 5.5.1 Say MAIL first");
        }
        if self.rcpt_to.len() >= self.limits.recipients {
            return Step::Say("452 4.5.3 Too many recipients\r\n".into());
        }
        if self.rcpt_to.contains(&address) {
            self.owed += 1;
            return Step::Say("250 2.1.5 Recipient ok\r\n".into());
        }
        self.pending = Some(address.clone());
        Step::Recipient(address)
    }

    fn data(&mut self) -> Step {
        if self.mail_from.is_none() {
            return self.mistake("503 5.5.1 Say MAIL first");
        }
        if self.rcpt_to.is_empty() {
            return self.mistake("503 5.5.1 No valid recipients");
        }
        // the line break of DATA itself counts: a mail may be nothing but the final dot
        let mut receiver = DataReceiver::new();
        receiver.ingest(&mut b"\r\n".iter(), &mut vec![]);
        self.receiving = Receiving::Mail(receiver, vec![]);
        Step::Say("354 End with a dot on a line of its own\r\n".into())
    }
}

fn has_bare_line_feed(raw: &[u8]) -> bool {
    raw.iter().enumerate().any(|(at, byte)| *byte == b'\n' && (at == 0 || raw[at - 1] != b'\r'))
}

#[cfg(test)]
mod tests;
