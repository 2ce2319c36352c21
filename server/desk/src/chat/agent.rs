//! What an agent does in a chat, besides what they do in any conversation: come and go, ask others in, end it, and change their words.

use model::{
    AgentId, Assignee, ConversationId, MessageId, Refusal,
    address::text_of_field,
    conversation::{Kind, Line},
    event::What,
    message::{Channel, Happening, Message, MessageKind, TEXT_MOST},
};

use super::{MISS_AFTER, finish, moment};
use crate::{
    Agent, Result, conversation,
    db::Tx,
    line,
    log::{self, Happened},
    message::{self, Entry},
    sight,
};

/// The agent comes into a chat that goes on, unless they are in it: it is theirs if it was nobody's, or a department's. Gives the line
/// as it stands then.
pub(crate) async fn join(tx: &mut Tx, agent: &Agent, before: Line) -> Result<Line> {
    let now = tx.now();
    let going_on =
        sqlx::query("update chat set miss_at = null where property = $1 and conversation = $2 and ended_at is null returning conversation")
            .bind(agent.property.as_str())
            .bind(before.id.as_str())
            .fetch_optional(tx.conn())
            .await?;
    if going_on.is_none() {
        return Ok(before);
    }
    let came = sqlx::query(
        "insert into chat_agent (property, conversation, agent, name, joined_at) values ($1, $2, $3, $4, $5) on conflict (property, conversation, agent) \
         do update set name = excluded.name, joined_at = excluded.joined_at, left_at = null where chat_agent.joined_at is null or chat_agent.left_at is not null",
    )
    .bind(agent.property.as_str())
    .bind(before.id.as_str())
    .bind(agent.id.as_str())
    .bind(agent.name())
    .bind(now.0)
    .execute(tx.conn())
    .await?;
    if came.rows_affected() == 0 {
        return Ok(before);
    }
    let mut after = before.clone();
    if !matches!(before.assignee, Assignee::Agent(_)) {
        after.assignee = Assignee::Agent(agent.id.clone());
    }
    let entry = Entry::happened(agent.new_message(), agent.author(), Happening::AgentJoined);
    let seq = conversation::record(tx, &agent.property, &before, &after, agent.author(), What::AgentJoined, vec![entry]).await?;
    Ok(Line { seq, ..after })
}

impl Agent {
    /// The line of a chat, locked; a ticket is none.
    async fn take_chat(&self, tx: &mut Tx, id: &ConversationId) -> Result<Line> {
        let line = self.take(tx, id).await?;
        if line.kind == Kind::Chat { Ok(line) } else { Err(Refusal::NotFound.into()) }
    }

