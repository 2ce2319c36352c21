//! Tickets: opened by an agent, by a mail, or from a chat. One way in: `open`.

use model::{
    Assignee, ConversationId, MessageId, Moment, PropertyId, Refusal,
    attachment::Attachment,
    contact::Contact,
    conversation::{Folder, Kind, Line, Priority, Status},
    draft::{Draft, DraftPlace},
    event::What,
    message::{Author, Channel, MessageKind},
    ticket::{Part, TicketDraft, TicketForm},
    visitor::Details,
};
use sqlx::Row as _;

use crate::{
    Agent, Result, attachment, chat, contact, conversation,
    db::Tx,
    draft, letter, line,
    log::{self, Happened, Opened},
    message::{self, Entry},
    participant, sight, target,
};

/// A ticket about to be opened, by whoever.
pub(crate) struct Opening {
    pub id: ConversationId,
    pub author: Author,
    /// Name (may be empty) and address of whom it is for.
    pub requester: (String, String),
    /// Who that is.
    pub contact: Contact,
    pub subject: String,
    pub assignee: Assignee,
    pub priority: Priority,
    /// Sorted.
    pub tags: Vec<String>,
    /// Addresses and names in copy.
    pub cc: Vec<(String, String)>,
    pub folder: Folder,
    /// The chat it is made from.
    pub origin: Option<ConversationId>,
    /// The closed ticket it follows.
    pub follows: Option<ConversationId>,
    /// Its first messages; the first one with words is the preview.
    pub entries: Vec<Entry>,
}

/// Opens a ticket: next number, rows, event. Gives its line.
pub(crate) async fn open(tx: &mut Tx, property: &PropertyId, opening: Opening) -> Result<Line> {
    let (name, email) = &opening.requester;
    let now = tx.now();
    let first = opening.entries.iter().find(|entry| entry.kind == MessageKind::Said).or(opening.entries.first());
    let waits = first.is_some_and(|entry| matches!(entry.author, Author::Contact { .. }) && entry.mark.is_none());
    let mut line = Line {
        id: opening.id,
        kind: Kind::Ticket,
        channel: Channel::begun(Kind::Ticket, first.map(|entry| entry.channel)),
        number: None,
        subject: opening.subject,
        contact: opening.contact,
        preview: first.map(Entry::preview).unwrap_or_default(),
        preview_by: first.filter(|entry| entry.mark.is_none()).and_then(|entry| line::agent(&entry.author)),
        status: Status::Open,
        snoozed_until: None,
        priority: opening.priority,
        assignee: opening.assignee,
        tags: opening.tags,
        folder: opening.folder,
        attachments: i64::try_from(opening.entries.iter().flat_map(|entry| &entry.files).filter(|file| !file.inline).count()).unwrap_or(0),
        last_at: now,
        waiting_since: waits.then_some(now),
        due: None,
        missed: false,
        followers: vec![],
        from_chat: opening.origin.is_some(),
        created_at: now,
        seq: 0,
    };
    line.due = target::begin(tx, property, &line).await?;
    let messages: Vec<MessageId> = opening.entries.iter().map(|entry| entry.id.clone()).collect();
    let happened = Happened::new(property, opening.author, What::TicketOpened).messages(messages);
    let line = log::open(tx, happened, Opened { line, origin: opening.origin, follows: opening.follows }).await?;
    participant::put(tx, property, &line.id, email, name, Part::Requester, 0).await?;
    for (email, name) in opening.cc.iter().filter(|(address, _)| address != email) {
        participant::put(tx, property, &line.id, email, name, Part::Cc, 0).await?;
    }
    message::write(tx, property, &line.id, line.seq, &opening.entries).await?;
    Ok(line)
}

