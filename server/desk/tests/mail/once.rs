//! Once and never twice: copies of a mail, readers side by side and cut off between, and what a worker's death leaves behind.

use futures::future::join_all;
use mail::Own;
use model::{
    conversation::{Folder, Status},
    letter::LetterInStatus,
    moment::{MINUTE, SECOND},
};

use crate::common::{self, JOANA};
use crate::contract;
use crate::post::*;
use model::Assignee;

contract!(the_same_mail_three_times_at_once_is_one_entry, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    for mail in [
        Mail::new(JOANA.1, "support@acme.test", "Late order", "Where?"),
        Mail { id: String::new(), ..Mail::new(JOANA.1, "support@acme.test", "No id", "Where?") },
    ] {
        for n in 0..3 {
            // each copy came another way
            carry(&ground, &[&to], mail.clone().header(&format!("Received: from hop{n}.test; Mon, 23 Nov 2026 12:00:0{n} +0000")).raw())
                .await;
        }
    }
    let mut taken = vec![];
    while let Some(next) = ground.postbox().next().await.unwrap() {
        taken.push(next);
    }
    assert_eq!(taken.len(), 6);
    let filed = join_all(taken.into_iter().map(|next| {
        let desk = ground.desk.clone();
        tokio::spawn(async move {
            desk.postbox().file(&next, mail::understand(&next.raw, &Own::of(desk.keys())).unwrap(), nobody()).await.unwrap()
        })
    }))
    .await;
    let filed: Vec<_> = filed.into_iter().map(Result::unwrap).collect();
    assert_eq!(filed.iter().filter(|one| one.status == LetterInStatus::Filed).count(), 2);
    assert_eq!(filed.iter().filter(|one| one.why.starts_with("duplicate") && one.conversation.is_some()).count(), 4, "{filed:?}");
    assert_eq!(count(&shop, Folder::Inbox).await, 2);
    // and once more later
    let again =
        receive(&ground, &to, &Mail { id: String::new(), ..Mail::new(JOANA.1, "support@acme.test", "No id", "Where?") }, &nobody()).await;
    assert!(again.why.starts_with("duplicate"));
});

contract!(the_same_id_with_other_words_is_kept_beside_the_first, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let first = Mail::new(JOANA.1, "support@acme.test", "Late order", "Where?");
    let other = Mail { text: "Something else".into(), ..first.clone() };
    receive(&ground, &to, &first, &nobody()).await;
    assert_eq!(receive(&ground, &to, &other, &nobody()).await.status, LetterInStatus::Filed);
    assert!(receive(&ground, &to, &other, &nobody()).await.why.starts_with("duplicate"));
    assert_eq!(count(&shop, Folder::Inbox).await, 2);
});

contract!(one_mail_for_two_properties_is_one_ticket_in_each, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let (here, there) = (forwarding(&shop).await, olga.roster().await.unwrap().property.forwarding_address);
    carry(&ground, &[&here, &there, &here], Mail::new(JOANA.1, "both@x.test", "Both", "Hi").raw()).await;
    assert_eq!(work(&ground, &nobody()).await.len(), 2);
    assert_eq!(count(&shop, Folder::Inbox).await, 1);
    assert_eq!(olga.list_inbox(model::view::View::default()).await.unwrap().rows.len(), 1);
});

contract!(one_mail_for_two_tickets_is_an_entry_in_each_and_never_a_new_ticket, |ground| async {
    let shop = ground.shop().await;
    let (one, first) = joanas(&ground, &shop).await;
    let (two, second) = joanas(&ground, &shop).await;
    let mail = Mail::new(JOANA.1, &first, "Both", "About both orders");
    for _ in 0..2 {
        carry(&ground, &[&first, &second, &forwarding(&shop).await], mail.raw()).await;
        work(&ground, &nobody()).await;
    }
    for id in [&one, &two] {
        assert_eq!(thread(&shop, id).await.messages.iter().filter(|message| message.text == "About both orders").count(), 1);
    }
    assert_eq!(count(&shop, Folder::Inbox).await, 2);
});

contract!(readers_side_by_side_write_each_letter_once, |ground| async {
    let shop = ground.shop().await;
    let other = ground.another_desk().await;
    for n in 0..10 {
        common::ticket(&shop.marta, &format!("Ticket {n}"), Assignee::Agent(shop.rui.id().clone())).await;
    }
    let readers = (0..6).map(|n| {
        let desk = if n % 2 == 0 { ground.desk.clone() } else { other.clone() };
        tokio::spawn(async move {
            for _ in 0..40 {
                if !desk.follow_mail().await.unwrap() {
                    tokio::task::yield_now().await;
                }
            }
        })
    });
    for done in join_all(readers).await {
        done.unwrap();
    }
    while ground.follow_mail().await.unwrap() {}
    assert_eq!(ground.number("select count(*) from letter_out where kind <> 'invitation'").await, 20);
    assert_eq!(
        ground.number("select count(*) from log_head h join reader_cursor c on c.property = h.property where c.seq < h.seq").await,
        0
    );
    other.close().await;
});

