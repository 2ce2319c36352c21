//! The field that a list is searched by: it searches while one types, the address bar says for what, and it is a plain form without wasm.

use std::time::Duration;

use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{Glyph, Icon};

/// After the last key it waits so long before it searches.
const PAUSE: Duration = Duration::from_millis(180);

/// The field, in a form of its own.
#[component]
pub fn SearchField(
    /// What is searched for.
    search: Memo<String>,
    /// What stands in the empty field, and what it is called.
    label: &'static str,
    /// The page with the list.
    action: &'static str,
    /// The address of what is typed, unless the list is there already.
    address: Callback<String, Option<String>>,
    /// What else the list was asked for.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let navigate = StoredValue::new(use_navigate());
    let keys = StoredValue::new(0_u32);
    let go = move || {
        if let Some(address) = field.get_untracked().and_then(|field| address.run(field.value())) {
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate.with_value(|navigate| navigate(&address, options));
        }
    };
    let typing = move |_| {
        keys.update_value(|keys| *keys = keys.wrapping_add(1));
        let now = keys.get_value();
        set_timeout(
            move || {
                if keys.try_get_value() == Some(now) {
                    go();
                }
            },
            PAUSE,
        );
    };
    let sent = move |event: ev::SubmitEvent| {
        event.prevent_default();
        go();
    };
    // another address, by a link or by going back: the field says what is searched for
    Effect::new(move || {
        let search = search.get();
        if let Some(field) = field.get_untracked().filter(|field| field.value().trim() != search) {
            field.set_value(&search);
        }
    });
    view! {
        <form class="contacts-search" method="get" action=action role="search" on:submit=sent>
            <Icon glyph=Glyph::Search/>
            <input node_ref=field class="input" type="search" name="search" autocomplete="off" aria-label=label placeholder=label
                value=search.get_untracked() on:input=typing/>
            {children.map(|children| children())}
        </form>
    }
}
