//! What is asked and told for many open windows at once: who logged out, whom bans are against, who is here, who went.

use model::{
    Refusal,
    ban::Banned,
    message::Channel,
    moment::{MINUTE, SECOND},
};

use crate::{
    common::{JOANA, chat_form, details, refused, words},
    contract, thread,
};

contract!(who_logged_out_or_is_banned_is_known_and_nobody_else, |ground| async {
    let shop = ground.shop().await;
    let property = shop.marta.property().clone();
    let (olga, _) = ground.other_shop(&shop).await;
    let (out, banned, there) = (ground.visit(&shop.marta).await, ground.visit(&shop.marta).await, ground.visit(&shop.marta).await);
    for visitor in [&out, &banned, &there] {
        visitor.may_follow().await.unwrap();
    }
    let since = ground.clock.now();
    ground.visit(&olga).await.log_out().await.unwrap();
    assert_eq!(ground.closed_doors(&property, since).await.unwrap(), desk::Closed::default(), "another property's");
    out.log_out().await.unwrap();
    let ban = shop.rui.ban(Banned::Visitor(banned.id().clone()), "", None).await.unwrap();
    let closed = ground.closed_doors(&property, since).await.unwrap();
    assert_eq!(closed, desk::Closed { logged_out: vec![out.id().clone()], banned: vec![Banned::Visitor(banned.id().clone())] });
    assert_eq!(refused(out.may_follow().await), Refusal::SignedOut);
    assert_eq!(refused(banned.may_follow().await), Refusal::Banned);
    there.may_follow().await.unwrap();
    shop.rui.lift_ban(ban).await.unwrap();
    banned.may_follow().await.unwrap();
    ground.clock.pass(SECOND);
    out.log_out().await.unwrap();
    assert_eq!(ground.closed_doors(&property, ground.clock.now()).await.unwrap(), desk::Closed::default(), "that was before, and once");
});

contract!(those_who_left_are_answered_by_mail_and_those_who_are_here_are_not, |ground| async {
    let shop = ground.shop().await;
    let property = shop.marta.property().clone();
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    visitor.leave_details(chat.clone(), details(JOANA)).await.unwrap();
    let channels = async || {
        shop.marta.reply(chat.clone(), words("Hello!")).await.unwrap();
        thread(&shop.marta, &chat).await.messages.last().map(|message| message.channel)
    };
    for _ in 0..3 {
        ground.clock.pass(MINUTE);
        ground.visitors_here(&property, vec![visitor.id().clone()]).await.unwrap();
    }
    assert_eq!(channels().await, Some(Channel::Chat));
    ground.visitors_left(&property, vec![visitor.id().clone()]).await.unwrap();
    assert_eq!(channels().await, Some(Channel::Web));
    ground.visitors_here(&property, vec![visitor.id().clone()]).await.unwrap();
    assert_eq!(channels().await, Some(Channel::Chat));
    visitor.log_out().await.unwrap();
    ground.visitors_here(&property, vec![visitor.id().clone()]).await.unwrap();
    assert_eq!(channels().await, Some(Channel::Web), "who logged out is not here");
});

contract!(agents_see_a_visitor_in_their_last_chat, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let visitor = ground.visit(&shop.marta).await;
    assert_eq!(visitor.last_chat().await.unwrap(), None);
    let first = visitor.start_chat(chat_form("Hello")).await.unwrap();
    visitor.end_chat(first.clone()).await.unwrap();
    assert_eq!(visitor.last_chat().await.unwrap().as_ref(), Some(&first));
    ground.clock.pass(SECOND);
    let second = visitor.start_chat(chat_form("Again")).await.unwrap();
    assert_eq!(visitor.last_chat().await.unwrap(), Some(second.clone()));
    assert_eq!(shop.rui.visitor_of(&second).await.unwrap().as_ref(), Some(visitor.id()));
    assert_eq!(olga.visitor_of(&second).await.unwrap(), None, "not theirs");
});

contract!(a_widget_is_found_by_its_key, |ground| async {
    let shop = ground.shop().await;
    let (key, widget) = shop.marta.widget().await.unwrap();
    let (property, language, found) = ground.widget_of(&key).await.unwrap();
    assert_eq!((&property, &found), (shop.marta.property(), &widget));
    assert_eq!(language, shop.marta.roster().await.unwrap().property.language);
    assert_eq!(refused(ground.widget_of("nobodys").await), Refusal::NotFound);
});
