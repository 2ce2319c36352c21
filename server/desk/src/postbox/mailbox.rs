//! Mailboxes elsewhere: admins say which; whoever reads them says how far it came. A mail fetched twice is taken once, since it is
//! known by its bytes. Knows no wire.

use model::{
    LetterInId, MailboxId, Moment, PropertyId, Refusal,
    audit::Act,
    mailbox::{Mailbox, MailboxDraft, MailboxFault, MailboxTrouble, Tried},
};
use sqlx::{Row as _, any::AnyRow};

use super::{Incoming, Postbox};
use crate::{
    Agent, Fault, Result,
    audit::{Deed, fields},
    clock::{digest, secret},
    db::{Conn, Tx},
    line::{word, word_or_none},
    outside::Account,
};

/// Most mailboxes of a property.
const MOST: i64 = 20;

/// A mailbox as its reader needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetching {
    /// Identity.
    pub id: MailboxId,
    /// Another one with each change.
    pub revision: i64,
    /// Where its mails go.
    pub property: PropertyId,
    /// How it is reached; none: its password cannot be opened.
    pub account: Option<Account>,
    /// Mails that came before are left where they are.
    pub since: Moment,
    /// The UIDVALIDITY that the place is of.
    pub uid_validity: Option<u32>,
    /// The last UID that was dealt with.
    pub last_uid: u32,
}

/// How far reading came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The folder's UIDVALIDITY.
    pub uid_validity: u32,
    /// The last UID that was dealt with.
    pub last_uid: u32,
    /// Mails fetched since it was told last.
    pub fetched: i64,
    /// Mails that could not be fetched since then.
    pub passed_over: i64,
}

/// What a password is sealed for.
fn place_of(id: &MailboxId) -> String {
    format!("mailbox/{id}")
}

fn number(row: &AnyRow, name: &str) -> Result<u32> {
    Ok(u32::try_from(row.try_get::<i64, _>(name)?).unwrap_or(0))
}

fn listed(row: &AnyRow) -> Result<Mailbox> {
    let trouble: Option<MailboxTrouble> = word_or_none(row, "trouble")?;
    let said: Option<String> = row.try_get("said")?;
    Ok(Mailbox {
        id: word(row, "id")?,
        host: row.try_get("host")?,
        port: u16::try_from(row.try_get::<i64, _>("port")?).unwrap_or(0),
        tls: word(row, "tls")?,
        user: row.try_get("login")?,
        folder: row.try_get("folder")?,
        fault: trouble.map(|trouble| MailboxFault { trouble, said: said.unwrap_or_default() }),
        seen_at: row.try_get::<Option<i64>, _>("seen_at")?.map(Moment),
        fetched: row.try_get("fetched")?,
        left: row.try_get("passed_over")?,
    })
}

impl Agent {
    /// Mailboxes of the property. Admins only.
    pub async fn list_mailboxes(&self) -> Result<Vec<Mailbox>> {
        self.admin()?;
        let rows = sqlx::query(
            "select id, host, port, tls, login, folder, trouble, said, seen_at, fetched, passed_over from mailbox where property = $1 order by created_at, id",
        )
        .bind(self.property.as_str())
        .fetch_all(self.desk.db().read())
        .await?;
        rows.iter().map(listed).collect()
    }

