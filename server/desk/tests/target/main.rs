//! Targets: admins keep them; each ticket knows what is due next, in whatever way it changes; time and changed targets reach tickets that
//! nobody touches.

#[path = "../common/mod.rs"]
mod common;
#[path = "../mail/post.rs"]
#[expect(dead_code, reason = "the stories of mail use all of it")]
mod post;

use common::{Ground, Shop, chat_form, recounted, refused, tallies, ticket, words};
use desk::Agent;
use model::{
    Assignee, ConversationId, Language, Refusal,
    conversation::{Folder, Line, Priority, Status},
    hours::{Hours, Span},
    moment::{DAY, HOUR, MINUTE},
    target::{Owed, Targets},
    view::{Sort, View},
};
use post::{Mail, nobody, receive};

/// Medium: an answer within four hours, solved within a day. Highest: an answer within half an hour.
fn targets() -> Targets {
    Targets { always: true, reply: [None, None, Some(240), None, Some(30)], resolution: [None, None, Some(24 * 60), None, None] }
}

impl Ground {
    /// Lets time pass, and the clock tick until nothing is left to be told.
    async fn tick(&self, micros: i64) {
        self.clock.pass(micros);
        while self.clock_tick().await.expect("ticked") > 0 {}
    }
}

/// A customer's mail to the property; the ticket it opened.
async fn written(ground: &Ground, shop: &Shop, subject: &str) -> ConversationId {
    let to = shop.marta.roster().await.unwrap().property.forwarding_address;
    receive(ground, &to, &Mail::new("ana@example.com", &to, subject, "Where is it?"), &nobody()).await;
    let all = shop.marta.list_inbox(View { status: None, ..View::default() }).await.unwrap();
    all.rows.into_iter().find(|row| row.line.subject == subject).expect("a ticket").line.id
}

/// The customer writes once more.
async fn answered(ground: &Ground, shop: &Shop, id: &ConversationId) {
    let to = shop.marta.open_thread(id.clone()).await.unwrap().reply_address;
    receive(ground, &to, &Mail::new("ana@example.com", &to, "Re: it", "And now?"), &nobody()).await;
}

async fn line(agent: &Agent, id: &ConversationId) -> Line {
    agent.open_thread(id.clone()).await.expect("opened").line
}

/// What is due, and in which time from now; whether that is soon.
async fn due(ground: &Ground, shop: &Shop, id: &ConversationId) -> Option<(Owed, i64, bool)> {
    let now = ground.clock.now();
    line(&shop.marta, id).await.due.map(|due| (due.what, due.at.since(now), due.soon))
}

/// Subjects of a view's lines, in its order.
async fn listed(shop: &Shop, view: &View) -> Vec<String> {
    let inbox = shop.marta.list_inbox(view.clone()).await.unwrap();
    assert_eq!(inbox.total(), Some(i64::try_from(inbox.rows.len()).unwrap()), "counted");
    inbox.rows.into_iter().map(|row| row.line.subject).collect()
}

fn soon() -> View {
    View { soon: true, status: None, sort: Sort::Due, ..View::default() }
}

contract!(admins_keep_targets_for_their_property_alone, |ground| async {
    let shop = ground.shop().await;
    assert_eq!(shop.marta.targets().await.unwrap(), Targets::default());
    assert_eq!(refused(shop.rui.targets().await), Refusal::Forbidden);
    assert_eq!(refused(shop.rui.set_targets(targets()).await), Refusal::Forbidden);
    shop.marta.set_targets(targets()).await.unwrap();
    assert_eq!(shop.marta.targets().await.unwrap(), targets());
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(olga.targets().await.unwrap(), Targets::default());
    let theirs = ticket(&olga, "Theirs", Assignee::Nobody).await;
    ground.tick(0).await;
    assert_eq!(line(&olga, &theirs).await.due, None);
});

