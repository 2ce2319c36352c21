//! The figures of Admin → Overview, counted when somebody looks.
//! Knows what to count; draws nothing.

use model::{
    Moment, Refusal,
    moment::DAY,
    overview::{Database, LettersIn, LettersOut, Overview, RECENT},
};
use sqlx::Row as _;

use crate::{Agent, Fault, Result};

impl Agent {
    /// The figures of the property. Admins only.
    pub async fn overview(&self) -> Result<Overview> {
        self.admin()?;
        let now = self.desk.clock().now();
        let row = sqlx::query("select forwarding, time_zone from property where id = $1")
            .bind(self.property.as_str())
            .fetch_optional(self.desk.db().read())
            .await?
            .ok_or(Refusal::NotFound)?;
        let midnight = midnight(now, row.try_get("time_zone")?);
        let (database, database_bytes) = self.size().await?;
        Ok(Overview {
            forwarding_address: format!("{}@{}", row.try_get::<String, _>("forwarding")?, self.desk.keys().domain()),
            today: self.figures_of_today(&mut *self.desk.db().read().acquire().await?).await?,
            letters_out: self.letters_out(midnight, now).await?,
            letters_in: self.letters_in(midnight).await?,
            open_tickets: self
                .count("select cast(coalesce(sum(n), 0) as bigint) from tally where property = $1 and facet = 'ticket'")
                .await?,
            agents: self.count("select count(*) from membership where property = $1 and disabled_at is null").await?,
            departments: self.count("select count(*) from department where property = $1").await?,
            confirmations: self.confirmations().await?,
            ceiling_at: self.moment("select reached_at from letter_ceiling where property = $1").await?.filter(|at| now.since(*at) < DAY),
            database,
            database_bytes,
            now,
        })
    }

    async fn letters_out(&self, midnight: Moment, now: Moment) -> Result<LettersOut> {
        let recent = Moment(now.0 - RECENT);
        Ok(LettersOut {
            waiting: self.count("select count(*) from letter_out where property = $1 and status = 'waiting'").await?,
            waiting_since: self.moment("select min(created_at) from letter_out where property = $1 and status = 'waiting'").await?,
            kept: self.count("select count(*) from letter_out where property = $1 and status = 'kept'").await?,
            failed: self
                .count_since("select count(*) from letter_out where property = $1 and status = 'failed' and created_at >= $2", recent)
                .await?,
            bounced: self
                .count_since("select count(*) from letter_out where property = $1 and status = 'bounced' and created_at >= $2", recent)
                .await?,
            sent_today: self
                .count_since("select count(*) from letter_out where property = $1 and status = 'sent' and sent_at >= $2", midnight)
                .await?,
            last_at: self.moment("select max(created_at) from letter_out where property = $1").await?,
        })
    }

    async fn letters_in(&self, midnight: Moment) -> Result<LettersIn> {
        Ok(LettersIn {
            listens: self.desk.outside().and_then(|outside| outside.wires().listens),
            unreadable: self.count("select count(*) from mailbox where property = $1 and trouble is not null").await?,
            new: self.count("select count(*) from letter_in where property = $1 and status = 'new' and waits is null").await?,
            failed: self.count("select count(*) from letter_in where property = $1 and status = 'failed'").await?,
            held: self.count("select count(*) from letter_in where property = $1 and status = 'new' and waits is not null").await?,
            today: self.count_since("select count(*) from letter_in where property = $1 and received_at >= $2", midnight).await?,
            last_at: self.moment("select max(received_at) from letter_in where property = $1").await?,
        })
    }

    async fn count(&self, text: &'static str) -> Result<i64> {
        Ok(sqlx::query(text).bind(self.property.as_str()).fetch_one(self.desk.db().read()).await?.try_get(0)?)
    }

    async fn count_since(&self, text: &'static str, since: Moment) -> Result<i64> {
        Ok(sqlx::query(text).bind(self.property.as_str()).bind(since.0).fetch_one(self.desk.db().read()).await?.try_get(0)?)
    }

    async fn moment(&self, text: &'static str) -> Result<Option<Moment>> {
        Ok(sqlx::query(text)
            .bind(self.property.as_str())
            .fetch_optional(self.desk.db().read())
            .await?
            .map(|row| row.try_get::<Option<i64>, _>(0))
            .transpose()?
            .flatten()
            .map(Moment))
    }

    async fn size(&self) -> Result<(Database, i64)> {
        let (database, text) = if self.desk.db().is_sqlite() {
            (Database::Sqlite, "select p.page_count * s.page_size from pragma_page_count() p, pragma_page_size() s")
        } else {
            (Database::Postgres, "select pg_database_size(current_database())")
        };
        let row = sqlx::query(text).fetch_one(self.desk.db().read()).await?;
        Ok((database, row.try_get(0).map_err(Fault::from)?))
    }
}

/// The last midnight in a zone; in UTC when the zone is not known.
fn midnight(now: Moment, zone: &str) -> Moment {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let start = jiff::Timestamp::from_microsecond(now.0).ok().and_then(|at| at.to_zoned(zone).start_of_day().ok());
    start.map_or(now, |start| Moment(start.timestamp().as_microsecond()))
}
