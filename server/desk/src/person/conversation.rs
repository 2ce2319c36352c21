//! A conversation that a person took part in. One of theirs alone goes as a whole, with what agents answered; where others wrote too,
//! the person's words are replaced by a mark, and what others quoted of them goes, with the mails it came in.

use std::collections::BTreeSet;

use mail::compose::Letter;
use model::{
    ConversationId, Language, MessageId, Refusal,
    contact::{Contact, erasure::Kind},
    conversation::{Kind as Sort, Line},
    event::What,
    message::{Author, MessageKind},
    text::contact as texts,
};
use sqlx::Row as _;

use super::{Person, Work};
use crate::{
    Desk, Error, Result, contact, conversation,
    db::{Conn, Tx},
    line::{self, word, word_or_none},
    log::{self, Happened},
    postbox, search,
};

impl Desk {
    /// The next conversation; once there is none, the next step.
    pub(super) async fn erase_conversation(&self, mut work: Work, person: Person) -> Result<()> {
        let next = next(&mut *self.db().read().acquire().await?, &work, &person).await?;
        self.db()
            .write_to(&work.property.clone(), move |tx| {
                Box::pin(async move {
                    if !work.take(tx).await? {
                        return Ok(());
                    }
                    if let Some(id) = next {
                        work.drop_part(tx, "conversation", id.as_str()).await?;
                        match line::take(tx, &work.property, &id).await {
                            Ok(line) => erase(tx, &mut work, &person, line).await?,
                            Err(Error::Refused(Refusal::NotFound)) => {}
                            Err(error) => return Err(error),
                        }
                        work.looked += 1;
                    } else {
                        work.go_on();
                    }
                    work.store(tx).await
                })
            })
            .await
    }
}

