//! Rules that wait until time has passed since a moment: once for each cause, only while it stands, and nothing of before.

use model::{
    Assignee,
    conversation::Status,
    message::Happening,
    moment::{DAY, HOUR, MINUTE, SECOND},
    rule::{Conditions, Deed, Rule, Since, Subject, Test, When},
};

use super::{Ground, Shop, deed, on, ran, rule, thread, told};
use crate::{
    common::{chat_form, said, ticket, words},
    contract,
    post::{Mail, joanas, last, nobody, receive},
};

fn after(since: Since, minutes: u32) -> Rule {
    Rule { since, after: minutes, ..rule(When::Passed, vec![], vec![deed(Deed::Note, since.word())]) }
}

async fn look(ground: &Ground, micros: i64) {
    ground.clock.pass(micros);
    ground.look().await;
}

contract!(time_since_it_was_made_passes_once, |ground| async {
    let shop = ground.shop().await;
    let old = ticket(&shop.marta, "Old", Assignee::Nobody).await;
    look(&ground, 2 * HOUR).await;
    let young = ticket(&shop.marta, "Young", Assignee::Nobody).await;
    look(&ground, 30 * MINUTE).await;
    shop.marta.save_rule(after(Since::Created, 60)).await.unwrap();
    look(&ground, 29 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [0]);
    look(&ground, 2 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [1], "what was made within the hour before");
    let seen = thread(&shop, &young).await;
    assert_eq!(told(&seen)[0].1, ["1 hour since it was made"]);
    for _ in 0..5 {
        look(&ground, HOUR).await;
    }
    assert_eq!(ran(&shop.marta).await, [1], "once");
    assert!(told(&thread(&shop, &old).await).is_empty(), "what was overdue already is left alone");
    // off and on again: what became due meanwhile is left alone, too
    let id = shop.marta.list_rules().await.unwrap()[0].rule.id.clone();
    shop.marta.switch_rule(id.clone(), false).await.unwrap();
    ticket(&shop.marta, "Meanwhile", Assignee::Nobody).await;
    look(&ground, 2 * HOUR).await;
    shop.marta.switch_rule(id, true).await.unwrap();
    look(&ground, 2 * HOUR).await;
    assert_eq!(ran(&shop.marta).await, [1]);
});

contract!(who_waits_is_seen_while_they_wait, |ground| async {
    let shop: Shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    shop.marta.save_rule(after(Since::Waiting, 10)).await.unwrap();
    shop.marta.save_rule(after(Since::Answered, 10)).await.unwrap();
    shop.marta.save_rule(after(Since::Replied, 10)).await.unwrap();
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    look(&ground, 4 * MINUTE).await;
    visitor.say(chat.clone(), said("Anybody?")).await.unwrap();
    look(&ground, 7 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [1, 0, 0], "waiting since the first words; last written less than ten minutes ago");
    look(&ground, 4 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [1, 1, 0]);
    visitor.say(chat.clone(), said("Hello?")).await.unwrap();
    look(&ground, 11 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [1, 2, 0], "still the same waiting, and new last words");
    shop.rui.reply(chat.clone(), words("Here")).await.unwrap();
    look(&ground, 5 * MINUTE).await;
    visitor.say(chat.clone(), said("At last")).await.unwrap();
    look(&ground, 6 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [1, 2, 1]);
    shop.rui.reply(chat.clone(), words("What is it?")).await.unwrap();
    look(&ground, 20 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [1, 3, 2], "answered in time: nobody waited for ten minutes");
});

