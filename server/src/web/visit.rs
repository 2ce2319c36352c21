//! Beacons of pages that tell who is on the site: `POST /w/KEY/visit`. They come from any site, carry no cookie, and may be garbage.
//! The answer is empty, or what the page is to show.

use app::caller::Address;
use axum::{
    Extension, Json,
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use desk::Sender;
use model::{
    site::host,
    visit::{BEACON_MOST, Beacon},
};

use super::{answer::No, router::House};

/// Most characters of a language's tag.
const TAG_MOST: usize = 20;

/// Whether this is where beacons come: pages of other sites may send them.
pub fn is_beacon(path: &str) -> bool {
    path.strip_prefix("/w/").and_then(|rest| rest.strip_suffix("/visit")).is_some_and(|key| !key.contains('/'))
}

/// `POST /w/KEY/visit`
pub async fn beacon(
    State(house): State<House>,
    Path(key): Path<String>,
    address: Option<Extension<Address>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let address = address.map(|Extension(address)| address.0).unwrap_or_default();
    let mut answer = match take(&house, &key, address, &headers, body).await {
        Ok(answer) => answer,
        // a page reads whatever is JSON: a refusal has no body
        Err(no) => no.into_response().status().into_response(),
    };
    // read by the page that asked, whatever its site
    answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
    answer
}

async fn take(house: &House, key: &str, address: String, headers: &HeaderMap, body: Body) -> Result<Response, No> {
    let Ok(body) = to_bytes(body, BEACON_MOST).await else { return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response()) };
    let beacon = serde_json::from_slice::<Beacon>(&body).ok().and_then(|beacon| beacon.check());
    let Some(seen) = beacon else { return Ok(StatusCode::BAD_REQUEST.into_response()) };
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = text(header::ACCEPT_LANGUAGE).split([',', ';']).next().unwrap_or_default().trim();
    let plain = |tag: &&str| tag.len() <= TAG_MOST && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let sender = Sender {
        country: house.config.countries.as_ref().and_then(|countries| countries.of(&address)),
        address,
        browser: text(header::USER_AGENT).to_owned(),
        language: Some(first).filter(plain).unwrap_or_default().to_owned(),
        site: host(text(header::ORIGIN)),
    };
    match house.desk.see_visit(key, seen, sender).await {
        Ok(None) => Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(Some(answer)) => Ok(Json(answer).into_response()),
        Err(error) => Err(error.into()),
    }
}