    /// Keeps a mailbox, new or changed; reading it begins at once. A changed server, user or folder is read from its beginning.
    pub async fn save_mailbox(&self, draft: MailboxDraft) -> Result<MailboxId> {
        self.admin()?;
        let id = draft.id.clone().unwrap_or_else(|| MailboxId::from_bits(self.desk.clock().bits()));
        let sealed = draft.password.as_ref().map(|password| self.desk.seal(&place_of(&id), password)).transpose()?;
        let revision = revision();
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let before = look(tx, &agent.property, &id).await?;
                if draft.id.is_some() {
                    if sealed.is_none() {
                        kept(tx.conn(), &agent.property, &id, &draft).await?;
                    }
                    change(tx, &agent.property, &id, &draft, sealed, revision).await?;
                } else {
                    add(tx, &agent.property, &id, &draft, sealed.unwrap_or_default(), revision).await?;
                }
                let after = look(tx, &agent.property, &id).await?;
                Ok((id, Some(Deed::new(Act::MailboxSaved, &draft.host).changing((before, after)))))
            })
        })
        .await
    }

    /// Reads a mailbox no more; what came from it stays.
    pub async fn remove_mailbox(&self, id: MailboxId) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let row = sqlx::query("delete from mailbox where property = $1 and id = $2 returning host")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                let host: String = row.ok_or(Refusal::NotFound)?.try_get(0)?;
                Ok(((), Some(Deed::new(Act::MailboxRemoved, host))))
            })
        })
        .await
    }

    /// Tries whether a mailbox can be read, without keeping anything.
    pub async fn try_mailbox(&self, draft: MailboxDraft) -> Result<Tried> {
        self.admin()?;
        let password = match (&draft.password, &draft.id) {
            (Some(password), _) => Some(password.clone()),
            (None, Some(id)) => {
                let mut conn = self.desk.db().read().acquire().await?;
                let row = kept(&mut conn, &self.property, id, &draft).await?;
                self.desk.unseal(&place_of(id), row.try_get("password")?)
            }
            (None, None) => None,
        };
        let Some(password) = password else {
            return Ok(Tried::Fails(MailboxFault { trouble: MailboxTrouble::Sealed, said: String::new() }));
        };
        let account = Account { host: draft.host, port: draft.port, tls: draft.tls, user: draft.user, password, folder: draft.folder };
        let outside = self.desk.outside().ok_or_else(|| Fault::Setting("nobody reads mailboxes here".into()))?;
        Ok(outside.try_mailbox(account).await)
    }
}

