//! Who is on the site: beacons, what agents see of them, and who writes first.

use desk::{Agent, Desk, Sender};
use model::{
    Refusal, VisitId,
    ban::Banned,
    chat::ChatForm,
    moment::{DAY, MINUTE, SECOND},
    visit::{Answer, Beacon, Greeting, Sighting, Stage},
    window::Speaker,
};

use crate::{
    common::{Ground, Shop, chat_form, refused, said, words},
    contract, thread,
};

/// A page load as a page tells it.
pub fn load(n: u32) -> String {
    format!("{n}-2-3-4")
}

pub fn beacon(n: u32, path: &str) -> Beacon {
    Beacon { id: load(n), page: format!("https://acme.test{path}"), referrer: "https://search.example/".into(), ..Beacon::default() }
}

pub fn sighting(beacon: &Beacon) -> Sighting {
    beacon.check().expect("a good beacon")
}

pub fn sender(address: &str) -> Sender {
    Sender {
        address: address.into(),
        browser: "Firefox 140".into(),
        language: "pt-BR".into(),
        country: Some("PT".into()),
        site: "acme.test".into(),
    }
}

/// A shop that wants beacons, and its widget's key.
pub async fn watching(ground: &Ground) -> (Shop, String) {
    let shop = ground.shop().await;
    shop.marta.set_monitor(true).await.unwrap();
    let (key, _) = shop.marta.widget().await.unwrap();
    (shop, key)
}

/// A beacon from the usual address.
pub async fn see(desk: &Desk, key: &str, beacon: &Beacon) -> Option<Answer> {
    desk.see_visit(key, sighting(beacon), sender("198.51.100.4")).await.unwrap()
}

async fn here(agent: &Agent) -> Vec<(String, Stage)> {
    let seen = agent.list_visits().await.unwrap();
    seen.visits.iter().map(|visit| (visit.page.trim_start_matches("https://acme.test").to_owned(), visit.stage(seen.now))).collect()
}

pub async fn the_one(agent: &Agent) -> VisitId {
    let mut seen = agent.list_visits().await.unwrap().visits;
    assert_eq!(seen.len(), 1);
    seen.remove(0).id
}

contract!(nothing_is_kept_unless_the_property_wants_it, |ground| async {
    let shop = ground.shop().await;
    let (key, widget) = shop.marta.widget().await.unwrap();
    assert!(!widget.monitor);
    let tell = |key: &str| {
        let (desk, key) = (ground.desk.clone(), key.to_owned());
        async move { desk.see_visit(&key, sighting(&beacon(1, "/")), sender("198.51.100.4")).await }
    };
    assert_eq!(refused(tell(&key).await), Refusal::NotFound);
    assert_eq!(refused(tell("nobody").await), Refusal::NotFound);
    assert_eq!(ground.number("select count(*) from visit").await, 0);
    assert!(!shop.rui.list_visits().await.unwrap().monitor);
    assert_eq!(refused(shop.rui.set_monitor(true).await), Refusal::Forbidden);
    shop.marta.set_monitor(true).await.unwrap();
    assert_eq!(tell(&key).await.unwrap(), None);
    assert_eq!(here(&shop.rui).await, [("/".to_owned(), Stage::Active)]);
    let (olga, _) = ground.other_shop(&shop).await;
    olga.set_monitor(true).await.unwrap();
    assert_eq!(here(&olga).await, [], "not theirs");
    assert_eq!(refused(olga.open_visit(the_one(&shop.rui).await).await), Refusal::NotFound);
    shop.marta.set_monitor(false).await.unwrap();
    assert_eq!(here(&shop.rui).await, [], "switched off, nobody is shown");
});

