//! What keeps visitors in bounds: bans of browsers, addresses and networks, and limits that say when to come again.

use desk::{Arrival, Desk, Limit, Settings, Visitor, VisitorLimits};
use model::{
    Moment, Refusal, Why,
    ban::Banned,
    chat::ChatForm,
    moment::{HOUR, MINUTE, SECOND},
};

use crate::{
    common::{Ground, chat_form, details, refused, said},
    contract,
};

fn network(text: &str) -> Banned {
    Banned::Network(text.parse().unwrap())
}

contract!(a_ban_closes_the_door_until_it_is_lifted, |ground| async {
    let shop = ground.shop().await;
    let (key, _) = shop.marta.widget().await.unwrap();
    let come = |address: &str| {
        let (desk, key, arrival) = (ground.desk.clone(), key.clone(), Arrival { address: address.into(), ..Arrival::default() });
        async move { desk.begin_visit(&key, arrival).await }
    };
    let (visitor, token) = ground.visit_from(&shop.marta, "198.51.100.4").await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    let ban = shop.rui.ban(network("198.51.100.0/24"), "Rude", None).await.unwrap();
    assert_eq!(refused(come("198.51.100.200").await), Refusal::Banned);
    assert_eq!(refused(come("::ffff:198.51.100.200").await), Refusal::Banned);
    assert_eq!(refused(visitor.say(chat.clone(), said("What?")).await), Refusal::Banned);
    assert_eq!(refused(visitor.attach("a.txt", "text/plain", b"x".to_vec()).await), Refusal::Banned);
    come("198.51.101.1").await.unwrap();
    let moved = ground.visitor(&token, "203.0.113.9").await.unwrap();
    moved.say(chat.clone(), said("From elsewhere")).await.unwrap();
    let back = ground.visitor(&token, "198.51.100.4").await.unwrap();
    assert_eq!(refused(back.say(chat.clone(), said("And back")).await), Refusal::Banned, "where they are now");
    let listed = shop.marta.list_bans().await.unwrap();
    assert_eq!((listed.len(), listed[0].reason.as_str(), listed[0].by.as_str()), (1, "Rude", "Rui Alves"));
    let (named, _) = ground.visit_from(&shop.marta, "203.0.113.50").await;
    named.start_chat(ChatForm { details: details(("Joana", "")), ..chat_form("Hello") }).await.unwrap();
    ground.clock.pass(SECOND);
    let their = shop.rui.ban(Banned::Visitor(named.id().clone()), "", None).await.unwrap();
    let listed: Vec<_> = shop.marta.list_bans().await.unwrap().into_iter().map(|ban| (ban.id, ban.name)).collect();
    assert_eq!(listed, [(their.clone(), "Joana".to_owned()), (ban.clone(), String::new())]);
    shop.marta.lift_ban(their).await.unwrap();
    shop.marta.lift_ban(ban.clone()).await.unwrap();
    assert_eq!(refused(shop.marta.lift_ban(ban).await), Refusal::NotFound);
    back.say(chat, said("Sorry")).await.unwrap();
});

contract!(a_ban_closes_a_household_and_never_the_whole_internet, |ground| async {
    let shop = ground.shop().await;
    let wide = Refusal::invalid("network", Why::NetworkTooWide);
    for text in ["0.0.0.0/0", "10.0.0.0/7", "::/0", "2001::/15"] {
        assert_eq!(refused(shop.rui.ban(network(text), "", None).await), wide, "{text}");
    }
    let (visitor, token) = ground.visit_from(&shop.marta, "2001:db8::4").await;
    shop.rui.ban(network("2001:db8::4"), "Rude", None).await.unwrap();
    assert_eq!(refused(visitor.start_chat(chat_form("Hello")).await), Refusal::Banned);
    let next = ground.visitor(&token, "2001:db8::9:5").await.unwrap();
    assert_eq!(refused(next.start_chat(chat_form("Hello again")).await), Refusal::Banned, "another address of theirs");
    let neighbour = ground.visitor(&token, "2001:db8:0:1::4").await.unwrap();
    neighbour.start_chat(chat_form("From elsewhere")).await.unwrap();
});

