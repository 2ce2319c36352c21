//! One act on several conversations: all that can be is done and the rest is told, in steps that go on after a restart; undone,
//! each is exactly as it was, unless somebody changed it in the meantime. And views with names: whose they are, what they count.

mod common;

use common::{Ground, KENJI, Shop, refused, ticket, words};
use desk::Agent;
use model::{
    Assignee, BatchId, ConversationId, Refusal, Why,
    agent::Role,
    batch::{Batch, BatchForm, Change, Of, Stage},
    conversation::{Folder, Kind, Line, Priority, Status},
    moment::{HOUR, SECOND},
    ticket::TicketForm,
    view::{Sort, View},
};

fn these(change: Change, ids: &[ConversationId]) -> BatchForm {
    BatchForm { id: BatchId::new(), change, of: Of::These(ids.to_vec()) }
}

async fn line(agent: &Agent, id: &ConversationId) -> Line {
    agent.open_thread(id.clone()).await.expect("opened").line
}

async fn lines(agent: &Agent, ids: &[ConversationId]) -> Vec<Line> {
    let mut all = vec![];
    for id in ids {
        // the number of the last event is another in any case
        all.push(Line { seq: 0, ..line(agent, id).await });
    }
    all
}

/// Tickets of every sort: assigned or not, open, pending, asleep, solved, waited for or not.
async fn tickets(ground: &Ground, shop: &Shop, count: usize) -> Vec<ConversationId> {
    let mut ids = vec![];
    for n in 0..count {
        let assignee = if n % 2 == 0 { Assignee::Nobody } else { Assignee::Department(shop.billing.clone()) };
        let id = ticket(&shop.marta, &format!("Ticket {n}"), assignee).await;
        match n % 4 {
            1 => shop.marta.set_status(vec![id.clone()], Status::Pending).await.expect("pending"),
            2 => shop.marta.snooze(id.clone(), ground.clock.now().plus(HOUR)).await.expect("asleep"),
            3 => shop.marta.tag(vec![id.clone()], "vip".into()).await.expect("tagged"),
            _ => {}
        }
        ids.push(id);
        ground.clock.pass(SECOND);
    }
    ids
}

async fn finish(ground: &Ground) {
    while ground.follow_batches().await.expect("a step") {}
}

async fn last(agent: &Agent) -> Batch {
    agent.last_batch().await.expect("the last").batch.expect("one")
}

contract!(each_change_of_several_is_undone_exactly, |ground| async {
    let shop = ground.shop().await;
    let ids = tickets(&ground, &shop, 8).await;
    for change in [
        Change::Assign(Assignee::Agent(shop.rui.id().clone())),
        Change::Status(Status::Solved),
        Change::Status(Status::Open),
        Change::Snooze(ground.clock.now().plus(2 * HOUR)),
        Change::Priority(Priority::Low),
        Change::Tag("VIP".into()),
        Change::Untag("vip".into()),
        Change::Move(Folder::Trash),
    ] {
        let before = lines(&shop.marta, &ids).await;
        let form = these(change.clone(), &ids);
        let id = form.id.clone();
        let done = shop.marta.begin_batch(form).await.expect("begun");
        assert_eq!((done.stage, done.total, done.looked, done.refused), (Stage::Done, 8, 8, 0), "{change:?}");
        let change = done.change;
        let after = lines(&shop.marta, &ids).await;
        assert!(after.iter().all(|line| change.holds(line)), "{change:?}");
        let changed = i64::try_from(before.iter().zip(&after).filter(|(before, after)| before != after).count()).unwrap();
        assert_eq!(done.changed, changed, "{change:?}");
        shop.marta.undo_batch(id).await.expect("undone");
        let undone = last(&shop.marta).await;
        assert_eq!((undone.stage, undone.back, undone.kept), (Stage::Undone, changed, 0), "{change:?}");
        assert_eq!(lines(&shop.marta, &ids).await, before, "{change:?}");
    }
});

