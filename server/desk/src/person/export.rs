//! All that is kept of one person, handed out as files one after the other, so that it never stands in memory at once: `person.json` with
//! what is known of them, a JSON file for each conversation, the mails they wrote and the letters they got, and every file of theirs.
//! Where the conversation is somebody else's, what was said since they came into it.

use std::collections::{BTreeSet, VecDeque};

use mail::compose::Letter;
use model::{
    ContactId, ConversationId, LetterInId, MessageId, Moment, Refusal, VisitorId,
    audit::Act,
    export::{Export, MESSAGES_MOST},
    message::{Message, MessageKind},
    roster::Roster,
    thread::Thread,
};
use serde_json::{Map, Value, json};
use sqlx::{Row as _, any::AnyRow};

use super::{
    Person,
    rows::{OF_CONTACT, OF_VISITOR, moment, object, pretty},
};
use crate::{
    Agent, Result, attachment,
    audit::{Deed, fields},
    contact,
    db::Conn,
    line::word,
    log, message,
};

/// What the first field of `person.json` says; another number would be another shape.
const FORMAT: &str = "recado.person.1";

/// What is to be written yet.
enum Part {
    Facts,
    Conversation(ConversationId),
    /// Messages of a conversation before a number: which file that is.
    Earlier(ConversationId, i64, usize),
    File {
        folder: String,
        id: String,
        name: String,
        sha256: String,
    },
    Mail(LetterInId),
    /// Mails from them in no conversation, after a place.
    Mails(Moment, String),
    /// Letters to an address after a place.
    Letters(String, Moment, String),
}

/// All that is kept of a person: files to be had one after the other.
pub struct PersonExport {
    agent: Agent,
    person: Person,
    roster: Roster,
    parts: VecDeque<Part>,
    /// Mails that were handed out.
    mails: BTreeSet<LetterInId>,
}

impl Agent {
    /// All that is kept of a person in this property. That it was taken out is told in the audit log. Admins only: whoever may write a
    /// contact may give it anybody's address, and what went to that address is in here.
    pub async fn export_person(&self, contact: ContactId) -> Result<PersonExport> {
        self.admin()?;
        let roster = self.roster().await?;
        let mut conn = self.desk.db().read().acquire().await?;
        let id = contact::followed(&mut conn, &self.property, contact).await?;
        contact::load(&mut conn, &self.property, &id).await?.ok_or(Refusal::NotFound)?;
        let person = Person::of(&mut conn, &self.property, &id).await?;
        let mut parts = VecDeque::from([Part::Facts]);
        parts.extend(conversations(&mut conn, &person).await?.into_iter().map(Part::Conversation));
        parts.push_back(Part::Mails(Moment(0), String::new()));
        parts.extend(person.emails.iter().map(|email| Part::Letters(email.clone(), Moment(0), String::new())));
        drop(conn);
        let deed = Deed::new(Act::PersonExported, id.as_str()).to(fields([("form", "zip".into())]));
        self.write(move |tx, agent| Box::pin(async move { agent.note_deed(tx, deed).await })).await?;
        Ok(PersonExport { agent: self.clone(), person, roster, parts, mails: BTreeSet::new() })
    }
}

/// Where they took part: conversations with them, and those in which they are in copy or wrote.
async fn conversations(conn: &mut Conn, person: &Person) -> Result<Vec<ConversationId>> {
    let mut all = BTreeSet::new();
    for contact in &person.contacts {
        all.extend(ids(conn, "select id from conversation where property = $1 and contact = $2", person, contact.as_str()).await?);
    }
    for email in &person.emails {
        all.extend(ids(conn, "select conversation as id from participant where property = $1 and email = $2", person, email).await?);
    }
    for visitor in &person.visitors {
        all.extend(ids(conn, "select conversation as id from chat where property = $1 and visitor = $2", person, visitor.as_str()).await?);
    }
    // where they wrote and are in copy no more: events tell it
    let head = log::head(&mut *conn, &person.property).await?;
    let mut from = 0;
    while from < head {
        let to = head.min(from + 1_000);
        let events = log::by_contacts(conn, &person.property, None, (from, to)).await?;
        all.extend(events.into_iter().filter(|event| person.wrote(&event.author)).filter_map(|event| event.conversation));
        from = to;
    }
    Ok(all.into_iter().collect())
}

async fn ids(conn: &mut Conn, text: &'static str, person: &Person, of: &str) -> Result<Vec<ConversationId>> {
    let rows = sqlx::query(text).bind(person.property.as_str()).bind(of).fetch_all(conn).await?;
    rows.iter().map(|row| word(row, "id")).collect()
}

impl PersonExport {
    /// What the file of it all is called, without its ending.
    pub fn name(&self) -> String {
        format!("person-{}", self.person.contacts.first().map_or("", ContactId::as_str))
    }

