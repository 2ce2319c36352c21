//! The outbox on its way: tried again, given up, kept, listed; and what each change tells.

use desk::postbox::Due;
use futures::future::join_all;
use model::{
    Assignee, Refusal,
    letter::{LetterKind, LetterStatus},
    moment::{HOUR, MINUTE, SECOND},
    overview::Database,
    ticket::TicketForm,
};

use crate::common::{self, JOANA, Shop, refused};
use crate::contract;
use crate::post::*;

contract!(a_letter_is_tried_again_with_the_same_id_and_given_up_after_two_days, |ground| async {
    let shop = ground.shop().await;
    send(&ground).await;
    let id = common::ticket(&shop.marta, "Late order", Assignee::Agent(shop.marta.id().clone())).await;
    let mut letters = due(&ground).await;
    letters.retain(|due| due.letter.to.address == JOANA.1);
    let first = letters.remove(0);
    ground.postbox().put_off(&first.lease, "451 4.7.1 try later", None).await.unwrap();
    let state = last(&shop, &id).await.letters.remove(0);
    assert_eq!((state.status, state.attempts, state.why.as_deref()), (LetterStatus::Waiting, 1, Some("451 4.7.1 try later")));
    assert!(ground.postbox().lease(10).await.unwrap().is_empty());
    let mut tries = 1;
    let mut hours = 0;
    while hours < 60 {
        ground.clock.pass(HOUR + HOUR / 4);
        hours += 1;
        for again in ground.postbox().lease(10).await.unwrap() {
            assert_eq!(again.letter, first.letter, "the same bytes on each try");
            tries += 1;
            ground.postbox().put_off(&again.lease, "451 4.7.1 try later", None).await.unwrap();
        }
    }
    assert!((30..60).contains(&tries), "{tries}");
    let state = last(&shop, &id).await.letters.remove(0);
    assert_eq!(state.status, LetterStatus::Failed);
    assert!(state.why.unwrap().contains("451 4.7.1 try later"));
    shop.rui.retry_letter(state.id).await.unwrap();
    let again = ground.postbox().lease(10).await.unwrap();
    assert_eq!((again.len(), again[0].letter.message_id.as_str()), (1, first.letter.message_id.as_str()));
});

contract!(the_wire_may_ask_for_more_patience, |ground| async {
    let shop = ground.shop().await;
    common::ticket(&shop.marta, "Late order", Assignee::Agent(shop.marta.id().clone())).await;
    for due in due(&ground).await {
        ground.postbox().put_off(&due.lease, "421 too fast", Some(ground.clock.now().plus(3 * HOUR))).await.unwrap();
    }
    ground.clock.pass(2 * HOUR);
    assert!(ground.postbox().lease(10).await.unwrap().is_empty());
    ground.clock.pass(HOUR);
    assert!(!ground.postbox().lease(10).await.unwrap().is_empty());
});

contract!(a_sender_that_died_leaves_its_letter_to_the_next, |ground| async {
    let shop = ground.shop().await;
    common::ticket(&shop.marta, "Late order", Assignee::Agent(shop.marta.id().clone())).await;
    let first = due(&ground).await;
    ground.clock.pass(MINUTE - SECOND);
    assert!(ground.postbox().lease(10).await.unwrap().is_empty());
    ground.clock.pass(SECOND);
    let again = ground.postbox().lease(10).await.unwrap();
    assert_eq!(again.len(), first.len());
    // the first one was only slow, and says so now: it is sent, once
    ground.postbox().sent(&first[0].lease, "250 ok").await.unwrap();
    ground.postbox().failed(&again[0].lease, "550 no").await.unwrap();
    assert_eq!(ground.number("select count(*) from letter_out where status = 'failed'").await, 0);
});

contract!(a_sender_that_lives_keeps_its_letter_and_one_that_lost_it_says_nothing_of_it, |ground| async {
    let shop = ground.shop().await;
    let postbox = ground.postbox();
    send(&ground).await;
    let id = common::ticket(&shop.marta, "Late order", Assignee::Agent(shop.marta.id().clone())).await;
    let slow = due(&ground).await.remove(0);
    for _ in 0..20 {
        ground.clock.pass(45 * SECOND);
        assert!(postbox.renew(&slow.lease).await.unwrap());
        assert!(postbox.lease(10).await.unwrap().is_empty());
    }
    // it stands still for longer than a minute, and another sender takes the letter
    ground.clock.pass(MINUTE);
    let other = postbox.lease(10).await.unwrap().remove(0);
    assert!(!postbox.renew(&slow.lease).await.unwrap(), "what it holds is not its own any more");
    postbox.put_off(&slow.lease, "451 later", None).await.unwrap();
    postbox.failed(&slow.lease, "550 no such user").await.unwrap();
    postbox.keep(&slow.lease).await.unwrap();
    let state = last(&shop, &id).await.letters.remove(0);
    assert_eq!((state.status, state.why), (LetterStatus::Waiting, None));
    assert!(postbox.lease(10).await.unwrap().is_empty(), "nobody else may send it now");
    assert!(postbox.renew(&other.lease).await.unwrap());
    postbox.sent(&other.lease, "250 ok").await.unwrap();
    assert!(!postbox.renew(&other.lease).await.unwrap(), "it is done");
    assert_eq!(last(&shop, &id).await.letters.remove(0).status, LetterStatus::Sent);
});

