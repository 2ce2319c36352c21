//! The window of a visitor's browser: loaded, and told what happened since. The one place that decides what of a message a visitor
//! may see; the types it fills have no room for the rest.

use model::{
    AgentId, ContactId, ConversationId, MessageId, Moment, PropertyId, VisitorId,
    event::{Event, What},
    live::GAP_MOST,
    message::{Author, Channel, Happening, Message, MessageKind},
    visitor::Guest,
    window::{CHATS_SHOWN, Front, MESSAGES_SHOWN, Speaker, VisitorTold, Window, WindowChat, WindowHappening, WindowMessage},
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Desk, Result, Visitor,
    chat::{self, Whole},
    db::Conn,
    line::{word, word_or_none},
    log, message, property,
    told::{Known, Reading},
    visitor, widget,
};

/// Columns of a chat as its visitor sees it.
macro_rules! chat_columns {
    () => {
        "select h.conversation, h.rating, h.answered_at, h.missed_at, h.rescued_at, h.ended_at, h.read_at, c.created_at \
         from chat h join conversation c on c.property = h.property and c.id = h.conversation where h.property = $1 and h.visitor = $2"
    };
}

impl Visitor {
    /// The window while these agents are connected.
    pub async fn open_window(&self, connected: &[AgentId]) -> Result<Window> {
        let head = log::head(self.desk.db().read(), &self.property).await?;
        let (state, opens_at) = self.desk.widget_state(&self.property, connected).await?;
        let mut conn = self.desk.db().read().acquire().await?;
        let row = visitor::load(&mut conn, &self.property, &self.id).await?;
        let (messages, earlier) = self.messages_before(&mut conn, i64::MAX, row.proven()).await?;
        Ok(Window {
            head,
            front: front(&self.desk, &mut conn, &self.property).await?,
            state,
            opens_at,
            chats: self.chats(&mut conn).await?,
            guest: row.guest,
            messages,
            earlier,
            now: self.desk.clock().now(),
        })
    }

    /// Messages of all their chats before a number, oldest first, and whether there are earlier ones.
    pub async fn list_earlier(&self, before: i64) -> Result<(Vec<WindowMessage>, bool)> {
        let mut conn = self.desk.db().read().acquire().await?;
        let row = visitor::load(&mut conn, &self.property, &self.id).await?;
        self.messages_before(&mut conn, before, row.proven()).await
    }

    /// What this visitor is told since a number. None when the gap is too large: the state is to be loaded anew.
    pub async fn told_since(&self, seq: i64) -> Result<Option<Vec<VisitorTold>>> {
        let pool = self.desk.db().read();
        if seq > log::head(pool, &self.property).await? {
            return Ok(None);
        }
        let events = log::visitor_since(pool, &self.property, &self.id, seq, GAP_MOST).await?;
        if i64::try_from(events.len()).unwrap_or(i64::MAX) >= GAP_MOST {
            return Ok(None);
        }
        let (mut reading, mut all) = (Reading::new(&self.desk).await?, vec![]);
        for event in events {
            all.push(self.tell(&mut reading, event).await?);
        }
        Ok(Some(all))
    }

    async fn tell(&self, reading: &mut Reading, event: Event) -> Result<VisitorTold> {
        let (known, messages) = reading.of(&event).await?;
        let mut all = told(&event, &self.id, known, &messages);
        let conn = reading.conn();
        if event.what.reaches_every_visitor() {
            all.front = Some(front(&self.desk, conn, &self.property).await?);
        }
        if event.what != What::VisitorChanged {
            return Ok(all);
        }
        let row = visitor::load(&mut *conn, &self.property, &self.id).await?;
        if let Some(chat) = &all.chat {
            // who they are proven to be decides which mails they may read
            for id in message::mails_of(conn, &self.property, &chat.id).await? {
                all.messages.extend(message::load(conn, &self.property, &id).await?.and_then(|message| shown(message, row.proven())));
                all.changed.push(id);
            }
        }
        all.guest = Some(row.guest);
        Ok(all)
    }

