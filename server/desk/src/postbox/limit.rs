//! How many tickets mails may open (email.md C8): of one sender, and in one property, within ten minutes. A mail above that waits,
//! in the order of arrival, until earlier ones are ten minutes old: it is seen under Admin → E-mail, and nothing is lost.

use model::{Moment, moment::MINUTE};
use sqlx::{Row as _, any::AnyRow};

use super::file::Mail;
use crate::{Desk, Result, TicketLimits, db::Tx};

/// The time that is looked at.
const WINDOW: i64 = 10 * MINUTE;

/// One limit.
struct Limit {
    word: &'static str,
    most: fn(&TicketLimits) -> usize,
    why: &'static str,
}

const LIMITS: [Limit; 2] = [
    Limit { word: "sender", most: |limits| limits.sender, why: "waits: too many new tickets of this sender within ten minutes" },
    Limit { word: "property", most: |limits| limits.property, why: "waits: too many new tickets within ten minutes" },
];

/// When tickets were opened under each limit, a row each, and how many mails wait for it that came before, in a row without a moment.
const COUNTS: &str = "\
    select 'sender' as word, opened_at, 0 as before from letter_in where property = $1 and sender = $2 and opened_at > $3 union all \
    select 'sender', null, count(*) from letter_in where property = $1 and sender = $2 and opened_at is null and status = 'new' and waits = 'sender' and id < $4 union all \
    select 'property', opened_at, 0 from letter_in where property = $1 and opened_at > $3 union all \
    select 'property', null, count(*) from letter_in where property = $1 and status = 'new' and waits = 'property' and id < $4";

/// Puts a mail off that would open a ticket too many, and says why.
pub(super) async fn wait(tx: &mut Tx, desk: &Desk, mail: &Mail, sender: &str) -> Result<Option<&'static str>> {
    let limits = &desk.settings().ticket_limits;
    if LIMITS.iter().all(|limit| (limit.most)(limits) == 0) {
        return Ok(None);
    }
    let now = tx.now();
    let rows = sqlx::query(COUNTS)
        .bind(mail.property.as_str())
        .bind(sender)
        .bind(now.0 - WINDOW)
        .bind(mail.id.as_str())
        .fetch_all(tx.conn())
        .await?;
    for limit in &LIMITS {
        let Some(until) = limit.until(&rows, now, (limit.most)(limits))? else { continue };
        sqlx::query("update letter_in set sender = $2, waits = $3, leased_until = $4 where id = $1")
            .bind(mail.id.as_str())
            .bind(sender)
            .bind(limit.word)
            .bind(until.0)
            .execute(tx.conn())
            .await?;
        return Ok(Some(limit.why));
    }
    Ok(None)
}

impl Limit {
    /// When there is room for this mail, by what is counted; none: now.
    fn until(&self, rows: &[AnyRow], now: Moment, most: usize) -> Result<Option<Moment>> {
        if most == 0 {
            return Ok(None);
        }
        let (mut opened, mut before) = (vec![], 0);
        for row in rows {
            if row.try_get::<&str, _>("word")? != self.word {
                continue;
            }
            match row.try_get::<Option<i64>, _>("opened_at")? {
                Some(at) => opened.push(at),
                None => before = usize::try_from(row.try_get::<i64, _>("before")?).unwrap_or(0),
            }
        }
        opened.sort_unstable();
        Ok(room(now, &opened, before, most))
    }
}

/// When so many earlier ones have left the window that one more fits, those waiting before it counted in.
fn room(now: Moment, opened: &[i64], before: usize, most: usize) -> Option<Moment> {
    let over = (opened.len() + before).checked_sub(most)?;
    let leaves = opened.get((over % most).min(opened.len().saturating_sub(1))).copied().unwrap_or(now.0);
    Some(Moment(leaves).plus(WINDOW * i64::try_from(1 + over / most).unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mail_gets_the_place_of_one_that_leaves() {
        let (now, opened) = (Moment(100 * MINUTE), [95 * MINUTE, 96 * MINUTE, 97 * MINUTE]);
        assert_eq!(room(now, &opened[..2], 0, 3), None);
        assert_eq!(room(now, &opened, 0, 3), Some(Moment(105 * MINUTE)));
        assert_eq!(room(now, &opened, 2, 3), Some(Moment(107 * MINUTE)));
        assert_eq!(room(now, &opened, 3, 3), Some(Moment(115 * MINUTE)), "behind those who wait");
        assert_eq!(room(now, &[], 3, 3), Some(Moment(110 * MINUTE)));
        assert_eq!(room(now, &opened[1..], 1, 3), Some(Moment(106 * MINUTE)), "nobody passes who came later");
    }
}