impl Agent {
    /// Opens a ticket for somebody: it appears in the Inbox, and the letters to the recipient, those in copy and the assignee
    /// follow from the same commit. Made from a chat, the two are linked both ways. Doing it again with the same id and words opens nothing more.
    pub async fn open_ticket(&self, draft: TicketDraft) -> Result<ConversationId> {
        let assignee = draft.assignee.clone().unwrap_or_else(|| Assignee::Agent(self.id.clone()));
        self.desk.assignee_name(&self.property, &assignee).await?;
        let transcript = match &draft.chat {
            Some(chat) if draft.transcript => {
                self.must_see(self.desk.db().read().acquire().await?.as_mut(), chat).await?;
                Some(self.transcript_of(chat).await?)
            }
            _ => None,
        };
        self.write(move |tx, agent| Box::pin(async move { agent.open_drafted(tx, draft, assignee, transcript).await })).await
    }

    async fn open_drafted(
        &self,
        tx: &mut Tx,
        draft: TicketDraft,
        assignee: Assignee,
        transcript: Option<attachment::File>,
    ) -> Result<ConversationId> {
        if let Some(known) = line::load(tx.conn(), &self.property, &draft.id).await? {
            let same = known.subject == draft.subject && known.contact.email == draft.email.as_str();
            return if same { Ok(self.load(tx.conn(), &known.id).await?.id) } else { Err(Refusal::Conflict.into()) };
        }
        if let Some(chat) = &draft.chat {
            let details = Details { name: draft.name.clone(), email: Some(draft.email.clone()), phone: String::new() };
            chat::ticket::learn_of(tx, self, chat, details).await?;
            // before the log is, which the ticket takes: else whoever writes in the chat meanwhile waits for us, and we for them
            self.take(tx, chat).await?;
        }
        let mut files = attachment::claim(tx, &self.property, self.id.as_str(), &draft.attachments).await?;
        files.extend(transcript);
        let held_until = Some(tx.now().plus(self.desk.settings().undo));
        let entry =
            Entry { held_until, files, ..Entry::said(self.new_message(), MessageKind::Said, self.author(), Channel::Web, draft.text) };
        let opening = Opening {
            id: draft.id,
            author: self.author(),
            contact: contact::know(tx, &self.desk, &self.property, &draft.name, draft.email.as_str()).await?,
            requester: (draft.name, draft.email.to_string()),
            subject: draft.subject,
            assignee,
            priority: draft.priority,
            tags: draft.tags,
            cc: draft.cc.into_iter().map(|email| (email.to_string(), String::new())).collect(),
            folder: Folder::Inbox,
            origin: draft.chat,
            follows: None,
            entries: vec![entry],
        };
        let origin = opening.origin.clone();
        let place = origin.clone().map_or(DraftPlace::Ticket, DraftPlace::FromChat);
        let line = open(tx, &self.property, opening).await?;
        if let Some(chat) = origin {
            chat::ticket::link(tx, self, &chat, &line).await?;
        }
        if !self.sight.covers(&line.assignee) {
            // who gives it to others still sees what becomes of it
            sight::call(tx, &self.property, &self.id, &line.id).await?;
        }
        conversation::mark(tx, self, &line.id).await?;
        draft::drop(tx, self, &place).await?;
        Ok(line.id)
    }

    /// Takes back one's own message within its moment, before any of its letters left. Gives what was typed, as a draft again.
    pub async fn undo(&self, id: MessageId) -> Result<(DraftPlace, Draft)> {
        self.write(move |tx, agent| Box::pin(async move { agent.take_back(tx, &id).await })).await
    }

