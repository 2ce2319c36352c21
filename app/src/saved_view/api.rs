//! What the sheet of saved views asks of the server: each function is one verb of the agent who asks.

use leptos::prelude::*;
use model::ViewId;

use crate::error::Result;

/// Keeps a view under a name; `view` is JSON, written by the page. Without wasm, it is shown next.
#[server]
pub async fn save_view(#[server(default)] name: String, view: String, #[server(default)] shared: bool) -> Result<ViewId> {
    let view: model::view::View = serde_json::from_str(&view).map_err(|_| model::Refusal::NotFound)?;
    let path = format!("/inbox?{}", view.to_query());
    crate::caller::go_after(crate::caller::agent().await?.save_view(&name, view, shared).await?, &path)
}

/// Calls a view otherwise.
#[server]
pub async fn rename_view(view: ViewId, #[server(default)] name: String) -> Result<()> {
    Ok(crate::caller::agent().await?.rename_view(view, &name).await?)
}

/// Puts a view before the one above it, or behind the one below.
#[server]
pub async fn move_view(view: ViewId, down: bool) -> Result<()> {
    Ok(crate::caller::agent().await?.move_view(view, down).await?)
}

/// Forgets a view.
#[server]
pub async fn delete_view(view: ViewId) -> Result<()> {
    Ok(crate::caller::agent().await?.delete_view(view).await?)
}
