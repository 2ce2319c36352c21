//! Targets of a property: admins keep them. What is due in a ticket follows each change of its line, in `follow`; open tickets are looked
//! through when targets or hours changed, in `spread`.

mod follow;
mod spread;

use model::{Moment, PropertyId, audit::Act, hours::Hours, moment::Zone, target::Targets, widget::Widget};
use sqlx::{Row as _, any::AnyRow};

pub(crate) use follow::{begin, follow};
pub(crate) use spread::again;

use crate::{
    Agent, Result,
    audit::{Deed, changes},
    db::Conn,
    zone,
};

/// What a ticket's time is measured by.
struct Measure {
    targets: Targets,
    hours: Hours,
    zone: Zone,
}

impl Measure {
    /// From the columns `targets`, `widget` and `time_zone`.
    fn of_row(row: &AnyRow, now: Moment) -> Result<Self> {
        let targets: Targets = row.try_get::<Option<&str>, _>("targets")?.map_or(Ok(Targets::default()), serde_json::from_str)?;
        let widget: Widget = serde_json::from_str(row.try_get("widget")?)?;
        Ok(Self { hours: targets.hours(widget.hours), targets, zone: zone::around(row.try_get("time_zone")?, now)? })
    }
}

/// The targets as they stand; none where nobody set any.
async fn load(conn: &mut Conn, property: &PropertyId) -> Result<Targets> {
    let row = sqlx::query("select settings from target where property = $1").bind(property.as_str()).fetch_optional(conn).await?;
    row.map_or(Ok(Targets::default()), |row| Ok(serde_json::from_str(row.try_get(0)?)?))
}

impl Agent {
    /// How soon tickets are to be answered and solved.
    pub async fn targets(&self) -> Result<Targets> {
        self.admin()?;
        load(self.desk.db().read().acquire().await?.as_mut(), &self.property).await
    }

    /// Sets how soon tickets are to be answered and solved. Open tickets follow at the next ticks of the clock.
    pub async fn set_targets(&self, targets: Targets) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let before = load(tx.conn(), &agent.property).await?;
                let told = changes(&before, &targets)?;
                sqlx::query(
                    "insert into target (property, settings, round, spread_from) values ($1, $2, 1, '') on conflict (property) do update set \
                     settings = excluded.settings, round = target.round + 1, spread_from = ''",
                )
                .bind(agent.property.as_str())
                .bind(serde_json::to_string(&targets)?)
                .execute(tx.conn())
                .await?;
                Ok(((), Some(Deed::new(Act::TargetsChanged, "").changing(told))))
            })
        })
        .await
    }
}
