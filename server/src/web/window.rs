//! The page of a visitor's window, `GET /chat/{key}`: complete and usable as it is sent. It alone may stand in a site's frame.

use std::{path::Path, sync::Arc};

use axum::{
    extract::{Path as Segment, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use window::{
    caller::{self, Asked, Connected, Countries},
    view::Files,
};

use super::{answer::No, header::window_policy, loader, router::House};

/// The names of the window's files, which `hash.txt` in the site folder tells.
pub fn files(site: &Path) -> Files {
    let hashes = std::fs::read_to_string(site.join("hash.txt")).unwrap_or_default();
    let line = hashes.lines().find_map(|line| line.strip_prefix("window_files: ")).unwrap_or_default();
    let named = |ending: &str| line.split(' ').find(|name| name.ends_with(ending)).map(|name| format!("/pkg/{name}")).unwrap_or_default();
    Files { css: named(".css"), js: named(".js"), wasm: named(".wasm") }
}

/// Who is connected, for everything that says how a property stands.
pub fn connected(house: &House) -> Connected {
    let hub = house.hub.clone();
    Connected(Arc::new(move |property| hub.connected(property)))
}

/// Which country an address is in.
pub fn countries(house: &House) -> Countries {
    let config = house.config.clone();
    Countries(Arc::new(move |address| config.countries.as_ref().and_then(|countries| countries.of(address))))
}

/// `GET /chat/{key}`
pub async fn open(
    State(house): State<House>,
    Segment(key): Segment<String>,
    Query(query): Query<Vec<(String, String)>>,
    address: Option<axum::Extension<app::caller::Address>>,
    headers: HeaderMap,
) -> Response {
    let said = |name: &str| query.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    if let Some(code) = said("hand") {
        return taken_over(&house, &headers, &key, code, said("lang").unwrap_or_default()).await;
    }
    let (nonce, files) = (desk::clock::secret(), house.window.clone());
    let address = address.map(|address| address.0.0).unwrap_or_default();
    let asked = Asked { key: &key, query: &query, headers: &headers, address: &address, nonce: &nonce, files };
    match caller::page(&house.desk, &connected(&house), asked).await {
        Ok((html, sites)) => {
            let mut answer = shrunk(html, &headers);
            let mut put = |name: HeaderName, value: &str| {
                if let Ok(value) = HeaderValue::from_str(value) {
                    answer.headers_mut().insert(name, value);
                }
            };
            put(header::CONTENT_SECURITY_POLICY, &window_policy(&nonce, &sites));
            put(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
            answer
        }
        Err(error) => No::from(error).into_response(),
    }
}

/// The page, small for a browser that takes brotli: it is part of what a visitor waits for.
fn shrunk(html: String, headers: &HeaderMap) -> Response {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 5, lgwin: 16, ..Default::default() };
    let mut small = vec![];
    let takes = loader::accepts(headers, "br") && brotli::BrotliCompress(&mut html.as_bytes(), &mut small, &parameters).is_ok();
    let mut answer = if takes { Html(small).into_response() } else { Html(html).into_response() };
    if takes {
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    answer
}

/// A frame's chat goes on in a window of its own: the cookie, and the page without the code.
async fn taken_over(house: &House, headers: &HeaderMap, key: &str, code: &str, lang: &str) -> Response {
    let cookie = match caller::take_over(&house.desk, headers, key, code).await {
        Ok(cookie) => cookie,
        Err(error) => return No::from(error).into_response(),
    };
    let lang: String = lang.chars().filter(char::is_ascii_alphanumeric).collect();
    let to = format!("/chat/{}?lang={lang}", model::view::escape(key));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to), (header::SET_COOKIE, cookie)]).into_response()
}