contract!(since_when_a_customer_waits_is_put_back_too, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(common::chat_form("Is anybody there?")).await.expect("a chat");
    let before = lines(&shop.marta, std::slice::from_ref(&chat)).await;
    assert!(before[0].waiting_since.is_some());
    let form = these(Change::Status(Status::Closed), std::slice::from_ref(&chat));
    let id = form.id.clone();
    shop.marta.begin_batch(form).await.expect("done");
    assert_eq!(line(&shop.marta, &chat).await.waiting_since, None);
    shop.marta.undo_batch(id).await.expect("undone");
    assert_eq!(lines(&shop.marta, &[chat]).await, before);
});

contract!(what_somebody_changed_in_the_meantime_is_left_and_told, |ground| async {
    let shop = ground.shop().await;
    let ids = tickets(&ground, &shop, 5).await;
    shop.marta.assign(ids.clone(), Assignee::Nobody).await.expect("assigned");
    let form = these(Change::Assign(Assignee::Agent(shop.marta.id().clone())), &ids);
    let id = form.id.clone();
    shop.marta.begin_batch(form).await.expect("done");
    // one is given to somebody else, one is gone, one is merged; a word in a fourth changes nothing of whose it is
    shop.rui.assign(vec![ids[0].clone()], Assignee::Agent(shop.rui.id().clone())).await.expect("assigned");
    shop.rui.move_to(vec![ids[1].clone()], Folder::Trash).await.expect("moved");
    shop.rui.delete(vec![ids[1].clone()]).await.expect("deleted");
    let there = line(&shop.rui, &ids[4]).await.number.expect("a number");
    shop.rui.merge_ticket(ids[2].clone(), there).await.expect("merged");
    shop.rui.reply(ids[3].clone(), words("One moment")).await.expect("said");
    shop.marta.undo_batch(id.clone()).await.expect("undone");
    let undone = last(&shop.marta).await;
    assert_eq!((undone.back, undone.kept), (2, 3));
    assert_eq!(line(&shop.marta, &ids[0]).await.assignee, Assignee::Agent(shop.rui.id().clone()));
    for id in &ids[3..] {
        assert_eq!(line(&shop.marta, id).await.assignee, Assignee::Nobody);
    }
    // twice is once
    let seen = lines(&shop.marta, &ids[3..]).await;
    shop.marta.undo_batch(id).await.expect("undone already");
    assert_eq!(lines(&shop.marta, &ids[3..]).await, seen);
});

contract!(many_are_done_in_steps_and_go_on_after_a_restart, |ground| async {
    let shop = ground.shop().await;
    let mut ids = vec![];
    for n in 0..120 {
        ids.push(ticket(&shop.marta, &format!("Ticket {n}"), Assignee::Nobody).await);
    }
    let all = View { kind: Some(Kind::Ticket), sort: Sort::Oldest, ..View::default() };
    let form = BatchForm { id: BatchId::new(), change: Change::Tag("bulk".into()), of: Of::View(all) };
    let begun = shop.marta.begin_batch(form.clone()).await.expect("begun");
    assert_eq!((begun.stage, begun.total, begun.looked, begun.changed), (Stage::Running, 120, 50, 50));
    assert_eq!(begun.progress(), (50, 120));
    // asked again, as after a broken line, it is the same act; as another change it is not
    assert_eq!(shop.marta.begin_batch(form.clone()).await.expect("begun already").looked, 100);
    let other = BatchForm { change: Change::Delete, ..form.clone() };
    assert_eq!(refused(shop.marta.begin_batch(other).await), Refusal::Conflict);
    // another process goes on where this one was
    let desk = ground.another_desk().await;
    assert!(desk.follow_batches().await.expect("a step"));
    assert!(!desk.follow_batches().await.expect("nothing more"));
    desk.close().await;
    let done = last(&shop.marta).await;
    assert_eq!((done.stage, done.changed), (Stage::Done, 120));
    let tagged = View { tag: Some("bulk".into()), ..View::default() };
    assert_eq!(shop.rui.list_inbox(tagged.clone()).await.expect("a list").total(), Some(120));
    // a colleague sees one entry about it in each, by who asked
    let told = shop.rui.open_thread(ids[7].clone()).await.expect("opened").messages;
    assert_eq!(told.iter().filter(|message| message.happened.is_some()).count(), 1);
    shop.marta.undo_batch(form.id).await.expect("undoing");
    assert_eq!(last(&shop.marta).await.stage, Stage::Undoing);
    finish(&ground).await;
    assert_eq!((last(&shop.marta).await.stage, last(&shop.marta).await.back), (Stage::Undone, 120));
    assert_eq!(shop.rui.list_inbox(tagged).await.expect("a list").total(), Some(0));
});

