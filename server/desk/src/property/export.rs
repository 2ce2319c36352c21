//! Everything of a property, handed out piece by piece, so that it never stands in memory at once: tables as JSON Lines, then every file
//! and every mail as it came. Each table is walked in the order of its key, a page at a time: what was there at the beginning is met,
//! whatever is written meanwhile. Passwords, tokens and other secrets are in none of its statements.

use std::collections::VecDeque;

use model::{Language, audit::Act};
use serde_json::{Map, Value};
use sqlx::{Column as _, Row as _, any::AnyRow};

use crate::{
    Agent, Result, attachment,
    audit::{Deed, fields},
    person,
};

/// How the archive is to be read, in each language.
const README: [&str; 2] = [include_str!("README.en.md"), include_str!("README.pt-BR.md")];

/// A piece of an archive.
pub enum Piece {
    /// A file begins.
    File(String, Vec<u8>),
    /// It goes on.
    More(Vec<u8>),
}

/// A table: `$1` is the property, `$2` how many rows, what follows the key of the last row.
struct Table {
    /// Name of its file.
    file: &'static str,
    text: &'static str,
    /// Columns of its key.
    key: &'static [&'static str],
    /// Columns whose text is JSON.
    json: &'static [&'static str],
    /// Names the file that a row is about.
    named: Option<fn(&AnyRow) -> Result<String>>,
}

