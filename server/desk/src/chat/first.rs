//! An agent writes first, to a visitor whose browser is known: a chat begins with the agent's words, or the words go into the one that
//! goes on. And what becomes the first words of a chat that the visitor begins after such words.

use model::{
    Assignee, ConversationId, MessageId, Refusal, VisitorId,
    conversation::Line,
    event::What,
    message::{Author, Channel, Happening, MessageKind},
};

use super::{
    current, new_message,
    start::{Start, line_of},
};
use crate::{
    Agent, Error, Result, Visitor, contact, conversation,
    db::Tx,
    line,
    log::{self, Happened},
    message::{self, Entry},
    trigger,
    visit::{self, Row as VisitRow},
    visitor::{Row, lock, put_requester},
};

/// Words as an entry of a chat.
fn said(id: MessageId, author: Author, text: String) -> Entry {
    Entry::said(id, MessageKind::Said, author, Channel::Chat, text)
}

/// Says words to a known browser. Gives the chat, and whether it went on already; none when the browser logged out.
pub(crate) async fn write_first(
    tx: &mut Tx,
    agent: &Agent,
    visit: &VisitRow,
    visitor: &VisitorId,
    id: MessageId,
    text: &str,
) -> Result<Option<(ConversationId, bool)>> {
    let known = match lock(tx, &agent.property, visitor).await {
        Ok(known) => known,
        Err(Error::Refused(Refusal::SignedOut)) => return Ok(None),
        Err(error) => return Err(error),
    };
    if let Some(chat) = current(tx.conn(), &agent.property, visitor).await? {
        // the visitor is on the site for everybody to see; what is said with them is not
        agent.must_see(tx.conn(), &chat).await.map_err(|error| match error {
            Error::Refused(Refusal::NotFound) => Refusal::Forbidden.into(),
            error => error,
        })?;
        let before = agent.take(tx, &chat).await?;
        // before the log, which joining takes
        contact::touch(tx, &agent.property, &before.contact.id, tx.now()).await?;
        let before = super::join(tx, agent, before).await?;
        message::say(tx, &agent.property, &before, said(id, agent.author(), text.to_owned()), None, vec![]).await?;
        return Ok(Some((chat, true)));
    }
    let chat = open(tx, agent, visit, visitor, known, said(id, agent.author(), text.to_owned())).await?;
    Ok(Some((chat, false)))
}

/// Opens a chat with an agent's words in it: it is theirs, and answered.
async fn open(tx: &mut Tx, agent: &Agent, visit: &VisitRow, visitor: &VisitorId, known: Row, words: Entry) -> Result<ConversationId> {
    let (desk, property, now) = (&agent.desk, &agent.property, tx.now());
    let contact = contact::of_visitor(tx, desk, property, &known.likeness()).await?;
    sqlx::query("update visitor set contact = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(visitor.as_str())
        .bind(contact.id.as_str())
        .execute(tx.conn())
        .await?;
    if known.contact.is_none() && !(known.attributes.is_empty() && known.tags.is_empty()) {
        contact::index(tx, property, &contact.id).await?;
    }
    let chat = ConversationId::from_bits(desk.clock().bits());
    let line = Line {
        preview: words.preview(),
        preview_by: Some(agent.id.clone()),
        assignee: Assignee::Agent(agent.id.clone()),
        waiting_since: None,
        ..line_of(&chat, &known, contact, now)
    };
    line::insert(tx, property, &line).await?;
    sqlx::query("insert into chat (property, conversation, visitor, page, referrer, answers, comment, answered_at, unseen_at, visits) values ($1, $2, $3, $4, $5, '[]', '', $6, $6, $7)")
        .bind(property.as_str())
        .bind(chat.as_str())
        .bind(visitor.as_str())
        .bind(&visit.page)
        .bind(&visit.referrer)
        .bind(now.0)
        .bind(visit.earlier + 1)
        .execute(tx.conn())
        .await?;
    seat(tx, agent.property.as_str(), &chat, agent.id.as_str(), agent.name()).await?;
    put_requester(tx, property, &chat, &known.guest).await?;
    let joined = Entry::happened(agent.new_message(), agent.author(), Happening::AgentJoined);
    let entries = [joined, words];
    let happened = Happened::new(property, agent.author(), What::ChatStarted).line(&chat, None, Some(&line));
    let seq = log::append(tx, happened.messages(entries.iter().map(|entry| entry.id.clone()).collect())).await?;
    message::write(tx, property, &chat, seq, &entries).await?;
    conversation::mark(tx, agent, &chat).await?;
    sqlx::query("update visit set chat = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(visit.id.as_str())
        .bind(chat.as_str())
        .execute(tx.conn())
        .await?;
    Ok(chat)
}

async fn seat(tx: &mut Tx, property: &str, chat: &ConversationId, agent: &str, name: &str) -> Result<()> {
    let now = tx.now();
    sqlx::query("insert into chat_agent (property, conversation, agent, name, joined_at) values ($1, $2, $3, $4, $5) on conflict (property, conversation, agent) do nothing")
        .bind(property)
        .bind(chat.as_str())
        .bind(agent)
        .bind(name)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What a chat begins with before its visitor's words: entries that are to be written, and the first agent among their authors.
#[derive(Default)]
pub(super) struct Before {
    pub entries: Vec<Entry>,
    /// Which visit of the browser it is.
    pub visits: Option<i64>,
    agents: Vec<(String, String)>,
}

/// What was said and decided in the visit before the visitor wrote, taken into the chat's line.
pub(super) async fn before(tx: &mut Tx, visitor: &Visitor, start: &Start, line: &mut Line) -> Result<Before> {
    let property = &visitor.property;
    let mut before = Before::default();
    let visit = match &start.visit {
        Some(load) => visit::link(tx, property, load, &visitor.id, Some(&start.id)).await?,
        None => None,
    };
    let mut shown = vec![];
    if let Some(visit) = &visit {
        before.visits = visit::load(tx.conn(), property, visit).await?.map(|row| row.earlier + 1);
        for word in visit::take_words(tx, property, visit, &start.id).await? {
            if let Author::Agent { id, name } = &word.author {
                let seat = (id.to_string(), name.clone());
                if !before.agents.contains(&seat) {
                    before.agents.push(seat);
                }
            }
            shown.extend(word.trigger.clone());
            before.entries.push(said(word.id, word.author, word.text));
        }
        let carried = trigger::take_carried(tx, property, visit).await?;
        carried.put_on(line);
        let note = |text: String| Entry::said(new_message(&visitor.desk), MessageKind::Noted, Author::System, Channel::Web, text);
        before.entries.extend(carried.notes.into_iter().map(note));
    }
    if let Some(id) = start.trigger.as_ref().filter(|id| !shown.contains(id))
        && let Some(text) = trigger::words_of(tx, property, id, visit.is_none()).await?
    {
        before.entries.insert(0, said(new_message(&visitor.desk), Author::System, text));
    }
    if let Some((agent, _)) = before.agents.first() {
        line.assignee = agent.parse().map_or(Assignee::Nobody, Assignee::Agent);
    }
    Ok(before)
}

impl Before {
    /// Who wrote first is in the chat, and it is answered.
    pub(super) async fn seat(&self, tx: &mut Tx, visitor: &Visitor, chat: &ConversationId) -> Result<()> {
        for (agent, name) in &self.agents {
            seat(tx, visitor.property.as_str(), chat, agent, name).await?;
        }
        if self.agents.is_empty() { Ok(()) } else { super::answered(tx, &visitor.property, chat, false).await }
    }
}
