//! Short words about what was just done, at the lower edge, read out politely.

use std::time::Duration;

use leptos::prelude::*;

use super::each;

/// Seconds a toast stays.
const STAYS: Duration = Duration::from_secs(5);

/// The toasts that stand now.
#[derive(Clone, Copy)]
pub struct Toasts {
    standing: RwSignal<Vec<(u32, String)>>,
    last: StoredValue<u32>,
}

impl Toasts {
    /// None yet.
    pub fn new() -> Self {
        Self { standing: RwSignal::new(Vec::new()), last: StoredValue::new(0) }
    }

    /// Says something.
    pub fn say(self, text: impl Into<String>) {
        let text = text.into();
        self.last.update_value(|last| *last = last.wrapping_add(1));
        let number = self.last.get_value();
        self.standing.update(|standing| standing.push((number, text)));
        let standing = self.standing;
        set_timeout(move || _ = standing.try_update(|standing| standing.retain(|(other, _)| *other != number)), STAYS);
    }
}

impl Default for Toasts {
    fn default() -> Self {
        Self::new()
    }
}

/// The toasts of this page.
pub fn use_toasts() -> Toasts {
    use_context().unwrap_or_default()
}

/// Where they show. Once per page.
#[component]
pub fn ToastArea() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {each(move || toasts.standing.get(), |(number, _)| *number, move |toast| view! {
                <p class="toast">{toast.1}</p>
            })}
        </div>
    }
}
