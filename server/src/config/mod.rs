//! The configuration, read once at the start and checked whole. `keys` says what there is, `source` where it stands;
//! here each text becomes a value. Nothing else reads the environment.

pub mod keys;
pub mod source;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use desk::TicketLimits;
use ipnet::IpNet;
use model::moment::SECOND;
use source::{Source, Wrong};

use crate::country::Countries;

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it was read from.
    pub file: Option<PathBuf>,
    /// Data folder.
    pub data: PathBuf,
    /// Folder of what browsers load.
    pub site: PathBuf,
    /// Address people open, without a slash at the end.
    pub public_url: String,
    /// Filter of the log.
    pub log: String,
    /// PostgreSQL; none for SQLite.
    pub database_url: Option<String>,
    /// How many times the usual limits visitors have; none for no limits.
    pub visitor_limits: Option<u32>,
    /// Largest archive taken, in MiB.
    pub archive_most: u32,
    /// Pages.
    pub http: Http,
    /// Whether web push may go to this very machine, without TLS; for tests.
    pub push_local: bool,
    /// Mail.
    pub mail: Mail,
    /// What tells the country of a visitor's address.
    pub countries: Option<Countries>,
}

/// Pages.
#[derive(Clone, Debug)]
pub struct Http {
    /// Where they are served.
    pub listen: SocketAddr,
    /// Certificate and key files.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whose X-Forwarded-* is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Longest time of a request.
    pub request_time: Duration,
}

/// Mail in and out.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Our domain.
    pub domain: String,
    /// Where SMTP listens.
    pub smtp_listen: Option<SocketAddr>,
    /// The socket in the file system where LMTP listens.
    pub lmtp_socket: Option<PathBuf>,
    /// Largest mail in bytes.
    pub max_size: usize,
    /// Connections at once, in all and per address.
    pub connections: (usize, usize),
    /// How long letters wait, so that what they tell can be taken back, microseconds.
    pub undo: i64,
    /// Tickets that mails may open within ten minutes.
    pub ticket_limits: TicketLimits,
    /// Certificate and key files for STARTTLS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whether SPF, DKIM and DMARC are checked here.
    pub authenticate: bool,
    /// Whose Authentication-Results is believed.
    pub trusted_authserv_id: Option<String>,
    /// Where it is believed from by SMTP.
    pub trusted_peers: Vec<IpNet>,
    /// DNS server, when it is not the system's.
    pub resolver: Option<SocketAddr>,
    /// Where letters go.
    pub relay: Option<Relay>,
    /// The file of our signature's key, when it is not the usual one.
    pub dkim_key: Option<PathBuf>,
    /// The name in DNS under which that key is found.
    pub dkim_selector: String,
    /// Further certificate authority of mailboxes' servers.
    pub mailbox_ca_file: Option<PathBuf>,
}

impl Mail {
    /// Where mail comes in, as it is shown.
    pub fn listens(&self) -> Option<String> {
        let port = self.smtp_listen.map(|address| address.to_string());
        let socket = self.lmtp_socket.as_ref().map(|file| file.display().to_string());
        let places: Vec<String> = port.into_iter().chain(socket).collect();
        (!places.is_empty()).then(|| places.join(", "))
    }
}

/// The SMTP server that letters are sent through.
#[derive(Clone)]
pub struct Relay {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is kept secret.
    pub tls: RelayTls,
    /// User and password.
    pub credentials: Option<(String, String)>,
    /// Further certificate authority.
    pub ca_file: Option<PathBuf>,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay").field("host", &self.host).field("port", &self.port).field("tls", &self.tls).finish_non_exhaustive()
    }
}

/// How the line to the relay is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayTls {
    /// Not at all.
    None,
    /// STARTTLS, required.
    Starttls,
    /// TLS from the first byte.
    Implicit,
}

impl Config {
    /// Reads the file and the process's environment.
    pub fn load(file: Option<&Path>) -> Result<Self, Wrong> {
        Self::read(file, &std::env::vars().collect())
    }

    /// Reads the file and a given environment.
    pub fn read(file: Option<&Path>, environment: &BTreeMap<String, String>) -> Result<Self, Wrong> {
        let source = Source::read(file, environment)?;
        let http = http(&source)?;
        let public_url = source.optional("public_url", url)?.unwrap_or_else(|| local_url(&http));
        let mail = mail(&source, &public_url)?;
        let countries = source.optional("visitors.country_database", countries)?;
        Ok(Self {
            data: source.get("data", path)?,
            site: source.optional("site", path)?.unwrap_or_else(site),
            log: source.get("log", text)?,
            database_url: source.optional("database.url", database)?,
            archive_most: u32::try_from(source.get("import.max_size", |text| number(text, 1, 100_000))?).unwrap_or(u32::MAX),
            push_local: source.get("push.local", flag)?,
            visitor_limits: u32::try_from(source.get("visitors.limits", |text| number(text, 0, 1_000))?).ok().filter(|times| *times > 0),
            file: source.file,
            public_url,
            http,
            mail,
            countries,
        })
    }

