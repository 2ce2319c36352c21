//! Takes one file as the raw body of a POST, so that a browser can show how far it is. Name in the query, type in Content-Type.
//! Answers the attachment as JSON.

use std::time::Duration;

use axum::{
    Json,
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt as _;
use model::{Refusal, Why, attachment::BYTES_MOST};
use serde::Deserialize;
use tokio::time::timeout;

use super::{
    answer::{Answer, No, agent},
    guard,
    router::House,
};

/// How long the next piece of a file may keep its place waiting.
const PAUSE_MOST: Duration = Duration::from_secs(20);

/// What the address says of the file.
#[derive(Deserialize)]
pub struct Named {
    /// Name of the file.
    #[serde(default)]
    pub name: String,
}

/// `POST /upload?name=…`
pub async fn upload(State(house): State<House>, Query(named): Query<Named>, headers: HeaderMap, body: Body) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let said = said(&headers);
    if said.is_some_and(|size| size > BYTES_MOST) {
        guard::waste(body).await;
        return Err(too_large());
    }
    // a few at once: each may hold 25 MB
    let _place = house.uploads.acquire().await;
    let bytes = receive(body, said).await?;
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("application/octet-stream");
    let attachment = agent.attach(&named.name, declared, bytes).await?;
    Ok(Json(attachment).into_response())
}

/// The size that was announced.
pub fn said(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// All of it; whoever sends it drop by drop is cut off.
pub async fn receive(body: Body, said: Option<u64>) -> Answer<Vec<u8>> {
    let most = usize::try_from(BYTES_MOST).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(said.and_then(|size| usize::try_from(size).ok()).unwrap_or(0).min(1 << 20));
    let mut stream = body.into_data_stream();
    while let Some(piece) = timeout(PAUSE_MOST, stream.next()).await.map_err(|_| too_slow())? {
        // the line broke, or the limit around all routes was reached
        let piece = piece.map_err(|_| too_large())?;
        if bytes.len() + piece.len() > most {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn too_slow() -> No {
    No::from(Refusal::TooMany { retry: 1 }).with(StatusCode::REQUEST_TIMEOUT)
}

/// The refusal of what is larger than a file may be.
pub fn too_large() -> No {
    No::from(Refusal::invalid("attachments", Why::TooLarge(25))).with(StatusCode::PAYLOAD_TOO_LARGE)
}

/// A GET changes nothing and has nothing to show.
pub async fn not_here() -> Response {
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}
