//! The audit log: written in the transaction of what it tells, through one door, and never changed. What an admin does passes
//! [`Agent::as_admin`], which takes no verb that does not say what it did. Each row carries the digest of the one before it.

mod list;
mod says;

use model::{audit::Act, message::Author};
use sqlx::{Row as _, any::AnyRow};

pub(crate) use says::{changes, fields};

use crate::{
    Agent, Fault, Result,
    clock::digest,
    db::{Db, Tx},
    line,
};

/// Most characters of what something was, or is.
const SAID_MOST: usize = 2_000;

/// What somebody did, about to be written down.
pub(crate) struct Deed {
    act: Act,
    subject: String,
    before: String,
    after: String,
}

impl Deed {
    /// To whom or what.
    pub fn new(act: Act, subject: impl Into<String>) -> Self {
        Self { act, subject: subject.into(), before: String::new(), after: String::new() }
    }

    /// What is another now: as it was, and as it is.
    #[must_use]
    pub fn changing(self, (before, after): (String, String)) -> Self {
        Self { before: cut(&before), after: cut(&after), ..self }
    }

    /// As it is since.
    #[must_use]
    pub fn to(self, after: impl Into<String>) -> Self {
        Self { after: cut(&after.into()), ..self }
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= SAID_MOST { text.to_owned() } else { text.chars().take(SAID_MOST).chain(['…']).collect() }
}

/// Who does it, and from where.
pub(crate) struct Doer<'a> {
    pub author: &'a Author,
    pub address: &'a str,
}

impl Agent {
    /// Writes down what they did. After the log of the property, whose counter every verb takes before.
    pub(crate) async fn note_deed(&self, tx: &mut Tx, deed: Deed) -> Result<()> {
        write(tx, self.property.as_str(), &Doer { author: &self.author(), address: &self.address }, deed).await
    }
}

/// Writes down what somebody did in a property; in none when it is empty.
pub(crate) async fn write(tx: &mut Tx, property: &str, doer: &Doer<'_>, deed: Deed) -> Result<()> {
    let now = tx.now();
    sqlx::query("insert into audit_head (property, n, hash) values ($1, 0, '') on conflict (property) do nothing")
        .bind(property)
        .execute(tx.conn())
        .await?;
    // locked until the commit: the next one waits for its hash
    let head =
        sqlx::query("update audit_head set n = n + 1 where property = $1 returning n, hash").bind(property).fetch_one(tx.conn()).await?;
    let (n, former): (i64, String) = (head.try_get(0)?, head.try_get(1)?);
    let (agent, name) = match doer.author {
        Author::Agent { id, name } => (id.to_string(), name.as_str()),
        Author::Contact { .. } | Author::System => (String::new(), ""),
    };
    let row = Row {
        property,
        n,
        at: now.0,
        agent: &agent,
        name,
        act: deed.act.word(),
        subject: &deed.subject,
        before: &deed.before,
        after: &deed.after,
        address: doer.address,
    };
    let hash = row.hash(&former)?;
    sqlx::query(
        "insert into audit (property, n, at, agent, name, area, act, subject, before, after, address, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(property)
    .bind(n)
    .bind(now.0)
    .bind(&agent)
    .bind(name)
    .bind(deed.act.area().word())
    .bind(deed.act.word())
    .bind(&deed.subject)
    .bind(&deed.before)
    .bind(&deed.after)
    .bind(doer.address)
    .bind(&hash)
    .execute(tx.conn())
    .await?;
    sqlx::query("update audit_head set hash = $2 where property = $1").bind(property).bind(&hash).execute(tx.conn()).await?;
    Ok(())
}

/// Writes down that somebody was not let in: in every property of the one whose account it is; of an unknown one in none, so that it
/// takes as long.
pub(crate) async fn refused(tx: &mut Tx, act: Act, account: Option<&model::AgentId>, address: &str) -> Result<()> {
    let rows =
        sqlx::query("select m.property, a.name from membership m join agent a on a.id = m.agent where m.agent = $1 order by m.property")
            .bind(account.map_or("", model::AgentId::as_str))
            .fetch_all(tx.conn())
            .await?;
    for row in &rows {
        if let Some(id) = account {
            let author = Author::Agent { id: id.clone(), name: row.try_get("name")? };
            write(tx, row.try_get("property")?, &Doer { author: &author, address }, Deed::new(act, "")).await?;
        }
    }
    if rows.is_empty() {
        write(tx, "", &Doer { author: &Author::System, address }, Deed::new(act, "")).await?;
    }
    Ok(())
}

/// What of a row is in its digest, in this order for all time.
#[derive(serde::Serialize)]
struct Row<'a> {
    property: &'a str,
    n: i64,
    at: i64,
    agent: &'a str,
    name: &'a str,
    act: &'a str,
    subject: &'a str,
    before: &'a str,
    after: &'a str,
    address: &'a str,
}

