//! What one chose to be for visitors: online, away or invisible; and away by itself while nobody touches the browser.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::IntervalHandle, prelude::*, task::spawn_local};
use model::{Text, agent::Presence, text::chat as text};

use super::api::{SetPresence, keep_presence};
use crate::{
    roster::use_roster,
    text::t,
    ui::{Act, Form},
};

/// Nobody who touches nothing for so long is at the desk, milliseconds.
const IDLE: i64 = 600_000;
/// How often that is looked at, milliseconds.
const LOOK: i64 = 30_000;
/// How often the server is told that somebody is there, milliseconds.
const SAY: i64 = 60_000;

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
    leave_by_itself(chosen);
    view! {
        <Form action=choose class="menu-form">
            <div class="segments small" role="group" aria-label=t(text::PRESENCE)>
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

/// Tells the server when this page was touched, and when it was not for long: whether none of the agent's pages was, on whatever machine,
/// is known there.
fn leave_by_itself(chosen: Memo<Presence>) {
    let say = |idle| spawn_local(async move { drop(keep_presence(idle).await) });
    Effect::new(move || {
        let (touched_at, said_at) = (StoredValue::new(0_i64), StoredValue::new(0_i64));
        let touched = move || {
            let now = clock();
            // who comes back is online at once
            let back = chosen.get_untracked() == Presence::Away && now - touched_at.get_value() > LOOK;
            touched_at.set_value(now);
            if back || now - said_at.get_value() > SAY {
                said_at.set_value(now);
                say(false);
            }
        };
        let look = move || {
            if chosen.get_untracked() == Presence::Online && clock() - touched_at.get_value() > IDLE {
                say(true);
            }
        };
        touched();
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
