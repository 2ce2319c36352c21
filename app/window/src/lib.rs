//! The visitor's window: what a visitor sees, and the server functions beside it. A crate of its own, so that the browser's wasm
//! holds nothing of the agents' screens. Knows nouns by `model`; asks the desk only in the body of a server function, through `caller`.

mod api;
#[cfg(feature = "ssr")]
pub mod caller;
pub mod fail;
pub mod live;
mod number;
pub mod state;
mod time;
pub mod view;

pub use api::At;