contract!(an_act_undone_on_its_way_changes_nothing_more, |ground| async {
    let shop = ground.shop().await;
    let mut ids = vec![];
    for n in 0..60 {
        ids.push(ticket(&shop.marta, &format!("Ticket {n}"), Assignee::Nobody).await);
    }
    let form = these(Change::Status(Status::Solved), &ids);
    let id = form.id.clone();
    assert_eq!(shop.marta.begin_batch(form).await.expect("begun").looked, 50);
    shop.marta.undo_batch(id).await.expect("undoing");
    finish(&ground).await;
    let undone = last(&shop.marta).await;
    assert_eq!((undone.stage, undone.changed, undone.back), (Stage::Undone, 50, 50));
    assert!(lines(&shop.marta, &ids).await.iter().all(|line| line.status == Status::Open));
});

contract!(who_may_no_longer_work_here_changes_nothing_more, |ground| async {
    let shop = ground.shop().await;
    let mut ids = vec![];
    for n in 0..60 {
        ids.push(ticket(&shop.marta, &format!("Ticket {n}"), Assignee::Nobody).await);
    }
    shop.rui.begin_batch(these(Change::Tag("mine".into()), &ids)).await.expect("begun");
    shop.marta.disable_agent(shop.rui.id().clone()).await.expect("disabled");
    finish(&ground).await;
    let tagged = shop.marta.list_inbox(View { tag: Some("mine".into()), ..View::default() }).await.expect("a list");
    assert_eq!(tagged.total(), Some(50));
});

contract!(what_cannot_be_changed_is_counted_and_nothing_foreign_is_touched, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let theirs = ticket(&olga, "Theirs", Assignee::Nobody).await;
    let ids = tickets(&ground, &shop, 3).await;
    // only what lies in spam or trash is deleted for ever
    shop.marta.move_to(vec![ids[0].clone()], Folder::Spam).await.expect("moved");
    let mut all = ids.clone();
    all.extend([theirs.clone(), ConversationId::new()]);
    let form = these(Change::Delete, &all);
    let id = form.id.clone();
    let done = shop.marta.begin_batch(form).await.expect("done");
    assert_eq!((done.total, done.changed, done.refused), (3, 1, 2));
    assert!(!done.undoable());
    assert_eq!(refused(shop.marta.undo_batch(id.clone()).await), Refusal::TooLate);
    assert_eq!(line(&olga, &theirs).await.subject, "Theirs");
    // a foreign one, a foreign act, and what is not there are answered alike
    for ids in [vec![theirs], vec![ConversationId::new()], vec![]] {
        assert_eq!(refused(shop.marta.begin_batch(these(Change::Tag("x".into()), &ids)).await), Refusal::NotFound);
    }
    for who in [&shop.rui, &olga] {
        assert_eq!(refused(who.undo_batch(id.clone()).await), Refusal::NotFound);
        assert_eq!(who.last_batch().await.expect("none").batch, None);
    }
    let many: Vec<ConversationId> = (0..1_001).map(|_| ConversationId::new()).collect();
    let too_many = Refusal::invalid("conversations", Why::TooMany(1_000));
    assert_eq!(refused(shop.marta.begin_batch(these(Change::Tag("x".into()), &many)).await), too_many);
    let unknown = Change::Assign(Assignee::Agent(olga.id().clone()));
    assert_eq!(refused(shop.marta.begin_batch(these(unknown, &ids)).await), Refusal::invalid("assignee", Why::Unknown));
});