    /// Their last chats, oldest first.
    async fn chats(&self, conn: &mut Conn) -> Result<Vec<WindowChat>> {
        let rows = sqlx::query(concat!(chat_columns!(), " order by c.created_at desc, c.id desc limit $3"))
            .bind(self.property.as_str())
            .bind(self.id.as_str())
            .bind(i64::try_from(CHATS_SHOWN).unwrap_or(20))
            .fetch_all(&mut *conn)
            .await?;
        let mut chats = vec![];
        for row in rows.iter().rev() {
            chats.push(chat_of(conn, &self.property, row).await?);
        }
        Ok(chats)
    }

    /// A chat of theirs; anybody else's is not there.
    async fn chat(&self, conn: &mut Conn, id: &ConversationId) -> Result<Option<WindowChat>> {
        let row = sqlx::query(concat!(chat_columns!(), " and h.conversation = $3"))
            .bind(self.property.as_str())
            .bind(self.id.as_str())
            .bind(id.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        match row {
            Some(row) => Ok(Some(chat_of(conn, &self.property, &row).await?)),
            None => Ok(None),
        }
    }

    async fn messages_before(&self, conn: &mut Conn, before: i64, proven: Option<&ContactId>) -> Result<(Vec<WindowMessage>, bool)> {
        // more than are shown, since agents' own entries lie between
        let (read, more) = message::of_visitor(conn, &self.property, &self.id, before, 4 * MESSAGES_SHOWN).await?;
        let mut messages: Vec<WindowMessage> = read.into_iter().filter_map(|message| shown(message, proven)).collect();
        let beyond = messages.len().saturating_sub(MESSAGES_SHOWN);
        messages.drain(..beyond);
        Ok((messages, more || beyond > 0))
    }

    /// Whether they may open the files of a message.
    pub(crate) async fn sees_files_of(&self, conn: &mut Conn, id: &MessageId) -> Result<bool> {
        let row = visitor::load(&mut *conn, &self.property, &self.id).await?;
        let Some(message) = message::load(&mut *conn, &self.property, id).await? else { return Ok(false) };
        let own = self.chat(conn, &message.conversation).await?.is_some();
        Ok(own && shown(message, row.proven()).is_some_and(|message| !message.attachments.is_empty()))
    }
}

impl Desk {
    /// What every visitor of a property sees, also who never wrote.
    pub async fn front(&self, property: &PropertyId) -> Result<Front> {
        front(self, self.db().read().acquire().await?.as_mut(), property).await
    }

    /// The window of somebody who is not known, by the widget's key: nothing but its front. `connected` says who of a property is.
    pub async fn open_front(&self, key: &str, connected: &(dyn Fn(&PropertyId) -> Vec<AgentId> + Send + Sync)) -> Result<Window> {
        let property = self.property_of_widget(key).await?;
        let head = log::head(self.db().read(), &property).await?;
        let (state, opens_at) = self.widget_state(&property, &connected(&property)).await?;
        Ok(Window {
            head,
            front: self.front(&property).await?,
            state,
            opens_at,
            guest: Guest::default(),
            chats: vec![],
            messages: vec![],
            earlier: false,
            now: self.clock().now(),
        })
    }
}

async fn front(desk: &Desk, conn: &mut Conn, id: &PropertyId) -> Result<Front> {
    let (property, widget) = (property::load(desk, &mut *conn, id).await?, widget::load(&mut *conn, id).await?);
    let mut departments = vec![];
    if widget.asks_department() {
        let rows = sqlx::query("select id, name from department where property = $1").bind(id.as_str()).fetch_all(conn).await?;
        for row in &rows {
            departments.push((word(row, "id")?, row.try_get("name")?));
        }
        departments.sort_by(|(a, a_name), (b, b_name): &(_, String)| (a_name, a).cmp(&(b_name, b)));
    }
    Ok(Front { property: property.name, language: property.language, zone: property.zone, widget, departments })
}

async fn chat_of(conn: &mut Conn, property: &PropertyId, row: &AnyRow) -> Result<WindowChat> {
    let id: ConversationId = word(row, "conversation")?;
    let hosts = sqlx::query("select s.agent, s.name as seat_name, s.left_at, a.picture from chat_agent s left join membership m on m.property = s.property and m.agent = s.agent and m.disabled_at is null left join agent a on a.id = m.agent where s.property = $1 and s.conversation = $2 and s.joined_at is not null order by s.joined_at, s.agent")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_all(conn)
        .await?;
    let moment = |column: &str| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Moment));
    Ok(WindowChat {
        id,
        started_at: Moment(row.try_get("created_at")?),
        hosts: hosts.iter().map(chat::host).collect::<Result<_>>()?,
        answered: moment("answered_at")?.is_some(),
        missed: moment("missed_at")?.is_some() && moment("answered_at")?.is_none(),
        rescued: moment("rescued_at")?.is_some(),
        ended_at: moment("ended_at")?,
        rating: word_or_none(row, "rating")?,
        read_at: moment("read_at")?,
    })
}