contract!(a_ticket_knows_what_is_due_next, |ground| async {
    let shop = ground.shop().await;
    shop.marta.set_targets(targets()).await.unwrap();
    let id = written(&ground, &shop, "Late").await;
    let due = || due(&ground, &shop, &id);
    assert_eq!(due().await, Some((Owed::Reply, 4 * HOUR, false)));
    ground.clock.pass(HOUR);
    answered(&ground, &shop, &id).await;
    assert_eq!(due().await, Some((Owed::Reply, 3 * HOUR, false)), "since the first words that wait");
    shop.rui.note(id.clone(), words("I look")).await.unwrap();
    assert_eq!(due().await, Some((Owed::Reply, 3 * HOUR, false)), "a note is no answer");
    shop.rui.reply(id.clone(), words("Here it is")).await.unwrap();
    assert_eq!(due().await, Some((Owed::Resolution, 23 * HOUR, false)));
    ground.clock.pass(HOUR);
    answered(&ground, &shop, &id).await;
    assert_eq!(due().await, Some((Owed::Reply, 4 * HOUR, false)), "anew");
    shop.marta.set_priority(vec![id.clone()], Priority::Highest).await.unwrap();
    assert_eq!(due().await, Some((Owed::Reply, 30 * MINUTE, true)));
    shop.marta.set_priority(vec![id.clone()], Priority::Low).await.unwrap();
    assert_eq!(due().await, None);
    shop.marta.set_priority(vec![id.clone()], Priority::Medium).await.unwrap();
    // two hours have passed; they stay passed while the customer has the next move
    shop.rui.reply(id.clone(), model::ticket::Words { status: Some(Status::Pending), ..words("Which one?") }).await.unwrap();
    assert_eq!(due().await, None);
    ground.clock.pass(9 * HOUR);
    answered(&ground, &shop, &id).await;
    shop.rui.reply(id.clone(), words("That one")).await.unwrap();
    assert_eq!(due().await, Some((Owed::Resolution, 22 * HOUR, false)));
    shop.marta.snooze(id.clone(), ground.clock.now().plus(HOUR)).await.unwrap();
    ground.tick(2 * HOUR).await;
    assert_eq!(due().await, Some((Owed::Resolution, 20 * HOUR, false)), "sleep is ours");
    for folder in [Folder::Spam, Folder::Inbox] {
        shop.marta.move_to(vec![id.clone()], folder).await.unwrap();
        assert_eq!(due().await, (folder == Folder::Inbox).then_some((Owed::Resolution, 20 * HOUR, false)));
        ground.clock.pass(if folder == Folder::Spam { DAY } else { 0 });
    }
    shop.marta.set_status(vec![id.clone()], Status::Solved).await.unwrap();
    assert_eq!(due().await, None);
    ground.clock.pass(DAY);
    shop.marta.set_status(vec![id.clone()], Status::Open).await.unwrap();
    assert_eq!(due().await, Some((Owed::Resolution, DAY, false)), "anew");
    assert_eq!(tallies(&ground, &shop.marta).await, recounted(&shop.marta).await);
});

contract!(tickets_by_agents_and_parts_of_tickets_are_due_and_chats_are_not, |ground| async {
    let shop = ground.shop().await;
    shop.marta.set_targets(targets()).await.unwrap();
    let own = ticket(&shop.marta, "Ours", Assignee::Nobody).await;
    assert_eq!(due(&ground, &shop, &own).await, Some((Owed::Resolution, DAY, false)), "nobody waits for an answer");
    let chat = ground.visit(&shop.marta).await.start_chat(chat_form("Hello")).await.unwrap();
    assert_eq!(due(&ground, &shop, &chat).await, None);
    let id = written(&ground, &shop, "Two things").await;
    ground.clock.pass(HOUR);
    answered(&ground, &shop, &id).await;
    let said = shop.marta.open_thread(id.clone()).await.unwrap().messages.pop().unwrap().id;
    let part = shop.marta.split_ticket(said, "The second").await.unwrap();
    assert_eq!(due(&ground, &shop, &part).await, Some((Owed::Reply, 4 * HOUR, false)), "since the words that went there");
    assert_eq!(due(&ground, &shop, &id).await, Some((Owed::Reply, 3 * HOUR, false)));
    let number = line(&shop.marta, &own).await.number.unwrap();
    shop.marta.merge_ticket(part.clone(), number).await.unwrap();
    assert_eq!(line(&shop.marta, &part).await.due, None);
    assert_eq!(due(&ground, &shop, &own).await.map(|(owed, ..)| owed), Some(Owed::Reply), "the words wait there");
    assert_eq!(tallies(&ground, &shop.marta).await, recounted(&shop.marta).await);
});

contract!(targets_pass_in_the_opening_hours_of_the_property, |ground| async {
    let shop = ground.shop().await;
    shop.marta.set_targets(Targets { always: false, ..targets() }).await.unwrap();
    // it is Monday, 12:00 in Lisbon: open until 14:00, and on Tuesday from 09:00
    let mut hours = Hours { always: false, ..Hours::default() };
    hours.days[0] = vec![Span { from: 9 * 60, to: 14 * 60 }];
    hours.days[1] = vec![Span { from: 9 * 60, to: 17 * 60 }];
    let opened = hours.clone();
    shop.marta.change_widget(move |widget| Ok(model::widget::Widget { hours: opened, ..widget })).await.unwrap();
    let id = written(&ground, &shop, "Late").await;
    assert_eq!(due(&ground, &shop, &id).await, Some((Owed::Reply, 23 * HOUR, false)), "11:00 on Tuesday");
    shop.rui.reply(id.clone(), words("Here")).await.unwrap();
    ground.clock.pass(HOUR);
    shop.marta.set_status(vec![id.clone()], Status::Pending).await.unwrap();
    ground.clock.pass(20 * HOUR);
    shop.marta.set_status(vec![id.clone()], Status::Open).await.unwrap();
    // 23 of 24 hours are left on Tuesday at 09:00: eight of that day, five and eight of the next week, two of the one after
    assert_eq!(due(&ground, &shop, &id).await, Some((Owed::Resolution, 13 * DAY + 2 * HOUR, false)));
    // other hours, another zone: what is open follows
    hours.days[2] = vec![Span { from: 0, to: 24 * 60 }];
    shop.marta.change_widget(move |widget| Ok(model::widget::Widget { hours, ..widget })).await.unwrap();
    ground.tick(0).await;
    assert_eq!(due(&ground, &shop, &id).await, Some((Owed::Resolution, 30 * HOUR, false)), "15:00 on Wednesday");
    shop.marta.change_property("Acme Shop", Language::English, "America/Sao_Paulo").await.unwrap();
    ground.tick(0).await;
    assert_eq!(due(&ground, &shop, &id).await, Some((Owed::Resolution, 33 * HOUR, false)), "three hours later there");
});

