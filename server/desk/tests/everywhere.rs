//! The Inbox of all properties: the lists of each property joined by their order, page by page, with what one sees in each and no more;
//! kept true by the log of each; and the way from a row into its property.

mod common;

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use common::{Ground, Shop, refused, ticket, words};
use desk::Agent;
use model::{
    Assignee, ConversationId, PropertyId, Refusal,
    agent::{Reach, Role},
    conversation::{Folder, Kind, Priority, Status},
    everywhere::Everywhere,
    moment::SECOND,
    view::{Sort, View},
};

/// Marta in her two shops: Acme Shop, where she is admin, and Other Shop, which is Olga's.
struct Two {
    shop: Shop,
    /// Marta in Acme Shop, and in Other Shop.
    both: [Agent; 2],
    olga: Agent,
}

async fn two(ground: &Ground) -> Two {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let both = in_each(&shop.marta).await;
    Two { shop, both, olga }
}

/// Somebody in each of their two properties.
async fn in_each(agent: &Agent) -> [Agent; 2] {
    let all: Vec<Agent> = agent.everywhere().await.unwrap().0.into_iter().map(|(_, agent)| agent).collect();
    all.try_into().unwrap_or_else(|_| panic!("two properties"))
}

/// Tickets in both shops, some at the same moment.
async fn fill(ground: &Ground, two: &Two, count: usize) {
    let me = Assignee::Agent(two.shop.marta.id().clone());
    for n in 0..count {
        if n % 3 != 0 {
            ground.clock.pass(SECOND);
        }
        // two in a row in one, one in the other
        let by = &two.both[usize::from(n % 3 == 1)];
        let id = ticket(by, &format!("Ticket {n}"), if n % 4 == 0 { me.clone() } else { Assignee::Nobody }).await;
        let ids = || vec![id.clone()];
        by.set_priority(ids(), Priority::ALL[n % 5]).await.unwrap();
        match n % 9 {
            1 => by.set_status(ids(), Status::Solved).await.unwrap(),
            2 => by.move_to(ids(), Folder::Spam).await.unwrap(),
            3 => by.move_to(ids(), Folder::Trash).await.unwrap(),
            _ => {}
        }
    }
}

fn ids(list: &Everywhere) -> Vec<ConversationId> {
    list.joined().rows.into_iter().map(|row| row.line.id).collect()
}

/// All rows of a view over all properties, page by page.
async fn whole(agent: &Agent, view: &View) -> Everywhere {
    let mut list = agent.list_everywhere(view.clone()).await.unwrap();
    while let Some(after) = list.more.clone() {
        let before = ids(&list).len();
        let further = agent.list_more_everywhere(view.clone(), after).await.unwrap();
        assert!(!list.extend(further), "nothing was told meanwhile");
        assert!(ids(&list).len() > before, "a further part has something on it");
    }
    list
}

/// The same by the lists of each property.
async fn wanted(all: &[Agent], view: &View) -> Vec<ConversationId> {
    let mut lines = vec![];
    for agent in all {
        let mut inbox = agent.list_inbox(view.clone()).await.unwrap();
        while let Some(after) = inbox.more.clone() {
            inbox.extend(agent.list_more(view.clone(), after).await.unwrap());
        }
        lines.extend(inbox.rows.into_iter().map(|row| row.line));
    }
    lines.sort_by(|a, b| view.order(&view.key(a), &view.key(b)));
    lines.into_iter().map(|line| line.id).collect()
}

fn views(me: &Agent) -> Vec<View> {
    let all = View::default();
    let filters = [
        all.clone(),
        View { kind: Some(Kind::Ticket), ..all.clone() },
        View { assignee: Some(Assignee::Nobody), ..all.clone() },
        View { assignee: Some(Assignee::Agent(me.id().clone())), ..all.clone() },
        View { priority: Some(Priority::High), ..all.clone() },
        View { urgent: true, ..all.clone() },
        View { status: None, ..all.clone() },
        View { status: Some(Status::Solved), ..all },
        View::of_folder(Folder::Spam),
        View::of_folder(Folder::Trash),
    ];
    let sorted = |view: &View| Sort::ALL.iter().map(|sort| View { sort: *sort, ..view.clone() }).collect::<Vec<_>>();
    filters.iter().flat_map(sorted).collect()
}