contract!(a_reader_that_is_dropped_between_loses_nothing, |ground| async {
    let shop = ground.shop().await;
    for n in 0..8 {
        common::ticket(&shop.marta, &format!("Ticket {n}"), Assignee::Agent(shop.rui.id().clone())).await;
    }
    for n in 0..30_u64 {
        let reading = tokio::spawn({
            let desk = ground.desk.clone();
            async move { desk.follow_mail().await }
        });
        tokio::time::sleep(std::time::Duration::from_micros(300 * n)).await;
        reading.abort();
        let _ = reading.await;
    }
    while ground.follow_mail().await.unwrap() {}
    assert_eq!(ground.number("select count(*) from letter_out where kind <> 'invitation'").await, 16);
});

contract!(senders_side_by_side_lease_each_letter_once, |ground| async {
    let shop = ground.shop().await;
    for n in 0..20 {
        common::ticket(&shop.marta, &format!("Ticket {n}"), Assignee::Agent(shop.rui.id().clone())).await;
    }
    ground.clock.pass(11 * SECOND);
    while ground.follow_mail().await.unwrap() {}
    let leases = (0..8).map(|_| {
        let desk = ground.desk.clone();
        tokio::spawn(async move {
            let mut ids = vec![];
            for _ in 0..12 {
                ids.extend(desk.postbox().lease(2).await.unwrap().into_iter().map(|due| due.lease.id));
            }
            ids
        })
    });
    let mut ids: Vec<_> = join_all(leases).await.into_iter().flat_map(Result::unwrap).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((all, ids.len()), (41, 41), "forty of the tickets, one invitation");
});

contract!(a_mail_whose_reader_died_is_read_again_and_a_deadly_one_fails_visibly, |ground| async {
    let shop = ground.shop().await;
    carry(&ground, &[&forwarding(&shop).await], Mail::new(JOANA.1, "support@acme.test", "Deadly", "x").raw()).await;
    carry(&ground, &[&forwarding(&shop).await], Mail::new(JOANA.1, "support@acme.test", "Harmless", "x").raw()).await;
    let postbox = ground.postbox();
    let first = postbox.next().await.unwrap().expect("the oldest");
    assert_eq!(work(&ground, &nobody()).await.len(), 1, "the other one is not held up");
    assert!(postbox.next().await.unwrap().is_none(), "leased");
    ground.clock.pass(MINUTE + SECOND);
    for why in ["the parser failed", "the parser failed", "the parser failed again"] {
        assert_eq!(postbox.next().await.unwrap().expect("again").id, first.id, "a death is not the mail's fault, and no try");
        postbox.fail(&first.id, why).await.unwrap();
        assert!(postbox.next().await.unwrap().is_none(), "not at once");
        ground.clock.pass(10 * SECOND);
    }
    ground.clock.pass(MINUTE);
    assert!(postbox.next().await.unwrap().is_none());
    let failed = shop.marta.list_letters_in(None, "").await.unwrap().into_iter().find(|mail| mail.id == first.id).unwrap();
    assert_eq!((failed.status, failed.why.as_deref()), (LetterInStatus::Failed, Some("the parser failed again")));
    assert_eq!(shop.marta.open_letter_in(first.id.clone()).await.unwrap(), first.raw);
    assert_eq!(shop.marta.overview().await.unwrap().letters_in.failed, 1);
    assert_eq!(common::refused(shop.rui.retry_letter_in(first.id.clone()).await), model::Refusal::Forbidden);
    shop.marta.retry_letter_in(first.id).await.unwrap();
    assert_eq!(work(&ground, &nobody()).await.len(), 1);
    assert_eq!(count(&shop, Folder::Inbox).await, 2);
});

contract!(filing_the_same_mail_twice_files_it_once, |ground| async {
    let shop = ground.shop().await;
    carry(&ground, &[&forwarding(&shop).await], Mail::new(JOANA.1, "support@acme.test", "Late", "x").raw()).await;
    let taken = ground.postbox().next().await.unwrap().unwrap();
    let read = || mail::understand(&taken.raw, &Own::of(ground.keys())).unwrap();
    let first = ground.postbox().file(&taken, read(), nobody()).await.unwrap();
    let second = ground.postbox().file(&taken, read(), nobody()).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(count(&shop, Folder::Inbox).await, 1);
});

