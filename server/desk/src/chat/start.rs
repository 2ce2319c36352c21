//! How a chat begins: by the form before it, by a message left when nobody is there, or by words after the last one was over.
//! Of a visitor one chat goes on at a time.

use model::{
    Assignee, ConversationId, Moment, Refusal, TriggerId, VisitId, Why,
    chat::{Answer, ChatDraft, ChatForm, Saying},
    contact::Contact,
    conversation::{Folder, Kind, Line, Priority, Status},
    event::What,
    message::{Author, Channel, Happening, MessageKind, preview_of},
};

use super::{MISS_AFTER, current, event, first, miss, new_message};
use crate::{
    Result, Visitor, attachment, contact, conversation,
    db::Tx,
    line,
    log::{self, Happened},
    message::{self, Entry},
    trigger, visit,
    visitor::{self, Learnt, Row, learn},
    widget,
};

/// A chat about to begin.
pub(super) struct Start {
    pub id: ConversationId,
    pub said: Saying,
    pub assignee: Assignee,
    pub answers: Vec<Answer>,
    pub page: String,
    pub referrer: String,
    /// The page load it is begun on, if it is known.
    pub visit: Option<VisitId>,
    /// The trigger whose words led to it.
    pub trigger: Option<TriggerId>,
}

impl Visitor {
    /// Begins a chat with what the form before it asks for. Doing it again with the same ids and words begins nothing more; while
    /// another chat goes on, the words are said there. Gives the chat.
    pub async fn start_chat(&self, form: ChatForm) -> Result<ConversationId> {
        let (fields, guest) = {
            let mut conn = self.desk.db().read().acquire().await?;
            (widget::load(&mut conn, &self.property).await?.before_chat, visitor::load(&mut conn, &self.property, &self.id).await?.guest)
        };
        let draft = form.check(&fields, &guest)?;
        self.write(move |tx, visitor| Box::pin(async move { visitor.start_now(tx, draft, false).await })).await
    }

    /// Leaves a message when nobody is there: an open, missed chat that is answered by mail, and a letter that it came, if the
    /// property wants one. Gives the chat.
    pub async fn leave_message(&self, form: ChatForm) -> Result<ConversationId> {
        let guest = visitor::load(self.desk.db().read().acquire().await?.as_mut(), &self.property, &self.id).await?.guest;
        let draft = form.check_offline(&guest)?;
        self.write(move |tx, visitor| Box::pin(async move { visitor.start_now(tx, draft, true).await })).await
    }

    async fn start_now(&self, tx: &mut Tx, draft: ChatDraft, left: bool) -> Result<ConversationId> {
        let row = self.arrive(tx).await?;
        if let Some(known) = self.said_before(tx, &draft.said).await? {
            return Ok(known);
        }
        if line::load(tx.conn(), &self.property, &draft.id).await?.is_some() {
            return Err(Refusal::Conflict.into());
        }
        self.restrain(tx, "chat", &self.desk.settings().visitor_limits.chats).await?;
        let assignee = self.department(tx, &draft).await?;
        let details = Learnt { details: draft.details, ..Learnt::default() };
        let row = learn(tx, &self.desk, &self.property, &self.id, row, details, None).await?;
        let chat = if let Some(chat) = current(tx.conn(), &self.property, &self.id).await? {
            let before = line::take(tx, &self.property, &chat).await?;
            self.speak(tx, &row, &before, draft.said).await?;
            if let Some(load) = &draft.visit {
                visit::link(tx, &self.property, load, &self.id, Some(&chat)).await?;
            }
            chat
        } else {
            let ChatDraft { id, said, answers, page, referrer, visit, trigger, .. } = draft;
            self.open(tx, row, Start { id, said, assignee, answers, page, referrer, visit, trigger }).await?
        };
        if left {
            self.rescue(tx, &chat).await?;
        }
        Ok(chat)
    }

