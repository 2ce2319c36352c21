//! The Inbox: every combination of filters gives the same lines by SQL as by the rules of `View`, page by page,
//! and whatever stands in an address bar is a value, never SQL.

mod common;

use common::{Ground, Shop, refused};
use model::{
    Assignee, Refusal,
    conversation::{Folder, Line, Priority, Status},
    inbox::Inbox,
    moment::SECOND,
    ticket::TicketForm,
    view::{Sort, View},
};

/// A few dozen tickets of every sort.
async fn fill(ground: &Ground, shop: &Shop, count: usize) {
    let assignees = [Assignee::Nobody, Assignee::Agent(shop.rui.id().clone()), Assignee::Department(shop.billing.clone())];
    for n in 0..count {
        // some share their moment, so that the tie is broken by the id
        if n % 3 != 0 {
            ground.clock.pass(SECOND);
        }
        let form = TicketForm {
            email: format!("customer{}@example.com", n % 7),
            subject: format!("Ticket {n}"),
            text: "Hello".into(),
            assignee: assignees[n % 3].to_string(),
            priority: Priority::ALL[n % 5].to_string(),
            tags: ["", "refund", "refund, vip", "o'hara"][n % 4].into(),
            ..TicketForm::default()
        };
        let id = shop.marta.open_ticket(form.check().unwrap()).await.unwrap();
        match n % 6 {
            1 => shop.marta.set_status(vec![id], Status::Solved).await.unwrap(),
            2 => shop.marta.set_status(vec![id], Status::Pending).await.unwrap(),
            5 => shop.rui.follow(id, true).await.unwrap(),
            3 => shop.marta.move_to(vec![id], Folder::Spam).await.unwrap(),
            4 => shop.marta.move_to(vec![id], Folder::Trash).await.unwrap(),
            _ => {}
        }
    }
}

/// All lines of a view, page by page.
async fn read_whole(shop: &Shop, view: &View) -> Inbox {
    let mut inbox = shop.marta.list_inbox(view.clone()).await.unwrap();
    while let Some(key) = inbox.more.clone() {
        let page = shop.marta.list_more(view.clone(), key).await.unwrap();
        assert!(!page.rows.is_empty(), "a further page has something on it");
        inbox.extend(page);
    }
    inbox
}

fn views(shop: &Shop) -> Vec<View> {
    let mut all = vec![];
    let statuses = [None, Some(Status::Open), Some(Status::Solved)];
    let assignees = [None, Some(Assignee::Nobody), Some(Assignee::Agent(shop.rui.id().clone()))];
    let tags = [None, Some("refund"), Some("o'hara"), Some("none-such")];
    for folder in Folder::ALL {
        for sort in Sort::ALL {
            for status in statuses {
                for assignee in &assignees {
                    for tag in tags {
                        let view = View {
                            folder: *folder,
                            sort: *sort,
                            status,
                            assignee: assignee.clone(),
                            tag: tag.map(ToOwned::to_owned),
                            ..View::default()
                        };
                        all.push(view.clone());
                        all.push(View { priority: Some(Priority::High), ..view.clone() });
                        all.push(View { follower: Some(shop.rui.id().clone()), ..view.clone() });
                        all.push(View { urgent: true, department: Some(shop.billing.clone()), assignee: None, ..view });
                    }
                }
            }
        }
    }
    all
}

contract!(every_view_is_the_same_by_sql_and_by_its_rules, |ground| async {
    let shop = ground.shop().await;
    fill(&ground, &shop, 36).await;
    let mut lines: Vec<Line> = vec![];
    for folder in Folder::ALL {
        let all = View { status: None, ..View::of_folder(*folder) };
        lines.extend(read_whole(&shop, &all).await.rows.into_iter().map(|row| row.line));
    }
    assert_eq!(lines.len(), 36);
    for view in views(&shop) {
        let mut expected: Vec<&Line> = lines.iter().filter(|line| view.matches(line)).collect();
        expected.sort_by(|a, b| view.order(&view.key(a), &view.key(b)));
        let found = read_whole(&shop, &view).await;
        let found: Vec<&Line> = found.rows.iter().map(|row| &row.line).collect();
        assert_eq!(found, expected, "{view:?}");
    }
});

contract!(pages_leave_nothing_out_and_repeat_nothing, |ground| async {
    let shop = ground.shop().await;
    fill(&ground, &shop, 130).await;
    for sort in Sort::ALL {
        let view = View { status: None, sort: *sort, ..View::default() };
        let first = shop.marta.list_inbox(view.clone()).await.unwrap();
        assert_eq!((first.rows.len(), first.more.is_some()), (24, true));
        let whole = read_whole(&shop, &view).await;
        let mut ids: Vec<_> = whole.rows.iter().map(|row| row.line.id.clone()).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), count), (count, 87), "{sort}");
    }
});

contract!(counters_tell_what_a_view_would_show, |ground| async {
    let shop = ground.shop().await;
    fill(&ground, &shop, 60).await;
    let mut counted = 0;
    for view in views(&shop) {
        if let Some(facet) = view.facet() {
            let inbox = read_whole(&shop, &view).await;
            assert_eq!(inbox.tally(&facet), i64::try_from(inbox.rows.len()).unwrap(), "{facet}");
            counted += 1;
        }
    }
    assert!(counted > 10);
});

contract!(what_stands_in_the_address_bar_is_a_value, |ground| async {
    let shop = ground.shop().await;
    fill(&ground, &shop, 12).await;
    for hostile in ["' or 1=1 --", "refund'; drop table conversation; --", "%", "_", "\\", "\u{0}", "$1", "refund\" or \"a\"=\"a"] {
        let view = View { tag: Some(hostile.into()), status: None, ..View::default() };
        assert!(shop.marta.list_inbox(view).await.map_or(true, |inbox| inbox.rows.is_empty()), "{hostile:?}");
    }
    assert_eq!(ground.number("select count(*) from conversation").await, 12);
    let missing = model::ConversationId::new();
    assert_eq!(refused(shop.marta.open_thread(missing).await), Refusal::NotFound);
});

contract!(unread_is_each_agent_s_own, |ground| async {
    let shop = ground.shop().await;
    fill(&ground, &shop, 1).await;
    let unread = |inbox: Inbox| inbox.rows[0].unread();
    assert!(!unread(shop.marta.list_inbox(View::default()).await.unwrap()), "who wrote it has read it");
    let inbox = shop.rui.list_inbox(View::default()).await.unwrap();
    let id = inbox.rows[0].line.id.clone();
    assert!(unread(inbox));
    shop.rui.mark_read(id).await.unwrap();
    assert!(!unread(shop.rui.list_inbox(View::default()).await.unwrap()));
});