contract!(a_visit_is_active_then_idle_then_over, |ground| async {
    let (shop, key) = watching(&ground).await;
    see(&ground, &key, &beacon(1, "/")).await;
    for minute in 1..10 {
        ground.clock.pass(MINUTE);
        see(&ground, &key, &beacon(1, "/")).await;
        assert_eq!(here(&shop.rui).await, [("/".to_owned(), Stage::Active)], "minute {minute}");
    }
    ground.clock.pass(MINUTE);
    let idle = Beacon { idle: true, ..beacon(1, "/") };
    see(&ground, &key, &idle).await;
    ground.clock.pass(10 * MINUTE - 1);
    assert_eq!(here(&shop.rui).await, [("/".to_owned(), Stage::Idle)], "just before twenty minutes without action");
    ground.clock.pass(1);
    assert_eq!(here(&shop.rui).await, [], "over");
    see(&ground, &key, &beacon(1, "/back")).await;
    assert_eq!(here(&shop.rui).await, [("/back".to_owned(), Stage::Active)]);
    assert_eq!(ground.number("select count(*) from visit").await, 2, "another visit, though the page is the same one");
    ground.clock.pass(2 * MINUTE);
    assert_eq!(here(&shop.rui).await, [], "the page is silent: it was closed");
    ground.clock.pass(10 * MINUTE);
    see(&ground, &key, &beacon(1, "/back")).await;
    assert_eq!(ground.number("select count(*) from visit").await, 2, "who comes back soon goes on");
});

contract!(pages_of_one_browser_are_one_visit, |ground| async {
    let (shop, key) = watching(&ground).await;
    see(&ground, &key, &beacon(1, "/")).await;
    ground.clock.pass(5 * SECOND);
    let next = |n: u32, path: &str, from: &str| Beacon { referrer: format!("https://acme.test{from}"), ..beacon(n, path) };
    see(&ground, &key, &next(2, "/jackets", "/")).await;
    ground.clock.pass(5 * SECOND);
    see(&ground, &key, &next(2, "/jackets#!/linen", "/")).await;
    for _ in 0..3 {
        ground.clock.pass(5 * SECOND);
        see(&ground, &key, &next(2, "/jackets#!/linen", "/")).await;
    }
    let opened = shop.rui.open_visit(the_one(&shop.rui).await).await.unwrap();
    let pages: Vec<&str> = opened.pages.iter().map(|seen| seen.page.trim_start_matches("https://acme.test")).collect();
    assert_eq!(pages, ["/", "/jackets", "/jackets#!/linen"]);
    let visit = opened.visit;
    assert_eq!((visit.pages, visit.referrer.as_str(), visit.country.as_deref()), (3, "https://search.example/", Some("PT")));
    assert_eq!((visit.language.as_str(), visit.address.as_str()), ("pt-BR", "198.51.100.4"));
    // another browser behind the same address, and the same one elsewhere, are others
    let other = Sender { browser: "Chrome 142".into(), ..sender("198.51.100.4") };
    ground.see_visit(&key, sighting(&next(3, "/cart", "/jackets")), other).await.unwrap();
    ground.see_visit(&key, sighting(&next(4, "/cart", "/jackets")), sender("203.0.113.9")).await.unwrap();
    assert_eq!(here(&shop.rui).await.len(), 3);
    // of two that could be meant, none is
    see(&ground, &key, &beacon(5, "/jackets")).await;
    see(&ground, &key, &next(6, "/about", "/jackets")).await;
    assert_eq!(here(&shop.rui).await.len(), 5);
});

contract!(a_visit_belongs_to_its_browser_and_chat_once_the_window_is_used, |ground| async {
    let (shop, key) = watching(&ground).await;
    see(&ground, &key, &beacon(1, "/jackets")).await;
    let visitor = ground.visit(&shop.marta).await;
    let form = ChatForm { visit: load(1), ..chat_form("Hello") };
    let chat = visitor.start_chat(form).await.unwrap();
    let visit = shop.rui.list_visits().await.unwrap().visits.remove(0);
    assert_eq!((visit.visitor.as_ref(), visit.chat.as_ref(), visit.before), (Some(visitor.id()), Some(&chat), 0));
    assert_eq!(here(&shop.rui).await[0].1, Stage::Active);
    shop.rui.reply(chat.clone(), words("Hi")).await.unwrap();
    assert_eq!(here(&shop.rui).await[0].1, Stage::Served);
    assert_eq!(shop.rui.list_visits().await.unwrap().visits[0].served_by, ["Rui Alves"]);
    shop.rui.end_chat(chat).await.unwrap();
    assert_eq!(here(&shop.rui).await[0].1, Stage::Active);
    // the next day, with the cookie of the window
    ground.clock.pass(DAY);
    see(&ground, &key, &beacon(2, "/")).await;
    let greeting = Greeting { visit: load(2), page: "https://acme.test/".into(), ..Greeting::default() };
    assert_eq!(ground.greet(&key, &greeting, Some(&visitor)).await.unwrap(), []);
    let visit = shop.rui.list_visits().await.unwrap().visits.remove(0);
    assert_eq!((visit.visitor.as_ref(), visit.before, visit.chat), (Some(visitor.id()), 1, None));
    let form = ChatForm { visit: load(2), ..chat_form("Me again") };
    let chat = visitor.start_chat(form).await.unwrap();
    let facts = thread(&shop.rui, &chat).await.chat.unwrap();
    assert_eq!((facts.visits, facts.country.as_deref()), (Some(2), Some("PT")), "as the agents see it in the chat");
    let stranger = ground.visit_from(&shop.marta, "198.51.100.77").await.0;
    let chat = stranger.start_chat(chat_form("From a page that tells nothing")).await.unwrap();
    assert_eq!(thread(&shop.rui, &chat).await.chat.unwrap().visits, None);
});

