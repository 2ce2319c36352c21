//! Triggers: kept by admins, decided by their rules, once for each visitor or with a pause, and counted.

use desk::Agent;
use model::{
    DepartmentId, Refusal, TriggerId,
    chat::ChatForm,
    message::{Author, MessageKind},
    moment::{DAY, HOUR, MINUTE, SECOND},
    rule::{Condition, Conditions, Subject, Test},
    trigger::{Action, Deed, Kind, Trigger},
    visit::{Beacon, Greeting},
    window::WindowHappening,
};

use crate::{
    common::{chat_form, refused},
    contract, thread,
    visit::{beacon, load, see, sender, sighting, watching},
};

fn on(subject: Subject, test: Test, value: &str) -> Condition {
    Condition { subject, test, value: value.into(), name: String::new() }
}

fn deed(deed: Deed, value: &str) -> Action {
    Action { deed, value: value.into() }
}

fn trigger(kind: Kind, conditions: Vec<Condition>, actions: Vec<Action>) -> Trigger {
    let after = if kind == Kind::Rescue { 30 } else { 0 };
    Trigger {
        id: TriggerId::new(),
        name: "A trigger".into(),
        kind,
        on: true,
        after,
        conditions: Conditions { conditions, ..Conditions::default() },
        actions,
        pause: None,
    }
}

async fn ran(agent: &Agent) -> Vec<i64> {
    agent.list_triggers().await.unwrap().iter().map(|listed| listed.ran).collect()
}

fn told(answer: Option<model::visit::Answer>) -> String {
    answer.and_then(|answer| answer.say.into_values().next()).unwrap_or_default()
}

contract!(admins_keep_triggers_in_an_order, |ground| async {
    let (shop, _) = watching(&ground).await;
    let name = |name: &str| Trigger { name: name.into(), ..trigger(Kind::AnyPage, vec![], vec![deed(Deed::Say, "Hello")]) };
    let (a, b, c) = (name("a"), name("b"), name("c"));
    assert_eq!(refused(shop.rui.save_trigger(a.clone()).await), Refusal::Forbidden);
    assert_eq!(refused(shop.rui.list_triggers().await), Refusal::Forbidden);
    for one in [&a, &b, &c] {
        shop.marta.save_trigger(one.clone()).await.unwrap();
    }
    let names = async || shop.marta.list_triggers().await.unwrap().into_iter().map(|one| one.trigger.name).collect::<String>();
    shop.marta.move_trigger(c.id.clone(), false).await.unwrap();
    assert_eq!(names().await, "acb");
    shop.marta.move_trigger(a.id.clone(), true).await.unwrap();
    assert_eq!(names().await, "cab");
    shop.marta.move_trigger(c.id.clone(), false).await.unwrap();
    assert_eq!(names().await, "cab", "the first stays the first");
    shop.marta.save_trigger(Trigger { name: "x".into(), ..a.clone() }).await.unwrap();
    assert_eq!(names().await, "cxb", "a changed one keeps its place");
    shop.marta.switch_trigger(b.id.clone(), false).await.unwrap();
    assert_eq!(ground.simple_triggers(shop.marta.property()).await.unwrap().len(), 2, "one that is off is not sent");
    let (olga, _) = ground.other_shop(&shop).await;
    for refusal in [
        refused(olga.delete_trigger(a.id.clone()).await),
        refused(olga.switch_trigger(a.id.clone(), false).await),
        refused(olga.move_trigger(a.id.clone(), true).await),
    ] {
        assert_eq!(refusal, Refusal::NotFound);
    }
    let nowhere = trigger(Kind::AnyPage, vec![], vec![deed(Deed::Department, DepartmentId::new().as_str())]);
    assert_eq!(refused(shop.marta.save_trigger(nowhere).await).field(), Some("action_value.0"));
    shop.marta.delete_trigger(a.id.clone()).await.unwrap();
    assert_eq!(names().await, "cb");
    assert_eq!(refused(shop.marta.delete_trigger(a.id).await), Refusal::NotFound);
});

