//! Rules: admins keep them, in an order; each counts how often it ran. Who has them looked at is `reader/rule.rs`; what they are
//! asked with stands in `case`, what they do in `act`, what one would have done in `dry`.

mod act;
mod case;
mod dry;

use model::{
    Moment, PropertyId, Refusal, RuleId, Why,
    audit::Act,
    event::What,
    rule::{Action, Conditions, Listed, RULES_MOST, Rule, Since, When, micros},
};
use serde::{Deserialize, Serialize};
use sqlx::{Row as _, any::AnyRow};

pub(crate) use act::Work;
pub(crate) use case::case;

use crate::{
    Agent, Result,
    audit::{Deed, changes, fields},
    db::{Conn, Tx},
    line::word,
    log::{self, Happened},
    reader,
};

/// What is kept of a rule as JSON.
#[derive(Serialize, Deserialize)]
struct Settings {
    name: String,
    when: When,
    since: Since,
    after: u32,
    conditions: Conditions,
    actions: Vec<Action>,
    stop: bool,
}

fn of_row(row: &AnyRow) -> Result<Listed> {
    let Settings { name, when, since, after, conditions, actions, stop } = serde_json::from_str(row.try_get("settings")?)?;
    let on = row.try_get::<Option<i64>, _>("off_at")?.is_none();
    let rule = Rule { id: word(row, "id")?, name, on, when, since, after, conditions, actions, stop };
    Ok(Listed { rule, ran: row.try_get("ran")?, ran_at: row.try_get::<Option<i64>, _>("ran_at")?.map(Moment) })
}

/// A rule as the audit log tells it: without the words it says.
fn told(rule: &Rule) -> serde_json::Value {
    let Rule { name, on, when, since, after, conditions, actions, stop, .. } = rule;
    let said = |action: &Action| matches!(action.deed, model::rule::Deed::Note | model::rule::Deed::Letter);
    let deeds: Vec<_> = actions
        .iter()
        .map(|action| if said(action) { action.deed.word().to_owned() } else { format!("{} {}", action.deed, action.value) })
        .collect();
    serde_json::json!({
        "name": name, "on": on, "when": when, "since": since, "after": after, "conditions": conditions, "does": deeds, "stop": stop
    })
}

