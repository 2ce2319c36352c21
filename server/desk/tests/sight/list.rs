//! Lists, pages of them, and every number beside them.

use desk::Agent;
use model::{
    Assignee, ConversationId,
    agent::Reach,
    conversation::{Folder, Kind, Priority, Status},
    moment::SECOND,
    view::{Sort, View},
};

use crate::{
    case,
    common::{Ground, Shop, chat_form, recounted, ticket, words},
    contract, limit, of,
};

/// Every filter, in and without a status, under every order.
fn views(shop: &Shop) -> Vec<View> {
    let all = View::default();
    let mut views = vec![];
    for view in [
        all.clone(),
        View { kind: Some(Kind::Ticket), ..all.clone() },
        View { kind: Some(Kind::Chat), ..all.clone() },
        View { assignee: Some(Assignee::Nobody), ..all.clone() },
        View { assignee: Some(of(&shop.rui)), ..all.clone() },
        View { assignee: Some(of(&shop.marta)), ..all.clone() },
        View { department: Some(shop.billing.clone()), ..all.clone() },
        View { priority: Some(Priority::High), ..all.clone() },
        View { urgent: true, ..all.clone() },
        View { missed: true, ..all.clone() },
        View { tag: Some("vip".into()), ..all.clone() },
        View { follower: Some(shop.rui.id().clone()), ..all.clone() },
        View { follower: Some(shop.marta.id().clone()), tag: Some("vip".into()), ..all.clone() },
        View { tag: Some("vip".into()), kind: Some(Kind::Ticket), ..all },
    ] {
        for sort in Sort::ALL {
            for status in [Some(Status::Open), Some(Status::Solved), None] {
                views.push(View { status, sort: *sort, ..view.clone() });
            }
        }
    }
    views.extend([Folder::Spam, Folder::Trash].map(View::of_folder));
    views
}

/// All rows of a view, page by page.
async fn all(agent: &Agent, view: &View) -> Vec<ConversationId> {
    let mut inbox = agent.list_inbox(view.clone()).await.expect("a list");
    while let Some(more) = inbox.more.clone() {
        inbox.extend(agent.list_more(view.clone(), more).await.expect("more"));
    }
    inbox.rows.into_iter().map(|row| row.line.id).collect()
}

/// Conversations of every sort and everybody; some of others that Rui is called into.
async fn many(ground: &Ground, shop: &Shop) {
    let assignees = [Assignee::Nobody, of(&shop.marta), of(&shop.rui), Assignee::Department(shop.billing.clone())];
    for n in 0..64_usize {
        let id = ticket(&shop.marta, &format!("Ticket {n}"), assignees[n % 4].clone()).await;
        let ids = || vec![id.clone()];
        if n % 3 == 0 {
            shop.marta.tag(ids(), "vip".into()).await.unwrap();
        }
        if n % 8 < 4 {
            let priority = if n % 16 < 8 { Priority::High } else { Priority::Low };
            shop.marta.set_priority(ids(), priority).await.unwrap();
        }
        match n % 7 {
            1 => shop.marta.set_status(ids(), Status::Solved).await.unwrap(),
            2 => shop.marta.move_to(ids(), Folder::Spam).await.unwrap(),
            3 => shop.marta.move_to(ids(), Folder::Trash).await.unwrap(),
            _ => {}
        }
        if n % 5 == 0 {
            shop.marta.note(id.clone(), words("@Rui, what do you think?")).await.unwrap();
        }
        ground.clock.pass(SECOND);
    }
    let visitor = ground.visit(&shop.marta).await;
    visitor.start_chat(chat_form("Hello?")).await.unwrap();
}

async fn called(ground: &Ground, agent: &Agent, id: &ConversationId) -> bool {
    let rows = sqlx::query("select 1 from called where agent = $1 and conversation = $2").bind(agent.id().as_str()).bind(id.as_str());
    rows.fetch_optional(ground.db().read()).await.unwrap().is_some()
}

