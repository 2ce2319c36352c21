//! What a browser may know of what went wrong: a refusal it can act on, or that we are unavailable and under
//! which reference that was logged. Knows no cause; those stay on the server.

use std::sync::Arc;

use leptos::{
    prelude::{FromServerFnError, use_context},
    server_fn::{codec::JsonEncoding, error::ServerFnErrorErr},
};
use model::{Language, Refusal, text::common};
use serde::{Deserialize, Serialize};

/// Why a server function gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Error {
    /// A "no" that the person can act on.
    Refused(Refusal),
    /// Ours to mend; logged under this reference.
    Unavailable(String),
    /// The request or its answer was lost on the way. Never made by the server.
    Offline,
}

/// What a server function gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Told of each refusal, or of none when the request itself could not be read: gives the answer its status.
#[derive(Clone)]
pub(crate) struct OnRefusal(pub Arc<Tell>);

type Tell = dyn Fn(Option<&Refusal>) + Send + Sync;

fn tell(refusal: Option<&Refusal>) {
    if let Some(OnRefusal(tell)) = use_context() {
        tell(refusal);
    }
}

impl Error {
    /// What the person reads.
    pub fn say(&self, language: Language) -> String {
        match self {
            Self::Refused(refusal) => refusal.say(language),
            Self::Unavailable(reference) => language.fill(common::UNAVAILABLE, &[("reference", reference)]),
            Self::Offline => language.say(common::OFFLINE).to_owned(),
        }
    }

    /// The field it is about, if it is about one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.field(),
            _ => None,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Language::English))
    }
}

impl std::error::Error for Error {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        tell(Some(&refusal));
        Self::Refused(refusal)
    }
}

impl FromServerFnError for Error {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            // An id that is none, a word that is unknown: what it asks for is not here.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                tell(None);
                Self::Refused(Refusal::NotFound)
            }
            _ => Self::Offline,
        }
    }
}
