//! The walk through a visit: beacons, triggers, what agents see and do there, and what time does to it.

use desk::{Agent, Arrival, Desk, Sender};
use model::{
    TriggerId,
    chat::ChatForm,
    moment::{MINUTE, SECOND},
    rule::{Condition, Conditions, Subject, Test},
    trigger::{Action, Deed, Kind, Trigger},
    visit::{Beacon, Greeting},
};

use crate::common::{Ground, chat_form, said};

fn trigger(kind: Kind, pause: Option<u32>) -> Trigger {
    let condition = Condition { subject: Subject::Country, test: Test::Is, value: "PT".into(), name: String::new() };
    let conditions = if kind == Kind::Rescue { vec![] } else { vec![condition] };
    let action = |deed, value: &str| Action { deed, value: value.into() };
    let actions = vec![action(Deed::Say, "Hello"), action(Deed::Tag, "seen"), action(Deed::Note, "Seen")];
    let after = if kind == Kind::Rescue { 30 } else { 0 };
    Trigger {
        id: TriggerId::new(),
        name: "A trigger".into(),
        kind,
        on: true,
        after,
        conditions: Conditions { conditions, ..Conditions::default() },
        actions,
        pause,
    }
}

/// All of it.
pub async fn all(ground: &Ground, desk: &Desk, marta: &Agent) {
    marta.set_monitor(true).await.expect("switched on");
    for (kind, pause) in [(Kind::Advanced, None), (Kind::Advanced, Some(1)), (Kind::Rescue, None), (Kind::Opened, None)] {
        marta.save_trigger(trigger(kind, pause)).await.expect("kept");
    }
    let (key, _) = marta.widget().await.expect("a widget");
    let sender = Sender { address: "198.51.100.40".into(), country: Some("PT".into()), ..Sender::default() };
    let beacon = |n: u32, path: &str| Beacon {
        id: format!("{n}-2-3-4"),
        page: format!("https://acme.test/{path}"),
        referrer: "https://acme.test/".into(),
        ..Beacon::default()
    };
    for (n, path) in [(1, ""), (1, ""), (1, "a"), (2, "b"), (3, "c")] {
        ground.clock.pass(SECOND);
        desk.see_visit(&key, beacon(n, path).check().expect("a beacon"), sender.clone()).await.expect("seen");
    }
    let seen = marta.list_visits().await.expect("visits").visits;
    let visit = seen.iter().find(|visit| visit.address == "198.51.100.40").expect("a visit").id.clone();
    marta.count_visits().await.expect("counted");
    marta.open_visit(visit.clone()).await.expect("opened");
    marta.start_chat_with(visit.clone(), "Hello").await.expect("written");
    desk.see_visit(&key, beacon(1, "a").check().expect("a beacon"), sender).await.expect("seen");
    let token = desk.begin_visit(&key, Arrival { address: "198.51.100.41".into(), ..Arrival::default() }).await.expect("let in");
    let visitor = desk.visitor(&token, "198.51.100.41").await.expect("a visitor");
    let greeting = Greeting { visit: "1-2-3-4".into(), ..Greeting::default() };
    desk.greet(&key, &greeting, Some(&visitor)).await.expect("greeted");
    let chat = visitor.start_chat(ChatForm { visit: "1-2-3-4".into(), ..chat_form("Hello") }).await.expect("begun");
    marta.end_chat(chat.clone()).await.expect("ended");
    visitor.say(chat, said("Is anybody there?")).await.expect("said");
    ground.clock.pass(MINUTE);
    desk.run_due_triggers().await.expect("due");
    marta.start_chat_with(visit.clone(), "Yes").await.expect("written");
    marta.try_trigger(trigger(Kind::Advanced, None)).await.expect("tried");
    for listed in marta.list_triggers().await.expect("triggers") {
        marta.move_trigger(listed.trigger.id.clone(), false).await.expect("moved");
        marta.switch_trigger(listed.trigger.id.clone(), false).await.expect("switched");
        // the world's own has run for everybody: all of that goes with it
        if listed.trigger.name == "A trigger" {
            marta.delete_trigger(listed.trigger.id).await.expect("gone");
        }
    }
    desk.forget_old_visits().await.expect("forgotten");
}
