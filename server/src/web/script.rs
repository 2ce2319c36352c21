//! Small files that are loaded beside the app, as they stand in `frontend/notify`: the script that makes an agent notice, the workers
//! that show a push, or a page while there is no line, and what a telephone needs to put Recado on its home screen. No page waits for them.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

const NOTIFY: &str = include_str!("../../../frontend/notify/notify.js");
const PUSH: &str = include_str!("../../../frontend/notify/push.js");
const OFFLINE: &str = include_str!("../../../frontend/notify/offline.js");
const MANIFEST: &str = include_str!("../../../frontend/notify/manifest.webmanifest");
pub(super) const SCRIPT: &str = "text/javascript; charset=utf-8";

/// `GET /notify.js`
pub async fn notify(headers: HeaderMap) -> Response {
    kept(NOTIFY, SCRIPT, &headers)
}

/// `GET /push.js`: the worker, which browsers ask for anew from time to time.
pub async fn push(headers: HeaderMap) -> Response {
    kept(PUSH, SCRIPT, &headers)
}

/// `GET /offline.js`: the worker that shows a page of ours while there is no line. It may ask this server, and nobody else.
pub async fn offline(headers: HeaderMap) -> Response {
    let policy = HeaderValue::from_static("default-src 'none'; connect-src 'self'");
    ([(header::CONTENT_SECURITY_POLICY, policy)], kept(OFFLINE, SCRIPT, &headers)).into_response()
}

/// `GET /manifest.webmanifest`: telephones let only what is on their home screen be told while no page is open.
pub async fn manifest(headers: HeaderMap) -> Response {
    kept(MANIFEST, "application/manifest+json", &headers)
}

/// `GET /app-icon-N.png`: drawn from `app-icon.svg` at these sizes, for home screens, which take no drawing.
pub async fn app_icon(uri: Uri, headers: HeaderMap) -> Response {
    let icon: &'static [u8] = match uri.path() {
        "/app-icon-180.png" => include_bytes!("../../../frontend/notify/app-icon-180.png"),
        "/app-icon-192.png" => include_bytes!("../../../frontend/notify/app-icon-192.png"),
        _ => include_bytes!("../../../frontend/notify/app-icon-512.png"),
    };
    kept(icon, "image/png", &headers)
}

/// A file under a name that stays: it is asked for each time, and sent when it changed.
pub(super) fn kept(text: impl AsRef<[u8]> + IntoResponse, kind: &'static str, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", &desk::clock::digest(text.as_ref())[..20]);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|known| known.contains(&tag));
    let about = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(header::CONTENT_TYPE, kind)], text).into_response()
}
