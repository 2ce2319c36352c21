//! Addresses that nothing is sent to any more, because mail to them came back for good: seen by admins, and lifted by them when
//! the address lives again.

use model::{ContactId, Moment, PropertyId, Refusal, audit::Act, mailbox::Suppressed};
use sqlx::Row as _;

use crate::{Agent, Result, audit::Deed, db::Tx, line::word};

/// Addresses of the list.
const MOST: i64 = 500;

impl Agent {
    /// Addresses that nothing is sent to, newest first. Admins only.
    pub async fn list_suppressed(&self) -> Result<Vec<Suppressed>> {
        self.admin()?;
        let rows = sqlx::query(
            "select id, email, name, undeliverable_at from contact where property = $1 and undeliverable_at is not null and merged_into is null order by undeliverable_at desc, id desc limit $2",
        )
        .bind(self.property.as_str())
        .bind(MOST)
        .fetch_all(self.desk.db().read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Suppressed {
                    contact: word(row, "id")?,
                    email: row.try_get("email")?,
                    name: row.try_get("name")?,
                    since: Moment(row.try_get("undeliverable_at")?),
                })
            })
            .collect()
    }

    /// Sends to an address again. Letters that were not sent meanwhile are sent by hand, one by one.
    pub async fn lift_suppressed(&self, contact: ContactId) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let row = sqlx::query("update contact set undeliverable_at = null where property = $1 and id = $2 returning email")
                    .bind(agent.property.as_str())
                    .bind(contact.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                let email: String = row.ok_or(Refusal::NotFound)?.try_get(0)?;
                Ok(((), Some(Deed::new(Act::AddressLifted, email))))
            })
        })
        .await
    }
}

/// Remembers that an address does not exist.
pub(super) async fn suppress(tx: &mut Tx, property: &PropertyId, email: &str) -> Result<()> {
    let now = tx.now();
    sqlx::query("update contact set undeliverable_at = $3 where property = $1 and undeliverable_at is null and id = (select contact from contact_address where property = $1 and email = $2)")
        .bind(property.as_str())
        .bind(email)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whether a refusal says that the address itself does not exist: 5.1.1, 5.1.2, 5.1.3, 5.1.6 or 5.1.10 (RFC 3463, RFC 7505).
/// `550 5.1.1 No such user`
pub(super) fn is_dead(why: &str) -> bool {
    let mut words = why.split_whitespace();
    let (code, enhanced) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    code.starts_with("55") && matches!(enhanced, "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_missing_address_is_dead() {
        for (why, dead) in [
            ("550 5.1.1 no such user", true),
            ("556 5.1.10 null MX", true),
            ("550 5.7.1 blocked by policy", false),
            ("552 5.2.2 mailbox full", false),
            ("RCPT: 450 4.1.1 not now", false),
        ] {
            assert_eq!(is_dead(why), dead, "{why}");
        }
    }
}