/// Every rule of a property, in its order.
async fn all(conn: &mut Conn, property: &PropertyId) -> Result<Vec<Listed>> {
    let rows = sqlx::query("select id, settings, off_at, ran, ran_at from rule where property = $1 order by place, id")
        .bind(property.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(of_row).collect()
}

/// The rules that are on, of every property that has some, each in their order.
pub(crate) async fn all_on(conn: &mut Conn) -> Result<Vec<(PropertyId, Vec<Rule>)>> {
    let rows =
        sqlx::query("select property, id, settings, off_at, ran, ran_at from rule where off_at is null order by property, place, id")
            .fetch_all(conn)
            .await?;
    let mut all: Vec<(PropertyId, Vec<Rule>)> = vec![];
    for row in &rows {
        let (property, rule) = (word(row, "property")?, of_row(row)?.rule);
        match all.last_mut().filter(|(known, _)| *known == property) {
            Some((_, rules)) => rules.push(rule),
            None => all.push((property, vec![rule])),
        }
    }
    Ok(all)
}

/// A rule ran once more. False when it was switched off or deleted meanwhile: then it does nothing.
pub(crate) async fn count(tx: &mut Tx, property: &PropertyId, id: &RuleId) -> Result<bool> {
    let now = tx.now();
    let counted = sqlx::query("update rule set ran = ran + 1, ran_at = $3 where property = $1 and id = $2 and off_at is null")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(counted.rows_affected() == 1)
}

impl Agent {
    /// Every rule, in its order.
    pub async fn list_rules(&self) -> Result<Vec<Listed>> {
        self.admin()?;
        all(self.desk.db().read().acquire().await?.as_mut(), &self.property).await
    }

    /// Keeps a rule, new or changed. A new one is the last; its counter begins at nought and is kept by changes.
    pub async fn save_rule(&self, rule: Rule) -> Result<()> {
        self.admin()?;
        let rule = rule.check()?;
        self.as_admin(move |tx, agent| Box::pin(async move { agent.keep_rule(tx, rule).await })).await
    }

    async fn keep_rule(&self, tx: &mut Tx, rule: Rule) -> Result<((), Option<Deed>)> {
        let others: Vec<Rule> = all(tx.conn(), &self.property).await?.into_iter().map(|listed| listed.rule).collect();
        let before = others.iter().find(|other| other.id == rule.id);
        let deed = Deed::new(Act::RuleSaved, &rule.name).changing(changes(&before.map(told), &Some(told(&rule)))?);
        if before.is_none() && others.len() >= RULES_MOST as usize {
            return Err(Refusal::invalid("name", Why::TooMany(RULES_MOST)).into());
        }
        for (n, action) in rule.actions.iter().enumerate() {
            let Some(assignee) = action.assignee() else { continue };
            let there = self.desk.assignee_name(&self.property, &assignee).await;
            there.map_err(|error| match error {
                crate::Error::Refused(_) => Refusal::Invalid { field: format!("action_value.{n}").into(), why: Why::Unknown }.into(),
                fault @ crate::Error::Fault(_) => fault,
            })?;
        }
        // switching it on and off is another verb: somebody may have done it while this was typed
        let rule = Rule { on: before.map_or(rule.on, |before| before.on), ..rule };
        let looked = before.filter(|before| before.on);
        if rule.on && looked.map(Rule::occasion) != Some(rule.occasion()) {
            self.look_from_now(tx, &others, (looked, &rule)).await?;
        }
        let now = tx.now();
        let off_at = (!rule.on).then_some(now.0);
        let Rule { id, name, when, since, after, conditions, actions, stop, .. } = rule;
        sqlx::query(
            "insert into rule (property, id, place, settings, off_at, ran) values ($1, $2, $3, $4, $5, 0) \
             on conflict (property, id) do update set settings = excluded.settings",
        )
        .bind(self.property.as_str())
        .bind(id.as_str())
        .bind(i64::try_from(others.len()).unwrap_or(i64::MAX))
        .bind(serde_json::to_string(&Settings { name, when, since, after, conditions, actions, stop })?)
        .bind(off_at)
        .execute(tx.conn())
        .await?;
        self.changed_rules(tx).await?;
        Ok(((), Some(deed)))
    }

    /// A rule that begins to look leaves alone what lies behind: it begins at the log's end, or as far before it as time has to pass.
    /// The readers' places are moved before the rule's row, in the order in which their readers take them.
    async fn look_from_now(&self, tx: &mut Tx, others: &[Rule], (before, rule): (Option<&Rule>, &Rule)) -> Result<()> {
        if rule.when == When::Passed {
            let (until, reader) = (tx.now().plus(-micros(rule.after)), reader::of_rule(&rule.id));
            let mut place = log::last_until(tx.conn(), &self.property, until).await?;
            if before.is_some_and(|before| (before.when, before.since) == (rule.when, rule.since)) {
                // given more time, it does not run again where it ran
                place = place.max(reader::place_of(tx.conn(), &reader, &self.property).await?);
            }
            return reader::put(tx, &reader, &self.property, place).await;
        }
        // others that look at what happens have kept the place where it is
        if others.iter().any(|other| other.on && other.when != When::Passed && other.id != rule.id) {
            return Ok(());
        }
        let head = log::head(tx.conn(), &self.property).await?;
        reader::put(tx, reader::RULES, &self.property, head).await
    }

    async fn changed_rules(&self, tx: &mut Tx) -> Result<()> {
        log::append(tx, Happened::new(&self.property, self.author(), What::RulesChanged)).await?;
        Ok(())
    }

    /// Forgets a rule. What it did stays, with its name.
    pub async fn delete_rule(&self, id: RuleId) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                reader::forget(tx, &reader::of_rule(&id), &agent.property).await?;
                let row = sqlx::query("delete from rule where property = $1 and id = $2 returning id, settings, off_at, ran, ran_at")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                let name = of_row(&row.ok_or(Refusal::NotFound)?)?.rule.name;
                agent.changed_rules(tx).await?;
                Ok(((), Some(Deed::new(Act::RuleDeleted, name))))
            })
        })
        .await
    }

    /// Switches a rule on or off.
    pub async fn switch_rule(&self, id: RuleId, on: bool) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let known: Vec<Rule> = all(tx.conn(), &agent.property).await?.into_iter().map(|listed| listed.rule).collect();
                let rule = known.iter().find(|rule| rule.id == id).ok_or(Refusal::NotFound)?;
                if rule.on == on {
                    return Ok(((), None));
                }
                if on {
                    agent.look_from_now(tx, &known, (None, rule)).await?;
                }
                let now = tx.now();
                sqlx::query("update rule set off_at = $3 where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind((!on).then_some(now.0))
                    .execute(tx.conn())
                    .await?;
                agent.changed_rules(tx).await?;
                Ok(((), Some(Deed::new(Act::RuleSwitched, &rule.name).to(fields([("on", on.to_string())])))))
            })
        })
        .await
    }

    /// Moves a rule up or down by one place.
    pub async fn move_rule(&self, id: RuleId, down: bool) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let mut rules = all(tx.conn(), &agent.property).await?;
                let at = rules.iter().position(|known| known.rule.id == id).ok_or(Refusal::NotFound)?;
                let to = if down { (at + 1).min(rules.len() - 1) } else { at.saturating_sub(1) };
                rules.swap(at, to);
                for (place, listed) in rules.iter().enumerate() {
                    sqlx::query("update rule set place = $3 where property = $1 and id = $2")
                        .bind(agent.property.as_str())
                        .bind(listed.rule.id.as_str())
                        .bind(i64::try_from(place).unwrap_or(i64::MAX))
                        .execute(tx.conn())
                        .await?;
                }
                agent.changed_rules(tx).await?;
                let moved = ((at + 1).to_string(), (to + 1).to_string());
                Ok(((), Some(Deed::new(Act::RuleMoved, &rules[to].rule.name).changing(moved))))
            })
        })
        .await
    }
}
