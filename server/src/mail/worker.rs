//! Takes mails that were stored, lets `mail` understand them and the desk file them. Never stops over one mail: what panics,
//! takes too long or fails is kept as failed, for the admin to see and to try again.

use std::{pin::pin, sync::Arc, time::Duration};

use desk::{Desk, postbox::Taken};
use mail::{Own, Understood};
use tokio::{sync::Semaphore, time::timeout};

use super::authenticate::Authenticator;
use crate::closing::{Closing, closed};

/// Mails read at once: mostly they wait, for answers of name servers and for the disk.
const READERS: u32 = 16;
/// What the mails read at once have together, bytes: less of the large ones, and one that is larger still alone.
const BYTES: u32 = 24 << 20;
/// What a mail counts at least.
const SHARE: u32 = BYTES / READERS;
/// The next mails are looked for when there is room for so many: a look costs a database more than a small mail's lease.
const FEW: u32 = READERS / 4;
/// Longest wait for that room; then for as many as there is room for.
const GATHERING: Duration = Duration::from_millis(20);
/// Longest time to understand one, and to check who sent it (email.md B).
const LONGEST: Duration = Duration::from_secs(30);
/// A mail that takes longer to be understood is no longer waited for by the others: the next one is read beside it, and beside so many such
/// mails at most, since each takes memory.
const SLOW: Duration = Duration::from_millis(500);
const SLOW_MOST: usize = 4;

/// What understands a mail, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Mind {
    /// Reads it, here and now.
    pub reads: fn(&[u8], &Own) -> Result<Understood, String>,
    /// After this time reading it has failed.
    pub longest: Duration,
}

impl Default for Mind {
    fn default() -> Self {
        Self { reads: understand_now, longest: LONGEST }
    }
}

/// The reader of stored mail.
#[derive(Clone)]
pub struct Worker {
    desk: Desk,
    authenticator: Arc<Authenticator>,
    /// Understanding a mail is work of a processor, and takes memory many times its size: as many at once as there are processors.
    minds: Arc<Semaphore>,
    /// Places of those that gave theirs to the next.
    slow: Arc<Semaphore>,
    mind: Mind,
    closing: Closing,
}

impl Worker {
    /// With what checks the senders.
    pub fn new(desk: Desk, authenticator: Authenticator, closing: Closing) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let minds = Arc::new(Semaphore::new(processors));
        let slow = Arc::new(Semaphore::new(SLOW_MOST));
        Self { desk, authenticator: Arc::new(authenticator), minds, slow, mind: Mind::default(), closing }
    }

    /// With another mind.
    #[must_use]
    pub fn minding(self, mind: Mind) -> Self {
        Self { mind, ..self }
    }

    /// Reads until the process closes; mails being read then are finished, or come again when their lease ends.
    pub async fn run(self) {
        let room = Arc::new(Semaphore::new(BYTES as usize));
        let mut closing = self.closing.clone();
        let mut bell = self.desk.db().bell().any();
        while !*closing.borrow() {
            // nobody else takes of it
            let Ok(free) = room.acquire_many(SHARE).await else { return };
            drop(free);
            drop(timeout(GATHERING, room.acquire_many(FEW * SHARE)).await);
            let free = room.available_permits();
            bell.mark_unchanged();
            match self.desk.postbox().next_few(free / SHARE as usize, free).await {
                Ok(few) if !few.is_empty() => {
                    for taken in few {
                        let size = u32::try_from(taken.raw.len()).unwrap_or(BYTES).max(SHARE);
                        let place = size.min(u32::try_from(room.available_permits()).unwrap_or(BYTES));
                        let Ok(place) = room.clone().try_acquire_many_owned(place) else { return };
                        let this = self.clone();
                        tokio::spawn(async move {
                            this.read(taken).await;
                            drop(place);
                        });
                    }
                    continue;
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "stored mail cannot be read"),
            }
            tokio::select! {
                // the bell rings for whatever happens
                _ = bell.changed() => tokio::time::sleep(Duration::from_millis(20)).await,
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                () = closed(&mut closing) => {}
            }
        }
        let _ = timeout(Duration::from_secs(10), room.acquire_many(BYTES)).await;
    }

    async fn read(&self, taken: Taken) {
        let id = taken.id.clone();
        let this = self.clone();
        // a panic of ours ends this task alone
        let outcome = tokio::spawn(async move { this.file(taken).await }).await;
        let why = match outcome {
            Ok(Ok(())) => return,
            Ok(Err(why)) => why,
            Err(_) => "reading it failed by a fault of Recado's".to_owned(),
        };
        tracing::warn!(%id, %why, "a mail was not filed; it is kept under Admin → E-mail");
        if let Err(error) = self.desk.postbox().fail(&id, &why).await {
            // its lease ends by itself, and it is read again
            tracing::error!(%id, %error, "what became of a mail could not be written down");
        }
    }

    async fn understood(&self, taken: &Taken) -> Result<Understood, String> {
        let place = self.minds.acquire().await.map_err(|error| error.to_string())?;
        let mut reading = pin!(understand(self.mind, taken.raw.clone(), own(&self.desk)));
        if let Ok(read) = timeout(SLOW, &mut reading).await {
            return read;
        }
        let _place = self.slow.try_acquire().unwrap_or(place);
        reading.await
    }

    async fn file(&self, taken: Taken) -> Result<(), String> {
        let understood = self.understood(&taken).await?;
        let proof = timeout(LONGEST, self.authenticator.prove(&taken, &understood)).await;
        let proof = proof.unwrap_or_else(|_| desk::postbox::Proof {
            passed: false,
            domain: String::new(),
            detail: "the checks took too long".into(),
        });
        tracing::debug!(id = %taken.id, passed = proof.passed, detail = %proof.detail, "a mail was understood");
        self.desk.postbox().file(&taken, understood, proof).await.map(|_| ()).map_err(|error| error.to_string())
    }
}

/// Understands a mail beside the runtime, within its time.
pub async fn understand(mind: Mind, raw: Vec<u8>, own: Own) -> Result<Understood, String> {
    let reading = tokio::task::spawn_blocking(move || (mind.reads)(&raw, &own));
    let read = timeout(mind.longest, reading).await;
    let read = read.map_err(|_| format!("understanding it took longer than {} seconds", mind.longest.as_secs()))?;
    read.map_err(|_| "understanding it failed by a fault of Recado's".to_owned())?
}

/// The same, here and now: for the command line.
pub fn understand_now(raw: &[u8], own: &Own) -> Result<Understood, String> {
    mail::understand(raw, own).map_err(|error| error.to_string())
}

/// By what our own mails are known.
pub fn own(desk: &Desk) -> Own {
    Own::of(desk.keys())
}
