//! Sends letters through the relay: leases one, renders it, hands it over, says what became of it. When it is tried again is the outbox's to say.
//! At most one copy per sender is doubtful after a crash, and it has the same Message-ID (RFC 1047).

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use desk::{
    Desk,
    postbox::{BUSY_MOST, Due},
};
use lettre::address::Envelope;
use mail::compose::Letter;
use model::moment::MINUTE;
use tokio::{
    sync::{Semaphore, watch},
    time::Instant,
};

use super::{
    dkim::Dkim,
    hold::while_held,
    line::{Trouble, Wire},
    render,
};
use crate::{
    closing::{Closing, closed},
    config::Relay,
};

/// Letters on their way at once, and of them to one domain: fewer than the five connections that a domain may be given. However slow
/// two domains are, some senders are left for the others.
const SENDERS: usize = 10;
const TO_ONE_DOMAIN: usize = 4;
const _: () = assert!(SENDERS / TO_ONE_DOMAIN <= BUSY_MOST && SENDERS / TO_ONE_DOMAIN * TO_ONE_DOMAIN < SENDERS);
/// How long nothing is sent after the relay refused us.
const PAUSE: Duration = Duration::from_mins(5);
/// How long nothing is sent after the relay was not to be reached: it doubles from the first to the longest.
const AWAY: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));
/// Idle lines kept open to the relay.
const LINES: usize = SENDERS;

/// The sender of letters.
#[derive(Clone)]
pub struct SmtpOut {
    desk: Desk,
    relay: Option<Arc<Relay>>,
    idle: Arc<Mutex<Vec<Wire>>>,
    /// Letters under way to each domain.
    under_way: Arc<Mutex<HashMap<String, usize>>>,
    paused: Arc<watch::Sender<Option<Instant>>>,
    /// How often the relay was not to be reached since it last was.
    away: Arc<AtomicU32>,
    dkim: Option<Arc<Dkim>>,
    closing: Closing,
}

impl SmtpOut {
    /// With a relay, or without: then letters are kept.
    pub fn new(desk: Desk, relay: Option<Relay>, closing: Closing) -> Self {
        Self {
            desk,
            relay: relay.map(Arc::new),
            idle: Arc::default(),
            under_way: Arc::default(),
            paused: Arc::new(watch::Sender::new(None)),
            away: Arc::default(),
            dkim: None,
            closing,
        }
    }

    /// With our signature on every letter.
    #[must_use]
    pub fn signing(self, dkim: Option<Arc<Dkim>>) -> Self {
        Self { dkim, ..self }
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
                let (this, way) = (self.clone(), self.begin(&due));
                tokio::spawn(async move {
                    this.deliver(due, asked).await;
                    drop((way, place));
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

    /// A letter goes out; what is given back says when it no longer does.
    fn begin(&self, due: &Due) -> Way {
        let domain = due.letter.to.address.rsplit_once('@').map_or_else(String::new, |(_, domain)| domain.to_lowercase());
        *self.under_way.lock().unwrap_or_else(PoisonError::into_inner).entry(domain.clone()).or_default() += 1;
        Way(self.under_way.clone(), domain)
    }

    fn is_paused(&self) -> bool {
        self.paused.borrow().is_some_and(|until| until > Instant::now())
    }

    async fn lease(&self) -> Option<Due> {
        let busy: Vec<String> = {
            let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
            under_way.iter().filter(|(_, count)| **count >= TO_ONE_DOMAIN).map(|(domain, _)| domain.clone()).collect()
        };
        match self.desk.postbox().lease_beside(1, &busy).await {
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
                    self.away.store(0, Ordering::Relaxed);
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
        let (envelope, bytes) = written(&due.letter, &due.files, self.dkim.as_deref())?;
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
            Trouble::Away(why) => {
                let times = self.away.fetch_add(1, Ordering::Relaxed);
                let pause = AWAY.0.saturating_mul(1 << (times / u32::try_from(SENDERS).unwrap_or(1)).min(10)).min(AWAY.1);
                tracing::warn!(%why, seconds = pause.as_secs(), "the relay is away; letters wait for it");
                self.paused.send_replace(Some(Instant::now() + pause));
                // it has to do with no letter: all are tried as soon as the relay is back
                let next = self.desk.clock().now().plus(i64::try_from(pause.as_micros()).unwrap_or(MINUTE));
                postbox.come_again(lease, &why, next).await
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

/// A letter as it goes over the wire, with its envelope.
pub fn written(letter: &Letter, files: &[Vec<u8>], dkim: Option<&Dkim>) -> Result<(Envelope, Vec<u8>), Trouble> {
    let (envelope, bytes) = render::render(letter, files).map_err(|error| Trouble::Never(error.to_string()))?;
    let Some(dkim) = dkim else { return Ok((envelope, bytes)) };
    let signed = dkim.sign(&bytes, &letter.from.address, seconds(letter.date_micros));
    Ok((envelope, signed.map_err(|why| Trouble::Later(format!("signing: {why}")))?))
}

/// A letter under way to a domain.
struct Way(Arc<Mutex<HashMap<String, usize>>>, String);

impl Drop for Way {
    fn drop(&mut self) {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = under_way.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.1);
            }
        }
    }
}

fn seconds(micros: i64) -> u64 {
    u64::try_from(micros / 1_000_000).unwrap_or_default()
}