contract!(a_trigger_runs_once_for_a_visit_and_is_counted, |ground| async {
    let (shop, key) = watching(&ground).await;
    let conditions =
        vec![on(Subject::Page, Test::Like, "/jackets/*"), on(Subject::Country, Test::Is, "PT"), on(Subject::Seconds, Test::AtLeast, "20")];
    let actions = vec![
        deed(Deed::Say, "Questions about size?"),
        deed(Deed::Tag, "jackets"),
        deed(Deed::Department, shop.billing.as_str()),
        deed(Deed::Note, "Looked at jackets"),
    ];
    shop.marta.save_trigger(trigger(Kind::Advanced, conditions, actions)).await.unwrap();
    assert_eq!(told(see(&ground, &key, &beacon(1, "/")).await), "");
    assert_eq!(told(see(&ground, &key, &beacon(1, "/jackets/linen")).await), "", "not yet");
    ground.clock.pass(20 * SECOND);
    assert_eq!(told(see(&ground, &key, &beacon(1, "/jackets/linen")).await), "Questions about size?");
    ground.clock.pass(20 * SECOND);
    see(&ground, &key, &beacon(1, "/jackets/wool")).await;
    ground.clock.pass(30 * SECOND);
    assert_eq!(told(see(&ground, &key, &beacon(1, "/jackets/wool")).await), "", "once");
    assert_eq!(ran(&shop.marta).await, [1]);
    // elsewhere in the world it does not
    let abroad = desk::Sender { country: Some("BR".into()), ..sender("203.0.113.9") };
    ground.see_visit(&key, sighting(&beacon(2, "/jackets/linen")), abroad.clone()).await.unwrap();
    ground.clock.pass(30 * SECOND);
    assert_eq!(told(ground.see_visit(&key, sighting(&beacon(2, "/jackets/linen")), abroad).await.unwrap()), "");
    // what it decided is on the chat that follows
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(ChatForm { visit: load(1), ..chat_form("Yes: is M large?") }).await.unwrap();
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!((seen.line.tags, seen.line.assignee), (vec!["jackets".to_owned()], model::Assignee::Department(shop.billing.clone())));
    let entries: Vec<_> = seen.messages.iter().map(|message| (message.kind, message.text.as_str())).collect();
    assert_eq!(
        entries,
        [(MessageKind::Said, "Questions about size?"), (MessageKind::Noted, "Looked at jackets"), (MessageKind::Said, "Yes: is M large?")]
    );
    assert_eq!(seen.messages[0].author, Author::System);
    let window = visitor.open_window(&[]).await.unwrap();
    assert_eq!(window.messages.len(), 2, "a note is not for the visitor");
    assert!(seen.chat.unwrap().answered_at.is_none() && seen.line.waiting_since.is_some(), "a machine's words are no answer");
});

contract!(a_pause_lets_it_run_again, |ground| async {
    let (shop, key) = watching(&ground).await;
    let again = Trigger { pause: Some(1), ..trigger(Kind::AnyPage, vec![], vec![deed(Deed::Say, "Hello again")]) };
    assert_eq!(again.simple(), None, "a page does not remember: the server decides");
    shop.marta.save_trigger(again).await.unwrap();
    assert_eq!(told(see(&ground, &key, &beacon(1, "/")).await), "Hello again");
    for _ in 0..59 {
        ground.clock.pass(MINUTE);
        assert_eq!(told(see(&ground, &key, &beacon(1, "/")).await), "");
    }
    ground.clock.pass(MINUTE);
    assert_eq!(told(see(&ground, &key, &beacon(1, "/")).await), "Hello again");
    assert_eq!(ran(&shop.marta).await, [2]);
});

contract!(what_the_browser_decided_is_counted_and_begins_the_chat, |ground| async {
    let (shop, key) = watching(&ground).await;
    let one = trigger(Kind::Page, vec![on(Subject::Page, Test::Like, "/cart")], vec![deed(Deed::Say, "Free delivery today")]);
    shop.marta.save_trigger(one.clone()).await.unwrap();
    assert_eq!(ground.simple_triggers(shop.marta.property()).await.unwrap()[0].page.as_deref(), Some("/cart"));
    assert_eq!(told(see(&ground, &key, &beacon(1, "/cart")).await), "", "the page says it by itself");
    let shown = Beacon { trigger: Some(one.id.to_string()), ..beacon(1, "/cart") };
    for _ in 0..3 {
        see(&ground, &key, &shown).await;
    }
    assert_eq!(ran(&shop.marta).await, [1]);
    let greeting = Greeting { visit: load(1), trigger: one.id.to_string(), ..Greeting::default() };
    assert_eq!(ground.greet(&key, &greeting, None).await.unwrap()[0].text, "Free delivery today");
    let visitor = ground.visit(&shop.marta).await;
    let form = ChatForm { visit: load(1), trigger: one.id.to_string(), ..chat_form("Really?") };
    let chat = visitor.start_chat(form).await.unwrap();
    assert_eq!(thread(&shop.rui, &chat).await.messages[0].text, "Free delivery today");
    assert_eq!(ran(&shop.marta).await, [1]);
    // where nothing tells of visits, it is counted when it led to a chat
    shop.marta.set_monitor(false).await.unwrap();
    let other = ground.visit(&shop.marta).await;
    other.start_chat(ChatForm { visit: load(7), trigger: one.id.to_string(), ..chat_form("Is it?") }).await.unwrap();
    assert_eq!(ran(&shop.marta).await, [2]);
    // nobody's id, and somebody else's, are nothing
    for id in [TriggerId::new().to_string(), "x".into()] {
        let someone = ground.visit_from(&shop.marta, "192.0.2.9").await.0;
        let chat = someone.start_chat(ChatForm { trigger: id, ..chat_form("Hm") }).await.unwrap();
        assert_eq!(thread(&shop.rui, &chat).await.messages.len(), 1);
    }
});

