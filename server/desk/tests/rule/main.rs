//! Rules: kept by admins, looked at by a reader of the log and by time, done exactly once, and told with why.

#[path = "../common/mod.rs"]
mod common;
mod letter;
#[path = "../mail/post.rs"]
#[expect(dead_code, reason = "the stories of mail use all of it")]
mod post;
mod time;

use common::{Ground, Shop, chat_form, refused, ticket, words};
use desk::Agent;
use model::{
    Assignee, ConversationId, DepartmentId, Language, Refusal, RuleId,
    conversation::{Folder, Priority, Status},
    message::{Author, Happening, Message, MessageKind},
    moment::SECOND,
    rule::{Action, Condition, Conditions, Deed, Group, Rule, Since, Subject, Test, When, why_in},
    thread::Thread,
};

fn on(subject: Subject, test: Test, value: &str) -> Condition {
    Condition { subject, test, value: value.into(), name: String::new() }
}

fn deed(deed: Deed, value: &str) -> Action {
    Action { deed, value: value.into() }
}

fn rule(when: When, conditions: Vec<Condition>, actions: Vec<Action>) -> Rule {
    Rule {
        id: RuleId::new(),
        name: "A rule".into(),
        on: true,
        when,
        since: Since::Created,
        after: if when == When::Passed { 60 } else { 0 },
        conditions: Conditions { conditions, ..Conditions::default() },
        actions,
        stop: false,
    }
}

impl Ground {
    /// Has rules looked at until nothing is left to look at, with nobody connected.
    async fn look(&self) {
        while self.follow_rules(&|_| vec![]).await.expect("followed") {}
    }
}

async fn thread(shop: &Shop, id: &ConversationId) -> Thread {
    shop.marta.open_thread(id.clone()).await.expect("opened")
}

async fn ran(agent: &Agent) -> Vec<i64> {
    agent.list_rules().await.expect("rules").iter().map(|listed| listed.ran).collect()
}

/// The names of the rules that ran, as the conversation tells it, each with why in English.
fn told(thread: &Thread) -> Vec<(String, Vec<String>)> {
    let one = |message: &Message| match &message.happened {
        Some(Happening::RuleRan { name, why, .. }) => Some((name.clone(), why_in(why, Language::English))),
        _ => None,
    };
    thread.messages.iter().filter_map(one).collect()
}

contract!(admins_keep_rules_in_an_order, |ground| async {
    let shop = ground.shop().await;
    let name = |name: &str| Rule { name: name.into(), ..rule(When::Created, vec![], vec![deed(Deed::Tag, "x")]) };
    let (a, b, c) = (name("a"), name("b"), name("c"));
    assert_eq!(refused(shop.rui.save_rule(a.clone()).await), Refusal::Forbidden);
    assert_eq!(refused(shop.rui.list_rules().await), Refusal::Forbidden);
    assert_eq!(refused(shop.rui.try_rule(a.clone()).await), Refusal::Forbidden);
    for one in [&a, &b, &c] {
        shop.marta.save_rule(one.clone()).await.unwrap();
    }
    let names = async || shop.marta.list_rules().await.unwrap().into_iter().map(|one| one.rule.name).collect::<String>();
    shop.marta.move_rule(c.id.clone(), false).await.unwrap();
    assert_eq!(names().await, "acb");
    shop.marta.move_rule(a.id.clone(), true).await.unwrap();
    assert_eq!(names().await, "cab");
    shop.marta.move_rule(c.id.clone(), false).await.unwrap();
    assert_eq!(names().await, "cab", "the first stays the first");
    shop.marta.save_rule(Rule { name: "x".into(), ..a.clone() }).await.unwrap();
    assert_eq!(names().await, "cxb", "a changed one keeps its place");
    let (olga, _) = ground.other_shop(&shop).await;
    for refusal in [
        refused(olga.delete_rule(a.id.clone()).await),
        refused(olga.switch_rule(a.id.clone(), false).await),
        refused(olga.move_rule(a.id.clone(), true).await),
    ] {
        assert_eq!(refusal, Refusal::NotFound);
    }
    for value in [DepartmentId::new().to_string(), Assignee::Department(DepartmentId::new()).to_string()] {
        let what = if value.contains(':') { Deed::Assign } else { Deed::Turn };
        let nowhere = rule(When::Created, vec![], vec![deed(Deed::Tag, "x"), deed(what, &value)]);
        assert_eq!(refused(shop.marta.save_rule(nowhere).await).field(), Some("action_value.1"));
    }
    shop.marta.delete_rule(a.id.clone()).await.unwrap();
    assert_eq!(names().await, "cb");
    assert_eq!(refused(shop.marta.delete_rule(a.id).await), Refusal::NotFound);
});