contract!(a_hundred_mails_taken_at_once_are_all_there, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let takes = (0..100).map(|n| {
        let (desk, to) = (ground.desk.clone(), to.clone());
        tokio::spawn(async move { carry(&desk, &[&to], Mail::new(JOANA.1, "support@acme.test", &format!("Mail {n}"), "x").raw()).await })
    });
    for taken in join_all(takes).await {
        taken.unwrap();
    }
    assert_eq!(ground.number("select count(*) from letter_in where status = 'new'").await, 100);
    assert_eq!(work(&ground, &nobody()).await.len(), 100);
});

contract!(asking_for_mail_or_letters_that_are_not_there_writes_nothing, |ground| async {
    ground.shop().await;
    send(&ground).await;
    // each commit wakes whoever waits for mail; waiting itself must not
    let mut bell = ground.db().bell().any();
    bell.mark_unchanged();
    assert!(ground.postbox().next().await.unwrap().is_none());
    assert!(ground.postbox().lease(1).await.unwrap().is_empty());
    assert!(!ground.follow_mail().await.unwrap());
    assert!(!bell.has_changed().unwrap());
});

contract!(words_taken_back_while_the_reader_reads_leave_no_letter, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    for n in 0..15 {
        let reply = words(&format!("Wrong {n}"));
        shop.marta.reply(id.clone(), reply.clone()).await.unwrap();
        let reading = tokio::spawn({
            let desk = ground.desk.clone();
            async move { while desk.follow_mail().await.unwrap() {} }
        });
        shop.marta.undo(reply.id).await.unwrap();
        reading.await.unwrap();
    }
    assert!(send(&ground).await.is_empty());
    assert_eq!(
        ground.number("select count(*) from letter_out where message is not null and message not in (select id from message)").await,
        0
    );
});

contract!(a_mail_that_kills_its_readers_is_read_last_and_fails_after_five, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let deadly = carry(&ground, &[&to], Mail::new(JOANA.1, "support@acme.test", "Deadly", "x").raw()).await;
    ground.clock.pass(2_000);
    for death in 0..5 {
        carry(&ground, &[&to], Mail::new(JOANA.1, "support@acme.test", &format!("Harmless {death}"), "x").raw()).await;
        if death > 0 {
            assert!(read_but(&ground, &deadly).await > 0, "what came later is read before it");
        }
        assert_eq!(ground.postbox().next().await.unwrap().expect("leased").id, deadly);
        // its reader dies, and comes back after a minute
        ground.clock.pass(MINUTE + SECOND);
    }
    carry(&ground, &[&to], Mail::new(JOANA.1, "support@acme.test", "Last", "x").raw()).await;
    assert_eq!(work(&ground, &nobody()).await.len(), 1);
    let failed = shop.marta.list_letters_in(None, "").await.unwrap().into_iter().find(|mail| mail.id == deadly).unwrap();
    assert_eq!(
        (failed.status, failed.why.as_deref()),
        (LetterInStatus::Failed, Some("Recado stopped 5 times while this mail was being read"))
    );
    shop.marta.retry_letter_in(deadly.clone()).await.unwrap();
    assert_eq!(ground.postbox().next().await.unwrap().expect("tried again").id, deadly);
});

contract!(a_mail_read_beside_a_deadly_one_is_not_dragged_along, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let deadly = carry(&ground, &[&to], Mail::new(JOANA.1, "support@acme.test", "Deadly", "x").raw()).await;
    ground.clock.pass(2_000);
    let beside = carry(&ground, &[&to], Mail::new(JOANA.1, "support@acme.test", "Beside", "x").raw()).await;
    assert_eq!(ground.postbox().next().await.unwrap().unwrap().id, deadly);
    assert_eq!(ground.postbox().next().await.unwrap().unwrap().id, beside);
    // both readers died with the process
    ground.clock.pass(MINUTE + SECOND);
    assert_eq!(ground.postbox().next().await.unwrap().unwrap().id, deadly);
    assert!(ground.postbox().next().await.unwrap().is_none(), "no two that were cut off at once");
    carry(&ground, &[&to], Mail::new(JOANA.1, "support@acme.test", "Harmless", "x").raw()).await;
    assert_eq!(work(&ground, &nobody()).await.len(), 1, "mail goes on meanwhile");
    ground.clock.pass(MINUTE + SECOND);
    assert_eq!(work(&ground, &nobody()).await.len(), 2, "beside comes first now, and then the other, which reads well this time");
    assert_eq!(ground.number("select count(*) from letter_in where status <> 'filed'").await, 0);
});

