//! The visitor who acts: a browser on a customer's site, in one property, known by a secret that it alone keeps.
//! This is their door; what they do in chats stands in `chat`. No id of theirs is ever taken from a form.

mod bounds;
mod details;
mod door;
mod pop;
mod site;

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use model::{
    AttachmentId, ContactId, Language, Moment, PropertyId, Refusal, VisitorId,
    attachment::Attachment,
    moment::{DAY, MINUTE},
    visitor::Guest,
    widget::Consent,
};
use sqlx::{Row as _, any::AnyRow};

pub(crate) use details::{Learnt, author, learn, lock, put_requester};
pub use door::Closed;

use crate::{
    Desk, Result,
    allowance::{self, Doer},
    attachment, ban,
    clock::{digest, secret},
    contact::Likeness,
    db::{Conn, Tx},
    line::{word, word_or_none},
    widget,
};

/// How long a browser is known with nobody using it.
const IDLE_MOST: i64 = 90 * DAY;
/// How much older than the truth `seen_at` may be: a write per minute, not per request.
const SEEN_EVERY: i64 = MINUTE;
/// Who was not seen for this long is taken to have left.
pub(crate) const HERE_MOST: i64 = 2 * MINUTE;
/// Most characters kept of what a browser says of itself.
const BROWSER_MOST: usize = 200;
/// Characters of a pass: 256 bits.
const PASS: usize = 52;

/// How a browser comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// Network address.
    pub address: String,
    /// What it says of itself (`User-Agent`).
    pub browser: String,
    /// Language of the page.
    pub language: Language,
    /// Country of the address, two letters, if it can be told.
    pub country: Option<String>,
    /// What the page was given to begin with: with the same again it is the same browser, whose answer was lost. Empty for none.
    pub pass: String,
    /// That something may be kept, as far as the property asks for that.
    pub agreed: bool,
}

/// A browser on a customer's site. Made by its secret alone.
#[derive(Clone)]
pub struct Visitor {
    pub(crate) desk: Desk,
    pub(crate) id: VisitorId,
    pub(crate) property: PropertyId,
    pub(crate) address: String,
}

/// A visitor's row.
pub(crate) struct Row {
    pub contact: Option<ContactId>,
    pub guest: Guest,
    pub attributes: BTreeMap<String, String>,
    pub tags: Vec<String>,
    pub identity: Option<String>,
}

impl Row {
    /// By what they are told from other contacts.
    pub fn likeness(&self) -> Likeness<'_> {
        let Guest { name, email, .. } = &self.guest;
        Likeness { current: self.contact.as_ref(), name, former: name, email }
    }

    /// The contact they are proven to be.
    pub fn proven(&self) -> Option<&ContactId> {
        self.contact.as_ref().filter(|_| self.guest.proven)
    }
}

/// Columns of [`Row`].
macro_rules! visitor_columns {
    () => {
        "contact, name, email, phone, attributes, tags, identity, proven_at"
    };
}
pub(crate) use visitor_columns;

pub(crate) fn of_row(row: &AnyRow) -> Result<Row> {
    Ok(Row {
        contact: word_or_none(row, "contact")?,
        guest: guest(row)?,
        attributes: serde_json::from_str(row.try_get("attributes")?)?,
        tags: serde_json::from_str(row.try_get("tags")?)?,
        identity: row.try_get("identity")?,
    })
}

/// What is known of a visitor, from `name, email, phone, proven_at`.
pub(crate) fn guest(row: &AnyRow) -> Result<Guest> {
    Ok(Guest {
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        phone: row.try_get("phone")?,
        proven: row.try_get::<Option<i64>, _>("proven_at")?.is_some(),
    })
}

/// What is known of a visitor.
pub(crate) async fn load(conn: &mut Conn, property: &PropertyId, id: &VisitorId) -> Result<Row> {
    let row = sqlx::query(concat!("select ", visitor_columns!(), " from visitor where property = $1 and id = $2"))
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    of_row(&row.ok_or(Refusal::SignedOut)?)
}