contract!(what_a_rule_does_is_one_event_that_says_why, |ground| async {
    let shop = ground.shop().await;
    let before = ticket(&shop.marta, "Refund before", Assignee::Nobody).await;
    let conditions = Conditions {
        any: false,
        conditions: vec![on(Subject::Kind, Test::Is, "ticket")],
        groups: vec![Group {
            any: true,
            conditions: vec![on(Subject::Title, Test::Contains, "refund"), on(Subject::Domain, Test::Is, "nowhere.example")],
        }],
    };
    let actions = vec![
        deed(Deed::Assign, &Assignee::Department(shop.billing.clone()).to_string()),
        deed(Deed::Tag, "Money"),
        deed(Deed::Priority, "high"),
        deed(Deed::Note, "Look at the invoice"),
        deed(Deed::Tag, "money"),
    ];
    let refunds = Rule { name: "Refunds".into(), conditions, ..rule(When::Created, vec![], actions) };
    shop.marta.save_rule(refunds.clone()).await.unwrap();
    let hit = ticket(&shop.marta, "My REFUND", Assignee::Nobody).await;
    let other = ticket(&shop.marta, "Late order", Assignee::Nobody).await;
    ground.look().await;
    let seen = thread(&shop, &hit).await;
    assert_eq!((seen.line.tags.clone(), seen.line.priority), (vec!["money".to_owned()], Priority::High));
    assert_eq!(seen.line.assignee, Assignee::Department(shop.billing.clone()));
    assert_eq!(seen.line.preview, "Look at the invoice");
    let entries: Vec<_> = seen.messages.iter().skip(1).map(|message| (message.kind, message.seq == seen.messages[1].seq)).collect();
    assert_eq!(entries[0], (MessageKind::Happened, true), "that it ran comes first");
    assert_eq!(entries.len(), 5, "what changed nothing is not told: {:?}", seen.messages);
    assert!(entries.iter().all(|(_, same)| *same), "one event");
    assert!(seen.messages[1..].iter().all(|message| message.author == Author::System));
    let why = vec!["A conversation was made".to_owned(), "Kind is Ticket".to_owned(), "Subject contains refund".to_owned()];
    assert_eq!(told(&seen), [("Refunds".to_owned(), why)], "only what held is given as a reason");
    for untouched in [&other, &before] {
        assert!(told(&thread(&shop, untouched).await).is_empty());
    }
    assert_eq!(ran(&shop.marta).await, [1]);
    // the name stands as it was, whatever becomes of the rule
    shop.marta.save_rule(Rule { name: "Money back".into(), ..refunds.clone() }).await.unwrap();
    shop.marta.delete_rule(refunds.id).await.unwrap();
    assert_eq!(told(&thread(&shop, &hit).await)[0].0, "Refunds");
    assert_eq!(common::recounted(&shop.marta).await, common::tallies(&ground, &shop.marta).await);
});