contract!(a_list_is_what_all_see_without_what_is_not_theirs, |ground| async {
    let shop = ground.shop().await;
    many(&ground, &shop).await;
    let everything: Vec<View> = views(&shop);
    for reach in [Reach::Departments, Reach::Own] {
        let rui = limit(&ground, &shop, reach).await;
        let mut seen = 0;
        for view in &everything {
            let mut wanted = vec![];
            for id in all(&shop.marta, view).await {
                let assignee = shop.marta.open_thread(id.clone()).await.unwrap().line.assignee;
                let department = reach == Reach::Departments && assignee == Assignee::Department(shop.billing.clone());
                if assignee == of(&rui) || department || called(&ground, &rui, &id).await {
                    wanted.push(id);
                }
            }
            assert_eq!(all(&rui, view).await, wanted, "{reach} {view:?}");
            seen += wanted.len();
        }
        assert!(seen > 100, "{reach}: {seen}");
    }
});

contract!(counts_are_those_of_what_is_seen, |ground| async {
    let shop = ground.shop().await;
    many(&ground, &shop).await;
    shop.marta.save_view("Urgent ones", View { urgent: true, ..View::default() }, true).await.unwrap();
    shop.rui.save_view("Mine", View { assignee: Some(of(&shop.rui)), status: None, ..View::default() }, false).await.unwrap();
    let whole = shop.rui.list_inbox(View::default()).await.unwrap().tallies;
    for reach in [Reach::Departments, Reach::Own] {
        let rui = limit(&ground, &shop, reach).await;
        let inbox = rui.list_inbox(View::default()).await.unwrap();
        assert_eq!(inbox.tallies, recounted(&rui).await, "{reach}");
        assert!(inbox.tallies.iter().all(|(facet, n)| whole.get(facet).is_some_and(|all| all >= n)), "{reach}");
        assert!(inbox.tallies["all"] < whole["all"] && inbox.saved.len() == 2, "{reach}");
    }
    let all = limit(&ground, &shop, Reach::All).await;
    assert_eq!(all.list_inbox(View::default()).await.unwrap().tallies, whole);
});

contract!(a_saved_view_counts_what_is_seen, |ground| async {
    let case = case(&ground, Reach::Own).await;
    let view = View { kind: Some(Kind::Ticket), sort: Sort::Oldest, ..View::default() };
    let id = case.rui.save_view("Tickets", view.clone(), true).await.unwrap();
    let facet = model::saved_view::facet(&id);
    let count = async |agent: &Agent| agent.list_inbox(view.clone()).await.unwrap().tally(&facet);
    assert_eq!((count(&case.rui).await, count(&case.shop.marta).await), (1, 2));
    // and is kept for all as it was, whoever saved it
    assert_eq!(recounted(&case.shop.marta).await, crate::common::tallies(&ground, &case.shop.marta).await);
});

contract!(who_is_in_many_departments_sees_all_of_them, |ground| async {
    let shop = ground.shop().await;
    let mut wanted = vec![];
    for n in 0..24 {
        let department = shop.marta.create_department(&format!("D{n}"), "", vec![shop.rui.id().clone()]).await.unwrap();
        wanted.push(ticket(&shop.marta, &format!("Ticket {n}"), Assignee::Department(department)).await);
        ground.clock.pass(SECOND);
    }
    wanted.sort();
    let rui = limit(&ground, &shop, Reach::Departments).await;
    for sort in Sort::ALL {
        for status in [Some(Status::Open), None] {
            let mut found = all(&rui, &View { status, sort: *sort, ..View::default() }).await;
            found.sort();
            assert_eq!(found, wanted, "{sort} {status:?}");
        }
    }
    assert_eq!(rui.list_inbox(View::default()).await.unwrap().tally("all"), 24);
});

contract!(a_tag_of_others_is_not_offered, |ground| async {
    let case = case(&ground, Reach::Own).await;
    assert_eq!(case.rui.list_tags().await.unwrap(), ["plain"]);
    assert_eq!(case.shop.marta.list_tags().await.unwrap().len(), 2);
    let inbox = case.rui.list_inbox(View::default()).await.unwrap();
    assert!(!inbox.tallies.keys().any(|facet| facet.contains("hidden")), "{:?}", inbox.tallies);
});
