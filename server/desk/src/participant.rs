//! Participants: the people outside who receive a ticket's letters. A new one never receives what was written before.

use model::{
    ConversationId, PropertyId, Refusal, Why,
    address::EmailAddress,
    event::What,
    message::Happening,
    ticket::{PARTICIPANTS_MOST, Part, Participant},
};
use sqlx::Row as _;

use crate::{
    Agent, OrNotFound as _, Result, conversation,
    db::{Conn, Tx},
    line::word,
    message::Entry,
};

/// A ticket's participants: the requester first, then by address.
pub(crate) async fn load(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<Vec<Participant>> {
    let rows = sqlx::query("select email, name, part from participant where property = $1 and conversation = $2 order by part desc, email")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| Ok(Participant { email: row.try_get("email")?, name: row.try_get("name")?, part: word(row, "part")? })).collect()
}

/// Makes somebody a participant, from an event's number on; who is one already stays as they are.
pub(crate) async fn put(
    tx: &mut Tx,
    property: &PropertyId,
    id: &ConversationId,
    email: &str,
    name: &str,
    part: Part,
    since: i64,
) -> Result<()> {
    sqlx::query("insert into participant (property, conversation, email, name, part, since) values ($1, $2, $3, $4, $5, $6) on conflict (property, conversation, email) do nothing")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(email.to_lowercase())
        .bind(name)
        .bind(part.word())
        .bind(since)
        .execute(tx.conn())
        .await?;
    Ok(())
}

impl Agent {
    /// Somebody receives the ticket's letters from now on.
    pub async fn add_participant(&self, id: ConversationId, email: EmailAddress) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let before = agent.take_living(tx, &id).await?;
                let known = load(tx.conn(), &agent.property, &id).await?;
                if known.iter().any(|one| one.email == email.as_str()) {
                    return Ok(());
                }
                if known.len() >= PARTICIPANTS_MOST as usize {
                    return Err(Refusal::invalid("email", Why::TooMany(PARTICIPANTS_MOST)).into());
                }
                let head: i64 = sqlx::query("select seq from log_head where property = $1")
                    .bind(agent.property.as_str())
                    .fetch_one(tx.conn())
                    .await?
                    .try_get(0)?;
                put(tx, &agent.property, &id, email.as_str(), "", Part::Cc, head + 1).await?;
                let entry = Entry::happened(agent.new_message(), agent.author(), Happening::Joined { email: email.to_string() });
                conversation::record(tx, &agent.property, &before, &before, agent.author(), What::ParticipantsChanged, vec![entry]).await?;
                Ok(())
            })
        })
        .await
    }

    /// Somebody receives no more of the ticket's letters. The requester stays.
    pub async fn remove_participant(&self, id: ConversationId, email: EmailAddress) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let before = agent.take_living(tx, &id).await?;
                sqlx::query("delete from participant where property = $1 and conversation = $2 and email = $3 and part = 'cc'")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind(email.as_str())
                    .execute(tx.conn())
                    .await?
                    .or_not_found()?;
                let entry = Entry::happened(agent.new_message(), agent.author(), Happening::Left { email: email.to_string() });
                conversation::record(tx, &agent.property, &before, &before, agent.author(), What::ParticipantsChanged, vec![entry]).await?;
                Ok(())
            })
        })
        .await
    }
}