contract!(each_occasion_is_looked_at, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let noting = |when: When, name: &str| Rule { name: name.into(), ..rule(when, vec![], vec![deed(Deed::Note, name)]) };
    for (when, name) in [(When::Created, "created"), (When::Answered, "answered"), (When::Replied, "replied"), (When::Status, "status")] {
        shop.marta.save_rule(noting(when, name)).await.unwrap();
    }
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    ground.look().await;
    let names = async || told(&thread(&shop, &chat).await).into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ");
    assert_eq!(names().await, "created");
    visitor.say(chat.clone(), common::said("Anybody?")).await.unwrap();
    ground.look().await;
    assert_eq!(names().await, "created answered");
    shop.rui.reply(chat.clone(), words("Here")).await.unwrap();
    ground.look().await;
    assert_eq!(names().await, "created answered replied");
    shop.rui.note(chat.clone(), words("A note")).await.unwrap();
    shop.rui.tag(vec![chat.clone()], "x".into()).await.unwrap();
    ground.look().await;
    assert_eq!(names().await, "created answered replied", "notes and tags are no occasion");
    shop.rui.end_chat(chat.clone()).await.unwrap();
    ground.look().await;
    assert_eq!(names().await, "created answered replied status");
    // words that bring a status are both; a window shows nothing of it
    let open = ticket(&shop.marta, "A ticket", Assignee::Nobody).await;
    shop.marta.reply(open.clone(), model::ticket::Words { status: Some(Status::Pending), ..words("Done?") }).await.unwrap();
    ground.look().await;
    let both: Vec<_> = told(&thread(&shop, &open).await).into_iter().map(|(name, _)| name).collect();
    assert_eq!(both, ["created", "replied", "status"], "an agent's first words are no answer");
    let window = visitor.open_window(&[]).await.unwrap();
    assert!(window.messages.iter().all(|message| message.text != "created" && message.text != "status"), "{window:?}");
});

contract!(rules_look_in_their_order_and_one_may_stop_the_others, |ground| async {
    let shop = ground.shop().await;
    let vip = Rule { stop: true, ..rule(When::Created, vec![on(Subject::Title, Test::Contains, "vip")], vec![deed(Deed::Tag, "first")]) };
    let tagged = rule(When::Created, vec![on(Subject::Tag, Test::Is, "first, second")], vec![deed(Deed::Priority, "highest")]);
    let all = rule(When::Created, vec![], vec![deed(Deed::Tag, "second")]);
    for one in [&vip, &all, &tagged] {
        shop.marta.save_rule((*one).clone()).await.unwrap();
    }
    let (a, b) = (ticket(&shop.marta, "vip", Assignee::Nobody).await, ticket(&shop.marta, "other", Assignee::Nobody).await);
    ground.look().await;
    let (a, b) = (thread(&shop, &a).await.line, thread(&shop, &b).await.line);
    assert_eq!((a.tags, a.priority), (vec!["first".to_owned()], Priority::Medium), "the others did not look");
    assert_eq!((b.tags, b.priority), (vec!["second".to_owned()], Priority::Highest), "a later one sees what an earlier one did");
    shop.marta.switch_rule(all.id, false).await.unwrap();
    let c = ticket(&shop.marta, "third", Assignee::Nobody).await;
    ground.look().await;
    assert_eq!(thread(&shop, &c).await.line.tags, Vec::<String>::new(), "one that is off does not look");
    assert_eq!(ran(&shop.marta).await, [1, 1, 1]);
});

contract!(rules_that_undo_each_other_come_to_an_end, |ground| async {
    let shop = ground.shop().await;
    for (from, to) in [("open", "pending"), ("pending", "open")] {
        let flip = rule(When::Status, vec![on(Subject::Status, Test::Is, from)], vec![deed(Deed::Status, to)]);
        shop.marta.save_rule(Rule { stop: true, ..flip }).await.unwrap();
    }
    let waits = Rule {
        since: Since::Status,
        after: 1,
        ..rule(When::Passed, vec![], vec![deed(Deed::Status, "solved"), deed(Deed::Status, "open")])
    };
    shop.marta.save_rule(waits).await.unwrap();
    let id = ticket(&shop.marta, "Here and there", Assignee::Nobody).await;
    shop.marta.set_status(vec![id.clone()], Status::Pending).await.unwrap();
    for _ in 0..20 {
        ground.clock.pass(120 * SECOND);
        ground.look().await;
    }
    assert_eq!(ran(&shop.marta).await, [0, 1, 0], "what a rule does is no occasion for another, nor for itself");
    assert_eq!(thread(&shop, &id).await.line.status, Status::Open);
    assert_eq!(told(&thread(&shop, &id).await).len(), 1);
});

