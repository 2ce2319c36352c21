//! Messages: written into conversations by whoever acts; `read` gives them back with their files and letters.
//! `say` is the one way in for words, be they typed by an agent or received as a mail.

mod read;

use mail::{quote::Fresh, sanitise};
use model::{
    ConversationId, LetterInId, MessageId, Moment, PropertyId, Refusal,
    conversation::{Kind, Line, Status},
    event::What,
    message::{Author, Channel, Happening, Mark, MessageKind, preview_of},
    shift::Fact,
    ticket::Words,
};
use sqlx::Row as _;

use crate::{
    Agent, Result, attachment, chat, contact, conversation,
    db::Tx,
    line::{self, word},
    sight,
};

pub(crate) use read::{last, letter_state, load, mails_of, of_visitor};

/// An entry about to be written.
#[derive(Clone)]
pub(crate) struct Entry {
    pub id: MessageId,
    pub kind: MessageKind,
    pub author: Author,
    pub channel: Channel,
    pub text: String,
    pub quoted: Option<String>,
    /// Sanitised HTML of a mail.
    pub html: Option<String>,
    /// Where it says what is new in it.
    pub fresh: Option<Fresh>,
    pub happened: Option<Happening>,
    pub mark: Option<Mark>,
    pub held_until: Option<Moment>,
    pub mail_id: Option<String>,
    pub letter_in: Option<LetterInId>,
    /// Addresses that the mail reached directly, as JSON.
    pub reached: Vec<String>,
    pub files: Vec<attachment::File>,
    /// What was decided of the mail it came as.
    pub facts: Vec<Fact>,
    /// When it was written, if that was not now.
    pub at: Option<Moment>,
}

impl Entry {
    /// Words of somebody.
    pub fn said(id: MessageId, kind: MessageKind, author: Author, channel: Channel, text: String) -> Self {
        Self {
            id,
            kind,
            author,
            channel,
            text,
            quoted: None,
            html: None,
            fresh: None,
            happened: None,
            mark: None,
            held_until: None,
            mail_id: None,
            letter_in: None,
            reached: vec![],
            files: vec![],
            facts: vec![],
            at: None,
        }
    }

    /// Its beginning, for lists.
    pub fn preview(&self) -> String {
        preview_of(&self.text, self.files.iter().filter(|file| !file.inline).map(|file| file.name.as_str()))
    }

    /// A line about a change.
    pub fn happened(id: MessageId, author: Author, what: Happening) -> Self {
        Self { happened: Some(what), ..Self::said(id, MessageKind::Happened, author, Channel::Web, String::new()) }
    }
}

/// Writes entries under an event's number.
pub(crate) async fn write(tx: &mut Tx, property: &PropertyId, conversation: &ConversationId, seq: i64, entries: &[Entry]) -> Result<()> {
    for (place, entry) in entries.iter().enumerate() {
        let now = tx.now();
        sqlx::query(
            "insert into message (property, id, conversation, seq, place, kind, author, channel, at, held_until, body, quoted, html, html_version, happened, mark, mail_id, letter_in, reached, facts, html_new, contact) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
             (select contact from conversation where property = $1 and id = $3))",
        )
        .bind(property.as_str())
        .bind(entry.id.as_str())
        .bind(conversation.as_str())
        .bind(seq)
        .bind(i64::try_from(place).unwrap_or(i64::MAX))
        .bind(entry.kind.word())
        .bind(serde_json::to_string(&entry.author)?)
        .bind(entry.channel.word())
        .bind(entry.at.unwrap_or(now).0)
        .bind(entry.held_until.map(|at| at.0))
        .bind(&entry.text)
        .bind(entry.quoted.clone())
        .bind(entry.html.clone())
        .bind(entry.html.is_some().then_some(sanitise::VERSION))
        .bind(entry.happened.as_ref().map(serde_json::to_string).transpose()?)
        .bind(entry.mark.map(Mark::word))
        .bind(entry.mail_id.clone())
        .bind(entry.letter_in.as_ref().map(|id| id.as_str().to_owned()))
        .bind((!entry.reached.is_empty()).then(|| serde_json::to_string(&entry.reached)).transpose()?)
        .bind((!entry.facts.is_empty()).then(|| serde_json::to_string(&entry.facts)).transpose()?)
        .bind(entry.fresh.filter(|_| entry.html.is_some()).map(|fresh| serde_json::to_string(&fresh)).transpose()?)
        .execute(tx.conn())
        .await?;
        if let Some(mail_id) = &entry.mail_id {
            know_mail(tx, property, mail_id, conversation, Some(&entry.id)).await?;
        }
        attachment::fasten(tx, property, &entry.id, &entry.files).await?;
    }
    Ok(())
}