contract!(of_senders_that_believe_to_hold_a_letter_one_may_renew, |ground| async {
    let shop = ground.shop().await;
    common::ticket(&shop.marta, "Late order", Assignee::Agent(shop.marta.id().clone())).await;
    let mut holders = due(&ground).await;
    holders.truncate(1);
    for _ in 0..5 {
        ground.clock.pass(MINUTE);
        let next = ground.postbox().lease(10).await.unwrap().into_iter().find(|due| due.lease.id == holders[0].lease.id);
        holders.push(next.expect("leased again"));
    }
    let renewals = holders.into_iter().map(|holder| {
        let desk = ground.desk.clone();
        tokio::spawn(async move { desk.postbox().renew(&holder.lease).await.unwrap() })
    });
    let renewed: Vec<bool> = join_all(renewals).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(renewed, [false, false, false, false, false, true]);
});

contract!(a_domain_that_asks_for_patience_gets_one_letter_at_a_time_and_others_go_on, |ground| async {
    let shop = ground.shop().await;
    let postbox = ground.postbox();
    send(&ground).await;
    for n in 0..4 {
        for domain in ["slow.example", "quick.example"] {
            open(&shop, &format!("person{n}@{domain}")).await;
        }
    }
    let domain = |due: &Due| due.letter.to.address.rsplit('@').next().unwrap().to_owned();
    let all = due(&ground).await;
    assert_eq!(all.len(), 8);
    for one in &all {
        match domain(one).as_str() {
            // all four were on their way when it first asked: that is one refusal
            "slow.example" => postbox.slow_down(&one.lease, "RCPT: 421 4.7.0 Too fast").await.unwrap(),
            _ => postbox.sent(&one.lease, "250 ok").await.unwrap(),
        }
    }
    open(&shop, "new@slow.example").await;
    open(&shop, "new@quick.example").await;
    let now = due(&ground).await;
    assert_eq!(now.iter().map(domain).collect::<Vec<_>>(), ["quick.example"], "a new letter waits with the others of its domain");
    postbox.sent(&now[0].lease, "250 ok").await.unwrap();
    // after a minute one letter goes, and none beside it
    ground.clock.pass(2 * MINUTE);
    let probe = postbox.lease(10).await.unwrap();
    assert_eq!(probe.iter().map(domain).collect::<Vec<_>>(), ["slow.example"]);
    assert!(postbox.lease(10).await.unwrap().is_empty());
    postbox.slow_down(&probe[0].lease, "RCPT: 450 4.7.1 Still too fast").await.unwrap();
    ground.clock.pass(MINUTE + 50 * SECOND);
    assert!(postbox.lease(10).await.unwrap().is_empty(), "the pause is two minutes now");
    ground.clock.pass(10 * SECOND);
    // each letter that is taken halves the pause, then they go as ever
    let probe = postbox.lease(10).await.unwrap();
    assert_eq!(probe.len(), 1);
    postbox.sent(&probe[0].lease, "250 ok").await.unwrap();
    assert!(postbox.lease(10).await.unwrap().is_empty());
    ground.clock.pass(MINUTE);
    let probe = postbox.lease(10).await.unwrap();
    assert_eq!(probe.len(), 1);
    postbox.sent(&probe[0].lease, "250 ok").await.unwrap();
    ground.clock.pass(10 * MINUTE);
    assert_eq!(postbox.lease(10).await.unwrap().len(), 3, "all that are left");
    assert_eq!(ground.number("select count(*) from slow_domain").await, 0);
});

contract!(a_slow_domain_stops_no_other_and_is_asked_for_without_writing, |ground| async {
    let shop = ground.shop().await;
    send(&ground).await;
    open(&shop, "ana@slow.example").await;
    let letters = due(&ground).await;
    ground.postbox().slow_down(&letters[0].lease, "RCPT: 421 4.7.0 Too fast").await.unwrap();
    for _ in 0..30 {
        open(&shop, &format!("{}@slow.example", model::MessageId::new())).await;
    }
    open(&shop, "ben@quick.example").await;
    ground.clock.pass(11 * SECOND);
    while ground.follow_mail().await.unwrap() {}
    let one = ground.postbox().lease(1).await.unwrap();
    assert_eq!(to(&one), ["ben@quick.example"], "not behind thirty that wait");
    let mut bell = ground.db().bell().any();
    bell.mark_unchanged();
    assert!(ground.postbox().lease(1).await.unwrap().is_empty());
    assert!(!bell.has_changed().unwrap(), "waiting wakes nobody");
});

