//! Sends letters through the relay: leases one, renders it, hands it over, says what became of it. When it is tried again is the outbox's to say.
//! At most one copy per sender is doubtful after a crash, and it has the same Message-ID (RFC 1047).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use desk::{Desk, postbox::Due};
use model::moment::MINUTE;
use tokio::{
    sync::{Semaphore, watch},
    time::Instant,
};

use super::{
    hold::while_held,
    line::{Trouble, Wire},
    render,
};
use crate::{
    closing::{Closing, closed},
    config::Relay,
};

/// Letters on their way at once: fewer than the five connections that a domain may be given.
const SENDERS: usize = 4;
/// How long nothing is sent after the relay refused us.
const PAUSE: Duration = Duration::from_mins(5);
/// Idle lines kept open to the relay.
const LINES: usize = SENDERS;

/// The sender of letters.
#[derive(Clone)]
pub struct SmtpOut {
    desk: Desk,
    relay: Option<Arc<Relay>>,
    idle: Arc<Mutex<Vec<Wire>>>,
    paused: Arc<watch::Sender<Option<Instant>>>,
    closing: Closing,
}

impl SmtpOut {
    /// With a relay, or without: then letters are kept.
    pub fn new(desk: Desk, relay: Option<Relay>, closing: Closing) -> Self {
        Self { desk, relay: relay.map(Arc::new), idle: Arc::default(), paused: Arc::new(watch::Sender::new(None)), closing }
    }

    /// Sends until the process closes; letters on their way then are finished.
    pub async fn run(self) {
        let places = Arc::new(Semaphore::new(SENDERS));
        let mut closing = self.closing.clone();
        let mut bell = self.desk.db().bell().any();
        while !*closing.borrow() {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            bell.mark_unchanged();
            let asked = Instant::now();
            let due = if self.is_paused() { None } else { self.lease().await };
            if let Some(due) = due {
                let this = self.clone();
                tokio::spawn(async move {
                    this.deliver(due, asked).await;
                    drop(place);
                });
                continue;
            }
            drop(place);
            tokio::select! {
                _ = bell.changed() => tokio::time::sleep(Duration::from_millis(20)).await,
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                () = closed(&mut closing) => {}
            }
        }
        let _ = tokio::time::timeout(Duration::from_secs(20), places.acquire_many(u32::try_from(SENDERS).unwrap_or(1))).await;
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for wire in idle {
            wire.close().await;
        }
    }

    fn is_paused(&self) -> bool {
        self.paused.borrow().is_some_and(|until| until > Instant::now())
    }

    async fn lease(&self) -> Option<Due> {
        match self.desk.postbox().lease(1).await {
            Ok(mut due) => due.pop(),
            Err(error) => {
                tracing::error!(%error, "letters cannot be read");
                tokio::time::sleep(Duration::from_secs(1)).await;
                None
            }
        }
    }

    async fn deliver(&self, due: Due, leased: Instant) {
        let (postbox, lease) = (self.desk.postbox(), &due.lease);
        let outcome = match &self.relay {
            None => postbox.keep(lease).await,
            Some(relay) => match while_held(&postbox, lease, leased, self.hand_over(relay, &due)).await {
                Some(Ok(reply)) => {
                    tracing::info!(id = %lease.id, "a letter was sent");
                    postbox.sent(lease, &reply).await
                }
                Some(Err(trouble)) => self.troubled(&due, trouble).await,
                None => {
                    tracing::warn!(id = %lease.id, "a letter took so long that it is no longer ours to send; it is tried again");
                    Ok(())
                }
            },
        };
        if let Err(error) = outcome {
            // its lease ends by itself, and it is tried again
            tracing::error!(id = %lease.id, %error, "what became of a letter could not be written down");
        }
    }

    async fn hand_over(&self, relay: &Relay, due: &Due) -> Result<String, Trouble> {
        let (envelope, bytes) = render::render(&due.letter, &due.files).map_err(|error| Trouble::Never(error.to_string()))?;
        let mut wire = self.wire(relay).await?;
        let outcome = wire.send(&envelope, &bytes).await;
        if wire.reusable() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < LINES {
                idle.push(wire);
            }
        }
        outcome
    }

    async fn wire(&self, relay: &Relay) -> Result<Wire, Trouble> {
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match idle {
                Some(mut wire) => {
                    if wire.stands().await {
                        return Ok(wire);
                    }
                }
                None => return Wire::open(relay, &self.desk.settings().mail_domain).await,
            }
        }
    }

    async fn troubled(&self, due: &Due, trouble: Trouble) -> desk::Result<()> {
        let (postbox, lease, id) = (self.desk.postbox(), &due.lease, &due.lease.id);
        match trouble {
            Trouble::Never(why) => {
                tracing::warn!(%id, %why, "a letter failed");
                postbox.failed(lease, &why).await
            }
            Trouble::Channel(why) => {
                tracing::error!(%why, "the relay refuses us; nothing is sent for five minutes");
                self.paused.send_replace(Some(Instant::now() + PAUSE));
                postbox.put_off(lease, &why, Some(self.desk.clock().now().plus(5 * MINUTE))).await
            }
            Trouble::Later(why) => {
                tracing::info!(%id, %why, attempts = due.attempts, "a letter waits to be tried again");
                postbox.put_off(lease, &why, None).await
            }
            Trouble::Slower(why) => {
                tracing::info!(%id, %why, attempts = due.attempts, "a mail server asks for patience; its domain gets letters slower");
                postbox.slow_down(lease, &why).await
            }
        }
    }
}