/// Remembers a Message-ID by which answers find this conversation.
pub(crate) async fn know_mail(
    tx: &mut Tx,
    property: &PropertyId,
    mail_id: &str,
    conversation: &ConversationId,
    message: Option<&MessageId>,
) -> Result<()> {
    sqlx::query(
        "insert into mail_id (property, mail_id, conversation, message) values ($1, $2, $3, $4) on conflict (property, mail_id) do nothing",
    )
    .bind(property.as_str())
    .bind(mail_id)
    .bind(conversation.as_str())
    .bind(message.map(|id| id.as_str().to_owned()))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Puts words into a conversation whose line was taken, with entries about what they change. Gives the event's number.
pub(crate) async fn say(
    tx: &mut Tx,
    property: &PropertyId,
    before: &Line,
    entry: Entry,
    status: Option<Status>,
    more: Vec<Entry>,
) -> Result<i64> {
    let mut after = before.clone();
    let now = tx.now();
    if entry.mark != Some(Mark::AutoReply) {
        after.preview = entry.preview();
        // who only claims to be an agent is not shown as one
        after.preview_by = line::agent(&entry.author).filter(|_| entry.mark.is_none());
        after.last_at = now;
    }
    if entry.kind == MessageKind::Said && entry.mark != Some(Mark::AutoReply) {
        match &entry.author {
            Author::Contact { .. } => after.waiting_since = after.waiting_since.or(Some(now)),
            Author::Agent { .. } if entry.mark.is_none() => {
                (after.waiting_since, after.missed) = (None, false);
                if before.kind == Kind::Chat {
                    chat::answered(tx, property, &before.id, entry.channel == Channel::Chat).await?;
                }
            }
            _ => {}
        }
    }
    if let Some(status) = status {
        after.status = status;
        after.snoozed_until = None;
    }
    after.attachments += i64::try_from(entry.files.iter().filter(|file| !file.inline).count()).unwrap_or(0);
    let what = if entry.kind == MessageKind::Noted { What::MessageNoted } else { What::MessageSaid };
    let author = entry.author.clone();
    let mut entries = vec![entry];
    entries.extend(more);
    conversation::record(tx, property, before, &after, author, what, entries).await
}

/// Whether this id was written already: the same words again are no second message, other words under the same id are a conflict.
async fn repeated(tx: &mut Tx, property: &PropertyId, conversation: &ConversationId, words: &Words) -> Result<bool> {
    match written(tx, property, &words.id, &words.text).await? {
        None => Ok(false),
        Some(there) if there == *conversation => Ok(true),
        Some(_) => Err(Refusal::Conflict.into()),
    }
}

/// Where this id was written already with these words; other words under the same id are a conflict, unless they were changed since.
pub(crate) async fn written(tx: &mut Tx, property: &PropertyId, id: &MessageId, text: &str) -> Result<Option<ConversationId>> {
    let row = sqlx::query("select conversation, body, edited_at from message where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let same = row.try_get::<&str, _>("body")? == text || row.try_get::<Option<i64>, _>("edited_at")?.is_some();
    if same { Ok(Some(word(&row, "conversation")?)) } else { Err(Refusal::Conflict.into()) }
}

impl Agent {
    /// Says something to everyone in the conversation. What goes by mail can be taken back for a moment; its letters leave after
    /// that. In a chat it goes to the visitor who is there, and by mail to one who left and whose address is known.
    pub async fn reply(&self, conversation: ConversationId, words: Words) -> Result<()> {
        self.put(conversation, words, MessageKind::Said).await
    }

    /// Notes something that only agents see.
    pub async fn note(&self, conversation: ConversationId, words: Words) -> Result<()> {
        self.put(conversation, words, MessageKind::Noted).await
    }

    async fn put(&self, id: ConversationId, words: Words, kind: MessageKind) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let mut before = agent.take_living(tx, &id).await?;
                if repeated(tx, &agent.property, &id, &words).await? {
                    return Ok(());
                }
                let files = attachment::claim(tx, &agent.property, agent.id.as_str(), &words.attachments).await?;
                let mut channel = Channel::Web;
                if kind == MessageKind::Said && before.kind == Kind::Chat {
                    let seated;
                    (channel, seated) = chat::channel(tx, agent, &id).await?;
                    if !seated {
                        // before the log, which joining takes
                        contact::touch(tx, &agent.property, &before.contact.id, tx.now()).await?;
                        before = chat::join(tx, agent, before).await?;
                    }
                }
                // what is said live has arrived; what goes by mail can be taken back for a moment
                let held_until = (kind == MessageKind::Said && channel == Channel::Web).then(|| tx.now().plus(agent.desk.settings().undo));
                let entry = Entry { held_until, files, ..Entry::said(words.id, kind, agent.author(), channel, words.text) };
                // who answers a closed or snoozed conversation opens it
                let status = words
                    .status
                    .or((kind == MessageKind::Said && before.status == Status::Snoozed).then_some(Status::Open))
                    .filter(|status| *status != before.status);
                let more = status.map(|to| Entry::happened(agent.new_message(), agent.author(), Happening::Status { to }));
                // what is the agent's own comes first: once `say` has the log's counter, all others wait for the commit
                conversation::mark(tx, agent, &id).await?;
                let place =
                    if kind == MessageKind::Noted { model::draft::DraftPlace::Note(id) } else { model::draft::DraftPlace::Reply(id) };
                crate::draft::drop(tx, agent, &place).await?;
                if kind == MessageKind::Noted {
                    sight::call_mentioned(tx, &agent.property, &before.id, &entry.text).await?;
                }
                say(tx, &agent.property, &before, entry, status, more.into_iter().collect()).await?;
                Ok(())
            })
        })
        .await
    }

    pub(crate) fn new_message(&self) -> MessageId {
        MessageId::from_bits(self.desk.clock().bits())
    }
}
