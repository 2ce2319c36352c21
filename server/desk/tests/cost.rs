//! How many statements a word of a chat takes, from its verb to all who are told it: at hundreds of words a second this is what a
//! machine has to do. Each number is what there is; who makes one smaller writes it down here, who makes one larger says why.

mod common;
#[path = "plan/ear.rs"]
mod ear;

use common::{Ground, chat_form, said, words};
use desk::log;

/// Statements that are sent while something is done, the beginning and the end of a transaction among them.
async fn cost(ground: &Ground, doing: impl Future<Output = ()>) -> (usize, String) {
    // a connection that the pool makes meanwhile is set up: that costs once
    let setting_up = |text: &str| ["pragma", "set "].iter().any(|word| text.to_lowercase().starts_with(word));
    let heard: Vec<_> = ear::listen(ground.base, doing).await.into_iter().filter(|heard| !setting_up(&heard.text)).collect();
    let all: Vec<String> = heard.iter().map(|heard| format!("{} x {}", heard.times, heard.text)).collect();
    (heard.iter().map(|heard| heard.times).sum(), all.join("\n"))
}

contract!(a_word_of_a_chat_takes_few_statements, |ground| async {
    let shop = ground.shop().await;
    let (visitor, token) = ground.visit_from(&shop.marta, "198.51.100.4").await;
    let (key, _) = shop.marta.widget().await.unwrap();
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.reply(chat.clone(), words("Hello!")).await.unwrap();
    while ground.follow_mail().await.unwrap() {}
    let place = shop.rui.roster().await.unwrap().head;

    let (visitors, all) = cost(&ground, async { _ = visitor.say(chat.clone(), said("And now?")).await.unwrap() }).await;
    assert!(visitors <= 14, "{visitors} for a visitor's word:\n{all}");
    let (agents, all) = cost(&ground, async { shop.rui.reply(chat.clone(), words("Now this")).await.unwrap() }).await;
    assert!(agents <= 12, "{agents} for an agent's word:\n{all}");
    let (asking, all) = cost(&ground, async {
        ground.visitor_at(&key, &token, "198.51.100.4").await.unwrap();
        ground.agent(&shop.rui_token).await.unwrap();
    })
    .await;
    assert_eq!(asking, 2, "to know who asks:\n{all}");
    let (telling, all) = cost(&ground, async {
        let events = log::all_since(ground.db().read(), shop.rui.property(), place, 100).await.unwrap();
        assert_eq!(ground.tell_both(events).await.unwrap().len(), 2);
    })
    .await;
    assert!(telling <= 5, "{telling} to tell two words to agents and their visitor:\n{all}");
    let (mailing, all) = cost(&ground, async { while ground.follow_mail().await.unwrap() {} }).await;
    assert!(mailing <= 6, "{mailing} for the mail reader to see that nothing is owed for two words:\n{all}");
});
