//! What the screens of the Inbox ask of the server: each function is one verb of the agent who asks.
//! Knows the names of verbs; decides nothing.

use crate::{ask::Values, error::Result};
use leptos::prelude::*;
use model::{
    Assignee, ConversationId, LetterId, MessageId, Moment,
    conversation::{Folder, Priority, Status},
    draft::{Draft, DraftPlace},
    inbox::{Inbox, Page},
    message::Message,
    thread::Opened,
    ticket::ReplyForm,
    view::{Key, View},
};

/// The first part of a view of the Inbox, with the counters.
#[server(protocol = Values)]
pub async fn list_inbox(view: View) -> Result<Inbox> {
    Ok(crate::caller::agent().await?.list_inbox(view).await?)
}

/// A further part of a view.
#[server(protocol = Values)]
pub async fn list_more(view: View, after: Key) -> Result<Page> {
    Ok(crate::caller::agent().await?.list_more(view, after).await?)
}

/// A conversation and the drafts in it.
#[server(protocol = Values)]
pub async fn open_conversation(conversation: ConversationId) -> Result<Opened> {
    Ok(crate::caller::agent().await?.open_conversation(conversation).await?)
}

/// Messages before those on the screen, and whether there are still earlier ones.
#[server(protocol = Values)]
pub async fn list_earlier(conversation: ConversationId, before: i64) -> Result<(Vec<Message>, bool)> {
    Ok(crate::caller::agent().await?.list_earlier(conversation, before).await?)
}

/// Says something to everyone in the conversation.
#[server]
pub async fn send_reply(conversation: ConversationId, form: ReplyForm) -> Result<()> {
    Ok(crate::caller::agent().await?.reply(conversation, form.check()?).await?)
}

/// Notes something for agents only.
#[server]
pub async fn write_note(conversation: ConversationId, form: ReplyForm) -> Result<()> {
    Ok(crate::caller::agent().await?.note(conversation, form.check()?).await?)
}

/// Takes a message back; gives what was typed, as a draft again, and where it belongs.
#[server]
pub async fn undo_message(message: MessageId) -> Result<(DraftPlace, Draft)> {
    Ok(crate::caller::agent().await?.undo(message).await?)
}

/// Lets a held message through.
#[server]
pub async fn approve_message(message: MessageId) -> Result<()> {
    Ok(crate::caller::agent().await?.approve(message).await?)
}

/// Says where a conversation stands.
#[server]
pub async fn set_status(conversation: ConversationId, status: Status) -> Result<()> {
    Ok(crate::caller::agent().await?.set_status(vec![conversation], status).await?)
}

/// Says how pressing a conversation is.
#[server]
pub async fn set_priority(conversation: ConversationId, priority: Priority) -> Result<()> {
    Ok(crate::caller::agent().await?.set_priority(vec![conversation], priority).await?)
}

/// Says who looks after a conversation.
#[server]
pub async fn assign_conversation(conversation: ConversationId, assignee: Assignee) -> Result<()> {
    Ok(crate::caller::agent().await?.assign(vec![conversation], assignee).await?)
}

/// Puts a tag on a conversation.
#[server]
pub async fn tag_conversation(conversation: ConversationId, tag: String) -> Result<()> {
    Ok(crate::caller::agent().await?.tag(vec![conversation], tag).await?)
}

/// Takes a tag off a conversation.
#[server]
pub async fn untag_conversation(conversation: ConversationId, tag: String) -> Result<()> {
    Ok(crate::caller::agent().await?.untag(vec![conversation], tag).await?)
}

/// Sends a conversation to sleep.
#[server]
pub async fn snooze_conversation(conversation: ConversationId, until: Moment) -> Result<()> {
    Ok(crate::caller::agent().await?.snooze(conversation, until).await?)
}

/// Moves a conversation to another drawer.
#[server]
pub async fn move_conversation(conversation: ConversationId, folder: Folder) -> Result<()> {
    Ok(crate::caller::agent().await?.move_to(vec![conversation], folder).await?)
}

/// Deletes a conversation for ever, from spam or trash.
#[server]
pub async fn delete_conversation(conversation: ConversationId) -> Result<()> {
    crate::caller::agent().await?.delete(vec![conversation]).await?;
    crate::caller::go("/inbox");
    Ok(())
}

/// Follows a conversation, or does no longer.
#[server]
pub async fn follow_conversation(conversation: ConversationId, on: bool) -> Result<()> {
    Ok(crate::caller::agent().await?.follow(conversation, on).await?)
}

/// Lets a person receive a ticket's letters.
#[server]
pub async fn add_participant(conversation: ConversationId, email: String) -> Result<()> {
    let email = model::address::EmailAddress::of_field("email", &email)?;
    Ok(crate::caller::agent().await?.add_participant(conversation, email).await?)
}

/// Lets a person receive no more of a ticket's letters.
#[server]
pub async fn remove_participant(conversation: ConversationId, email: String) -> Result<()> {
    let email = model::address::EmailAddress::of_field("email", &email)?;
    Ok(crate::caller::agent().await?.remove_participant(conversation, email).await?)
}

/// Marks a conversation as read by the agent who asks.
#[server]
pub async fn mark_read(conversation: ConversationId) -> Result<()> {
    Ok(crate::caller::agent().await?.mark_read(conversation).await?)
}

/// Keeps what was typed and not sent.
#[server(protocol = Values)]
pub async fn save_draft(place: DraftPlace, draft: Draft) -> Result<()> {
    Ok(crate::caller::agent().await?.save_draft(place, draft).await?)
}

/// Gives back what was typed and not sent.
#[server(protocol = Values)]
pub async fn load_draft(place: DraftPlace) -> Result<Draft> {
    Ok(crate::caller::agent().await?.load_draft(place).await?)
}

/// Tries a letter of a message once more.
#[server]
pub async fn resend_letter(letter: LetterId) -> Result<()> {
    Ok(crate::caller::agent().await?.retry_letter(letter).await?)
}
