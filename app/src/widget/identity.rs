//! Who a visitor is, said by the site and proven by a signature of its server. The secret is shown when it is asked for; code for
//! browsers never holds it.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::text::{common, widget as texts};

use super::api::{RenewIdentitySecret, show_identity_secret};
use crate::{
    error::Result,
    text::t,
    ui::{Act, CopyText, Form, Submit, loaded, on_done, use_toasts},
};

/// Code of a site's server, by language; `server/desk/tests/chat/docs.rs` runs what stands here.
const SERVER: [(&str, &str); 4] = [
    ("Node.js", include_str!("identity/node.js")),
    ("Python", include_str!("identity/python.py")),
    ("PHP", include_str!("identity/php.php")),
    ("Rust", include_str!("identity/rust.txt")),
];

/// What the page tells the widget: values that the server made.
const BROWSER: &str = r"<script>
window.Recado = window.Recado || function () { (Recado.q = Recado.q || []).push(arguments) }
// written into the page by your server, for who is signed in; each value comes from identity(..)
Recado('identify', { id: '17', email: 'ana@example.com', name: 'Ana', expires: 1795435200, nonce: '…', hash: '…' })
</script>";

/// The card of the identity.
#[component]
pub fn IdentityCard(
    /// The property's public key, which is part of what is signed.
    key: String,
) -> impl IntoView {
    let code = SERVER.map(|(language, code)| {
        let code = code.replace("KEY", &key).trim_end().to_owned();
        view! {
            <details class="more" name="code">
                <summary>{language}</summary>
                <CopyText text=code label=t(texts::COPY_CODE) block=true/>
            </details>
        }
    });
    view! {
        <section class="card identity" aria-labelledby="identity">
            <h2 id="identity">{t(texts::IDENTITY)}</h2>
            <p class="hint">{t(texts::IDENTITY_HINT)}</p>
            <Secret/>
            <h3>{t(texts::ON_YOUR_SERVER)}</h3>
            <p class="hint">{t(texts::ON_YOUR_SERVER_HINT)}</p>
            {code.collect_view()}
            <h3>{t(texts::IN_THE_PAGE)}</h3>
            <p class="hint">{t(texts::IN_THE_PAGE_HINT)}</p>
            <CopyText text=BROWSER.to_owned() label=t(texts::COPY_CODE) block=true/>
        </section>
    }
}

/// The secret: a link asks for it, so that it does so without script too.
#[component]
fn Secret() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get_str("secret") == Some("show")));
    let renew = Act::new::<RenewIdentitySecret>();
    let (toasts, renewed) = (use_toasts(), t(texts::SECRET_RENEWED));
    on_done(renew, move |()| toasts.say(renewed));
    let secret = Resource::new(move || (asked.get(), renew.version().get()), |(asked, _)| open(asked));
    view! {
        {loaded(secret, |secret: Option<String>| match secret {
            Some(secret) => view! { <CopyText text=secret label=t(texts::COPY_SECRET)/> }.into_any(),
            None => view! { <p><a class="button" href="/admin/widget?secret=show#identity">{t(texts::SHOW_SECRET)}</a></p> }.into_any(),
        })}
        <details class="more">
            <summary class="danger">{t(texts::RENEW_SECRET)}</summary>
            <p class="hint">{t(texts::RENEW_SECRET_HINT)}</p>
            <div class="actions">
                <Form action=renew class="inline"><Submit class="button danger">{t(texts::RENEW_SECRET_NOW)}</Submit></Form>
                <button type="button" class="button only-live" on:click=close>{t(common::CANCEL)}</button>
            </div>
        </details>
    }
}

async fn open(asked: bool) -> Result<Option<String>> {
    if asked { show_identity_secret().await.map(Some) } else { Ok(None) }
}

/// Closes the question that a button stands in.
fn close(event: web_sys::MouseEvent) {
    use wasm_bindgen::JsCast;
    let button = event.current_target().and_then(|button| button.dyn_into::<web_sys::Element>().ok());
    let question = button.and_then(|button| button.closest("details").ok().flatten());
    if let Some(question) = question.and_then(|question| question.dyn_into::<web_sys::HtmlDetailsElement>().ok()) {
        question.set_open(false);
    }
}
