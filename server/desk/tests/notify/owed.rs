//! Who is owed a push, by what, and once.

use model::{
    Assignee,
    agent::{Presence, Role},
    moment::{HOUR, MINUTE, SECOND},
    notify::{Quiet, Settings},
};

use super::{
    common::{chat_form, said, ticket, words},
    due, endpoints, listen,
};
use crate::contract;

contract!(a_chat_that_waits_is_told_to_everybody_who_listens, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    for (agent, name) in [(&shop.marta, "marta"), (&shop.rui, "rui"), (&olga, "olga")] {
        listen(agent, name).await;
    }
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Is the jacket true to size?")).await.unwrap();
    let told = due(&ground).await;
    assert_eq!(endpoints(&told), ["marta", "rui"], "and nobody of another property");
    assert_eq!(told[0].note.body, "Is the jacket true to size?");
    assert_eq!((told[0].note.path.clone(), told[0].pressing, told[0].test), (format!("/inbox/{chat}"), true, false));
    assert_eq!(told[0].property, *shop.marta.property());
    assert_eq!(due(&ground).await.len(), 0, "once");
});

contract!(nobody_is_told_of_their_own_doing, |ground| async {
    let shop = ground.shop().await;
    listen(&shop.marta, "marta").await;
    listen(&shop.rui, "rui").await;
    ticket(&shop.marta, "Late order", Assignee::Nobody).await;
    assert_eq!(endpoints(&due(&ground).await), ["rui"]);
});

contract!(what_happened_before_is_not_told, |ground| async {
    let shop = ground.shop().await;
    ticket(&shop.rui, "Late order", Assignee::Nobody).await;
    ground.clock.pass(SECOND);
    listen(&shop.marta, "marta").await;
    assert_eq!(due(&ground).await.len(), 0);
    // nor what lies so long back that it is no news, as after the process was away
    ticket(&shop.rui, "Another", Assignee::Nobody).await;
    ground.clock.pass(HOUR);
    assert_eq!(due(&ground).await.len(), 0);
});

contract!(many_words_are_one_push, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello?")).await.unwrap();
    shop.marta.reply(chat.clone(), words("Hello!")).await.unwrap();
    ground.clock.pass(SECOND);
    listen(&shop.marta, "marta").await;
    for text in ["One", "Two", "Three"] {
        ground.clock.pass(SECOND / 2);
        visitor.say(chat.clone(), said(text)).await.unwrap();
    }
    let told = due(&ground).await;
    assert_eq!(told.iter().map(|push| push.note.body.as_str()).collect::<Vec<_>>(), ["Three"]);
    // and the next ones wait a little
    ground.clock.pass(MINUTE);
    visitor.say(chat.clone(), said("Four")).await.unwrap();
    while ground.follow_push().await.unwrap() {}
    ground.clock.pass(4 * SECOND);
    assert_eq!(ground.take_pushes(10).await.unwrap().len(), 1, "a minute is long enough");
    visitor.say(chat.clone(), said("Five")).await.unwrap();
    while ground.follow_push().await.unwrap() {}
    ground.clock.pass(4 * SECOND);
    assert_eq!(ground.take_pushes(10).await.unwrap().len(), 0, "four seconds are not");
    ground.clock.pass(20 * SECOND);
    assert_eq!(ground.take_pushes(10).await.unwrap().len(), 1);
});

contract!(what_was_read_or_answered_meanwhile_is_not_told, |ground| async {
    let shop = ground.shop().await;
    listen(&shop.marta, "marta").await;
    listen(&shop.rui, "rui").await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello?")).await.unwrap();
    while ground.follow_push().await.unwrap() {}
    ground.clock.pass(SECOND);
    shop.marta.mark_read(chat.clone()).await.unwrap();
    assert_eq!(endpoints(&due(&ground).await), ["rui"], "Marta read it");
    let second = ground.visit_from(&shop.marta, "198.51.100.9").await.0.start_chat(chat_form("And me?")).await.unwrap();
    while ground.follow_push().await.unwrap() {}
    ground.clock.pass(SECOND);
    shop.rui.reply(second, words("Here I am")).await.unwrap();
    assert_eq!(due(&ground).await.len(), 0, "somebody answered, so it waits for nobody");
});

contract!(who_is_invisible_quiet_or_out_is_not_told, |ground| async {
    let shop = ground.shop().await;
    let (ines, _) = ground.hire(&shop.marta, "Ines Reis", "ines@acme.test", Role::Agent).await;
    for (agent, name) in [(&shop.marta, "marta"), (&shop.rui, "rui"), (&ines, "ines")] {
        listen(agent, name).await;
    }
    // it is noon in Lisbon
    shop.marta.change_notify_settings(Settings { quiet: Some(Quiet { from: 11 * 60, to: 14 * 60 }), ..Settings::default() }).await.unwrap();
    shop.rui.set_presence(Presence::Invisible).await.unwrap();
    let visitor = ground.visit(&shop.marta).await;
    visitor.start_chat(chat_form("Hello?")).await.unwrap();
    assert_eq!(endpoints(&due(&ground).await), ["ines"]);
    shop.marta.disable_agent(ines.id().clone()).await.unwrap();
    ground.visit_from(&shop.marta, "198.51.100.9").await.0.start_chat(chat_form("Hello?")).await.unwrap();
    assert_eq!(due(&ground).await.len(), 0);
});

contract!(words_are_hidden_from_who_wants_it_so, |ground| async {
    let shop = ground.shop().await;
    listen(&shop.marta, "marta").await;
    shop.marta.change_notify_settings(Settings { hide_words: true, ..Settings::default() }).await.unwrap();
    ticket(&shop.rui, "My secret illness", Assignee::Nobody).await;
    let told = due(&ground).await;
    assert_eq!((told[0].note.title.as_str(), told[0].note.body.as_str()), ("New ticket from Joana Prado", "#1"));
    let stored = ground.text("select note from push_out").await;
    assert!(!stored.contains("illness"), "{stored}");
});

contract!(two_readers_owe_it_once_and_it_outlives_the_process, |ground| async {
    let shop = ground.shop().await;
    listen(&shop.marta, "marta").await;
    for n in 0..10 {
        ticket(&shop.rui, &format!("Ticket {n}"), Assignee::Nobody).await;
    }
    let other = ground.another_desk().await;
    for _ in 0..20 {
        let (one, two) = tokio::join!(ground.follow_push(), other.follow_push());
        one.unwrap();
        two.unwrap();
    }
    assert_eq!(ground.number("select count(*) from push_out where next_at is not null").await, 10);
    ground.clock.pass(MINUTE);
    // a process that starts now finds what was owed, and what one took out is nobody else's
    let third = ground.another_desk().await;
    let (one, two) = tokio::join!(third.take_pushes(6), other.take_pushes(6));
    let (one, two) = (one.unwrap(), two.unwrap());
    let mut tags: Vec<String> = one.iter().chain(&two).map(|push| push.note.tag.clone()).collect();
    tags.extend(ground.take_pushes(6).await.unwrap().iter().map(|push| push.note.tag.clone()));
    tags.sort();
    let all = tags.len();
    tags.dedup();
    assert_eq!((all, tags.len()), (10, 10));
    other.close().await;
    third.close().await;
});
