//! What a trigger would have done: its rule asked with the visits of the last days. Changes nothing.

use std::collections::BTreeMap;

use model::{
    Moment, TriggerId,
    moment::{DAY, SECOND},
    rule::Facts,
    trigger::{DRY_DAYS, DryRun, Trigger},
};
use sqlx::Row as _;

use crate::{Agent, Result, zone};

/// Visits that are looked at: the newest.
const VISITS_MOST: i64 = 1_000;
/// Pages that are given as examples.
const EXAMPLES: usize = 8;

impl Agent {
    /// Tries a trigger, kept or not, with the visits of the last days. Each page is asked at the moment it was left; what a site says
    /// of its visitors is asked as it stands now.
    pub async fn try_trigger(&self, trigger: Trigger) -> Result<DryRun> {
        self.admin()?;
        let trigger = Trigger { id: TriggerId::from_bits(self.desk.clock().bits()), ..trigger.check()? };
        let now = self.desk.clock().now();
        let mut conn = self.desk.db().read().acquire().await?;
        let row = sqlx::query("select time_zone from property where id = $1").bind(self.property.as_str()).fetch_one(&mut *conn).await?;
        let zone = zone::around(row.try_get(0)?, now)?;
        let visits = sqlx::query(
            "select v.id, v.referrer, v.language, v.country, v.earlier, v.seen_at, \
             (select p.attributes from visitor p where p.property = v.property and p.id = v.visitor) as attributes from visit v where v.property = $1 and v.seen_at > $2 order by v.seen_at desc limit $3",
        )
        .bind(self.property.as_str())
        .bind(now.plus(-DRY_DAYS * DAY).0)
        .bind(VISITS_MOST)
        .fetch_all(&mut *conn)
        .await?;
        let mut run = DryRun::default();
        for visit in &visits {
            let pages = sqlx::query("select page, at from visit_page where property = $1 and visit = $2 order by n")
                .bind(self.property.as_str())
                .bind(visit.try_get::<&str, _>("id")?)
                .fetch_all(&mut *conn)
                .await?;
            let attributes: Option<&str> = visit.try_get("attributes")?;
            let mut facts = Facts {
                visits: visit.try_get::<i64, _>("earlier")? + 1,
                country: visit.try_get("country")?,
                referrer: visit.try_get("referrer")?,
                language: visit.try_get("language")?,
                attributes: attributes.map(serde_json::from_str).transpose()?.unwrap_or_else(BTreeMap::new),
                ..Facts::default()
            };
            let mut left = Moment(visit.try_get("seen_at")?);
            let mut matched = None;
            for page in pages.iter().rev() {
                let at = Moment(page.try_get("at")?);
                (facts.page, facts.seconds, facts.hour) = (page.try_get("page")?, left.since(at) / SECOND, zone.local(at).hour);
                if trigger.conditions.matches(&facts) {
                    matched = Some((at, facts.page.clone()));
                }
                left = at;
            }
            run.visits += 1;
            if let Some(page) = matched {
                run.matched += 1;
                if run.pages.len() < EXAMPLES {
                    run.pages.push(page);
                }
            }
        }
        Ok(run)
    }
}