contract!(a_list_over_all_properties_is_their_lists_in_one_order, |ground| async {
    let two = two(&ground).await;
    fill(&ground, &two, 150).await;
    for view in views(&two.shop.marta) {
        let list = whole(&two.shop.marta, &view).await;
        let found = ids(&list);
        assert_eq!(found, wanted(&two.both, &view).await, "{view:?}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "once each: {view:?}");
        let keys: Vec<_> = list.joined().rows.iter().map(|row| view.key(&row.line)).collect();
        assert!(keys.is_sorted_by(|a, b| view.order(a, b) == Ordering::Less), "{view:?}");
    }
    let first = two.shop.marta.list_everywhere(View::default()).await.unwrap();
    assert_eq!(ids(&first).len(), 24, "a first part is one part, however many properties there are");
    assert_eq!(first.parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(), ["Acme Shop", "Other Shop"]);
    // what is of one property alone is no filter here
    let narrow = View { department: Some(two.shop.billing.clone()), tag: Some("x".into()), ..View::default() };
    assert_eq!(two.shop.marta.list_everywhere(narrow).await.unwrap(), first);
    let department = View { assignee: Some(Assignee::Department(two.shop.billing.clone())), ..View::default() };
    assert_eq!(two.shop.marta.list_everywhere(department).await.unwrap(), first);
});

contract!(counts_over_all_properties_are_the_sums, |ground| async {
    let two = two(&ground).await;
    fill(&ground, &two, 60).await;
    let mut sums = BTreeMap::<String, i64>::new();
    for agent in &two.both {
        for (facet, n) in agent.list_inbox(View::default()).await.unwrap().tallies {
            *sums.entry(facet).or_default() += n;
        }
    }
    let joined = two.shop.marta.list_everywhere(View::default()).await.unwrap().joined();
    assert_eq!(joined.tallies, sums);
    assert!(["all", "ticket", "spam", "trash", "urgent"].iter().all(|facet| sums[*facet] > 0), "{sums:?}");
    assert_eq!(joined.total(), Some(sums["all"]));
});

/// What somebody's open list is told of every property since it was loaded.
async fn tell(list: &mut Everywhere, all: &[Agent]) {
    let heads: Vec<(PropertyId, i64)> = list.heads().map(|(property, head)| (property.clone(), head)).collect();
    for (property, head) in heads {
        let agent = all.iter().find(|agent| *agent.property() == property).unwrap();
        for told in agent.told_since(head).await.unwrap().expect("no gap") {
            list.apply(&property, &told, agent.id());
            list.apply(&property, &told, agent.id());
        }
    }
}

contract!(rows_that_move_while_one_reads_on_are_neither_missed_nor_doubled, |ground| async {
    let two = two(&ground).await;
    fill(&ground, &two, 150).await;
    for sort in [Sort::Newest, Sort::Oldest, Sort::Priority] {
        let view = View { sort, ..View::default() };
        let marta = &two.shop.marta;
        let mut list = marta.list_everywhere(view.clone()).await.unwrap();
        let all = wanted(&two.both, &view).await;
        // one from the end comes to the other end, one of the loaded goes, a new one comes
        let of = |id: &ConversationId| usize::from(!list.parts[0].inbox.rows.iter().any(|row| row.line.id == *id));
        let (end, gone) = (all.last().unwrap().clone(), all[3].clone());
        let by = &two.both[of(&gone)];
        by.set_status(vec![gone.clone()], Status::Closed).await.unwrap();
        for agent in &two.both {
            if agent.sees(&end).await.unwrap() {
                ground.clock.pass(SECOND);
                agent.reply(end.clone(), words("Any news?")).await.unwrap();
            }
        }
        ground.clock.pass(SECOND);
        let new = ticket(&two.both[1], "Just now", Assignee::Nobody).await;
        // the rest comes before the list is told of it, as it may over a slow line
        let after = list.more.clone().unwrap();
        let mut further = marta.list_more_everywhere(view.clone(), after).await.unwrap();
        tell(&mut list, &two.both).await;
        // and so it does a moment later, from before: the part says that it is behind, and is told again
        for (_, head, _) in &mut further.parts {
            *head -= 3;
        }
        assert!(list.extend(further), "told more than its rows know");
        tell(&mut list, &two.both).await;
        while let Some(after) = list.more.clone() {
            _ = list.extend(marta.list_more_everywhere(view.clone(), after).await.unwrap());
        }
        let found = ids(&list);
        assert_eq!(found, wanted(&two.both, &view).await, "{sort}");
        assert!(found.contains(&new) && !found.contains(&gone), "{sort}");
    }
});

contract!(an_open_list_is_what_a_fresh_one_is, |ground| async {
    let two = two(&ground).await;
    let marta = &two.shop.marta;
    fill(&ground, &two, 12).await;
    let mut open: Vec<Everywhere> = vec![];
    for view in views(marta) {
        open.push(marta.list_everywhere(view).await.unwrap());
    }
    let [acme, other] = &two.both;
    let a = ticket(acme, "Chair", Assignee::Nobody).await;
    let b = ticket(other, "Lamp", Assignee::Nobody).await;
    ground.clock.pass(SECOND);
    acme.reply(a.clone(), words("Hello")).await.unwrap();
    two.olga.assign(vec![b.clone()], Assignee::Agent(marta.id().clone())).await.unwrap();
    two.olga.note(b.clone(), words("@Marta, look")).await.unwrap();
    other.mark_read(b.clone()).await.unwrap();
    acme.set_priority(vec![a.clone()], Priority::Highest).await.unwrap();
    other.move_to(vec![b], Folder::Trash).await.unwrap();
    other.change_property("Aardvark Shop", model::Language::English, "UTC").await.unwrap();
    acme.create_department("Workshop", "", vec![]).await.unwrap();
    acme.save_view("Urgent ones", View { urgent: true, ..View::default() }, true).await.unwrap();
    for mut list in open.drain(..) {
        tell(&mut list, &two.both).await;
        let fresh = marta.list_everywhere(list.view.clone()).await.unwrap();
        // what is of one agent alone moves no number of what all are told
        for (part, new) in list.parts.iter_mut().zip(&fresh.parts) {
            part.inbox.head = new.inbox.head;
        }
        assert_eq!(list, fresh);
        assert_eq!(list.parts[0].name, "Aardvark Shop");
    }
});

contract!(each_property_shows_what_is_seen_there, |ground| async {
    let two = two(&ground).await;
    let marta = &two.shop.marta;
    let hidden = ticket(&two.olga, "Secret lamp", Assignee::Agent(two.olga.id().clone())).await;
    let own = ticket(&two.olga, "Own chair", Assignee::Agent(marta.id().clone())).await;
    let acme = ticket(&two.both[0], "All is seen", Assignee::Agent(two.shop.rui.id().clone())).await;
    assert_eq!(ids(&whole(marta, &View::default()).await).len(), 3);
    // in Other Shop she is an agent now, who sees what is hers
    two.olga.set_role(marta.id().clone(), Role::Agent).await.unwrap();
    two.olga.set_reach(marta.id().clone(), Reach::Own).await.unwrap();
    let mut list = whole(marta, &View::default()).await;
    assert_eq!(ids(&list).into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([own.clone(), acme.clone()]));
    assert_eq!((list.parts[0].inbox.tally("all"), list.parts[1].inbox.tally("all"), list.joined().tally("all")), (1, 1, 2));
    assert_eq!(refused(marta.go_to(&hidden).await), Refusal::NotFound);
    // and is told no more than that
    let both = in_each(marta).await;
    two.olga.reply(hidden.clone(), words("Secret words")).await.unwrap();
    for told in both[1].told_since(list.parts[1].inbox.head).await.unwrap().expect("no gap") {
        assert!(!format!("{told:?}").contains("Secret"), "{told:?}");
    }
    two.olga.assign(vec![hidden.clone()], Assignee::Agent(marta.id().clone())).await.unwrap();
    two.olga.assign(vec![own.clone()], Assignee::Nobody).await.unwrap();
    tell(&mut list, &both).await;
    assert_eq!(ids(&list).into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([hidden, acme]));
    assert_eq!(list.joined().tally("all"), 2);
});

contract!(a_property_that_is_closed_to_them_is_not_there, |ground| async {
    let two = two(&ground).await;
    let marta = &two.shop.marta;
    let there = ticket(&two.olga, "Lamp", Assignee::Nobody).await;
    let here = ticket(marta, "Chair", Assignee::Nobody).await;
    assert_eq!(ids(&whole(marta, &View::default()).await).len(), 2);
    two.olga.disable_agent(marta.id().clone()).await.unwrap();
    let list = whole(marta, &View::default()).await;
    assert_eq!((ids(&list), list.parts.len(), list.joined().tally("all")), (vec![here.clone()], 1, 1));
    assert_eq!(refused(marta.go_to(&there).await), Refusal::NotFound);
    two.olga.enable_agent(marta.id().clone()).await.unwrap();
    assert_eq!(whole(marta, &View::default()).await.parts.len(), 2);
    // who has no second step sees nothing of a property that asks for one, but that it does
    ground
        .db()
        .write({
            let property = two.olga.property().clone();
            move |tx| {
                Box::pin(async move {
                    let text = "update property set second_step_required_at = 1 where id = $1";
                    sqlx::query(text).bind(property.as_str()).execute(tx.conn()).await?;
                    Ok(())
                })
            }
        })
        .await
        .unwrap();
    let list = whole(marta, &View::default()).await;
    assert_eq!((ids(&list), list.closed), (vec![here], vec!["Other Shop".to_owned()]));
    assert_eq!(refused(marta.go_to(&there).await), Refusal::NotFound);
});

contract!(a_row_is_opened_in_its_own_property, |ground| async {
    let two = two(&ground).await;
    let there = ticket(&two.olga, "Lamp", Assignee::Nobody).await;
    let here = ticket(&two.shop.marta, "Chair", Assignee::Nobody).await;
    let looks = async || ground.agent(&two.shop.marta_token).await.unwrap();
    assert_eq!(refused(looks().await.reply(there.clone(), words("Hello")).await), Refusal::NotFound, "not from where she is");
    looks().await.go_to(&there).await.unwrap();
    assert_eq!(looks().await.property(), two.olga.property());
    looks().await.reply(there.clone(), words("Hello")).await.unwrap();
    assert_eq!(looks().await.open_thread(there).await.unwrap().messages.len(), 2);
    looks().await.go_to(&here).await.unwrap();
    assert_eq!(looks().await.property(), two.shop.marta.property());
    // Rui works in one, and there is no way for him into the other
    let foreign = ticket(&two.olga, "Table", Assignee::Nobody).await;
    assert_eq!(refused(two.shop.rui.go_to(&foreign).await), Refusal::NotFound);
    assert_eq!(refused(two.shop.rui.go_to(&ConversationId::new()).await), Refusal::NotFound);
    assert_eq!(whole(&two.shop.rui, &View::default()).await.parts.len(), 1);
});
