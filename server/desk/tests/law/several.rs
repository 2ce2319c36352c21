//! The law for what agents do to several conversations at once, and for the views they keep.

use model::{
    Assignee, BatchId, ConversationId,
    batch::{BatchForm, Change, Of},
    conversation::{Folder, Priority, Status},
    moment::{DAY, HOUR, SECOND},
    view::{Sort, View},
};

use crate::{common, contract, form, words};

fn of(change: Change, ids: &[ConversationId]) -> BatchForm {
    BatchForm { id: BatchId::new(), change, of: Of::These(ids.to_vec()) }
}

contract!(acts_on_several_and_their_undoing_keep_the_law, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (shop.marta.clone(), shop.rui.clone());
    let mut ids = vec![];
    // two: a contact's timeline is compared as far as its first part goes
    for n in 0..2 {
        ids.push(marta.open_ticket(form(&format!("Ticket {n}")).check().unwrap()).await.unwrap());
        ground.clock.pass(SECOND);
    }
    step!(ground, shop, "keeping a view for all", marta.save_view("Refunds", View { tag: Some("refund".into()), ..View::default() }, true));
    step!(ground, shop, "keeping one for oneself", rui.save_view("Pressing", View { urgent: true, ..View::default() }, false));
    let until = ground.clock.now().plus(HOUR);
    for change in [
        Change::Assign(Assignee::Agent(rui.id().clone())),
        Change::Status(Status::Solved),
        Change::Snooze(until),
        Change::Priority(Priority::Highest),
        Change::Tag("late".into()),
        Change::Untag("refund".into()),
        Change::Move(Folder::Trash),
    ] {
        let form = of(change.clone(), &ids);
        let id = form.id.clone();
        step!(ground, shop, format!("{change:?} of two"), marta.begin_batch(form));
        step!(ground, shop, "somebody writing in one of them", rui.note(ids[0].clone(), words("Look")));
        assert_eq!(common::recounted(&rui).await, counters(&rui).await, "{change:?}");
        step!(ground, shop, format!("undoing {change:?}"), marta.undo_batch(id));
        assert_eq!(common::recounted(&rui).await, counters(&rui).await, "{change:?} undone");
    }
    let all = BatchForm { id: BatchId::new(), change: Change::Move(Folder::Spam), of: Of::View(View { status: None, ..View::default() }) };
    step!(ground, shop, "all of a view", marta.begin_batch(all));
    step!(ground, shop, "deleting them for ever", marta.begin_batch(of(Change::Delete, &ids)));
    ground.clock.pass(2 * DAY);
    step!(ground, shop, "forgetting acts of long ago", ground.clock_tick());
});

contract!(views_with_names_keep_the_law, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (shop.marta.clone(), shop.rui.clone());
    let a = marta.open_ticket(form("Late order").check().unwrap()).await.unwrap();
    let refunds = View { tag: Some("refund".into()), sort: Sort::Oldest, ..View::default() };
    let one = step!(ground, shop, "a view for all", marta.save_view("Refunds", refunds.clone(), true));
    let two = step!(ground, shop, "another", rui.save_view("Solved", View { status: Some(Status::Solved), ..View::default() }, true));
    let own = step!(ground, shop, "an own one", rui.save_view("Refunds", refunds, false));
    step!(ground, shop, "solving", marta.set_status(vec![a.clone()], Status::Solved));
    step!(ground, shop, "opening another", marta.open_ticket(form("Another").check().unwrap()));
    step!(ground, shop, "renaming", rui.rename_view(one.clone(), "Money back"));
    step!(ground, shop, "moving down", marta.move_view(one.clone(), true));
    step!(ground, shop, "moving down the last", marta.move_view(one.clone(), true));
    step!(ground, shop, "moving up", marta.move_view(one.clone(), false));
    step!(ground, shop, "closing", rui.set_status(vec![a], Status::Closed));
    assert_eq!(common::recounted(&rui).await, counters(&rui).await);
    for view in [one, two] {
        step!(ground, shop, "forgetting one for all", marta.delete_view(view));
    }
    step!(ground, shop, "forgetting an own one", rui.delete_view(own));
    assert!(common::tallies(&ground, &marta).await.keys().all(|facet| !facet.starts_with("view:")));
});

/// The counters that an agent sees.
async fn counters(agent: &desk::Agent) -> std::collections::BTreeMap<String, i64> {
    agent.list_inbox(View::default()).await.unwrap().tallies
}
