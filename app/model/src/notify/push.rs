//! What travels to a browser while no page of Recado is open: where it is reached, and the few words that it shows.

use serde::{Deserialize, Serialize};

use crate::{Moment, PushId, Refusal, Why, words};

/// Most characters of an endpoint.
const ENDPOINT_MOST: usize = 1_000;
/// Most characters of words in a notification.
const WORDS_MOST: usize = 120;

/// Where a browser is reached, as it says itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PushForm {
    /// Address at its push service.
    pub endpoint: String,
    /// Its public key, base64url.
    pub p256dh: String,
    /// Its secret, base64url.
    pub auth: String,
}

/// Where a browser is reached, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Address at its push service.
    pub endpoint: String,
    /// Its public key: 65 bytes, uncompressed.
    pub p256dh: String,
    /// Its secret: 16 bytes.
    pub auth: String,
}

impl PushForm {
    /// Checks what can be known of it here. That the address is none of ours is seen when it is connected to.
    pub fn check(&self) -> Result<Subscription, Refusal> {
        let endpoint = self.endpoint.trim();
        let (scheme, rest) = endpoint.split_once("://").unwrap_or_default();
        let plain =
            endpoint.len() <= ENDPOINT_MOST && endpoint.bytes().all(|byte| byte.is_ascii_graphic()) && !rest.contains(['@', '#', '\\']);
        // plain http is for the tests of this machine; the sender has the last word
        let known = matches!(scheme, "https" | "http") && !rest.is_empty() && !rest.starts_with('/');
        if !plain || !known {
            return Err(Refusal::invalid("endpoint", Why::Unknown));
        }
        let key = |field: &'static str, text: &str, bytes: usize| {
            let text = text.trim_end_matches('=');
            // base64 writes three bytes as four letters
            let right = text.len() == (bytes * 4).div_ceil(3)
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            if right { Ok(text.to_owned()) } else { Err(Refusal::invalid(field, Why::Unknown)) }
        };
        Ok(Subscription { endpoint: endpoint.to_owned(), p256dh: key("p256dh", &self.p256dh, 65)?, auth: key("auth", &self.auth, 16)? })
    }
}

words! {
    /// What became of the last push to a browser.
    PushState {
        /// None was sent yet.
        Fresh = "fresh",
        /// It waits to be sent.
        Waiting = "waiting",
        /// The push service took it.
        Sent = "sent",
        /// It could not be sent.
        Failed = "failed",
    }
}

/// A browser that is told, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushBrowser {
    /// Name of it in the list.
    pub id: PushId,
    /// What the browser says of itself.
    pub browser: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Since when it is told.
    pub created_at: Moment,
    /// What became of the last push.
    pub state: PushState,
    /// When that was.
    pub state_at: Moment,
    /// Why it could not be sent, or empty.
    pub why: String,
}

/// What a browser is told: a title, first words, and where they stand. Nothing else leaves the house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushNote {
    /// Head of the notification.
    pub title: String,
    /// Below it, or empty.
    pub body: String,
    /// Path of the page that it opens.
    pub path: String,
    /// A later notification with the same tag takes its place.
    pub tag: String,
}

/// The beginning of some words, as a notification shows it.
pub(super) fn beginning(text: &str) -> String {
    let mut short: String = text.chars().take(WORDS_MOST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(endpoint: &str) -> PushForm {
        PushForm { endpoint: endpoint.into(), p256dh: "B".repeat(87), auth: "a".repeat(22) }
    }

    #[test]
    fn a_browser_says_where_it_is_reached() {
        assert!(form("https://push.example/send/abc?x=1").check().is_ok());
        for wrong in ["", "ftp://push.example/", "https://", "https:///x", "https://user@push.example/", "https://a b", "//push.example"] {
            assert!(form(wrong).check().is_err(), "{wrong}");
        }
        assert!(form(&format!("https://push.example/{}", "a".repeat(1_000))).check().is_err());
        let short = PushForm { auth: "abc".into(), ..form("https://push.example/") };
        assert!(short.check().is_err());
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(beginning("short"), "short");
        assert_eq!(beginning(&"é".repeat(500)).chars().count(), WORDS_MOST + 1);
    }
}