contract!(an_agent_writes_first_to_who_has_no_window, |ground| async {
    let (shop, key) = watching(&ground).await;
    see(&ground, &key, &beacon(1, "/jackets")).await;
    let visit = the_one(&shop.rui).await;
    assert_eq!(refused(shop.rui.start_chat_with(visit.clone(), " ").await).field(), Some("text"));
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(refused(olga.start_chat_with(visit.clone(), "Hello").await), Refusal::NotFound);
    assert_eq!(shop.rui.start_chat_with(visit.clone(), "Can I help with the **jacket**?").await.unwrap(), None);
    assert!(shop.rui.list_visits().await.unwrap().visits[0].waiting);
    assert_eq!(ground.number("select count(*) from conversation").await, 0, "no chat before they answer");
    ground.clock.pass(SECOND);
    let told = see(&ground, &key, &beacon(1, "/jackets")).await.expect("words");
    assert_eq!(told.say.values().next().unwrap(), "Can I help with the **jacket**?");
    assert_eq!(see(&ground, &key, &beacon(1, "/jackets")).await, None, "told once");
    assert!(!shop.rui.list_visits().await.unwrap().visits[0].waiting);
    // the window shows them first, and the chat begins with them
    let shown = ground.greet(&key, &Greeting { visit: load(1), ..Greeting::default() }, None).await.unwrap();
    assert_eq!((shown.len(), shown[0].by.as_deref()), (1, Some("Rui Alves")));
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(ChatForm { visit: load(1), ..chat_form("Yes please") }).await.unwrap();
    let seen = thread(&shop.marta, &chat).await;
    assert_eq!(seen.line.assignee, model::Assignee::Agent(shop.rui.id().clone()));
    assert_eq!(
        seen.messages.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(),
        ["Can I help with the **jacket**?", "Yes please"]
    );
    assert!(seen.chat.unwrap().answered_at.is_some() && seen.line.waiting_since.is_some());
    let window = visitor.open_window(&[]).await.unwrap();
    assert!(matches!(&window.messages[0].speaker, Speaker::Agent { name, .. } if name == "Rui Alves"));
    assert!(window.messages[0].rendered.contains("<strong>"));
    assert_eq!(ground.greet(&key, &Greeting { visit: load(1), ..Greeting::default() }, Some(&visitor)).await.unwrap(), []);
    assert_eq!(here(&shop.rui).await[0].1, Stage::Served);
});

contract!(an_agent_writes_first_to_a_browser_that_is_known, |ground| async {
    let (shop, key) = watching(&ground).await;
    let visitor = ground.visit(&shop.marta).await;
    see(&ground, &key, &beacon(1, "/jackets")).await;
    ground.greet(&key, &Greeting { visit: load(1), ..Greeting::default() }, Some(&visitor)).await.unwrap();
    let visit = the_one(&shop.rui).await;
    let mut window = visitor.open_window(&[]).await.unwrap();
    let chat = shop.rui.start_chat_with(visit.clone(), "Hello there").await.unwrap().expect("a chat");
    for told in visitor.told_since(window.head).await.unwrap().unwrap() {
        window.apply(&told);
    }
    assert_eq!(window, visitor.open_window(&[]).await.unwrap(), "an open window shows it at once");
    assert_eq!((window.chat().unwrap().id.clone(), window.unread()), (chat.clone(), 1));
    assert_eq!(see(&ground, &key, &beacon(1, "/jackets")).await.unwrap().say.values().next().unwrap(), "Hello there");
    let again = shop.rui.start_chat_with(visit, "Still there?").await.unwrap();
    assert_eq!(again.as_ref(), Some(&chat), "the chat that goes on");
    visitor.say(chat.clone(), said("Yes")).await.unwrap();
    let seen = thread(&shop.rui, &chat).await;
    let spoken: Vec<&str> =
        seen.messages.iter().filter(|message| message.happened.is_none()).map(|message| message.text.as_str()).collect();
    assert_eq!(spoken, ["Hello there", "Still there?", "Yes"]);
    assert_eq!(see(&ground, &key, &beacon(1, "/jackets")).await, None, "the window has told it");
});

