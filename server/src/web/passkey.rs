//! What the script of passkeys loads: itself, and what a browser is to ask its passkeys. Who somebody is, is asked and answered by forms.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{router::House, script};

const SCRIPT: &str = include_str!("../../../frontend/notify/passkey.js");

/// `GET /passkey.js`
pub async fn script(headers: HeaderMap) -> Response {
    script::kept(SCRIPT, script::SCRIPT, &headers)
}

/// `GET /passkey/challenge`: changes nothing, and is another each time.
pub async fn challenge(State(house): State<House>) -> Response {
    match house.desk.passkey_challenge() {
        Some(options) => ([(header::CONTENT_TYPE, "application/json")], options).into_response(),
        None => (StatusCode::NOT_FOUND, "There are no passkeys at this address: it is no name, or has no TLS.\n").into_response(),
    }
}
