//! The Inbox of an agent: one indexed query over `conversation`, and the counters.

use std::collections::BTreeMap;

use model::{
    Moment, PropertyId,
    days::{Days, Within},
    inbox::{Inbox, Page, Row},
    report::Day,
    saved_view::SavedView,
    view::{Key, View},
};
use sqlx::Row as _;

use crate::{Agent, Result, db::Conn, filter, line, log, saved_view, tally, zone};

/// Lines of the first part: what a large screen shows before it asks for more. More only makes the page heavier.
pub(crate) const FIRST: usize = 24;
/// Lines of each further part.
pub(crate) const NEXT: usize = 60;

/// A view with the moments that its days are by the property's clock; and when they are others, if ever.
pub(crate) async fn dated(conn: &mut Conn, property: &PropertyId, view: View, now: Moment) -> Result<(View, Option<Moment>)> {
    let Some(days) = view.days else { return Ok((View { within: Within::default(), ..view }, None)) };
    let row = sqlx::query("select time_zone from property where id = $1").bind(property.as_str()).fetch_one(conn).await?;
    let zone = zone::of(row.try_get(0)?)?;
    let today = Day(zone::day_and_hour(&zone, now).0);
    let begins = |day: Day| zone::midnight(&zone, day);
    let (from, until) = days.ends(today);
    let within = Within { from: from.map(begins), until: until.map(|day| begins(day.plus(1))) };
    let turns_at = matches!(days, Days::Last(_)).then(|| begins(today.plus(1)));
    Ok((View { within, ..view }, turns_at))
}

impl Agent {
    /// The beginning of a view, with the counters.
    pub async fn list_inbox(&self, view: View) -> Result<Inbox> {
        let mut conn = self.desk.db().read().acquire().await?;
        let head = log::head(&mut *conn, &self.property).await?;
        let view = self.dated(&mut conn, view).await?;
        let page = self.page(&mut conn, &view, None).await?;
        let saved = saved_view::both(&mut conn, &self.property, &self.id).await?;
        let mut tallies = self.tallies(&mut conn, &saved).await?;
        tallies.retain(|facet, _| model::saved_view::seen(&saved, facet));
        let saved = saved.into_iter().map(saved_view::told).collect();
        Ok(Inbox { head, view, rows: page.rows, more: page.more, tallies, saved })
    }

    /// The next part of a view, after a place.
    pub async fn list_more(&self, view: View, after: Key) -> Result<Page> {
        let mut conn = self.desk.db().read().acquire().await?;
        let view = self.dated(&mut conn, view).await?;
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

    async fn dated(&self, conn: &mut Conn, view: View) -> Result<View> {
        Ok(dated(conn, &self.property, view, self.desk.clock().now()).await?.0)
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
