//! Contacts as verbs come to know them: by their address, or as a visitor who has none yet. What agents do to them stands in `change`,
//! what they look at in `list` and `profile`.

mod card;
mod change;
mod column;
mod fold;
mod import;
mod index;
mod known;
mod list;
mod merge;
mod merged;
mod profile;
mod segment;
mod sign;
mod table;

use model::{ContactId, Moment, PropertyId, contact::Contact};
use sqlx::{Row as _, any::AnyRow};

pub(crate) use card::{Brings, card, card_columns, counts, emails, of_row as card_of_row, seen};
pub(crate) use fold::{digits, found_by, key, range, sorted_as, spans, words};
pub(crate) use import::next_table;
pub(crate) use index::{VERSION, index, touch, write_down};
pub(crate) use merged::followed;

use crate::{
    Desk, Result,
    db::{Conn, Tx},
    line::word,
    organisation,
};

/// The contact of an address; made when there is none. A name is learnt once, never overwritten by a mail.
pub(crate) async fn know(tx: &mut Tx, desk: &Desk, property: &PropertyId, name: &str, email: &str) -> Result<Contact> {
    let email = email.to_lowercase();
    if let Some(mut known) = taken(tx, property, &email).await? {
        if known.name.is_empty() && !name.is_empty() {
            sqlx::query("update contact set name = $3 where property = $1 and id = $2")
                .bind(property.as_str())
                .bind(known.id.as_str())
                .bind(name)
                .execute(tx.conn())
                .await?;
            index::index(tx, property, &known.id).await?;
            name.clone_into(&mut known.name);
        }
        return Ok(known);
    }
    let contact =
        Contact { id: ContactId::from_bits(desk.clock().bits()), name: name.to_owned(), email: email.clone(), created_at: tx.now() };
    let organisation = organisation::of_address(tx.conn(), property, &email).await?;
    index::insert(tx, property, &contact, organisation.as_ref()).await?;
    let won =
        sqlx::query("insert into contact_address (property, email, contact) values ($1, $2, $3) on conflict (property, email) do nothing")
            .bind(property.as_str())
            .bind(&email)
            .bind(contact.id.as_str())
            .execute(tx.conn())
            .await?;
    if won.rows_affected() == 1 {
        index::introduce(tx, property, &contact, organisation.as_ref()).await?;
        return Ok(contact);
    }
    // somebody was faster on another connection
    sqlx::query("delete from contact where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(contact.id.as_str())
        .execute(tx.conn())
        .await?;
    Ok(find(tx.conn(), property, &email).await?.unwrap_or(contact))
}

/// What is known of a visitor, to tell whom of the contacts they are.
pub(crate) struct Likeness<'a> {
    /// The contact they were so far.
    pub current: Option<&'a ContactId>,
    /// The name they give.
    pub name: &'a str,
    /// The name they gave before.
    pub former: &'a str,
    /// The address they give, or nothing.
    pub email: &'a str,
}

/// The contact that a visitor is, by what is known of them. One who is known by the address is never renamed by it: anybody can
/// name an address. One who had none, and is only this visitor, gets it. Who gives none stays who they were: agents may know more,
/// and have said so.
pub(crate) async fn of_visitor(tx: &mut Tx, desk: &Desk, property: &PropertyId, likeness: &Likeness<'_>) -> Result<Contact> {
    let Likeness { current, name, former, email } = *likeness;
    if !email.is_empty()
        && let Some(known) = taken(tx, property, email).await?
    {
        return Ok(known);
    }
    let current = match current {
        Some(id) => held(tx, property, id.clone()).await?,
        None => None,
    };
    match current {
        Some(known) if known.email.is_empty() => {
            // a name that agents chose stays
            let name = if known.name.is_empty() || known.name == former { name } else { "" };
            grow(tx, property, known, name, email).await
        }
        Some(known) if email.is_empty() => Ok(known),
        _ if !email.is_empty() => know(tx, desk, property, name, email).await,
        _ => unnamed(tx, desk, property, name).await,
    }
}

/// One without an address.
async fn unnamed(tx: &mut Tx, desk: &Desk, property: &PropertyId, name: &str) -> Result<Contact> {
    let contact =
        Contact { id: ContactId::from_bits(desk.clock().bits()), name: name.to_owned(), email: String::new(), created_at: tx.now() };
    index::insert(tx, property, &contact, None).await?;
    index::introduce(tx, property, &contact, None).await?;
    Ok(contact)
}

