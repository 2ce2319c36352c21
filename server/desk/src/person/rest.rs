//! The end of an erasure: the contact with all that hangs on it, and the person's browsers, in one transaction that finds nothing of them
//! left elsewhere, or begins anew; then words that nothing is found by any more; and the report.

use model::{PropertyId, VisitorId, ban::Banned, contact::erasure::Kind, draft::Draft, event::What};
use sqlx::Row as _;

use super::{Person, Work, report};
use crate::{
    Desk, Result, allowance,
    db::Tx,
    line::word,
    log::{self, Happened},
    organisation, search,
};

/// Events that are looked through in the last transaction; where more came meanwhile, the steps begin anew.
const EVENTS: i64 = 2_000;
/// Words of one step.
const WORDS: i64 = 300;

/// What goes for each of the contacts, with how it is counted.
const OF_CONTACT: [(&str, Option<Kind>); 7] = [
    ("delete from contact_merge where property = $1 and stays = $2", None),
    ("delete from contact_merge where property = $1 and goes = $2", None),
    ("delete from contact_note where property = $1 and contact = $2", Some(Kind::Note)),
    (
        "delete from dead_address where property = $1 and email in (select email from contact_address where property = $1 and contact = $2)",
        None,
    ),
    ("delete from contact_address where property = $1 and contact = $2", Some(Kind::Address)),
    ("update visitor set contact = null where property = $1 and contact = $2", None),
    // words, tags and proposals go with it
    ("delete from contact where property = $1 and id = $2", None),
];

/// What goes for each of the browsers.
const OF_VISITOR: [(&str, Option<Kind>); 4] = [
    ("delete from visit where property = $1 and visitor = $2", Some(Kind::Visit)),
    (
        "delete from trigger_run where property = $1 and trigger in (select t.id from trigger t where t.property = $1) and who = 'visitor:' || $2",
        None,
    ),
    ("delete from attachment where property = $1 and uploaded_by = 'visitor:' || $2 and message is null", Some(Kind::File)),
    (
        "delete from visitor where property = $1 and id = $2 and not exists (select 1 from chat h where h.property = $1 and h.visitor = $2)",
        Some(Kind::Visitor),
    ),
];

impl Desk {
    /// The contact and its browsers. Where something of theirs came meanwhile, the steps begin anew.
    pub(super) async fn erase_rest(&self, mut work: Work, person: Person) -> Result<()> {
        self.db()
            .write_to(&work.property.clone(), move |tx| {
                Box::pin(async move {
                    if !work.take(tx).await? {
                        return Ok(());
                    }
                    // whoever files something of theirs holds one of these until it is told
                    for contact in &person.contacts {
                        sqlx::query("update contact set created_at = created_at where property = $1 and id = $2")
                            .bind(work.property.as_str())
                            .bind(contact.as_str())
                            .execute(tx.conn())
                            .await?;
                    }
                    if came(tx, &work, &person).await? {
                        work.go_to("log");
                        return work.store(tx).await;
                    }
                    for visitor in &person.visitors {
                        forget_visitor(tx, &mut work, &person, visitor).await?;
                    }
                    for contact in &person.contacts {
                        let organisation = organisation::of(tx.conn(), &work.property, contact).await?;
                        for (text, kind) in OF_CONTACT {
                            run(tx, &mut work, (text, kind), contact.as_str()).await?;
                        }
                        // the name of somebody who works for themselves alone
                        organisation::let_go(tx, &work.property, organisation.as_ref()).await?;
                    }
                    forget_drafts(tx, &mut work, &person).await?;
                    let happened = Happened::new(&work.property, work.author(), What::PersonErased);
                    log::append(tx, Happened { contacts: person.contacts.clone(), ..happened }).await?;
                    work.go_on();
                    work.store(tx).await
                })
            })
            .await
    }

    /// Words of theirs that no other conversation has are found by their beginnings no more.
    pub(super) async fn erase_words(&self, mut work: Work) -> Result<()> {
        self.db()
            .write_to(&work.property.clone(), move |tx| {
                Box::pin(async move {
                    if !work.take(tx).await? {
                        return Ok(());
                    }
                    let words = work.parts(tx.conn(), "word", WORDS).await?;
                    search::forget_words(tx, &work.property, &words).await?;
                    for word in &words {
                        work.drop_part(tx, "word", word).await?;
                    }
                    if words.is_empty() {
                        work.go_on();
                    } else {
                        work.reached += 1;
                    }
                    work.store(tx).await
                })
            })
            .await
    }

