//! What a site's developers read: the documentation of the widget, and the types of its script; and how a team moves in. Public, and the
//! same for everybody.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use model::Language;
use serde::Deserialize;

use super::router::House;

/// Policy of the page: its own styles, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The language that is asked for by name.
#[derive(Deserialize)]
pub struct Asked {
    lang: Option<String>,
}

/// `GET /docs/widget`, in the language that is asked for, or the browser's.
pub async fn widget(State(house): State<House>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let page = match asked.language(&headers) {
        Language::English => include_str!("docs.en.html"),
        Language::Portuguese => include_str!("docs.pt-BR.html"),
    };
    shown(&page.replace("HOST", &escaped(&house.config.public_url)))
}

/// `GET /docs/moving`, the same way.
pub async fn moving(Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    shown(match asked.language(&headers) {
        Language::English => include_str!("moving.en.html"),
        Language::Portuguese => include_str!("moving.pt-BR.html"),
    })
}

impl Asked {
    fn language(&self, headers: &HeaderMap) -> Language {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Language::accepted(self.lang.as_deref().unwrap_or(accepted))
    }
}

/// A page in the style that all of them have.
fn shown(page: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::VARY, HeaderValue::from_static("accept-language")),
        (header::CACHE_CONTROL, HOUR),
    ];
    (headers, page.replacen("STYLE", include_str!("docs.css"), 1)).into_response()
}

/// `GET /w/recado.d.ts`
pub async fn types() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/typescript; charset=utf-8")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
        (header::CACHE_CONTROL, HOUR),
    ];
    (headers, include_str!("../../../frontend/widget/recado.d.ts"))
}

fn escaped(address: &str) -> String {
    address.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