/// One without an address gets a name, an address, or both.
async fn grow(tx: &mut Tx, property: &PropertyId, known: Contact, name: &str, email: &str) -> Result<Contact> {
    let name = if name.is_empty() { known.name.clone() } else { name.to_owned() };
    if !email.is_empty() {
        let won = sqlx::query(
            "insert into contact_address (property, email, contact) values ($1, $2, $3) on conflict (property, email) do nothing",
        )
        .bind(property.as_str())
        .bind(email)
        .bind(known.id.as_str())
        .execute(tx.conn())
        .await?;
        if won.rows_affected() == 0 {
            // somebody was faster on another connection
            return Ok(find(tx.conn(), property, email).await?.unwrap_or(known));
        }
    }
    let organisation = organisation::of_address(tx.conn(), property, email).await?;
    sqlx::query("update contact set name = $3, email = $4, organisation = coalesce(organisation, $5) where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(known.id.as_str())
        .bind(&name)
        .bind(email)
        .bind(organisation.map(|known| known.id.to_string()))
        .execute(tx.conn())
        .await?;
    index::index(tx, property, &known.id).await?;
    Ok(Contact { name, email: email.to_owned(), ..known })
}

/// One without an address, who turned out to be somebody else, and whom nothing names any more. What an agent wrote of them stays.
pub(crate) async fn forget_unnamed(tx: &mut Tx, property: &PropertyId, id: &ContactId) -> Result<()> {
    sqlx::query(
        "delete from contact where property = $1 and id = $2 and email = '' and organisation is null and phones = '[]' \
         and tags = '[]' and attributes = '{}' \
         and not exists (select 1 from contact_note n where n.property = $1 and n.contact = $2) \
         and not exists (select 1 from contact_merge m where m.property = $1 and m.stays = $2) \
         and not exists (select 1 from contact_merge m where m.property = $1 and m.goes = $2)",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A contact, locked until the end of the transaction: it goes into no other meanwhile. Who writes to SQLite is alone.
macro_rules! locked {
    ($tx:expr, $text:literal) => {
        if $tx.is_sqlite() { $text } else { concat!($text, " for no key update of k") }
    };
}

/// The contact of an address, locked. One that just went into another is not seen: whoever then makes one finds the other.
async fn taken(tx: &mut Tx, property: &PropertyId, email: &str) -> Result<Option<Contact>> {
    let text = locked!(
        tx,
        "select k.id, k.name, k.email, k.created_at from contact_address a join contact k on k.property = a.property and k.id = a.contact \
         where a.property = $1 and a.email = $2 and k.merged_into is null"
    );
    let row = sqlx::query(text).bind(property.as_str()).bind(email.to_lowercase()).fetch_optional(tx.conn()).await?;
    row.as_ref().map(of_row).transpose()
}

/// A contact by its id, locked; of one that went into another, that one.
pub(crate) async fn held(tx: &mut Tx, property: &PropertyId, id: ContactId) -> Result<Option<Contact>> {
    let mut at = id;
    loop {
        let text = locked!(
            tx,
            "select k.id, k.name, k.email, k.created_at from contact k where k.property = $1 and k.id = $2 and k.merged_into is null"
        );
        let row = sqlx::query(text).bind(property.as_str()).bind(at.as_str()).fetch_optional(tx.conn()).await?;
        if let Some(row) = row {
            return Ok(Some(of_row(&row)?));
        }
        let next = merged::followed(tx.conn(), property, at.clone()).await?;
        if next == at {
            return Ok(None);
        }
        at = next;
    }
}

/// A contact by its id.
pub(crate) async fn load(conn: &mut Conn, property: &PropertyId, id: &ContactId) -> Result<Option<Contact>> {
    let row = sqlx::query("select id, name, email, created_at from contact where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(of_row).transpose()
}

fn of_row(row: &AnyRow) -> Result<Contact> {
    Ok(Contact {
        id: word(row, "id")?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        created_at: Moment(row.try_get("created_at")?),
    })
}

/// The contact of an address, if there is one.
pub(crate) async fn find(conn: &mut Conn, property: &PropertyId, email: &str) -> Result<Option<Contact>> {
    let row = sqlx::query("select k.id, k.name, k.email, k.created_at from contact_address a join contact k on k.property = a.property and k.id = a.contact where a.property = $1 and a.email = $2")
        .bind(property.as_str())
        .bind(email.to_lowercase())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(of_row).transpose()
}
