//! A text to be taken elsewhere, with a button that copies it. Without wasm the text can still be selected.

use leptos::prelude::*;
use model::text::common;

use super::{Glyph, Icon, use_toasts};
use crate::text::t;

/// A text with a copy button.
#[component]
pub fn CopyText(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What it is, for the button's label.
    #[prop(into)]
    label: String,
    /// Of several lines, which stay as they are.
    #[prop(optional)]
    block: bool,
) -> impl IntoView {
    let toasts = use_toasts();
    let copied = t(common::COPIED);
    // a browser has no clipboard for a page that came without TLS
    let able = RwSignal::new(true);
    Effect::new(move || able.set(js_sys::Reflect::has(&window().navigator(), &"clipboard".into()).unwrap_or_default()));
    let copy = move |_| {
        let promise = window().navigator().clipboard().write_text(&text.get_untracked());
        drop(promise);
        toasts.say(copied);
    };
    let shown = if block {
        // what is too wide is moved by the arrow keys
        view! { <pre tabindex="0"><code>{move || text.get()}</code></pre> }.into_any()
    } else {
        view! { <code>{move || text.get()}</code> }.into_any()
    };
    view! {
        <div class="copy-text" class:block=block>
            {shown}
            <button type="button" class="copy" hidden=move || !able.get() aria-label=label on:click=copy>
                <Icon glyph=Glyph::Copy/>
                {t(common::COPY)}
            </button>
        </div>
    }
}