const fn table(file: &'static str, key: &'static [&'static str], json: &'static [&'static str], text: &'static str) -> Table {
    Table { file, text, key, json, named: None }
}

const TABLES: [Table; 18] = [
    table(
        "property.jsonl",
        &["id"],
        &[],
        "select id, name, language, time_zone, created_at from property where id = $1 and id > $3 order by id limit $2",
    ),
    table(
        "agents.jsonl",
        &["id"],
        &[],
        "select m.agent as id, a.name, a.email, m.role, m.disabled_at, m.created_at from membership m join agent a on a.id = m.agent \
         where m.property = $1 and m.agent > $3 order by m.agent limit $2",
    ),
    table(
        "departments.jsonl",
        &["id"],
        &[],
        "select id, name, description, created_at from department where property = $1 and id > $3 order by id limit $2",
    ),
    table(
        "department_agents.jsonl",
        &["department", "agent"],
        &[],
        "select department, agent from department_agent where property = $1 and (department, agent) > ($3, $4) order by department, agent limit $2",
    ),
    table(
        "shortcuts.jsonl",
        &["id"],
        &[],
        "select id, scope, shortcut, body, changed_at from canned_response where property = $1 and id > $3 order by id limit $2",
    ),
    table(
        "organisations.jsonl",
        &["id"],
        &[],
        "select id, name, notes, created_at, changed_at, ends_at from organisation where property = $1 and id > $3 order by id limit $2",
    ),
    table(
        "organisation_domains.jsonl",
        &["domain"],
        &[],
        "select domain, organisation from organisation_domain where property = $1 and domain > $3 order by domain limit $2",
    ),
    table(
        "contacts.jsonl",
        &["id"],
        &["phones", "tags", "attributes", "site_tags", "site_attributes"],
        "select id, name, email, organisation, phones, tags, attributes, site_tags, site_attributes, created_at, last_at, merged_into \
         from contact where property = $1 and id > $3 order by id limit $2",
    ),
    table(
        "addresses.jsonl",
        &["email"],
        &[],
        "select email, contact from contact_address where property = $1 and email > $3 order by email limit $2",
    ),
    table(
        "dead_addresses.jsonl",
        &["email"],
        &[],
        "select email, since_at from dead_address where property = $1 and email > $3 order by email limit $2",
    ),
    table(
        "contact_notes.jsonl",
        &["id"],
        &["author"],
        "select id, contact, author, body, at, edited_at from contact_note where property = $1 and id > $3 order by id limit $2",
    ),
    table(
        "conversations.jsonl",
        &["id"],
        &["tags"],
        "select id, kind, channel, number, subject, contact, status, snoozed_until, priority, assignee, tags, folder, last_at, missed_at, origin, follows, merged_into, \
         created_at, seq from conversation where property = $1 and id > $3 order by id limit $2",
    ),
    table(
        "participants.jsonl",
        &["conversation", "email"],
        &[],
        "select conversation, email, name, part from participant where property = $1 and (conversation, email) > ($3, $4) order by conversation, email limit $2",
    ),
    table(
        "chats.jsonl",
        &["conversation"],
        &["answers"],
        "select conversation, visitor, page, referrer, answers, rating, comment, answered_at, missed_at, rescued_at, ended_at, read_at \
         from chat where property = $1 and conversation > $3 order by conversation limit $2",
    ),
    table(
        "messages.jsonl",
        &["id"],
        &["author", "happened"],
        "select id, conversation, seq, place, kind, author, channel, at, body, quoted, html, happened, mark, mail_id, letter_in as mail, edited_at \
         from message where property = $1 and id > $3 order by id limit $2",
    ),
    table(
        "events.jsonl",
        &["seq"],
        &["body"],
        "select seq, at, what, conversation, audience, body from event where property = $1 and seq > cast(cast($3 as text) as bigint) order by seq limit $2",
    ),
    Table {
        named: Some(attachment_file),
        ..table(
            "attachments.jsonl",
            &["id"],
            &[],
            "select id, message, place, name, media_type, size, cid, sha256, created_at from attachment \
             where property = $1 and id > $3 and message is not null order by id limit $2",
        )
    },
    Table {
        named: Some(mail_file),
        ..table(
            "mails.jsonl",
            &["received_at", "id"],
            &[],
            "select id, mail_from, rcpt_to, header_from, subject, received_at, status, conversation, message, size, raw as sha256 from letter_in \
             where property = $1 and (received_at, id) > (cast(cast($3 as text) as bigint), $4) order by received_at, id limit $2",
        )
    },
];

/// Rows of a page. Messages may be long.
const PAGE: i64 = 200;

/// Everything of a property: pieces to be had one after the other.
pub struct PropertyExport {
    agent: Agent,
    name: String,
    language: Language,
    begun: bool,
    /// The table that is walked, and the key of its last row.
    at: usize,
    after: Vec<String>,
    /// Tables whose contents are to be written yet, and those of the page that was read.
    contents: VecDeque<usize>,
    waiting: VecDeque<Content>,
}

/// Contents of a row.
struct Content {
    file: String,
    sha256: String,
    /// Whether the row still names them.
    still: &'static str,
    id: String,
}

impl Agent {
    /// Everything of this property, for its admins. That it was taken out is told in the audit log.
    pub async fn export_property(&self) -> Result<PropertyExport> {
        self.admin()?;
        let roster = self.roster().await?;
        let deed = Deed::new(Act::PropertyExported, roster.property.name.as_str()).to(fields([("form", "zip".into())]));
        self.write(move |tx, agent| Box::pin(async move { agent.note_deed(tx, deed).await })).await?;
        Ok(PropertyExport {
            agent: self.clone(),
            name: roster.property.name,
            language: roster.language,
            begun: false,
            at: 0,
            after: vec![],
            contents: VecDeque::from([TABLES.len() - 2, TABLES.len() - 1]),
            waiting: VecDeque::new(),
        })
    }
}

impl PropertyExport {
    /// What the file of it all is called, without its ending.
    pub fn name(&self) -> String {
        let now = person::moment(self.agent.desk.clock().now().0);
        let day = now.as_str().and_then(|now| now.get(..10)).unwrap_or_default();
        attachment::file_name(&format!("{} {day}", self.name))
    }

    /// The next piece. None at the end.
    pub async fn next(&mut self) -> Result<Option<Piece>> {
        if !self.begun {
            self.begun = true;
            let readme = README[usize::from(self.language == Language::Portuguese)];
            return Ok(Some(Piece::File("README.md".into(), readme.into())));
        }
        if let Some(table) = TABLES.get(self.at) {
            return self.lines(table).await.map(Some);
        }
        loop {
            if let Some(content) = self.waiting.pop_front() {
                if let Some(piece) = self.content(content).await? {
                    return Ok(Some(piece));
                }
            } else if let Some(table) = self.contents.front().and_then(|at| TABLES.get(*at)) {
                let rows = self.page(table).await?;
                for row in &rows {
                    let file = table.named.map(|named| named(row)).transpose()?.unwrap_or_default();
                    let still = if table.file == "mails.jsonl" { STILL_MAIL } else { STILL_FILE };
                    self.waiting.push_back(Content { file, sha256: row.try_get("sha256")?, still, id: row.try_get("id")? });
                }
                if self.after.is_empty() {
                    self.contents.pop_front();
                }
            } else {
                return Ok(None);
            }
        }
    }

    /// A page of a table as lines; after the last one the next table is walked.
    async fn lines(&mut self, table: &'static Table) -> Result<Piece> {
        let begins = self.after.is_empty();
        let mut bytes = vec![];
        for row in &self.page(table).await? {
            serde_json::to_writer(&mut bytes, &told(row, table)?)?;
            bytes.push(b'\n');
        }
        if self.after.is_empty() {
            self.at += 1;
        }
        Ok(if begins { Piece::File(table.file.into(), bytes) } else { Piece::More(bytes) })
    }

    /// The next rows of a table; `after` is their last one's key, and empty when there are no more.
    async fn page(&mut self, table: &'static Table) -> Result<Vec<AnyRow>> {
        let mut asked = sqlx::query(table.text).bind(self.agent.property.as_str()).bind(PAGE);
        for (at, column) in table.key.iter().enumerate() {
            // numbers begin at 1; what is older than 1970 is below 0
            let first = if *column == "seq" {
                "0"
            } else if *column == "received_at" {
                "-9000000000000000000"
            } else {
                ""
            };
            asked = asked.bind(self.after.get(at).cloned().unwrap_or_else(|| first.to_owned()));
        }
        let rows = asked.fetch_all(self.agent.desk.db().read()).await?;
        self.after.clear();
        if i64::try_from(rows.len()).unwrap_or(PAGE) == PAGE
            && let Some(last) = rows.last()
        {
            for column in table.key {
                let number = last.try_get::<i64, _>(*column).map(|number| number.to_string());
                self.after.push(match number {
                    Ok(number) => number,
                    Err(_) => last.try_get(*column)?,
                });
            }
        }
        Ok(rows)
    }

    /// Contents as a file; none when they went meanwhile, or a person's erasure left nothing of them.
    async fn content(&self, content: Content) -> Result<Option<Piece>> {
        let Content { file, sha256, still, id } = content;
        match self.agent.desk.blobs().read(self.agent.desk.db().read(), &sha256).await {
            Ok(bytes) if bytes.is_empty() => Ok(None),
            Ok(bytes) => Ok(Some(Piece::File(file, bytes))),
            Err(error) => {
                let named = sqlx::query(still).bind(self.agent.property.as_str()).bind(&id).bind(&sha256);
                if named.fetch_optional(self.agent.desk.db().read()).await?.is_some() { Err(error) } else { Ok(None) }
            }
        }
    }
}

const STILL_FILE: &str = "select 1 from attachment where property = $1 and id = $2 and sha256 = $3";
const STILL_MAIL: &str = "select 1 from letter_in where property = $1 and id = $2 and raw = $3";

fn attachment_file(row: &AnyRow) -> Result<String> {
    let (id, name): (String, String) = (row.try_get("id")?, row.try_get("name")?);
    Ok(format!("attachments/{id}-{}", attachment::file_name(&name)))
}

fn mail_file(row: &AnyRow) -> Result<String> {
    Ok(format!("mails/{}.eml", row.try_get::<String, _>("id")?))
}

/// A row as other programs read it: moments are written out, and what is kept as JSON is JSON.
fn told(row: &AnyRow, table: &Table) -> Result<Value> {
    let mut told = Map::new();
    for column in row.columns() {
        let (at, name) = (column.ordinal(), column.name());
        let value = if let Ok(text) = row.try_get::<Option<String>, _>(at) {
            let json = text.as_deref().filter(|_| table.json.contains(&name)).and_then(|text| serde_json::from_str(text).ok());
            json.unwrap_or_else(|| text.map_or(Value::Null, Value::String))
        } else {
            let number: Option<i64> = row.try_get(at)?;
            let dated = name == "at" || name.ends_with("_at") || name.ends_with("_until");
            number.map_or(Value::Null, |number| if dated { person::moment(number) } else { number.into() })
        };
        told.insert(name.to_owned(), value);
    }
    if let Some(named) = table.named {
        told.insert("file".to_owned(), named(row)?.into());
    }
    Ok(Value::Object(told))
}
