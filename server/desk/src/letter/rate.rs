//! How fast letters go to a domain, whatever its mail servers say (email.md O3): a sixth of a minute's letters may go at once, the others
//! evenly, so that no minute has more. One row of each domain says how far its letters are spent, for all nodes together.

use model::{Moment, moment::MINUTE};

use crate::{Result, db::Tx};

/// So many letters within a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    /// From one to the next, when they go evenly.
    gap: i64,
    /// How far ahead of that they may be.
    ahead: i64,
}

impl Rate {
    /// Of a number of letters; none for as many as there are.
    pub fn of(most: usize) -> Option<Self> {
        let most = i64::try_from(most).ok().filter(|most| *most > 0)?;
        let at_once = (most / 6).max(1);
        let evenly = most - at_once + 1;
        // rounded up: rather one fewer in a minute than one more
        let gap = (MINUTE + evenly - 1) / evenly;
        Some(Self { gap, ahead: gap * (at_once - 1) })
    }
}

/// A domain whose letters are spent beyond this moment gets none now.
pub(super) fn limit(rate: Option<Rate>, now: Moment) -> i64 {
    rate.map_or(i64::MAX, |rate| now.0 + rate.ahead)
}

/// Takes the place of one letter to a domain. False when there is none now.
pub(super) async fn take(tx: &mut Tx, domain: &str, rate: Option<Rate>) -> Result<bool> {
    let Some(rate) = rate else { return Ok(true) };
    let now = tx.now();
    let taken = sqlx::query(
        "insert into domain_rate (domain, spent_at) values ($1, $2 + $3) on conflict (domain) do update set \
         spent_at = case when domain_rate.spent_at < $2 then $2 else domain_rate.spent_at end + $3 where domain_rate.spent_at <= $4",
    )
    .bind(domain)
    .bind(now.0)
    .bind(rate.gap)
    .bind(limit(Some(rate), now))
    .execute(tx.conn())
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// The letter was another sender's already: its place is free again.
pub(super) async fn give_back(tx: &mut Tx, domain: &str, rate: Option<Rate>) -> Result<()> {
    let Some(rate) = rate else { return Ok(()) };
    sqlx::query("update domain_rate set spent_at = spent_at - $2 where domain = $1").bind(domain).bind(rate.gap).execute(tx.conn()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_has_more_than_its_letters() {
        for most in [1_usize, 2, 5, 6, 7, 59, 60, 61, 1_000] {
            let rate = Rate::of(most).unwrap();
            // as many as may go, as soon as they may go
            let (mut spent, mut went) = (0, vec![]);
            for _ in 0..2 * most + 2 {
                let now = (spent - rate.ahead).max(went.last().copied().unwrap_or(0));
                spent = spent.max(now) + rate.gap;
                went.push(now);
            }
            let busiest =
                (0..went.len()).map(|at| went[at..].iter().take_while(|moment| **moment < went[at] + MINUTE).count()).max().unwrap();
            assert!(busiest <= most && busiest + 1 >= most, "{most} a minute: {busiest}");
        }
        assert_eq!(Rate::of(0), None);
    }
}
