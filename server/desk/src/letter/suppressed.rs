//! Addresses that nothing is sent to any more, because mail to them came back for good: seen by admins, and lifted by them when
//! the address lives again.

use model::{Moment, PropertyId, Refusal, audit::Act, mailbox::Suppressed};
use sqlx::Row as _;

use crate::{Agent, Result, audit::Deed, db::Tx};

/// Addresses of the list.
const MOST: i64 = 500;

impl Agent {
    /// Addresses that nothing is sent to, newest first. Admins only.
    pub async fn list_suppressed(&self) -> Result<Vec<Suppressed>> {
        self.admin()?;
        let rows = sqlx::query(
            "select d.email, coalesce(k.name, '') as name, d.since_at from dead_address d \
             left join contact_address a on a.property = d.property and a.email = d.email \
             left join contact k on k.property = a.property and k.id = a.contact \
             where d.property = $1 order by d.since_at desc, d.email desc limit $2",
        )
        .bind(self.property.as_str())
        .bind(MOST)
        .fetch_all(self.desk.db().read())
        .await?;
        rows.iter()
            .map(|row| Ok(Suppressed { email: row.try_get("email")?, name: row.try_get("name")?, since: Moment(row.try_get("since_at")?) }))
            .collect()
    }

    /// Sends to an address again. Letters that were not sent meanwhile are sent by hand, one by one.
    pub async fn lift_suppressed(&self, email: String) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                if !lift(tx, &agent.property, &email).await? {
                    return Err(Refusal::NotFound.into());
                }
                Ok(((), Some(Deed::new(Act::AddressLifted, email))))
            })
        })
        .await
    }
}

/// Remembers that mail to an address comes back for good: nothing more goes there by itself.
pub(crate) async fn suppress(tx: &mut Tx, property: &PropertyId, email: &str) -> Result<()> {
    let now = tx.now();
    sqlx::query("insert into dead_address (property, email, since_at) values ($1, $2, $3) on conflict (property, email) do nothing")
        .bind(property.as_str())
        .bind(email)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets that; whether it was so.
pub(super) async fn lift(tx: &mut Tx, property: &PropertyId, email: &str) -> Result<bool> {
    let lifted = sqlx::query("delete from dead_address where property = $1 and email = $2")
        .bind(property.as_str())
        .bind(email)
        .execute(tx.conn())
        .await?;
    Ok(lifted.rows_affected() > 0)
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
