//! What one chose to be for visitors: online, away or invisible; and away by itself while nobody touches the browser.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::IntervalHandle, prelude::*};
use model::{Text, agent::Presence, text::chat as text};

use super::api::SetPresence;
use crate::{
    kept,
    roster::use_roster,
    text::t,
    ui::{Act, Form},
};

/// Nobody who touches nothing for so long is at the desk, milliseconds.
const IDLE: i64 = 600_000;
/// How often that is looked at, milliseconds.
const LOOK: i64 = 30_000;
/// How often a touch is written down for the other tabs, milliseconds.
const NOTE: i64 = 5_000;
/// Where this browser's tabs write down when it was touched, and when one of them said that nobody is there.
const TOUCHED: &str = "touched-at";
const LEFT: &str = "away-since";

/// What the agent who looks chose to be.
pub fn own_presence() -> Memo<Presence> {
    let roster = use_roster();
    Memo::new(move |_| roster.with(|roster| roster.agent(&roster.me).map_or(Presence::Online, |me| me.presence)))
}

/// A presence as it is called.
pub const fn presence_word(presence: Presence) -> Text {
    match presence {
        Presence::Online => text::PRESENCE_ONLINE,
        Presence::Away => text::PRESENCE_AWAY,
        Presence::Invisible => text::PRESENCE_INVISIBLE,
    }
}

/// The choice, for one's own menu.
#[component]
pub fn PresenceChoice() -> impl IntoView {
    let chosen = own_presence();
    let choose = Act::new::<SetPresence>();
    leave_by_itself(chosen, choose);
    view! {
        <Form action=choose class="menu-form">
            // what one chooses oneself is not taken back by a touch
            <div class="segments small" role="group" aria-label=t(text::PRESENCE) on:click=move |_| kept::forget(LEFT)>
                {Presence::ALL.iter().map(|one| { let one = *one; view! {
                    <button type="submit" name="presence" value=one.word() aria-pressed=move || if chosen.get() == one { "true" } else { "false" } data-stay="">
                        <span class="dot" data-presence=one.word()></span>{t(presence_word(one))}
                    </button>
                } }).collect_view()}
            </div>
        </Form>
    }
}

/// This machine's clock, milliseconds.
fn clock() -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
    let millis = js_sys::Date::now() as i64;
    millis
}

fn noted(name: &str) -> Option<i64> {
    kept::read(name)?.parse().ok()
}

/// Away when no tab of this browser was touched for long, online again by the next touch. One tab says so for all: the server is
/// asked once each way.
fn leave_by_itself(chosen: Memo<Presence>, choose: Act) {
    Effect::new(move || {
        let here = StoredValue::new(clock());
        let touched = move || {
            let now = clock();
            if now - here.get_value() > NOTE {
                here.set_value(now);
                kept::keep(TOUCHED, &now.to_string());
            }
            if chosen.get_untracked() == Presence::Away && noted(LEFT).is_some() {
                kept::forget(LEFT);
                choose.dispatch(&SetPresence { presence: Presence::Online });
            }
        };
        let look = move || {
            let now = clock();
            let last = noted(TOUCHED).unwrap_or_default().max(here.get_value());
            // said by another tab a moment ago: the answer is on its way
            let said = noted(LEFT).is_some_and(|at| now - at < LOOK);
            if chosen.get_untracked() == Presence::Online && now - last > IDLE && !said {
                kept::keep(LEFT, &now.to_string());
                choose.dispatch(&SetPresence { presence: Presence::Away });
            }
        };
        let handles = [
            window_event_listener(ev::keydown, move |_| touched()),
            window_event_listener(ev::pointerdown, move |_| touched()),
            window_event_listener(ev::pointermove, move |_| touched()),
            window_event_listener(ev::wheel, move |_| touched()),
        ];
        let ticking = set_interval_with_handle(look, Duration::from_millis(LOOK.cast_unsigned())).ok();
        on_cleanup(move || {
            handles.into_iter().for_each(WindowListenerHandle::remove);
            if let Some(ticking) = ticking {
                IntervalHandle::clear(&ticking);
            }
        });
    });
}
