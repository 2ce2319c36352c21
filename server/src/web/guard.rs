//! What happens to every request before and after its route: a number for the log, the client's address, the same-origin check,
//! limits of size and time, the headers. Logs method, path and status; never a query, a body or a cookie.

use std::{net::SocketAddr, time::Duration};

use app::caller::Address;
use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt as _, Limited};
use tokio::time::{Instant, timeout};

use super::{archive, header as headers, ingest, origin, peer, picture, router::House, turn, visit, visitor};

/// Largest body of a request that is no upload: a message of 100,000 characters, percent-encoded, fits.
const BODY_MOST: usize = 2 * 1024 * 1024;

/// Most bytes of a body too large that are heard and thrown away.
const WASTED_MOST: usize = 32 * 1024 * 1024;

/// Around every route.
pub async fn guard(State(house): State<House>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id: String = desk::clock::secret().chars().take(8).collect();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    if let Some(ConnectInfo(socket)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let address = peer::address(socket, request.headers(), &house.config.http.trusted_proxies);
        request.extensions_mut().insert(Address(address.to_string()));
    }
    let nonce = headers::PageNonce(desk::clock::secret());
    request.extensions_mut().insert(nonce.clone());
    let mut response = admit(&house, request, next, &path, &id).await;
    // Names under /pkg/ carry a hash of their content; everything else is somebody's own and is asked for anew, as is a file that another
    // version of us has.
    let lasts = path.starts_with("/pkg/") && !response.status().is_client_error() && !response.status().is_server_error();
    headers::put_on(response.headers_mut(), &nonce, lasts, house.config.https());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let (status, millis) = (response.status().as_u16(), started.elapsed().as_millis());
    match status {
        500.. => tracing::error!(%id, %method, path, status, millis, "answered"),
        _ if path.starts_with("/pkg/") || path == "/health" => tracing::trace!(%id, %method, path, status, millis, "answered"),
        _ => tracing::debug!(%id, %method, path, status, millis, "answered"),
    }
    response
}

async fn admit(house: &House, request: Request, next: Next, path: &str, id: &str) -> Response {
    let from_any_site = origin::only_reads(request.method(), request.headers()) || visit::is_beacon(path) || ingest::is_ingest(path);
    if !from_any_site && !origin::is_ours(request.headers(), &house.config.public_url) {
        tracing::info!(%id, path, "refused: not from our own pages");
        return (
            StatusCode::FORBIDDEN,
            "This request does not come from a page of this Recado (no same-origin Sec-Fetch-Site or Origin).\n",
        )
            .into_response();
    }
    if matches!(*request.method(), Method::TRACE | Method::CONNECT) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let ingest = ingest::is_ingest(path);
    let archive = archive::is_archive(path);
    let upload = visitor::is_upload(path) || picture::is_picture(path) || ingest || archive;
    let most = if archive {
        usize::try_from((u64::from(house.config.archive_most) << 20) + archive::AROUND).unwrap_or(usize::MAX)
    } else if ingest {
        house.config.mail.max_size
    } else if upload {
        usize::try_from(model::attachment::BYTES_MOST).unwrap_or(usize::MAX) + 1024
    } else {
        BODY_MOST
    };
    let said =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<usize>().ok());
    if !upload && said.is_some_and(|size| size > most) {
        let _ = timeout(house.config.http.request_time, waste(request.into_body())).await;
        return (StatusCode::PAYLOAD_TOO_LARGE, "This is too large.\n").into_response();
    }
    let request = request.map(|body| Body::new(Limited::new(body, most)));
    let turn = if turn::takes_turns(path) { Some(house.turns.of_request().await) } else { None };
    if matches!(turn, Some(None)) {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], "Many ask at once. Try again.\n").into_response();
    }
    let longest = house.config.http.request_time
        * if archive {
            100
        } else if upload {
            10
        } else {
            1
        };
    timeout(longest, next.run(request)).await.unwrap_or_else(|_| late(id, longest))
}

/// Hears what will not be taken: a browser that is answered while it still sends sees a broken line, not the answer.
pub async fn waste(body: Body) {
    let mut body = Limited::new(body, WASTED_MOST);
    while let Some(Ok(_)) = body.frame().await {}
}

fn late(id: &str, longest: Duration) -> Response {
    tracing::error!(%id, seconds = longest.as_secs(), "a request took too long");
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], format!("This took too long (reference {id}). Try again.\n"))
        .into_response()
}

/// A panic is answered, and logged with a reference that the person can name.
#[expect(clippy::needless_pass_by_value, reason = "tower-http hands it over like this")]
pub fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let what =
        panic.downcast_ref::<&str>().map(ToString::to_string).or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    let reference: String = desk::clock::secret().chars().take(8).collect();
    tracing::error!(%reference, %what, "a request panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, format!("Something went wrong here (reference {reference}). It was written to the log.\n"))
        .into_response()
}
