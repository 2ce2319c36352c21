//! Turns: how many visitors' requests work at once. The others wait, a few, for a while; so an agent's request finds a short queue at
//! the database however many visitors there are.

use std::time::Duration;

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

/// At once: as many as the database has connections.
const AT_ONCE: usize = 16;
/// Most that wait, and for how long.
const WAITING_MOST: usize = 500;
const WAIT: Duration = Duration::from_secs(5);

/// Server functions of visitors.
const FUNCTIONS: [&str; 19] = [
    "ask_transcript",
    "begin_chat",
    "finish_chat",
    "greet_window",
    "identify_visitor",
    "introduce_visitor",
    "leave_details",
    "leave_message",
    "list_earlier_words",
    "log_out_visitor",
    "open_window",
    "pop_out",
    "rate_chat",
    "read_chat",
    "say_words",
    "set_visitor_attributes",
    "tag_visitor",
    "tell_event",
    "untag_visitor",
];

/// Visitors' turns.
pub struct Turns {
    places: Semaphore,
    queue: Semaphore,
}

impl Default for Turns {
    fn default() -> Self {
        Self { places: Semaphore::new(AT_ONCE), queue: Semaphore::new(WAITING_MOST) }
    }
}

impl Turns {
    /// A request's turn; none when too many wait, or for too long.
    pub async fn of_request(&self) -> Option<SemaphorePermit<'_>> {
        let _queued = self.queue.try_acquire().ok()?;
        timeout(WAIT, self.places.acquire()).await.ok()?.ok()
    }

    /// An open window's turn, however long it waits: windows are counted.
    pub async fn of_window(&self) -> Option<SemaphorePermit<'_>> {
        self.places.acquire().await.ok()
    }
}

/// Whether a request of this address is a visitor's, and takes its turn. Uploads have places of their own.
pub fn takes_turns(path: &str) -> bool {
    let function = path.strip_prefix("/api/").map(|name| name.trim_end_matches(|c: char| c.is_ascii_digit()));
    let chat = (path.starts_with("/chat/") && !path.ends_with("/upload")) || path.starts_with("/w/");
    chat || function.is_some_and(|name| FUNCTIONS.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visitors_take_turns_and_agents_do_not() {
        for path in ["/api/say_words123", "/api/begin_chat9", "/chat/abc", "/chat/abc/live", "/w/abc.js", "/w/abc/visit"] {
            assert!(takes_turns(path), "{path}");
        }
        for path in ["/api/send_reply123", "/inbox", "/live", "/upload", "/chat/abc/upload", "/pkg/x.js", "/api/say_words_to_agents1"] {
            assert!(!takes_turns(path), "{path}");
        }
    }

    #[test]
    fn every_server_function_of_visitors_is_named() {
        let api = include_str!("../../../app/window/src/api.rs");
        let names = api.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next());
        let missing: Vec<&str> = names.filter(|name| !FUNCTIONS.contains(name)).collect();
        assert!(missing.is_empty(), "{missing:?} take no turns");
    }

    #[tokio::test]
    async fn when_all_places_are_taken_few_wait() {
        let turns = Turns { places: Semaphore::new(1), queue: Semaphore::new(1) };
        let first = turns.of_request().await.expect("a turn");
        let (second, third) = tokio::join!(timeout(Duration::from_millis(50), turns.of_request()), turns.of_request());
        assert!(second.is_err() && third.is_none(), "one waits, another is sent away");
        drop(first);
        assert!(turns.of_window().await.is_some() && turns.of_request().await.is_some());
    }
}
