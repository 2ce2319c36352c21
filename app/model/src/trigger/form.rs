//! A trigger as it is typed. Rows that nothing was typed into are none.

use serde::{Deserialize, Serialize};

use super::{Action, Deed, Kind, Trigger};
use crate::{
    Refusal, TriggerId, Why,
    rule::{ActionForm, ConditionForm, Subject, read_conditions},
};

/// A trigger as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TriggerForm {
    /// Identity, or empty for a new one.
    pub id: String,
    /// Name.
    pub name: String,
    /// Word of its kind.
    pub kind: String,
    /// `off` when it is switched off.
    pub on: String,
    /// Seconds after a chat began.
    pub after: String,
    /// `any` when one condition is enough.
    pub any: String,
    /// Conditions.
    pub conditions: Vec<ConditionForm>,
    /// `any` of each group of which one condition is enough.
    pub groups: Vec<String>,
    /// Actions.
    pub actions: Vec<ActionForm>,
    /// Hours of the pause; 0 for once.
    pub pause: String,
}

impl TriggerForm {
    /// Reads every field; what the values may be is checked when it is kept.
    pub fn read(self) -> Result<Trigger, Refusal> {
        let unknown = |field| move |()| Refusal::invalid(field, Why::Unknown);
        let number = |field, text: &str| match text.trim() {
            "" => Ok(0),
            text => text.parse::<u32>().map_err(|_| Refusal::invalid(field, Why::Unknown)),
        };
        let action = |form: ActionForm| {
            let deed: Deed = form.deed.parse().map_err(unknown("actions"))?;
            Ok(Action { deed, value: form.value(deed.takes()) })
        };
        let said = |form: &ActionForm| !form.deed.is_empty() && (!form.value.trim().is_empty() || form.deed != Deed::Say.word());
        let kind: Kind = self.kind.parse().map_err(unknown("kind"))?;
        let pause = number("pause", &self.pause)?;
        Ok(Trigger {
            id: if self.id.is_empty() { TriggerId::new() } else { self.id.parse().map_err(|_| Refusal::NotFound)? },
            name: self.name,
            kind,
            on: self.on != "off",
            after: if kind == Kind::Rescue { number("after", &self.after)? } else { 0 },
            conditions: read_conditions(Subject::OF_VISITS, &self.any, &self.groups, self.conditions)?,
            actions: self.actions.into_iter().filter(said).map(action).collect::<Result<_, Refusal>>()?,
            pause: (pause > 0).then_some(pause),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Test;

    #[test]
    fn empty_rows_are_none_and_words_are_read() {
        let condition = |subject: &str, value: &str| ConditionForm {
            subject: subject.into(),
            test: "like".into(),
            value: value.into(),
            ..ConditionForm::default()
        };
        let action = |deed: &str, value: &str, choice: &str| ActionForm { deed: deed.into(), value: value.into(), choice: choice.into() };
        let form = TriggerForm {
            name: "A".into(),
            kind: "page".into(),
            any: "any".into(),
            pause: "24".into(),
            conditions: vec![condition("page", "/a"), condition("page", " ")],
            actions: vec![
                action("say", "Hello", "x"),
                action("say", "", ""),
                action("department", "ignored", "department:d"),
                action("", "x", ""),
                action("invite", "", ""),
            ],
            ..TriggerForm::default()
        };
        let read = form.clone().read().unwrap();
        assert_eq!((read.on, read.pause, read.conditions.any, read.conditions.conditions.len()), (true, Some(24), true, 1));
        assert_eq!((read.conditions.conditions[0].subject, read.conditions.conditions[0].test), (Subject::Page, Test::Like));
        let did: Vec<_> = read.actions.iter().map(|action| (action.deed, action.value.as_str())).collect();
        assert_eq!(did, [(Deed::Say, "Hello"), (Deed::Department, "d"), (Deed::Invite, "")]);
        let wrong = |form: TriggerForm| form.read().unwrap_err().field().map(ToOwned::to_owned);
        assert_eq!(wrong(TriggerForm { kind: "never".into(), ..form.clone() }).as_deref(), Some("kind"));
        assert_eq!(wrong(TriggerForm { pause: "soon".into(), ..form.clone() }).as_deref(), Some("pause"));
        assert_eq!(wrong(TriggerForm { kind: "rescue".into(), after: "-1".into(), ..form }).as_deref(), Some("after"));
    }
}
