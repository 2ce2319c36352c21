//! Every setting with its default and what it is for: the one place. `recado config` prints it as a commented file,
//! and unknown names are compared with it. Knows no types; `config` reads the values.

use std::fmt::Write as _;

/// One setting.
pub struct Key {
    /// Name in the file, with its section: `mail.domain`.
    pub name: &'static str,
    /// Default, as it is written in the file. Empty text: not set.
    pub default: &'static str,
    /// What it is for.
    pub doc: &'static str,
}

impl Key {
    /// Its name in the environment.
    pub fn environment(&self) -> String {
        format!("RECADO_{}", self.name.replace('.', "_").to_uppercase())
    }
}

const fn key(name: &'static str, default: &'static str, doc: &'static str) -> Key {
    Key { name, default, doc }
}

/// All settings, in the order of the example file.
pub const KEYS: &[Key] = &[
    key("data", r#""./data""#, "Folder of everything Recado keeps: the SQLite database and large attachments."),
    key(
        "site",
        r#""""#,
        "Folder of what browsers load (scripts, styles).\nDefault: `site` beside the executable when it is there, else `target/site`.",
    ),
    key(
        "public_url",
        r#""""#,
        "Address that people open Recado at; it stands in invitations, decides whether cookies are `Secure`, and what passkeys belong to\n(browsers have them at a name with https, or at http://localhost). Default: made from http.listen.",
    ),
    key("log", r#""info""#, "What is logged: error, warn, info, debug, or a filter such as `info,sqlx=warn`."),
    key(
        "database.url",
        r#""""#,
        "`postgres://user@host/name` for PostgreSQL; the environment's DATABASE_URL works too.\nDefault: SQLite, the file `recado.db` in the data folder.",
    ),
    key(
        "http.listen",
        r#""127.0.0.1:3000""#,
        "Where pages are served. The default is reachable from this machine only, because whoever opens an empty Recado first becomes\nits admin. Set `0.0.0.0:3000` when the set-up is done, or put a proxy with TLS in front.",
    ),
    key("http.tls_certificate", r#""""#, "Certificate chain (PEM) to serve https with; needs http.tls_key."),
    key("http.tls_key", r#""""#, "Private key (PEM) of http.tls_certificate."),
    key(
        "http.trusted_proxies",
        "[]",
        "Networks of proxies in front, such as [\"127.0.0.1/32\"]. Only they are believed X-Forwarded-For and X-Forwarded-Proto.",
    ),
    key(
        "http.request_seconds",
        "30",
        "A request that takes longer is answered 503. Uploads have ten times as long, archives a hundred times.",
    ),
    key(
        "import.max_size",
        "1024",
        "Largest archive taken under Admin → Import and export, in MiB. It lies in the data folder until it is taken in; what is in a ZIP may be\nfour times as large. `recado import` takes any size.",
    ),
    key(
        "push.local",
        "false",
        "Whether web push may go to this very machine, without TLS. For tests; browsers are told through the push services of their makers.",
    ),
    key(
        "mail.domain",
        r#""""#,
        "Domain that mail is received at: every ticket has an address there.\nDefault: the host of public_url, or `recado.localhost` when that is no domain.",
    ),
    key(
        "mail.smtp_listen",
        r#""127.0.0.1:2525""#,
        "Where mail is received (SMTP); empty: nowhere. Let your mail server deliver mail.domain to it, or set `0.0.0.0:25`.",
    ),
    key(
        "mail.lmtp_socket",
        r#""""#,
        "A socket in the file system where a mail server of this machine hands mail over (LMTP), such as `/run/recado/lmtp.sock`; empty: none.\nWhoever may enter its folder may use it.",
    ),
    key("mail.max_size", "25", "Largest mail taken, in MiB."),
    key("mail.connections", "200", "Most SMTP connections at once."),
    key("mail.connections_per_address", "20", "Most SMTP connections at once from one address."),
    key("mail.undo_seconds", "10", "How long agents can take back what they sent: its letters leave only then. 0 to 120."),
    key(
        "mail.tickets_per_sender",
        "20",
        "Most new tickets by mails of one sender within ten minutes; further mails wait until there is room. 0: as many as come.",
    ),
    key("mail.tickets_per_property", "300", "The same of all senders together, for each property."),
    key(
        "mail.letters_per_hour",
        "10000",
        "Most letters of a property within an hour that nobody typed (copies of mails, acknowledgements); those above are kept, not sent. 0: no ceiling.",
    ),
    key(
        "mail.domain_letters_per_minute",
        "60",
        "Most letters to one domain (`example.com`) within a minute; further ones wait, letters to others do not. A sixth of them may go at once,\nthe others evenly. Receivers take those who send more for senders of spam. 0: as many as there are.",
    ),
    key(
        "mail.tls_certificate",
        r#""""#,
        "Certificate chain (PEM) for STARTTLS on mail.smtp_listen; needs mail.tls_key. Without it STARTTLS is not offered.",
    ),
    key("mail.tls_key", r#""""#, "Private key (PEM) of mail.tls_certificate."),
    key(
        "mail.authenticate",
        "true",
        "Whether SPF, DKIM and DMARC of received mail are checked. Without it only mail.trusted_authserv_id can prove that a mail is an agent's.",
    ),
    key(
        "mail.trusted_authserv_id",
        r#""""#,
        "Name that your own mail server puts into Authentication-Results. Others are ignored; it must remove forged ones of its name.",
    ),
    key(
        "mail.trusted_peers",
        r#"["127.0.0.0/8", "::1/128"]"#,
        "Networks where that mail server is. From others that deliver by SMTP its name is not believed; mailboxes that are fetched, LMTP\nsockets and POST /ingest/raw need no entry.",
    ),
    key("mail.resolver", r#""""#, "DNS server for those checks, such as `127.0.0.1:53`. Default: the system's."),
    key(
        "mail.mailbox_ca_file",
        r#""""#,
        "Further certificate authority (PEM) that servers of mailboxes (Admin → E-mail) may be signed by.",
    ),
    key(
        "mail.relay.host",
        r#""""#,
        "SMTP server that letters are sent through. Empty: letters are kept and can be read under Admin → E-mail.",
    ),
    key("mail.relay.port", "0", "Its port. 0: 465 for implicit, 587 for starttls, 25 for none."),
    key("mail.relay.tls", r#""starttls""#, "`none`, `starttls` (required) or `implicit`."),
    key("mail.relay.user", r#""""#, "User to sign in with; empty: without."),
    key("mail.relay.password_file", r#""""#, "File whose first line is the password. Or the environment's RECADO_MAIL_RELAY_PASSWORD."),
    key("mail.relay.ca_file", r#""""#, "Further certificate authority (PEM) that the relay's certificate may be signed by."),
    key(
        "mail.dkim.key_file",
        r#""""#,
        "Private key (PEM) that letters are signed with (DKIM). `recado mail dkim-key` makes it and prints the DNS record.\nDefault: `dkim.key` in the data folder; when it is not there, letters are not signed.",
    ),
    key("mail.dkim.selector", r#""recado""#, "Name of that key in DNS: the record is at SELECTOR._domainkey.DOMAIN."),
    key(
        "visitors.limits",
        "1",
        "How many times the usual limits visitors have: visits, chats, messages, letters and open windows, of one visitor, of one address and\nof all together. 0: no limits.",
    ),
    key(
        "visitors.country_database",
        r#""""#,
        "A file in MaxMind's format (`.mmdb`) that tells the country of an address, for the page of visitors and for triggers. Nobody else is asked.\nDefault: no country is known.",
    ),
];

/// Secrets that are taken from the environment alone, so that the file can be shown to anyone.
pub const SECRETS: &[&str] = &["mail.relay.password"];

/// The setting of a name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The known name that looks most like an unknown one, and how much (0 to 1).
pub fn nearest(name: &str) -> (&'static str, f64) {
    let last = |name: &'static str| name.rsplit('.').next().unwrap_or(name);
    let likeness =
        |key: &Key| strsim::jaro_winkler(key.name, name).max(strsim::normalized_damerau_levenshtein(last(key.name), name) * 0.98);
    KEYS.iter().map(|key| (key.name, likeness(key))).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(("data", 0.0))
}

/// A commented file with every setting at its default.
pub fn example() -> String {
    let mut text =
        String::from("# Settings of Recado, each at its default. Names in the environment stand behind them and win over this file.\n");
    let mut section = "";
    for key in KEYS {
        let (here, name) = key.name.rsplit_once('.').unwrap_or(("", key.name));
        if here != section {
            section = here;
            let _ = write!(text, "\n[{section}]\n");
        }
        text.push('\n');
        for line in key.doc.lines() {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "#{name} = {}    # {}", key.default, key.environment());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_file_is_toml_with_every_key() {
        let text = example();
        let live: Vec<&str> =
            text.lines().map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line)).collect();
        let table: toml::Table = live.join("\n").parse().expect("TOML");
        for key in KEYS {
            let mut value = Some(&toml::Value::Table(table.clone())).cloned();
            for part in key.name.split('.') {
                value = value.and_then(|value| value.get(part).cloned());
            }
            assert!(value.is_some(), "{}", key.name);
        }
    }

    #[test]
    fn the_nearest_name_is_found() {
        for (typed, meant) in [
            ("mail.domian", "mail.domain"),
            ("dta", "data"),
            ("publc_url", "public_url"),
            ("mail.relay.hots", "mail.relay.host"),
            ("listen", "http.listen"),
        ] {
            assert_eq!(nearest(typed).0, meant, "{typed}");
        }
    }
}
