//! BROWSER: takes over the page that the server wrote. Knows nothing else.

// A page is one nested type of views; the deepest one passes the compiler's default of 128.
#![recursion_limit = "512"]

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once the wasm is there.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let page = leptos::prelude::window().location();
    // Without its part a page cannot be woken; it stays the plain page that it is, with forms that work.
    if app::part::ready(&page.pathname().unwrap_or_default(), &page.search().unwrap_or_default()).await {
        leptos::mount::hydrate_body(app::App);
    }
}
