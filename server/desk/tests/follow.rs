//! Following a conversation: who follows is told as of their own, finds it, and sees no more by it than before.

mod common;

use common::{Ground, refused, said, ticket, words};
use desk::{Agent, notify::outbox::DuePush};
use model::{
    Assignee, ConversationId, Refusal,
    agent::{Reach, Role},
    moment::{MINUTE, SECOND},
    notify::PushForm,
    view::View,
};

async fn listen(agent: &Agent, name: &str) {
    let form = PushForm { endpoint: format!("https://push.example/{name}"), p256dh: "B".repeat(87), auth: "a".repeat(22) };
    agent.subscribe_push(form.check().expect("a good form")).await.expect("subscribed");
}

/// Who is owed a push once the reader has read on, and what it says.
async fn due(ground: &Ground) -> Vec<(String, String)> {
    while ground.follow_push().await.expect("followed") {}
    ground.clock.pass(MINUTE);
    let told = |push: DuePush| (push.endpoint.trim_start_matches("https://push.example/").to_owned(), push.note.title);
    let mut due: Vec<_> = ground.take_pushes(100).await.expect("taken").into_iter().map(told).collect();
    due.sort();
    due
}

async fn followed(agent: &Agent) -> (Vec<ConversationId>, i64) {
    let view = View::followed_by(agent.id().clone());
    let inbox = agent.list_inbox(view.clone()).await.expect("a list");
    let count = inbox.tally(&view.facet().expect("a counter"));
    (inbox.rows.into_iter().map(|row| row.line.id).collect(), count)
}

contract!(who_follows_is_told_as_of_their_own, |ground| async {
    let shop = ground.shop().await;
    let id = ticket(&shop.marta, "Late order", Assignee::Agent(shop.marta.id().clone())).await;
    listen(&shop.rui, "rui").await;
    ground.clock.pass(SECOND);
    shop.marta.note(id.clone(), words("A look inside")).await.unwrap();
    assert_eq!(due(&ground).await, [], "it is none of Rui's");
    shop.rui.follow(id.clone(), true).await.unwrap();
    assert_eq!(followed(&shop.rui).await, (vec![id.clone()], 1));
    assert_eq!(followed(&shop.marta).await, (vec![], 0));
    ground.clock.pass(SECOND);
    shop.marta.note(id.clone(), words("Another look")).await.unwrap();
    assert_eq!(due(&ground).await, [("rui".to_owned(), "Note by Marta Lima".to_owned())]);
    shop.rui.note(id.clone(), words("Seen")).await.unwrap();
    assert_eq!(due(&ground).await, [], "not of what he does himself");
    shop.rui.follow(id.clone(), false).await.unwrap();
    shop.marta.note(id, words("One more")).await.unwrap();
    assert_eq!(due(&ground).await, []);
    assert_eq!(followed(&shop.rui).await, (vec![], 0));
});

contract!(a_customers_words_are_told_to_who_follows, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(common::chat_form("Hello?")).await.unwrap();
    shop.marta.reply(chat.clone(), words("Hello!")).await.unwrap();
    ground.clock.pass(SECOND);
    listen(&shop.rui, "rui").await;
    visitor.say(chat.clone(), said("One")).await.unwrap();
    assert_eq!(due(&ground).await, [], "Marta is in it");
    shop.rui.follow(chat.clone(), true).await.unwrap();
    visitor.say(chat, said("Two")).await.unwrap();
    assert_eq!(due(&ground).await.len(), 1);
});

contract!(following_lets_nobody_see, |ground| async {
    let shop = ground.shop().await;
    shop.marta.set_reach(shop.rui.id().clone(), Reach::Own).await.unwrap();
    let rui = ground.agent(&shop.rui_token).await.unwrap();
    let foreign = ticket(&shop.marta, "Secret lamp", Assignee::Nobody).await;
    let own = ticket(&shop.marta, "Own chair", Assignee::Agent(rui.id().clone())).await;
    assert_eq!(refused(rui.follow(foreign, true).await), Refusal::NotFound);
    rui.follow(own.clone(), true).await.unwrap();
    assert_eq!(followed(&rui).await, (vec![own.clone()], 1));
    listen(&rui, "rui").await;
    ground.clock.pass(SECOND);
    shop.marta.assign(vec![own.clone()], Assignee::Nobody).await.unwrap();
    shop.marta.note(own.clone(), words("The secret is blue")).await.unwrap();
    assert_eq!(due(&ground).await, []);
    assert_eq!(followed(&rui).await, (vec![], 0));
    // nor does a colleague's look at what he follows
    assert_eq!(rui.list_inbox(View::followed_by(shop.marta.id().clone())).await.unwrap().rows.len(), 0);
    shop.marta.assign(vec![own.clone()], Assignee::Agent(rui.id().clone())).await.unwrap();
    assert_eq!(followed(&rui).await, (vec![own], 1), "and it is theirs again");
});

contract!(who_leaves_follows_nothing, |ground| async {
    let shop = ground.shop().await;
    let (nina, token) = ground.hire(&shop.marta, "Nina Costa", "nina@acme.test", Role::Agent).await;
    let id = ticket(&shop.marta, "Late order", Assignee::Nobody).await;
    nina.follow(id.clone(), true).await.unwrap();
    shop.marta.disable_agent(nina.id().clone()).await.unwrap();
    assert_eq!(shop.marta.open_thread(id.clone()).await.unwrap().line.followers, []);
    shop.marta.enable_agent(nina.id().clone()).await.unwrap();
    assert!(ground.agent(&token).await.is_ok());
    assert_eq!(followed(&nina).await, (vec![], 0));
});
