//! What waits to be told to one open window, so little that a slow window costs nothing: how far to read the log, and the last of each
//! signal. Knows no socket and no database.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

/// What came since it was taken last.
#[derive(Default)]
pub struct Post {
    /// Number up to which there is something for this visitor alone.
    pub due: i64,
    /// Every visitor is told something: read the log at some time within this.
    pub within: Option<Duration>,
    /// How the widget stands now.
    pub state: Option<Utf8Bytes>,
    /// An agent writes.
    pub typing: Option<Utf8Bytes>,
    /// There is nothing to follow any more.
    pub gone: bool,
}

/// One open window's letter box.
#[derive(Default)]
pub struct Pane {
    post: Mutex<Post>,
    bell: Notify,
}

impl Pane {
    /// Puts something in.
    pub fn put(&self, fill: impl FnOnce(&mut Post)) {
        fill(&mut self.post.lock().unwrap_or_else(PoisonError::into_inner));
        self.bell.notify_one();
    }

    /// Waits until there is something, and takes it all.
    pub async fn take(&self) -> Post {
        self.bell.notified().await;
        std::mem::take(&mut *self.post.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
