//! What the page of visitors asks of the server.

use leptos::prelude::*;
use model::{
    ConversationId, VisitId,
    visit::{OpenedVisit, Visits},
};

use crate::{ask::Values, error::Result};

/// Who is on the site now.
#[server(protocol = Values)]
pub async fn list_visits() -> Result<Visits> {
    Ok(crate::caller::agent().await?.list_visits().await?)
}

/// How many are; none where nothing tells of it.
#[server(protocol = Values)]
pub async fn count_visits() -> Result<Option<i64>> {
    Ok(crate::caller::agent().await?.count_visits().await?)
}

/// All that is known of a visit.
#[server(protocol = Values)]
pub async fn open_visit(visit: VisitId) -> Result<OpenedVisit> {
    Ok(crate::caller::agent().await?.open_visit(visit).await?)
}

/// Switches beacons on or off.
#[server]
pub async fn set_monitor(on: bool) -> Result<()> {
    Ok(crate::caller::agent().await?.set_monitor(on).await?)
}

/// Writes first; gives the chat, if there is one by that.
#[server]
pub async fn start_chat_with(visit: VisitId, text: String) -> Result<Option<ConversationId>> {
    Ok(crate::caller::agent().await?.start_chat_with(visit, &text).await?)
}

/// Bans a visit's browser or address, or a network.
#[server]
pub async fn ban_visit(
    visit: VisitId,
    #[server(default)] who: String,
    #[server(default)] network: String,
    #[server(default)] reason: String,
    hours: String,
) -> Result<()> {
    Ok(crate::caller::agent().await?.ban_visit(visit, &who, &network, &reason, &hours).await?)
}

/// The same for the visitor of a chat.
#[server]
pub async fn ban_from_chat(
    conversation: ConversationId,
    #[server(default)] who: String,
    #[server(default)] network: String,
    #[server(default)] reason: String,
    hours: String,
) -> Result<()> {
    Ok(crate::caller::agent().await?.ban_from_chat(conversation, &who, &network, &reason, &hours).await?)
}
