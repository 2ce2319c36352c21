//! A flood of visitors is held by limits, and agents go on working meanwhile.

use std::time::{Duration, Instant};

use desk::{Desk, Limit, Settings, VisitorLimits};
use model::{
    Refusal,
    moment::{MINUTE, SECOND},
};

use crate::{
    common::{Ground, chat_form, refused, words},
    contract,
    visit::{beacon, see, sender, sighting, watching},
};

/// The same database with small limits.
async fn small(ground: &Ground) -> Desk {
    let mut limits = VisitorLimits::default();
    limits.arrivals.address = Limit::new(3, MINUTE);
    limits.arrivals.property = Limit::new(40, MINUTE);
    limits.beacons.address = Limit::new(5, MINUTE);
    limits.visits.property = Limit::new(10, MINUTE);
    limits.chats.property = Limit::new(5, MINUTE);
    Desk::open(Settings { visitor_limits: limits, ..ground.desk.settings().clone() }).await.unwrap()
}

contract!(who_tells_too_much_is_refused_and_others_are_not, |ground| async {
    let (_, key) = watching(&ground).await;
    let desk = small(&ground).await;
    for n in 0..3 {
        see(&desk, &key, &beacon(n, "/")).await;
    }
    let tell = async |n: u32, path: &str, address: &str| desk.see_visit(&key, sighting(&beacon(n, path)), sender(address)).await;
    assert_eq!(refused(tell(3, "/", "198.51.100.4").await), Refusal::TooMany { retry: 61 });
    for _ in 0..50 {
        tell(0, "/", "198.51.100.4").await.unwrap();
    }
    tell(0, "/a", "198.51.100.4").await.unwrap();
    tell(0, "/b", "198.51.100.4").await.unwrap();
    assert!(matches!(refused(tell(0, "/c", "198.51.100.4").await), Refusal::TooMany { .. }), "five changes of an address");
    tell(9, "/", "203.0.113.9").await.unwrap();
    ground.clock.pass(61 * SECOND);
    tell(3, "/", "198.51.100.4").await.unwrap();
    desk.close().await;
});

contract!(a_flood_of_visitors_is_bounded_and_agents_go_on, |ground| async {
    let (shop, key) = watching(&ground).await;
    let desk = small(&ground).await;
    let agent = desk.agent(&shop.rui_token).await.unwrap();
    let chat = ground.visit(&shop.marta).await.start_chat(chat_form("Hello")).await.unwrap();
    let flood: Vec<_> = (0..2_000u32)
        .map(|n| {
            let (desk, key) = (desk.clone(), key.clone());
            tokio::spawn(async move {
                let address = format!("2001:db8:{:x}::1", n % 700);
                let seen = desk.see_visit(&key, sighting(&beacon(n, "/")), sender(&address)).await.is_ok();
                let arrival = desk::Arrival { address: address.clone(), ..desk::Arrival::default() };
                let Ok(token) = desk.begin_visit(&key, arrival).await else { return (seen, false) };
                let Ok(visitor) = desk.visitor(&token, &address).await else { return (seen, false) };
                (seen, visitor.start_chat(chat_form("Buy!")).await.is_ok())
            })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for n in 0..20 {
        let begun = Instant::now();
        agent.reply(chat.clone(), words(&format!("Answer {n}"))).await.unwrap();
        slowest = slowest.max(begun.elapsed());
    }
    let (mut seen, mut begun) = (0, 0);
    for one in flood {
        let (was_seen, has_begun) = one.await.unwrap();
        seen += usize::from(was_seen);
        begun += usize::from(has_begun);
    }
    assert!(seen <= 40 && begun <= 5, "{seen} seen, {begun} chats");
    assert!(ground.number("select count(*) from visit").await <= 40);
    assert!(ground.number("select count(*) from visitor").await <= 11);
    assert!(ground.number("select count(*) from conversation").await <= 6);
    // unoptimised and beside other tests; alone it is two or three
    assert!(slowest < Duration::from_secs(10), "an answer took {slowest:?} meanwhile");
    desk.close().await;
});

contract!(pages_that_tell_nothing_new_at_once_do_not_wait_for_each_other, |ground| async {
    let (_, key) = watching(&ground).await;
    see(&ground.desk, &key, &beacon(0, "/")).await;
    let begun = Instant::now();
    let all: Vec<_> = (0..60)
        .map(|_| {
            let (desk, key) = (ground.desk.clone(), key.clone());
            tokio::spawn(async move { desk.see_visit(&key, sighting(&beacon(0, "/")), sender("198.51.100.4")).await })
        })
        .collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
    // who waited for each other waited ten seconds
    assert!(begun.elapsed() < Duration::from_secs(8), "sixty beacons took {:?}", begun.elapsed());
});
