//! One person: all that is kept of them, handed out (`export`) or taken away, by admins alone. An erasure is written down, and then done in
//! steps of one transaction each: it goes on after a restart, and several processes do no step twice. Which follows which stands in `STEPS`.
//!
//! What goes: the contact with all that went into it, addresses, notes, browsers and visits; conversations of theirs alone, with what
//! was answered there; their words, files and address in conversations that others wrote in too; mails from them and letters to them;
//! tables of contacts in which they stand; their name in events and in the audit log. What stays: the words of others, numbers of
//! tickets, figures, and bans of networks. Nothing is kept to recognise them by: who writes again is somebody new.

mod conversation;
mod export;
mod known;
mod rest;
mod rows;
mod walk;

use model::{
    AgentId, ContactId, PropertyId, Refusal, Why,
    audit::Act,
    contact::erasure::{Erasing, Erasure, Gone, Kind},
    message::Author,
};
use sqlx::{Row as _, any::AnyRow};

pub use export::PersonExport;
pub(crate) use rows::moment;

use self::known::Person;
use crate::{
    Agent, Desk, Result,
    audit::{self, Deed, Doer, fields},
    contact,
    db::{Conn, Tx},
    line::word,
    log,
};

/// The steps, in their order: events lose the name, and say in which conversations the person wrote; then each conversation; mails from
/// them and letters to them; tables; the audit log; the contact and its browsers; words that nothing is found by any more.
const STEPS: [&str; 10] = ["log", "conversations", "mails", "letters", "tables", "audit", "rest", "words", "index", "done"];

/// An erasure at work.
#[derive(Clone)]
struct Work {
    property: PropertyId,
    contact: ContactId,
    agent: AgentId,
    name: String,
    address: String,
    stage: String,
    reached: i64,
    reached_id: String,
    log_seq: i64,
    looked: i64,
    gone: Gone,
}

impl Work {
    fn of(row: &AnyRow) -> Result<Self> {
        Ok(Self {
            property: word(row, "property")?,
            contact: word(row, "contact")?,
            agent: word(row, "agent")?,
            name: row.try_get("name")?,
            address: row.try_get("address")?,
            stage: row.try_get("stage")?,
            reached: row.try_get("reached")?,
            reached_id: row.try_get("reached_id")?,
            log_seq: row.try_get("log_seq")?,
            looked: row.try_get("looked")?,
            gone: serde_json::from_str(row.try_get("gone")?)?,
        })
    }

    /// Who had it done.
    fn author(&self) -> Author {
        Author::Agent { id: self.agent.clone(), name: self.name.clone() }
    }

