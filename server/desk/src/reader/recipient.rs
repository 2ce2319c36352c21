//! Who is owed a letter by some words (email.md C12): those in the ticket and those who look after it, but not who wrote them,
//! nor who has them already, nor ourselves.

use model::{
    Assignee, PropertyId,
    conversation::Line,
    letter::LetterKind,
    message::{Author, Channel},
    moment::DAY,
    ticket::Part,
};
use sqlx::{Row as _, any::AnyRow};

use super::{limit, mail::Said};
use crate::{Desk, Result, db::Tx, line::word, postbox::our_addresses, sight};

/// Somebody who is owed a letter.
#[derive(Clone, Debug)]
pub(super) struct Recipient {
    pub email: String,
    pub name: String,
    pub kind: LetterKind,
    /// Why it cannot go out.
    pub trouble: Option<String>,
}

/// Everybody who is owed a letter by these words.
pub(super) async fn of(tx: &mut Tx, desk: &Desk, property: &PropertyId, line: &Line, said: &Said) -> Result<Vec<Recipient>> {
    let mut all = outside(tx, property, line, said).await?;
    // what a rule writes is for who asks alone: agents see it in the Inbox
    let typed = said.author != Author::System;
    for agent in if typed { inside(tx, property, line).await? } else { vec![] } {
        if !all.iter().any(|one| one.email == agent.email) {
            all.push(agent);
        }
    }
    let authors = addresses_of(tx, property, &said.author).await?;
    all.retain(|one| {
        !one.email.is_empty()
            && !authors.contains(&one.email)
            && !said.reached.contains(&one.email)
            && desk.keys().read(&one.email).is_none()
    });
    for one in &mut all {
        one.trouble = trouble(tx, desk, property, line, said, one).await?;
    }
    Ok(all)
}

/// Participants, as far as they were there when the words were said.
async fn outside(tx: &mut Tx, property: &PropertyId, line: &Line, said: &Said) -> Result<Vec<Recipient>> {
    let kind = match said.author {
        Author::Agent { .. } => LetterKind::Reply,
        Author::Contact { .. } => LetterKind::Forward,
        Author::System => LetterKind::Rule,
    };
    let rows = sqlx::query(concat!(
        // what goes to a mailbox that is fetched, or to our own sender address, comes back to us
        "select email, name, part from participant where property = $1 and conversation = $2 and since <= $3 and email not in (",
        our_addresses!(),
        ") order by part desc, email",
    ))
    .bind(property.as_str())
    .bind(line.id.as_str())
    .bind(said.seq)
    .fetch_all(tx.conn())
    .await?;
    let asks = |row: &&AnyRow| kind != LetterKind::Rule || row.try_get::<&str, _>("part").is_ok_and(|part| part == Part::Requester.word());
    rows.iter()
        .filter(asks)
        .map(|row| Ok(Recipient { email: row.try_get("email")?, name: row.try_get("name")?, kind, trouble: None }))
        .collect()
}

/// The assignee, or every agent of the assigned department who sees what is assigned to it.
async fn inside(tx: &mut Tx, property: &PropertyId, line: &Line) -> Result<Vec<Recipient>> {
    let rows = match &line.assignee {
        Assignee::Nobody => vec![],
        Assignee::Agent(id) => {
            sqlx::query("select a.id, a.email, a.name, m.role, m.reach from membership m join agent a on a.id = m.agent where m.property = $1 and m.agent = $2 and m.disabled_at is null")
                .bind(property.as_str())
                .bind(id.as_str())
                .fetch_all(tx.conn())
                .await?
        }
        Assignee::Department(id) => {
            sqlx::query("select a.id, a.email, a.name, m.role, m.reach from department_agent d join membership m on m.property = d.property and m.agent = d.agent join agent a on a.id = d.agent where d.property = $1 and d.department = $2 and m.disabled_at is null order by a.email")
                .bind(property.as_str())
                .bind(id.as_str())
                .fetch_all(tx.conn())
                .await?
        }
    };
    let mut all = vec![];
    for row in &rows {
        let sight = sight::of(tx.conn(), property, &word(row, "id")?, word(row, "role")?, word(row, "reach")?).await?;
        if sight.sees(tx.conn(), property, line).await? {
            let email = row.try_get::<String, _>("email")?.to_lowercase();
            all.push(Recipient { email, name: row.try_get("name")?, kind: LetterKind::Copy, trouble: None });
        }
    }
    Ok(all)
}

/// All addresses of who wrote the words.
async fn addresses_of(tx: &mut Tx, property: &PropertyId, author: &Author) -> Result<Vec<String>> {
    let rows = match author {
        Author::Agent { id, .. } => sqlx::query("select email from agent where id = $1").bind(id.as_str()).fetch_all(tx.conn()).await?,
        Author::Contact { id, .. } => {
            sqlx::query("select email from contact_address where property = $1 and contact = $2")
                .bind(property.as_str())
                .bind(id.as_str())
                .fetch_all(tx.conn())
                .await?
        }
        Author::System => vec![],
    };
    rows.iter().map(|row| Ok(row.try_get::<String, _>(0)?.to_lowercase())).collect()
}

/// Why a letter to somebody cannot go out: written down all the same, so that it is seen. What agents type is not counted.
async fn trouble(tx: &mut Tx, desk: &Desk, property: &PropertyId, line: &Line, said: &Said, one: &Recipient) -> Result<Option<String>> {
    if is_dead(tx, property, &one.email).await? {
        return Ok(Some("mail to this address came back before".into()));
    }
    if one.kind == LetterKind::Rule && written_by_rule(tx, property, &one.email).await? {
        return Ok(Some("a rule wrote to this address within a day".into()));
    }
    if one.kind != LetterKind::Rule && (one.kind == LetterKind::Reply || said.channel != Channel::Email) {
        return Ok(None);
    }
    limit::too_many(tx, desk, property, &line.id, &one.email).await
}

/// Whether a rule's letter went to an address within a day: two machines that answer each other stop here.
async fn written_by_rule(tx: &mut Tx, property: &PropertyId, email: &str) -> Result<bool> {
    let since = tx.now().plus(-DAY);
    let row = sqlx::query(
        "select 1 from letter_out where property = $1 and recipient = $2 and created_at > $3 and kind = 'rule' and status <> 'failed' limit 1",
    )
    .bind(property.as_str())
    .bind(email)
    .bind(since.0)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.is_some())
}

/// Whether mail to an address came back for good.
pub(super) async fn is_dead(tx: &mut Tx, property: &PropertyId, email: &str) -> Result<bool> {
    let dead = sqlx::query("select 1 from dead_address where property = $1 and email = $2")
        .bind(property.as_str())
        .bind(email)
        .fetch_optional(tx.conn())
        .await?;
    Ok(dead.is_some())
}
