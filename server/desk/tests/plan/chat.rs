//! The walk through a chat: a visitor comes, writes, reads and goes; agents answer; time passes.

use desk::{Agent, Arrival, Desk};
use model::{
    agent::Presence,
    ban::Banned,
    chat::Rating,
    moment::{MINUTE, SECOND},
    ticket::TicketForm,
};

use crate::common::{Ground, JOANA, chat_form, details, picture, said, words};

/// All of it.
pub async fn all(ground: &Ground, desk: &Desk, marta: &Agent) {
    let (key, _) = marta.widget().await.expect("a widget");
    let arrival = Arrival { address: "198.51.100.4".into(), ..Arrival::default() };
    let token = desk.begin_visit(&key, arrival).await.expect("let in");
    let visitor = desk.visitor(&token, "198.51.100.4").await.expect("a visitor");
    marta.set_presence(Presence::Away).await.expect("away");
    let window = visitor.open_window(&[marta.id().clone()]).await.expect("a window");
    let chat = visitor.start_chat(chat_form("Hello")).await.expect("begun");
    marta.open_conversation(chat.clone()).await.expect("opened");
    marta.reply(chat.clone(), words("Hello!")).await.expect("said");
    let answer = visitor.open_window(&[]).await.expect("a window").messages.pop().expect("an answer").id;
    visitor.say(chat.clone(), said("And now?")).await.expect("said");
    ground.clock.pass(SECOND);
    visitor.mark_read(chat.clone(), answer).await.expect("read");
    let code = visitor.pop_out(&token).await.expect("a code");
    desk.take_over(&key, &code).await.expect("taken over");
    visitor.set_attributes([("plan".into(), "gold".into())].into()).await.expect("known");
    visitor.tag("vip").await.expect("tagged");
    visitor.leave_details(chat.clone(), details(JOANA)).await.expect("left");
    visitor.rate(chat.clone(), Rating::Good, "").await.expect("rated");
    visitor.ask_transcript(chat.clone(), "").await.expect("asked");
    desk.widget_of(&key).await.expect("a widget");
    visitor.may_follow().await.expect("followed");
    visitor.last_chat().await.expect("a chat");
    marta.visitor_of(&chat).await.expect("a visitor");
    desk.visitors_here(marta.property(), vec![visitor.id().clone()]).await.expect("here");
    desk.closed_doors(marta.property(), ground.clock.now()).await.expect("doors");
    desk.visitors_left(marta.property(), vec![visitor.id().clone()]).await.expect("left");
    desk::log::all_since(desk.db().read(), marta.property(), window.head, 100).await.expect("the log");
    marta.change_picture(picture(200)).await.expect("a picture");
    let picture = marta.roster().await.expect("a roster").people.agents.into_iter().find_map(|agent| agent.picture).expect("a name");
    desk.open_picture(&picture).await.expect("shown");
    visitor.told_since(window.head).await.expect("told").expect("no gap");
    visitor.list_earlier(i64::MAX).await.expect("earlier ones");
    let form = TicketForm {
        email: JOANA.1.into(),
        subject: "Sleeves".into(),
        text: "We answer here.".into(),
        chat: chat.to_string(),
        transcript: true,
        ..TicketForm::default()
    };
    marta.open_ticket(form.check().expect("a good form")).await.expect("opened");
    marta.leave_chat(chat.clone()).await.expect("left");
    marta.end_chat(chat.clone()).await.expect("ended");
    let ban = marta.ban(Banned::Network("203.0.113.0/24".parse().expect("a network")), "", None).await.expect("banned");
    marta.list_bans().await.expect("listed");
    let second = visitor.say(chat, said("One more thing")).await.expect("said");
    marta.lift_ban(ban).await.expect("lifted");
    marta.reply(second, words("Here it is")).await.expect("said");
    ground.clock.pass(6 * MINUTE);
    desk.mail_unseen_answers().await.expect("mailed");
    desk.miss_unanswered_chats().await.expect("missed");
    marta.list_canned_responses().await.expect("listed");
    visitor.log_out().await.expect("gone");
}
