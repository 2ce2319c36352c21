//! Words that lie in the wrong ticket: one message moved to another, a ticket split from a message on, a whole ticket merged into
//! another. Each in one transaction that takes both tickets, told in both, and to be undone. Nobody is written to by it, and
//! who joins by it receives nothing of what was written before. Where the rows lie is known by `rows`.

mod rows;
mod undo;

use model::{
    ConversationId, MessageId, PropertyId, Refusal, ShiftId, Why,
    address::line_of_field,
    conversation::{Folder, Kind, Line, Status},
    event::What,
    message::{Author, Channel, Happening, Mark, Message, MessageKind},
    shift::How,
    ticket::{PARTICIPANTS_MOST, Part, SUBJECT_MOST},
};

use rows::{Kept, Pick};
pub(crate) use rows::{forget_merged, surviving};

use crate::{
    Agent, Error, Result, contact, conversation,
    db::Tx,
    line, log,
    log::Happened,
    message::{self, Entry},
    participant,
};

/// Most messages that go at once: every open screen is told each of them.
const MESSAGES_MOST: u32 = 1_000;

impl Agent {
    /// Moves one message into the ticket with a number. The last words of a ticket take the whole ticket with them. Gives the
    /// ticket they are in then.
    pub async fn move_message(&self, id: MessageId, number: i64) -> Result<ConversationId> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let message = agent.movable(tx, &id).await?;
                let target = agent.numbered(tx, number).await?;
                let (source, target) = agent.pair(tx, &message.conversation, &target).await?;
                agent.still_there(tx, &message).await?;
                if rows::words(tx.conn(), &agent.property, &source.id).await? == 1 {
                    return agent.put_into(tx, source, target).await;
                }
                agent.carry(tx, How::Moved, &source, &target, Pick::One(&id), vec![]).await?;
                Ok(target.id)
            })
        })
        .await
    }

    /// Makes a ticket of its own of a message and all words after it, for who wrote it. Gives the new ticket.
    pub async fn split_ticket(&self, from: MessageId, subject: &str) -> Result<ConversationId> {
        let subject = if subject.trim().is_empty() { None } else { Some(line_of_field("subject", subject, SUBJECT_MOST)?) };
        self.write(move |tx, agent| {
            Box::pin(async move {
                let message = agent.movable(tx, &from).await?;
                let source = agent.take_living(tx, &message.conversation).await?;
                agent.still_there(tx, &message).await?;
                let target = agent.begin(tx, &source, &message, subject).await?;
                agent.carry(tx, How::Split, &source, &target, Pick::From(message.seq, message.place), vec![]).await?;
                if rows::words(tx.conn(), &agent.property, &source.id).await? == 0 {
                    // nothing would be left
                    return Err(Refusal::Conflict.into());
                }
                conversation::mark(tx, agent, &target.id).await?;
                Ok(target.id)
            })
        })
        .await
    }

    /// Puts all words of a ticket into the one with a number: its requester and those in copy are in that one from now on, and
    /// what is written to its address goes there. Gives the ticket that is left.
    pub async fn merge_ticket(&self, id: ConversationId, number: i64) -> Result<ConversationId> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                agent.load(tx.conn(), &id).await?;
                let target = agent.numbered(tx, number).await?;
                let (source, target) = agent.pair(tx, &id, &target).await?;
                agent.put_into(tx, source, target).await
            })
        })
        .await
    }

    /// The ticket with a number, if they see it; another number is as good as none.
    async fn numbered(&self, tx: &mut Tx, number: i64) -> Result<ConversationId> {
        let id = rows::numbered(tx.conn(), &self.property, number).await?;
        match self.must_see(tx.conn(), &id).await {
            Err(Error::Refused(Refusal::NotFound)) => Err(Refusal::invalid("ticket", Why::Unknown).into()),
            seen => seen.map(|()| id),
        }
    }

    /// A message that may go elsewhere: words, in a ticket.
    async fn movable(&self, tx: &mut Tx, id: &MessageId) -> Result<Message> {
        let message = message::load(tx.conn(), &self.property, id).await?.ok_or(Refusal::NotFound)?;
        let line = self.load(tx.conn(), &message.conversation).await?;
        if message.kind == MessageKind::Happened || line.kind != Kind::Ticket {
            return Err(Refusal::Conflict.into());
        }
        Ok(message)
    }

    /// Somebody may have moved it before its ticket was locked.
    async fn still_there(&self, tx: &mut Tx, message: &Message) -> Result<()> {
        let known = message::load(tx.conn(), &self.property, &message.id).await?;
        if known.is_some_and(|known| known.conversation == message.conversation) { Ok(()) } else { Err(Refusal::Conflict.into()) }
    }

    /// Two tickets, locked in one order, so that two verbs cannot wait for each other.
    async fn pair(&self, tx: &mut Tx, source: &ConversationId, target: &ConversationId) -> Result<(Line, Line)> {
        if self.load(tx.conn(), source).await?.kind != Kind::Ticket {
            return Err(Refusal::Conflict.into());
        }
        if source == target {
            return Err(Refusal::invalid("ticket", Why::Unknown).into());
        }
        let (first, second) = if source < target { (source, target) } else { (target, source) };
        let first = self.take_living(tx, first).await?;
        let second = self.take_living(tx, second).await?;
        Ok(if first.id == *source { (first, second) } else { (second, first) })
    }

    /// A new ticket beside another, for who wrote a message; those whom that mail reached come along.
    async fn begin(&self, tx: &mut Tx, source: &Line, message: &Message, subject: Option<String>) -> Result<Line> {
        let (name, email) = match &message.author {
            Author::Contact { id, .. } => rows::called(tx.conn(), &self.property, id).await?,
            _ => (source.contact.name.clone(), source.contact.email.clone()),
        };
        let known = participant::load(tx.conn(), &self.property, &source.id).await?;
        let reached = rows::reached(tx.conn(), &self.property, &message.id).await?;
        let contact = contact::know(tx, &self.desk, &self.property, &name, &email).await?;
        log::hold(tx, &self.property).await?;
        let number = line::number(tx, &self.property).await?;
        let target = Line {
            id: ConversationId::from_bits(self.desk.clock().bits()),
            channel: Channel::begun(Kind::Ticket, Some(message.channel)),
            number: Some(number),
            subject: subject.unwrap_or_else(|| source.subject.clone()),
            contact,
            status: Status::Open,
            snoozed_until: None,
            due: None,
            missed: false,
            from_chat: false,
            created_at: tx.now(),
            seq: 0,
            ..source.clone()
        };
        line::insert(tx, &self.property, &target).await?;
        let since = rows::head(tx.conn(), &self.property).await? + 1;
        participant::put(tx, &self.property, &target.id, &email, &name, Part::Requester, since).await?;
        for one in known.iter().filter(|one| one.email != email && reached.contains(&one.email)) {
            participant::put(tx, &self.property, &target.id, &one.email, &one.name, Part::Cc, since).await?;
        }
        Ok(target)
    }

    /// Merges a ticket into another; both are locked.
    async fn put_into(&self, tx: &mut Tx, source: Line, target: Line) -> Result<ConversationId> {
        let there = participant::load(tx.conn(), &self.property, &target.id).await?;
        let mut joining = participant::load(tx.conn(), &self.property, &source.id).await?;
        joining.retain(|one| !there.iter().any(|other| other.email == one.email));
        if there.len() + joining.len() > PARTICIPANTS_MOST as usize {
            return Err(Refusal::invalid("ticket", Why::TooMany(PARTICIPANTS_MOST)).into());
        }
        let since = rows::head(tx.conn(), &self.property).await? + 1;
        for one in &joining {
            participant::put(tx, &self.property, &target.id, &one.email, &one.name, Part::Cc, since).await?;
        }
        let joined = joining.into_iter().map(|one| one.email).collect();
        self.carry(tx, How::Merged, &source, &target, Pick::All, joined).await?;
        Ok(target.id)
    }

    /// Carries words from one ticket into another, remembers it, and tells it in both.
    async fn carry(&self, tx: &mut Tx, how: How, source: &Line, target: &Line, pick: Pick<'_>, joined: Vec<String>) -> Result<()> {
        let kept = Kept {
            id: ShiftId::from_bits(self.desk.clock().bits()),
            how,
            source: source.id.clone(),
            target: target.id.clone(),
            folder: source.folder,
            joined,
            out_entry: self.new_message(),
            in_entry: self.new_message(),
            undone: false,
        };
        rows::keep(tx, &self.property, &kept).await?;
        let moved = rows::pick(tx, &self.property, &kept, pick).await?;
        if moved.len() > MESSAGES_MOST as usize {
            return Err(Refusal::invalid("ticket", Why::TooMany(MESSAGES_MOST)).into());
        }
        rows::relocate(tx, &self.property, &kept.id, &source.id, &target.id).await?;
        let mut left = recounted(tx, &self.property, source, false).await?;
        if how == How::Merged {
            left.folder = Folder::Merged;
            rows::merge(tx, &self.property, &source.id, Some(&target.id)).await?;
        }
        let waits = rows::waits(tx, &self.property, &moved).await?;
        let mut grown = recounted(tx, &self.property, target, waits).await?;
        if how == How::Merged {
            grown = source.followers.iter().fold(grown, |line, agent| line.followed(agent, true));
        }
        let told = |out: bool, other: &Line| Happening::Shifted {
            how,
            out,
            number: other.number.unwrap_or_default(),
            conversation: other.id.clone(),
            shift: kept.id.clone(),
            undone_by: None,
        };
        let gone = Entry::happened(kept.out_entry.clone(), self.author(), told(true, target));
        let come = Entry::happened(kept.in_entry.clone(), self.author(), told(false, source));
        // before the log is locked, so that two verbs cannot wait for each other
        contact::touch(tx, &self.property, &grown.contact.id, grown.last_at).await?;
        self.tell(tx, (Some(source), &left), &moved, Some(gone)).await?;
        // a ticket that begins by it was in no list before
        let before = (how != How::Split).then_some(target);
        self.tell(tx, (before, &grown), &moved, Some(come)).await?;
        Ok(())
    }

    /// Stores a line and says that words came to it or went, with the entry that tells it.
    async fn tell(&self, tx: &mut Tx, (before, after): (Option<&Line>, &Line), moved: &[MessageId], entry: Option<Entry>) -> Result<()> {
        let mut messages = moved.to_vec();
        messages.extend(entry.iter().map(|entry| entry.id.clone()));
        let happened = Happened::new(&self.property, self.author(), What::MessagesShifted).messages(messages);
        // one that begins by it is new to the counters
        let happened = happened.storing(before.unwrap_or(after), after).line(&after.id, before, Some(after));
        let seq = log::append(tx, happened).await?;
        if let Some(entry) = entry {
            message::write(tx, &self.property, &after.id, seq, &[entry]).await?;
        }
        Ok(())
    }
}

/// A line by the words that are in it now. One that is done waits for nobody, unless words came that wait.
async fn recounted(tx: &mut Tx, property: &PropertyId, before: &Line, waits: bool) -> Result<Line> {
    let mut after = before.clone();
    line::recount(tx.conn(), property, &mut after).await?;
    if waits && after.waiting_since.is_some() {
        (after.status, after.snoozed_until) = (Status::Open, None);
    } else if matches!(after.status, Status::Solved | Status::Closed) {
        after.waiting_since = None;
    }
    Ok(after)
}

/// Whether a message is one that a customer waits for an answer to.
fn is_waiting(message: &Message) -> bool {
    message.kind == MessageKind::Said && matches!(message.author, Author::Contact { .. }) && !matches!(message.mark, Some(Mark::AutoReply))
}
