//! Limits of new tickets (email.md C8): what comes above them waits, is seen, keeps its place, and is lost never.

use model::{
    letter::LetterInStatus,
    moment::{MINUTE, SECOND},
};

use crate::common::{Ground, JOANA, KENJI, Shop};
use crate::contract;
use crate::post::*;

async fn mails(ground: &Ground, shop: &Shop, from: &str, numbers: std::ops::Range<usize>) {
    let to = forwarding(shop).await;
    for n in numbers {
        carry(ground, &[&to], Mail::new(from, "support@acme.test", &format!("Mail {n}"), "x").raw()).await;
        // ids of one moment have no order
        ground.clock.pass(2_000);
    }
}

/// Subjects of the tickets, the oldest first.
async fn subjects(shop: &Shop) -> Vec<String> {
    let first = shop.marta.list_inbox(model::view::View::default()).await.unwrap();
    let (mut rows, mut more) = (first.rows, first.more);
    while let Some(after) = more {
        let page = shop.marta.list_more(first.view.clone(), after).await.unwrap();
        rows.extend(page.rows);
        more = page.more;
    }
    let mut lines: Vec<_> = rows.into_iter().map(|row| row.line).collect();
    lines.sort_by_key(|line| line.number);
    lines.into_iter().map(|line| line.subject).collect()
}

fn numbered(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|n| format!("Mail {n}")).collect()
}

contract!(one_sender_opens_twenty_tickets_in_ten_minutes_and_the_rest_waits, |ground| async {
    let shop = ground.shop().await;
    mails(&ground, &shop, JOANA.1, 0..45).await;
    let filed = work(&ground, &nobody()).await;
    assert_eq!((filed.len(), filed.iter().filter(|one| one.status == LetterInStatus::New).count()), (45, 25));
    assert_eq!(subjects(&shop).await, numbered(0..20));
    // seen by the admin: in the list with its subject and the reason, and on the overview
    let waiting = shop.marta.list_letters_in(None, "Mail 33").await.unwrap();
    assert_eq!((waiting.len(), waiting[0].status, waiting[0].from.as_str()), (1, LetterInStatus::New, JOANA.1));
    assert_eq!(waiting[0].why.as_deref(), Some("waits: too many new tickets of this sender within ten minutes"));
    let letters = shop.marta.overview().await.unwrap().letters_in;
    assert_eq!((letters.held, letters.new, letters.failed), (25, 0, 0));
    // others are not stopped, nor are answers in her tickets
    mails(&ground, &shop, KENJI.1, 100..101).await;
    let ticket = filed[0].conversation.clone().unwrap();
    let reply = thread(&shop, &ticket).await.reply_address;
    carry(&ground, &[&reply], Mail::new(JOANA.1, &reply, "Re: Mail 0", "And another thing").raw()).await;
    assert!(work(&ground, &nobody()).await.iter().all(|one| one.status == LetterInStatus::Filed));
    ground.clock.pass(10 * MINUTE - SECOND);
    assert!(work(&ground, &nobody()).await.is_empty());
    // in the order they came, though newer ones come in between
    mails(&ground, &shop, JOANA.1, 45..46).await;
    assert_eq!(work(&ground, &nobody()).await.pop().unwrap().status, LetterInStatus::New);
    for _ in 0..4 {
        ground.clock.pass(10 * MINUTE);
        work(&ground, &nobody()).await;
    }
    let all: Vec<String> = subjects(&shop).await.into_iter().filter(|subject| subject != "Mail 100").collect();
    assert_eq!(all, numbered(0..46));
    assert_eq!(shop.marta.overview().await.unwrap().letters_in.held, 0);
    assert_eq!(ground.number("select count(*) from letter_in where status <> 'filed' or waits is not null").await, 0);
});

contract!(tickets_that_come_evenly_never_wait, |ground| async {
    let shop = ground.shop().await;
    for n in 0..60 {
        mails(&ground, &shop, JOANA.1, n..n + 1).await;
        assert_eq!(work(&ground, &nobody()).await.pop().unwrap().status, LetterInStatus::Filed, "{n}");
        ground.clock.pass(31 * SECOND);
    }
});

contract!(a_property_gets_three_hundred_tickets_in_ten_minutes_and_the_rest_later, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    for n in 0..310 {
        mails(&ground, &shop, &format!("person{n}@many{}.example", n % 7), n..n + 1).await;
    }
    work(&ground, &nobody()).await;
    assert_eq!(ground.number("select count(*) from conversation").await, 300);
    assert_eq!(shop.marta.overview().await.unwrap().letters_in.held, 10);
    let listed = shop.marta.list_letters_in(None, "person305@").await.unwrap();
    assert_eq!(listed[0].why.as_deref(), Some("waits: too many new tickets within ten minutes"));
    let there = olga.roster().await.unwrap().property.forwarding_address;
    assert_eq!(receive(&ground, &there, &Mail::new(JOANA.1, "x@y.test", "Elsewhere", "x"), &nobody()).await.status, LetterInStatus::Filed);
    ground.clock.pass(10 * MINUTE);
    assert_eq!(work(&ground, &nobody()).await.len(), 10);
    assert_eq!(ground.number("select count(*) from conversation").await, 311);
    assert_eq!(ground.number("select count(*) from letter_in where status <> 'filed'").await, 0);
});

contract!(a_flood_of_one_sender_does_not_hold_up_the_property, |ground| async {
    let shop = ground.shop().await;
    mails(&ground, &shop, JOANA.1, 0..400).await;
    work(&ground, &nobody()).await;
    for n in 0..100 {
        mails(&ground, &shop, &format!("person{n}@x.example"), n..n + 1).await;
    }
    assert!(work(&ground, &nobody()).await.iter().all(|one| one.status == LetterInStatus::Filed));
    assert_eq!(ground.number("select count(*) from conversation").await, 120);
});

contract!(a_copy_of_a_mail_that_waits_opens_no_second_ticket, |ground| async {
    let shop = ground.shop().await;
    mails(&ground, &shop, JOANA.1, 0..20).await;
    let to = forwarding(&shop).await;
    let twice = Mail::new(JOANA.1, "support@acme.test", "Twice", "x");
    carry(&ground, &[&to], twice.raw()).await;
    carry(&ground, &[&to], twice.raw()).await;
    work(&ground, &nobody()).await;
    ground.clock.pass(21 * MINUTE);
    work(&ground, &nobody()).await;
    assert_eq!(subjects(&shop).await.iter().filter(|subject| *subject == "Twice").count(), 1);
    assert_eq!(ground.number("select count(*) from letter_in where status = 'new'").await, 0);
});
