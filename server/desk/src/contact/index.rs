//! What contacts are sorted and found by, kept beside them by whoever changes one, and found by the clock for those that are older
//! than this.

use model::{ContactId, Moment, PropertyId};

use super::{card, fold};
use crate::{Desk, Result, db::Tx, line::word};

/// Contacts that the clock looks at in one transaction.
const OLD_MOST: i64 = 200;

/// Something was last said with a contact at a moment.
pub(crate) async fn touch(tx: &mut Tx, property: &PropertyId, id: &ContactId, at: Moment) -> Result<()> {
    sqlx::query("update contact set last_at = $3 where property = $1 and id = $2 and last_at < $3")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(at.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Writes down what a contact is sorted and found by, as the rows are now.
pub(super) async fn index(tx: &mut Tx, property: &PropertyId, id: &ContactId) -> Result<()> {
    let Some(card) = card::card(tx.conn(), property, id).await? else { return Ok(()) };
    let emails = card::emails(tx.conn(), property, &card.contact).await?;
    sqlx::query("delete from contact_word where property = $1 and contact = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    sqlx::query("update contact set sorted_as = $3, organisation_as = $4, phone_digits = $5 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(fold::sorted_as(&card.contact.name, &card.contact.email))
        .bind(fold::key(&card.organisation))
        .bind(fold::digits(&card.phones))
        .execute(tx.conn())
        .await?;
    let words: Vec<String> = fold::found_by(&card.contact.name, &card.organisation, &emails, &card.phones).into_iter().collect();
    for four in words.chunks(4) {
        // four with one statement; where there are fewer, the last one again
        let word = |place: usize| four.get(place).or(four.last()).cloned().unwrap_or_default();
        sqlx::query(
            "insert into contact_word (property, contact, word) values ($1, $2, $3), ($1, $2, $4), ($1, $2, $5), ($1, $2, $6) \
             on conflict (property, contact, word) do nothing",
        )
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(word(0))
        .bind(word(1))
        .bind(word(2))
        .bind(word(3))
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

impl Desk {
    /// Finds the words of contacts that are older than the search for them; gives of how many.
    pub(crate) async fn index_old_contacts(&self) -> Result<usize> {
        let old = sqlx::query("select property, id from contact where sorted_as = '' limit $1")
            .bind(OLD_MOST)
            .fetch_all(self.db().read())
            .await?;
        let old = old.iter().map(|row| Ok((word(row, "property")?, word(row, "id")?))).collect::<Result<Vec<(PropertyId, ContactId)>>>()?;
        let n = old.len();
        if n > 0 {
            self.db()
                .write(move |tx| {
                    Box::pin(async move {
                        for (property, id) in &old {
                            index(tx, property, id).await?;
                        }
                        Ok(())
                    })
                })
                .await?;
        }
        Ok(n)
    }
}