    /// Comes into a chat without a word. Writing does it too.
    pub async fn join_chat(&self, id: ConversationId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let before = agent.take_chat(tx, &id).await?;
                join(tx, agent, before).await?;
                Ok(())
            })
        })
        .await
    }

    /// Goes out of a chat. It is nobody's if it was theirs, and can be missed if they said nothing.
    pub async fn leave_chat(&self, id: ConversationId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let before = agent.take_chat(tx, &id).await?;
                agent.leave_now(tx, before).await
            })
        })
        .await
    }

    /// Gives a chat to a colleague or a department, and goes out of it: both, or neither.
    pub async fn transfer_chat(&self, id: ConversationId, assignee: Assignee) -> Result<()> {
        let name = self.desk.assignee_name(&self.property, &assignee).await?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                let mut before = agent.take_chat(tx, &id).await?;
                if before.assignee != assignee {
                    let after = Line { assignee, ..before.clone() };
                    let entry = Entry::happened(agent.new_message(), agent.author(), Happening::Assigned { to: name });
                    let seq =
                        conversation::record(tx, &agent.property, &before, &after, agent.author(), What::Assigned, vec![entry]).await?;
                    before = Line { seq, ..after };
                }
                agent.leave_now(tx, before).await
            })
        })
        .await
    }

    /// `before`: the chat's line, which may be out of their sight by now.
    async fn leave_now(&self, tx: &mut Tx, before: Line) -> Result<()> {
        let (id, now) = (&before.id, tx.now());
        let left = sqlx::query("update chat_agent set left_at = $4 where property = $1 and conversation = $2 and agent = $3 and joined_at is not null and left_at is null")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(self.id.as_str())
            .bind(now.0)
            .execute(tx.conn())
            .await?;
        if left.rows_affected() == 0 {
            return Ok(());
        }
        sqlx::query("update chat set miss_at = $3 where property = $1 and conversation = $2 and answered_at is null and missed_at is null and ended_at is null")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(now.plus(MISS_AFTER).0)
            .execute(tx.conn())
            .await?;
        let own = before.assignee == Assignee::Agent(self.id.clone());
        let after = Line { assignee: if own { Assignee::Nobody } else { before.assignee.clone() }, ..before.clone() };
        // who asked them in, or noted their name, calls them again if need be
        sight::dismiss(tx, &self.property, &self.id, id).await?;
        let entry = Entry::happened(self.new_message(), self.author(), Happening::AgentLeft);
        conversation::record(tx, &self.property, &before, &after, self.author(), What::AgentLeft, vec![entry]).await?;
        Ok(())
    }

    /// Asks a colleague into a chat. Who is in it, or asked already, is not asked again.
    pub async fn invite_to_chat(&self, id: ConversationId, colleague: AgentId) -> Result<()> {
        let name = self.desk.assignee_name(&self.property, &Assignee::Agent(colleague.clone())).await?.unwrap_or_default();
        self.write(move |tx, agent| Box::pin(async move { agent.invite_now(tx, &id, &colleague, name).await })).await
    }

    async fn invite_now(&self, tx: &mut Tx, id: &ConversationId, colleague: &AgentId, name: String) -> Result<()> {
        let before = self.take_chat(tx, id).await?;
        let now = tx.now();
        let going_on = sqlx::query("select ended_at from chat where property = $1 and conversation = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(tx.conn())
            .await?
            .ok_or(Refusal::NotFound)?;
        if moment(&going_on, "ended_at")?.is_some() {
            return Err(Refusal::Conflict.into());
        }
        let asked = sqlx::query(
            "insert into chat_agent (property, conversation, agent, name, invited_at) values ($1, $2, $3, $4, $5) on conflict (property, conversation, agent) \
             do update set invited_at = excluded.invited_at, joined_at = null, left_at = null where chat_agent.left_at is not null",
        )
        .bind(self.property.as_str())
        .bind(id.as_str())
        .bind(colleague.as_str())
        .bind(&name)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
        if asked.rows_affected() == 0 {
            return Ok(());
        }
        sight::call(tx, &self.property, colleague, id).await?;
        let entry = Entry::happened(self.new_message(), self.author(), Happening::AgentInvited { name });
        conversation::record(tx, &self.property, &before, &before, self.author(), What::AgentInvited, vec![entry]).await?;
        Ok(())
    }

    /// Ends a chat, for both sides: what the visitor says next begins another one.
    pub async fn end_chat(&self, id: ConversationId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let before = agent.take_chat(tx, &id).await?;
                finish(tx, &agent.desk, &agent.property, &before, agent.author()).await
            })
        })
        .await
    }

    /// One's own words in a chat, with their line locked. What went by mail, or belongs to somebody else, stays as it is.
    async fn own_words(&self, tx: &mut Tx, id: &MessageId) -> Result<(Message, Line)> {
        let message = message::load(tx.conn(), &self.property, id).await?.ok_or(Refusal::NotFound)?;
        self.must_see_message(tx.conn(), id).await?;
        if line::agent(&message.author).as_ref() != Some(&self.id) || message.kind == MessageKind::Happened {
            return Err(Refusal::Forbidden.into());
        }
        let line = self.take_chat(tx, &message.conversation).await?;
        let mailed = message.kind == MessageKind::Said && message.channel != Channel::Chat;
        if mailed { Err(Refusal::TooLate.into()) } else { Ok((message, line)) }
    }

    /// Changes one's own words in a chat, or a note there; everybody sees that they were changed.
    pub async fn edit_message(&self, id: MessageId, text: &str) -> Result<()> {
        let text = text_of_field("text", text, TEXT_MOST)?;
        self.write(move |tx, agent| Box::pin(async move { agent.edit_now(tx, &id, text).await })).await
    }

    async fn edit_now(&self, tx: &mut Tx, id: &MessageId, text: String) -> Result<()> {
        let (message, before) = self.own_words(tx, id).await?;
        if message.text == text {
            return Ok(());
        }
        if message.kind == MessageKind::Noted {
            sight::call_mentioned(tx, &self.property, &before.id, &text).await?;
        }
        let now = tx.now();
        sqlx::query("update message set body = $3, edited_at = $4 where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(&text)
            .bind(now.0)
            .execute(tx.conn())
            .await?;
        let mut after = before.clone();
        self.recount(tx, &mut after).await?;
        let what = if message.kind == MessageKind::Noted { What::MessageNoted } else { What::MessageEdited };
        let happened = Happened::new(&self.property, self.author(), what).storing(&before, &after);
        log::append(tx, happened.messages(vec![id.clone()])).await?;
        Ok(())
    }

    /// Takes one's own words in a chat back, or a note there: they are gone for everybody.
    pub async fn withdraw_message(&self, id: MessageId) -> Result<()> {
        self.write(move |tx, agent| Box::pin(async move { agent.withdraw_now(tx, &id).await })).await
    }

    async fn withdraw_now(&self, tx: &mut Tx, id: &MessageId) -> Result<()> {
        let (_, before) = self.own_words(tx, id).await?;
        sqlx::query("delete from message where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
        let mut after = before.clone();
        self.recount(tx, &mut after).await?;
        conversation::record_undone(tx, &self.property, &before, &after, self.author(), id).await
    }

    async fn recount(&self, tx: &mut Tx, line: &mut Line) -> Result<()> {
        line::recount(tx.conn(), &self.property, line).await?;
        super::recount(tx, &self.property, line).await
    }
}