contract!(files_are_bounded_more_than_words, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    for n in 0..20 {
        visitor.attach(&format!("{n}.txt"), "text/plain", b"x".to_vec()).await.unwrap();
    }
    let much = refused(visitor.attach("more.txt", "text/plain", b"x".to_vec()).await);
    assert!(matches!(much, Refusal::TooMany { retry } if retry > 0), "{much:?}");
    visitor.start_chat(chat_form("Words go on")).await.unwrap();
    ground.clock.pass(11 * MINUTE);
    visitor.attach("later.txt", "text/plain", b"x".to_vec()).await.unwrap();
});

contract!(a_browser_is_banned_for_a_time, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let (visitor, neighbour) = (ground.visit(&shop.marta).await, ground.visit(&shop.marta).await);
    let until = Some(ground.clock.now().plus(HOUR));
    shop.rui.ban(Banned::Visitor(visitor.id().clone()), "", until).await.unwrap();
    assert_eq!(refused(visitor.start_chat(chat_form("Hello")).await), Refusal::Banned);
    neighbour.start_chat(chat_form("Hello")).await.unwrap();
    assert_eq!(olga.list_bans().await.unwrap(), []);
    assert_eq!(refused(olga.ban(Banned::Visitor(visitor.id().clone()), "", None).await), Refusal::NotFound, "not theirs");
    assert_eq!(refused(shop.rui.ban(network("192.0.2.1"), "", Some(Moment(0))).await).field(), Some("until"));
    ground.clock.pass(HOUR);
    visitor.start_chat(chat_form("Hello")).await.unwrap();
    assert_eq!(shop.marta.list_bans().await.unwrap(), []);
});

/// The same database with small limits.
async fn small(ground: &Ground) -> Desk {
    let mut limits = VisitorLimits::default();
    limits.visits.address = Limit::new(3, MINUTE);
    limits.messages.visitor = Limit::new(3, MINUTE);
    limits.messages.property = Limit::new(5, MINUTE);
    limits.chats.address = Limit::new(2, MINUTE);
    Desk::open(Settings { visitor_limits: limits, ..ground.desk.settings().clone() }).await.unwrap()
}

fn wait(refusal: &Refusal) -> u32 {
    match refusal {
        Refusal::TooMany { retry } => *retry,
        other => panic!("{other:?}"),
    }
}

contract!(who_does_too_much_is_told_when_to_come_again, |ground| async {
    let shop = ground.shop().await;
    let (key, _) = shop.marta.widget().await.unwrap();
    let desk = small(&ground).await;
    let come = async |address: &str| -> Result<Visitor, desk::Error> {
        let token = desk.begin_visit(&key, Arrival { address: address.into(), ..Arrival::default() }).await?;
        desk.visitor(&token, address).await
    };
    let mut there = vec![];
    for _ in 0..3 {
        there.push(come("2001:db8:1:2::1").await.unwrap());
    }
    assert_eq!(wait(&refused(come("2001:db8:1:2:ffff::9").await.map(|_| ()))), 61, "a /64 is one address");
    let other = come("2001:db8:1:3::1").await.unwrap();
    let first = there[0].start_chat(chat_form("Hello")).await.unwrap();
    there[1].start_chat(chat_form("Hello")).await.unwrap();
    assert!(wait(&refused(there[2].start_chat(chat_form("Hello")).await)) > 0, "two chats of an address");
    let second = other.start_chat(chat_form("Hello")).await.unwrap();
    ground.clock.pass(20 * SECOND);
    let last = said("3");
    for form in [said("1"), said("2"), last.clone()] {
        there[0].say(first.clone(), form).await.unwrap();
    }
    there[0].say(first.clone(), last).await.unwrap();
    assert_eq!(wait(&refused(there[0].say(first.clone(), said("4")).await)), 61, "three words of a visitor; those said twice count once");
    other.say(second.clone(), said("1")).await.unwrap();
    other.say(second.clone(), said("2")).await.unwrap();
    assert!(wait(&refused(other.say(second.clone(), said("3")).await)) <= 61, "five of a property");
    ground.clock.pass(61 * SECOND);
    there[0].say(first, said("4")).await.unwrap();
    other.say(second, said("3")).await.unwrap();
    desk.close().await;
});
