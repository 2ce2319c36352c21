//! The audit log as admins read it, newest first, in parts; and as a list for a spreadsheet.

use model::{
    Moment,
    audit::{Act, Asked, Entry, Part, Place},
    csv::line as csv_line,
    text::audit as texts,
};
use sqlx::{Row as _, any::AnyRow};

use super::Deed;
use crate::{
    Agent, Result,
    line::{word, word_or_none},
    zone,
};

/// Entries of a part.
const PART: usize = 50;
/// Entries of a list for a spreadsheet.
const LIST: usize = 50_000;

macro_rules! entries {
    ($more:literal) => {
        concat!(
            "select n, at, agent, name, act, subject, before, after, address from audit where property = $1 and at >= $2 and at <= $3 and not (at = $3 and n >= $4)",
            $more,
            " order by at desc, n desc limit $5"
        )
    };
}

impl Agent {
    /// What was done, newest first, from a place on. Admins only.
    pub async fn list_audit(&self, asked: Asked, after: Option<Place>) -> Result<Part> {
        self.admin()?;
        self.audited(&asked, after, PART).await
    }

    /// The same as a list for a spreadsheet; that it was taken out is told in the log.
    pub async fn export_audit(&self, asked: Asked) -> Result<String> {
        let part = {
            self.admin()?;
            self.audited(&asked, None, LIST).await?
        };
        let query = asked.to_query();
        self.as_admin(move |_, _| Box::pin(async move { Ok(((), Some(Deed::new(Act::AuditExported, query)))) })).await?;
        let language = self.roster().await?.language;
        let head = [texts::WHEN, texts::WHO, texts::WHAT, texts::SUBJECT, texts::BEFORE, texts::AFTER, texts::FROM_WHERE];
        let lines = part.entries.into_iter().map(|entry| {
            let at = jiff::Timestamp::from_microsecond(entry.at.0).map(|at| at.to_string()).unwrap_or_default();
            let what = language.say(model::audit::word_of(entry.act)).to_owned();
            csv_line([at, entry.name, what, entry.subject, entry.before, entry.after, entry.address])
        });
        let mut table = csv_line(head.map(|text| language.say(text))) + &lines.collect::<String>();
        if part.more.is_some() {
            table += &csv_line([language.fill(texts::LIST_ENDS, &[("n", &LIST.to_string())])]);
        }
        Ok(table)
    }

    async fn audited(&self, asked: &Asked, after: Option<Place>, most: usize) -> Result<Part> {
        let row = sqlx::query("select time_zone from property where id = $1")
            .bind(self.property.as_str())
            .fetch_one(self.desk.db().read())
            .await?;
        let zone = zone::of(row.try_get(0)?)?;
        let from = asked.from.map_or(0, |day| zone::midnight(&zone, day).0);
        let until = asked.until.map_or(i64::MAX, |day| zone::midnight(&zone, day.plus(1)).0.saturating_sub(1));
        let after = after.filter(|after| after.at.0 <= until).unwrap_or(Place { at: Moment(until), n: i64::MAX });
        let text = match (&asked.agent, asked.area) {
            (None, None) => entries!(""),
            (Some(_), None) => entries!(" and agent = $6"),
            (None, Some(_)) => entries!(" and area = $6"),
            (Some(_), Some(_)) => entries!(" and agent = $6 and area = $7"),
        };
        let query = sqlx::query(text)
            .bind(self.property.as_str())
            .bind(from)
            .bind(after.at.0)
            .bind(after.n)
            .bind(i64::try_from(most + 1).unwrap_or(i64::MAX));
        let named = [asked.agent.as_ref().map(ToString::to_string), asked.area.map(|area| area.to_string())];
        let query = named.into_iter().flatten().fold(query, sqlx::query::Query::bind);
        let rows = query.fetch_all(self.desk.db().read()).await?;
        let entries = rows.iter().take(most).map(entry).collect::<Result<Vec<_>>>()?;
        let more = entries.last().filter(|_| rows.len() > most).map(|last| Place { at: last.at, n: last.n });
        Ok(Part { entries, more })
    }
}

fn entry(row: &AnyRow) -> Result<Entry> {
    Ok(Entry {
        n: row.try_get("n")?,
        at: Moment(row.try_get("at")?),
        agent: word_or_none(row, "agent")?,
        name: row.try_get("name")?,
        act: word(row, "act")?,
        subject: row.try_get("subject")?,
        before: row.try_get("before")?,
        after: row.try_get("after")?,
        address: row.try_get("address")?,
    })
}
