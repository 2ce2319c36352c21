//! Who belongs to which organisation: what is typed of a contact finds or makes it by its name, and who first comes with an address of
//! one of its domains belongs to it.

use model::{ContactId, OrganisationId, PropertyId, Refusal, Why};
use sqlx::Row as _;

use super::is_public;
use crate::{
    Desk, Result,
    contact::key,
    db::{Conn, Tx},
    line::{word, word_or_none},
};

/// An organisation that somebody belongs to.
pub(crate) struct Belongs {
    /// Which.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
}

/// What tells names apart: letters and digits; of a name that has none, the name.
pub(super) fn key_of(name: &str) -> String {
    let key = key(name);
    if key.is_empty() { name.to_lowercase() } else { key }
}

/// The organisation of a contact.
pub(crate) async fn of(conn: &mut Conn, property: &PropertyId, contact: &ContactId) -> Result<Option<OrganisationId>> {
    let row = sqlx::query("select organisation from contact where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(contact.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map_or(Ok(None), |row| word_or_none(row, "organisation"))
}

/// The organisation that takes whoever comes with an address. Of a provider for everybody nothing is asked.
pub(crate) async fn of_address(conn: &mut Conn, property: &PropertyId, email: &str) -> Result<Option<Belongs>> {
    let Some((_, domain)) = email.rsplit_once('@').filter(|(_, domain)| !is_public(domain)) else { return Ok(None) };
    let row = sqlx::query(
        "select o.id, o.name from organisation_domain d join organisation o on o.property = d.property and o.id = d.organisation \
         where d.property = $1 and d.domain = $2",
    )
    .bind(property.as_str())
    .bind(domain.to_lowercase())
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok(Belongs { id: word(&row, "id")?, name: row.try_get("name")? })).transpose()
}

/// Somebody new of whom no organisation is told belongs to the one whose domain the first of their addresses has that has one.
pub(crate) async fn join(conn: &mut Conn, property: &PropertyId, emails: impl Iterator<Item = &str>, told: &mut String) -> Result<()> {
    for email in emails {
        if told.is_empty()
            && let Some(known) = of_address(conn, property, email).await?
        {
            *told = known.name;
        }
    }
    Ok(())
}

/// Another organisation that is named; none for no name.
pub(super) async fn other(conn: &mut Conn, property: &PropertyId, id: &OrganisationId, name: &str) -> Result<Option<Belongs>> {
    if name.is_empty() {
        return Ok(None);
    }
    let row = sqlx::query("select id, name from organisation where property = $1 and name_as = $2 and id <> $3")
        .bind(property.as_str())
        .bind(key_of(name))
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?
        .ok_or(Refusal::invalid("into", Why::Unknown))?;
    Ok(Some(Belongs { id: word(&row, "id")?, name: row.try_get("name")? }))
}

/// Where contacts of one that goes belong: to what it goes into, unless that goes as well.
pub(super) async fn next(conn: &mut Conn, property: &PropertyId, id: &OrganisationId) -> Result<Option<OrganisationId>> {
    let row = sqlx::query(
        "select o.id from organisation e join organisation o on o.property = e.property and o.id = e.goes_into \
         where e.property = $1 and e.id = $2 and o.ends_at is null",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_optional(conn)
    .await?;
    row.map(|row| word(&row, "id")).transpose()
}

/// What an organisation is called now, if it is still there; else as it was.
pub(crate) async fn named_now(conn: &mut Conn, property: &PropertyId, id: Option<&OrganisationId>, was: &mut String) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    let row = sqlx::query("select name from organisation where property = $1 and id = $2 and ends_at is null")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    if let Some(row) = row {
        *was = row.try_get(0)?;
    }
    Ok(())
}

/// Says whom a contact works for: the organisation of that name, made when there is none; nobody for no name.
pub(crate) async fn put(tx: &mut Tx, desk: &Desk, property: &PropertyId, contact: &ContactId, name: &str) -> Result<()> {
    let before = of(tx.conn(), property, contact).await?;
    let after = if name.is_empty() { None } else { Some(named(tx, desk, property, name).await?) };
    if before == after {
        return Ok(());
    }
    sqlx::query("update contact set organisation = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(contact.as_str())
        .bind(after.map(|id| id.to_string()))
        .execute(tx.conn())
        .await?;
    let_go(tx, property, before.as_ref()).await
}

async fn named(tx: &mut Tx, desk: &Desk, property: &PropertyId, name: &str) -> Result<OrganisationId> {
    let now = tx.now();
    let row = sqlx::query(
        "insert into organisation (property, id, name, name_as, created_at, changed_at) values ($1, $2, $3, $4, $5, $5) \
         on conflict (property, name_as) do update set name_as = excluded.name_as returning id",
    )
    .bind(property.as_str())
    .bind(OrganisationId::from_bits(desk.clock().bits()).as_str())
    .bind(name)
    .bind(key_of(name))
    .bind(now.0)
    .fetch_one(tx.conn())
    .await?;
    word(&row, "id")
}

/// An organisation of which nothing is known but its name goes with the last contact that belonged to it.
pub(crate) async fn let_go(tx: &mut Tx, property: &PropertyId, id: Option<&OrganisationId>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    sqlx::query(
        "delete from organisation where property = $1 and id = $2 and notes = '' \
         and not exists (select 1 from contact k where k.property = $1 and k.organisation = $2) \
         and not exists (select 1 from organisation_domain d where d.property = $1 and d.organisation = $2)",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .execute(tx.conn())
    .await?;
    Ok(())
}
