//! Rows and events of history: a conversation opened, and words put into one in the order of their moments. The line is what the
//! messages say of it; the log is told at its own time, whatever the rows are dated.

use model::{
    Assignee, ConversationId, MessageId, Moment,
    contact::Contact,
    conversation::{Folder, Kind, Line, Priority, Status},
    event::What,
    message::{Author, Channel},
    thread::MESSAGES_SHOWN,
    ticket::Part,
};

use super::History;
use crate::{
    Result, contact,
    db::Tx,
    line::{self, word},
    log::{self, Happened},
    message::{self, Entry},
    participant,
};

/// Messages of one event: those of one are shown together, and a thread shows so many at once.
const TOGETHER: usize = MESSAGES_SHOWN / 2;

/// A conversation about to be opened.
pub(crate) struct Start {
    pub kind: Kind,
    pub subject: String,
    pub contact: Contact,
    /// Who receives its letters, if one is ever written.
    pub requester: Option<(String, String)>,
    /// What the other program calls it.
    pub key: Option<String>,
    /// What it goes on from.
    pub follows: Option<ConversationId>,
    pub missed: bool,
    pub at: Moment,
}

/// Opens a conversation that has no words yet; `settle` gives them. The transaction is dated by its beginning.
pub(crate) async fn open(tx: &mut Tx, history: &History, start: Start) -> Result<Line> {
    let (property, id) = (&history.property, ConversationId::from_bits(history.desk.clock().bits()));
    let number = match start.kind {
        Kind::Chat => None,
        Kind::Ticket => {
            log::hold(tx, property).await?;
            Some(line::number(tx, property).await?)
        }
    };
    let line = Line {
        id,
        kind: start.kind,
        channel: Channel::begun(start.kind, Some(Channel::Email)),
        number,
        subject: start.subject,
        contact: start.contact,
        preview: String::new(),
        preview_by: None,
        status: Status::Closed,
        snoozed_until: None,
        priority: Priority::Medium,
        assignee: Assignee::Nobody,
        tags: vec![],
        folder: Folder::Inbox,
        attachments: 0,
        last_at: start.at,
        waiting_since: None,
        due: None,
        missed: start.missed,
        followers: vec![],
        from_chat: false,
        created_at: start.at,
        seq: 0,
    };
    line::touch_new(tx, property, &line).await?;
    line::put(tx, property, &line, None, start.follows.as_ref()).await?;
    sqlx::query("update conversation set import_key = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(line.id.as_str())
        .bind(start.key)
        .execute(tx.conn())
        .await?;
    if let Some((name, email)) = &start.requester {
        participant::put(tx, property, &line.id, email, name, Part::Requester, 0).await?;
    }
    Ok(line)
}

/// Puts words into a conversation, which is new or locked, and tells it at the moment `now`. They come in the order of their moments.
pub(crate) async fn settle(tx: &mut Tx, history: &History, before: &Line, entries: &[Entry], now: Moment) -> Result<Line> {
    let (property, new) = (&history.property, before.seq == 0);
    let at = |entry: &Entry| entry.at.unwrap_or(now);
    let (Some(first), Some(last)) = (entries.first().map(at), entries.last().map(at)) else { return Ok(before.clone()) };
    // the contact's row before the counter's, as whoever changes a contact takes them
    contact::touch(tx, property, &before.contact.id, last).await?;
    // from here on the numbers that the log gives are known
    log::hold(tx, property).await?;
    let mut next = log::head(tx.conn(), property).await? + 1;
    let together: Vec<Vec<MessageId>> = if new || first >= before.last_at {
        for (seq, chunk) in (next..).zip(entries.chunks(TOGETHER)) {
            message::write(tx, property, &before.id, seq, chunk).await?;
        }
        entries.chunks(TOGETHER).map(|chunk| chunk.iter().map(|entry| entry.id.clone()).collect()).collect()
    } else {
        message::write(tx, property, &before.id, next, entries).await?;
        in_order(tx, history, &before.id, next).await?
    };
    let mut after = before.clone();
    line::recount(tx.conn(), property, &mut after).await?;
    if matches!(before.status, Status::Open | Status::Pending | Status::Closed) {
        after.status = history.status(&after);
    }
    if matches!(after.status, Status::Solved | Status::Closed) {
        after.waiting_since = None;
    }
    tx.date(now);
    for messages in together {
        let happened = Happened::new(property, Author::System, What::HistoryImported);
        let happened = if after.seq == before.seq {
            let known = (!new).then_some(before);
            let mut happened = happened.line(&after.id, known, Some(&after));
            // whoever speaks in it may be somebody new
            for entry in entries {
                if let Author::Contact { id, .. } = &entry.author
                    && !happened.contacts.contains(id)
                {
                    happened.contacts.push(id.clone());
                }
            }
            Happened { stored: Some((before.clone(), after.clone())), ..happened }
        } else {
            happened.line(&after.id, Some(&after), Some(&after))
        };
        after.seq = log::append(tx, happened.messages(messages)).await?;
        debug_assert_eq!(after.seq, next, "the log is held");
        next += 1;
    }
    Ok(after)
}

/// Gives all messages of a conversation their places anew, by their moments, under numbers from one on; gives those of each number.
async fn in_order(tx: &mut Tx, history: &History, id: &ConversationId, from: i64) -> Result<Vec<Vec<MessageId>>> {
    let rows = sqlx::query("select id from message where property = $1 and conversation = $2 order by at, seq, place")
        .bind(history.property.as_str())
        .bind(id.as_str())
        .fetch_all(tx.conn())
        .await?;
    let ids = rows.iter().map(|row| word(row, "id")).collect::<Result<Vec<MessageId>>>()?;
    for (seq, chunk) in (from..).zip(ids.chunks(TOGETHER)) {
        for (place, message) in (0_i64..).zip(chunk) {
            sqlx::query("update message set seq = $3, place = $4 where property = $1 and id = $2")
                .bind(history.property.as_str())
                .bind(message.as_str())
                .bind(seq)
                .bind(place)
                .execute(tx.conn())
                .await?;
        }
    }
    Ok(ids.chunks(TOGETHER).map(<[MessageId]>::to_vec).collect())
}
