//! How fast letters go to a domain (email.md O3): so many within a minute over all nodes, and nobody else waits for that.

use std::collections::HashMap;

use desk::{Desk, Settings, TicketLimits, postbox::Due};
use futures::future::join_all;
use model::{
    Assignee,
    moment::{MINUTE, SECOND},
    ticket::TicketForm,
};

use crate::{
    common::{self, Ground, Shop},
    contract,
    post::*,
};

/// The same database on so many nodes, with letters of a domain limited.
async fn nodes(ground: &Ground, most: usize, count: usize) -> Vec<Desk> {
    let limits = TicketLimits { domain: most, ..TicketLimits::default() };
    let settings = Settings { ticket_limits: limits, ..ground.settings().clone() };
    join_all((0..count).map(|_| async { Desk::open(settings.clone()).await.unwrap() })).await
}

/// A ticket with so many in copy, all at a domain: a letter each, due at once.
async fn crowd(ground: &Ground, shop: &Shop, domain: &str, people: usize) {
    let mut left: Vec<String> = (0..people).map(|n| format!("person{n}@{domain}")).collect();
    while let Some(email) = left.pop() {
        let cc = left.split_off(left.len().saturating_sub(20));
        let form = TicketForm {
            email,
            cc: cc.join(", "),
            subject: "Hello".into(),
            text: "Words".into(),
            assignee: "nobody".into(),
            ..TicketForm::default()
        };
        shop.marta.open_ticket(form.check().unwrap()).await.unwrap();
    }
    ground.clock.pass(11 * SECOND);
    while ground.follow_mail().await.unwrap() {}
}

fn domain(due: &Due) -> &str {
    due.letter.to.address.rsplit('@').next().unwrap()
}

contract!(no_minute_brings_a_domain_more_letters_than_it_may_have_and_none_is_lost, |ground| async {
    let shop = ground.shop().await;
    send(&ground).await;
    crowd(&ground, &shop, "busy.example", 150).await;
    crowd(&ground, &shop, "quiet.example", 3).await;
    let nodes = nodes(&ground, 60, 2).await;
    let (mut went, mut others) = (vec![], 0);
    for _ in 0..400 {
        // all ask at once, each as long as it is given something
        let workers = (0..4).map(|n| {
            let desk = nodes[n % 2].clone();
            tokio::spawn(async move {
                let mut all = vec![];
                loop {
                    let due = desk.postbox().lease(1).await.unwrap();
                    if due.is_empty() {
                        return all;
                    }
                    for one in &due {
                        desk.postbox().sent(&one.lease, "250 ok").await.unwrap();
                    }
                    all.extend(due);
                }
            })
        });
        for due in join_all(workers).await.into_iter().flat_map(Result::unwrap) {
            if domain(&due) == "busy.example" {
                went.push((ground.clock.now().0, due.letter.to.address.clone()));
            } else {
                others += 1;
            }
        }
        if went.len() == 150 {
            break;
        }
        ground.clock.pass(SECOND / 2);
    }
    assert_eq!((went.len(), others), (150, 3));
    let first = went[0].0;
    assert_eq!(went.iter().filter(|(at, _)| *at == first).count(), 10, "a sixth goes at once");
    let busiest = went.iter().map(|(from, _)| went.iter().filter(|(at, _)| (0..MINUTE).contains(&(at - from))).count()).max().unwrap();
    assert!((55..=60).contains(&busiest), "{busiest} within a minute");
    assert!(went.last().unwrap().0 - first < 4 * MINUTE, "nor slower than it must be");
    let mut people: HashMap<&str, usize> = HashMap::new();
    for (_, address) in &went {
        *people.entry(address).or_default() += 1;
    }
    assert!(people.len() == 150 && people.values().all(|count| *count == 1), "each once");
    for desk in nodes {
        desk.close().await;
    }
});

contract!(letters_to_others_do_not_wait_behind_a_full_domain_and_waiting_writes_nothing, |ground| async {
    let shop = ground.shop().await;
    send(&ground).await;
    crowd(&ground, &shop, "busy.example", 40).await;
    let desk = nodes(&ground, 6, 1).await.remove(0);
    assert_eq!(desk.postbox().lease(100).await.unwrap().len(), 1, "a sixth of six");
    let mut bell = desk.db().bell().any();
    bell.mark_unchanged();
    assert!(desk.postbox().lease(1).await.unwrap().is_empty());
    assert!(!bell.has_changed().unwrap(), "waiting wakes nobody");
    common::ticket(&shop.marta, "Late order", Assignee::Nobody).await;
    ground.clock.pass(11 * SECOND);
    while ground.follow_mail().await.unwrap() {}
    let mut next = desk.postbox().lease(100).await.unwrap();
    next.retain(|due| domain(due) != "busy.example");
    assert_eq!(to(&next), [common::JOANA.1]);
    desk.close().await;
    // without a limit all go
    let desk = nodes(&ground, 0, 1).await.remove(0);
    assert_eq!(desk.postbox().lease(100).await.unwrap().len(), 38, "but the two on their way");
    desk.close().await;
});
