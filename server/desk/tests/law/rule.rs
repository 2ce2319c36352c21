//! Rules: what they do is told as what agents do.

use desk::Agent;
use model::{
    Assignee, RuleId,
    conversation::Status,
    moment::{HOUR, SECOND},
    rule::{Action, Conditions, Deed, Rule, Since, When},
    ticket::TicketForm,
};

use crate::{contract, form};

fn rule(when: When, actions: &[(Deed, &str)]) -> Rule {
    Rule {
        id: RuleId::new(),
        name: "A rule".into(),
        on: true,
        when,
        since: Since::Status,
        after: 60,
        conditions: Conditions::default(),
        actions: actions.iter().map(|(deed, value)| Action { deed: *deed, value: (*value).into() }).collect(),
        stop: false,
    }
}

contract!(what_rules_do_keeps_the_law, |ground| async {
    let shop = ground.shop().await;
    let marta: Agent = shop.marta.clone();
    let billing = Assignee::Department(shop.billing.clone()).to_string();
    let created = rule(
        When::Created,
        &[
            (Deed::Assign, &billing),
            (Deed::Turn, shop.billing.as_str()),
            (Deed::Tag, "new"),
            (Deed::Untag, "refund"),
            (Deed::Priority, "high"),
            (Deed::Note, "Noted by a rule"),
            (Deed::Letter, "Hello {name}"),
        ],
    );
    step!(ground, shop, "keeping a rule", marta.save_rule(created.clone()));
    step!(ground, shop, "keeping another", marta.save_rule(rule(When::Passed, &[(Deed::Status, "closed")])));
    step!(ground, shop, "moving it", marta.move_rule(created.id.clone(), true));
    let other = TicketForm { email: "kenji@example.org".into(), assignee: "nobody".into(), ..form("Refund") };
    let id = marta.open_ticket(other.check().unwrap()).await.unwrap();
    step!(ground, shop, "the rule reader", ground.follow_rules(&|_| vec![]));
    step!(ground, shop, "the mail reader", ground.follow_mail());
    marta.set_status(vec![id.clone()], Status::Solved).await.unwrap();
    ground.clock.pass(2 * HOUR);
    step!(ground, shop, "a rule that waited", ground.follow_rules(&|_| vec![]));
    let line = marta.open_thread(id).await.unwrap().line;
    assert_eq!((line.status, line.tags.iter().any(|tag| tag == "new")), (Status::Closed, true), "both ran");
    step!(ground, shop, "switching it off", marta.switch_rule(created.id.clone(), false));
    step!(ground, shop, "forgetting it", marta.delete_rule(created.id));
    assert_eq!(crate::common::recounted(&marta).await, crate::common::tallies(&ground, &marta).await);
});