contract!(what_is_due_soon_is_told_when_it_is, |ground| async {
    let shop = ground.shop().await;
    shop.marta.set_targets(targets()).await.unwrap();
    let late = written(&ground, &shop, "First").await;
    ground.clock.pass(HOUR);
    written(&ground, &shop, "Second").await;
    let kept = shop.marta.save_view("Burning", View { kind: Some(model::conversation::Kind::Ticket), ..soon() }, true).await.unwrap();
    assert!(listed(&shop, &soon()).await.is_empty());
    ground.tick(HOUR - 1).await;
    assert!(listed(&shop, &soon()).await.is_empty());
    let head = shop.rui.roster().await.unwrap().head;
    ground.tick(1).await;
    assert_eq!(listed(&shop, &soon()).await, ["First"]);
    let told = shop.rui.told_since(head).await.unwrap().unwrap();
    let tallied: Vec<(&str, i64)> = told[0].event.tallies.iter().map(|(facet, n)| (facet.as_str(), *n)).collect();
    assert_eq!((told.len(), tallied), (1, vec![("due", 1), (&*format!("view:{kept}"), 1)]), "one event, with the counters");
    ground.tick(HOUR).await;
    assert_eq!(listed(&shop, &soon()).await, ["First", "Second"], "the nearest first");
    shop.marta.snooze(late.clone(), ground.clock.now().plus(DAY)).await.unwrap();
    ground.tick(3 * HOUR).await;
    assert_eq!(due(&ground, &shop, &late).await, Some((Owed::Reply, -2 * HOUR, true)), "overdue, asleep or not");
    assert_eq!(listed(&shop, &soon()).await, ["First", "Second"]);
    let newest = View { sort: Sort::Newest, ..soon() };
    assert_eq!(listed(&shop, &newest).await, ["Second", "First"]);
    shop.rui.reply(late.clone(), words("Sorry")).await.unwrap();
    assert_eq!(listed(&shop, &soon()).await, ["Second"]);
    // all by what is due next: what has no target comes last
    let plain = ticket(&shop.marta, "Low", Assignee::Nobody).await;
    shop.marta.set_priority(vec![plain], Priority::Low).await.unwrap();
    let by_due = View { status: None, sort: Sort::Due, ..View::default() };
    let inbox = shop.marta.list_inbox(by_due).await.unwrap();
    assert_eq!(inbox.rows.iter().map(|row| row.line.subject.as_str()).collect::<Vec<_>>(), ["Second", "First", "Low"]);
    assert_eq!(tallies(&ground, &shop.marta).await, recounted(&shop.marta).await);
});

contract!(changed_targets_reach_open_tickets, |ground| async {
    let shop = ground.shop().await;
    let mut ids = vec![];
    for n in 0..130 {
        ids.push(ticket(&shop.marta, &format!("Ticket {n}"), Assignee::Nobody).await);
    }
    let solved = ids[7].clone();
    shop.marta.set_status(vec![solved.clone()], Status::Solved).await.unwrap();
    shop.marta.set_targets(targets()).await.unwrap();
    // a part at a tick; the next change begins at the beginning
    ground.clock.pass(HOUR);
    assert_eq!(ground.clock_tick().await.unwrap(), 100);
    shop.marta.set_targets(Targets { resolution: [Some(60); 5], ..targets() }).await.unwrap();
    let other = ground.another_desk().await;
    while other.clock_tick().await.unwrap() > 0 {}
    for id in &ids {
        let expected = (*id != solved).then_some((Owed::Resolution, 0, true));
        assert_eq!(due(&ground, &shop, id).await, expected, "since they were made");
    }
    let head = shop.marta.roster().await.unwrap().head;
    ground.tick(0).await;
    assert_eq!(shop.marta.roster().await.unwrap().head, head, "nothing is told twice");
    shop.marta.set_targets(Targets::default()).await.unwrap();
    ground.tick(0).await;
    assert_eq!(line(&shop.marta, &ids[0]).await.due, None);
    assert!(listed(&shop, &soon()).await.is_empty());
    assert_eq!(tallies(&ground, &shop.marta).await, recounted(&shop.marta).await);
    other.close().await;
});