/// Whether somebody who was seen then, and may have left, is there now.
pub(crate) fn is_here(now: Moment, seen_at: Moment, left_at: Option<Moment>) -> bool {
    left_at.is_none() && now.since(seen_at) < HERE_MOST
}

impl Desk {
    /// Lets a browser in by a widget's public key; gives its secret, which is nowhere else. Doing it again with the same pass gives the
    /// same one. Who did not agree where that is asked is not let in: nothing of theirs is kept.
    pub async fn begin_visit(&self, key: &str, arrival: Arrival) -> Result<String> {
        let property = self.property_of_widget(key).await?;
        let desk = self.clone();
        self.db().write_to(&property.clone(), move |tx| Box::pin(async move { desk.welcome_visitor(tx, &property, &arrival).await })).await
    }

    async fn welcome_visitor(&self, tx: &mut Tx, property: &PropertyId, arrival: &Arrival) -> Result<String> {
        let now = tx.now();
        ban::check(tx.conn(), property, now, None, &arrival.address).await?;
        if !arrival.agreed && widget::load(tx.conn(), property).await?.consent != Consent::None {
            return Err(Refusal::NoConsent.into());
        }
        let token = if arrival.pass.len() == PASS { self.keys().visitor_secret(property.as_str(), &arrival.pass) } else { secret() };
        let known = sqlx::query("select 1 from visitor where token = $1 and expires_at > $2")
            .bind(digest(token.as_bytes()))
            .bind(now.0)
            .fetch_optional(tx.conn())
            .await?;
        if known.is_some() {
            return Ok(token);
        }
        let doer = Doer { visitor: None, address: &arrival.address, property: property.as_str() };
        allowance::spend(tx, "visit", &doer, &self.settings().visitor_limits.visits).await?;
        allowance::sweep(tx).await?;
        let cut = |text: &str| text.replace('\0', "").chars().take(BROWSER_MOST).collect::<String>();
        sqlx::query(
            "insert into visitor (property, id, token, name, email, phone, attributes, tags, language, browser, address, created_at, seen_at, expires_at, country) \
             values ($1, $2, $3, '', '', '', '{}', '[]', $4, $5, $6, $7, $7, $8, $9) on conflict (token) do nothing",
        )
        .bind(property.as_str())
        .bind(VisitorId::from_bits(self.clock().bits()).as_str())
        .bind(digest(token.as_bytes()))
        .bind(arrival.language.tag())
        .bind(cut(&arrival.browser))
        .bind(cut(&arrival.address))
        .bind(now.0)
        .bind(now.plus(IDLE_MOST).0)
        .bind(arrival.country.clone())
        .execute(tx.conn())
        .await?;
        Ok(token)
    }

    /// Whom a secret stands for, at the address they come from now. Cheap: an open socket may ask each second.
    pub async fn visitor(&self, token: &str, address: &str) -> Result<Visitor> {
        Ok(self.knock(token, address).await?.0)
    }

    /// The same at the widget of a key: a secret of another property's stands for nobody there.
    pub async fn visitor_at(&self, key: &str, token: &str, address: &str) -> Result<Visitor> {
        let (visitor, own) = self.knock(token, address).await?;
        if own == key.trim().to_lowercase() {
            return Ok(visitor);
        }
        self.property_of_widget(key).await?;
        Err(Refusal::SignedOut.into())
    }

