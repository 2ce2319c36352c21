//! The page around the window, written by the server: its files, its colours, and the state for the script that wakes it.

use super::Window;
use crate::state::State;
use leptos::prelude::*;

/// Where the browser's files are; empty without them, then the page stays the plain page that it is.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Style sheet.
    pub css: String,
    /// Script.
    pub js: String,
    /// What it wakes the page with.
    pub wasm: String,
}

/// Zones in which the law asks for consent. Who is elsewhere needs not be asked; who says no zone is.
const ZONES: &str = "if(!/^(Europe|Arctic)\\/|^Atlantic\\/(Az|Mad|Can|Rey|Fa)|^Asia\\/(Nic|Fam)|Ceuta|Reunion|Mayotte|Martinique|Guadel|Cayenne|Marigot|Barthel/.test(Intl.DateTimeFormat().resolvedOptions().timeZone))document.documentElement.classList.add('free')";

/// The whole page. The state stands in it twice: as it is seen, and for the script.
#[component]
pub fn Page(
    /// What is shown.
    state: State,
    /// The same for the script, as JSON.
    json: String,
    /// What lets scripts and styles of this page alone run.
    nonce: String,
    /// Where the browser's files are.
    files: Files,
) -> impl IntoView {
    let asks = state.asks;
    let Files { css, js, wasm } = files;
    let wake = format!("import init,{{wake}} from '{js}';init('{wasm}').then(wake)");
    let scripts = (!js.is_empty()).then(|| {
        view! {
            <link rel="modulepreload" href=js nonce=nonce.clone()/>
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
        }
    });
    let (scheme, colours) = (state.opened.scheme.clone(), state.opened.colours.clone());
    let lang = state.opened.language.tag();
    let title = state.opened.property.clone();
    let embed = state.embed.then_some("");
    view! {
        <!DOCTYPE html>
        <html lang=lang data-scheme=scheme style=colours data-embed=embed class=if asks { "asks" } else { "" }>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <title>{title}</title>
                <link rel="stylesheet" href=css/>
                {scripts}
            </head>
            <body>
                {asks.then(|| view! { <script nonce=nonce.clone() inner_html=ZONES></script> })}
                <div class="window" id="window"><Window state/></div>
                <script type="application/json" id="opened" nonce=nonce.clone() inner_html=json.replace('<', "\\u003c")></script>
                <script type="module" nonce=nonce.clone() inner_html=wake></script>
            </body>
        </html>
    }
}