    /// The index without them; and the report.
    pub(super) async fn erase_index(&self, mut work: Work) -> Result<()> {
        self.db()
            .write_to(&work.property.clone(), move |tx| {
                Box::pin(async move {
                    if !work.take(tx).await? {
                        return Ok(());
                    }
                    if search::tidy(tx, work.reached == 0).await? {
                        work.reached += 1;
                    } else {
                        work.go_on();
                        report(tx, &work).await?;
                    }
                    work.store(tx).await
                })
            })
            .await
    }
}

/// Whether something of theirs came since it was looked for.
async fn came(tx: &mut Tx, work: &Work, person: &Person) -> Result<bool> {
    for contact in &person.contacts {
        let known = sqlx::query("select 1 from conversation where property = $1 and contact = $2 limit 1")
            .bind(work.property.as_str())
            .bind(contact.as_str())
            .fetch_optional(tx.conn())
            .await?;
        if known.is_some() {
            return Ok(true);
        }
    }
    let head = log::head(&mut *tx.conn(), &work.property).await?;
    if head - work.log_seq > EVENTS {
        return Ok(true);
    }
    let events = log::by_contacts(tx.conn(), &work.property, None, (work.log_seq, head)).await?;
    Ok(events.iter().any(|event| person.wrote(&event.author)))
}

async fn run(tx: &mut Tx, work: &mut Work, (text, kind): (&'static str, Option<Kind>), id: &str) -> Result<()> {
    let gone = sqlx::query(text).bind(work.property.as_str()).bind(id).execute(tx.conn()).await?;
    if let Some(kind) = kind {
        work.gone.add(kind, i64::try_from(gone.rows_affected()).unwrap_or(0));
    }
    Ok(())
}

/// A browser goes; one in whose chats somebody else is known stays, with nothing that is known of it.
async fn forget_visitor(tx: &mut Tx, work: &mut Work, person: &Person, visitor: &VisitorId) -> Result<()> {
    let row = sqlx::query("select address from visitor where property = $1 and id = $2")
        .bind(work.property.as_str())
        .bind(visitor.as_str())
        .fetch_optional(tx.conn())
        .await?;
    let address: String = row.map_or(Ok(String::new()), |row| row.try_get(0))?;
    allowance::forget(tx, work.property.as_str(), visitor.as_str(), &address, person.emails.iter().map(String::as_str)).await?;
    sqlx::query(
        "update visitor set token = null, contact = null, name = '', email = '', phone = '', attributes = '{}', tags = '[]', identity = null, proven_at = null, \
         browser = '', address = '', country = null where property = $1 and id = $2",
    )
    .bind(work.property.as_str())
    .bind(visitor.as_str())
    .execute(tx.conn())
    .await?;
    for (text, kind) in OF_VISITOR {
        run(tx, work, (text, kind), visitor.as_str()).await?;
    }
    forget_bans(tx, &work.property, visitor).await
}

/// A ban of the browser itself; a ban of its network stays.
async fn forget_bans(tx: &mut Tx, property: &PropertyId, visitor: &VisitorId) -> Result<()> {
    sqlx::query("delete from ban where property = $1 and who = $2")
        .bind(property.as_str())
        .bind(serde_json::to_string(&Banned::Visitor(visitor.clone()))?)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What agents typed to them and did not send.
async fn forget_drafts(tx: &mut Tx, work: &mut Work, person: &Person) -> Result<()> {
    let rows = sqlx::query(
        "select agent, body from draft where property = $1 and agent in (select m.agent from membership m where m.property = $1) and place = 'ticket'",
    )
    .bind(work.property.as_str())
    .fetch_all(tx.conn())
    .await?;
    for row in &rows {
        let draft: Draft = serde_json::from_str(row.try_get("body")?)?;
        if person.emails.contains(&draft.form.email.trim().to_lowercase()) {
            sqlx::query("delete from draft where property = $1 and agent = $2 and place = 'ticket'")
                .bind(work.property.as_str())
                .bind(word::<model::AgentId>(row, "agent")?.as_str())
                .execute(tx.conn())
                .await?;
            work.gone.add(Kind::Draft, 1);
        }
    }
    Ok(())
}
