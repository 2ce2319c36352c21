//! Verbs on conversations of either kind: status, priority, assignee, tags, sleep, drawers, read marks.
//! Each takes the lines it changes, stores them, and records one event for each.

use model::{
    Assignee, ConversationId, MessageId, Moment, PropertyId, Refusal, Why,
    audit::Act,
    batch::{Change, NAMED_MOST},
    conversation::{Folder, Kind, Line, Priority, Status},
    event::What,
    message::{Author, Happening},
};
use sqlx::Row as _;

use crate::{
    Agent, Desk, Result,
    audit::Deed,
    chat,
    db::Tx,
    line::{self, word},
    log::{self, Happened},
    message::{self, Entry},
    postbox, shift,
};

/// Stores a changed line, records what happened, writes the entries that tell it. Gives the event's number.
pub(crate) async fn record(
    tx: &mut Tx,
    property: &PropertyId,
    before: &Line,
    after: &Line,
    author: Author,
    what: What,
    entries: Vec<Entry>,
) -> Result<i64> {
    let messages = entries.iter().map(|entry| entry.id.clone()).collect();
    let seq = log::append(tx, Happened::new(property, author, what).storing(before, after).messages(messages)).await?;
    message::write(tx, property, &after.id, seq, &entries).await?;
    Ok(seq)
}

