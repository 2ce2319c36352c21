//! Triggers: admins keep them, in an order; each counts how often it ran. What they do stands in `act`, when they look in `look`,
//! what one would have done in `dry`.

mod act;
mod carried;
mod dry;
mod look;

use model::{
    Moment, PropertyId, Refusal, TriggerId, Why,
    audit::Act,
    event::What,
    moment::{DAY, HOUR},
    rule::Conditions,
    trigger::{self, Action, Kind, Listed, Simple, TRIGGERS_MOST, Trigger},
};
use serde::{Deserialize, Serialize};
use sqlx::{Row as _, any::AnyRow};

pub(crate) use carried::take_carried;
pub(crate) use look::{arm, count_shown, look, words_of};

use crate::{
    Agent, Desk, Result,
    audit::{Deed, changes, fields},
    db::{Conn, Tx},
    line::word,
    log::{self, Happened},
};

/// How long it is remembered that a trigger ran for somebody: as long as a browser is known.
const RUN_KEPT: i64 = 90 * DAY;

/// What is kept of a trigger as JSON.
#[derive(Serialize, Deserialize)]
struct Settings {
    name: String,
    kind: Kind,
    after: u32,
    #[serde(rename = "rule")]
    conditions: Conditions,
    actions: Vec<Action>,
    pause: Option<u32>,
}

fn of_row(row: &AnyRow) -> Result<Listed> {
    let Settings { name, kind, after, conditions, actions, pause } = serde_json::from_str(row.try_get("settings")?)?;
    let on = row.try_get::<Option<i64>, _>("off_at")?.is_none();
    let trigger = Trigger { id: word(row, "id")?, name, kind, on, after, conditions, actions, pause };
    Ok(Listed { trigger, ran: row.try_get("ran")?, ran_at: row.try_get::<Option<i64>, _>("ran_at")?.map(Moment) })
}

