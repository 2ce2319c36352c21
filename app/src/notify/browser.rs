//! What this browser allows, and how to allow it: the browser alone knows, and tells the page once it has come to life.

use leptos::prelude::*;
use model::{notify::PushForm, text::notify as texts};

use super::script::{Ask, Tell, ask, hear};
use crate::{
    text::t,
    ui::{Chip, Tone},
};

/// What the browser told so far.
#[derive(Clone, Copy)]
pub struct Browsing {
    /// `granted`, `denied`, `default`, `unsupported`; none before it was told.
    pub permission: RwSignal<Option<String>>,
    /// `on`, `off`, `unsupported`; none before it was told.
    pub push: RwSignal<Option<String>>,
    /// The push service took it, and the server is to know.
    pub subscribed: RwSignal<Option<PushForm>>,
    /// The push service did not, and why.
    pub refused: RwSignal<Option<String>>,
}

impl Browsing {
    /// Asks the browser, and hears what it tells until the page is left.
    pub fn listen() -> Self {
        let this = Self {
            permission: RwSignal::new(None),
            push: RwSignal::new(None),
            subscribed: RwSignal::new(None),
            refused: RwSignal::new(None),
        };
        Effect::new(move || {
            let heard = hear(move |tell| this.told(tell));
            on_cleanup(move || heard.remove());
            // unheard when the script comes later; then it tells by itself
            ask(&Ask::State);
        });
        this
    }

    fn told(self, tell: Tell) {
        if let Some(permission) = tell.permission {
            self.permission.set(Some(permission));
            self.push.set(tell.push);
            self.refused.set(tell.refused);
        }
        if tell.subscribed.is_some() {
            self.subscribed.set(tell.subscribed);
        }
    }

    /// Whether the browser said this of its leave.
    pub fn is(self, word: &str) -> bool {
        self.permission.with(|known| known.as_deref() == Some(word))
    }
}

/// What this browser allows.
#[component]
pub fn BrowserCard(browsing: Browsing) -> impl IntoView {
    let word = move || browsing.permission.get();
    let (try_sound, allow) = (t(texts::TRY_SOUND), t(texts::ALLOW));
    let says = [
        ("granted", Tone::Good, t(texts::ALLOWED), t(texts::ALLOWED_HINT)),
        ("default", Tone::Warm, t(texts::NOT_ASKED), t(texts::NOT_ASKED_HINT)),
        ("denied", Tone::Bad, t(texts::DENIED), t(texts::DENIED_HINT)),
        ("unsupported", Tone::Plain, t(texts::UNSUPPORTED), t(texts::UNSUPPORTED_HINT)),
    ];
    let unknown = t(texts::NEEDS_SCRIPT);
    let hint = move || word().and_then(|word| says.iter().find(|(known, ..)| *known == word).map(|(.., hint)| *hint)).unwrap_or(unknown);
    let chip = move || {
        let word = word()?;
        let (_, tone, says, _) = says.into_iter().find(|(known, ..)| *known == word)?;
        Some(view! { <Chip tone>{says}</Chip> })
    };
    view! {
        <section class="card" aria-labelledby="this-browser">
            <h2 id="this-browser">{t(texts::THIS_BROWSER)}</h2>
            <p class="hint">{t(texts::THIS_BROWSER_HINT)}</p>
            <div class="allowing" role="status">
                {chip}
                <p>{hint}</p>
            </div>
            <div class="actions" hidden=move || word().is_none()>
                {move || browsing.is("default").then(|| view! { <button type="button" class="button primary" on:click=|_| ask(&Ask::Permission)>{allow}</button> })}
                <button type="button" class="button" on:click=|_| ask(&Ask::Sound)>{try_sound}</button>
            </div>
        </section>
    }
}