/// Sets an agent's read mark to now.
pub(crate) async fn mark(tx: &mut Tx, agent: &Agent, id: &ConversationId) -> Result<()> {
    let now = tx.now();
    sqlx::query(
        "insert into read_mark (property, agent, conversation, read_at) values ($1, $2, $3, $4) \
         on conflict (property, conversation, agent) do update set read_at = excluded.read_at where read_mark.read_at < excluded.read_at",
    )
    .bind(agent.property.as_str())
    .bind(agent.id.as_str())
    .bind(id.as_str())
    .bind(now.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes a change of a line that is locked, and tells it; gives whether anything changed. The one way for one
/// conversation and for several. `name` is that of the assignee.
pub(crate) async fn alter(
    tx: &mut Tx,
    (desk, property): (&Desk, &PropertyId),
    author: Author,
    before: &Line,
    (change, name): (&Change, Option<&str>),
) -> Result<bool> {
    if *change == Change::Delete {
        deletable(before)?;
        forget(tx, property, before, author).await?;
        return Ok(true);
    }
    let Some((after, happening)) = change.apply(before, name)? else { return Ok(false) };
    tell(tx, (desk, property), author, (before, &after), (change, happening)).await?;
    Ok(true)
}

/// Stores a line as a change left it, and tells it.
pub(crate) async fn tell(
    tx: &mut Tx,
    (desk, property): (&Desk, &PropertyId),
    author: Author,
    (before, after): (&Line, &Line),
    (change, happening): (&Change, Happening),
) -> Result<()> {
    let entry = Entry::happened(MessageId::from_bits(desk.clock().bits()), author.clone(), happening);
    record(tx, property, before, after, author, change.what(), vec![entry]).await?;
    Ok(())
}

/// A conversation as the audit log tells it: without its words.
pub(crate) fn told_of(line: &Line) -> String {
    line.number.map_or_else(|| format!("{} {}", line.kind, line.id), |number| format!("#{number}"))
}

/// Only what lies in spam or trash is deleted for ever.
fn deletable(line: &Line) -> Result<()> {
    if matches!(line.folder, Folder::Spam | Folder::Trash) { Ok(()) } else { Err(Refusal::Conflict.into()) }
}

impl Agent {
    /// Changes several lines, all or none.
    async fn change(&self, mut ids: Vec<ConversationId>, change: Change) -> Result<()> {
        let (change, name) = self.desk.checked(&self.property, change).await?;
        if ids.len() > NAMED_MOST as usize {
            return Err(Refusal::invalid("conversations", Why::TooMany(NAMED_MOST)).into());
        }
        ids.sort();
        ids.dedup();
        self.write(move |tx, agent| {
            Box::pin(async move {
                // all rows are locked in one order before the log is, so that two verbs cannot wait for each other
                let mut lines = vec![];
                for id in &ids {
                    let line = agent.take_living(tx, id).await?;
                    if change == Change::Delete {
                        deletable(&line)?;
                    }
                    lines.push(line);
                }
                for before in &lines {
                    let changed = alter(tx, (&agent.desk, &agent.property), agent.author(), before, (&change, name.as_deref())).await?;
                    if changed && change == Change::Delete {
                        agent.note_deed(tx, Deed::new(Act::Deleted, told_of(before))).await?;
                    }
                }
                Ok(())
            })
        })
        .await
    }

    /// Puts conversations into a status. Only `snooze` sends to sleep.
    pub async fn set_status(&self, ids: Vec<ConversationId>, status: Status) -> Result<()> {
        self.change(ids, Change::Status(status)).await
    }

    /// Gives conversations a priority.
    pub async fn set_priority(&self, ids: Vec<ConversationId>, priority: Priority) -> Result<()> {
        self.change(ids, Change::Priority(priority)).await
    }

    /// Gives conversations into somebody's hands.
    pub async fn assign(&self, ids: Vec<ConversationId>, assignee: Assignee) -> Result<()> {
        self.change(ids, Change::Assign(assignee)).await
    }

    /// Puts a tag on conversations.
    pub async fn tag(&self, ids: Vec<ConversationId>, text: String) -> Result<()> {
        self.change(ids, Change::Tag(text)).await
    }

    /// Takes a tag off conversations.
    pub async fn untag(&self, ids: Vec<ConversationId>, tag: String) -> Result<()> {
        self.change(ids, Change::Untag(tag)).await
    }

    /// Sends a conversation to sleep until a moment; a customer's words wake it sooner.
    pub async fn snooze(&self, id: ConversationId, until: Moment) -> Result<()> {
        self.change(vec![id], Change::Snooze(until)).await
    }

    /// Moves conversations to another drawer; back to the inbox restores them.
    pub async fn move_to(&self, ids: Vec<ConversationId>, folder: Folder) -> Result<()> {
        self.change(ids, Change::Move(folder)).await
    }

    /// Deletes conversations for ever. Only what lies in spam or trash can go; there is no way back.
    pub async fn delete(&self, ids: Vec<ConversationId>) -> Result<()> {
        self.change(ids, Change::Delete).await
    }

    /// Marks a conversation as read up to now.
    pub async fn mark_read(&self, id: ConversationId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let line = agent.load(tx.conn(), &id).await?;
                let row = sqlx::query("select read_at from read_mark where property = $1 and agent = $2 and conversation = $3")
                    .bind(agent.property.as_str())
                    .bind(agent.id.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                if let Some(row) = row
                    && row.try_get::<i64, _>(0)? >= line.last_at.0
                {
                    return Ok(());
                }
                mark(tx, agent, &id).await?;
                let happened = Happened {
                    only: Some(agent.id.clone()),
                    ..Happened::new(&agent.property, agent.author(), What::ReadMarked).line(&id, None, None)
                };
                log::append(tx, happened).await?;
                Ok(())
            })
        })
        .await
    }
}

