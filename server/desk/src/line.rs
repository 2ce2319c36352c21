//! A conversation's line in the Inbox: the denormalised row, loaded, locked for a change, stored.
//! Every verb that changes a line goes through `take` and `store`, so that no column is forgotten.

use model::{
    AgentId, Assignee, ConversationId, Moment, PropertyId, Refusal,
    contact::Contact,
    conversation::{Line, Priority},
    message::{Author, Mark, MessageKind, preview_of},
    target::{Due, Worked},
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Fault, OnConstraint as _, Result, contact,
    db::{Conn, Tx},
    follow,
};

/// Columns of a line, for a query over `conversation c join contact k`.
macro_rules! line_columns {
    () => {
        "c.id, c.kind, c.channel, c.number, c.subject, c.contact, k.name as contact_name, k.email as contact_email, k.created_at as contact_created_at, \
         c.preview, c.preview_by, c.status, c.snoozed_until, c.priority, c.assignee, c.tags, c.followers, c.folder, c.attachments, c.last_at, c.waiting_at, \
         c.due, c.due_at, c.soon_at, c.missed_at, c.origin, c.created_at, c.seq"
    };
}
pub(crate) use line_columns;

/// Reads an enum or id from a column of text.
pub(crate) fn word<T: std::str::FromStr>(row: &AnyRow, column: &str) -> Result<T> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|_| Fault::Row(format!("{column} holds {text:?}")).into())
}

/// Reads an enum or id from a column that may be null.
pub(crate) fn word_or_none<T: std::str::FromStr>(row: &AnyRow, column: &str) -> Result<Option<T>> {
    Ok(row.try_get::<Option<String>, _>(column)?.and_then(|text| text.parse().ok()))
}

/// What is due, from its columns.
pub(crate) fn due_of(row: &AnyRow) -> Result<Option<Due>> {
    let Some(what) = word_or_none(row, "due")? else { return Ok(None) };
    let soon = row.try_get::<Option<i64>, _>("soon_at")?.is_some();
    Ok(Some(Due { what, at: Moment(row.try_get("due_at")?), soon }))
}

/// A line from its columns.
pub(crate) fn of_row(row: &AnyRow) -> Result<Line> {
    let waiting: i64 = row.try_get("waiting_at")?;
    let rank: i64 = row.try_get("priority")?;
    Ok(Line {
        id: word(row, "id")?,
        kind: word(row, "kind")?,
        channel: word(row, "channel")?,
        number: row.try_get("number")?,
        subject: row.try_get("subject")?,
        contact: Contact {
            id: word(row, "contact")?,
            name: row.try_get("contact_name")?,
            email: row.try_get("contact_email")?,
            created_at: Moment(row.try_get("contact_created_at")?),
        },
        preview: row.try_get("preview")?,
        preview_by: word_or_none(row, "preview_by")?,
        status: word(row, "status")?,
        snoozed_until: row.try_get::<Option<i64>, _>("snoozed_until")?.map(Moment),
        priority: Priority::of_rank(rank).ok_or_else(|| Fault::Row(format!("priority {rank}")))?,
        assignee: word(row, "assignee")?,
        tags: serde_json::from_str(row.try_get("tags")?)?,
        followers: serde_json::from_str(row.try_get("followers")?)?,
        folder: word(row, "folder")?,
        attachments: row.try_get("attachments")?,
        last_at: Moment(row.try_get("last_at")?),
        waiting_since: (waiting != i64::MAX).then_some(Moment(waiting)),
        due: due_of(row)?,
        missed: row.try_get::<Option<i64>, _>("missed_at")?.is_some(),
        from_chat: row.try_get::<Option<String>, _>("origin")?.is_some(),
        created_at: Moment(row.try_get("created_at")?),
        seq: row.try_get("seq")?,
    })
}