contract!(the_rescuer_waits_and_is_called_off_when_an_agent_comes, |ground| async {
    let (shop, _) = watching(&ground).await;
    let actions = vec![
        deed(Deed::Say, "Everybody is busy."),
        deed(Deed::AskDetails, "Where can we write to you?"),
        deed(Deed::Tag, "waited"),
        deed(Deed::Department, shop.billing.as_str()),
        deed(Deed::Note, "Waited long"),
    ];
    shop.marta.save_trigger(trigger(Kind::Rescue, vec![on(Subject::Page, Test::Like, "/jackets")], actions)).await.unwrap();
    let (waits, served) = (ground.visit(&shop.marta).await, ground.visit_from(&shop.marta, "192.0.2.9").await.0);
    let chat = waits.start_chat(chat_form("Hello?")).await.unwrap();
    let other = served.start_chat(chat_form("Hi")).await.unwrap();
    ground.clock.pass(20 * SECOND);
    shop.rui.join_chat(other.clone()).await.unwrap();
    ground.clock.pass(9 * SECOND);
    assert_eq!(ground.run_due_triggers().await.unwrap(), 0);
    ground.clock.pass(SECOND);
    ground.clock_tick().await.unwrap();
    assert_eq!(ran(&shop.marta).await, [1]);
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!(
        (seen.line.tags.as_slice(), &seen.line.assignee),
        (&["waited".to_owned()][..], &model::Assignee::Department(shop.billing.clone()))
    );
    assert!(seen.line.waiting_since.is_some(), "they wait still");
    let window = waits.open_window(&[]).await.unwrap();
    assert_eq!(
        window.messages.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(),
        ["Hello?", "Everybody is busy.", "Where can we write to you?", ""]
    );
    // the form follows the words
    assert_eq!(window.messages.last().unwrap().happened, Some(WindowHappening::DetailsAsked));
    assert!(thread(&shop.rui, &other).await.messages.iter().all(|message| message.author != Author::System));
    ground.clock.pass(HOUR);
    ground.clock_tick().await.unwrap();
    assert_eq!(ran(&shop.marta).await, [1]);
    while ground.follow_mail().await.unwrap() {}
    assert_eq!(
        ground.number("select count(*) from letter_out where kind <> 'invitation'").await,
        0,
        "a machine's words are mailed to nobody"
    );
    // a second chat of the same visitor: it ran for them
    shop.rui.end_chat(chat.clone()).await.unwrap();
    waits.say(chat, crate::common::said("Again")).await.unwrap();
    ground.clock.pass(HOUR);
    ground.clock_tick().await.unwrap();
    assert_eq!(ran(&shop.marta).await, [1]);
});

contract!(a_window_that_opens_is_greeted, |ground| async {
    let (shop, key) = watching(&ground).await;
    let one = trigger(Kind::Opened, vec![on(Subject::Language, Test::Is, "pt")], vec![deed(Deed::Say, "Olá!")]);
    shop.marta.save_trigger(one.clone()).await.unwrap();
    see(&ground, &key, &beacon(1, "/")).await;
    let greeting = Greeting { visit: load(1), page: "https://acme.test/".into(), language: "pt-PT".into(), ..Greeting::default() };
    for _ in 0..2 {
        let shown = ground.greet(&key, &greeting, None).await.unwrap();
        assert_eq!((shown.len(), shown[0].text.as_str()), (1, "Olá!"));
    }
    assert_eq!(ran(&shop.marta).await, [1], "once, though it was opened twice");
    let unseen = Greeting { visit: load(5), ..greeting.clone() };
    assert_eq!(ground.greet(&key, &unseen, None).await.unwrap()[0].trigger, Some(one.id.clone()), "also where nothing tells of visits");
    assert_eq!(ground.greet(&key, &Greeting { language: "en".into(), ..unseen.clone() }, None).await.unwrap(), []);
    let asks = trigger(Kind::Opened, vec![on(Subject::Language, Test::Is, "fr")], vec![deed(Deed::AskDetails, "Qui êtes-vous ?")]);
    shop.marta.save_trigger(asks).await.unwrap();
    let shown = ground.greet(&key, &Greeting { language: "fr".into(), ..unseen.clone() }, None).await.unwrap();
    assert_eq!((shown.len(), shown[0].asks, shown[0].text.as_str()), (1, true, "Qui êtes-vous ?"));
    let shown = ground.greet(&key, &unseen, None).await.unwrap();
    assert_eq!((shown.len(), shown[0].asks), (1, false));
});