contract!(a_department_shares_out_what_comes, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (shop.marta.id().clone(), shop.rui.id().clone());
    let turn = rule(When::Created, vec![on(Subject::Title, Test::Contains, "turn")], vec![deed(Deed::Turn, shop.billing.as_str())]);
    let busy = rule(When::Created, vec![on(Subject::Title, Test::Contains, "busy")], vec![deed(Deed::LeastBusy, shop.billing.as_str())]);
    for one in [&turn, &busy] {
        shop.marta.save_rule(one.clone()).await.unwrap();
    }
    let given = async |subject: &str, connected: Vec<model::AgentId>| {
        let id = ticket(&shop.marta, subject, Assignee::Nobody).await;
        while ground.follow_rules(&|_| connected.clone()).await.unwrap() {}
        thread(&shop, &id).await.line.assignee
    };
    let first = given("turn 1", vec![]).await;
    let second = given("turn 2", vec![]).await;
    assert_ne!(first, second, "one after the other");
    assert_eq!(given("turn 3", vec![]).await, first);
    let to_rui = Assignee::Agent(rui.clone());
    for n in 0..3 {
        assert_eq!(given(&format!("turn here {n}"), vec![rui.clone()]).await, to_rui, "who is online comes first");
    }
    assert_eq!(given("busy 1", vec![]).await, Assignee::Agent(marta.clone()), "Rui has more");
    assert_eq!(given("busy 2", vec![rui.clone()]).await, to_rui, "of those who are online");
    // whoever has it keeps it; who is disabled gets nothing; with nobody left it goes to the department
    let kept = ticket(&shop.marta, "turn for Marta", Assignee::Agent(marta.clone())).await;
    ground.look().await;
    assert_eq!(thread(&shop, &kept).await.line.assignee, Assignee::Agent(marta.clone()));
    shop.marta.disable_agent(rui.clone()).await.unwrap();
    for n in 0..2 {
        assert_eq!(given(&format!("turn without Rui {n}"), vec![rui.clone()]).await, Assignee::Agent(marta.clone()));
    }
    shop.marta.change_department(shop.billing.clone(), "Billing", "", vec![rui]).await.unwrap();
    assert_eq!(given("turn with nobody", vec![]).await, Assignee::Department(shop.billing.clone()));
});

contract!(who_looks_after_it_is_asked_by_name_and_department, |ground| async {
    let shop = ground.shop().await;
    let to_rui = Assignee::Agent(shop.rui.id().clone());
    let theirs = vec![on(Subject::Department, Test::Is, shop.billing.as_str()), on(Subject::Assignee, Test::Is, &to_rui.to_string())];
    shop.marta.save_rule(rule(When::Created, theirs, vec![deed(Deed::Tag, "theirs")])).await.unwrap();
    let (a, b) = (ticket(&shop.marta, "A", to_rui).await, ticket(&shop.marta, "B", Assignee::Department(shop.billing.clone())).await);
    ground.look().await;
    let why = vec!["A conversation was made".to_owned(), "Department is Billing".to_owned(), "Assigned to is Rui Alves".to_owned()];
    assert_eq!(told(&thread(&shop, &a).await), [("A rule".to_owned(), why)]);
    assert!(told(&thread(&shop, &b).await).is_empty());
});