/// The line as it stands.
pub(crate) async fn load(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<Option<Line>> {
    let row = sqlx::query(concat!(
        "select ",
        line_columns!(),
        " from conversation c join contact k on k.property = c.property and k.id = c.contact where c.property = $1 and c.id = $2"
    ))
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(of_row).transpose()
}

/// A line by its id, for whoever then asks for its contact once more if that was not seen.
macro_rules! line_of_id {
    ($lock:literal) => {
        concat!(
            "select ",
            line_columns!(),
            " from conversation c left join contact k on k.property = c.property and k.id = c.contact where c.property = $1 and c.id = $2",
            $lock
        )
    };
}

/// The line, locked until the end of the transaction; what is not there is refused.
pub(crate) async fn take(tx: &mut Tx, property: &PropertyId, id: &ConversationId) -> Result<Line> {
    // who writes to SQLite is alone; rows that only name the conversation (`for key share`) come beside the lock, as beside any change
    let text = if tx.is_sqlite() { line_of_id!("") } else { line_of_id!(" for no key update of c") };
    let row = sqlx::query(text).bind(property.as_str()).bind(id.as_str()).fetch_optional(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    // PostgreSQL, when it waited for the row, still sees contacts as they were before: one that is new is not there yet
    match row.try_get::<Option<&str>, _>("contact_name")? {
        Some(_) => of_row(&row),
        None => Ok(load(tx.conn(), property, id).await?.ok_or(Refusal::NotFound)?),
    }
}

/// The chat that a ticket was made from.
pub(crate) async fn origin(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<Option<ConversationId>> {
    let row = sqlx::query("select origin from conversation where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| word_or_none(&row, "origin")).transpose()?.flatten())
}

/// A new line, for one whose event is still to come.
pub(crate) async fn insert(tx: &mut Tx, property: &PropertyId, line: &Line) -> Result<()> {
    touch_new(tx, property, line).await?;
    put(tx, property, line, None, None).await
}

/// Tells the contact of a new line when something was last said with them.
pub(crate) async fn touch_new(tx: &mut Tx, property: &PropertyId, line: &Line) -> Result<()> {
    contact::touch(tx, property, &line.contact.id, line.last_at).await
}

/// The row of a new line. `origin` is the chat it was made from, `follows` the closed ticket it goes on from.
pub(crate) async fn put(
    tx: &mut Tx,
    property: &PropertyId,
    line: &Line,
    origin: Option<&ConversationId>,
    follows: Option<&ConversationId>,
) -> Result<()> {
    sqlx::query(
        "insert into conversation (property, id, kind, number, subject, contact, preview, preview_by, status, priority, assignee, tags, folder, attachments, last_at, waiting_at, missed_at, origin, follows, created_at, department, due, due_at, soon_at, near_at, works_from, seq, followers, channel) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)",
    )
    .bind(property.as_str())
    .bind(line.id.as_str())
    .bind(line.kind.word())
    .bind(line.number)
    .bind(&line.subject)
    .bind(line.contact.id.as_str())
    .bind(&line.preview)
    .bind(line.preview_by.as_ref().map(|id| id.as_str().to_owned()))
    .bind(line.status.word())
    .bind(line.priority.rank())
    .bind(line.assignee.to_string())
    .bind(serde_json::to_string(&line.tags)?)
    .bind(line.folder.word())
    .bind(line.attachments)
    .bind(line.last_at.0)
    .bind(line.waiting_since.map_or(i64::MAX, |at| at.0))
    .bind(line.missed.then_some(line.created_at.0))
    .bind(origin.map(|id| id.as_str().to_owned()))
    .bind(follows.map(|id| id.as_str().to_owned()))
    .bind(line.created_at.0)
    .bind(department(line))
    .bind(line.due.map(|due| due.what.word()))
    .bind(due_at(line))
    .bind(soon_at(line, true))
    .bind(soon_at(line, false))
    .bind(Worked::begun(line).since.map(|at| at.0))
    .bind(line.seq)
    .bind(serde_json::to_string(&line.followers)?)
    .bind(line.channel.word())
    .execute(tx.conn())
    .await
    .on_constraint("conversation_", "conversation.id", Refusal::Conflict)?;
    follow::store(tx, property, &line.id, (&[], &line.followers)).await?;
    put_tags(tx, property, line).await
}

/// The department it is given to, if it is: reports remember the last one.
fn department(line: &Line) -> Option<String> {
    if let Assignee::Department(id) = &line.assignee { Some(id.to_string()) } else { None }
}

/// The next number of a ticket. Whoever takes it has the log's counter: two verbs take them in one order.
pub(crate) async fn number(tx: &mut Tx, property: &PropertyId) -> Result<i64> {
    let row = sqlx::query("update ticket_number set next = next + 1 where property = $1 returning next - 1")
        .bind(property.as_str())
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get(0)?)
}

/// What the order of what is due goes by.
fn due_at(line: &Line) -> i64 {
    line.due.map_or(i64::MAX, |due| due.at.0)
}

/// When it began to be due soon, if it is; or when it begins to, if it is not.
fn soon_at(line: &Line, soon: bool) -> Option<i64> {
    line.due.filter(|due| due.soon == soon).map(|due| due.soon_at().0)
}

/// Tells the contact of a line when something was last said with them.
pub(crate) async fn touch_contact(tx: &mut Tx, property: &PropertyId, (before, after): (&Line, &Line)) -> Result<()> {
    if before.last_at == after.last_at && before.contact.id == after.contact.id {
        return Ok(());
    }
    contact::touch(tx, property, &after.contact.id, after.last_at).await
}

/// Writes what a verb changed of a line, under the number of the event that tells it. The log does it: nothing changes untold.
pub(crate) async fn store(tx: &mut Tx, property: &PropertyId, (before, after): (&Line, &Line), seq: i64) -> Result<()> {
    sqlx::query(
        "update conversation set subject = $3, preview = $4, preview_by = $5, status = $6, snoozed_until = $7, priority = $8, assignee = $9, tags = $10, \
         folder = $11, attachments = $12, last_at = $13, waiting_at = $14, contact = $15, seq = $16, department = coalesce($17, department), \
         due = $18, due_at = $19, soon_at = $20, near_at = $21, followers = $22 where property = $1 and id = $2",
    )
    .bind(property.as_str())
    .bind(after.id.as_str())
    .bind(&after.subject)
    .bind(&after.preview)
    .bind(after.preview_by.as_ref().map(|id| id.as_str().to_owned()))
    .bind(after.status.word())
    .bind(after.snoozed_until.map(|at| at.0))
    .bind(after.priority.rank())
    .bind(after.assignee.to_string())
    .bind(serde_json::to_string(&after.tags)?)
    .bind(after.folder.word())
    .bind(after.attachments)
    .bind(after.last_at.0)
    .bind(after.waiting_since.map_or(i64::MAX, |at| at.0))
    .bind(after.contact.id.as_str())
    .bind(seq)
    .bind(department(after))
    .bind(after.due.map(|due| due.what.word()))
    .bind(due_at(after))
    .bind(soon_at(after, true))
    .bind(soon_at(after, false))
    .bind(serde_json::to_string(&after.followers)?)
    .execute(tx.conn())
    .await?;
    follow::store(tx, property, &after.id, (&before.followers, &after.followers)).await?;
    if before.contact.id != after.contact.id {
        sqlx::query("update message set contact = $3 where property = $1 and conversation = $2")
            .bind(property.as_str())
            .bind(after.id.as_str())
            .bind(after.contact.id.as_str())
            .execute(tx.conn())
            .await?;
    }
    if before.missed != after.missed {
        let missed_at = after.missed.then_some(tx.now().0);
        sqlx::query("update conversation set missed_at = $3 where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(after.id.as_str())
            .bind(missed_at)
            .execute(tx.conn())
            .await?;
    }
    if before.tags.is_empty() && after.tags.is_empty() { Ok(()) } else { store_tags(tx, property, before, after).await }
}

async fn store_tags(tx: &mut Tx, property: &PropertyId, before: &Line, after: &Line) -> Result<()> {
    for gone in before.tags.iter().filter(|tag| !after.tags.contains(tag)) {
        sqlx::query("delete from conversation_tag where property = $1 and tag = $2 and conversation = $3")
            .bind(property.as_str())
            .bind(gone)
            .bind(after.id.as_str())
            .execute(tx.conn())
            .await?;
    }
    put_tags(tx, property, after).await
}

/// Lets a conversation be found by its tags: each tag's row repeats what views filter and order by.
pub(crate) async fn put_tags(tx: &mut Tx, property: &PropertyId, line: &Line) -> Result<()> {
    for tag in &line.tags {
        sqlx::query(
            "insert into conversation_tag (property, tag, conversation, folder, status, priority, last_at, waiting_at, due_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             on conflict (property, tag, conversation) do update set folder = excluded.folder, status = excluded.status, priority = excluded.priority, \
             last_at = excluded.last_at, waiting_at = excluded.waiting_at, due_at = excluded.due_at",
        )
        .bind(property.as_str())
        .bind(tag)
        .bind(line.id.as_str())
        .bind(line.folder.word())
        .bind(line.status.word())
        .bind(line.priority.rank())
        .bind(line.last_at.0)
        .bind(line.waiting_since.map_or(i64::MAX, |at| at.0))
        .bind(due_at(line))
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// What the messages say of a line: its last words, and since when the customer waits. Verbs that take a message away use it,
/// and a test holds every line against it.
pub(crate) async fn recount(conn: &mut Conn, property: &PropertyId, line: &mut Line) -> Result<()> {
    // `cross`: SQLite takes it as the order to read in, and would else read all attachments
    let files = sqlx::query(
        "select a.message, a.name from message m cross join attachment a where m.property = $1 and m.conversation = $2 \
         and a.property = m.property and a.message = m.id and a.inline_at is null order by a.place, a.id",
    )
    .bind(property.as_str())
    .bind(line.id.as_str())
    .fetch_all(&mut *conn)
    .await?;
    line.attachments = i64::try_from(files.len()).unwrap_or(0);
    let preview = |row: &AnyRow| {
        let (id, mut names): (&str, Vec<&str>) = (row.try_get("id")?, vec![]);
        for file in &files {
            if file.try_get::<&str, _>("message")? == id {
                names.push(file.try_get("name")?);
            }
        }
        Ok::<_, sqlx::Error>(preview_of(row.try_get("body")?, names))
    };
    let rows = sqlx::query("select id, kind, author, at, body, mark from message where property = $1 and conversation = $2 and kind <> 'happened' order by seq desc, place desc")
        .bind(property.as_str())
        .bind(line.id.as_str())
        .fetch_all(conn)
        .await?;
    (line.preview, line.preview_by, line.last_at, line.waiting_since) = (String::new(), None, line.created_at, None);
    let (mut last, mut answered) = (true, false);
    for row in &rows {
        let (author, at): (Author, Moment) = (serde_json::from_str(row.try_get("author")?)?, Moment(row.try_get("at")?));
        let mark: Option<Mark> = word_or_none(row, "mark")?;
        if mark == Some(Mark::AutoReply) {
            continue;
        }
        if std::mem::take(&mut last) {
            line.preview = preview(row)?;
            line.preview_by = agent(&author).filter(|_| mark.is_none());
            line.last_at = at;
        }
        match author {
            Author::Agent { .. } if word::<MessageKind>(row, "kind")? == MessageKind::Said && mark.is_none() => answered = true,
            Author::Contact { .. } if !answered => line.waiting_since = Some(at),
            _ => {}
        }
    }
    if last && let Some(row) = rows.first() {
        // nothing but automatic answers: the newest stands for it
        line.preview = preview(row)?;
        line.preview_by = agent(&serde_json::from_str(row.try_get("author")?)?);
    }
    Ok(())
}

/// The agent who is the author, if one is.
pub(crate) fn agent(author: &Author) -> Option<AgentId> {
    match author {
        Author::Agent { id, .. } => Some(id.clone()),
        _ => None,
    }
}
