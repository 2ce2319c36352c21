//! Answers what the desk asks of the world: mailboxes by IMAP, DNS for our signature, the wires as they are set up.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use desk::outside::{Account, Outside};
use futures::future::BoxFuture;
use mail_auth::{DnsError, Error};
use model::{
    mailbox::{DkimFound, Tried, Wires},
    sender::record_for,
};
use tokio::time::timeout;

use super::{authenticate::authenticator, dkim::Dkim, imap::line};
use crate::config::Config;

/// How long DNS is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The world as this process sees it.
pub struct World {
    wires: Wires,
    ca_file: Option<PathBuf>,
    resolver: Option<SocketAddr>,
    archive_most: u32,
}

impl World {
    /// As configured.
    pub fn new(config: &Config, dkim: Option<&Arc<Dkim>>) -> Self {
        let mail = &config.mail;
        let wires = Wires {
            listens: mail.listens(),
            starttls: mail.tls.is_some(),
            relay: mail.relay.as_ref().map(|relay| format!("{}:{}", relay.host, relay.port)),
            dkim: dkim.map(|dkim| dkim.record().clone()),
        };
        Self { wires, ca_file: mail.mailbox_ca_file.clone(), resolver: mail.resolver, archive_most: config.archive_most }
    }

    async fn dkim_in_dns(&self, domain: Option<String>) -> DkimFound {
        // a resolver of its own each time: what it remembered would be told for hours
        let (Ok(resolver), Some(record)) = (authenticator(self.resolver), &self.wires.dkim) else { return DkimFound::Unknown };
        let name = match domain.and_then(|domain| record_for(record, &format!("x@{domain}"))) {
            Some(other) => other.name,
            None => record.name.clone(),
        };
        // what stands in DNS under another script's letters stands there as A-labels
        let Ok(name) = idna::domain_to_ascii(&name) else { return DkimFound::Unknown };
        match timeout(PATIENCE, resolver.txt_raw_lookup(format!("{name}."))).await {
            Ok(Ok(found)) if key_of(&String::from_utf8_lossy(&found)) == key_of(&record.value) => DkimFound::Right,
            Ok(Ok(found)) if found.is_empty() => DkimFound::Missing,
            Ok(Ok(_)) => DkimFound::Differs,
            Ok(Err(Error::Dns(DnsError::RecordNotFound(_)))) => DkimFound::Missing,
            Ok(Err(_)) | Err(_) => DkimFound::Unknown,
        }
    }
}

/// The key in a record, whatever stands around it.
fn key_of(record: &str) -> Option<String> {
    let tag = record.split(';').map(str::trim).find_map(|tag| tag.strip_prefix("p"))?;
    Some(tag.trim_start().strip_prefix('=')?.chars().filter(|c| !c.is_whitespace()).collect())
}

impl Outside for World {
    fn try_mailbox(&self, account: Account) -> BoxFuture<'_, Tried> {
        Box::pin(async move {
            match line::open(&account, self.ca_file.as_deref()).await {
                Ok(open) => {
                    let mails = open.folder.exists;
                    open.close().await;
                    Tried::Works(mails)
                }
                Err(fault) => Tried::Fails(fault),
            }
        })
    }

    fn find_dkim(&self, domain: Option<String>) -> BoxFuture<'_, DkimFound> {
        Box::pin(self.dkim_in_dns(domain))
    }

    fn archive_most(&self) -> u32 {
        self.archive_most
    }

    fn wires(&self) -> Wires {
        self.wires.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_known_by_its_key() {
        assert_eq!(key_of("v=DKIM1; k=rsa; p=AB C=="), Some("ABC==".into()));
        assert_eq!(key_of("p=AB"), key_of("v=DKIM1;p=AB;t=s"));
        assert_eq!(key_of("v=spf1 -all"), None);
    }
}
