//! The sites that may show the chat: one to a line, none for all.

use leptos::prelude::*;
use model::text::{common, widget as texts};

use super::api::SetSites;
use crate::{
    text::t,
    ui::{Act, Form, Submit, TextAreaField, on_done, use_toasts},
};

/// The card of the sites.
#[component]
pub fn Sites(
    /// As they are saved.
    sites: Vec<String>,
) -> impl IntoView {
    let set = Act::new::<SetSites>();
    let (toasts, saved) = (use_toasts(), t(common::SAVED));
    on_done(set, move |()| toasts.say(saved));
    view! {
        <section class="card" aria-labelledby="sites-card">
            <h2 id="sites-card">{t(texts::SITES)}</h2>
            <p class="hint">{t(texts::SITES_HINT)}</p>
            <Form action=set>
                <TextAreaField name="sites" label=t(texts::SITES_LIST) value=sites.join("\n") placeholder="shop.example" hint=t(texts::SITES_LIST_HINT)/>
                <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
            </Form>
        </section>
    }
}
