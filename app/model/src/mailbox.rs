//! Ways in and out of mail as admins set them up: mailboxes elsewhere that are read by IMAP, tokens of programs that hand mails over,
//! addresses that nothing is sent to any more, and what DNS says of our signature.

use serde::{Deserialize, Serialize};

use crate::{MailboxId, Moment, Refusal, TokenId, Why, address::line_of_field, sender::Sender, words};

/// Longest text of a field.
const LINE_MOST: u32 = 200;

words! {
    /// How the line to a mailbox is kept secret.
    MailboxTls {
        /// TLS from the first byte.
        Implicit = "implicit",
        /// STARTTLS, required.
        Starttls = "starttls",
        /// Not at all.
        None = "none",
    }
}

impl MailboxTls {
    /// The port that is usual for it.
    pub const fn port(self) -> u16 {
        match self {
            Self::Implicit => 993,
            Self::Starttls | Self::None => 143,
        }
    }
}

words! {
    /// What keeps a mailbox from being read.
    MailboxTrouble {
        /// No server has this name.
        Name = "name",
        /// Nothing answers at this port.
        Port = "port",
        /// The other side does not speak TLS there, or no STARTTLS is to be had.
        Tls = "tls",
        /// Nobody vouches for its certificate.
        Certificate = "certificate",
        /// User and password are refused.
        Password = "password",
        /// There is no such folder.
        Folder = "folder",
        /// It answers nothing in time.
        Silence = "silence",
        /// It answers something that is not to be understood.
        Answer = "answer",
        /// The password was sealed with a key that is not here.
        Sealed = "sealed",
    }
}

/// What is wrong with a mailbox, and in which words the other side said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxFault {
    /// Where to look.
    pub trouble: MailboxTrouble,
    /// The other side's words; may be empty.
    pub said: String,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tried {
    /// It can be read; so many mails are in the folder.
    Works(u32),
    /// It cannot.
    Fails(MailboxFault),
}

/// A mailbox as the form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxForm {
    /// Which one is changed; empty for a new one.
    #[serde(default)]
    pub id: String,
    /// Name of its server.
    #[serde(default)]
    pub host: String,
    /// Port; empty for the usual one.
    #[serde(default)]
    pub port: String,
    /// `implicit`, `starttls` or `none`.
    #[serde(default)]
    pub tls: String,
    /// User.
    #[serde(default)]
    pub user: String,
    /// Password; empty: as it was.
    #[serde(default)]
    pub password: String,
    /// Folder; empty for INBOX.
    #[serde(default)]
    pub folder: String,
    /// `all`: what is there already is fetched too.
    #[serde(default)]
    pub start: String,
}

/// A mailbox as it can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxDraft {
    /// Which one is changed.
    pub id: Option<MailboxId>,
    /// Name of its server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the line is kept secret.
    pub tls: MailboxTls,
    /// User.
    pub user: String,
    /// Password; none: as it was.
    pub password: Option<String>,
    /// Folder.
    pub folder: String,
    /// Whether what is there already is fetched too.
    pub all: bool,
}

impl MailboxForm {
    /// What was typed, or what is wrong with it.
    pub fn check(self) -> Result<MailboxDraft, Refusal> {
        let id = if self.id.is_empty() { None } else { Some(self.id.parse().map_err(|_| Refusal::NotFound)?) };
        let host = line_of_field("host", &self.host, LINE_MOST)?;
        if !host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':')) {
            return Err(Refusal::invalid("host", Why::NotAWord));
        }
        let tls: MailboxTls = self.tls.parse().map_err(|()| Refusal::invalid("tls", Why::Unknown))?;
        let port = match self.port.trim() {
            "" => tls.port(),
            port => port.parse().ok().filter(|port| *port > 0).ok_or(Refusal::invalid("port", Why::Range(1, 65_535)))?,
        };
        let password = (!self.password.is_empty()).then_some(self.password);
        if password.as_ref().map_or(id.is_none(), |password| password.chars().any(|c| matches!(c, '\r' | '\n' | '\0'))) {
            return Err(Refusal::invalid("password", Why::Required));
        }
        let folder = if self.folder.trim().is_empty() { "INBOX".to_owned() } else { line_of_field("folder", &self.folder, LINE_MOST)? };
        Ok(MailboxDraft {
            id,
            host,
            port,
            tls,
            user: line_of_field("user", &self.user, LINE_MOST)?,
            password,
            folder,
            all: self.start == "all",
        })
    }
}