/// What a visitor is told of an event, by what was read of it. Of a chat that is not theirs, nothing but that there was something.
pub(crate) fn told(event: &Event, visitor: &VisitorId, known: Option<&Known>, messages: &[Message]) -> VisitorTold {
    let own = known.and_then(|known| Some((&known.line, known.chat.as_ref().filter(|whole| whole.chat.visitor == *visitor)?)));
    let messages = own
        .map_or_else(Vec::new, |(_, whole)| messages.iter().filter_map(|message| shown(message.clone(), whole.proven.as_ref())).collect());
    let chat = own.map(|(line, Whole { chat, hosts, .. })| WindowChat {
        id: line.id.clone(),
        started_at: line.created_at,
        hosts: hosts.clone(),
        answered: chat.answered_at.is_some(),
        missed: chat.missed_at.is_some() && chat.answered_at.is_none(),
        rescued: chat.rescued_at.is_some(),
        ended_at: chat.ended_at,
        rating: chat.rating,
        read_at: chat.read_at,
    });
    let (about, changed) = (event.conversation.clone(), event.messages.clone());
    VisitorTold { seq: event.seq, about, chat, changed, messages, guest: None, front: None }
}

/// A message as the visitor sees it; none if it is not for them. `proven` is the contact that the site proved them to be. A new sort
/// of entry is not shown until it is named here.
fn shown(message: Message, proven: Option<&ContactId>) -> Option<WindowMessage> {
    if message.mark.is_some() || message.kind == MessageKind::Noted {
        return None;
    }
    let happened = match message.happened {
        None => None,
        Some(Happening::AgentJoined) => Some(WindowHappening::AgentJoined),
        Some(Happening::AgentLeft) => Some(WindowHappening::AgentLeft),
        Some(Happening::Ended) => Some(WindowHappening::Ended),
        Some(Happening::Rated { rating }) => Some(WindowHappening::Rated { rating }),
        Some(Happening::DetailsAsked) => Some(WindowHappening::DetailsAsked),
        Some(Happening::DetailsLeft { email, .. }) => Some(WindowHappening::DetailsLeft { email }),
        Some(Happening::TranscriptAsked { email }) => Some(WindowHappening::TranscriptAsked { email }),
        Some(_) => return None,
    };
    let by_mail = message.channel == Channel::Email;
    // who named somebody's address does not get to read what its owner writes
    let closed = by_mail && matches!(&message.author, Author::Contact { id, .. } if proven != Some(id));
    let speaker = match message.author {
        Author::Agent { id, name } => Speaker::Agent { id, name },
        Author::Contact { .. } => Speaker::Visitor,
        Author::System => Speaker::System,
    };
    Some(WindowMessage {
        id: message.id,
        chat: message.conversation,
        seq: message.seq,
        place: message.place,
        speaker,
        at: message.at,
        edited: message.edited_at.is_some(),
        by_mail,
        text: if closed { String::new() } else { message.text },
        rendered: message.rendered,
        attachments: if closed { vec![] } else { message.attachments },
        happened,
    })
}
