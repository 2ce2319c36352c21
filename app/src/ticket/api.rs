//! What the form *Compose ticket* asks of the server.

use leptos::prelude::*;
use model::{ConversationId, ticket::TicketForm};

use crate::error::Result;

/// Opens a ticket; without wasm, its page is shown next, or the chat it was made from.
#[server]
pub async fn open_ticket(form: TicketForm) -> Result<ConversationId> {
    let draft = form.check()?;
    let (next, ticket) = (draft.next(), crate::caller::agent().await?.open_ticket(draft).await?);
    crate::caller::go(&format!("/inbox/{next}"));
    Ok(ticket)
}
