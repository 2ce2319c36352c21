//! What verbs ask of the world beyond the database: whether a mailbox elsewhere can be read, what DNS says, where the process
//! listens. The process answers; the desk knows no wire.

use futures::future::BoxFuture;
use model::mailbox::{DkimFound, MailSetUp, MailboxTls, Tried, Wires};

use crate::{Agent, Desk, Result};

/// How a mailbox elsewhere is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Name of its server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the line is kept secret.
    pub tls: MailboxTls,
    /// User.
    pub user: String,
    /// Password.
    pub password: String,
    /// Folder.
    pub folder: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("host", &self.host).field("port", &self.port).field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Whoever answers.
pub trait Outside: Send + Sync {
    /// Signs in to a mailbox and opens its folder.
    fn try_mailbox(&self, account: Account) -> BoxFuture<'_, Tried>;

    /// What DNS says of the record of our signature at a domain; ours without one.
    fn find_dkim(&self, domain: Option<String>) -> BoxFuture<'_, DkimFound>;

    /// The wires of mail as they are set up.
    fn wires(&self) -> Wires;

    /// Largest archive that is taken, in MiB.
    fn archive_most(&self) -> u32;
}

impl Desk {
    /// Says who answers for the world; the first one stays.
    pub fn connect(&self, outside: impl Outside + 'static) {
        let _ = self.0.outside.set(Box::new(outside));
    }

    /// Whoever answers for the world, if somebody does.
    pub(crate) fn outside(&self) -> Option<&(dyn Outside + 'static)> {
        self.0.outside.get().map(AsRef::as_ref)
    }
}

impl Agent {
    /// All ways in and out of mail, for the page that sets them up. Admins only.
    pub async fn mail_set_up(&self) -> Result<MailSetUp> {
        self.admin()?;
        Ok(MailSetUp {
            domain: self.desk.keys().domain().to_owned(),
            public_url: self.desk.settings().public_url.clone(),
            wires: self.desk.outside().map(Outside::wires).unwrap_or_default(),
            sender: self.sender().await?,
            mailboxes: self.list_mailboxes().await?,
            tokens: self.list_ingest_tokens().await?,
            suppressed: self.list_suppressed().await?,
        })
    }

    /// What DNS says of the record of our signature. Admins only.
    pub async fn find_dkim(&self) -> Result<DkimFound> {
        self.admin()?;
        match self.desk.outside() {
            Some(outside) => Ok(outside.find_dkim(None).await),
            None => Ok(DkimFound::Unknown),
        }
    }
}
