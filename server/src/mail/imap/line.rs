//! One line to an IMAP server (RFC 3501): connects, begins TLS, signs in, opens a folder to read in it. Says at which stage
//! something is wrong, so that a person knows where to look.

use std::{fmt::Debug, path::Path, sync::Arc, time::Duration};

use async_imap::{Authenticator, Client, Session, error::Error, types::Mailbox};
use desk::outside::Account;
use imap_proto::{MailboxDatum, Response, Status};
use model::mailbox::{MailboxFault, MailboxTls, MailboxTrouble};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{self, ClientConfig, RootCertStore},
};

/// How long each step may take.
pub const STEP: Duration = Duration::from_secs(20);

/// Bytes to and from the server, with TLS or without.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Wire for T {}

/// A session with a server.
pub type Line = Session<Box<dyn Wire>>;

/// An open folder.
pub struct Open {
    /// The line to it.
    pub line: Line,
    /// What the server said of it.
    pub folder: Mailbox,
    /// Whether the server tells of new mail by itself.
    pub idles: bool,
}

impl Open {
    /// The numbers of the mails that are searched for. Only an answer that ends with OK says what is there, and what is not.
    pub async fn search(&mut self, what: &str) -> Result<Vec<u32>, MailboxFault> {
        let lost = || fault(MailboxTrouble::Answer, "the line was closed");
        let id = within(self.line.run_command(format!("UID SEARCH {what}"))).await?.map_err(|error| wrong(&error))?;
        let mut found = vec![];
        loop {
            let response = within(self.line.read_response()).await?.map_err(|error| wrong(&error.into()))?.ok_or_else(lost)?;
            match response.parsed() {
                Response::MailboxData(MailboxDatum::Search(uids)) => found.extend(uids),
                Response::Done { tag, status: Status::Ok, .. } if *tag == id => return Ok(found),
                Response::Done { tag, outcome, .. } if *tag == id => {
                    return Err(fault(MailboxTrouble::Answer, outcome.information.as_deref().unwrap_or_default()));
                }
                _ => {}
            }
        }
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        let _ = timeout(Duration::from_secs(3), self.line.logout()).await;
    }
}

/// What is wrong.
pub fn fault(trouble: MailboxTrouble, said: impl Into<String>) -> MailboxFault {
    MailboxFault { trouble, said: said.into().split_whitespace().collect::<Vec<_>>().join(" ") }
}

/// Signs in and opens the folder, for reading alone: nothing is marked in it.
pub async fn open(account: &Account, ca_file: Option<&Path>) -> Result<Open, MailboxFault> {
    let wire = connect(account, ca_file).await?;
    let mut line = sign_in(wire, account).await?;
    let idles = within(line.capabilities()).await?.map_err(|error| wrong(&error))?.has_str("IDLE");
    let folder = within(line.examine(modified_utf7(&account.folder))).await?.map_err(|error| match error {
        Error::No(_) | Error::Bad(_) => fault(MailboxTrouble::Folder, said(&error)),
        other => wrong(&other),
    })?;
    Ok(Open { line, folder, idles })
}

async fn within<T>(doing: impl Future<Output = T>) -> Result<T, MailboxFault> {
    timeout(STEP, doing).await.map_err(|_| fault(MailboxTrouble::Silence, ""))
}

async fn connect(account: &Account, ca_file: Option<&Path>) -> Result<Client<Box<dyn Wire>>, MailboxFault> {
    let name = |_| fault(MailboxTrouble::Name, "");
    let found = timeout(STEP, lookup_host((account.host.as_str(), account.port))).await;
    let addresses: Vec<_> = found.map_err(|_| fault(MailboxTrouble::Name, ""))?.map_err(name)?.collect();
    if addresses.is_empty() {
        return Err(fault(MailboxTrouble::Name, ""));
    }
    let stream = timeout(STEP, TcpStream::connect(addresses.as_slice()))
        .await
        .map_err(|_| fault(MailboxTrouble::Port, ""))?
        .map_err(|error| fault(MailboxTrouble::Port, error.kind().to_string()))?;
    let _ = stream.set_nodelay(true);
    match account.tls {
        MailboxTls::Implicit => greeted(Client::new(secure(Box::new(stream), account, ca_file).await?)).await,
        MailboxTls::None => greeted(Client::new(Box::new(stream) as Box<dyn Wire>)).await,
        MailboxTls::Starttls => {
            let mut client = greeted(Client::new(Box::new(stream) as Box<dyn Wire>)).await?;
            let begun = within(client.run_command_and_check_ok("STARTTLS", None)).await?;
            begun.map_err(|error| fault(MailboxTrouble::Tls, said(&error)))?;
            // what came in clear behind the answer goes with the client
            Ok(Client::new(secure(client.into_inner(), account, ca_file).await?))
        }
    }
}

