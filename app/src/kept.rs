//! What this browser keeps for us between two pages. It may keep nothing (private windows, full disks): then each page begins anew.
//! Browser only.

use leptos::prelude::window;
use web_sys::Storage;

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What was kept under a name.
pub fn read(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Keeps something under a name.
pub fn keep(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // Fails only when the browser keeps nothing.
        drop(storage.set_item(name, value));
    }
}

/// Keeps nothing under a name any more.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        // Fails only when the browser keeps nothing.
        drop(storage.remove_item(name));
    }
}

/// What was kept under names that begin so, by name.
pub fn all(beginning: &str) -> Vec<String> {
    let Some(storage) = storage() else { return vec![] };
    let names = (0..storage.length().unwrap_or(0)).filter_map(|place| storage.key(place).ok().flatten());
    let mut names: Vec<String> = names.filter(|name| name.starts_with(beginning)).collect();
    names.sort();
    names.iter().filter_map(|name| storage.get_item(name).ok().flatten()).collect()
}
