//! Who went into a contact, and where a contact went that is no contact of its own any more.

use model::{ContactId, Moment, PropertyId, contact::merge::Merged};
use sqlx::Row as _;

use super::card::json;
use crate::{Result, db::Conn, line::word};

/// Merges that a page tells.
const MERGES_MOST: i64 = 20;

/// The merges into a contact that stand, the last first.
pub(super) async fn list(conn: &mut Conn, property: &PropertyId, id: &ContactId) -> Result<Vec<Merged>> {
    let rows = sqlx::query(
        "select m.id, m.author, m.at, g.name, g.email from contact_merge m cross join contact g where m.property = $1 and m.stays = $2 \
         and m.undone_at is null and g.property = m.property and g.id = m.goes order by m.at desc, m.id desc limit $3",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(MERGES_MOST)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let (name, email): (String, String) = (row.try_get("name")?, row.try_get("email")?);
            let called = if name.is_empty() { email } else { name };
            Ok(Merged { id: word(row, "id")?, called, author: json(row, "author")?, at: Moment(row.try_get("at")?) })
        })
        .collect()
}

/// The contact that one went into, however often; or itself.
pub(crate) async fn followed(conn: &mut Conn, property: &PropertyId, id: ContactId) -> Result<ContactId> {
    let mut at = id;
    for _ in 0..MERGES_MOST {
        let row = sqlx::query("select merged_into from contact where property = $1 and id = $2 and merged_into is not null")
            .bind(property.as_str())
            .bind(at.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        match row {
            Some(row) => at = word(&row, "merged_into")?,
            None => break,
        }
    }
    Ok(at)
}