contract!(who_is_banned_is_not_there, |ground| async {
    let (shop, key) = watching(&ground).await;
    see(&ground, &key, &beacon(1, "/")).await;
    ground.see_visit(&key, sighting(&beacon(2, "/cart")), sender("203.0.113.9")).await.unwrap();
    let visits = shop.rui.list_visits().await.unwrap().visits;
    let bad = visits.iter().find(|visit| visit.address == "198.51.100.4").unwrap().id.clone();
    assert_eq!(refused(shop.rui.ban_visit(bad.clone(), "", "nonsense", "", "1").await).field(), Some("network"));
    assert_eq!(refused(shop.rui.ban_visit(bad.clone(), "address", "", "", "soon").await).field(), Some("hours"));
    assert_eq!(shop.rui.count_visits().await.unwrap(), Some(2));
    shop.rui.ban_visit(bad.clone(), "address", "", "Spam", "24").await.unwrap();
    assert_eq!(here(&shop.rui).await, [("/cart".to_owned(), Stage::Active)]);
    let again = ground.see_visit(&key, sighting(&beacon(1, "/more")), sender("198.51.100.4")).await;
    assert_eq!(refused(again), Refusal::Banned);
    let first = shop.rui.list_bans().await.unwrap().remove(0);
    assert_eq!((first.who, first.reason.as_str()), (Banned::Network("198.51.100.4".parse().unwrap()), "Spam"));
    ground.clock.pass(DAY);
    see(&ground, &key, &beacon(1, "/more")).await;
    let visitor = ground.visit(&shop.marta).await;
    ground.greet(&key, &Greeting { visit: load(1), ..Greeting::default() }, Some(&visitor)).await.unwrap();
    shop.rui.ban_visit(the_one(&shop.rui).await, "visitor", "", "", "0").await.unwrap();
    assert_eq!(refused(ground.see_visit(&key, sighting(&beacon(1, "/x")), sender("192.0.2.3")).await), Refusal::Banned);
    see(&ground, &key, &beacon(9, "/")).await;
    assert_eq!(here(&shop.rui).await.len(), 1, "the browser is banned, not the address");
    let other = ground.visit_from(&shop.marta, "192.0.2.77").await.0;
    let chat = other.start_chat(chat_form("Buy!")).await.unwrap();
    shop.rui.ban_from_chat(chat.clone(), "visitor", "", "", "1").await.unwrap();
    assert_eq!(refused(other.say(chat.clone(), said("Buy!")).await), Refusal::Banned);
    shop.rui.ban_from_chat(chat.clone(), "address", "", "", "1").await.unwrap();
    assert!(shop.rui.list_bans().await.unwrap().iter().any(|ban| ban.who == Banned::Network("192.0.2.77".parse().unwrap())));
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(refused(olga.ban_from_chat(chat, "", "", "", "1").await), Refusal::NotFound);
});

contract!(visits_are_forgotten_after_a_month, |ground| async {
    let (shop, key) = watching(&ground).await;
    see(&ground, &key, &beacon(1, "/")).await;
    shop.rui.start_chat_with(the_one(&shop.rui).await, "Hello").await.unwrap();
    ground.clock.pass(30 * DAY);
    see(&ground, &key, &beacon(2, "/")).await;
    assert_eq!(ground.forget_old_visits().await.unwrap(), 0);
    ground.clock.pass(1);
    ground.clock_tick().await.unwrap();
    for (statement, left) in [
        ("select count(*) from visit", 1),
        ("select count(*) from visit_load", 1),
        ("select count(*) from visit_page", 1),
        ("select count(*) from visit_word", 0),
    ] {
        assert_eq!(ground.number(statement).await, left, "{statement}");
    }
});
