//! The page that a browser keeps for the time without a line (`frontend/notify/offline.js`): whole in itself, without a script. It asks
//! for the page that was meant each ten seconds.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use model::{Language, text::common};

/// Policy of the page: its own styles, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// `GET /offline`, in the language of the browser.
pub async fn page(headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let language = Language::accepted(accepted);
    let say = |text| language.say(text);
    let page = include_str!("offline.html")
        .replace("LANGUAGE", language.tag())
        .replace("TITLE", say(common::NO_LINE))
        .replace("KEPT", say(common::NO_LINE_KEPT))
        .replace("AGAIN", say(common::TRY_AGAIN));
    let about = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (about, page).into_response()
}