    /// Whom a secret stands for, and the key of the widget they came by.
    async fn knock(&self, token: &str, address: &str) -> Result<(Visitor, String)> {
        let row = sqlx::query(
            "select v.id, v.property, v.address, v.seen_at, v.left_at, v.expires_at, w.key from visitor v \
             join widget w on w.property = v.property where v.token = $1",
        )
        .bind(digest(token.as_bytes()))
        .fetch_optional(self.db().read())
        .await?;
        let row = row.ok_or(Refusal::SignedOut)?;
        let now = self.clock().now();
        if row.try_get::<i64, _>("expires_at")? <= now.0 {
            return Err(Refusal::SignedOut.into());
        }
        let address: String = address.chars().take(BROWSER_MOST).collect();
        let visitor = Visitor { desk: self.clone(), id: word(&row, "id")?, property: word(&row, "property")?, address };
        let away = row.try_get::<Option<i64>, _>("left_at")?.is_some();
        let moved = row.try_get::<&str, _>("address")? != visitor.address;
        if away || moved || now.since(Moment(row.try_get("seen_at")?)) >= SEEN_EVERY {
            visitor.seen().await?;
        }
        Ok((visitor, row.try_get("key")?))
    }
}

impl Visitor {
    /// Who, as agents know them.
    pub const fn id(&self) -> &VisitorId {
        &self.id
    }

    /// Where.
    pub const fn property(&self) -> &PropertyId {
        &self.property
    }

    /// Runs one of their verbs in one transaction, to its end, even when nobody waits for it any more.
    pub(crate) async fn write<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx, &'t Self) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let visitor = self.clone();
        self.desk.db().write_to(&self.property, move |tx| Box::pin(async move { verb(tx, &visitor).await })).await
    }

    async fn seen(&self) -> Result<()> {
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let now = tx.now();
                sqlx::query("update visitor set seen_at = $3, left_at = null, address = $4, expires_at = $5 where property = $1 and id = $2 and token is not null")
                    .bind(visitor.property.as_str())
                    .bind(visitor.id.as_str())
                    .bind(now.0)
                    .bind(&visitor.address)
                    .bind(now.plus(IDLE_MOST).0)
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// No page of theirs is open any more: what agents answer goes by mail, if their address is known.
    pub async fn leave(&self) -> Result<()> {
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let now = tx.now();
                sqlx::query("update visitor set left_at = $3 where property = $1 and id = $2 and left_at is null")
                    .bind(visitor.property.as_str())
                    .bind(visitor.id.as_str())
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Ends this browser's visit for good: its secret stands for nobody, and who comes next begins anew and sees nothing of it.
    pub async fn log_out(&self) -> Result<()> {
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let now = tx.now();
                sqlx::query("update visitor set token = null, left_at = $3 where property = $1 and id = $2 and token is not null")
                    .bind(visitor.property.as_str())
                    .bind(visitor.id.as_str())
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Whose uploads they are.
    pub(crate) fn uploader(&self) -> String {
        format!("visitor:{}", self.id)
    }

    /// Takes a file, to be sent with a later message.
    pub async fn attach(&self, name: &str, declared_type: &str, bytes: Vec<u8>) -> Result<Attachment> {
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let bounds = visitor.desk.settings().visitor_limits.files;
                visitor.restrain(tx, "file", &bounds).await
            })
        })
        .await?;
        attachment::upload(&self.desk, &self.property, &self.uploader(), name, declared_type, bytes).await
    }

    /// A file they uploaded, or one of a message that they may see.
    pub async fn open_attachment(&self, id: AttachmentId) -> Result<(Attachment, Vec<u8>)> {
        let mut conn = self.desk.db().read().acquire().await?;
        let row = sqlx::query(
            "select id, name, media_type, size, inline_at, sha256, message, uploaded_by from attachment where property = $1 and id = $2",
        )
        .bind(self.property.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut *conn)
        .await?
        .ok_or(Refusal::NotFound)?;
        let own = row.try_get::<Option<&str>, _>("uploaded_by")? == Some(self.uploader().as_str());
        let shown = match word_or_none(&row, "message")? {
            Some(message) => self.sees_files_of(&mut conn, &message).await?,
            None => false,
        };
        if !(own || shown) {
            return Err(Refusal::NotFound.into());
        }
        drop(conn);
        let bytes = self.desk.blobs().read(self.desk.db().read(), row.try_get("sha256")?).await?;
        Ok((attachment::of_row(&row)?, bytes))
    }
}
