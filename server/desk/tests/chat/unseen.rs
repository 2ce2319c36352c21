//! Answers that a visitor had not seen when they went go by mail: once, and not to who is back, nor what they had seen.

use desk::{Agent, Visitor};
use model::{
    ConversationId,
    message::Channel,
    moment::{MINUTE, SECOND},
};

use crate::{
    common::{Ground, JOANA, chat_form, details, refused, said, words},
    contract, letters, thread,
};

async fn chat_with_address(visitor: &Visitor) -> ConversationId {
    let chat = visitor.start_chat(chat_form("Do you ship to Spain?")).await.unwrap();
    visitor.leave_details(chat.clone(), details(JOANA)).await.unwrap();
    chat
}

async fn says(ground: &Ground, agent: &Agent, chat: &ConversationId, text: &str) {
    ground.clock.pass(SECOND);
    agent.reply(chat.clone(), words(text)).await.unwrap();
}

/// Has read what is there now.
async fn reads(visitor: &Visitor, chat: &ConversationId) {
    let message = visitor.open_window(&[]).await.unwrap().messages.pop().unwrap().id;
    visitor.mark_read(chat.clone(), message).await.unwrap();
}

contract!(what_was_not_seen_before_they_went_is_mailed_once, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = chat_with_address(&visitor).await;
    shop.marta.join_chat(chat.clone()).await.unwrap();
    says(&ground, &shop.rui, &chat, "A moment").await;
    reads(&visitor, &chat).await;
    // the page is closed; nobody knows yet
    says(&ground, &shop.rui, &chat, "Yes, we **do**").await;
    shop.marta.note(chat.clone(), words("CANARY")).await.unwrap();
    says(&ground, &shop.marta, &chat, "In two days").await;
    ground.clock.pass(5 * SECOND);
    visitor.leave().await.unwrap();
    ground.clock.pass(10 * SECOND);
    assert_eq!((ground.clock_tick().await.unwrap(), letters(&ground, "reply").await.len()), (0, 0), "they may be back in a moment");
    ground.clock.pass(10 * SECOND);
    for _ in 0..3 {
        ground.clock_tick().await.unwrap();
        let sent = letters(&ground, "reply").await;
        let texts: Vec<&str> = sent.iter().map(|letter| letter.text.as_str()).collect();
        assert_eq!(sent.len(), 2, "{texts:?}");
        assert!(sent.iter().all(|letter| letter.to.address == JOANA.1));
        assert_ne!(sent[0].message_id, sent[1].message_id);
        ground.clock.pass(MINUTE);
    }
    let first = ground.text("select letter from letter_out where kind = 'reply' order by next_at limit 1").await;
    assert!(first.contains("Yes, we do") && !first.contains("In two days"), "they leave in their order: {first}");
    assert_eq!(letters(&ground, "copy").await.len(), 0, "agents saw it in the chat");
    let seen = thread(&shop.rui, &chat).await;
    let channel =
        |text: &str| seen.messages.iter().find(|message| message.text == text).map(|message| (message.channel, message.letters.len()));
    assert_eq!((channel("A moment"), channel("In two days")), (Some((Channel::Chat, 0)), Some((Channel::Web, 1))));
    says(&ground, &shop.rui, &chat, "And free").await;
    ground.clock.pass(MINUTE);
    ground.clock_tick().await.unwrap();
    assert_eq!(letters(&ground, "reply").await.len(), 3, "what is said now goes by mail at once, and once");
    let window = visitor.open_window(&[]).await.unwrap();
    assert_eq!(window.messages.iter().filter(|message| message.text.contains("In two days")).count(), 1, "it stands in the window as well");
});

contract!(who_is_back_or_saw_it_gets_no_mail, |ground| async {
    let shop = ground.shop().await;
    let property = shop.marta.property().clone();
    let visitor = ground.visit(&shop.marta).await;
    let chat = chat_with_address(&visitor).await;
    says(&ground, &shop.rui, &chat, "Yes").await;
    let wait = async |ground: &Ground| {
        ground.clock.pass(21 * SECOND);
        ground.clock_tick().await.unwrap();
        letters(ground, "reply").await.len()
    };
    visitor.leave().await.unwrap();
    ground.clock.pass(10 * SECOND);
    ground.visitors_here(&property, vec![visitor.id().clone()]).await.unwrap();
    assert_eq!(wait(&ground).await, 0, "their window is open again");
    reads(&visitor, &chat).await;
    visitor.leave().await.unwrap();
    assert_eq!(wait(&ground).await, 0, "they saw it");
    visitor.say(chat.clone(), said("And to Portugal?")).await.unwrap();
    let read = visitor.open_window(&[]).await.unwrap().messages.pop().unwrap().id;
    says(&ground, &shop.rui, &chat, "There, too").await;
    visitor.mark_read(chat.clone(), read).await.unwrap();
    visitor.leave().await.unwrap();
    assert_eq!(wait(&ground).await, 1, "that they read an earlier one was heard after it");
});

contract!(a_window_that_fell_silent_has_gone_too, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = chat_with_address(&visitor).await;
    says(&ground, &shop.rui, &chat, "Yes").await;
    shop.rui.end_chat(chat.clone()).await.unwrap();
    ground.clock.pass(MINUTE);
    ground.clock_tick().await.unwrap();
    assert_eq!(letters(&ground, "reply").await.len(), 0);
    ground.clock.pass(MINUTE);
    ground.clock_tick().await.unwrap();
    assert_eq!(letters(&ground, "reply").await.len(), 1, "also of a chat that was ended meanwhile");
});

contract!(what_is_mailed_stays_as_it_is_and_what_was_withdrawn_is_not_mailed, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = chat_with_address(&visitor).await;
    says(&ground, &shop.rui, &chat, "No").await;
    let no = thread(&shop.rui, &chat).await.messages.pop().unwrap().id;
    shop.rui.withdraw_message(no).await.unwrap();
    says(&ground, &shop.rui, &chat, "Yes").await;
    visitor.leave().await.unwrap();
    ground.clock.pass(MINUTE);
    ground.clock_tick().await.unwrap();
    assert_eq!(letters(&ground, "reply").await.len(), 1);
    let yes = thread(&shop.rui, &chat).await.messages.pop().unwrap().id;
    assert_eq!(refused(shop.rui.edit_message(yes.clone(), "No").await), model::Refusal::TooLate);
    assert_eq!(refused(shop.rui.withdraw_message(yes).await), model::Refusal::TooLate);
    let anonymous = ground.visit_from(&shop.marta, "198.51.100.9").await.0;
    let other = anonymous.start_chat(chat_form("Hello")).await.unwrap();
    says(&ground, &shop.rui, &other, "Hello!").await;
    anonymous.leave().await.unwrap();
    ground.clock.pass(MINUTE);
    ground.clock_tick().await.unwrap();
    assert_eq!(letters(&ground, "reply").await.len(), 1, "nobody knows where to");
    assert_eq!(ground.clock_tick().await.unwrap(), 0, "it is not looked at for ever");
});
