//! A visitor's requests that are no server functions: who asks, by the cookie of the widget's key; their uploads, and their files.

use std::net::IpAddr;

use app::caller::Address;
use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse as _,
};
use desk::Visitor;
use model::{AttachmentId, Refusal, attachment::BYTES_MOST};

use super::{
    answer::{Answer, No, id},
    file, guard,
    router::House,
    upload::{Named, receive, said, too_large},
};

/// Where a request comes from.
pub fn address(known: Option<&Extension<Address>>) -> Option<IpAddr> {
    known.and_then(|known| known.0.0.parse().ok())
}

/// The visitor who asks, in the property of this key.
pub async fn visitor(house: &House, key: &str, headers: &HeaderMap, address: Option<IpAddr>) -> Answer<Visitor> {
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    Ok(window::caller::visitor_of(&house.desk, headers, key, &address).await?)
}

/// `POST /chat/KEY/upload?name=…`: who asks is known before a byte is read.
pub async fn upload(
    State(house): State<House>,
    Path(key): Path<String>,
    Query(named): Query<Named>,
    known: Option<Extension<Address>>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let visitor = visitor(&house, &key, &headers, address(known.as_ref())).await?;
    visitor.may_follow().await?;
    let Some(size) = said(&headers) else { return Ok(StatusCode::LENGTH_REQUIRED.into_response()) };
    if size > BYTES_MOST {
        guard::waste(body).await;
        return Err(too_large());
    }
    // places of their own: agents do not wait for visitors
    let Ok(_place) = house.visitor_uploads.try_acquire() else { return Err(No::from(Refusal::TooMany { retry: 5 })) };
    let bytes = receive(body, Some(size)).await?;
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("application/octet-stream");
    let attachment = visitor.attach(&named.name, declared, bytes).await?;
    Ok(Json(attachment).into_response())
}

/// `GET /chat/KEY/attachments/ID`: their own files, and those of messages that they may see.
pub async fn attachment(
    State(house): State<House>,
    Path((key, text)): Path<(String, String)>,
    known: Option<Extension<Address>>,
    headers: HeaderMap,
) -> Answer {
    let visitor = visitor(&house, &key, &headers, address(known.as_ref())).await?;
    let (attachment, bytes) = visitor.open_attachment(id::<AttachmentId>(&text)?).await?;
    Ok(file::download_of(&attachment, bytes))
}

/// Whether an address is that of an upload.
pub fn is_upload(path: &str) -> bool {
    path == "/upload" || path == "/contacts/import" || (path.starts_with("/chat/") && path.ends_with("/upload"))
}