contract!(only_the_inbox_is_looked_at_and_only_ones_own, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    shop.marta.save_rule(rule(When::Status, vec![], vec![deed(Deed::Tag, "seen")])).await.unwrap();
    let spam = ticket(&shop.marta, "Win", Assignee::Nobody).await;
    let theirs = ticket(&olga, "Theirs", Assignee::Nobody).await;
    shop.marta.set_status(vec![spam.clone()], Status::Pending).await.unwrap();
    shop.marta.move_to(vec![spam.clone()], Folder::Spam).await.unwrap();
    olga.set_status(vec![theirs.clone()], Status::Pending).await.unwrap();
    ground.look().await;
    assert!(thread(&shop, &spam).await.line.tags.is_empty() && olga.open_thread(theirs).await.unwrap().line.tags.is_empty());
    // what is deleted meanwhile is no trouble
    let gone = ticket(&shop.marta, "Gone", Assignee::Nobody).await;
    shop.marta.set_status(vec![gone.clone()], Status::Pending).await.unwrap();
    shop.marta.move_to(vec![gone.clone()], Folder::Trash).await.unwrap();
    shop.marta.delete(vec![gone]).await.unwrap();
    ground.look().await;
    assert_eq!(ran(&shop.marta).await, [0]);
});

contract!(readers_side_by_side_and_cut_off_do_it_once, |ground| async {
    let shop = ground.shop().await;
    shop.marta.save_rule(rule(When::Created, vec![], vec![deed(Deed::Note, "Noted by a rule")])).await.unwrap();
    for n in 0..30 {
        ticket(&shop.marta, &format!("Ticket {n}"), Assignee::Nobody).await;
    }
    let other = ground.another_desk().await;
    let run = |desk: desk::Desk| async move {
        let begun = std::time::Instant::now();
        while desk.follow_rules(&|_| vec![]).await.expect("followed") && begun.elapsed().as_secs() < 20 {}
    };
    // some die in between, wherever they are
    for n in 0..8_u64 {
        let dying = [tokio::spawn(run(ground.desk.clone())), tokio::spawn(run(other.clone()))];
        tokio::time::sleep(std::time::Duration::from_millis(n)).await;
        dying.iter().for_each(tokio::task::JoinHandle::abort);
    }
    futures::future::join(run(ground.desk.clone()), run(other.clone())).await;
    ground.look().await;
    assert_eq!(ground.number("select count(*) from message where kind = 'noted'").await, 30);
    assert_eq!(ground.number("select count(distinct conversation) from message where kind = 'noted'").await, 30);
    assert_eq!(ran(&shop.marta).await, [30]);
    other.close().await;
});

contract!(a_dry_run_says_what_would_have_been_touched, |ground| async {
    let shop = ground.shop().await;
    let dry = async |rule: Rule| shop.marta.try_rule(rule).await.unwrap();
    assert_eq!(dry(rule(When::Created, vec![], vec![deed(Deed::Tag, "x")])).await.looked, 0);
    for n in 0..25 {
        ticket(&shop.marta, &format!("Refund {n}"), Assignee::Nobody).await;
        ground.clock.pass(SECOND);
    }
    let late = ticket(&shop.marta, "Late order", Assignee::Nobody).await;
    let found = dry(rule(When::Created, vec![on(Subject::Title, Test::Contains, "refund")], vec![deed(Deed::Tag, "x")])).await;
    assert_eq!((found.looked, found.touched, found.examples.len()), (26, 25, 20));
    assert_eq!(found.examples[0].about, "Refund 24", "the newest first");
    let first = dry(rule(When::Created, vec![on(Subject::First, Test::Contains, "late order")], vec![deed(Deed::Tag, "x")])).await;
    assert_eq!((first.touched, first.examples[0].conversation.clone()), (1, late.clone()));
    let touched = async |when: When| dry(rule(when, vec![], vec![deed(Deed::Tag, "x")])).await.touched;
    assert_eq!((touched(When::Status).await, touched(When::Answered).await, touched(When::Replied).await), (0, 0, 26));
    shop.marta.set_status(vec![late.clone()], Status::Solved).await.unwrap();
    assert_eq!(touched(When::Status).await, 1);
    assert_eq!(touched(When::Passed).await, 0, "an hour has not passed since any was made");
    ground.clock.pass(3600 * SECOND);
    assert_eq!(touched(When::Passed).await, 26);
    assert_eq!(refused(shop.marta.try_rule(rule(When::Created, vec![], vec![])).await).field(), Some("actions"));
    assert!(thread(&shop, &late).await.line.tags.is_empty(), "nothing is changed");
});
