//! Whether a request that may change something comes from our own pages (server functions have no tokens against forgery).
//! Asks what the browser says of itself: Sec-Fetch-Site, else Origin. Who says nothing is refused.

use axum::http::{HeaderMap, Method, Uri, header};

/// Whether the request asks for no more than to read. A WebSocket is a GET, but it speaks with our cookies: it is checked.
pub fn only_reads(method: &Method, headers: &HeaderMap) -> bool {
    let upgrade = headers.contains_key(header::UPGRADE);
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) && !upgrade
}

/// Whether it comes from our own pages. `public` is the address people open us at, for proxies that change Host.
pub fn is_ours(headers: &HeaderMap, public: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let by_origin = || {
        let Some(origin) = text("origin").and_then(authority) else { return false };
        let host = text("host").unwrap_or_default().to_lowercase();
        (!host.is_empty() && without_port(&origin) == without_port(&host)) || Some(origin) == authority(public)
    };
    match text("sec-fetch-site") {
        // a user's own doing (address bar, reload) has no page behind it
        Some("same-origin" | "none") => true,
        Some(_) => false,
        None => by_origin(),
    }
}

/// Host and port of an origin; none for `null` and nonsense.
fn authority(origin: &str) -> Option<String> {
    let uri: Uri = origin.parse().ok()?;
    uri.scheme()?;
    Some(uri.authority()?.as_str().to_lowercase())
}

/// A default port is written by some and left out by others.
fn without_port(authority: &str) -> &str {
    authority.strip_suffix(":443").or_else(|| authority.strip_suffix(":80")).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| (axum::http::HeaderName::from_static(name), axum::http::HeaderValue::from_static(value)))
            .collect();
        is_ours(&headers, "https://recado.example")
    }

    #[test]
    fn only_our_own_pages_are_ours() {
        for (headers, is) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://a:3000"), ("host", "a:3000")], false),
            (&[("origin", "http://a:3000"), ("host", "a:3000")], true),
            (&[("origin", "http://A:3000"), ("host", "a:3000")], true),
            (&[("origin", "https://a"), ("host", "a:443")], true),
            (&[("origin", "https://recado.example"), ("host", "127.0.0.1:3000")], true),
            (&[("origin", "http://a:3001"), ("host", "a:3000")], false),
            (&[("origin", "http://evil.example"), ("host", "a:3000")], false),
            (&[("origin", "null"), ("host", "a:3000")], false),
            (&[("origin", "http://a:3000.evil.example"), ("host", "a:3000")], false),
            (&[("host", "a:3000")], false),
            (&[], false),
        ] {
            assert_eq!(ours(headers), is, "{headers:?}");
        }
    }

    #[test]
    fn a_socket_is_no_mere_reading() {
        let mut headers = HeaderMap::new();
        assert!(only_reads(&Method::GET, &headers) && !only_reads(&Method::POST, &headers));
        headers.insert(header::UPGRADE, axum::http::HeaderValue::from_static("websocket"));
        assert!(!only_reads(&Method::GET, &headers));
    }
}
