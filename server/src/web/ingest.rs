//! Programs that hand over raw mails: `POST /ingest/raw?rcpt=…&from=…` with `Authorization: Bearer TOKEN` and the mail as body.
//! "200" is said only after the postbox has committed it; the same mail again is answered the same. Reads nothing of the mail.

use app::caller::Address;
use axum::{
    Extension, Json,
    body::{Body, to_bytes},
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use desk::{Error, postbox::Incoming};
use serde_json::json;

use super::router::House;
use crate::mail::smtp_in::{is_full, rfc2822};

/// Where it is.
const PATH: &str = "/ingest/raw";
/// Most recipients, and longest address.
const RECIPIENTS_MOST: usize = 100;
const ADDRESS_MOST: usize = 320;
/// A mail has something in it.
const LEAST: usize = 3;

/// Whether this is where programs hand mails over: they have a token and no page.
pub fn is_ingest(path: &str) -> bool {
    path == PATH
}

/// Why a mail is not taken.
#[derive(Debug)]
enum No {
    /// No token of ours.
    Token,
    /// The address bar says something wrong.
    Envelope(&'static str),
    /// There is no mail in the body.
    Empty,
    /// Too large, or cut off.
    TooLarge,
    /// Not an address of this property.
    Unknown,
    /// The disk is full.
    Full,
    /// The database is away.
    Later,
}

impl From<Error> for No {
    fn from(error: Error) -> Self {
        match &error {
            Error::Refused(_) => Self::Unknown,
            Error::Fault(fault) => {
                tracing::error!(%fault, "a mail could not be taken; who handed it over was told to try again");
                if is_full(&error) { Self::Full } else { Self::Later }
            }
        }
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let (status, what) = match self {
            Self::Token => (StatusCode::UNAUTHORIZED, "The token is missing, wrong or revoked. Admin → E-mail → Set-up makes one."),
            Self::Envelope(what) => (StatusCode::BAD_REQUEST, what),
            Self::Empty => (StatusCode::BAD_REQUEST, "The body is the raw mail (message/rfc822); this one is empty."),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "This mail is too large, or was cut off."),
            Self::Unknown => (StatusCode::UNPROCESSABLE_ENTITY, "This property has no such address."),
            Self::Full => (StatusCode::INSUFFICIENT_STORAGE, "There is no room to store it. Try again later."),
            Self::Later => (StatusCode::SERVICE_UNAVAILABLE, "It cannot be stored now. Try again later."),
        };
        let body = Json(json!({ "error": what }));
        match status {
            StatusCode::UNAUTHORIZED => (status, [(header::WWW_AUTHENTICATE, "Bearer")], body).into_response(),
            StatusCode::INSUFFICIENT_STORAGE | StatusCode::SERVICE_UNAVAILABLE => {
                (status, [(header::RETRY_AFTER, "30")], body).into_response()
            }
            _ => (status, body).into_response(),
        }
    }
}

/// `POST /ingest/raw`
pub async fn raw(
    State(house): State<House>,
    RawQuery(query): RawQuery,
    address: Option<Extension<Address>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let peer = address.map(|Extension(address)| address.0).unwrap_or_default();
    match take(&house, &query.unwrap_or_default(), peer, &headers, body).await {
        Ok(id) => Json(json!({ "id": id })).into_response(),
        Err(no) => no.into_response(),
    }
}

async fn take(house: &House, query: &str, peer: String, headers: &HeaderMap, body: Body) -> Result<String, No> {
    let postbox = house.desk.postbox();
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, token) = authorization.split_once(' ').unwrap_or_default();
    let token = if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" };
    let feeder = postbox.feeder(token).await?.ok_or(No::Token)?;
    let (rcpt_to, mail_from) = envelope(query).map_err(No::Envelope)?;
    // a few at a time, so that many large ones at once do not take all memory
    let _place = house.uploads.acquire().await.map_err(|_| No::Later)?;
    let raw = to_bytes(body, house.config.mail.max_size).await.map_err(|_| No::TooLarge)?;
    if raw.len() < LEAST {
        return Err(No::Empty);
    }
    // a program that does not say who sent the mail has not said that nobody did
    let returns = mail_from.as_ref().map_or_else(String::new, |from| format!("Return-Path: <{from}>\r\n"));
    let trace = format!(
        "{returns}Received: from ([{peer}])\r\n\tby {} (Recado) with HTTP;\r\n\t{}\r\n",
        house.desk.settings().mail_domain,
        rfc2822(house.desk.clock().now())
    );
    let size = raw.len();
    let mail_from = mail_from.unwrap_or_default();
    let incoming = Incoming { raw: raw.into(), mail_from, rcpt_to, helo: String::new(), peer, tls: house.config.https() };
    let id = postbox.hand_over(&feeder, incoming, trace.as_bytes()).await?;
    tracing::info!(%id, size, "a mail was handed over");
    Ok(id.to_string())
}

/// Recipients and sender; both may be left out. An empty sender is that of reports; none says nothing of it.
fn envelope(query: &str) -> Result<(Vec<String>, Option<String>), &'static str> {
    let (mut rcpt_to, mut mail_from) = (vec![], None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = unescape(value).ok_or("The address is not written as an address bar writes it.")?;
        if value.len() > ADDRESS_MOST || value.chars().any(|c| c.is_control() || matches!(c, '<' | '>')) {
            return Err("This is no address.");
        }
        match name {
            "rcpt" if rcpt_to.len() < RECIPIENTS_MOST => rcpt_to.push(value),
            "rcpt" => return Err("Too many recipients."),
            "from" => mail_from = Some(value),
            _ => return Err("Only rcpt and from may stand in the address."),
        }
    }
    Ok((rcpt_to, mail_from))
}

/// Percent-encoding undone. A plus is a plus: addresses have them, and who means a blank writes %20.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = vec![];
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let (high, low) = (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_stands_in_the_address() {
        let (rcpt_to, mail_from) = envelope("rcpt=a%2Bb+c@in.example.com&rcpt=d@in.example.com&from=e%40f.example").expect("an envelope");
        assert_eq!((rcpt_to, mail_from), (vec!["a+b+c@in.example.com".into(), "d@in.example.com".into()], Some("e@f.example".into())));
        assert_eq!(envelope("").expect("none"), (vec![], None));
        assert_eq!(envelope("from=").expect("nobody"), (vec![], Some(String::new())));
        for wrong in ["rcpt=%0d%0aX", "rcpt=%zz", "to=x", "from=<a@b.example>", "from=%ff"] {
            assert!(envelope(wrong).is_err(), "{wrong}");
        }
    }
}