contract!(one_opens_the_window_by_itself, |ground| async {
    let (shop, key) = watching(&ground).await;
    shop.marta.save_trigger(trigger(Kind::AnyPage, vec![], vec![deed(Deed::Invite, "")])).await.unwrap();
    let answer = see(&ground, &key, &beacon(1, "/")).await.expect("an invitation");
    assert!(answer.say.is_empty(), "no words: the window opens");
    assert_eq!(ground.greet(&key, &Greeting { visit: load(1), ..Greeting::default() }, None).await.unwrap(), []);
});

contract!(a_dry_run_asks_the_visits_of_the_last_days, |ground| async {
    let (shop, key) = watching(&ground).await;
    see(&ground, &key, &beacon(1, "/jackets/old")).await;
    ground.clock.pass(8 * DAY);
    for n in 2..6 {
        see(&ground, &key, &beacon(n, "/")).await;
        ground.clock.pass(SECOND);
        see(&ground, &key, &beacon(n, if n % 2 == 0 { "/jackets/linen" } else { "/about" })).await;
        ground.clock.pass(40 * SECOND);
        see(&ground, &key, &beacon(n, "/cart")).await;
    }
    let long = vec![on(Subject::Page, Test::Like, "/jackets/*"), on(Subject::Seconds, Test::AtLeast, "30")];
    let wanted = trigger(Kind::Page, long, vec![deed(Deed::Say, "Hello")]);
    let run = shop.marta.try_trigger(wanted.clone()).await.unwrap();
    assert_eq!((run.visits, run.matched, run.pages.len()), (4, 2, 2));
    assert_eq!(run.pages[0].1, "https://acme.test/jackets/linen");
    assert_eq!(shop.marta.list_triggers().await.unwrap(), [], "nothing was kept");
    assert_eq!(refused(shop.rui.try_trigger(wanted.clone()).await), Refusal::Forbidden);
    assert_eq!(refused(shop.marta.try_trigger(Trigger { actions: vec![], ..wanted }).await).field(), Some("actions"));
    assert_eq!(shop.marta.open_visit(the_newest(&shop.marta).await).await.unwrap().pages.len(), 3);
});

async fn the_newest(agent: &Agent) -> model::VisitId {
    agent.list_visits().await.unwrap().visits[0].id.clone()
}

contract!(who_sent_one_away_is_told_no_more_by_triggers_but_by_agents, |ground| async {
    let (shop, key) = watching(&ground).await;
    let twice = [on(Subject::Visits, Test::AtLeast, "1")];
    let trigger = trigger(Kind::Advanced, twice.into(), vec![deed(Deed::Say, "Can we help?")]);
    shop.marta.save_trigger(trigger).await.unwrap();
    assert_eq!(told(see(&ground, &key, &beacon(1, "/")).await), "Can we help?");
    // another page, which nobody can join with that visit: it was sent away there
    let quiet = Beacon { trigger: Some("quiet".into()), referrer: String::new(), ..beacon(2, "/cart") };
    for _ in 0..3 {
        assert_eq!(see(&ground, &key, &quiet).await, None);
        ground.clock.pass(20 * SECOND);
    }
    assert_eq!(ran(&shop.marta).await, [1], "nor does it count");
    let visit = shop.rui.list_visits().await.unwrap().visits.into_iter().find(|visit| visit.page.ends_with("/cart")).unwrap().id;
    shop.rui.start_chat_with(visit, "I am Rui").await.unwrap();
    assert_eq!(told(see(&ground, &key, &quiet).await), "I am Rui");
    let loud = Beacon { trigger: Some("minimized".into()), ..quiet };
    assert_eq!(told(see(&ground, &key, &loud).await), "Can we help?", "another tab");
});