    async fn take_back(&self, tx: &mut Tx, id: &MessageId) -> Result<(DraftPlace, Draft)> {
        let message = message::load(tx.conn(), &self.property, id).await?.ok_or(Refusal::NotFound)?;
        self.must_see_message(tx.conn(), id).await?;
        let mine = line::agent(&message.author).as_ref() == Some(&self.id);
        if !mine || message.held_until.is_none_or(|until| until <= tx.now()) {
            return Err(if mine { Refusal::TooLate } else { Refusal::Forbidden }.into());
        }
        // the chat before the ticket made from it, as the ticket's opening took them
        let origin = match line::origin(tx.conn(), &self.property, &message.conversation).await? {
            Some(chat) if line::load(tx.conn(), &self.property, &chat).await?.is_some() => {
                line::take(tx, &self.property, &chat).await?;
                Some(chat)
            }
            _ => None,
        };
        let before = self.take(tx, &message.conversation).await?;
        if !letter::withdraw(tx, &self.property, id).await? {
            return Err(Refusal::TooLate.into());
        }
        let participants = participant::load(tx.conn(), &self.property, &before.id).await?;
        let made = attachment::drop_made(tx, &self.property, id).await?;
        sqlx::query("update attachment set message = null where property = $1 and message = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
        sqlx::query("delete from message where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
        let rest = sqlx::query("select 1 from message where property = $1 and conversation = $2 and kind <> 'happened' limit 1")
            .bind(self.property.as_str())
            .bind(before.id.as_str())
            .fetch_optional(tx.conn())
            .await?;
        let uploaded: Vec<Attachment> = message.attachments.into_iter().filter(|file| !made.contains(&file.id)).collect();
        let attachments = uploaded.iter().map(|file| file.id.clone()).collect();
        let mut form = TicketForm { text: message.text, attachments, ..TicketForm::default() };
        let place = if rest.is_some() {
            let mut after = before.clone();
            line::recount(tx.conn(), &self.property, &mut after).await?;
            chat::recount(tx, &self.property, &mut after).await?;
            conversation::record_undone(tx, &self.property, &before, &after, self.author(), id).await?;
            DraftPlace::Reply(before.id)
        } else {
            // it was the words that opened the ticket: there was no ticket
            form = TicketForm {
                name: before.contact.name.clone(),
                email: before.contact.email.clone(),
                subject: before.subject.clone(),
                assignee: before.assignee.to_string(),
                priority: before.priority.to_string(),
                tags: before.tags.join(", "),
                cc: participants.iter().filter(|one| one.part == Part::Cc).map(|one| one.email.as_str()).collect::<Vec<_>>().join(", "),
                ..form
            };
            conversation::forget(tx, &self.property, &before, self.author()).await?;
            if let Some(chat) = &origin {
                (form.chat, form.transcript) = (chat.to_string(), !made.is_empty());
                chat::ticket::unlink(tx, self, chat, &before.id).await?;
            }
            origin.map_or(DraftPlace::Ticket, DraftPlace::FromChat)
        };
        let draft = Draft { form, attachments: uploaded };
        draft::save(tx, self, &place, &draft).await?;
        Ok((place, draft))
    }

    /// Lets a held message through: it counts as said, and is mailed on. A stranger becomes a participant by it.
    pub async fn approve(&self, id: MessageId) -> Result<()> {
        self.write(move |tx, agent| Box::pin(async move { agent.let_through(tx, &id).await })).await
    }

    async fn let_through(&self, tx: &mut Tx, id: &MessageId) -> Result<()> {
        let message = message::load(tx.conn(), &self.property, id).await?.ok_or(Refusal::NotFound)?;
        let before = self.take(tx, &message.conversation).await?;
        if !matches!(message.mark, Some(model::message::Mark::Stranger | model::message::Mark::Unverified)) {
            return Ok(());
        }
        sqlx::query("update message set mark = null where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
        if let (Author::Contact { id: contact, .. }, Some(model::message::Mark::Stranger)) = (&message.author, message.mark) {
            let row = sqlx::query("select name, email from contact where property = $1 and id = $2")
                .bind(self.property.as_str())
                .bind(contact.as_str())
                .fetch_one(tx.conn())
                .await?;
            let head: i64 = before.seq;
            participant::put(tx, &self.property, &before.id, row.try_get("email")?, row.try_get("name")?, Part::Cc, head + 1).await?;
        }
        let mut after = before.clone();
        line::recount(tx.conn(), &self.property, &mut after).await?;
        // what was solved or slept waits for us again; recount knows only words
        after.last_at = Moment(after.last_at.0.max(before.last_at.0));
        if !matches!(after.status, Status::Open | Status::Closed) && matches!(message.author, Author::Contact { .. }) {
            (after.status, after.snoozed_until) = (Status::Open, None);
        }
        let happened = Happened::new(&self.property, self.author(), What::MessageApproved).storing(&before, &after);
        log::append(tx, happened.messages(vec![id.clone()])).await?;
        Ok(())
    }
}
