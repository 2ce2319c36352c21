//! Events of the site: lines in the course of a chat, for agents alone, within a limit of their own.

use model::{
    Refusal,
    chat::{ChatForm, SayForm},
    message::Happening,
    moment::{MINUTE, SECOND},
    visitor::SiteEvent,
};

use crate::{
    common::{chat_form, refused, said},
    contract, thread,
};

fn event(name: &str, detail: &str) -> SiteEvent {
    SiteEvent { name: name.into(), detail: detail.into(), at: 0 }
}

fn told(name: &str, detail: &str) -> Happening {
    Happening::SiteEvent { name: name.into(), detail: detail.into() }
}

contract!(an_event_of_the_site_is_a_line_that_agents_alone_see, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    let (line, window) = (thread(&shop.rui, &chat).await.line, visitor.open_window(&[]).await.unwrap());
    ground.clock.pass(SECOND);
    visitor.tell_event(chat.clone(), event("added-to-cart", "sku: LJ-38")).await.unwrap();
    visitor.tell_event(chat.clone(), event("added-to-cart", "sku: LJ-40")).await.unwrap();
    assert_eq!(refused(visitor.tell_event(chat.clone(), event(" ", "x")).await).field(), Some("event"));
    let seen = thread(&shop.rui, &chat).await;
    let happened: Vec<_> = seen.messages.iter().map(|message| (message.happened.clone(), message.at)).collect();
    let now = ground.clock.now();
    assert_eq!(happened[1..], [(Some(told("added-to-cart", "sku: LJ-38")), now), (Some(told("added-to-cart", "sku: LJ-40")), now)]);
    assert_eq!((&seen.line.preview, seen.line.last_at, seen.line.waiting_since), (&line.preview, line.last_at, line.waiting_since));
    assert_eq!(seen.chat.unwrap().attributes, [].into());
    assert_eq!(visitor.open_window(&[]).await.unwrap().messages, window.messages);
    let heard = serde_json::to_string(&visitor.told_since(0).await.unwrap().unwrap()).unwrap();
    assert!(!heard.contains("LJ-38"), "{heard}");
});

contract!(what_happened_before_a_chat_comes_with_its_first_words, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let past = ground.clock.now();
    ground.clock.pass(MINUTE);
    let events: Vec<_> = (0..25).map(|n| SiteEvent { at: past.0, ..event(&format!("page {n}"), "") }).collect();
    let form = ChatForm { said: SayForm { events: events.clone(), ..said("Hello") }, ..chat_form("") };
    let chat = visitor.start_chat(form).await.unwrap();
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!(
        (seen.messages.len(), seen.messages[0].happened.clone(), seen.messages[0].at),
        (21, Some(told("page 5", "")), past),
        "the newest"
    );
    assert_eq!((seen.messages[20].text.as_str(), seen.line.preview.as_str()), ("Hello", "Hello"));
    visitor.say(chat.clone(), SayForm { events: events.clone(), ..said("More") }).await.unwrap();
    assert_eq!(thread(&shop.rui, &chat).await.messages.len(), 22, "only words that begin a chat bring them");
    visitor.end_chat(chat.clone()).await.unwrap();
    let next = visitor.say(chat, SayForm { events: vec![event("paid", "")], ..said("And now?") }).await.unwrap();
    assert_eq!(thread(&shop.rui, &next).await.messages[0].happened, Some(told("paid", "")));
});

contract!(events_have_a_limit_of_their_own, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    for n in 0..30 {
        visitor.tell_event(chat.clone(), event(&format!("step {n}"), "")).await.unwrap();
    }
    assert!(matches!(refused(visitor.tell_event(chat.clone(), event("step 31", "")).await), Refusal::TooMany { .. }));
    visitor.set_attributes([("plan".into(), "gold".into())].into()).await.unwrap();
    visitor.say(chat.clone(), said("Still here")).await.unwrap();
    ground.clock.pass(11 * MINUTE);
    visitor.tell_event(chat, event("step 32", "")).await.unwrap();
});
