//! The headers that tell a browser what it may do with an answer. One policy for pages, one for everything else;
//! routes that need another (files, mails in their frame) set it themselves and it stays.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Policy of whatever is no page: nothing.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Policy of a page. Scripts by nonce alone ('strict-dynamic' lets our module load its wasm); style attributes are
/// allowed because the virtual list places its rows by them.
pub fn page_policy(nonce: &str) -> String {
    policy(nonce, "'none'")
}

/// Policy of a visitor's window: that of a page, and these sites may show it in a frame; none are all.
pub fn window_policy(nonce: &str, sites: &[String]) -> String {
    let hosts: Vec<String> = sites.iter().map(|site| format!("https://{site}:* http://{site}:*")).collect();
    policy(nonce, &if hosts.is_empty() { "*".to_owned() } else { format!("'self' {}", hosts.join(" ")) })
}

fn policy(nonce: &str, ancestors: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}; object-src 'none'"
    )
}

/// Lets the scripts and styles of the page that answers a request run. Made before the route and kept with the request, so that page and
/// policy say the same, whatever becomes of the headers that a page sets itself while it is written.
#[derive(Clone, Debug)]
pub struct PageNonce(pub String);

/// Puts on what is the same for every answer; what a route has set stays. One that `lasts` is the same for ever, and may be kept.
pub fn put_on(headers: &mut HeaderMap, nonce: &PageNonce, lasts: bool, https: bool) {
    let html = headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if let (true, false, Ok(policy)) =
        (html, headers.contains_key(header::CONTENT_SECURITY_POLICY), HeaderValue::from_str(&page_policy(&nonce.0)))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let mut put = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "same-origin");
    put(header::CONTENT_SECURITY_POLICY, NOTHING);
    put(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if https {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    put(header::CACHE_CONTROL, if lasts { "public, max-age=31536000, immutable" } else { "no-store" });
}
