//! Our signature on letters (DKIM): the record that DNS has to show, and whether it does.

use leptos::prelude::*;
use model::{
    mailbox::{DkimFound, DkimRecord},
    text::{common, ways as texts},
};

use super::super::api::find_dkim;
use crate::{
    text::t,
    ui::{Chip, CopyText, Tone, loaded},
};

/// The record and what DNS says of it; or how to begin.
#[component]
pub fn Signature(record: Option<DkimRecord>) -> impl IntoView {
    let body = match record {
        None => view! {
            <p class="hint">{t(texts::DKIM_NONE)}</p>
            <CopyText text="recado mail dkim-key".to_owned() label=t(texts::LINE_COPY)/>
        }
        .into_any(),
        Some(DkimRecord { name, value }) => view! {
            <p class="hint">{t(texts::DKIM_HINT)}</p>
            <h3>{t(texts::DKIM_NAME)}</h3>
            <CopyText text=name label=t(texts::DKIM_NAME_COPY)/>
            <h3>{t(texts::DKIM_VALUE)}</h3>
            <CopyText text=value label=t(texts::DKIM_VALUE_COPY) block=true/>
            <Found/>
        }
        .into_any(),
    };
    view! {
        <section class="card" aria-labelledby="dkim">
            <h2 id="dkim">{t(texts::DKIM)}</h2>
            {body}
        </section>
    }
}

#[component]
fn Found() -> impl IntoView {
    let asked = RwSignal::new(0);
    let found = Resource::new(move || asked.get(), |_| find_dkim());
    view! {
        <div class="actions found">
            {loaded(found, |found| {
                let (says, tone) = match found {
                    DkimFound::Right => (texts::DKIM_RIGHT, Tone::Good),
                    DkimFound::Missing => (texts::DKIM_MISSING, Tone::Bad),
                    DkimFound::Differs => (texts::DKIM_DIFFERS, Tone::Bad),
                    DkimFound::Unknown => (texts::DKIM_UNKNOWN, Tone::Warm),
                };
                view! { <Chip tone>{t(says)}</Chip> }
            })}
            // without wasm the page itself is the question
            <a class="button small" href="/admin/email?box=set-up" on:click=move |event| { event.prevent_default(); asked.update(|asked| *asked += 1); }>
                {t(common::TRY_AGAIN)}
            </a>
        </div>
    }
}
