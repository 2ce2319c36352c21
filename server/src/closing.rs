//! That the process closes, as everything that runs hears it. Knows nobody who runs.

use tokio::sync::watch;

/// Hears it.
pub type Closing = watch::Receiver<bool>;

/// Comes back when the process closes.
pub async fn closed(closing: &mut Closing) {
    // the guard of the value must not live on: who waits here goes on to wait elsewhere
    drop(closing.wait_for(|closing| *closing).await);
}
