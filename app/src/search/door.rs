//! The way in: a link in the top bar, and the keys `Ctrl K` and `/`, which open the dialog on whatever page one is. The link leads
//! to the page when there is no wasm.

use leptos::{ev, prelude::*};
use leptos_router::LazyRoute as _;
use model::text::search as texts;
use wasm_bindgen::JsCast;

use crate::{
    conversation::keys_are_off,
    part::{search::Dialog, shown},
    text::t,
    ui::{Glyph, Icon},
};

/// Whether the dialog is open. Given to everything below the shell.
#[derive(Clone, Copy)]
pub struct Door(RwSignal<bool>);

impl Door {
    /// Listens to the keyboard, and gives itself to everything below.
    pub fn provide() -> Self {
        let door = Self(RwSignal::new(false));
        provide_context(door);
        Effect::new(move || {
            let handle = window_event_listener(ev::keydown, move |event| {
                if opens(&event) {
                    event.prevent_default();
                    door.0.set(true);
                }
            });
            on_cleanup(move || handle.remove());
        });
        door
    }

    /// Closes it.
    pub fn close(self) {
        self.0.set(false);
    }

    /// The dialog, while it is open.
    pub fn view(self) -> impl IntoView {
        move || self.0.get().then(|| shown(Dialog::view(Dialog)))
    }
}

/// Whether a key opens the dialog here: `Ctrl K` wherever one is, `/` only where it is no letter of a text.
fn opens(event: &ev::KeyboardEvent) -> bool {
    if event.default_prevented() || event.alt_key() || document().query_selector("dialog:modal").ok().flatten().is_some() {
        return false;
    }
    if event.ctrl_key() || event.meta_key() {
        return event.key().eq_ignore_ascii_case("k");
    }
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let typing = target.is_some_and(|target| target.closest("input, textarea, select, [contenteditable]").ok().flatten().is_some());
    event.key() == "/" && !typing && !keys_are_off()
}

/// The link in the top bar.
#[component]
pub fn SearchLink(door: Door) -> impl IntoView {
    let open = move |event: ev::MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            door.0.set(true);
        }
    };
    view! {
        <a class="search-link" href="/search" title=t(texts::OPEN_HINT) on:click=open>
            <Icon glyph=Glyph::Search/><span>{t(texts::OPEN)}</span>
        </a>
    }
}