/// A ticket for somebody that nobody looks after: one letter.
async fn open(shop: &Shop, email: &str) {
    let form = TicketForm {
        email: email.into(),
        subject: "Hello".into(),
        text: "Words".into(),
        assignee: "nobody".into(),
        ..TicketForm::default()
    };
    shop.marta.open_ticket(form.check().unwrap()).await.unwrap();
}

contract!(each_change_of_a_letter_reaches_open_threads, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    let mut open = thread(&shop, &id).await;
    shop.marta.reply(id.clone(), words("It left.")).await.unwrap();
    let letters = due(&ground).await;
    let (head, seen) = (open.head, shop.rui.told_since(open.head).await.unwrap().unwrap());
    for told in &seen {
        open.apply(told);
    }
    assert!(open.head > head);
    assert_eq!(open.messages.last().unwrap().letters[0].status, LetterStatus::Waiting);
    ground.postbox().put_off(&letters[0].lease, "451 later", None).await.unwrap();
    ground.clock.pass(2 * MINUTE);
    let letters = ground.postbox().lease(10).await.unwrap();
    ground.postbox().failed(&letters[0].lease, "550 no such user").await.unwrap();
    for told in shop.rui.told_since(open.head).await.unwrap().unwrap() {
        open.apply(&told);
    }
    assert_eq!(
        (open.messages.last().unwrap().letters[0].status, open.messages.last().unwrap().letters[0].why.as_deref()),
        (LetterStatus::Failed, Some("550 no such user"))
    );
    let fresh = shop.rui.open_thread(id).await.unwrap();
    assert_eq!(open.messages, fresh.messages);
    assert_eq!(open.line, fresh.line);
});

contract!(kept_letters_are_read_by_admins_and_by_nobody_else, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    common::ticket(&shop.marta, "Late order", Assignee::Agent(shop.marta.id().clone())).await;
    for due in due(&ground).await {
        ground.postbox().keep(&due.lease).await.unwrap();
    }
    let listed = shop.marta.list_letters_out(None, "LATE").await.unwrap();
    assert_eq!((listed.len(), listed[0].state.status, listed[0].state.kind), (1, LetterStatus::Kept, LetterKind::Reply));
    let read = shop.marta.read_letter(listed[0].state.id.clone()).await.unwrap();
    assert!(read.html.contains("About Late order.") && read.from.contains("Marta Lima via Acme Shop") && read.reply_to.starts_with('t'));
    assert_eq!(refused(shop.rui.list_letters_out(None, "").await), Refusal::Forbidden);
    assert_eq!(refused(shop.rui.list_letters_in(None, "").await), Refusal::Forbidden);
    assert_eq!(refused(shop.rui.overview().await), Refusal::Forbidden);
    assert_eq!(refused(olga.read_letter(listed[0].state.id.clone()).await), Refusal::NotFound);
    assert_eq!(refused(olga.retry_letter(listed[0].state.id.clone()).await), Refusal::NotFound);
    assert!(olga.list_letters_out(None, "late").await.unwrap().is_empty());
});

contract!(lists_go_on_where_a_page_ends_with_nothing_left_out, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    for n in 0..130 {
        carry(&ground, &[&to], Mail::new(JOANA.1, "support@acme.test", &format!("Mail {n}"), "x").raw()).await;
        // many of the same moment
        ground.clock.pass(i64::from(n % 9 == 0));
    }
    let (mut seen, mut before) = (vec![], None);
    loop {
        let page = shop.marta.list_letters_in(before, "").await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.received_at);
        seen.extend(page.into_iter().map(|mail| mail.id));
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((all, seen.len()), (130, 130));
});

contract!(the_overview_counts, |ground| async {
    let shop = ground.shop().await;
    joanas(&ground, &shop).await;
    common::ticket(&shop.marta, "One", Assignee::Agent(shop.rui.id().clone())).await;
    let letters = due(&ground).await;
    for due in &letters {
        match due.letter.to.address.as_str() {
            JOANA_ADDRESS => ground.postbox().failed(&due.lease, "550 no").await.unwrap(),
            _ => ground.postbox().sent(&due.lease, "250 ok").await.unwrap(),
        }
    }
    let overview = shop.marta.overview().await.unwrap();
    assert_eq!(
        (overview.letters_out.failed, overview.letters_out.sent_today, overview.letters_out.waiting),
        (1, 2, 0),
        "the copy, and an invitation"
    );
    assert_eq!(
        (overview.letters_in.today, overview.letters_in.new, overview.open_tickets, overview.agents, overview.departments),
        (1, 0, 2, 2, 1)
    );
    assert_eq!(overview.forwarding_address, forwarding(&shop).await);
    assert_eq!(overview.database == Database::Sqlite, ground.base == common::Base::Sqlite);
    assert!(overview.database_bytes > 10_000);
    ground.clock.pass(24 * HOUR);
    assert_eq!(shop.marta.overview().await.unwrap().letters_out.sent_today, 0);
});

const JOANA_ADDRESS: &str = JOANA.1;