impl<'a> Row<'a> {
    fn of(row: &'a AnyRow) -> Result<Self> {
        Ok(Self {
            property: row.try_get("property")?,
            n: row.try_get("n")?,
            at: row.try_get("at")?,
            agent: row.try_get("agent")?,
            name: row.try_get("name")?,
            act: row.try_get("act")?,
            subject: row.try_get("subject")?,
            before: row.try_get("before")?,
            after: row.try_get("after")?,
            address: row.try_get("address")?,
        })
    }

    fn hash(&self, former: &str) -> Result<String> {
        Ok(digest(format!("{former}\n{}", serde_json::to_string(self)?).as_bytes()))
    }
}

/// Rows that one question checks.
const CHECKED_AT_ONCE: i64 = 1_000;

/// Goes through every chain; gives how many rows there are, or which one is not as it was written.
pub async fn check_audit(db: &Db) -> Result<std::result::Result<i64, String>> {
    let heads = sqlx::query("select property, n, hash from audit_head order by property").fetch_all(db.read()).await?;
    let mut checked = 0;
    for head in &heads {
        let property: String = head.try_get("property")?;
        let (mut n, mut former) = (0, String::new());
        loop {
            let rows = sqlx::query(
                "select property, n, at, agent, name, area, act, subject, before, after, address, hash, erased_at from audit \
                 where property = $1 and n > $2 order by n limit $3",
            )
            .bind(&property)
            .bind(n)
            .bind(CHECKED_AT_ONCE)
            .fetch_all(db.read())
            .await?;
            for row in &rows {
                n += 1;
                let hash: String = row.try_get("hash")?;
                let act: Act = line::word(row, "act")?;
                let whole = row.try_get::<i64, _>("n")? == n && row.try_get::<&str, _>("area")? == act.area().word();
                let said = Row::of(row)?;
                // what told of a person who was erased says nothing any more; its digest stands for it
                let true_to_it = if row.try_get::<Option<i64>, _>("erased_at")?.is_some() {
                    said.subject.is_empty() && said.before.is_empty() && said.after.is_empty()
                } else {
                    said.hash(&former)? == hash
                };
                if !whole || !true_to_it {
                    return Ok(Err(format!("entry {n} of property {property:?}")));
                }
                former = hash;
            }
            if i64::try_from(rows.len()).unwrap_or(0) < CHECKED_AT_ONCE {
                break;
            }
        }
        let end: (i64, String) = (head.try_get("n")?, head.try_get("hash")?);
        // more may have come since the heads were read
        if end.0 > n || (end.0 == n && end.1 != former) {
            return Ok(Err(format!("the end of property {property:?}, after entry {n}")));
        }
        checked += n;
    }
    let strays = sqlx::query("select count(*) from audit a left join audit_head h on h.property = a.property where h.property is null")
        .fetch_one(db.read())
        .await?
        .try_get::<i64, _>(0)?;
    if strays > 0 {
        return Err(Fault::Row(format!("{strays} entries of the audit log have no chain")).into());
    }
    Ok(Ok(checked))
}
