//! Holding a letter while it is sent: the lease is renewed as long as the sender lives, and sending stops before anybody else may
//! hold it. Knows leases and time; knows no server.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

use desk::postbox::{LEASE, Lease, Postbox};
use tokio::time::{Instant, sleep_until, timeout_at};

/// How often a lease is renewed, and how soon again after the database refused.
const RENEWAL: Duration = Duration::from_micros(LEASE.unsigned_abs() / 4);
const AGAIN: Duration = Duration::from_secs(2);
/// How long a letter is believed to be ours after it was last asked for: shorter than its lease, since bytes are still on their way.
const BELIEVED: Duration = Duration::from_micros(LEASE.unsigned_abs() / 4 * 3);

/// Sends as long as the lease holds. None when it was lost: the sending was dropped where it stood.
pub async fn while_held<T>(postbox: &Postbox, lease: &Lease, leased: Instant, sending: impl Future<Output = T>) -> Option<T> {
    let until = Mutex::new(leased + BELIEVED);
    let end = || *until.lock().unwrap_or_else(PoisonError::into_inner);
    let renewing = async {
        let mut next = leased + RENEWAL;
        loop {
            sleep_until(next.min(end())).await;
            let asked = Instant::now();
            match timeout_at(end(), postbox.renew(lease)).await {
                Ok(Ok(true)) => {
                    *until.lock().unwrap_or_else(PoisonError::into_inner) = asked + BELIEVED;
                    next = asked + RENEWAL;
                }
                Ok(Err(error)) if asked < end() => {
                    tracing::warn!(id = %lease.id, %error, "the lease of a letter could not be renewed");
                    next = asked + AGAIN;
                }
                _ => return,
            }
        }
    };
    let mut sending = pin!(sending);
    // a process that was stopped and goes on must not go on sending: the clock is looked at before each step
    let guarded = poll_fn(|task| if Instant::now() >= end() { Poll::Ready(None) } else { sending.as_mut().poll(task).map(Some) });
    tokio::select! {
        biased;
        () = renewing => None,
        outcome = guarded => outcome,
    }
}