/// A mailbox as admins see it; never its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Identity.
    pub id: MailboxId,
    /// Name of its server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the line is kept secret.
    pub tls: MailboxTls,
    /// User.
    pub user: String,
    /// Folder.
    pub folder: String,
    /// What is wrong now.
    pub fault: Option<MailboxFault>,
    /// When it was last looked into.
    pub seen_at: Option<Moment>,
    /// Mails fetched from it.
    pub fetched: i64,
    /// Mails that could not be fetched, and are left where they are.
    pub left: i64,
}

/// A token of a program that hands mails over; never its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestToken {
    /// Identity.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub created_at: Moment,
    /// When it was last used, to the hour.
    pub used_at: Option<Moment>,
}

/// An address that nothing is sent to, because mail to it came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// The address.
    pub email: String,
    /// Name of the contact whose it is, if it is anybody's.
    pub name: String,
    /// Since when.
    pub since: Moment,
}

/// A TXT record that vouches for our letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DkimRecord {
    /// Its name: `recado._domainkey.in.example.com`.
    pub name: String,
    /// Its value.
    pub value: String,
}

words! {
    /// What DNS says of the record.
    DkimFound {
        /// What it should.
        Right = "right",
        /// Nothing.
        Missing = "missing",
        /// Another key.
        Differs = "differs",
        /// It could not be asked.
        Unknown = "unknown",
    }
}

/// What the process says of its wires.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wires {
    /// Where it listens for mail; none: nowhere.
    pub listens: Option<String>,
    /// Whether STARTTLS is offered there.
    pub starttls: bool,
    /// The server that letters go through; none: letters are kept.
    pub relay: Option<String>,
    /// What DNS has to say for our signature; none: letters are not signed.
    pub dkim: Option<DkimRecord>,
}

/// All that Admin → E-mail shows of ways in and out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSetUp {
    /// Domain of our addresses.
    pub domain: String,
    /// Address of this Recado.
    pub public_url: String,
    /// The wires.
    pub wires: Wires,
    /// Who letters are from.
    pub sender: Sender,
    /// Mailboxes elsewhere.
    pub mailboxes: Vec<Mailbox>,
    /// Tokens of programs.
    pub tokens: Vec<IngestToken>,
    /// Addresses that nothing is sent to, newest first.
    pub suppressed: Vec<Suppressed>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> MailboxForm {
        let text = |text: &str| text.to_owned();
        MailboxForm {
            host: text(" imap.example.com "),
            tls: text("implicit"),
            user: text("shop"),
            password: text(" p w "),
            ..MailboxForm::default()
        }
    }

    #[test]
    fn a_mailbox_has_the_usual_port_and_folder() {
        let draft = form().check().expect("a mailbox");
        assert_eq!((draft.host.as_str(), draft.port, draft.folder.as_str(), draft.all), ("imap.example.com", 993, "INBOX", false));
        assert_eq!(draft.password.as_deref(), Some(" p w "), "blanks may belong to a password");
        let other = MailboxForm { tls: "starttls".into(), port: "1143".into(), start: "all".into(), ..form() }.check().expect("a mailbox");
        assert_eq!((other.port, other.all), (1143, true));
    }

    #[test]
    fn what_is_missing_or_wrong_is_said_at_its_field() {
        for (wrong, field) in [
            (MailboxForm { host: String::new(), ..form() }, "host"),
            (MailboxForm { host: "imap/x".into(), ..form() }, "host"),
            (MailboxForm { port: "70000".into(), ..form() }, "port"),
            (MailboxForm { tls: "maybe".into(), ..form() }, "tls"),
            (MailboxForm { user: " ".into(), ..form() }, "user"),
            (MailboxForm { password: String::new(), ..form() }, "password"),
            (MailboxForm { password: "a\r\nb".into(), ..form() }, "password"),
        ] {
            assert_eq!(wrong.check().expect_err("refused").field(), Some(field));
        }
        let kept = MailboxForm { id: MailboxId::new().to_string(), password: String::new(), ..form() }.check().expect("a mailbox");
        assert_eq!(kept.password, None, "a known mailbox keeps its password");
    }
}
