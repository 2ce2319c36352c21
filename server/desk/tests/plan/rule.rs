//! The walk through rules: kept, tried, looked at by what happens and by time, with everything that they can ask and do.

use desk::{Agent, Desk};
use model::{
    Assignee, RuleId,
    conversation::Status,
    moment::{HOUR, MINUTE},
    rule::{Action, Condition, Conditions, Deed, Rule, Since, Subject, Test, When},
};

use crate::{
    common::{Ground, ticket, words},
    world::World,
};

fn rule(when: When, since: Since, department: &str) -> Rule {
    let on = |subject, test, value: &str| Condition { subject, test, value: value.into(), name: String::new() };
    let conditions = vec![
        on(Subject::First, Test::Lacks, "nothing like it"),
        on(Subject::Channel, Test::IsNot, "chat"),
        on(Subject::Department, Test::IsNot, RuleId::new().as_str()),
        on(Subject::Hours, Test::Is, "open"),
        on(Subject::Tag, Test::IsNot, "none-such"),
    ];
    let action = |deed, value: &str| Action { deed, value: value.into() };
    let actions = vec![
        action(Deed::Turn, department),
        action(Deed::LeastBusy, department),
        action(Deed::Tag, when.word()),
        action(Deed::Note, "Noted"),
        action(Deed::Letter, "Hello {name}"),
    ];
    let conditions = Conditions { conditions, ..Conditions::default() };
    Rule { id: RuleId::new(), name: "A rule".into(), on: true, when, since, after: 30, conditions, actions, stop: false }
}

/// All of it.
pub async fn all(ground: &Ground, desk: &Desk, marta: &Agent, world: &World) {
    let occasions = When::ALL.iter().filter(|when| **when != When::Passed).map(|when| (*when, Since::Created));
    for (when, since) in occasions.chain(Since::ALL.iter().map(|since| (When::Passed, *since))) {
        let rule = rule(when, since, world.department.as_str());
        marta.try_rule(rule.clone()).await.expect("tried");
        marta.save_rule(rule).await.expect("kept");
    }
    let id = ticket(marta, "A rule looks at it", Assignee::Nobody).await;
    marta.reply(id.clone(), words("Hello")).await.expect("said");
    marta.set_status(vec![id.clone()], Status::Pending).await.expect("pending");
    for _ in 0..3 {
        ground.clock.pass(20 * MINUTE);
        for _ in 0..40 {
            if !desk.follow_rules(&|_| vec![]).await.expect("followed") {
                break;
            }
        }
    }
    while desk.follow_mail().await.expect("followed") {}
    ground.clock.pass(HOUR);
    let listed = marta.list_rules().await.expect("rules");
    assert!(listed.iter().any(|one| one.ran > 0), "some ran");
    for one in listed {
        marta.move_rule(one.rule.id.clone(), false).await.expect("moved");
        marta.switch_rule(one.rule.id.clone(), false).await.expect("switched off");
        marta.switch_rule(one.rule.id.clone(), true).await.expect("switched on");
        marta.delete_rule(one.rule.id).await.expect("gone");
    }
}
