//! What the screens of a chat ask of the server, besides what every conversation asks.

use leptos::prelude::*;
use model::{AgentId, Assignee, ConversationId, MessageId};

use crate::error::Result;

/// Comes into a chat without a word.
#[server]
pub async fn join_chat(conversation: ConversationId) -> Result<()> {
    Ok(crate::caller::agent().await?.join_chat(conversation).await?)
}

/// Goes out of a chat.
#[server]
pub async fn leave_chat(conversation: ConversationId) -> Result<()> {
    Ok(crate::caller::agent().await?.leave_chat(conversation).await?)
}

/// Asks a colleague into a chat.
#[server]
pub async fn invite_to_chat(conversation: ConversationId, agent: AgentId) -> Result<()> {
    Ok(crate::caller::agent().await?.invite_to_chat(conversation, agent).await?)
}

/// Gives a chat to a colleague or a department, and goes out of it.
#[server]
pub async fn transfer_chat(conversation: ConversationId, assignee: Assignee) -> Result<()> {
    Ok(crate::caller::agent().await?.transfer_chat(conversation, assignee).await?)
}

/// Ends a chat, for both sides.
#[server]
pub async fn end_chat(conversation: ConversationId) -> Result<()> {
    Ok(crate::caller::agent().await?.end_chat(conversation).await?)
}

/// Changes one's own words in a chat.
#[server]
pub async fn edit_message(message: MessageId, text: String) -> Result<()> {
    Ok(crate::caller::agent().await?.edit_message(message, &text).await?)
}

/// Takes one's own words in a chat back.
#[server]
pub async fn withdraw_message(message: MessageId) -> Result<()> {
    Ok(crate::caller::agent().await?.withdraw_message(message).await?)
}
