//! A menu that drops from its button. It opens without wasm; with it, arrows move in it; a choice, Escape, a click
//! elsewhere and leaving it by Tab close it, and the focus goes back to its button.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// A button with a panel of links and buttons.
#[component]
pub fn Menu(
    /// What the button says when its content does not.
    #[prop(optional, into)]
    label: Option<String>,
    /// Looks of the button.
    #[prop(default = "menu-button")]
    class: &'static str,
    /// What stands on the button.
    #[prop(into)]
    button: ViewFn,
    /// The panel opens to the left of the button's right edge.
    #[prop(optional)]
    right: bool,
    /// Links and buttons.
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    let close = move |refocus: bool| {
        let Some(menu) = menu.get_untracked() else { return };
        menu.set_open(false);
        if refocus {
            focus(menu.query_selector("summary").ok().flatten());
        }
    };
    Effect::new(move || {
        let handle = window_event_listener(ev::pointerdown, move |event| {
            let Some(menu) = menu.get_untracked() else { return };
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            if menu.open() && !menu.contains(target.as_ref()) {
                menu.set_open(false);
            }
        });
        on_cleanup(move || handle.remove());
    });
    let keys = move |event: ev::KeyboardEvent| {
        let Some(menu) = menu.get_untracked() else { return };
        match event.key().as_str() {
            "Escape" if menu.open() => {
                event.stop_propagation();
                close(true);
            }
            "ArrowDown" => step(&menu, &event, 1),
            "ArrowUp" => step(&menu, &event, -1),
            _ => {}
        }
    };
    let clicked = move |event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.closest("[data-stay]").ok().flatten().is_none()) {
            // what was chosen goes out of sight, and the focus on it would be nowhere
            let inside = menu.get_untracked().is_some_and(|menu| menu.contains(document().active_element().as_deref()));
            close(inside);
        }
    };
    let left = move |event: ev::FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        if to.is_some() && menu.get_untracked().is_some_and(|menu| !menu.contains(to.as_ref())) {
            close(false);
        }
    };
    view! {
        <details node_ref=menu class="menu" class:right=right on:keydown=keys on:focusout=left>
            <summary class=class aria-label=label>{button.run()}</summary>
            <div class="menu-panel" on:click=clicked>{children()}</div>
        </details>
    }
}

/// Moves the focus among what can be focused in the panel; opens it first.
fn step(menu: &web_sys::HtmlDetailsElement, event: &ev::KeyboardEvent, by: i32) {
    let in_text = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlTextAreaElement>().ok()).is_some();
    if in_text {
        return;
    }
    event.prevent_default();
    menu.set_open(true);
    let Ok(items) =
        menu.query_selector_all(".menu-panel a[href], .menu-panel button:not([disabled]), .menu-panel input:not([type=hidden])")
    else {
        return;
    };
    #[expect(clippy::cast_possible_wrap, reason = "a menu has a few items")]
    let count: i32 = items.length() as i32;
    if count == 0 {
        return;
    }
    let active = document().active_element();
    let at = (0..count).find(|i: &i32| {
        items.item(i.unsigned_abs()).is_some_and(|item| active.as_ref().is_some_and(|active| active.is_same_node(Some(&item))))
    });
    let next = at.map_or(if by > 0 { 0 } else { count - 1 }, |at| (at + by).rem_euclid(count));
    focus(items.item(next.unsigned_abs()).and_then(|item| item.dyn_into().ok()));
}

fn focus(element: Option<web_sys::Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only when it cannot take the focus; then it stays where it is.
        let _ = element.focus();
    }
}
