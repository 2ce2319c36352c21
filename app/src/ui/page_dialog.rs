//! A dialog that the address bar opens: it stands in the page without wasm; with it, it is modal, keeps the focus, and Escape leads
//! where its closing link leads.

use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::text::common;

use super::{Glyph, Icon};
use crate::text::t;

/// The dialog.
#[component]
pub fn PageDialog(
    /// Its title.
    #[prop(into)]
    title: String,
    /// The address without it.
    closed: Signal<String>,
    /// Its look.
    class: &'static str,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let navigate = use_navigate();
    modal(dialog);
    let cancelled = move |event: ev::Event| {
        event.prevent_default();
        navigate(&closed.get_untracked(), NavigateOptions::default());
    };
    view! {
        <dialog node_ref=dialog class=class open=true aria-labelledby="page-dialog-title" on:cancel=cancelled>
            <header class="dialog-head">
                <h2 id="page-dialog-title">{title}</h2>
                <a class="icon-button" href=move || closed.get() aria-label=t(common::CLOSE)><Icon glyph=Glyph::Close/></a>
            </header>
            {children()}
        </dialog>
    }
}

/// Keeps a dialog that the page brings open modal while it is there.
pub fn modal(dialog: NodeRef<html::Dialog>) {
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            make_modal(dialog.clone());
            // closed before it goes, it gives the focus back to where it was
            on_cleanup(move || dialog.close());
        }
    });
}

/// The page brings it open; made modal, it keeps the focus and closes by Escape.
fn make_modal(dialog: web_sys::HtmlDialogElement) {
    if dialog.is_connected() {
        dialog.close();
        // Fails only when it is in no document.
        drop(dialog.show_modal());
    } else {
        // it is made before it is put into the page
        request_animation_frame(move || make_modal(dialog));
    }
}
