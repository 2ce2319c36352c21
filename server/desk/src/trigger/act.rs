//! What triggers do: for somebody who has not written, kept with their visit; in a chat that goes on, at once, by Recado itself.

use model::{
    Assignee, ConversationId, MessageId, PropertyId,
    conversation::{Line, TAGS_MOST},
    event::What,
    message::{Author, Channel, Happening, MessageKind},
    trigger::{Deed, Trigger},
};
use sqlx::Row as _;

use super::carried;
use crate::{
    Desk, Result, conversation,
    db::Tx,
    line,
    message::{self, Entry},
    visit::{self, Word},
};

/// Does it for somebody on the site.
pub(super) async fn for_visit(tx: &mut Tx, desk: &Desk, property: &PropertyId, visit: &visit::Row, trigger: &Trigger) -> Result<()> {
    if let Some(chat) = going_on(tx, property, visit.chat.as_ref()).await? {
        return in_chat(tx, desk, property, &chat, trigger).await;
    }
    let mut words: Vec<&str> = vec![];
    let mut carry = carried::load(tx.conn(), property, &visit.id).await?;
    let before = carry.clone();
    for action in &trigger.actions {
        match action.deed {
            Deed::Say | Deed::AskDetails => words.push(&action.value),
            Deed::Department => carry.department = action.value.parse().ok(),
            Deed::Tag if !carry.tags.contains(&action.value) => carry.tags.push(action.value.clone()),
            Deed::Note if !carry.notes.contains(&action.value) => carry.notes.push(action.value.clone()),
            Deed::Tag | Deed::Note | Deed::Invite => {}
        }
    }
    if carry != before {
        carried::store(tx, property, &visit.id, &carry).await?;
    }
    if words.is_empty() && !trigger.invites() {
        return Ok(());
    }
    let id = MessageId::from_bits(desk.clock().bits());
    let (trigger, open) = (Some(trigger.id.clone()), trigger.invites());
    visit::put(tx, property, &visit.id, Word { id, author: Author::System, trigger, text: words.join("\n"), open, chat: None }).await
}

/// The chat, if it goes on.
async fn going_on(tx: &mut Tx, property: &PropertyId, chat: Option<&ConversationId>) -> Result<Option<ConversationId>> {
    let Some(chat) = chat else { return Ok(None) };
    let row = sqlx::query("select ended_at from chat where property = $1 and conversation = $2")
        .bind(property.as_str())
        .bind(chat.as_str())
        .fetch_optional(tx.conn())
        .await?;
    let ended = row.map(|row| row.try_get::<Option<i64>, _>(0)).transpose()?;
    Ok(ended.is_some_and(|at| at.is_none()).then(|| chat.clone()))
}

/// Does it in a chat that goes on.
pub(super) async fn in_chat(tx: &mut Tx, desk: &Desk, property: &PropertyId, chat: &ConversationId, trigger: &Trigger) -> Result<()> {
    for action in &trigger.actions {
        let before = line::take(tx, property, chat).await?;
        let entry =
            |kind, channel| Entry::said(MessageId::from_bits(desk.clock().bits()), kind, Author::System, channel, action.value.clone());
        match action.deed {
            Deed::Say | Deed::AskDetails => {
                message::say(tx, property, &before, entry(MessageKind::Said, Channel::Chat), None, vec![]).await?;
                if action.deed == Deed::AskDetails {
                    let said = line::take(tx, property, chat).await?;
                    change(tx, desk, property, said.clone(), said, What::DetailsAsked, Happening::DetailsAsked).await?;
                }
            }
            Deed::Note => {
                message::say(tx, property, &before, entry(MessageKind::Noted, Channel::Web), None, vec![]).await?;
            }
            Deed::Tag => tag(tx, desk, property, before, &action.value).await?,
            Deed::Department => assign(tx, desk, property, before, &action.value).await?,
            Deed::Invite => {}
        }
    }
    Ok(())
}

async fn tag(tx: &mut Tx, desk: &Desk, property: &PropertyId, before: Line, tag: &str) -> Result<()> {
    if before.tags.iter().any(|known| known == tag) || before.tags.len() >= TAGS_MOST as usize {
        return Ok(());
    }
    let mut after = before.clone();
    after.tags.push(tag.to_owned());
    after.tags.sort();
    change(tx, desk, property, before, after, What::TagsChanged, Happening::Tagged { tag: tag.to_owned() }).await
}

/// Gives it to a department if it is nobody's, and the department is still there.
async fn assign(tx: &mut Tx, desk: &Desk, property: &PropertyId, before: Line, department: &str) -> Result<()> {
    let row = sqlx::query("select name from department where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(department)
        .fetch_optional(tx.conn())
        .await?;
    let (Some(row), Assignee::Nobody, Ok(id)) = (row, &before.assignee, department.parse()) else { return Ok(()) };
    let after = Line { assignee: Assignee::Department(id), ..before.clone() };
    change(tx, desk, property, before, after, What::Assigned, Happening::Assigned { to: Some(row.try_get(0)?) }).await
}

async fn change(tx: &mut Tx, desk: &Desk, property: &PropertyId, before: Line, after: Line, what: What, happened: Happening) -> Result<()> {
    let entry = Entry::happened(MessageId::from_bits(desk.clock().bits()), Author::System, happened);
    conversation::record(tx, property, &before, &after, Author::System, what, vec![entry]).await?;
    Ok(())
}