/// Every trigger of a property, in its order.
pub(crate) async fn all(conn: &mut Conn, property: &PropertyId) -> Result<Vec<Listed>> {
    let rows = sqlx::query("select id, settings, off_at, ran, ran_at from trigger where property = $1 order by place, id")
        .bind(property.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(of_row).collect()
}

async fn load(conn: &mut Conn, property: &PropertyId, id: &TriggerId) -> Result<Option<Listed>> {
    let row = sqlx::query("select id, settings, off_at, ran, ran_at from trigger where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(of_row).transpose()
}

/// A trigger ran once more.
async fn count(tx: &mut Tx, property: &PropertyId, id: &TriggerId) -> Result<()> {
    let now = tx.now();
    sqlx::query("update trigger set ran = ran + 1, ran_at = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Notes that a trigger ran for somebody now; false when it did before and its pause is not over.
async fn first_for(tx: &mut Tx, property: &PropertyId, trigger: &Trigger, who: &str) -> Result<bool> {
    let now = tx.now();
    // without a pause nothing is long enough ago
    let before = trigger.pause.map_or(i64::MIN, |hours| now.plus(-i64::from(hours) * HOUR).0);
    let noted = sqlx::query(
        "insert into trigger_run (property, trigger, who, at) values ($1, $2, $3, $4) \
         on conflict (property, trigger, who) do update set at = excluded.at where trigger_run.at <= $5",
    )
    .bind(property.as_str())
    .bind(trigger.id.as_str())
    .bind(who)
    .bind(now.0)
    .bind(before)
    .execute(tx.conn())
    .await?;
    Ok(noted.rows_affected() > 0)
}

/// A trigger as the audit log tells it: without the words it says.
fn told(trigger: &Trigger) -> serde_json::Value {
    let Trigger { name, kind, on, after, conditions, actions, pause, .. } = trigger;
    let deeds: Vec<trigger::Deed> = actions.iter().map(|action| action.deed).collect();
    serde_json::json!({ "name": name, "kind": kind, "on": on, "after": after, "conditions": conditions, "does": deeds, "pause": pause })
}

/// What a trigger is called; one that is not there is refused.
async fn named(tx: &mut Tx, agent: &Agent, id: &TriggerId) -> Result<String> {
    Ok(load(tx.conn(), &agent.property, id).await?.ok_or(Refusal::NotFound)?.trigger.name)
}

/// How many runs one look forgets.
const FORGOTTEN_AT_ONCE: i64 = 500;

/// Forgets for whom triggers ran long ago, the oldest first.
pub(crate) async fn forget_runs(tx: &mut Tx) -> Result<()> {
    let before = tx.now().plus(-RUN_KEPT);
    let old = sqlx::query("select property, trigger, who from trigger_run where at < $1 order by at limit $2")
        .bind(before.0)
        .bind(FORGOTTEN_AT_ONCE)
        .fetch_all(tx.conn())
        .await?;
    for row in &old {
        sqlx::query("delete from trigger_run where property = $1 and trigger = $2 and who = $3")
            .bind(row.try_get::<&str, _>("property")?)
            .bind(row.try_get::<&str, _>("trigger")?)
            .bind(row.try_get::<&str, _>("who")?)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

impl Desk {
    /// Triggers that browsers decide, for the widget's script.
    pub async fn simple_triggers(&self, property: &PropertyId) -> Result<Vec<Simple>> {
        let mut conn = self.db().read().acquire().await?;
        let on = all(&mut conn, property).await?.into_iter().map(|listed| listed.trigger).filter(|trigger| trigger.on);
        Ok(on.filter_map(|trigger| trigger.simple()).collect())
    }
}

impl Agent {
    /// Every trigger, in its order.
    pub async fn list_triggers(&self) -> Result<Vec<Listed>> {
        self.admin()?;
        all(self.desk.db().read().acquire().await?.as_mut(), &self.property).await
    }

    /// Keeps a trigger, new or changed. A new one is the last; its counter begins at nought and is kept by changes.
    pub async fn save_trigger(&self, trigger: Trigger) -> Result<()> {
        self.admin()?;
        let trigger = trigger.check()?;
        self.as_admin(move |tx, agent| Box::pin(async move { agent.keep_trigger(tx, trigger).await })).await
    }

    async fn keep_trigger(&self, tx: &mut Tx, trigger: Trigger) -> Result<((), Option<Deed>)> {
        let others = all(tx.conn(), &self.property).await?;
        let known = others.iter().find(|listed| listed.trigger.id == trigger.id);
        // switching it on and off is another verb: somebody may have done it while this was typed
        let trigger = Trigger { on: known.map_or(trigger.on, |listed| listed.trigger.on), ..trigger };
        let before = known.map(|listed| told(&listed.trigger));
        let deed = Deed::new(Act::TriggerSaved, &trigger.name).changing(changes(&before, &Some(told(&trigger)))?);
        if before.is_none() && others.len() >= TRIGGERS_MOST as usize {
            return Err(Refusal::invalid("name", Why::TooMany(TRIGGERS_MOST)).into());
        }
        for (n, action) in trigger.actions.iter().enumerate().filter(|(_, action)| action.deed == trigger::Deed::Department) {
            let there = sqlx::query("select 1 from department where property = $1 and id = $2")
                .bind(self.property.as_str())
                .bind(&action.value)
                .fetch_optional(tx.conn())
                .await?;
            there.ok_or(Refusal::Invalid { field: format!("action_value.{n}").into(), why: Why::Unknown })?;
        }
        let now = tx.now();
        let off_at = (!trigger.on).then_some(now.0);
        let Trigger { id, name, kind, after, conditions, actions, pause, .. } = trigger;
        sqlx::query(
            "insert into trigger (property, id, place, settings, off_at, ran) values ($1, $2, $3, $4, $5, 0) \
             on conflict (property, id) do update set settings = excluded.settings",
        )
        .bind(self.property.as_str())
        .bind(id.as_str())
        .bind(i64::try_from(others.len()).unwrap_or(i64::MAX))
        .bind(serde_json::to_string(&Settings { name, kind, after, conditions, actions, pause })?)
        .bind(off_at)
        .execute(tx.conn())
        .await?;
        self.changed_triggers(tx).await?;
        Ok(((), Some(deed)))
    }

    /// The script of the widget carries triggers: it is made anew.
    async fn changed_triggers(&self, tx: &mut Tx) -> Result<()> {
        log::append(tx, Happened::new(&self.property, self.author(), What::WidgetChanged)).await?;
        Ok(())
    }

    /// Forgets a trigger.
    pub async fn delete_trigger(&self, id: TriggerId) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let name = named(tx, agent, &id).await?;
                sqlx::query("delete from trigger where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .execute(tx.conn())
                    .await?;
                agent.changed_triggers(tx).await?;
                Ok(((), Some(Deed::new(Act::TriggerDeleted, name))))
            })
        })
        .await
    }

    /// Switches a trigger on or off.
    pub async fn switch_trigger(&self, id: TriggerId, on: bool) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let (now, name) = (tx.now(), named(tx, agent, &id).await?);
                sqlx::query("update trigger set off_at = $3 where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind((!on).then_some(now.0))
                    .execute(tx.conn())
                    .await?;
                agent.changed_triggers(tx).await?;
                Ok(((), Some(Deed::new(Act::TriggerSwitched, name).to(fields([("on", on.to_string())])))))
            })
        })
        .await
    }

    /// Moves a trigger up or down by one place.
    pub async fn move_trigger(&self, id: TriggerId, down: bool) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let name = named(tx, agent, &id).await?;
                let mut ids: Vec<TriggerId> = all(tx.conn(), &agent.property).await?.into_iter().map(|listed| listed.trigger.id).collect();
                let at = ids.iter().position(|known| *known == id).ok_or(Refusal::NotFound)?;
                let to = if down { (at + 1).min(ids.len() - 1) } else { at.saturating_sub(1) };
                ids.swap(at, to);
                for (place, id) in ids.iter().enumerate() {
                    sqlx::query("update trigger set place = $3 where property = $1 and id = $2")
                        .bind(agent.property.as_str())
                        .bind(id.as_str())
                        .bind(i64::try_from(place).unwrap_or(i64::MAX))
                        .execute(tx.conn())
                        .await?;
                }
                agent.changed_triggers(tx).await?;
                Ok(((), Some(Deed::new(Act::TriggerMoved, name).changing(((at + 1).to_string(), (to + 1).to_string())))))
            })
        })
        .await
    }
}