/// What another service says is nobody's to read through us: an admin may try any server, inside the own network as well, and learns of
/// one that does not greet as an IMAP server does that it does not, and nothing else.
async fn greeted(mut client: Client<Box<dyn Wire>>) -> Result<Client<Box<dyn Wire>>, MailboxFault> {
    let other = || fault(MailboxTrouble::Answer, "it does not greet as an IMAP server does");
    let Ok(greeting) = within(client.read_response()).await? else { return Err(other()) };
    let greeting = greeting.ok_or_else(|| fault(MailboxTrouble::Answer, "the line was closed"))?;
    match greeting.parsed() {
        Response::Data { status: Status::Ok | Status::PreAuth, .. } => Ok(client),
        Response::Data { status: Status::Bye, outcome } => {
            Err(fault(MailboxTrouble::Answer, outcome.information.as_deref().unwrap_or_default()))
        }
        _ => Err(other()),
    }
}

async fn secure(wire: Box<dyn Wire>, account: &Account, ca_file: Option<&Path>) -> Result<Box<dyn Wire>, MailboxFault> {
    let name = ServerName::try_from(account.host.clone()).map_err(|error| fault(MailboxTrouble::Name, error.to_string()))?;
    let connector = TlsConnector::from(Arc::new(tls(ca_file).map_err(|error| fault(MailboxTrouble::Certificate, error))?));
    match timeout(STEP, connector.connect(name, wire)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => {
            let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            let certificate = matches!(inner, Some(rustls::Error::InvalidCertificate(_)));
            Err(fault(if certificate { MailboxTrouble::Certificate } else { MailboxTrouble::Tls }, error.to_string()))
        }
        Err(_) => Err(fault(MailboxTrouble::Tls, "")),
    }
}

fn tls(ca_file: Option<&Path>) -> Result<ClientConfig, String> {
    crate::tls::prepare();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = ca_file {
        for certificate in CertificateDer::pem_file_iter(file).map_err(|error| format!("{}: {error}", file.display()))? {
            roots.add(certificate.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        }
    }
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

/// User and password in one answer (RFC 4616).
struct Plain(String);

impl Authenticator for Plain {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        std::mem::take(&mut self.0)
    }
}

async fn sign_in(client: Client<Box<dyn Wire>>, account: &Account) -> Result<Line, MailboxFault> {
    let Account { user, password, .. } = account;
    // LOGIN is known everywhere, but takes ASCII alone
    let signed = if user.is_ascii() && password.is_ascii() {
        within(client.login(user, password)).await?
    } else {
        within(client.authenticate("PLAIN", Plain(format!("\0{user}\0{password}")))).await?
    };
    signed.map_err(|(error, _)| match &error {
        Error::No(text) if text.contains("PRIVACYREQUIRED") || text.contains("disallowed on non-secure") => {
            fault(MailboxTrouble::Tls, said(&error))
        }
        Error::No(_) | Error::Bad(_) => fault(MailboxTrouble::Password, said(&error)),
        other => wrong(other),
    })
}

/// An error that belongs to no stage.
pub fn wrong(error: &Error) -> MailboxFault {
    fault(MailboxTrouble::Answer, said(error))
}

/// The server's words: the library writes `code: Some(…), info: Some("…")` around them.
fn said(error: &Error) -> String {
    let text = error.to_string();
    if text.contains(" during parsing of ") {
        // what follows is the mail itself: it belongs in no log
        return "parsing failed".into();
    }
    match text.split_once("info: Some(\"") {
        Some((_, rest)) => rest.trim_end_matches(')').trim_end_matches('"').replace("\\\"", "\""),
        None => text,
    }
}

/// A folder's name as the protocol writes it (RFC 3501 section 5.1.3).
fn modified_utf7(name: &str) -> String {
    let mut out = String::new();
    let mut wide: Vec<u8> = vec![];
    let flush = |wide: &mut Vec<u8>, out: &mut String| {
        if !wide.is_empty() {
            let code = data_encoding::BASE64_NOPAD.encode(wide).replace('/', ",");
            out.push('&');
            out.push_str(&code);
            out.push('-');
            wide.clear();
        }
    };
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut wide, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            wide.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut wide, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_have_their_names_in_the_protocols_alphabet() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("R&D", "R&-D"),
            ("Suporte/Não lidos", "Suporte/N&AOM-o lidos"),
            ("台北", "&U,BTFw-"),
            ("a😀b", "a&2D3eAA-b"),
        ] {
            assert_eq!(modified_utf7(name), wire, "{name}");
        }
    }

    #[test]
    fn the_servers_own_words_are_told() {
        let error = Error::No("code: Some(AuthenticationFailed), info: Some(\"Authentication failed.\")".into());
        assert_eq!(said(&error), "Authentication failed.");
    }
}
