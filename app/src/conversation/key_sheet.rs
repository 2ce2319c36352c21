//! The sheet that shows the keys, and the switch that turns them off. Loaded when it is asked for.

use leptos::prelude::*;
use model::text::inbox as text;

use super::keyboard::{keys, off, switch, use_commands};
use crate::{text::t, ui::Dialog};

/// The sheet.
#[component]
pub fn KeySheet() -> impl IntoView {
    let help = use_commands().help;
    let (open, on) = (RwSignal::new(false), RwSignal::new(!off()));
    // it becomes modal once it is in the page; closed, it gives the focus back before it goes
    request_animation_frame(move || _ = open.try_set(true));
    Effect::new(move |before: Option<bool>| {
        let open = open.get();
        if before == Some(true) && !open {
            help.set(false);
        }
        open
    });
    let turn = move |event| {
        on.set(event_target_checked(&event));
        switch(on.get_untracked());
    };
    view! {
        <Dialog open title=t(text::SHORTCUTS)>
            <dl class="keys">
                {keys().map(|(key, says)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{t(says)}</dd></div> }).collect_view()}
                <div><dt><kbd>"Ctrl"</kbd>" "<kbd>"Enter"</kbd></dt><dd>{t(text::KEY_SEND)}</dd></div>
            </dl>
            <p class="hint keys-hint">{t(text::KEYS_ALL)}</p>
            <label class="check keys-switch">
                <input type="checkbox" prop:checked=move || on.get() on:change=turn/>
                <span>{t(text::KEYS_ON)}</span>
            </label>
        </Dialog>
    }
}