/// Takes a conversation and all that hangs on it away, the mails and letters of it included, and says so.
pub(crate) async fn forget(tx: &mut Tx, property: &PropertyId, line: &Line, author: Author) -> Result<()> {
    postbox::empty_mails_of(tx, property, &line.id).await?;
    sqlx::query("delete from letter_out where property = $1 and conversation = $2")
        .bind(property.as_str())
        .bind(line.id.as_str())
        .execute(tx.conn())
        .await?;
    // once the chat is gone, nobody knows whose it was
    let visitor = if line.kind == Kind::Chat { chat::visitor_of(tx, property, &line.id).await? } else { None };
    sqlx::query("delete from conversation where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(line.id.as_str())
        .execute(tx.conn())
        .await?;
    shift::forget_merged(tx, property, &line.id).await?;
    let happened = Happened { visitor, ..Happened::new(property, author, What::Deleted).line(&line.id, Some(line), None) };
    log::append(tx, happened).await?;
    Ok(())
}

impl Desk {
    /// A change as it can be made in a property, with the name of the assignee.
    pub(crate) async fn checked(&self, property: &PropertyId, change: Change) -> Result<(Change, Option<String>)> {
        let change = change.check()?;
        let name = match &change {
            Change::Assign(assignee) => self.assignee_name(property, assignee).await?,
            Change::Snooze(until) if *until <= self.clock().now() => return Err(Refusal::invalid("until", Why::Past).into()),
            _ => None,
        };
        Ok((change, name))
    }

    /// The name of an assignee of this property; one who does not belong to it, or is disabled, is refused.
    pub(crate) async fn assignee_name(&self, property: &PropertyId, assignee: &Assignee) -> Result<Option<String>> {
        let row = match assignee {
            Assignee::Nobody => return Ok(None),
            Assignee::Agent(id) => {
                sqlx::query("select a.name from membership m join agent a on a.id = m.agent where m.property = $1 and m.agent = $2 and m.disabled_at is null").bind(property.as_str()).bind(id.as_str()).fetch_optional(self.db().read()).await?
            }
            Assignee::Department(id) => sqlx::query("select name from department where property = $1 and id = $2").bind(property.as_str()).bind(id.as_str()).fetch_optional(self.db().read()).await?,
        };
        Ok(Some(row.ok_or(Refusal::invalid("assignee", Why::Unknown))?.try_get(0)?))
    }

    /// What time itself does: wakes conversations whose sleep is over, misses chats that nobody answered, mails what
    /// visitors who went did not see, runs triggers that waited, tells what is due soon, counts views by their new days, forgets old
    /// visits and acts, tells contacts of their organisations, makes old contacts and notes found. Gives how many.
    pub async fn clock_tick(&self) -> Result<usize> {
        let now = self.clock().now();
        let due = sqlx::query("select property, id from conversation where snoozed_until <= $1 order by snoozed_until limit 100")
            .bind(now.0)
            .fetch_all(self.db().read())
            .await?;
        for row in &due {
            let (property, id): (PropertyId, ConversationId) = (word(row, "property")?, word(row, "id")?);
            let desk = self.clone();
            self.db().write_to(&property.clone(), move |tx| Box::pin(async move { wake(tx, &desk, &property, &id).await })).await?;
        }
        let done = due.len() + self.miss_unanswered_chats().await? + self.mail_unseen_answers().await?;
        Ok(done
            + self.run_due_triggers().await?
            + self.tell_due_soon().await?
            + self.spread_targets().await?
            + self.turn_views().await?
            + self.forget_old_visits().await?
            + self.spread_organisations().await?
            + self.index_old_contacts().await?
            + self.index_old_notes().await?
            + self.forget_old_batches().await?)
    }
}

async fn wake(tx: &mut Tx, desk: &Desk, property: &PropertyId, id: &ConversationId) -> Result<()> {
    let before = line::take(tx, property, id).await?;
    if before.snoozed_until.is_none_or(|until| until > tx.now()) {
        return Ok(());
    }
    let now = tx.now();
    // it comes to the top of the list, as new mail would
    let after = Line { status: Status::Open, snoozed_until: None, last_at: now, ..before.clone() };
    let entry = Entry::happened(MessageId::from_bits(desk.clock().bits()), Author::System, Happening::Woke);
    record(tx, property, &before, &after, Author::System, What::Woken, vec![entry]).await?;
    Ok(())
}

/// Records that a message was taken back.
pub(crate) async fn record_undone(
    tx: &mut Tx,
    property: &PropertyId,
    before: &Line,
    after: &Line,
    author: Author,
    message: &MessageId,
) -> Result<()> {
    log::append(tx, Happened::new(property, author, What::MessageUndone).storing(before, after).messages(vec![message.clone()])).await?;
    Ok(())
}
