//! What a visitor does in their chats. Each verb takes the id of a chat and finds it only if it is theirs.

use model::{
    Assignee, ConversationId, MessageId, Refusal,
    address::EmailAddress,
    chat::{Rating, SayForm, Saying, comment},
    conversation::{Line, Status},
    event::What,
    message::{Author, Happening},
    moment::DAY,
    visitor::DetailsForm,
};
use sqlx::Row as _;

use super::{
    current_chat, finish, new_message,
    start::{Start, said},
};
use crate::{
    Limit, Result, Visitor, allowance, attachment, conversation,
    db::Tx,
    line::{self, word_or_none},
    message::{self, Entry},
    visitor::{self, Learnt, Row, learn, lock},
};

/// Transcripts to one address in a day.
const TRANSCRIPTS: Limit = Limit::new(5, DAY);

impl Visitor {
    /// Says something in a chat. When it is over, the words begin another one, whose id is that of the message: so that doing it again
    /// begins nothing more. Gives the chat they stand in.
    pub async fn say(&self, chat: ConversationId, form: SayForm) -> Result<ConversationId> {
        let said = form.check()?;
        self.write(move |tx, visitor| Box::pin(async move { visitor.say_now(tx, chat, said).await })).await
    }

    async fn say_now(&self, tx: &mut Tx, chat: ConversationId, said: Saying) -> Result<ConversationId> {
        let row = self.arrive(tx).await?;
        if let Some(known) = self.said_before(tx, &said).await? {
            return Ok(known);
        }
        let known = sqlx::query(concat!(
            "select x.page, x.referrer, (",
            current_chat!(),
            ") as current from chat x where x.property = $1 and x.visitor = $2 and x.conversation = $3"
        ))
        .bind(self.property.as_str())
        .bind(self.id.as_str())
        .bind(chat.as_str())
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Refusal::NotFound)?;
        let bounds = self.desk.settings().visitor_limits.messages;
        self.admit(tx, "say", &bounds).await?;
        let mut goes_on = None;
        if let Some(current) = word_or_none(&known, "current")? {
            let before = line::take(tx, &self.property, &current).await?;
            // an agent may have ended it on another connection
            goes_on = super::current(tx.conn(), &self.property, &self.id).await?.filter(|still| *still == current).map(|_| before);
        }
        if let Some(before) = goes_on {
            self.speak(tx, &row, &before, said).await?;
            self.count(tx, "say", &bounds).await?;
            return Ok(before.id);
        }
        self.restrain(tx, "chat", &self.desk.settings().visitor_limits.chats).await?;
        let id = said.id.as_str().parse().map_err(|_| Refusal::Conflict)?;
        let (page, referrer) = (known.try_get("page")?, known.try_get("referrer")?);
        let start = Start { id, said, assignee: Assignee::Nobody, answers: vec![], page, referrer, visit: None, trigger: None };
        let begun = self.open(tx, row, start).await?;
        self.count(tx, "say", &bounds).await?;
        Ok(begun)
    }

    /// Puts words into a chat that goes on and whose line was taken.
    pub(super) async fn speak(&self, tx: &mut Tx, row: &Row, before: &Line, words: Saying) -> Result<()> {
        let author = visitor::author(row, &before.contact);
        let files = attachment::claim(tx, &self.property, &self.uploader(), &words.attachments).await?;
        let reopened = before.status != Status::Open;
        let more = reopened.then(|| Entry::happened(new_message(&self.desk), author.clone(), Happening::Reopened));
        let entry = Entry { files, ..said(words, author) };
        message::say(tx, &self.property, before, entry, reopened.then_some(Status::Open), more.into_iter().collect()).await?;
        Ok(())
    }

    /// Where these words were said before. The same id elsewhere, or with other words, is a conflict.
    pub(super) async fn said_before(&self, tx: &mut Tx, said: &Saying) -> Result<Option<ConversationId>> {
        let Some(chat) = message::written(tx, &self.property, &said.id, &said.text).await? else { return Ok(None) };
        let own = super::visitor_of(tx, &self.property, &chat).await?.as_ref() == Some(&self.id);
        if own { Ok(Some(chat)) } else { Err(Refusal::Conflict.into()) }
    }

    /// The line of a chat of theirs, locked; anybody else's is not there.
    pub(super) async fn take(&self, tx: &mut Tx, chat: &ConversationId) -> Result<Line> {
        if super::visitor_of(tx, &self.property, chat).await?.as_ref() != Some(&self.id) {
            return Err(Refusal::NotFound.into());
        }
        line::take(tx, &self.property, chat).await
    }

    /// Has read a chat up to a message of it. What comes later is not read by that, though it may have come before this is heard.
    pub async fn mark_read(&self, chat: ConversationId, message: MessageId) -> Result<()> {
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let before = visitor.take(tx, &chat).await?;
                let at: i64 = sqlx::query("select at from message where property = $1 and id = $2 and conversation = $3")
                    .bind(visitor.property.as_str())
                    .bind(message.as_str())
                    .bind(chat.as_str())
                    .fetch_optional(tx.conn())
                    .await?
                    .ok_or(Refusal::NotFound)?
                    .try_get(0)?;
                let read = sqlx::query(
                    "update chat set read_at = $3, unseen_at = case when unseen_at > $3 then unseen_at end \
                     where property = $1 and conversation = $2 and coalesce(read_at, 0) < $3",
                )
                .bind(visitor.property.as_str())
                .bind(chat.as_str())
                .bind(at)
                .execute(tx.conn())
                .await?;
                if read.rows_affected() > 0 {
                    let author = visitor.author(tx, &before).await?;
                    conversation::record(tx, &visitor.property, &before, &before, author, What::VisitorRead, vec![]).await?;
                }
                Ok(())
            })
        })
        .await
    }

    async fn author(&self, tx: &mut Tx, line: &Line) -> Result<Author> {
        Ok(visitor::author(&visitor::load(tx.conn(), &self.property, &self.id).await?, &line.contact))
    }

    /// Says how a chat was; once more takes the place of the first.
    pub async fn rate(&self, chat: ConversationId, rating: Rating, said: &str) -> Result<()> {
        let said = comment(said)?;
        self.write(move |tx, visitor| Box::pin(async move { visitor.rate_now(tx, &chat, rating, said).await })).await
    }

    async fn rate_now(&self, tx: &mut Tx, chat: &ConversationId, rating: Rating, said: String) -> Result<()> {
        let before = self.take(tx, chat).await?;
        self.restrain(tx, "rate", &self.desk.settings().visitor_limits.messages).await?;
        let row = sqlx::query("select rating, comment from chat where property = $1 and conversation = $2")
            .bind(self.property.as_str())
            .bind(chat.as_str())
            .fetch_one(tx.conn())
            .await?;
        let same: Option<Rating> = word_or_none(&row, "rating")?;
        if same == Some(rating) && row.try_get::<&str, _>("comment")? == said {
            return Ok(());
        }
        sqlx::query("update chat set rating = $3, comment = $4 where property = $1 and conversation = $2")
            .bind(self.property.as_str())
            .bind(chat.as_str())
            .bind(rating.word())
            .bind(said)
            .execute(tx.conn())
            .await?;
        let author = self.author(tx, &before).await?;
        let entry = (same != Some(rating)).then(|| Entry::happened(new_message(&self.desk), author.clone(), Happening::Rated { rating }));
        conversation::record(tx, &self.property, &before, &before, author, What::ChatRated, entry.into_iter().collect()).await?;
        Ok(())
    }

    /// Ends a chat, for both sides.
    pub async fn end_chat(&self, chat: ConversationId) -> Result<()> {
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let before = visitor.take(tx, &chat).await?;
                let author = visitor.author(tx, &before).await?;
                finish(tx, &visitor.desk, &visitor.property, &before, author).await
            })
        })
        .await
    }

    /// Says where an answer reaches them. A chat that nobody answered is an open, missed one by that.
    pub async fn leave_details(&self, chat: ConversationId, form: DetailsForm) -> Result<()> {
        let details = form.check_with_address()?;
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let row = lock(tx, &visitor.property, &visitor.id).await?;
                if super::visitor_of(tx, &visitor.property, &chat).await?.as_ref() != Some(&visitor.id) {
                    return Err(Refusal::NotFound.into());
                }
                visitor.restrain(tx, "details", &visitor.desk.settings().visitor_limits.letters).await?;
                let learnt = Learnt { details, ..Learnt::default() };
                learn(tx, &visitor.desk, &visitor.property, &visitor.id, row, learnt, None).await?;
                visitor.rescue(tx, &chat).await
            })
        })
        .await
    }

    /// Wants a chat by mail, at an address or at the one that is known. Only of a chat that an agent answered, and few to one
    /// address: nobody's words are mailed to others through us.
    pub async fn ask_transcript(&self, chat: ConversationId, email: &str) -> Result<()> {
        let given = if email.trim().is_empty() { None } else { Some(EmailAddress::of_field("email", email)?) };
        self.write(move |tx, visitor| Box::pin(async move { visitor.ask_now(tx, &chat, given).await })).await
    }

    async fn ask_now(&self, tx: &mut Tx, chat: &ConversationId, given: Option<EmailAddress>) -> Result<()> {
        let before = self.take(tx, chat).await?;
        let known = visitor::load(tx.conn(), &self.property, &self.id).await?.guest.email;
        let email = match given {
            Some(given) => given,
            None => EmailAddress::of_field("email", &known)?,
        };
        let row = sqlx::query("select answered_at from chat where property = $1 and conversation = $2")
            .bind(self.property.as_str())
            .bind(chat.as_str())
            .fetch_one(tx.conn())
            .await?;
        if super::moment(&row, "answered_at")?.is_none() {
            return Err(Refusal::NotFound.into());
        }
        self.restrain(tx, "transcript", &self.desk.settings().visitor_limits.letters).await?;
        allowance::spend_letter(tx, self.property.as_str(), email.as_str(), TRANSCRIPTS).await?;
        let author = self.author(tx, &before).await?;
        let what = Happening::TranscriptAsked { email: email.to_string() };
        let entry = Entry::happened(new_message(&self.desk), author.clone(), what);
        conversation::record(tx, &self.property, &before, &before, author, What::TranscriptAsked, vec![entry]).await?;
        Ok(())
    }
}
