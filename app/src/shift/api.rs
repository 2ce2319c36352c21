//! What the sheet about a message or a ticket asks of the server: each function is one verb of the agent who asks.
//! Without wasm, the ticket is shown next in which the words are then.

use leptos::prelude::*;
use model::{ConversationId, MessageId, ShiftId, shift::Fact};

use crate::{ask::Values, error::Result};

/// Why a mail lies where it does.
#[server(protocol = Values)]
pub async fn explain_message(message: MessageId) -> Result<Vec<Fact>> {
    Ok(crate::caller::agent().await?.explain_message(message).await?)
}

/// Moves a message into the ticket with a number.
#[server]
pub async fn move_message(message: MessageId, ticket: String) -> Result<ConversationId> {
    let number = model::shift::number_of_field("ticket", &ticket)?;
    crate::caller::gone(crate::caller::agent().await?.move_message(message, number).await?)
}

/// Makes a ticket of its own of a message and all after it.
#[server]
pub async fn split_ticket(message: MessageId, subject: String) -> Result<ConversationId> {
    crate::caller::gone(crate::caller::agent().await?.split_ticket(message, &subject).await?)
}

/// Puts a ticket into the one with a number.
#[server]
pub async fn merge_ticket(conversation: ConversationId, ticket: String) -> Result<ConversationId> {
    let number = model::shift::number_of_field("ticket", &ticket)?;
    crate::caller::gone(crate::caller::agent().await?.merge_ticket(conversation, number).await?)
}

/// Takes a move, a split or a merge back.
#[server]
pub async fn undo_shift(shift: ShiftId) -> Result<()> {
    Ok(crate::caller::agent().await?.undo_shift(shift).await?)
}
