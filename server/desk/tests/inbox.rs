//! The Inbox: every combination of filters gives the same lines by SQL as by the rules of `View`, page by page,
//! and whatever stands in an address bar is a value, never SQL.

mod common;
#[path = "mail/post.rs"]
#[expect(dead_code, reason = "the stories of mail use all of it")]
mod post;

use common::{Ground, JOANA, Shop, chat_form, refused, ticket};
use desk::Agent;
use model::{
    Assignee, ConversationId, Language, Refusal,
    conversation::{Folder, Kind, Line, Priority, Status},
    days::Days,
    inbox::Inbox,
    message::Channel,
    moment::{DAY, HOUR, SECOND},
    ticket::TicketForm,
    view::{Sort, View},
};
use post::Mail;

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

/// A mail and a chat each half day.
async fn others(ground: &Ground, shop: &Shop, count: u8) {
    let to = post::forwarding(shop).await;
    for n in 0..count {
        ground.clock.pass(DAY / 2);
        let mail = Mail::new(&format!("c{n}@example.com"), &to, &format!("Mail {n}"), "Hello");
        post::receive(ground, &to, &mail, &post::nobody()).await;
        let visitor = ground.visit_from(&shop.marta, &format!("198.51.100.{n}")).await.0;
        visitor.start_chat(chat_form("Hello")).await.unwrap();
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
                        if *folder == Folder::Inbox {
                            all.push(View { channel: Some(Channel::Email), days: "..2026-11-24".parse().ok(), ..view.clone() });
                            all.push(View { channel: Some(Channel::Web), follower: Some(shop.rui.id().clone()), ..view.clone() });
                            all.push(View { channel: Some(Channel::Chat), kind: Some(Kind::Ticket), ..view.clone() });
                            all.push(View { days: Some(Days::Last(2)), ..view.clone() });
                        }
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
    others(&ground, &shop, 6).await;
    let mut lines: Vec<Line> = vec![];
    for folder in Folder::ALL {
        let all = View { status: None, ..View::of_folder(*folder) };
        lines.extend(read_whole(&shop, &all).await.rows.into_iter().map(|row| row.line));
    }
    assert_eq!(lines.len(), 36 + 2 * 6);
    for view in views(&shop) {
        let found = read_whole(&shop, &view).await;
        // with the moments that its days are
        let view = found.view;
        let mut expected: Vec<&Line> = lines.iter().filter(|line| view.matches(line)).collect();
        expected.sort_by(|a, b| view.order(&view.key(a), &view.key(b)));
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

/// Subjects of a view of days, newest first.
async fn of_days(agent: &Agent, days: &str) -> Vec<String> {
    let view = View { days: Some(days.parse().unwrap()), ..View::default() };
    agent.list_inbox(view).await.unwrap().rows.into_iter().map(|row| row.line.subject).collect()
}

contract!(days_are_those_of_the_property, |ground| async {
    let shop = ground.shop().await;
    shop.marta.change_property("Acme Shop", Language::English, "America/Sao_Paulo").await.unwrap();
    // it is noon of the 23rd in Greenwich; there a day begins at three
    ground.clock.pass(15 * HOUR - SECOND);
    ticket(&shop.marta, "Late", Assignee::Nobody).await;
    ground.clock.pass(SECOND);
    ticket(&shop.marta, "Early", Assignee::Nobody).await;
    for (days, subjects) in [
        ("2026-11-23..2026-11-23", &["Late"][..]),
        ("2026-11-23..2026-11-24", &["Early", "Late"]),
        ("2026-11-24..", &["Early"]),
        ("..2026-11-23", &["Late"]),
        ("2026-11-25..", &[]),
        ("..9998-12-31", &["Early", "Late"]),
        ("1", &["Early"]),
        ("2", &["Early", "Late"]),
    ] {
        assert_eq!(of_days(&shop.marta, days).await, subjects, "{days}");
    }
    ground.clock.pass(DAY);
    assert_eq!((of_days(&shop.marta, "1").await.len(), of_days(&shop.marta, "2").await), (0, vec!["Early".to_owned()]));
});

/// What the counters of saved views say, by their names; told as they change, and loaded anew.
async fn counted(agent: &Agent, screen: &mut Inbox) -> Vec<(String, i64)> {
    for told in agent.told_since(screen.head).await.unwrap().expect("no gap") {
        screen.apply(&told, agent.id());
    }
    let fresh = agent.list_inbox(screen.view.clone()).await.unwrap();
    assert_eq!((&screen.tallies, &screen.saved), (&fresh.tallies, &fresh.saved));
    fresh.saved.iter().map(|saved| (saved.name.clone(), fresh.tally(&saved.facet()))).collect()
}

contract!(a_saved_view_of_days_is_counted_as_days_pass, |ground| async {
    let shop = ground.shop().await;
    let old = ticket(&shop.marta, "Old", Assignee::Nobody).await;
    let view = |days: &str| View { status: None, days: days.parse().ok(), ..View::default() };
    let mut screen = shop.rui.list_inbox(View::default()).await.unwrap();
    shop.marta.save_view("Today", view("1"), true).await.unwrap();
    shop.marta.save_view("Up to the 23rd", view("..2026-11-23"), true).await.unwrap();
    shop.rui.save_view("My week", view("7"), false).await.unwrap();
    let says = |today: i64, before: i64, week: i64| {
        [("Today", today), ("Up to the 23rd", before), ("My week", week)].map(|(name, n)| (name.to_owned(), n)).to_vec()
    };
    assert_eq!(counted(&shop.rui, &mut screen).await, says(1, 1, 1));
    // noon of the 23rd is the 24th in Auckland
    for (zone, before) in [("Pacific/Auckland", 0), ("Europe/Lisbon", 1)] {
        shop.marta.change_property("Acme Shop", Language::English, zone).await.unwrap();
        assert_eq!(ground.clock_tick().await.unwrap(), 1);
        assert_eq!(counted(&shop.rui, &mut screen).await, says(1, before, 1), "{zone}");
    }
    // words that come before the new day was counted are counted once
    ground.clock.pass(DAY);
    shop.rui.reply(old, post::words("Now")).await.unwrap();
    ground.clock_tick().await.unwrap();
    assert_eq!(counted(&shop.rui, &mut screen).await, says(1, 0, 1));
    assert_eq!(ground.clock_tick().await.unwrap(), 0, "a day is counted once");
    ground.clock.pass(DAY);
    ground.clock_tick().await.unwrap();
    ticket(&shop.marta, "New", Assignee::Nobody).await;
    assert_eq!(counted(&shop.rui, &mut screen).await, says(1, 0, 2));
    ground.clock.pass(7 * DAY);
    ground.clock_tick().await.unwrap();
    assert_eq!(counted(&shop.rui, &mut screen).await, says(0, 0, 0));
    assert_eq!(common::recounted(&shop.marta).await, common::tallies(&ground, &shop.marta).await);
});

contract!(a_conversation_keeps_how_it_came, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let channel = async |id: &ConversationId| marta.open_thread(id.clone()).await.unwrap().line.channel;
    let (mailed, address) = post::joanas(&ground, &shop).await;
    let composed = ticket(marta, "Composed", Assignee::Nobody).await;
    let chat = ground.visit(marta).await.start_chat(chat_form("Hello")).await.unwrap();
    let from_chat = TicketForm {
        email: JOANA.1.into(),
        subject: "From the chat".into(),
        text: "Hello".into(),
        chat: chat.to_string(),
        ..TicketForm::default()
    };
    let from_chat = marta.open_ticket(from_chat.check().unwrap()).await.unwrap();
    // an agent answers what came by mail, and a customer by mail what an agent wrote
    marta.reply(mailed.clone(), post::words("Here")).await.unwrap();
    let there = marta.open_thread(composed.clone()).await.unwrap();
    post::receive(&ground, &there.reply_address, &Mail::new(JOANA.1, &address, "Re: Composed", "Yes"), &post::nobody()).await;
    assert_eq!(channel(&mailed).await, Channel::Email);
    assert_eq!((channel(&composed).await, channel(&from_chat).await, channel(&chat).await), (Channel::Web, Channel::Web, Channel::Chat));
    // a part is as its words are; what takes others in stays as it was
    let answer = marta.open_thread(mailed.clone()).await.unwrap().messages.pop().unwrap().id;
    let part = marta.split_ticket(answer, "A part").await.unwrap();
    assert_eq!((channel(&part).await, channel(&mailed).await), (Channel::Web, Channel::Email));
    marta.merge_ticket(mailed, there.line.number.unwrap()).await.unwrap();
    assert_eq!(channel(&composed).await, Channel::Web);
});
