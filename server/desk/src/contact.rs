//! Contacts as verbs come to know them: by their address.

use model::{ContactId, Moment, PropertyId, contact::Contact};
use sqlx::{AnyConnection, Row as _};

use crate::{Desk, Result, db::Tx, line::word};

/// The contact of an address; made when there is none. A name is learnt once, never overwritten by a mail.
pub(crate) async fn know(tx: &mut Tx, desk: &Desk, property: &PropertyId, name: &str, email: &str) -> Result<Contact> {
    let email = email.to_lowercase();
    if let Some(mut known) = find(tx.conn(), property, &email).await? {
        if known.name.is_empty() && !name.is_empty() {
            sqlx::query("update contact set name = $3 where property = $1 and id = $2")
                .bind(property.as_str())
                .bind(known.id.as_str())
                .bind(name)
                .execute(tx.conn())
                .await?;
            name.clone_into(&mut known.name);
        }
        return Ok(known);
    }
    let (now, contact) = (
        tx.now(),
        Contact { id: ContactId::from_bits(desk.clock().bits()), name: name.to_owned(), email: email.clone(), created_at: tx.now() },
    );
    sqlx::query("insert into contact (property, id, name, email, created_at) values ($1, $2, $3, $4, $5)")
        .bind(property.as_str())
        .bind(contact.id.as_str())
        .bind(name)
        .bind(&email)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    let won =
        sqlx::query("insert into contact_address (property, email, contact) values ($1, $2, $3) on conflict (property, email) do nothing")
            .bind(property.as_str())
            .bind(&email)
            .bind(contact.id.as_str())
            .execute(tx.conn())
            .await?;
    if won.rows_affected() == 1 {
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

/// The contact of an address, if there is one.
pub(crate) async fn find(conn: &mut AnyConnection, property: &PropertyId, email: &str) -> Result<Option<Contact>> {
    let row = sqlx::query("select k.id, k.name, k.email, k.created_at from contact_address a join contact k on k.property = a.property and k.id = a.contact where a.property = $1 and a.email = $2")
        .bind(property.as_str())
        .bind(email.to_lowercase())
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        Ok(Contact {
            id: word(&row, "id")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            created_at: Moment(row.try_get("created_at")?),
        })
    })
    .transpose()
}
