//! Refusals and faults of the routes that are no server functions: the same statuses as theirs, with the same JSON.

use app::{caller, error::Error};
use axum::{
    Json,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use desk::{Agent, Desk, Fault};
use model::Refusal;

/// A "no", or that we are unavailable, as an answer.
pub struct No(StatusCode, Error);

impl From<desk::Error> for No {
    fn from(error: desk::Error) -> Self {
        match error {
            desk::Error::Refused(refusal) => refusal.into(),
            desk::Error::Fault(fault) => fault.into(),
        }
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self(caller::status(&refusal), Error::Refused(refusal))
    }
}

impl From<Fault> for No {
    fn from(fault: Fault) -> Self {
        let reference = desk::clock::secret().chars().take(8).collect::<String>();
        tracing::error!(%reference, %fault, "a request failed");
        Self(StatusCode::SERVICE_UNAVAILABLE, Error::Unavailable(reference))
    }
}

impl No {
    /// With another status than the refusal's usual one.
    #[must_use]
    pub fn with(self, status: StatusCode) -> Self {
        Self(status, self.1)
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

/// What these routes give.
pub type Answer<T = Response> = Result<T, No>;

/// The agent who asks, by the cookie.
pub async fn agent(desk: &Desk, headers: &HeaderMap) -> Answer<Agent> {
    let token = caller::session_token(headers, caller::secure(desk)).ok_or(Refusal::SignedOut)?;
    Ok(desk.agent(token).await?)
}

/// An id in an address: what is no id is not here.
pub fn id<T: std::str::FromStr>(text: &str) -> Answer<T> {
    text.parse().map_err(|_| Refusal::NotFound.into())
}
