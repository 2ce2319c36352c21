//! What the form *Compose ticket* asks of the server.

use leptos::prelude::*;
use model::{ConversationId, ticket::TicketForm};

use crate::error::Result;

/// Opens a ticket; without wasm, its page is shown next.
#[server]
pub async fn open_ticket(form: TicketForm) -> Result<ConversationId> {
    let ticket = crate::caller::agent().await?.open_ticket(form.check()?).await?;
    crate::caller::go(&format!("/inbox/{ticket}"));
    Ok(ticket)
}
