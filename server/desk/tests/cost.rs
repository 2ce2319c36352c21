//! How many statements a word of a chat and a mail take, from their verbs to all who are told: at hundreds a second this is what a
//! machine has to do. Each number is what there is; who makes one smaller writes it down here, who makes one larger says why.

mod common;
#[path = "plan/ear.rs"]
mod ear;
#[path = "mail/post.rs"]
#[expect(dead_code, reason = "the tests of mail need more of it")]
mod post;

use common::{Ground, Shop, chat_form, said, words};
use desk::log;
use mail::Own;
use post::Mail;

/// Statements that are sent while something is done, the beginning and the end of a transaction among them.
async fn cost(ground: &Ground, doing: impl Future<Output = ()>) -> (usize, String) {
    // a connection that the pool makes meanwhile is set up: that costs once
    let setting_up = |text: &str| ["pragma", "set "].iter().any(|word| text.to_lowercase().starts_with(word));
    let heard: Vec<_> = ear::listen(ground.base, doing).await.into_iter().filter(|heard| !setting_up(&heard.text)).collect();
    let all: Vec<String> = heard.iter().map(|heard| format!("{} x {}", heard.times, heard.text)).collect();
    if std::env::var_os("RECADO_SHOW").is_some() {
        println!("{:?}\n{}\n", ground.base, all.join("\n"));
    }
    (heard.iter().map(|heard| heard.times).sum(), all.join("\n"))
}

// one test a database: the ear hears all that this process sends to it, the worlds of other tests being made as well
contract!(few_statements_are_sent, |ground| async {
    let shop = ground.shop().await;
    a_word_of_a_chat(&ground, &shop).await;
    a_mail(&ground, &shop).await;
    a_list_over_two_properties(&ground, &shop).await;
});

async fn a_word_of_a_chat(ground: &Ground, shop: &Shop) {
    let (visitor, token) = ground.visit_from(&shop.marta, "198.51.100.4").await;
    let (key, _) = shop.marta.widget().await.unwrap();
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.reply(chat.clone(), words("Hello!")).await.unwrap();
    while ground.follow_mail().await.unwrap() {}
    let place = shop.rui.roster().await.unwrap().head;

    // one of them keeps when something was last said with the contact
    let (visitors, all) = cost(ground, async { _ = visitor.say(chat.clone(), said("And now?")).await.unwrap() }).await;
    assert!(visitors <= 15, "{visitors} for a visitor's word:\n{all}");
    let (agents, all) = cost(ground, async { shop.rui.reply(chat.clone(), words("Now this")).await.unwrap() }).await;
    assert!(agents <= 13, "{agents} for an agent's word:\n{all}");
    let (asking, all) = cost(ground, async {
        ground.visitor_at(&key, &token, "198.51.100.4").await.unwrap();
        ground.agent(&shop.rui_token).await.unwrap();
    })
    .await;
    assert_eq!(asking, 2, "to know who asks:\n{all}");
    // three of them for the contact, whose card is told to lists of contacts
    let (telling, all) = cost(ground, async {
        let events = log::all_since(ground.db().read(), shop.rui.property(), place, 100).await.unwrap();
        assert_eq!(ground.tell_both(events).await.unwrap().len(), 2);
    })
    .await;
    assert!(telling <= 8, "{telling} to tell two words to agents and their visitor:\n{all}");
    let (mailing, all) = cost(ground, async { while ground.follow_mail().await.unwrap() {} }).await;
    assert!(mailing <= 6, "{mailing} for the mail reader to see that nothing is owed for two words:\n{all}");
}

async fn a_mail(ground: &Ground, shop: &Shop) {
    let to = shop.marta.roster().await.unwrap().property.forwarding_address;
    let mail = |n: usize| Mail::new("ana@example.com", &to, &format!("Order {n}"), "Where is it?").raw();
    // the first one makes the contact
    post::carry(ground, &[&to], mail(0)).await;
    post::work(ground, &post::nobody()).await;
    while ground.follow_mail().await.unwrap() {}
    let (taking, all) = cost(ground, async { _ = post::carry(ground, &[&to], mail(1)).await }).await;
    assert!(taking <= 5, "{taking} to take a mail:\n{all}");
    let taken = ground.postbox().next().await.unwrap().expect("a mail");
    let understood = mail::understand(&taken.raw, &Own::of(ground.keys())).unwrap();
    let (filing, all) = cost(ground, async { _ = ground.postbox().file(&taken, understood, post::nobody()).await.unwrap() }).await;
    // one of them for what is due in it, one for the property's log on PostgreSQL
    assert!(filing <= 21, "{filing} to open a ticket by a mail:\n{all}");
    let (mailing, all) = cost(ground, async { while ground.follow_mail().await.unwrap() {} }).await;
    assert!(mailing <= 6, "{mailing} for the mail reader to see that nothing is owed for it:\n{all}");
    for n in 2..12 {
        post::carry(ground, &[&to], mail(n)).await;
    }
    assert_eq!(post::work(ground, &post::nobody()).await.len(), 10);
    let (many, all) = cost(ground, async { while ground.follow_mail().await.unwrap() {} }).await;
    assert!(many <= mailing, "{many} for the mail reader to see the same of ten mails:\n{all}");
    println!("{:?}: {taking} statements to take a mail, {filing} to file it, {mailing} to see that nothing is owed for it", ground.base);
}

async fn a_list_over_two_properties(ground: &Ground, shop: &Shop) {
    ground.other_shop(shop).await;
    let view = model::view::View::default();
    let (one, all) = cost(ground, async { _ = shop.marta.list_inbox(view.clone()).await.unwrap() }).await;
    assert!(one <= 4, "{one} for the list of a property:\n{all}");
    // which properties these are, and of each who is named in it: agents and departments
    let (both, all) = cost(ground, async { _ = shop.marta.list_everywhere(view.clone()).await.unwrap() }).await;
    assert!(both <= 1 + 2 * (one + 2), "{both} for the list of two:\n{all}");
    let after = model::view::Key { major: 0, minor: 0, id: model::ConversationId::new() };
    let (more, all) = cost(ground, async { _ = shop.marta.list_more_everywhere(view, after).await.unwrap() }).await;
    assert!(more <= 1 + 2 * 2, "{more} for a further part of it:\n{all}");
}
