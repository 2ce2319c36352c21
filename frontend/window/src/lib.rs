//! BROWSER: wakes the visitor's window that the server wrote. Knows nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once the wasm is there.
#[wasm_bindgen]
pub fn wake() {
    window::live::wake();
}
