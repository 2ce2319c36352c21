//! One conversation, opened: everything its screen holds.

use model::{
    ConversationId, PropertyId, Refusal,
    conversation::{Kind, Line},
    draft::DraftPlace,
    message::Message,
    thread::{MESSAGES_SHOWN, OTHERS_SHOWN, Opened, Thread},
};

use crate::{Agent, Result, chat, contact, db::Conn, draft, filter::sight as filter, line, log, message, participant, sight::Sight};

impl Agent {
    /// Opens a conversation.
    pub async fn open_thread(&self, id: ConversationId) -> Result<Thread> {
        self.thread(&mut *self.desk.db().read().acquire().await?, id, MESSAGES_SHOWN).await
    }

    /// A conversation with so many of its last messages.
    pub(crate) async fn thread(&self, conn: &mut Conn, id: ConversationId, most: usize) -> Result<Thread> {
        let head = log::head(&mut *conn, &self.property).await?;
        let line = self.load(conn, &id).await?;
        let card = contact::card(conn, &self.property, &line.contact.id).await?.ok_or(Refusal::NotFound)?;
        let emails = contact::emails(conn, &self.property, &card.contact).await?;
        let participants = participant::load(conn, &self.property, &id).await?;
        let (messages, earlier) = message::last(conn, &self.property, &id, i64::MAX, most).await?;
        let others = others(conn, &self.property, &self.sight, &line).await?;
        let chat = if line.kind == Kind::Chat { chat::load(conn, &self.property, &id).await? } else { None };
        let origin = if line.from_chat { line::origin(conn, &self.property, &id).await? } else { None };
        let reply_address =
            if line.kind == Kind::Ticket { self.desk.keys().ticket_address(self.property.as_str(), id.as_str()) } else { String::new() };
        Ok(Thread { head, line, card, emails, participants, messages, earlier, gone: false, others, chat, origin, reply_address })
    }

    /// Opens a conversation with the drafts that this agent has in it.
    pub async fn open_conversation(&self, id: ConversationId) -> Result<Opened> {
        let mut conn = self.desk.db().read().acquire().await?;
        let places = [&DraftPlace::Reply(id.clone()), &DraftPlace::Note(id.clone())];
        let [reply, note] = draft::load(&mut conn, self, places).await?;
        Ok(Opened { thread: self.thread(&mut conn, id, MESSAGES_SHOWN).await?, reply, note })
    }

    /// Messages before a number, oldest first, and whether there are earlier ones.
    pub async fn list_earlier(&self, id: ConversationId, before: i64) -> Result<(Vec<Message>, bool)> {
        let mut conn = self.desk.db().read().acquire().await?;
        self.load(&mut conn, &id).await?;
        message::last(&mut conn, &self.property, &id, before, MESSAGES_SHOWN).await
    }
}

/// Other conversations with the same contact that are seen, newest first.
pub(crate) async fn others(conn: &mut Conn, property: &PropertyId, sight: &Sight, line: &Line) -> Result<Vec<Line>> {
    let rows = filter::others(property, sight, line, OTHERS_SHOWN).rows(conn).await?;
    rows.iter().map(line::of_row).collect()
}
