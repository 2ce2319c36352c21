//! Speaks with `notify.js` by messages of the window to itself: `recado>` asks, `recado<` tells. Knows the words of both sides.

use leptos::prelude::*;
use model::notify::PushForm;
use serde::{Deserialize, Serialize};

/// Asked of the script.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Ask {
    /// Show this number in the title.
    Count {
        /// Which.
        n: usize,
    },
    /// An event is before the agent's eyes: no page of this browser needs to tell of it.
    Seen {
        /// The event.
        key: String,
    },
    /// Make the agent notice, once for all pages of this browser.
    Notice {
        /// The event.
        key: String,
        /// Head of the notification.
        title: String,
        /// Below it.
        body: String,
        /// A later one takes its place.
        tag: String,
        /// What a click opens.
        path: String,
        /// Whether it is heard.
        sound: bool,
        /// Whether the desktop shows it.
        desktop: bool,
    },
    /// Play the sound.
    Sound,
    /// Tell what this browser allows.
    State,
    /// Have the browser ask for leave.
    Permission,
    /// Have the browser's push service tell it.
    Subscribe {
        /// Our public key.
        key: String,
    },
    /// Have it tell it no more.
    Unsubscribe,
    /// Say whether somebody looks at this page.
    Looking,
    /// The settings changed: the other pages load them anew.
    Changed,
}

/// Told by the script: whatever of it applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Tell {
    /// `granted`, `denied`, `default`, or `unsupported`.
    pub permission: Option<String>,
    /// `on`, `off`, or `unsupported`.
    pub push: Option<String>,
    /// The push service took this browser.
    pub subscribed: Option<PushForm>,
    /// It did not, and why.
    pub refused: Option<String>,
    /// A push arrived: its tag.
    pub arrived: Option<String>,
    /// Somebody looks at this page, or no longer.
    pub looking: Option<bool>,
    /// Settings were changed in another page.
    pub changed: bool,
}

/// Asks something of the script. Unheard where it is not there.
pub fn ask(asked: &Ask) {
    if let Ok(text) = serde_json::to_string(asked) {
        let origin = window().location().origin().unwrap_or_default();
        // fails only for an origin that is none
        drop(window().post_message(&format!("recado>{text}").into(), &origin));
    }
}

/// Hears what the script tells, until the handle is removed.
pub fn hear(heard: impl Fn(Tell) + 'static) -> WindowListenerHandle {
    window_event_listener(leptos::ev::message, move |event| {
        let own = event.source().is_some_and(|source| source == **window());
        let text = event.data().as_string().filter(|_| own).unwrap_or_default();
        if let Some(tell) = text.strip_prefix("recado<").and_then(|text| serde_json::from_str(text).ok()) {
            heard(tell);
        }
    })
}
