//! Conditions, actions and rules as they are typed. Rows that nothing was typed into are none; what is wrong is named by its row.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Action, Condition, Conditions, Deed, GROUPS_MOST, Group, Rule, Since, Subject, Takes, When};
use crate::{Refusal, RuleId, Why};

/// A condition as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConditionForm {
    /// Its group, from 1; empty or 0 for none.
    pub group: String,
    /// Word of the subject.
    pub subject: String,
    /// Name of the attribute.
    pub name: String,
    /// Word of the test.
    pub test: String,
    /// With what it is compared, when that is typed.
    pub value: String,
    /// And when it is chosen.
    pub choice: String,
}

/// An action as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActionForm {
    /// Word of the deed; empty for none.
    pub deed: String,
    /// What it says, or puts on.
    pub value: String,
    /// What it is done with, when that is chosen.
    pub choice: String,
}

impl ActionForm {
    /// What it is done with.
    pub fn value(self, takes: Takes) -> String {
        match takes {
            Takes::Words => self.value,
            Takes::Choice(choice) => choice.value(&self.choice).to_owned(),
            Takes::Nothing => String::new(),
        }
    }
}

/// Conditions as typed: `any` of those in no group, `groups` of each group, and the rows.
pub fn read_conditions(about: &[Subject], any: &str, groups: &[String], rows: Vec<ConditionForm>) -> Result<Conditions, Refusal> {
    if groups.len() > GROUPS_MOST as usize {
        return Err(Refusal::invalid("conditions", Why::TooMany(GROUPS_MOST)));
    }
    let group = |any: &String| Group { any: any == "any", conditions: vec![] };
    let mut read = Conditions { any: any == "any", conditions: vec![], groups: groups.iter().map(group).collect() };
    let unknown = |()| Refusal::invalid("conditions", Why::Unknown);
    for (n, form) in rows.into_iter().enumerate() {
        let subject: Subject = form.subject.parse().map_err(unknown)?;
        let value = subject.choice().map_or(form.value.as_str(), |choice| choice.value(&form.choice));
        if value.trim().is_empty() && form.name.trim().is_empty() {
            continue;
        }
        let mut condition =
            Condition { subject, test: form.test.parse().map_err(unknown)?, value: value.to_owned(), name: form.name.clone() };
        condition.check(n, about)?;
        match form.group.trim().parse::<usize>().unwrap_or(0).checked_sub(1) {
            None => read.conditions.push(condition),
            Some(at) => read.groups.get_mut(at).ok_or(Refusal::invalid("conditions", Why::Unknown))?.conditions.push(condition),
        }
    }
    Ok(read)
}

/// A rule as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    /// Identity, or empty for a new one.
    pub id: String,
    /// Name.
    pub name: String,
    /// `off` when it is switched off.
    pub on: String,
    /// Word of when it looks.
    pub when: String,
    /// Word of the moment that time passes since.
    pub since: String,
    /// How much time.
    pub after: String,
    /// In which unit: minutes of one.
    pub unit: String,
    /// `any` when one condition is enough.
    pub any: String,
    /// Conditions.
    pub conditions: Vec<ConditionForm>,
    /// `any` of each group of which one condition is enough.
    pub groups: Vec<String>,
    /// Actions.
    pub actions: Vec<ActionForm>,
    /// `stop` when no rule after it looks.
    pub stop: String,
}

impl RuleForm {
    /// Reads every field; what the values may be is checked when it is kept.
    pub fn read(self) -> Result<Rule, Refusal> {
        let unknown = |field| move |()| Refusal::invalid(field, Why::Unknown);
        let when: When = self.when.parse().map_err(unknown("when"))?;
        let (mut since, mut after) = (Since::Created, 0);
        if when == When::Passed {
            since = self.since.parse().map_err(unknown("since"))?;
            let n = self.after.trim().parse::<u32>().ok().zip(self.unit.parse::<u32>().ok());
            after = n.and_then(|(n, unit)| n.checked_mul(unit)).ok_or(Refusal::invalid("after", Why::Unknown))?;
        }
        let mut actions = vec![];
        for (n, form) in self.actions.into_iter().enumerate() {
            // a new row begins with the first deed
            let untouched = form.deed == Deed::ALL[0].word() && form.choice.is_empty() && form.value.trim().is_empty();
            if form.deed.is_empty() || untouched {
                continue;
            }
            let deed: Deed = form.deed.parse().map_err(unknown("actions"))?;
            let mut action = Action { deed, value: form.value(deed.takes()) };
            action.check().map_err(|why| Refusal::Invalid { field: Cow::Owned(format!("action_value.{n}")), why })?;
            actions.push(action);
        }
        Ok(Rule {
            id: if self.id.is_empty() { RuleId::new() } else { self.id.parse().map_err(|_| Refusal::NotFound)? },
            name: self.name,
            on: self.on != "off",
            when,
            since,
            after,
            conditions: read_conditions(Subject::OF_CONVERSATIONS, &self.any, &self.groups, self.conditions)?,
            actions,
            stop: self.stop == "stop",
        })
    }
}
