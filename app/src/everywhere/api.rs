//! What the list of all properties asks of the server.

use leptos::prelude::*;
use model::{
    ConversationId,
    everywhere::{Everywhere, Further},
    view::{Key, View},
};

use crate::{ask::Values, error::Result};

/// The first part of a view over all properties, with the counters of each.
#[server(protocol = Values)]
pub async fn list_everywhere(view: View) -> Result<Everywhere> {
    Ok(crate::caller::agent().await?.list_everywhere(view).await?)
}

/// A further part of it.
#[server(protocol = Values)]
pub async fn list_more_everywhere(view: View, after: Key) -> Result<Further> {
    Ok(crate::caller::agent().await?.list_more_everywhere(view, after).await?)
}

/// Opens a conversation in its own property, which is looked at from then on; gives where that is.
#[server]
pub async fn go_to_conversation(conversation: ConversationId) -> Result<ConversationId> {
    crate::caller::agent().await?.go_to(&conversation).await?;
    crate::caller::gone(conversation)
}
