//! One line to the relay (SMTP client): connects, signs in, and hands over one mail for one recipient.
//! Says at which stage something was refused; what follows from that is `smtp_out`'s.

use std::{future::Future, time::Duration};

use lettre::{
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::time::timeout;

use crate::config::{Relay, RelayTls};

/// Longest time of a command, and of the answer to the final dot (RFC 5321 section 4.5.3.2.6 asks for ten minutes at most).
const COMMAND: Duration = Duration::from_mins(1);
const FINAL_DOT: Duration = Duration::from_mins(5);

/// Why a letter was not handed over.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The relay itself refuses us: no letter would pass.
    Channel(String),
    /// The relay is not to be reached, or has no time for us: no letter passes now.
    Away(String),
    /// For now: connection, time, or a 4xx.
    Later(String),
    /// For now, and the recipient's mail server asks for patience: 421, 450 or 4.7.x.
    Slower(String),
    /// This letter will never pass.
    Never(String),
}

/// An open line to the relay.
pub struct Wire(AsyncSmtpConnection);

impl Wire {
    /// Connects, begins TLS and signs in, as configured.
    pub async fn open(relay: &Relay, name: &str) -> Result<Self, Trouble> {
        let opened = timeout(COMMAND, connect(relay, name))
            .await
            .map_err(|_| Trouble::Away(format!("{}:{} does not answer", relay.host, relay.port)))?;
        let mut connection = opened.map_err(|error| match error.status() {
            Some(_) if error.is_permanent() => Trouble::Channel(said(&error)),
            _ if is_tls(&error) => Trouble::Channel(format!("TLS with {}:{}: {}", relay.host, relay.port, said(&error))),
            _ => Trouble::Away(format!("{}:{}: {}", relay.host, relay.port, said(&error))),
        })?;
        if let Some((user, password)) = &relay.credentials {
            let credentials = Credentials::new(user.clone(), password.clone());
            let signed_in = timeout(COMMAND, connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)).await;
            signed_in.map_err(|_| Trouble::Away("no answer to AUTH".into()))?.map_err(|error| {
                let why = format!("AUTH: {}", said(&error));
                if error.is_transient() { Trouble::Away(why) } else { Trouble::Channel(why) }
            })?;
        }
        Ok(Self(connection))
    }

    /// Whether it still stands after lying idle.
    pub async fn stands(&mut self) -> bool {
        !self.0.has_broken() && timeout(Duration::from_secs(5), self.0.test_connected()).await.unwrap_or(false)
    }

    /// Whether another letter can go over it.
    pub fn reusable(&self) -> bool {
        !self.0.has_broken()
    }

    /// Hands over one mail; gives what the relay answered.
    pub async fn send(&mut self, envelope: &Envelope, bytes: &[u8]) -> Result<String, Trouble> {
        // bodies are written in ASCII: other letters stand in an address, of the envelope or of a header
        let unicode = !bytes.is_ascii() || envelope.to().iter().chain(envelope.from()).any(|address| !address.to_string().is_ascii());
        if unicode && !self.0.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Trouble::Never("the relay cannot take an address with letters beyond ASCII (no SMTPUTF8)".into()));
        }
        let mut parameters = vec![];
        if unicode {
            parameters.push(MailParameter::SmtpUtfEight);
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let outcome = self.transaction(envelope, parameters, bytes).await;
        if outcome.is_err() && !self.0.has_broken() && timeout(COMMAND, self.0.command(Rset)).await.is_err() {
            self.0.abort().await;
        }
        outcome
    }

    async fn transaction(&mut self, envelope: &Envelope, parameters: Vec<MailParameter>, bytes: &[u8]) -> Result<String, Trouble> {
        step("MAIL", COMMAND, self.0.command(Mail::new(envelope.from().cloned(), parameters))).await?;
        for to in envelope.to() {
            step("RCPT", COMMAND, self.0.command(Rcpt::new(to.clone(), vec![]))).await.map_err(of_recipient)?;
        }
        step("DATA", COMMAND, self.0.command(Data)).await?;
        let answer = step("the mail", FINAL_DOT, self.0.message(bytes)).await.map_err(of_recipient);
        if answer.as_ref().is_err_and(|trouble| matches!(trouble, Trouble::Later(_))) {
            // whether it was taken is not known: this line must not be asked for anything else
            self.0.abort().await;
        }
        answer
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        let _ = timeout(Duration::from_secs(5), self.0.quit()).await;
    }
}

