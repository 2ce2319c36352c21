//! Reports, read from the sums that a reader of the log keeps. Everybody who sees all of the property sees them; of agents, admins see
//! all and others their own. The sums are of the whole property: to who sees a part of it they are refused.

mod count;
mod fact;

use std::collections::BTreeMap;

use model::{
    Refusal,
    agent::Role,
    audit::Act,
    report::{Asked, By, Day, Figures, Part, Range, Report, counts::Sums, csv::Sheet},
};
use sqlx::Row as _;

pub(crate) use count::{due, due_elsewhere, step};

use crate::{Agent, Result, audit::Deed, db::Conn, zone};

impl Agent {
    /// The report of a period.
    pub async fn report(&self, asked: Asked) -> Result<Report> {
        self.must_see_all()?;
        let mut conn = self.desk.db().read().acquire().await?;
        let (zone, today) = self.report_day(&mut conn).await?;
        let (range, before) = (asked.period.range(today), asked.period.before(today));
        let known = self.property_days(&mut conn, &zone, Range { from: before.from, until: range.until }).await?;
        let all = |range: Range| {
            let mut sums = Sums::default();
            known.range(range.from..=range.until).for_each(|(_, day)| sums.merge(day));
            sums.shown()
        };
        let mut hours = vec![vec![0; 24]; 7];
        for (day, sums) in known.range(range.from..=range.until) {
            for (hour, n) in sums.hours.each() {
                if let Some(cell) = hours[day.local().weekday()].get_mut(hour as usize) {
                    *cell += n;
                }
            }
        }
        let counting = self.is_counting(&mut conn, &zone).await?;
        Ok(Report {
            figures: all(range),
            earlier: all(before),
            days: range.days().map(|day| known.get(&day).map(Sums::shown).unwrap_or_default()).collect(),
            hours,
            parts: self.parts(&mut conn, &zone, range, asked.by).await?,
            counting,
            asked,
            range,
            before,
            today,
        })
    }

    /// Whether something is still to be counted, or to be counted anew since the days begin at other moments.
    async fn is_counting(&self, conn: &mut Conn, zone: &str) -> Result<bool> {
        let row = sqlx::query(
            "select 1 where (select 1 from report_due where property = $1 limit 1) is not null \
             or (select 1 from report_fact where property = $1 and zone < $2 order by zone desc limit 1) is not null \
             or (select 1 from report_fact where property = $1 and zone > $2 order by zone limit 1) is not null",
        )
        .bind(self.property.as_str())
        .bind(zone)
        .fetch_optional(conn)
        .await?;
        Ok(row.is_some())
    }

    /// A list of it for a spreadsheet, and what its file is called. That it was taken out is told in the audit log.
    pub async fn export_report(&self, asked: Asked, sheet: Sheet) -> Result<(String, String)> {
        let (report, roster) = (self.report(asked).await?, self.roster().await?);
        let deed = Deed::new(Act::ReportExported, sheet.word()).to(asked.to_query());
        self.write(move |tx, agent| Box::pin(async move { agent.note_deed(tx, deed).await })).await?;
        let name = format!("{sheet}-{}-{}", report.range.from, report.range.until);
        Ok((sheet.write(&report, &roster, roster.language), name))
    }

    /// The figures of today, for whom has no time for a report.
    pub(crate) async fn figures_of_today(&self, conn: &mut Conn) -> Result<Figures> {
        let (zone, today) = self.report_day(conn).await?;
        let days = self.property_days(conn, &zone, Range { from: today, until: today }).await?;
        Ok(days.get(&today).map(Sums::shown).unwrap_or_default())
    }

    /// The property's zone, and the day it is there.
    async fn report_day(&self, conn: &mut Conn) -> Result<(String, Day)> {
        let row = sqlx::query("select time_zone from property where id = $1").bind(self.property.as_str()).fetch_optional(conn).await?;
        let name: String = row.ok_or(Refusal::NotFound)?.try_get(0)?;
        let today = zone::day_and_hour(&zone::of(&name)?, self.desk.clock().now()).0;
        Ok((name, Day(today)))
    }

    /// The property's sums, day by day.
    async fn property_days(&self, conn: &mut Conn, zone: &str, range: Range) -> Result<BTreeMap<Day, Sums>> {
        let rows = sqlx::query(
            "select day, fresh, solved, answered, missed, good, neutral, bad, replies, solutions, hours from report_day \
             where property = $1 and zone = $2 and breakdown = 'all' and day between $3 and $4",
        )
        .bind(self.property.as_str())
        .bind(zone)
        .bind(range.from.0)
        .bind(range.until.0)
        .fetch_all(conn)
        .await?;
        rows.iter().map(|row| Ok((Day(row.try_get("day")?), count::sums_of(row)?))).collect()
    }

    /// The sums told apart, those with most first. Of agents, who is no admin sees their own alone.
    async fn parts(&self, conn: &mut Conn, zone: &str, range: Range, by: By) -> Result<Vec<Part>> {
        let own = by == By::Agent && self.role != Role::Admin;
        let query = sqlx::query(if own {
            "select part, fresh, solved, answered, missed, good, neutral, bad, replies, solutions, hours from report_day \
             where property = $1 and zone = $2 and breakdown = $3 and day between $4 and $5 and part = $6"
        } else {
            "select part, fresh, solved, answered, missed, good, neutral, bad, replies, solutions, hours from report_day \
             where property = $1 and zone = $2 and breakdown = $3 and day between $4 and $5"
        });
        let query = query.bind(self.property.as_str()).bind(zone).bind(by.word()).bind(range.from.0).bind(range.until.0);
        let rows = if own { query.bind(self.id.as_str()) } else { query }.fetch_all(conn).await?;
        let mut parts: BTreeMap<String, Sums> = BTreeMap::new();
        for row in &rows {
            parts.entry(row.try_get("part")?).or_default().merge(&count::sums_of(row)?);
        }
        let mut parts: Vec<Part> = parts.into_iter().map(|(part, sums)| Part { part, figures: sums.shown() }).collect();
        // what belongs to none comes last
        parts.sort_by_key(|part| (part.part.is_empty(), std::cmp::Reverse((part.figures.fresh, part.figures.solved))));
        Ok(parts)
    }
}