/// The password that is kept of a mailbox: for the very account that it was given for, by the same way. Whoever does not know it learns
/// it by no server of theirs.
async fn kept(conn: &mut Conn, property: &PropertyId, id: &MailboxId, draft: &MailboxDraft) -> Result<AnyRow> {
    let row = sqlx::query("select host, port, tls, login, password from mailbox where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?
        .ok_or(Refusal::NotFound)?;
    let same = row.try_get::<&str, _>("host")? == draft.host
        && row.try_get::<i64, _>("port")? == i64::from(draft.port)
        && row.try_get::<&str, _>("tls")? == draft.tls.word()
        && row.try_get::<&str, _>("login")? == draft.user;
    if same { Ok(row) } else { Err(Refusal::invalid("password", model::Why::Required).into()) }
}

/// A mailbox as the audit log tells it: without its password.
async fn look(tx: &mut Tx, property: &PropertyId, id: &MailboxId) -> Result<String> {
    let row = sqlx::query("select host, port, tls, login, folder from mailbox where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(String::new()) };
    Ok(fields([
        ("host", row.try_get("host")?),
        ("port", row.try_get::<i64, _>("port")?.to_string()),
        ("tls", row.try_get("tls")?),
        ("user", row.try_get("login")?),
        ("folder", row.try_get("folder")?),
    ]))
}

/// A number that no earlier state of a mailbox had.
fn revision() -> i64 {
    i64::from_str_radix(&digest(secret().as_bytes())[..15], 16).unwrap_or_default()
}

async fn add(tx: &mut Tx, property: &PropertyId, id: &MailboxId, draft: &MailboxDraft, sealed: String, revision: i64) -> Result<()> {
    let row = sqlx::query("select count(*) from mailbox where property = $1").bind(property.as_str()).fetch_one(tx.conn()).await?;
    if row.try_get::<i64, _>(0)? >= MOST {
        return Err(Refusal::invalid("host", model::Why::TooMany(u32::try_from(MOST).unwrap_or(0))).into());
    }
    let now = tx.now();
    sqlx::query(
        "insert into mailbox (property, id, host, port, tls, login, password, folder, since_at, created_at, revision, last_uid, fetched, passed_over) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0)",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(&draft.host)
    .bind(i64::from(draft.port))
    .bind(draft.tls.word())
    .bind(&draft.user)
    .bind(sealed)
    .bind(&draft.folder)
    .bind(if draft.all { 0 } else { now.0 })
    .bind(now.0)
    .bind(revision)
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn change(
    tx: &mut Tx,
    property: &PropertyId,
    id: &MailboxId,
    draft: &MailboxDraft,
    sealed: Option<String>,
    revision: i64,
) -> Result<()> {
    let now = tx.now();
    let changed = sqlx::query(
        "update mailbox set last_uid = case when host = $3 and login = $6 and folder = $8 then last_uid else 0 end, \
         uid_validity = case when host = $3 and login = $6 and folder = $8 then uid_validity else null end, \
         since_at = case when $9 = 1 then 0 when host = $3 and login = $6 and folder = $8 then since_at else $10 end, \
         host = $3, port = $4, tls = $5, login = $6, password = coalesce($7, password), folder = $8, revision = $11, trouble = null, said = null \
         where property = $1 and id = $2",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(&draft.host)
    .bind(i64::from(draft.port))
    .bind(draft.tls.word())
    .bind(&draft.user)
    .bind(sealed)
    .bind(&draft.folder)
    .bind(i64::from(draft.all))
    .bind(now.0)
    .bind(revision)
    .execute(tx.conn())
    .await?;
    if draft.all {
        // what was passed by when it was first read is looked at again; what was taken is known by its bytes
        sqlx::query("update mailbox set last_uid = 0 where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
    }
    if changed.rows_affected() == 0 { Err(Refusal::NotFound.into()) } else { Ok(()) }
}

impl Postbox {
    /// Every mailbox that is to be read.
    pub async fn mailboxes(&self) -> Result<Vec<Fetching>> {
        let rows = sqlx::query(
            "select property, id, host, port, tls, login, password, folder, since_at, revision, uid_validity, last_uid from mailbox order by created_at, id",
        )
        .fetch_all(self.desk.db().read())
        .await?;
        let mut all = vec![];
        for row in &rows {
            let id: MailboxId = word(row, "id")?;
            let account = match self.desk.unseal(&place_of(&id), row.try_get("password")?) {
                Some(password) => Some(Account {
                    host: row.try_get("host")?,
                    port: u16::try_from(row.try_get::<i64, _>("port")?).unwrap_or(0),
                    tls: word(row, "tls")?,
                    user: row.try_get("login")?,
                    password,
                    folder: row.try_get("folder")?,
                }),
                None => None,
            };
            let uid_validity = row.try_get::<Option<i64>, _>("uid_validity")?.and_then(|number| u32::try_from(number).ok());
            all.push(Fetching {
                id,
                revision: row.try_get("revision")?,
                property: word(row, "property")?,
                account,
                since: Moment(row.try_get("since_at")?),
                uid_validity,
                last_uid: number(row, "last_uid")?,
            });
        }
        Ok(all)
    }

    /// Takes a mail of a mailbox: committed when this returns. The same bytes again are the same mail.
    pub async fn fetched(&self, mailbox: &Fetching, raw: Vec<u8>) -> Result<LetterInId> {
        let origin = format!("imap:{}:{}", mailbox.id, digest(&raw));
        let row = sqlx::query("select forwarding from property where id = $1")
            .bind(mailbox.property.as_str())
            .fetch_one(self.desk.db().read())
            .await?;
        let rcpt_to = vec![format!("{}@{}", row.try_get::<String, _>(0)?, self.desk.keys().domain())];
        let peer = mailbox.account.as_ref().map(|account| account.host.clone()).unwrap_or_default();
        self.take_once(Incoming { raw, mail_from: String::new(), rcpt_to, helo: String::new(), peer, tls: false }, Some(origin)).await
    }

    /// Reading came so far, and nothing is wrong. Nothing, when the mailbox was changed meanwhile.
    pub async fn came_to(&self, mailbox: &Fetching, place: Place) -> Result<()> {
        let (id, revision) = (mailbox.id.clone(), mailbox.revision);
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    sqlx::query(
                        "update mailbox set uid_validity = $3, last_uid = $4, fetched = fetched + $5, passed_over = passed_over + $6, seen_at = $7, trouble = null, said = null \
                         where id = $1 and revision = $2",
                    )
                    .bind(id.as_str())
                    .bind(revision)
                    .bind(i64::from(place.uid_validity))
                    .bind(i64::from(place.last_uid))
                    .bind(place.fetched)
                    .bind(place.passed_over)
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// It cannot be read at the moment.
    pub async fn cannot_read(&self, mailbox: &Fetching, fault: MailboxFault) -> Result<()> {
        let (id, revision) = (mailbox.id.clone(), mailbox.revision);
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    sqlx::query("update mailbox set trouble = $3, said = $4 where id = $1 and revision = $2")
                        .bind(id.as_str())
                        .bind(revision)
                        .bind(fault.trouble.word())
                        .bind(fault.said.chars().filter(|c| !c.is_control()).take(300).collect::<String>())
                        .execute(tx.conn())
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