type Response = lettre::transport::smtp::response::Response;

async fn step(what: &str, longest: Duration, doing: impl Future<Output = Result<Response, Error>>) -> Result<String, Trouble> {
    match timeout(longest, doing).await {
        Err(_) => Err(Trouble::Later(format!("no answer to {what}"))),
        Ok(Ok(response)) => Ok(format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))),
        Ok(Err(error)) if error.is_permanent() => Err(Trouble::Never(said(&error))),
        Ok(Err(error)) => Err(Trouble::Later(format!("{what}: {}", said(&error)))),
    }
}

/// What the relay says about a recipient, or about the mail as a whole, it says for the recipient's mail server.
fn of_recipient(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Later(why) if asks_for_patience(&why) => Trouble::Slower(why),
        other => other,
    }
}

/// 421, an enhanced code 4.7.x (RFC 3463: policy), or 450 without an enhanced code. `RCPT: 451 4.7.1 Try later`
fn asks_for_patience(why: &str) -> bool {
    let Some((_, said)) = why.split_once(": ") else { return false };
    let mut words = said.split_whitespace();
    let (code, enhanced) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    code == "421" || (code.starts_with('4') && enhanced.starts_with("4.7.")) || (code == "450" && !enhanced.starts_with("4."))
}

async fn connect(relay: &Relay, name: &str) -> Result<AsyncSmtpConnection, Error> {
    let hello = ClientId::Domain(name.to_owned());
    let address = (relay.host.as_str(), relay.port);
    match relay.tls {
        RelayTls::None => AsyncSmtpConnection::connect_tokio1(address, Some(COMMAND), &hello, None, None).await,
        RelayTls::Implicit => AsyncSmtpConnection::connect_tokio1(address, Some(COMMAND), &hello, Some(tls(relay)?), None).await,
        RelayTls::Starttls => {
            let mut connection = AsyncSmtpConnection::connect_tokio1(address, Some(COMMAND), &hello, None, None).await?;
            connection.starttls(tls(relay)?, &hello).await?;
            Ok(connection)
        }
    }
}

fn tls(relay: &Relay) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(relay.host.clone());
    if let Some(pem) = relay.ca_file.as_ref().and_then(|file| std::fs::read(file).ok()) {
        builder = builder.add_root_certificate(Certificate::from_pem(&pem)?);
    }
    builder.build_rustls()
}

/// A handshake that failed, such as over a certificate that nobody vouches for: after STARTTLS the library calls it a connection error.
fn is_tls(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    let mut handshake = error.is_tls();
    while let Some(inner) = source {
        handshake |= inner.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::InvalidData);
        source = inner.source();
    }
    handshake
}

/// What the other side said, without the library's words around it.
fn said(error: &Error) -> String {
    let code = error.status().map(|code| format!("{code} ")).unwrap_or_default();
    let source = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    format!("{code}{source}").chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_of_pace_slows_a_domain() {
        for (why, slower) in [
            ("RCPT: 421 4.7.0 Try again later", true),
            ("RCPT: 421 Too many connections", true),
            ("the mail: 451 4.7.1 Greylisted", true),
            ("RCPT: 450 4.7.1 Too many messages", true),
            ("RCPT: 450 Busy", true),
            ("RCPT: 450 4.2.1 This mailbox is busy", false),
            ("RCPT: 452 4.2.2 Mailbox full", false),
            ("the mail: 451 4.3.0 Disk trouble", false),
            ("no answer to RCPT", false),
        ] {
            assert_eq!(matches!(of_recipient(Trouble::Later(why.into())), Trouble::Slower(_)), slower, "{why}");
        }
    }
}