    /// Takes this step for its transaction. False when another process did it meanwhile.
    async fn take(&self, tx: &mut Tx) -> Result<bool> {
        let now = tx.now();
        let taken = sqlx::query(
            "update erasure set moved_at = $7 where property = $1 and contact = $2 and stage = $3 and reached = $4 and reached_id = $5 and log_seq = $6 and looked = $8",
        )
        .bind(self.property.as_str())
        .bind(self.contact.as_str())
        .bind(&self.stage)
        .bind(self.reached)
        .bind(&self.reached_id)
        .bind(self.log_seq)
        .bind(now.0)
        .bind(self.looked)
        .execute(tx.conn())
        .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Another step is next, from its beginning.
    fn go_to(&mut self, stage: &str) {
        (self.stage, self.reached, self.reached_id) = (stage.to_owned(), 0, String::new());
    }

    /// The step after this one is next.
    fn go_on(&mut self) {
        let next = STEPS.iter().skip_while(|step| **step != self.stage).nth(1).copied().unwrap_or("done");
        self.go_to(next);
    }

    /// Remembers how far it is.
    async fn store(&self, tx: &mut Tx) -> Result<()> {
        sqlx::query(
            "update erasure set stage = $3, reached = $4, reached_id = $5, log_seq = $6, looked = $7, gone = $8, total = case when total < $7 then $7 else total end \
             where property = $1 and contact = $2",
        )
        .bind(self.property.as_str())
        .bind(self.contact.as_str())
        .bind(&self.stage)
        .bind(self.reached)
        .bind(&self.reached_id)
        .bind(self.log_seq)
        .bind(self.looked)
        .bind(serde_json::to_string(&self.gone)?)
        .execute(tx.conn())
        .await?;
        Ok(())
    }

    /// Remembers something that is to be looked at later.
    async fn put_part(&self, tx: &mut Tx, kind: &str, id: &str) -> Result<()> {
        const PUT: &str = "insert into erasure_part (property, contact, kind, id) values ($1, $2, $3, $4) on conflict (property, contact, kind, id) do nothing";
        self.change_part(tx, PUT, kind, id).await
    }

    async fn drop_part(&self, tx: &mut Tx, kind: &str, id: &str) -> Result<()> {
        const DROP: &str = "delete from erasure_part where property = $1 and contact = $2 and kind = $3 and id = $4";
        self.change_part(tx, DROP, kind, id).await
    }

    async fn change_part(&self, tx: &mut Tx, statement: &'static str, kind: &str, id: &str) -> Result<()> {
        let change = sqlx::query(statement).bind(self.property.as_str()).bind(self.contact.as_str()).bind(kind).bind(id);
        change.execute(tx.conn()).await?;
        Ok(())
    }

    async fn parts(&self, conn: &mut Conn, kind: &str, most: i64) -> Result<Vec<String>> {
        let rows = sqlx::query("select id from erasure_part where property = $1 and contact = $2 and kind = $3 order by id limit $4")
            .bind(self.property.as_str())
            .bind(self.contact.as_str())
            .bind(kind)
            .bind(most)
            .fetch_all(conn)
            .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

impl Agent {
    /// What there is of a person, and how far their erasure is, if it was begun. Admins only.
    pub async fn open_erasure(&self, contact: ContactId) -> Result<Erasing> {
        self.admin()?;
        let mut conn = self.desk.db().read().acquire().await?;
        let begun = begun(&mut conn, &self.property, &contact).await?;
        if begun.is_some() {
            return Ok(Erasing { confirm: String::new(), there: Gone::default(), begun });
        }
        let id = contact::followed(&mut conn, &self.property, contact).await?;
        let contact = contact::load(&mut conn, &self.property, &id).await?.ok_or(Refusal::NotFound)?;
        let person = Person::of(&mut conn, &self.property, &contact.id).await?;
        let mut there = Gone::default();
        for contact in &person.contacts {
            there.add(Kind::Conversation, count(&mut conn, CONVERSATIONS, &person, contact).await?);
            there.add(
                Kind::Note,
                count(&mut conn, "select count(*) from contact_note where property = $1 and contact = $2", &person, contact).await?,
            );
        }
        there.add(Kind::Address, i64::try_from(person.emails.len()).unwrap_or(0));
        there.add(Kind::Visitor, i64::try_from(person.visitors.len()).unwrap_or(0));
        Ok(Erasing { confirm: confirmation(&contact), there, begun: None })
    }

    /// Has a person erased: all that is kept of them in this property, but what others wrote. Admins only; `confirm` is their name or
    /// address, typed. Their browsers are logged out at once; the rest is done in steps, without the agent. There is no way back.
    pub async fn erase_contact(&self, contact: ContactId, confirm: &str) -> Result<()> {
        let confirm = confirm.trim().to_lowercase();
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                if begun(tx.conn(), &agent.property, &contact).await?.is_some() {
                    return Ok(((), None));
                }
                // nobody goes into it before what stands below is seen
                let contact = contact::held(tx, &agent.property, contact).await?.ok_or(Refusal::NotFound)?;
                let known = [confirmation(&contact), contact.email.clone()];
                if confirm.is_empty() || known.iter().all(|known| known.to_lowercase() != confirm) {
                    return Err(Refusal::invalid("confirm", Why::NotTheSame).into());
                }
                let person = Person::of(tx.conn(), &agent.property, &contact.id).await?;
                agent.write_down_erasure(tx, &person).await?;
                Ok(((), Some(Deed::new(Act::ErasureBegun, contact.id.as_str()))))
            })
        })
        .await
    }

    async fn write_down_erasure(&self, tx: &mut Tx, person: &Person) -> Result<()> {
        let (now, mut total) = (tx.now(), 0);
        for contact in &person.contacts {
            total += count(tx.conn(), CONVERSATIONS, person, contact).await?;
        }
        sqlx::query(
            "insert into erasure (property, contact, agent, name, address, stage, reached, reached_id, log_seq, total, looked, gone, begun_at, moved_at) \
             values ($1, $2, $3, $4, $5, 'log', 0, '', 0, $6, 0, '[]', $7, $7)",
        )
        .bind(self.property.as_str())
        .bind(person.contacts.first().map_or("", ContactId::as_str))
        .bind(self.id.as_str())
        .bind(&self.name)
        .bind(&self.address)
        .bind(total)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
        for visitor in &person.visitors {
            sqlx::query("update visitor set token = null, left_at = $3 where property = $1 and id = $2")
                .bind(self.property.as_str())
                .bind(visitor.as_str())
                .bind(now.0)
                .execute(tx.conn())
                .await?;
        }
        Ok(())
    }
}