contract!(what_is_solved_is_closed_later_unless_it_changed, |ground| async {
    let shop = ground.shop().await;
    let close = Rule {
        since: Since::Status,
        after: 4 * 24 * 60,
        conditions: Conditions { conditions: vec![on(Subject::Status, Test::Is, "solved")], ..Conditions::default() },
        ..rule(When::Passed, vec![], vec![deed(Deed::Status, "closed")])
    };
    shop.marta.save_rule(close).await.unwrap();
    let (a, b) = (ticket(&shop.marta, "A", Assignee::Nobody).await, ticket(&shop.marta, "B", Assignee::Nobody).await);
    shop.marta.set_status(vec![a.clone(), b.clone()], Status::Solved).await.unwrap();
    look(&ground, 3 * DAY).await;
    shop.marta.set_status(vec![b.clone()], Status::Open).await.unwrap();
    shop.marta.set_status(vec![b.clone()], Status::Solved).await.unwrap();
    look(&ground, DAY + SECOND).await;
    assert_eq!((thread(&shop, &a).await.line.status, thread(&shop, &b).await.line.status), (Status::Closed, Status::Solved));
    look(&ground, 3 * DAY).await;
    assert_eq!(thread(&shop, &b).await.line.status, Status::Closed);
    let last = thread(&shop, &b).await.messages.into_iter().filter_map(|message| message.happened).next_back();
    assert_eq!(last, Some(Happening::Status { to: Status::Closed }));
    assert_eq!(ran(&shop.marta).await, [2]);
    // a desk that was away does it when it is back
    let c = ticket(&shop.marta, "C", Assignee::Nobody).await;
    shop.marta.set_status(vec![c.clone()], Status::Solved).await.unwrap();
    ground.clock.pass(30 * DAY);
    let back = ground.another_desk().await;
    while back.follow_rules(&|_| vec![]).await.unwrap() {}
    assert_eq!(thread(&shop, &c).await.line.status, Status::Closed);
    back.close().await;
});

contract!(a_stranger_who_is_let_through_has_written_once, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    ground.clock.pass(2 * HOUR);
    shop.marta.save_rule(after(Since::Answered, 60)).await.unwrap();
    receive(&ground, &address, &Mail::new("stranger@x.example", &address, "Re: Late order", "It is mine"), &nobody()).await;
    look(&ground, 20 * MINUTE).await;
    shop.marta.approve(last(&shop, &id).await.id).await.unwrap();
    look(&ground, 41 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [0], "an hour since the mail, not since it was let through");
    look(&ground, 20 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [1]);
    look(&ground, 3 * HOUR).await;
    assert_eq!(ran(&shop.marta).await, [1], "once");
});

contract!(who_waits_in_another_ticket_by_now_still_waits, |ground| async {
    let shop = ground.shop().await;
    let (first, _) = joanas(&ground, &shop).await;
    ground.clock.pass(MINUTE);
    shop.marta.reply(first.clone(), words("It is on its way")).await.unwrap();
    shop.marta.save_rule(after(Since::Waiting, 240)).await.unwrap();
    ground.clock.pass(MINUTE);
    let (second, _) = joanas(&ground, &shop).await;
    look(&ground, HOUR).await;
    let number = thread(&shop, &first).await.line.number.unwrap();
    shop.marta.merge_ticket(second, number).await.unwrap();
    assert!(thread(&shop, &first).await.line.waiting_since.is_some());
    look(&ground, 4 * HOUR).await;
    assert_eq!(ran(&shop.marta).await, [1]);
    assert_eq!(told(&thread(&shop, &first).await).len(), 1);
});

contract!(more_time_does_not_make_a_rule_run_again, |ground| async {
    let shop = ground.shop().await;
    let rule = after(Since::Created, 10);
    shop.marta.save_rule(rule.clone()).await.unwrap();
    ticket(&shop.marta, "One", Assignee::Nobody).await;
    look(&ground, 11 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [1]);
    shop.marta.save_rule(Rule { after: 60, ..rule }).await.unwrap();
    look(&ground, 2 * HOUR).await;
    assert_eq!(ran(&shop.marta).await, [1]);
    ticket(&shop.marta, "Two", Assignee::Nobody).await;
    look(&ground, 61 * MINUTE).await;
    assert_eq!(ran(&shop.marta).await, [2], "and goes on with what comes");
});
