//! What a site adds, ready to be copied; and the chat's own page, for who has no site.

use leptos::prelude::*;
use model::{text::widget as texts, widget::Installed};

use crate::{
    text::t,
    ui::{CopyText, Glyph, Icon},
};

/// What a site adds.
#[component]
pub fn Snippet(
    /// The widget.
    installed: Installed,
) -> impl IntoView {
    view! {
        <p class="hint">{t(texts::INSTALL_HINT)}</p>
        <CopyText text=installed.snippet() label=t(texts::COPY_SNIPPET)/>
    }
}

/// All there is to install it: the snippet, the page, and where the rest is written.
#[component]
pub fn Install(
    /// The widget.
    installed: Installed,
) -> impl IntoView {
    let page = installed.page();
    view! {
        <section class="card" aria-labelledby="install">
            <h2 id="install">{t(texts::INSTALL)}</h2>
            <Snippet installed/>
            <p class="hint install-page">{t(texts::PAGE_HINT)}</p>
            <CopyText text=page.clone() label=t(texts::COPY_PAGE)/>
            <p class="install-links">
                <a href=page target="_blank" rel="noopener external"><Icon glyph=Glyph::Chat/>{t(texts::OPEN_PAGE)}</a>
                <a href="/docs/widget" target="_blank" rel="noopener external"><Icon glyph=Glyph::Code/>{t(texts::DOCS)}</a>
            </p>
        </section>
    }
}