const CONVERSATIONS: &str = "select count(*) from conversation where property = $1 and contact = $2";

async fn count(conn: &mut Conn, text: &'static str, person: &Person, contact: &ContactId) -> Result<i64> {
    let row = sqlx::query(text).bind(person.property.as_str()).bind(contact.as_str()).fetch_one(conn).await?;
    Ok(row.try_get(0)?)
}

/// What is typed to confirm it: whoever has neither name nor address is told from others by digits.
fn confirmation(contact: &model::contact::Contact) -> String {
    if contact.called().is_empty() { contact.digits().to_string() } else { contact.called().to_owned() }
}

/// Refuses to change who somebody is whose erasure goes on: each step asks anew, and would take others along or leave something behind.
/// The contact is locked.
pub(crate) async fn must_stay(conn: &mut Conn, property: &PropertyId, contact: &ContactId) -> Result<()> {
    let id = contact::followed(&mut *conn, property, contact.clone()).await?;
    let going = sqlx::query("select 1 from erasure where property = $1 and contact = $2 and stage <> 'done'")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    if going.is_some() { Err(Refusal::BeingErased.into()) } else { Ok(()) }
}

async fn begun(conn: &mut Conn, property: &PropertyId, contact: &ContactId) -> Result<Option<Erasure>> {
    let row = sqlx::query("select stage, total, looked, gone from erasure where property = $1 and contact = $2")
        .bind(property.as_str())
        .bind(contact.as_str())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Erasure {
        done: row.try_get::<&str, _>("stage")? == "done",
        total: row.try_get("total")?,
        looked: row.try_get("looked")?,
        gone: serde_json::from_str(row.try_get("gone")?)?,
    }))
}

impl Desk {
    /// Does one step of the erasure that waits longest. Gives whether there was one. Those that come to tables of contacts wait while one
    /// is being taken in.
    pub async fn follow_erasures(&self) -> Result<bool> {
        let row = sqlx::query(
            "select property, contact, agent, name, address, stage, reached, reached_id, log_seq, looked, gone from erasure \
             where stage <> 'done' and (stage <> 'tables' or not exists \
             (select 1 from contact_import i where i.property = erasure.property and i.stage in ('checking', 'running'))) \
             order by moved_at limit 1",
        )
        .fetch_optional(self.db().read())
        .await?;
        let Some(row) = row else { return Ok(false) };
        let work = Work::of(&row)?;
        let done = self.erase_step(work.clone()).await;
        if done.is_err() {
            // others come first, and then this one again
            self.db().write_to(&work.property.clone(), move |tx| Box::pin(async move { work.take(tx).await.map(drop) })).await?;
        }
        done.map(|()| true)
    }

    async fn erase_step(&self, work: Work) -> Result<()> {
        let person = Person::of(&mut *self.db().read().acquire().await?, &work.property, &work.contact).await?;
        match work.stage.as_str() {
            "log" => self.erase_from_log(work, person).await,
            "conversations" => self.erase_conversation(work, person).await,
            "mails" => self.erase_mails(work, person).await,
            "letters" => self.erase_letters(work, person).await,
            "tables" => self.erase_tables(work, person).await,
            "audit" => self.erase_from_audit(work, person).await,
            "rest" => self.erase_rest(work, person).await,
            "words" => self.erase_words(work).await,
            _ => self.erase_index(work).await,
        }
    }
}

/// Says in the audit log that it is done: how many of what went, and nothing of whom.
async fn report(tx: &mut Tx, work: &Work) -> Result<()> {
    let told: Vec<String> = work.gone.all().iter().map(|(kind, n)| format!("{}: {n}", kind.word())).collect();
    log::hold(tx, &work.property).await?;
    let deed = Deed::new(Act::PersonErased, work.contact.as_str()).to(if told.is_empty() { fields([]) } else { told.join("\n") });
    audit::write(tx, work.property.as_str(), &Doer { author: &work.author(), address: &work.address }, deed).await
}
