//! Following: an agent is told of a conversation as of their own, for as long as they see it. Following lets nobody see anything.
//! Knows who follows what; what they are told is the model's rule, and what they see is `sight`'s.

use model::{
    AgentId, ConversationId, PropertyId, Refusal, Why,
    conversation::{FOLLOWED_MOST, Line},
    event::What,
    message::Author,
};
use sqlx::Row as _;

use crate::{
    Agent, Result,
    conversation::record,
    db::Tx,
    line::{self, word},
};

impl Agent {
    /// Follows a conversation, or does no longer.
    pub async fn follow(&self, id: ConversationId, on: bool) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let before = if on { agent.take_living(tx, &id).await? } else { agent.take(tx, &id).await? };
                if on && !before.followers.contains(&agent.id) {
                    let most = sqlx::query("select count(*) from follower where property = $1 and agent = $2")
                        .bind(agent.property.as_str())
                        .bind(agent.id.as_str())
                        .fetch_one(tx.conn())
                        .await?;
                    if most.try_get::<i64, _>(0)? >= i64::from(FOLLOWED_MOST) {
                        return Err(Refusal::invalid("conversation", Why::TooMany(FOLLOWED_MOST)).into());
                    }
                }
                change(tx, &agent.property, agent.author(), (&before, &agent.id), on).await
            })
        })
        .await
    }
}

async fn change(tx: &mut Tx, property: &PropertyId, author: Author, (before, agent): (&Line, &AgentId), on: bool) -> Result<()> {
    let after = before.clone().followed(agent, on);
    if after.followers != before.followers {
        record(tx, property, before, &after, author, What::FollowersChanged, vec![]).await?;
    }
    Ok(())
}

/// An agent who may not enter the property any more follows nothing there.
pub(crate) async fn end(tx: &mut Tx, property: &PropertyId, agent: &AgentId, author: &Author) -> Result<()> {
    // in one order, as everybody locks them
    let rows = sqlx::query("select conversation from follower where property = $1 and agent = $2 order by conversation")
        .bind(property.as_str())
        .bind(agent.as_str())
        .fetch_all(tx.conn())
        .await?;
    for row in &rows {
        let before = line::take(tx, property, &word(row, "conversation")?).await?;
        change(tx, property, author.clone(), (&before, agent), false).await?;
    }
    Ok(())
}

/// The rows by which what somebody follows is found, as the line names who does.
pub(crate) async fn store(
    tx: &mut Tx,
    property: &PropertyId,
    id: &ConversationId,
    (before, after): (&[AgentId], &[AgentId]),
) -> Result<()> {
    for gone in before.iter().filter(|agent| !after.contains(agent)) {
        sqlx::query("delete from follower where property = $1 and agent = $2 and conversation = $3")
            .bind(property.as_str())
            .bind(gone.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
    }
    for come in after.iter().filter(|agent| !before.contains(agent)) {
        sqlx::query("insert into follower (property, agent, conversation) values ($1, $2, $3)")
            .bind(property.as_str())
            .bind(come.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}
