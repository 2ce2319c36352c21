//! The browser's entry. Knows how to wake the page that the server sent; must not know what is on it.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the script of the page: takes over the HTML that is there.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