contract!(several_mails_are_leased_at_once_oldest_first_and_what_was_cut_off_alone, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let mut ids = vec![];
    for n in 0..5 {
        let text = if n == 3 { "x".repeat(50_000) } else { "x".into() };
        ids.push(carry(&ground, &[&to], Mail::new(JOANA.1, "support@acme.test", &format!("Mail {n}"), &text).raw()).await);
        ground.clock.pass(2_000);
    }
    let few =
        async |most, bytes| ground.postbox().next_few(most, bytes).await.unwrap().into_iter().map(|taken| taken.id).collect::<Vec<_>>();
    assert_eq!(few(2, 1_000_000).await, ids[..2]);
    assert_eq!(few(9, 20_000).await, ids[2..3], "the fourth is too large to come with it");
    assert_eq!(few(9, 20_000).await, ids[3..4], "one alone may be larger");
    // all four readers died
    ground.clock.pass(MINUTE + SECOND);
    assert_eq!(few(9, 1_000_000).await, ids[4..], "what was never cut off comes first, and without the others");
    assert_eq!(few(9, 1_000_000).await, ids[..1], "what was is read alone");
    assert_eq!(few(9, 1_000_000).await, [], "and no two at once");
});

contract!(a_process_killed_again_and_again_fails_no_mail, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    for _ in 0..12 {
        for n in 0..3 {
            carry(&ground, &[&to], Mail::new(JOANA.1, "support@acme.test", &format!("Mail {n}"), "x").raw()).await;
        }
        // one is being read when the process is killed; the rest after it started again
        ground.postbox().next().await.unwrap().unwrap();
        ground.clock.pass(MINUTE + SECOND);
        work(&ground, &nobody()).await;
        ground.clock.pass(2 * MINUTE);
    }
    assert_eq!(ground.number("select count(*) from letter_in where status <> 'filed'").await, 0);
});

/// Reads everything that comes before a mail, which is left as it is.
async fn read_but(ground: &common::Ground, but: &model::LetterInId) -> usize {
    let mut read = 0;
    loop {
        let next =
            sqlx::query_scalar::<_, String>("select id from letter_in where status = 'new' order by interrupted, received_at, id limit 1")
                .fetch_one(ground.db().read())
                .await
                .unwrap();
        if next == but.as_str() {
            return read;
        }
        let taken = ground.postbox().next().await.unwrap().expect("one before it");
        let understood = mail::understand(&taken.raw, &Own::of(ground.keys())).unwrap();
        ground.postbox().file(&taken, understood, nobody()).await.unwrap();
        read += 1;
    }
}

contract!(a_mail_that_comes_again_is_a_copy_wherever_its_words_went, |ground| async {
    let shop = ground.shop().await;
    // the ticket was closed: another one goes on from it, once
    let (closed, address) = joanas(&ground, &shop).await;
    shop.marta.set_status(vec![closed], Status::Closed).await.unwrap();
    let mail = Mail::new(JOANA.1, &address, "Re: Late order", "It is still not here");
    assert_eq!(receive(&ground, &address, &mail, &nobody()).await.status, LetterInStatus::Filed);
    let tickets = ground.number("select count(*) from conversation").await;
    let again = receive(&ground, &address, &mail, &nobody()).await;
    assert!(again.why.starts_with("duplicate"), "{again:?}");
    assert_eq!(ground.number("select count(*) from conversation").await, tickets);
    // the ticket was merged: its words are in the other one, once, also by an answer to both addresses
    let (one, first) = joanas(&ground, &shop).await;
    let (two, second) = joanas(&ground, &shop).await;
    let number = thread(&shop, &one).await.line.number.unwrap();
    shop.marta.merge_ticket(two, number).await.unwrap();
    let mail = Mail::new(JOANA.1, &second, "Re: Late order", "About the merged one");
    for _ in 0..2 {
        receive(&ground, &second, &mail, &nobody()).await;
    }
    let both = Mail::new(JOANA.1, &first, "Re: Late order", "To both of you");
    carry(&ground, &[&first, &second], both.raw()).await;
    work(&ground, &nobody()).await;
    let said = thread(&shop, &one).await.messages;
    for text in ["About the merged one", "To both of you"] {
        assert_eq!(said.iter().filter(|message| message.text == text).count(), 1, "{text}");
    }
});

contract!(a_zero_anywhere_in_a_mail_is_no_reason_to_fail, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let mail = Mail { reply_to_id: "<a\0b@x.example>".into(), ..Mail::new(JOANA.1, &to, "Late\0 order", "Where\0?") };
    let filed = receive(&ground, &to, &mail.header("References: <c\0d@x.example>"), &nobody()).await;
    assert_eq!(filed.status, LetterInStatus::Filed, "{filed:?}");
});