    /// Opens a chat: contact known or made, line, rows, event.
    pub(super) async fn open(&self, tx: &mut Tx, row: Row, start: Start) -> Result<ConversationId> {
        let contact = contact::of_visitor(tx, &self.desk, &self.property, &row.likeness()).await?;
        if row.contact.is_none() {
            sqlx::query("update visitor set contact = $3 where property = $1 and id = $2")
                .bind(self.property.as_str())
                .bind(self.id.as_str())
                .bind(contact.id.as_str())
                .execute(tx.conn())
                .await?;
            // what the site said before they wrote
            if !(row.attributes.is_empty() && row.tags.is_empty()) {
                contact::index(tx, &self.property, &contact.id).await?;
            }
        }
        let author = visitor::author(&row, &contact);
        let files = attachment::claim(tx, &self.property, &self.uploader(), &start.said.attachments).await?;
        let mut line = Line {
            preview: preview_of(&start.said.text, files.iter().map(|file| file.name.as_str())),
            assignee: start.assignee.clone(),
            attachments: i64::try_from(files.len()).unwrap_or(0),
            ..line_of(&start.id, &row, contact, tx.now())
        };
        let before = first::before(tx, self, &start, &mut line).await?;
        line::insert(tx, &self.property, &line).await?;
        self.put(tx, &start, before.visits).await?;
        before.seat(tx, self, &line.id).await?;
        trigger::arm(tx, &self.property, &line.id).await?;
        visitor::put_requester(tx, &self.property, &line.id, &row.guest).await?;
        let mut entries = event::told(&self.desk, &start.said.events, &author, tx.now());
        entries.extend(before.entries);
        entries.push(Entry { files, ..said(start.said, author.clone()) });
        let happened = Happened::new(&self.property, author, What::ChatStarted).line(&line.id, None, Some(&line));
        let seq = log::append(tx, happened.messages(entries.iter().map(|entry| entry.id.clone()).collect())).await?;
        message::write(tx, &self.property, &line.id, seq, &entries).await?;
        Ok(line.id)
    }

    async fn put(&self, tx: &mut Tx, start: &Start, visits: Option<i64>) -> Result<()> {
        let now = tx.now();
        sqlx::query("insert into chat (property, conversation, visitor, page, referrer, answers, comment, miss_at, read_at, visits) values ($1, $2, $3, $4, $5, $6, '', $7, $8, $9)")
            .bind(self.property.as_str())
            .bind(start.id.as_str())
            .bind(self.id.as_str())
            .bind(&start.page)
            .bind(&start.referrer)
            .bind(serde_json::to_string(&start.answers)?)
            .bind(now.plus(MISS_AFTER).0)
            .bind(now.0)
            .bind(visits)
            .execute(tx.conn())
            .await?;
        Ok(())
    }

    /// The department that was asked for, if it is one.
    async fn department(&self, tx: &mut Tx, draft: &ChatDraft) -> Result<Assignee> {
        let Some(id) = &draft.department else { return Ok(Assignee::Nobody) };
        let known = sqlx::query("select 1 from department where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(tx.conn())
            .await?;
        known.map(|_| Assignee::Department(id.clone())).ok_or_else(|| Refusal::invalid("department", Why::Unknown).into())
    }

    /// Says where an answer reaches them in a chat that nobody answered: it is an open, missed one.
    pub(super) async fn rescue(&self, tx: &mut Tx, chat: &ConversationId) -> Result<()> {
        let before = line::take(tx, &self.property, chat).await?;
        let (now, row) = (tx.now(), visitor::load(tx.conn(), &self.property, &self.id).await?);
        let unanswered = sqlx::query("update chat set rescued_at = coalesce(rescued_at, $3) where property = $1 and conversation = $2 and answered_at is null returning conversation")
            .bind(self.property.as_str())
            .bind(chat.as_str())
            .bind(now.0)
            .fetch_optional(tx.conn())
            .await?;
        if unanswered.is_none() {
            return Ok(());
        }
        let mut after = before.clone();
        miss(tx, &self.property, &mut after).await?;
        let author = visitor::author(&row, &before.contact);
        let what = Happening::DetailsLeft { name: row.guest.name, email: row.guest.email };
        let entry = Entry::happened(new_message(&self.desk), author.clone(), what);
        conversation::record(tx, &self.property, &before, &after, author, What::DetailsLeft, vec![entry]).await?;
        Ok(())
    }
}

/// A visitor's words as an entry.
pub(super) fn said(said: Saying, author: Author) -> Entry {
    Entry::said(said.id, MessageKind::Said, author, Channel::Chat, said.text)
}

/// A line of a chat that begins now, with nothing said in it.
pub(super) fn line_of(id: &ConversationId, row: &Row, contact: Contact, now: Moment) -> Line {
    let mut tags = row.tags.clone();
    tags.sort();
    Line {
        id: id.clone(),
        kind: Kind::Chat,
        channel: Channel::Chat,
        number: None,
        subject: String::new(),
        contact,
        preview: String::new(),
        preview_by: None,
        status: Status::Open,
        snoozed_until: None,
        priority: Priority::Medium,
        assignee: Assignee::Nobody,
        tags,
        folder: Folder::Inbox,
        attachments: 0,
        last_at: now,
        waiting_since: Some(now),
        due: None,
        missed: false,
        followers: vec![],
        from_chat: false,
        created_at: now,
        seq: 0,
    }
}
