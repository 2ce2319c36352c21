//! The counters of the side bar and of saved views: a row each, moved in the transaction that changes a line. Their order is that of the
//! log, whose counter row whoever moves them has.

use std::collections::BTreeMap;

use model::{PropertyId, conversation::Line, saved_view::facet};
use sqlx::Row as _;

use crate::{Result, db::Tx, saved_view};

/// Adds to counters.
macro_rules! add {
    ($rows:literal) => {
        concat!(
            "insert into tally (property, facet, n) values ",
            $rows,
            " on conflict (property, facet) do update set n = tally.n + excluded.n returning facet, n"
        )
    };
}

/// Moves the counters from what lines were counted under to what they are now; gives those that changed. The counter row's lock
/// orders them.
pub(crate) async fn count(tx: &mut Tx, property: &PropertyId, (before, after): &(Vec<Line>, Vec<Line>)) -> Result<Vec<(String, i64)>> {
    let mut views = vec![];
    if concerns_views(before, after) {
        views = saved_view::all(tx.conn(), property).await?;
    }
    let mut deltas: BTreeMap<String, i64> = BTreeMap::new();
    for (lines, by) in [(before, -1), (after, 1)] {
        for line in lines {
            let named = views.iter().filter(|(_, view)| view.matches(line)).map(|(id, _)| facet(id));
            for facet in line.facets().into_iter().chain(named) {
                *deltas.entry(facet).or_default() += by;
            }
        }
    }
    let deltas: Vec<(String, i64)> = deltas.into_iter().filter(|(_, delta)| *delta != 0).collect();
    let mut changed = vec![];
    for some in deltas.chunks(4) {
        let mut query = sqlx::query(match some.len() {
            1 => add!("($1, $2, $3)"),
            2 => add!("($1, $2, $3), ($1, $4, $5)"),
            3 => add!("($1, $2, $3), ($1, $4, $5), ($1, $6, $7)"),
            _ => add!("($1, $2, $3), ($1, $4, $5), ($1, $6, $7), ($1, $8, $9)"),
        })
        .bind(property.as_str());
        for (facet, delta) in some {
            query = query.bind(facet).bind(delta);
        }
        for row in query.fetch_all(tx.conn()).await? {
            changed.push((row.try_get("facet")?, row.try_get("n")?));
        }
    }
    changed.sort();
    Ok(changed)
}

/// Gives counters a value; zero is no row.
pub(crate) async fn set(tx: &mut Tx, property: &PropertyId, counters: &[(String, i64)]) -> Result<()> {
    for (facet, n) in counters {
        let text = if *n == 0 {
            "delete from tally where property = $1 and facet = $2"
        } else {
            "insert into tally (property, facet, n) values ($1, $2, $3) on conflict (property, facet) do update set n = excluded.n"
        };
        let query = sqlx::query(text).bind(property.as_str()).bind(facet);
        if *n == 0 { query } else { query.bind(*n) }.execute(tx.conn()).await?;
    }
    Ok(())
}

/// Whether a change may take a line into a saved view, or out of one. Several at once are all new.
fn concerns_views(before: &[Line], after: &[Line]) -> bool {
    before.len().max(after.len()) > 1 || model::saved_view::concerns_views(before.first(), after.first())
}
