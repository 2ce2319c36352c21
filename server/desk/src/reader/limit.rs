//! How many letters that nobody typed may go out (email.md C8): copies of mails, customers' words to others in copy, acknowledgements,
//! letters of rules.
//! One too many is written down and not sent: it is seen at its message, and an agent may send it after all. What runs in a circle ends here.

use model::{ConversationId, PropertyId, moment::HOUR, moment::MINUTE};
use sqlx::Row as _;

use crate::{Desk, Result, db::Tx};

/// Letters to one recipient: minutes, most in one ticket, most in all. Words typed in the Inbox are not counted.
const LIMITS: [(i64, usize, usize); 5] = [(10, 10, 30), (30, 15, 60), (60, 25, 120), (180, 50, 240), (600, 100, 360)];
/// The time of the ceiling over all recipients.
const WINDOW: i64 = HOUR;

/// Why another one to a recipient is too many, if it is.
pub(super) async fn too_many(
    tx: &mut Tx,
    desk: &Desk,
    property: &PropertyId,
    ticket: &ConversationId,
    email: &str,
) -> Result<Option<String>> {
    let (now, longest) = (tx.now(), LIMITS[LIMITS.len() - 1]);
    let rows = sqlx::query(
        "select created_at, conversation from letter_out where property = $1 and recipient = $2 and created_at > $3 \
         and kind in ('copy', 'forward', 'acknowledgement', 'rule') order by created_at desc limit 400",
    )
    .bind(property.as_str())
    .bind(email)
    .bind(now.0 - longest.0 * MINUTE)
    .fetch_all(tx.conn())
    .await?;
    let mut earlier = vec![];
    for row in &rows {
        let here = row.try_get::<Option<&str>, _>("conversation")? == Some(ticket.as_str());
        earlier.push((now.0 - row.try_get::<i64, _>("created_at")?, here));
    }
    if let Some(minutes) = exceeded(&earlier) {
        return Ok(Some(format!("too many copies of mails within {minutes} minutes")));
    }
    above_ceiling(tx, desk, property).await
}

/// The first limit that is reached by letters of some age, in this ticket or in another.
fn exceeded(earlier: &[(i64, bool)]) -> Option<i64> {
    let reached = |(minutes, in_ticket, in_all): &(i64, usize, usize)| {
        let within = earlier.iter().filter(|(age, _)| *age < minutes * MINUTE);
        within.clone().filter(|(_, here)| *here).count() >= *in_ticket || within.count() >= *in_all
    };
    LIMITS.iter().find(|limit| reached(limit)).map(|(minutes, ..)| *minutes)
}

/// Counts one against the ceiling of the property; why it is above, if it is.
async fn above_ceiling(tx: &mut Tx, desk: &Desk, property: &PropertyId) -> Result<Option<String>> {
    let (now, most) = (tx.now(), desk.settings().ticket_limits.letters);
    if most == 0 {
        return Ok(None);
    }
    let row = sqlx::query(
        "insert into letter_ceiling (property, since, n) values ($1, $2, 1) on conflict (property) do update set \
         n = case when letter_ceiling.since <= $3 then 1 else letter_ceiling.n + 1 end, \
         since = case when letter_ceiling.since <= $3 then $2 else letter_ceiling.since end returning n",
    )
    .bind(property.as_str())
    .bind(now.0)
    .bind(now.0 - WINDOW)
    .fetch_one(tx.conn())
    .await?;
    if usize::try_from(row.try_get::<i64, _>("n")?).unwrap_or(0) <= most {
        return Ok(None);
    }
    sqlx::query("update letter_ceiling set reached_at = $2 where property = $1")
        .bind(property.as_str())
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(Some(format!("more than {most} letters within an hour that nobody typed")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_holds_in_a_ticket_and_over_all_of_them() {
        for (minutes, in_ticket, in_all) in LIMITS {
            // so long ago that no shorter time knows them
            let age = (minutes - 1) * MINUTE;
            for (most, here) in [(in_ticket, true), (in_all, false)] {
                assert_eq!(exceeded(&vec![(age, here); most]), Some(minutes));
                assert_eq!(exceeded(&vec![(age, here); most - 1]), None, "{minutes} minutes, one below");
                assert_eq!(exceeded(&vec![(600 * MINUTE, here); most]), None, "long ago");
            }
        }
    }
}
