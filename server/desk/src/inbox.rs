//! The Inbox of an agent: one indexed query over `conversation`, and the counters.

use std::collections::BTreeMap;

use model::{
    Moment,
    inbox::{Inbox, Page, Row},
    saved_view::SavedView,
    view::{Key, View},
};
use sqlx::Row as _;

use crate::{Agent, Result, db::Conn, filter, line, log, saved_view, tally};

/// Lines of the first part: what a large screen shows before it asks for more. More only makes the page heavier.
pub(crate) const FIRST: usize = 24;
/// Lines of each further part.
pub(crate) const NEXT: usize = 60;

impl Agent {
    /// The beginning of a view, with the counters.
    pub async fn list_inbox(&self, view: View) -> Result<Inbox> {
        let mut conn = self.desk.db().read().acquire().await?;
        let head = log::head(&mut *conn, &self.property).await?;
        let page = self.page(&mut conn, &view, None).await?;
        let saved = saved_view::both(&mut conn, &self.property, &self.id).await?;
        let mut tallies = self.tallies(&mut conn, &saved).await?;
        tallies.retain(|facet, _| model::saved_view::seen(&saved, facet));
        Ok(Inbox { head, view, rows: page.rows, more: page.more, tallies, saved })
    }

    /// The next part of a view, after a place.
    pub async fn list_more(&self, view: View, after: Key) -> Result<Page> {
        let mut conn = self.desk.db().read().acquire().await?;
        self.page(&mut conn, &view, Some(&after)).await
    }

    /// Every counter of what they see: as it is kept for who sees all, counted for who sees a part.
    pub(crate) async fn tallies(&self, conn: &mut Conn, saved: &[SavedView]) -> Result<BTreeMap<String, i64>> {
        if self.is_limited() {
            return tally::of_part(conn, &self.property, &self.sight, saved).await;
        }
        let counted =
            sqlx::query("select facet, n from tally where property = $1 and n <> 0").bind(self.property.as_str()).fetch_all(conn).await?;
        counted.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    async fn page(&self, conn: &mut Conn, view: &View, after: Option<&Key>) -> Result<Page> {
        let most = if after.is_some() { NEXT } else { FIRST };
        let found = filter::lines(&self.property, (self.id.as_str(), &self.sight), view, after, most + 1).rows(conn).await?;
        let mut rows = found
            .iter()
            .map(|row| Ok(Row { line: line::of_row(row)?, read_at: row.try_get::<Option<i64>, _>("read_at")?.map(Moment) }))
            .collect::<Result<Vec<_>>>()?;
        let more = rows.len() > most;
        rows.truncate(most);
        let more = if more { rows.last().map(|row| view.key(&row.line)) } else { None };
        Ok(Page { rows, more })
    }
}
