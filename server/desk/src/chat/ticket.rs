//! A ticket made from a chat: linked both ways, for whom the chat was with, with what was said if wanted.

use model::{
    AttachmentId, ConversationId, MessageId, PropertyId, Refusal,
    conversation::{Kind, Line, Status},
    event::What,
    message::{Happening, Message},
    transcript,
    visitor::Details,
};
use sqlx::Row as _;

use crate::{
    Agent, Result, attachment, conversation,
    db::{Conn, Tx},
    line::{self, word},
    message, property,
    visitor::{Learnt, learn, lock},
};

/// Messages of a transcript: the last ones.
const MESSAGES_MOST: usize = 2_000;

/// What an agent knows of a chat's visitor, taken in if their address was not known. A visitor who logged out learns nothing more.
pub(crate) async fn learn_of(tx: &mut Tx, agent: &Agent, chat: &ConversationId, details: Details) -> Result<()> {
    let line = agent.load(tx.conn(), chat).await?;
    if line.kind != Kind::Chat {
        return Err(Refusal::NotFound.into());
    }
    let Some(visitor) = super::visitor_of(tx, &agent.property, &line.id).await? else { return Ok(()) };
    let row = match lock(tx, &agent.property, &visitor).await {
        Ok(row) => row,
        Err(crate::Error::Refused(Refusal::SignedOut)) => return Ok(()),
        Err(error) => return Err(error),
    };
    if row.guest.email.is_empty() {
        let learnt = Learnt { details, ..Learnt::default() };
        learn(tx, &agent.desk, &agent.property, &visitor, row, learnt, Some(agent.author())).await?;
    }
    Ok(())
}

/// Says in a chat that a ticket was made from it. A missed one, or one that is over, is done by that.
pub(crate) async fn link(tx: &mut Tx, agent: &Agent, chat: &ConversationId, ticket: &Line) -> Result<()> {
    let before = line::take(tx, &agent.property, chat).await?;
    let mut after = before.clone();
    if before.missed {
        (after.status, after.snoozed_until, after.waiting_since, after.missed) = (Status::Solved, None, None, false);
    }
    let what = Happening::TicketOpened { number: ticket.number.unwrap_or_default(), conversation: ticket.id.clone() };
    let entry = message::Entry::happened(agent.new_message(), agent.author(), what);
    conversation::record(tx, &agent.property, &before, &after, agent.author(), What::TicketLinked, vec![entry]).await?;
    Ok(())
}

/// The ticket made from a chat was none: the chat says no more that it was made, and waits again if it was missed and that had settled it.
pub(crate) async fn unlink(tx: &mut Tx, agent: &Agent, chat: &ConversationId, ticket: &ConversationId) -> Result<()> {
    let before = line::take(tx, &agent.property, chat).await?;
    let rows = sqlx::query(
        "select id, happened from message where property = $1 and conversation = $2 and kind = 'happened' order by seq desc, place desc",
    )
    .bind(agent.property.as_str())
    .bind(chat.as_str())
    .fetch_all(tx.conn())
    .await?;
    let mut entry: Option<MessageId> = None;
    for row in &rows {
        let happened: Happening = serde_json::from_str(row.try_get("happened")?)?;
        if matches!(happened, Happening::TicketOpened { conversation, .. } if conversation == *ticket) {
            entry = Some(word(row, "id")?);
            break;
        }
    }
    let Some(entry) = entry else { return Ok(()) };
    sqlx::query("delete from message where property = $1 and id = $2")
        .bind(agent.property.as_str())
        .bind(entry.as_str())
        .execute(tx.conn())
        .await?;
    let mut after = before.clone();
    let facts =
        super::load(tx.conn(), &agent.property, chat).await?.filter(|facts| facts.missed_at.is_some() && facts.answered_at.is_none());
    if before.status == Status::Solved && facts.is_some_and(|facts| facts.tickets.is_empty()) {
        line::recount(tx.conn(), &agent.property, &mut after).await?;
        (after.status, after.missed) = (Status::Open, true);
    }
    conversation::record_undone(tx, &agent.property, &before, &after, agent.author(), &entry).await
}

/// The last messages of a chat, for a transcript.
pub(crate) async fn said(conn: &mut Conn, property: &PropertyId, chat: &ConversationId) -> Result<Vec<Message>> {
    Ok(message::last(conn, property, chat, i64::MAX, MESSAGES_MOST).await?.0)
}

impl Agent {
    /// What was said in a chat, as a file to go with a message.
    pub(crate) async fn transcript_of(&self, chat: &ConversationId) -> Result<attachment::File> {
        let mut conn = self.desk.db().read().acquire().await?;
        let property = property::load(&self.desk, &mut conn, &self.property).await?;
        let text = transcript::text(&said(&mut conn, &self.property, chat).await?, &property.zone, property.language);
        drop(conn);
        Ok(attachment::File {
            id: AttachmentId::from_bits(self.desk.clock().bits()),
            name: "transcript.txt".into(),
            media_type: "text/plain".into(),
            inline: false,
            cid: None,
            blob: Some(self.desk.prepare(text.into_bytes()).await?),
        })
    }
}
