//! The counters of the side bar and of saved views: a row each, moved in the transaction that changes a line. Their order is that of the
//! log, whose counter row whoever moves them has.

use std::collections::BTreeMap;

use model::{
    PropertyId,
    conversation::{Folder, Line, Priority, Status, followed_facet, open_facets},
    saved_view::{SavedView, facet},
};
use sqlx::Row as _;

use crate::{
    Result,
    db::{Conn, Tx},
    filter,
    line::word,
    saved_view,
    sight::Sight,
};

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

/// The counters of who sees a part, counted from its lines: it costs more the more there are. Saved views are counted as well.
pub(crate) async fn of_part(conn: &mut Conn, property: &PropertyId, sight: &Sight, saved: &[SavedView]) -> Result<BTreeMap<String, i64>> {
    let mut counted: BTreeMap<String, i64> = BTreeMap::new();
    for row in filter::sight::sorts(property, sight).rows(conn).await? {
        let n: i64 = row.try_get("n")?;
        let (folder, status): (Folder, Status) = (word(&row, "folder")?, word(&row, "status")?);
        let facets = match folder {
            Folder::Inbox => {
                *counted.entry("due".into()).or_default() += row.try_get::<i64, _>("soon")?;
                if status != Status::Open {
                    continue;
                }
                *counted.entry("missed".into()).or_default() += row.try_get::<i64, _>("missed")?;
                let priority = Priority::of_rank(row.try_get("priority")?).unwrap_or(Priority::Medium);
                let tags: Vec<String> = serde_json::from_str(row.try_get("tags")?)?;
                open_facets(word(&row, "kind")?, &word(&row, "assignee")?, priority, false, &tags)
            }
            _ => vec![folder.word().to_owned()],
        };
        for facet in facets {
            *counted.entry(facet).or_default() += n;
        }
    }
    for row in filter::sight::followed(property, sight).rows(conn).await? {
        counted.insert(followed_facet(&word(&row, "agent")?), row.try_get("n")?);
    }
    for saved in saved {
        let row = filter::count(property, &saved.view, sight).rows(conn).await?;
        counted.insert(saved.facet(), row.first().map_or(Ok(None), |row| row.try_get(0))?.unwrap_or(0));
    }
    counted.retain(|_, n| *n != 0);
    Ok(counted)
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
