//! A question that must be answered first: the browser's own dialog, which keeps the focus and closes by Escape.

use leptos::{html, prelude::*};
use model::text::common;

use super::{Glyph, Icon};
use crate::text::t;

/// A dialog. Needs wasm to open; what it does must be reachable as a page without.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its title.
    #[prop(into)]
    title: String,
    /// At the right edge and as high as the window.
    #[prop(optional)]
    drawer: bool,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            // Fails only when it is in no document, and then nobody sees it.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let label = title.clone();
    view! {
        <dialog node_ref=dialog class="dialog" class:drawer=drawer aria-label=label on:close=move |_| open.set(false)>
            <header class="dialog-head">
                <h2>{title}</h2>
                <button type="button" class="icon-button" aria-label=t(common::CLOSE) on:click=move |_| open.set(false)>
                    <Icon glyph=Glyph::Close/>
                </button>
            </header>
            {children()}
        </dialog>
    }
}
