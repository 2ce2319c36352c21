//! What waits to be told to one open window, so little that a slow window costs nothing: the last few events, or how far to read the
//! log, and the last of each signal. Knows no socket and no database.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

/// Events that wait for a window at most; of more it is told by reading the log.
const WAITING_MOST: usize = 16;

/// What came since it was taken last.
#[derive(Default)]
pub struct Post {
    /// Number up to which the log is to be read for this visitor; 0 when all that came is in `told`.
    pub due: i64,
    /// Events for this visitor alone, in their order, with their numbers.
    pub told: Vec<(i64, Utf8Bytes)>,
    /// Every visitor is told something: read the log at some time within this.
    pub within: Option<Duration>,
    /// How the widget stands now.
    pub state: Option<Utf8Bytes>,
    /// An agent writes.
    pub typing: Option<Utf8Bytes>,
    /// There is nothing to follow any more.
    pub gone: bool,
}

impl Post {
    /// Something happened for this visitor.
    pub fn tell(&mut self, seq: i64, text: Option<&Utf8Bytes>) {
        match text {
            // who reads the log reads this too
            _ if self.due > 0 => self.due = self.due.max(seq),
            Some(text) if self.told.len() < WAITING_MOST => self.told.push((seq, text.clone())),
            _ => (self.due, self.told) = (seq, vec![]),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_does_not_listen_keeps_few_events_and_then_reads_the_log() {
        let (mut post, text) = (Post::default(), Utf8Bytes::from_static("{}"));
        for seq in 1..=16 {
            post.tell(seq, Some(&text));
        }
        assert_eq!((post.told.len(), post.due), (16, 0));
        post.tell(17, Some(&text));
        assert_eq!((post.told.len(), post.due), (0, 17));
        post.tell(18, Some(&text));
        assert_eq!((post.told.len(), post.due), (0, 18));
    }

    #[test]
    fn what_is_to_be_read_takes_the_place_of_what_waits() {
        let (mut post, text) = (Post::default(), Utf8Bytes::from_static("{}"));
        post.tell(1, Some(&text));
        post.tell(2, None);
        post.tell(3, Some(&text));
        assert_eq!((post.told.len(), post.due), (0, 3));
    }
}