/// A conversation that the person is in still.
async fn next(conn: &mut Conn, work: &Work, person: &Person) -> Result<Option<ConversationId>> {
    for contact in &person.contacts {
        let row = sqlx::query("select id from conversation where property = $1 and contact = $2 order by created_at limit 1")
            .bind(person.property.as_str())
            .bind(contact.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        if let Some(row) = row {
            return Ok(Some(word(&row, "id")?));
        }
    }
    for email in &person.emails {
        let row = sqlx::query("select conversation from participant where property = $1 and email = $2 limit 1")
            .bind(person.property.as_str())
            .bind(email)
            .fetch_optional(&mut *conn)
            .await?;
        if let Some(row) = row {
            return Ok(Some(word(&row, "conversation")?));
        }
    }
    let part = work.parts(conn, "conversation", 1).await?.pop();
    Ok(part.and_then(|id| id.parse().ok()))
}

async fn erase(tx: &mut Tx, work: &mut Work, person: &Person, line: Line) -> Result<()> {
    for word in search::take_words(tx, &work.property, &line.id).await? {
        work.put_part(tx, "word", &word).await?;
    }
    forget_typed(tx, work, &line.id).await?;
    let owned = person.contacts.contains(&line.contact.id);
    let other = other_writer(tx, person, &line.id).await?;
    match other {
        Some(other) if line.kind == Sort::Ticket || !owned => erase_part(tx, work, person, line, owned.then_some(other)).await,
        None if !owned => erase_part(tx, work, person, line, None).await,
        _ => erase_whole(tx, work, line).await,
    }
}

/// What agents typed and did not send there, and what their browsers are still to be told of it.
async fn forget_typed(tx: &mut Tx, work: &mut Work, id: &ConversationId) -> Result<()> {
    let gone = sqlx::query(
        "delete from draft where property = $1 and agent in (select m.agent from membership m where m.property = $1) and place in ($2, $3)",
    )
    .bind(work.property.as_str())
    .bind(format!("reply:{id}"))
    .bind(format!("note:{id}"))
    .execute(tx.conn())
    .await?;
    work.gone.add(Kind::Draft, i64::try_from(gone.rows_affected()).unwrap_or(0));
    sqlx::query(
        "delete from push_out where tag = $2 and subscription in (select s.id from membership m join push_subscription s on s.agent = m.agent where m.property = $1)",
    )
    .bind(work.property.as_str())
    .bind(id.as_str())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Somebody else outside who wrote in it.
async fn other_writer(tx: &mut Tx, person: &Person, id: &ConversationId) -> Result<Option<Contact>> {
    let rows = sqlx::query(
        "select author from message where property = $1 and conversation = $2 and kind = 'said' and author like '{\"who\":\"contact\"%' order by seq, place",
    )
    .bind(person.property.as_str())
    .bind(id.as_str())
    .fetch_all(tx.conn())
    .await?;
    let mut seen = BTreeSet::new();
    for row in &rows {
        let author: Author = serde_json::from_str(row.try_get("author")?)?;
        let Author::Contact { id, .. } = author else { continue };
        if person.contacts.contains(&id) || !seen.insert(id.clone()) {
            continue;
        }
        let id = contact::followed(tx.conn(), &person.property, id).await?;
        if !person.contacts.contains(&id)
            && let Some(other) = contact::load(tx.conn(), &person.property, &id).await?
        {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

async fn erase_whole(tx: &mut Tx, work: &mut Work, line: Line) -> Result<()> {
    let files = sqlx::query(
        "select count(*) from message m cross join attachment a where m.property = $1 and m.conversation = $2 and a.property = m.property and a.message = m.id",
    )
    .bind(work.property.as_str())
    .bind(line.id.as_str())
    .fetch_one(tx.conn())
    .await?;
    work.gone.add(Kind::File, files.try_get(0)?);
    let mails = postbox::empty_mails_of(tx, &work.property, &line.id).await?;
    work.gone.add(Kind::Mail, mails);
    let letters = sqlx::query("delete from letter_out where property = $1 and conversation = $2")
        .bind(work.property.as_str())
        .bind(line.id.as_str())
        .execute(tx.conn())
        .await?;
    work.gone.add(Kind::Letter, i64::try_from(letters.rows_affected()).unwrap_or(0));
    work.gone.add(Kind::Conversation, 1);
    // whoever wrote in it: one who turned out to be somebody else is named there by the name they gave first
    unname(tx, work, &line.id, |_| true).await?;
    conversation::forget(tx, &work.property, &line, work.author()).await
}

/// Takes the names of authors out of the events of a conversation.
async fn unname(tx: &mut Tx, work: &mut Work, id: &ConversationId, whose: impl Fn(&Author) -> bool) -> Result<()> {
    for event in log::by_contacts(tx.conn(), &work.property, Some(id), (0, i64::MAX)).await? {
        let named = !matches!(&event.author, Author::Contact { name, .. } if name.is_empty());
        if named && whose(&event.author) {
            log::unname(tx, &event).await?;
            work.gone.add(Kind::Event, 1);
        }
    }
    Ok(())
}

/// Others wrote in it. It stays, and becomes theirs if it was the person's.
async fn erase_part(tx: &mut Tx, work: &mut Work, person: &Person, line: Line, heir: Option<Contact>) -> Result<()> {
    let language = language(tx, work).await?;
    // others' mails have the person's address in their head
    let mails = postbox::empty_mails_of(tx, &work.property, &line.id).await?;
    work.gone.add(Kind::Mail, mails);
    let rows = sqlx::query(
        "select id, kind, author, happened, quoted, html, facts, reached from message where property = $1 and conversation = $2 order by seq, place",
    )
    .bind(work.property.as_str())
    .bind(line.id.as_str())
    .fetch_all(tx.conn())
    .await?;
    let (mut changed, mut theirs, mut others) = (vec![], BTreeSet::new(), vec![]);
    for row in &rows {
        let (id, author): (MessageId, Author) = (word(row, "id")?, serde_json::from_str(row.try_get("author")?)?);
        let said = word::<MessageKind>(row, "kind")? == MessageKind::Said;
        let named = row.try_get::<Option<&str>, _>("happened")?.is_some_and(|happened| person.known_in(happened));
        if person.wrote(&author) && said {
            silence(tx, work, &id, &author, language).await?;
            theirs.insert(id.clone());
        } else if person.wrote(&author) || named {
            drop_message(tx, work, &id).await?;
        } else {
            others.push((id.clone(), row));
        }
        changed.push(id);
    }
    for (id, row) in others {
        let named = |column: &str| Ok::<_, Error>(row.try_get::<Option<&str>, _>(column)?.is_some_and(|text| person.known_in(text)));
        // what others write quotes what they answer
        let quotes = !theirs.is_empty() || named("quoted")? || named("html")?;
        unquote(tx, work, &id, quotes, named("facts")? || named("reached")?).await?;
    }
    forget_letters(tx, work, person, &line.id, (&theirs, language.say(texts::ERASED_WORDS))).await?;
    for email in &person.emails {
        sqlx::query("delete from participant where property = $1 and conversation = $2 and email = $3")
            .bind(work.property.as_str())
            .bind(line.id.as_str())
            .bind(email)
            .execute(tx.conn())
            .await?;
    }
    forget_joined(tx, work, person, &line.id).await?;
    unname(tx, work, &line.id, |author| person.wrote(author)).await?;
    let mut after = line.clone();
    if let Some(heir) = heir {
        (after.contact, after.subject) = (heir, language.say(texts::ERASED_WORDS).to_owned());
    }
    let mut counted = after.clone();
    line::recount(tx.conn(), &work.property, &mut counted).await?;
    (after.preview, after.preview_by, after.attachments) = (counted.preview, counted.preview_by, counted.attachments);
    let happened = Happened::new(&work.property, work.author(), What::PersonErased).storing(&line, &after).messages(changed);
    log::append(tx, happened).await?;
    // found by what it says now
    search::due(tx, &work.property, &BTreeSet::from([line.id])).await
}

/// Takes from what another said what it quotes, and whom it reached.
async fn unquote(tx: &mut Tx, work: &Work, id: &MessageId, quotes: bool, names: bool) -> Result<()> {
    sqlx::query("update message set letter_in = null where property = $1 and id = $2 and letter_in is not null")
        .bind(work.property.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    for (text, wanted) in [
        ("update message set quoted = null, html = null, html_version = null, html_new = null where property = $1 and id = $2", quotes),
        ("update message set facts = null, reached = null where property = $1 and id = $2", names),
    ] {
        if wanted {
            sqlx::query(text).bind(work.property.as_str()).bind(id.as_str()).execute(tx.conn()).await?;
        }
    }
    Ok(())
}

async fn language(tx: &mut Tx, work: &Work) -> Result<Language> {
    let row = sqlx::query("select language from property where id = $1").bind(work.property.as_str()).fetch_one(tx.conn()).await?;
    word(&row, "language")
}

/// Words of theirs become a mark; their files go.
async fn silence(tx: &mut Tx, work: &mut Work, id: &MessageId, author: &Author, language: Language) -> Result<()> {
    let Author::Contact { id: contact, .. } = author else { return Ok(()) };
    let nobody = Author::Contact { id: contact.clone(), name: language.say(texts::ERASED_NAME).to_owned() };
    let files = sqlx::query("delete from attachment where property = $1 and message = $2")
        .bind(work.property.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    work.gone.add(Kind::File, i64::try_from(files.rows_affected()).unwrap_or(0));
    work.gone.add(Kind::Message, 1);
    sqlx::query("delete from mail_id where property = $1 and message = $2")
        .bind(work.property.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    sqlx::query(
        "update message set author = $3, body = $4, quoted = null, html = null, html_version = null, html_new = null, mail_id = null, letter_in = null, reached = null, \
         facts = null where property = $1 and id = $2",
    )
    .bind(work.property.as_str())
    .bind(id.as_str())
    .bind(serde_json::to_string(&nobody)?)
    .bind(language.say(texts::ERASED_WORDS))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes an entry away that tells what the person did, or of their address.
async fn drop_message(tx: &mut Tx, work: &mut Work, id: &MessageId) -> Result<()> {
    sqlx::query("delete from message where property = $1 and id = $2")
        .bind(work.property.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    work.gone.add(Kind::Message, 1);
    Ok(())
}

/// Letters to the person, and those that carry their words to others. In what else went to others stands who got it besides.
async fn forget_letters(
    tx: &mut Tx,
    work: &mut Work,
    person: &Person,
    id: &ConversationId,
    (theirs, mark): (&BTreeSet<MessageId>, &str),
) -> Result<()> {
    let rows = sqlx::query("select id, message, recipient, letter from letter_out where property = $1 and conversation = $2")
        .bind(work.property.as_str())
        .bind(id.as_str())
        .fetch_all(tx.conn())
        .await?;
    for row in &rows {
        let message: Option<MessageId> = word_or_none(row, "message")?;
        if person.emails.contains(row.try_get::<&str, _>("recipient")?) || message.is_some_and(|message| theirs.contains(&message)) {
            sqlx::query("delete from letter_out where id = $1").bind(row.try_get::<&str, _>("id")?).execute(tx.conn()).await?;
            work.gone.add(Kind::Letter, 1);
            continue;
        }
        let letter: Letter = serde_json::from_str(row.try_get("letter")?)?;
        let cut = |text: &str| person.cut_from(text, mark);
        let after = Letter { subject: cut(&letter.subject), text: cut(&letter.text), html: cut(&letter.html), ..letter.clone() };
        if after != letter {
            sqlx::query("update letter_out set letter = $2 where id = $1")
                .bind(row.try_get::<&str, _>("id")?)
                .bind(serde_json::to_string(&after)?)
                .execute(tx.conn())
                .await?;
        }
    }
    Ok(())
}

/// Who came into a ticket with words from another one is told by their address.
async fn forget_joined(tx: &mut Tx, work: &Work, person: &Person, id: &ConversationId) -> Result<()> {
    for text in [
        "select id, joined from shift where property = $1 and source = $2",
        "select id, joined from shift where property = $1 and target = $2",
    ] {
        let rows = sqlx::query(text).bind(work.property.as_str()).bind(id.as_str()).fetch_all(tx.conn()).await?;
        for row in &rows {
            let mut joined: Vec<String> = serde_json::from_str(row.try_get("joined")?)?;
            joined.retain(|email| !person.emails.contains(&email.to_lowercase()));
            sqlx::query("update shift set joined = $3 where property = $1 and id = $2")
                .bind(work.property.as_str())
                .bind(row.try_get::<&str, _>("id")?)
                .bind(serde_json::to_string(&joined)?)
                .execute(tx.conn())
                .await?;
        }
    }
    Ok(())
}
