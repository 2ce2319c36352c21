//! What a visitor's browser may know of what went wrong, already in the visitor's words: the small wasm holds no catalogue.
//! Knows no cause; those stay on the server.

use std::sync::Arc;

use leptos::{
    prelude::{FromServerFnError, use_context},
    server_fn::{codec::JsonEncoding, error::ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// Why a server function gave nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fail {
    /// For programs: `INVALID`, `TOO_MANY`, `BANNED`, ..; a site's script is told it.
    pub code: String,
    /// Name of the field it is about, or empty.
    pub field: String,
    /// What the visitor reads, or empty when only the browser can say it.
    pub text: String,
}

/// What a server function gives.
pub type Result<T, E = Fail> = std::result::Result<T, E>;

/// What is not here, and not for this visitor: the two answer alike.
pub const NOT_FOUND: &str = "NOT_FOUND";
/// The visitor is known no more: logged out, or away for too long.
pub const SIGNED_OUT: &str = "SIGNED_OUT";
/// Nobody answered.
pub const OFFLINE: &str = "OFFLINE";

/// Told when a request could not even be read: gives the answer its status.
#[derive(Clone)]
pub(crate) struct OnNonsense(pub Arc<dyn Fn() + Send + Sync>);

impl Fail {
    /// One that says nothing but its code.
    pub fn of(code: &str) -> Self {
        Self { code: code.to_owned(), ..Self::default() }
    }
}

impl std::fmt::Display for Fail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.text.is_empty() { &self.code } else { &self.text })
    }
}

impl std::error::Error for Fail {}

impl FromServerFnError for Fail {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        if let (ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_), Some(OnNonsense(tell))) = (error, use_context()) {
            tell();
            return Self::of(NOT_FOUND);
        }
        Self::of(OFFLINE)
    }
}
