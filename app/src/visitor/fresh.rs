//! What is asked anew from time to time, since no event tells of it. Only in a browser, and only while its page is looked at.

use std::time::Duration;

use leptos::prelude::*;

/// As often as the page of visitors asks.
pub const OFTEN: Duration = Duration::from_secs(5);
/// As often as the number in the top bar is asked for.
pub const SLOWLY: Duration = Duration::from_secs(15);

/// Asks again and again, as long as what calls it is there.
pub fn every(pause: Duration, ask: impl Fn() + Clone + 'static) {
    Effect::new(move || {
        let ask = ask.clone();
        let look = move || {
            if !document().hidden() {
                ask();
            }
        };
        if let Ok(handle) = set_interval_with_handle(look, pause) {
            on_cleanup(move || handle.clear());
        }
    });
}