    /// The next file: its name with folders, and its contents. None at the end.
    pub async fn next(&mut self) -> Result<Option<(String, Vec<u8>)>> {
        while let Some(part) = self.parts.pop_front() {
            if let Some(file) = self.write(part).await? {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    async fn write(&mut self, part: Part) -> Result<Option<(String, Vec<u8>)>> {
        match part {
            Part::Facts => Ok(Some(("person.json".into(), pretty(&self.facts().await?)?))),
            Part::Conversation(id) => self.conversation(id).await,
            Part::Earlier(id, before, n) => self.earlier(id, before, n).await,
            Part::File { folder, id, name, sha256 } => {
                let bytes = self.agent.desk.blobs().read(self.agent.desk.db().read(), &sha256).await?;
                Ok(Some((format!("{folder}/{id}-{name}"), bytes)))
            }
            Part::Mail(id) if self.mails.insert(id.clone()) => match self.agent.open_raw(id.clone()).await {
                Ok(raw) => Ok(Some((format!("mails/{id}.eml"), raw))),
                Err(crate::Error::Refused(_)) => Ok(None),
                Err(error) => Err(error),
            },
            Part::Mail(_) => Ok(None),
            Part::Mails(at, id) => {
                let (found, last) = self.agent.desk.mails_of(&self.person, (at, &id)).await?;
                if let Some((at, id)) = last {
                    self.parts.push_front(Part::Mails(at, id.to_string()));
                }
                found.into_iter().rev().for_each(|id| self.parts.push_front(Part::Mail(id)));
                Ok(None)
            }
            Part::Letters(email, at, id) => self.letter(email, at, &id).await,
        }
    }

    /// What is known of them outside of conversations.
    async fn facts(&mut self) -> Result<Value> {
        let mut told = Map::from_iter([
            ("format".to_owned(), json!(FORMAT)),
            ("property".to_owned(), json!(self.roster.property.name)),
            ("exported_at".to_owned(), moment(self.agent.desk.clock().now().0)),
        ]);
        let mut conn = self.agent.desk.db().read().acquire().await?;
        let contacts = self.person.contacts.iter().map(ContactId::as_str);
        let visitors = self.person.visitors.iter().map(VisitorId::as_str);
        let of_contact = contacts.flat_map(|id| OF_CONTACT.map(|(name, text)| (name, text, id)));
        let of_visitor = visitors.flat_map(|id| OF_VISITOR.map(|(name, text)| (name, text, id)));
        for (name, text, id) in of_contact.chain(of_visitor) {
            let rows = sqlx::query(text).bind(self.person.property.as_str()).bind(id).fetch_all(&mut *conn).await?;
            let list = told.entry(name).or_insert_with(|| json!([]));
            if let Value::Array(list) = list {
                for row in &rows {
                    list.push(object(row)?);
                }
            }
        }
        for visitor in &self.person.visitors {
            let uploads =
                sqlx::query("select id, name, sha256 from attachment where property = $1 and uploaded_by = $2 and message is null")
                    .bind(self.person.property.as_str())
                    .bind(format!("visitor:{visitor}"))
                    .fetch_all(&mut *conn)
                    .await?;
            for row in &uploads {
                self.parts.push_front(file("uploads", row)?);
            }
        }
        drop(conn);
        told.insert("tables".into(), self.tables().await?);
        told.insert("audit".into(), self.audit().await?);
        Ok(Value::Object(told))
    }

    /// Rows of tables of contacts that are about them, each with its heads.
    async fn tables(&self) -> Result<Value> {
        let (mut found, mut after) = (vec![], String::new());
        while let Some((id, rows)) = contact::next_table(&self.agent.desk, &self.person.property, &after).await? {
            let theirs: Vec<&Vec<String>> = rows.iter().filter(|row| self.person.in_row(row)).collect();
            if !theirs.is_empty() {
                found.push(json!({ "table": id, "heads": rows.first(), "rows": theirs }));
            }
            after = id.to_string();
        }
        Ok(Value::Array(found))
    }

    /// What the audit log tells of them.
    async fn audit(&self) -> Result<Value> {
        let (mut told, mut after) = (vec![], Some(0));
        while let Some(from) = after {
            let (found, last) = self.agent.desk.entries_of(&self.person, from).await?;
            told.extend(found.into_iter().map(|(n, told)| json!({ "entry": n, "told": told })));
            after = last;
        }
        Ok(Value::Array(told))
    }

    async fn conversation(&mut self, id: ConversationId) -> Result<Option<(String, Vec<u8>)>> {
        let mut conn = self.agent.desk.db().read().acquire().await?;
        let mut thread = match self.agent.thread(&mut conn, id.clone(), MESSAGES_MOST).await {
            Ok(thread) => thread,
            // deleted meanwhile
            Err(crate::Error::Refused(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        if thread.earlier
            && let Some(first) = thread.messages.first()
        {
            self.parts.push_front(Part::Earlier(id.clone(), first.seq, 2));
        }
        self.told(&mut conn, &mut thread).await?;
        let name = model::export::file_name(&thread);
        Ok(Some((format!("conversations/{name}.json"), pretty(&Export::of(&thread, &self.roster))?)))
    }

    /// A further file of a conversation that is longer than one.
    async fn earlier(&mut self, id: ConversationId, before: i64, n: usize) -> Result<Option<(String, Vec<u8>)>> {
        let mut conn = self.agent.desk.db().read().acquire().await?;
        let mut thread = match self.agent.thread(&mut conn, id.clone(), 1).await {
            Ok(thread) => thread,
            Err(crate::Error::Refused(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        (thread.messages, thread.earlier) = message::last(&mut conn, &self.person.property, &id, before, MESSAGES_MOST).await?;
        if thread.earlier
            && let Some(first) = thread.messages.first()
        {
            self.parts.push_front(Part::Earlier(id, first.seq, n + 1));
        }
        self.told(&mut conn, &mut thread).await?;
        let name = model::export::file_name(&thread);
        Ok(Some((format!("conversations/{name}-{n}.json"), pretty(&Export::of(&thread, &self.roster))?)))
    }

    /// Leaves what the person was told, or may be told: in somebody else's conversation what was said to them, since they came into it.
    /// The files of what is left, and their own mails, are written next.
    async fn told(&mut self, conn: &mut Conn, thread: &mut Thread) -> Result<()> {
        if !self.person.contacts.contains(&thread.line.contact.id) {
            let since = self.since(conn, thread).await?;
            let own = |message: &Message| self.person.wrote(&message.author);
            thread.messages.retain(|one| own(one) || (one.kind == MessageKind::Said && one.mark.is_none() && one.seq >= since));
            thread.participants.retain(|one| self.person.emails.contains(&one.email));
        }
        let mut parts = vec![];
        for message in &thread.messages {
            if self.person.wrote(&message.author) {
                parts.extend(message.letter_in.clone().map(Part::Mail));
            }
            if !message.attachments.is_empty() {
                parts.extend(self.files(conn, &message.id).await?);
            }
        }
        parts.into_iter().rev().for_each(|part| self.parts.push_front(part));
        Ok(())
    }

    /// The event from which on they receive somebody else's conversation; after every one when they do not.
    async fn since(&self, conn: &mut Conn, thread: &Thread) -> Result<i64> {
        for email in &self.person.emails {
            let row = sqlx::query("select since from participant where property = $1 and conversation = $2 and email = $3")
                .bind(self.person.property.as_str())
                .bind(thread.line.id.as_str())
                .bind(email)
                .fetch_optional(&mut *conn)
                .await?;
            if let Some(row) = row {
                return Ok(row.try_get(0)?);
            }
        }
        Ok(i64::MAX)
    }

    async fn files(&self, conn: &mut Conn, message: &MessageId) -> Result<Vec<Part>> {
        let rows = sqlx::query("select id, name, sha256 from attachment where property = $1 and message = $2 order by place, id")
            .bind(self.person.property.as_str())
            .bind(message.as_str())
            .fetch_all(conn)
            .await?;
        rows.iter().map(|row| file("files", row)).collect()
    }

    /// The next letter to an address, after a place: those that customers get. Copies for agents and invitations went to the address for
    /// what its owner is besides, and an invitation's link lets in whoever reads it.
    async fn letter(&mut self, email: String, at: Moment, id: &str) -> Result<Option<(String, Vec<u8>)>> {
        let row = sqlx::query(
            "select id, created_at, sent_at, status, kind, letter from letter_out where property = $1 and recipient = $2 and created_at >= $3 and (created_at > $3 or id > $4) \
             and kind in ('reply', 'forward', 'rule', 'acknowledgement', 'transcript') order by created_at, id limit 1",
        )
        .bind(self.person.property.as_str())
        .bind(&email)
        .bind(at.0)
        .bind(id)
        .fetch_optional(self.agent.desk.db().read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (id, at, letter): (String, i64, Letter) =
            (row.try_get("id")?, row.try_get("created_at")?, serde_json::from_str(row.try_get("letter")?)?);
        self.parts.push_front(Part::Letters(email, Moment(at), id.clone()));
        let files: Vec<&str> = letter.attachments.iter().map(|file| file.name.as_str()).collect();
        let told = json!({
            "to": letter.to.address, "subject": letter.subject, "text": letter.text, "html": letter.html, "files": files, "message_id": letter.message_id,
            "status": row.try_get::<&str, _>("status")?, "kind": row.try_get::<&str, _>("kind")?, "written_at": moment(at),
            "sent_at": row.try_get::<Option<i64>, _>("sent_at")?.map(moment),
        });
        Ok(Some((format!("letters/{id}.json"), pretty(&told)?)))
    }
}

fn file(folder: &str, row: &AnyRow) -> Result<Part> {
    let name = attachment::file_name(row.try_get("name")?);
    Ok(Part::File { folder: folder.to_owned(), id: row.try_get("id")?, name, sha256: row.try_get("sha256")? })
}
