//! Mailboxes elsewhere (IMAP): one reader for each that admins set up, begun anew when it is changed; of several processes one reads it.
//! Moves mails into the postbox and decides nothing.

mod fetch;
pub mod line;
mod wait;

use std::{collections::HashMap, path::PathBuf, time::Duration};

use desk::{Desk, postbox::Fetching};
use model::MailboxId;
use tokio::task::JoinHandle;

use crate::closing::{Closing, closed};

pub use fetch::Reader;

/// How often it is looked which mailboxes there are.
const LOOK: Duration = Duration::from_secs(2);

/// How mailboxes are read.
#[derive(Clone, Debug)]
pub struct Manner {
    /// Largest mail that is fetched.
    pub max_size: usize,
    /// Further certificate authority of their servers.
    pub ca_file: Option<PathBuf>,
    /// How often a server is asked that does not tell of new mail by itself; and how long one that does is believed.
    pub poll: Duration,
    /// The first pause after a failure; it doubles up to five minutes.
    pub pause: Duration,
}

impl Manner {
    /// The usual manner.
    pub fn new(max_size: usize, ca_file: Option<PathBuf>) -> Self {
        Self { max_size, ca_file, poll: Duration::from_mins(1), pause: Duration::from_secs(5) }
    }
}

/// The readers of all mailboxes.
pub struct ImapIn {
    desk: Desk,
    manner: Manner,
    closing: Closing,
    /// This process among those that stand on the same database.
    process: String,
    readers: HashMap<MailboxId, (i64, JoinHandle<()>)>,
}

impl ImapIn {
    /// None yet.
    pub fn new(desk: Desk, manner: Manner, closing: Closing) -> Self {
        let process = format!("{:032x}", desk.clock().bits());
        Self { desk, manner, closing, process, readers: HashMap::new() }
    }

    /// Reads until the process closes.
    pub async fn run(mut self) {
        let mut closing = self.closing.clone();
        while !*closing.borrow() {
            match self.desk.postbox().mailboxes_of(&self.process).await {
                Ok(wanted) => self.keep(wanted),
                Err(error) => tracing::error!(%error, "it is not known which mailboxes are to be read"),
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = closed(&mut closing) => {}
            }
        }
        for (_, (_, reader)) in self.readers {
            reader.abort();
        }
        if let Err(error) = self.desk.postbox().let_go_of_mailboxes(&self.process).await {
            tracing::warn!(%error, "mailboxes are read by others half a minute later");
        }
    }

    /// Ends readers of what is gone or changed, and begins those that are missing. A mail that one is just storing is stored.
    fn keep(&mut self, wanted: Vec<Fetching>) {
        self.readers.retain(|id, (revision, reader)| {
            let stays = !reader.is_finished() && wanted.iter().any(|mailbox| mailbox.id == *id && mailbox.revision == *revision);
            if !stays {
                reader.abort();
            }
            stays
        });
        for mailbox in wanted {
            if !self.readers.contains_key(&mailbox.id) {
                let (id, revision) = (mailbox.id.clone(), mailbox.revision);
                let reader = Reader::new(self.desk.clone(), mailbox, self.manner.clone());
                self.readers.insert(id, (revision, tokio::spawn(reader.run())));
            }
        }
    }
}