contract!(a_view_of_ones_own_is_seen_by_nobody_else, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    ticket(&shop.marta, "One", Assignee::Nobody).await;
    let view = View { assignee: Some(Assignee::Nobody), status: None, ..View::default() };
    let own = shop.rui.save_view("  Nobody's ", view.clone(), false).await.expect("kept");
    let shared = shop.rui.save_view("Nobody's", view.clone(), true).await.expect("kept");
    let seen = |agent: Agent| async move {
        let inbox = agent.list_inbox(View::default()).await.expect("an Inbox");
        let names: Vec<_> = inbox.saved.iter().map(|one| (one.id.clone(), inbox.tally(&one.facet()))).collect();
        (names, inbox.tallies.keys().filter(|facet| facet.starts_with("view:")).count())
    };
    assert_eq!(seen(shop.rui.clone()).await, (vec![(shared.clone(), 1), (own.clone(), 1)], 2));
    assert_eq!(seen(shop.marta.clone()).await, (vec![(shared.clone(), 1)], 1));
    assert_eq!(seen(olga.clone()).await, (vec![], 0));
    for who in [&shop.marta, &olga] {
        assert_eq!(refused(who.rename_view(own.clone(), "Mine").await), Refusal::NotFound);
        assert_eq!(refused(who.move_view(own.clone(), true).await), Refusal::NotFound);
        assert_eq!(refused(who.delete_view(own.clone()).await), Refusal::NotFound);
    }
    assert_eq!(refused(olga.delete_view(shared.clone()).await), Refusal::NotFound);
    // names are told apart, and neither empty nor endless
    assert_eq!(refused(shop.rui.save_view("Nobody's", view.clone(), false).await), Refusal::Taken { field: "name".into() });
    assert_eq!(refused(shop.rui.save_view(" ", view.clone(), false).await), Refusal::invalid("name", Why::Required));
    assert_eq!(refused(shop.rui.save_view(&"x".repeat(61), view.clone(), false).await), Refusal::invalid("name", Why::TooLong(60)));
    for n in 0..19 {
        shop.rui.save_view(&format!("View {n}"), view.clone(), false).await.expect("kept");
    }
    assert_eq!(refused(shop.rui.save_view("One more", view, false).await), Refusal::invalid("name", Why::TooMany(20)));
});

contract!(what_comes_while_a_view_is_made_is_counted_once, |ground| async {
    let shop = ground.shop().await;
    let coming = (0..20).map(|n| {
        let marta = shop.marta.clone();
        tokio::spawn(async move {
            if n % 4 == 0 {
                let view = View { kind: Some(Kind::Ticket), ..View::default() };
                marta.save_view(&format!("View {n}"), view, n % 8 == 0).await.map(drop)
            } else {
                let form = TicketForm { email: KENJI.1.into(), subject: "Now".into(), text: "Words".into(), ..TicketForm::default() };
                marta.open_ticket(form.check().expect("a form")).await.map(drop)
            }
        })
    });
    for one in futures::future::join_all(coming.collect::<Vec<_>>()).await {
        one.expect("ran").expect("done");
    }
    let counted = common::recounted(&shop.marta).await;
    assert_eq!(counted.iter().filter(|(facet, n)| facet.starts_with("view:") && **n == 15).count(), 5);
    assert_eq!(counted, common::tallies(&ground, &shop.marta).await);
});

contract!(an_agent_of_the_role_agent_may_all_of_it, |ground| async {
    let shop = ground.shop().await;
    let (ana, _) = ground.hire(&shop.marta, "Ana", "ana@acme.test", Role::Agent).await;
    let id = ticket(&shop.marta, "One", Assignee::Nobody).await;
    let done = ana.begin_batch(these(Change::Priority(Priority::High), std::slice::from_ref(&id))).await.expect("done");
    assert_eq!(done.changed, 1);
    assert_eq!(line(&shop.rui, &id).await.priority, Priority::High);
});