    /// Whether people reach this over https.
    pub fn https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The key of our signature: the file that is named, else `dkim.key` in the data folder.
    pub fn dkim_key(&self) -> PathBuf {
        self.mail.dkim_key.clone().unwrap_or_else(|| self.data.join("dkim.key"))
    }

    /// The SQLite file.
    pub fn sqlite_file(&self) -> PathBuf {
        self.data.join("recado.db")
    }
}

fn http(source: &Source) -> Result<Http, Wrong> {
    Ok(Http {
        listen: source.get("http.listen", address)?,
        tls: pair(source, "http.tls_certificate", "http.tls_key")?,
        trusted_proxies: source.get("http.trusted_proxies", networks)?,
        request_time: Duration::from_secs(source.get("http.request_seconds", |text| number(text, 1, 3600))?),
    })
}

fn mail(source: &Source, public_url: &str) -> Result<Mail, Wrong> {
    let most = |name: &str| source.get(name, |text| number(text, 1, 100_000));
    let connections = (most("mail.connections")?, most("mail.connections_per_address")?);
    let tickets = |name: &str| source.get(name, |text| number(text, 0, 1_000_000)).map(|number| usize::try_from(number).unwrap_or(0));
    let mebibytes: u64 = source.get("mail.max_size", |text| number(text, 1, 1024))?;
    Ok(Mail {
        domain: source.optional("mail.domain", domain)?.unwrap_or_else(|| mail_domain(public_url)),
        smtp_listen: source.optional("mail.smtp_listen", address)?,
        lmtp_socket: source.optional("mail.lmtp_socket", path)?,
        max_size: usize::try_from(mebibytes * 1024 * 1024).unwrap_or(usize::MAX),
        connections: (usize::try_from(connections.0).unwrap_or(200), usize::try_from(connections.1).unwrap_or(20)),
        undo: source.get("mail.undo_seconds", |text| number(text, 0, 120))?.cast_signed() * SECOND,
        ticket_limits: TicketLimits {
            sender: tickets("mail.tickets_per_sender")?,
            property: tickets("mail.tickets_per_property")?,
            letters: tickets("mail.letters_per_hour")?,
            domain: tickets("mail.domain_letters_per_minute")?,
        },
        tls: pair(source, "mail.tls_certificate", "mail.tls_key")?,
        authenticate: source.get("mail.authenticate", flag)?,
        trusted_authserv_id: source.optional("mail.trusted_authserv_id", text)?,
        trusted_peers: source.get("mail.trusted_peers", networks)?,
        resolver: source.optional("mail.resolver", resolver)?,
        relay: relay(source)?,
        dkim_key: source.optional("mail.dkim.key_file", path)?,
        dkim_selector: source.get("mail.dkim.selector", label)?,
        mailbox_ca_file: source.optional("mail.mailbox_ca_file", file)?,
    })
}

fn relay(source: &Source) -> Result<Option<Relay>, Wrong> {
    let Some(host) = source.optional("mail.relay.host", host)? else { return Ok(None) };
    let tls = source.get("mail.relay.tls", |text| match text {
        "none" => Ok(RelayTls::None),
        "starttls" => Ok(RelayTls::Starttls),
        "implicit" => Ok(RelayTls::Implicit),
        _ => Err("expected none, starttls or implicit".into()),
    })?;
    let port = match (source.get("mail.relay.port", |text| number(text, 0, 65_535))?, tls) {
        (0, RelayTls::None) => 25,
        (0, RelayTls::Starttls) => 587,
        (0, RelayTls::Implicit) => 465,
        (port, _) => u16::try_from(port).unwrap_or(25),
    };
    let password = match source.optional("mail.relay.password", text)? {
        Some(password) => Some(password),
        None => source.optional("mail.relay.password_file", first_line)?,
    };
    let credentials = match (source.optional("mail.relay.user", text)?, password) {
        (None, None) => None,
        (Some(user), Some(password)) => Some((user, password)),
        (Some(_), None) => {
            return Err(Wrong::at(
                source.place("mail.relay.user"),
                "needs a password: set mail.relay.password_file or RECADO_MAIL_RELAY_PASSWORD",
            ));
        }
        (None, Some(_)) => return Err(Wrong::at(source.place("mail.relay.password_file"), "needs mail.relay.user")),
    };
    Ok(Some(Relay { host, port, tls, credentials, ca_file: source.optional("mail.relay.ca_file", file)? }))
}

