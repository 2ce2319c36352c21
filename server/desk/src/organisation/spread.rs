//! An organisation that is called otherwise, or goes, reaches its contacts a few at a time: what each is found and filtered by is written
//! anew, and told. In the order of their last activity, which moves forward alone: nobody is passed over.

use model::{ContactId, OrganisationId, PropertyId, event::What, message::Author};
use sqlx::Row as _;

use super::belong;
use crate::{
    Desk, Result, contact,
    db::Tx,
    line::word,
    log::{self, Happened},
};

/// Contacts of one transaction.
const STEP: i64 = 50;

/// Begins with the first contacts.
pub(super) async fn begin(tx: &mut Tx, property: &PropertyId, id: &OrganisationId, author: Author) -> Result<()> {
    sqlx::query("update organisation set spread_at = $3, spread_id = '' where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(i64::MIN)
        .execute(tx.conn())
        .await?;
    step(tx, property, id, author).await.map(drop)
}

/// Some more contacts; gives how many.
async fn step(tx: &mut Tx, property: &PropertyId, id: &OrganisationId, author: Author) -> Result<usize> {
    let row =
        sqlx::query("select spread_at, spread_id, ends_at from organisation where property = $1 and id = $2 and spread_at is not null")
            .bind(property.as_str())
            .bind(id.as_str())
            .fetch_optional(tx.conn())
            .await?;
    let Some(row) = row else { return Ok(0) };
    let ends = row.try_get::<Option<i64>, _>("ends_at")?.is_some();
    let rows = sqlx::query(
        "select id, last_at from contact where property = $1 and organisation = $2 and merged_into is null and (last_at, id) > ($3, $4) \
         order by last_at, id limit $5",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(row.try_get::<i64, _>("spread_at")?)
    .bind(row.try_get::<String, _>("spread_id")?)
    .bind(STEP)
    .fetch_all(tx.conn())
    .await?;
    let next = if ends { belong::next(tx.conn(), property, id).await?.map(|next| next.to_string()) } else { None };
    let mut contacts: Vec<ContactId> = vec![];
    for row in &rows {
        let contact: ContactId = word(row, "id")?;
        if ends {
            sqlx::query("update contact set organisation = $3 where property = $1 and id = $2")
                .bind(property.as_str())
                .bind(contact.as_str())
                .bind(next.clone())
                .execute(tx.conn())
                .await?;
        }
        contact::write_down(tx, property, &contact).await?;
        contacts.push(contact);
    }
    let n = contacts.len();
    if n > 0 {
        log::append(tx, Happened { contacts, ..Happened::new(property, author, What::ContactChanged) }).await?;
    }
    let place =
        rows.last().filter(|_| i64::try_from(n) == Ok(STEP)).map(|row| Ok::<_, sqlx::Error>((row.try_get("last_at")?, row.try_get("id")?)));
    go_on(tx, property, id, place.transpose()?, ends).await?;
    Ok(n)
}

/// Remembers the place; at the end, what was to go is gone.
async fn go_on(tx: &mut Tx, property: &PropertyId, id: &OrganisationId, place: Option<(i64, String)>, ends: bool) -> Result<()> {
    if place.is_none() && ends {
        let next = belong::next(tx.conn(), property, id).await?.map(|next| next.to_string());
        // those that went into others, too
        sqlx::query("update contact set organisation = $3 where property = $1 and organisation = $2")
            .bind(property.as_str())
            .bind(id.as_str())
            .bind(next)
            .execute(tx.conn())
            .await?;
        sqlx::query("delete from organisation where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
        return Ok(());
    }
    let (at, contact) = place.unzip();
    sqlx::query("update organisation set spread_at = $3, spread_id = $4 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(at)
        .bind(contact)
        .execute(tx.conn())
        .await?;
    Ok(())
}

impl Desk {
    /// Goes on telling contacts of their organisations. Gives how many.
    pub(crate) async fn spread_organisations(&self) -> Result<usize> {
        let rows = sqlx::query("select property, id from organisation where spread_at >= $1 order by spread_at, property, id limit 10")
            .bind(i64::MIN)
            .fetch_all(self.db().read())
            .await?;
        let mut told = 0;
        for row in &rows {
            let (property, id): (PropertyId, OrganisationId) = (word(row, "property")?, word(row, "id")?);
            told += self
                .db()
                .write_to(&property.clone(), move |tx| Box::pin(async move { step(tx, &property, &id, Author::System).await }))
                .await?;
        }
        Ok(told)
    }
}