fn pair(source: &Source, certificate: &str, key: &str) -> Result<Option<(PathBuf, PathBuf)>, Wrong> {
    match (source.optional(certificate, file)?, source.optional(key, file)?) {
        (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Wrong::at(source.place(certificate), format!("needs {key} too"))),
        (None, Some(_)) => Err(Wrong::at(source.place(key), format!("needs {certificate} too"))),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one of the readers, which may all fail")]
fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("expected a folder".into()) } else { Ok(PathBuf::from(text)) }
}

fn file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_file() { Ok(path) } else { Err("there is no such file".into()) }
}

fn countries(text: &str) -> Result<Countries, String> {
    Countries::read(&file(text)?)
}

fn first_line(path: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
    text.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).ok_or_else(|| "its first line is empty".into())
}

fn flag(text: &str) -> Result<bool, String> {
    match text {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("expected true or false".into()),
    }
}

fn number(text: &str, least: u64, most: u64) -> Result<u64, String> {
    text.parse().ok().filter(|number| (least..=most).contains(number)).ok_or_else(|| format!("expected a number from {least} to {most}"))
}

/// `host:port`; a name is looked up, a port alone is this machine only.
fn address(text: &str) -> Result<SocketAddr, String> {
    use std::net::ToSocketAddrs as _;
    let wanted = || "expected an address and a port, such as 127.0.0.1:3000".to_owned();
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    text.parse().or_else(|_| text.to_socket_addrs().map_err(|_| wanted())?.next().ok_or_else(wanted))
}

fn resolver(text: &str) -> Result<SocketAddr, String> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok(SocketAddr::new(ip, 53));
    }
    text.parse().map_err(|_| "expected the address of a DNS server, such as 127.0.0.1:53".into())
}

fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let one = |text: &str| {
        text.parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| format!("`{text}` is no network, such as 10.0.0.0/8"))
    };
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(one).collect()
}

fn database(text: &str) -> Result<String, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Ok(text.to_owned())
    } else {
        Err("expected postgres://user@host/name; leave it out for SQLite".into())
    }
}

fn url(text: &str) -> Result<String, String> {
    let wanted = "expected https://host or http://host:port, with nothing behind it";
    let uri: axum::http::Uri = text.trim_end_matches('/').parse().map_err(|_| wanted.to_owned())?;
    let plain = matches!(uri.scheme_str(), Some("http" | "https"))
        && uri.host().is_some()
        && matches!(uri.path(), "" | "/")
        && uri.query().is_none();
    if plain { Ok(text.trim_end_matches('/').to_lowercase()) } else { Err(wanted.into()) }
}

fn host(text: &str) -> Result<String, String> {
    let ok = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':'));
    if ok { Ok(text.to_owned()) } else { Err("expected the name of a server; its port is mail.relay.port".into()) }
}

fn label(text: &str) -> Result<String, String> {
    let ok =
        !text.is_empty() && text.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    if ok { Ok(text.to_lowercase()) } else { Err("expected a name for DNS, such as recado".into()) }
}

fn domain(text: &str) -> Result<String, String> {
    let parsed: Result<model::address::EmailAddress, _> = format!("x@{text}").parse();
    parsed.map(|_| text.to_lowercase()).map_err(|_| "expected a domain with a dot in it, such as in.example.com".into())
}

/// The host of the public address when it can stand behind an @.
fn mail_domain(public_url: &str) -> String {
    let uri: Option<axum::http::Uri> = public_url.parse().ok();
    let host = uri.as_ref().and_then(axum::http::Uri::host).unwrap_or_default();
    if host.parse::<IpAddr>().is_ok() { "recado.localhost".into() } else { domain(host).unwrap_or_else(|_| "recado.localhost".into()) }
}

fn local_url(http: &Http) -> String {
    let scheme = if http.tls.is_some() { "https" } else { "http" };
    let ip = http.listen.ip();
    let host = if ip.is_loopback() || ip.is_unspecified() { "localhost".to_owned() } else { ip.to_string() };
    format!("{scheme}://{host}:{}", http.listen.port())
}

fn site() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|folder| folder.join("site")));
    beside.filter(|folder| folder.is_dir()).unwrap_or_else(|| PathBuf::from("target/site"))
}

#[cfg(test)]
mod tests;
