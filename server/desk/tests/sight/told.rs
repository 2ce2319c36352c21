//! What open screens are told: the log as it is carried over sockets and read again after a broken line.

use desk::Agent;
use model::{
    Assignee, Moment,
    agent::Reach,
    conversation::{Folder, Priority, Status},
    event::{Told, What},
    view::View,
};

use crate::{
    Case, case,
    common::{chat_form, said, ticket, words},
    contract, limit, of,
};

async fn since(agent: &Agent, seq: i64) -> Vec<Told> {
    agent.told_since(seq).await.expect("told").expect("no gap")
}

async fn head(agent: &Agent) -> i64 {
    agent.roster().await.expect("a roster").head
}

contract!(what_others_do_is_not_told, |ground| async {
    let Case { shop, rui, foreign, .. } = case(&ground, Reach::Own).await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("The colour is crimson")).await.unwrap();
    let from = head(&rui).await;
    shop.marta.reply(foreign.clone(), words("The secret is blue")).await.unwrap();
    shop.marta.note(foreign.clone(), words("crimson")).await.unwrap();
    shop.marta.set_status(vec![foreign.clone()], Status::Solved).await.unwrap();
    shop.marta.set_priority(vec![foreign.clone()], Priority::Highest).await.unwrap();
    shop.marta.assign(vec![foreign.clone()], Assignee::Nobody).await.unwrap();
    shop.marta.move_to(vec![foreign.clone()], Folder::Spam).await.unwrap();
    shop.marta.mark_read(foreign.clone()).await.unwrap();
    visitor.say(chat.clone(), said("crimson, I said")).await.unwrap();
    shop.marta.reply(chat.clone(), words("crimson it is")).await.unwrap();
    let another = ticket(&shop.marta, "Secret again", Assignee::Nobody).await;
    let told = since(&rui, from).await;
    let json = serde_json::to_string(&told).unwrap();
    for secret in ["secret", "Secret", "crimson", "blue", foreign.as_str(), chat.as_str(), another.as_str(), "Marta"] {
        assert!(!json.contains(secret), "{secret}: {json}");
    }
    // no number of the whole property either
    assert!(told.iter().all(|told| told.event.tallies.is_empty() && told.counts.is_none()));
    assert!(told.iter().all(|told| told.event.what == What::ContactChanged), "contacts are the property's");
    // an agent who sees all was told all of it
    assert!(since(&shop.marta, from).await.len() >= 9);
});

contract!(what_is_taken_from_them_is_gone_and_what_is_given_comes, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    let (mut inbox, mut thread) = (rui.list_inbox(View::default()).await.unwrap(), rui.open_thread(own.clone()).await.unwrap());
    let from = inbox.head;
    shop.marta.assign(vec![own.clone()], of(&shop.marta)).await.unwrap();
    shop.marta.reply(own.clone(), words("The secret is blue")).await.unwrap();
    let told = since(&rui, from).await;
    assert!(!serde_json::to_string(&told).unwrap().contains("blue"));
    for told in &told {
        inbox.apply(told, rui.id());
        thread.apply(told);
    }
    assert!(thread.gone && inbox.rows.is_empty() && inbox.tallies.is_empty(), "{:?}", inbox.tallies);
    shop.marta.assign(vec![foreign.clone()], of(&rui)).await.unwrap();
    for told in since(&rui, inbox.head).await {
        inbox.apply(&told, rui.id());
    }
    assert_eq!(inbox.rows.iter().map(|row| row.line.id.clone()).collect::<Vec<_>>(), [foreign]);
    assert_eq!((inbox.tally("all"), inbox.tally("tag:hidden")), (1, 1));
});

contract!(what_is_deleted_is_told_as_gone_alone, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    for id in [&own, &foreign] {
        shop.marta.move_to(vec![id.clone()], Folder::Trash).await.unwrap();
    }
    let from = head(&rui).await;
    let mut thread = rui.open_thread(own.clone()).await.unwrap();
    shop.marta.delete(vec![own.clone(), foreign.clone()]).await.unwrap();
    let told = since(&rui, from).await;
    for told in &told {
        thread.apply(told);
    }
    assert!(thread.gone);
    assert!(told.iter().all(|told| told.line.is_none() && told.messages.is_empty()));
});

contract!(who_sees_other_things_since_loads_all_anew, |ground| async {
    let Case { shop, rui, .. } = case(&ground, Reach::Own).await;
    let from = head(&rui).await;
    let wider = limit(&ground, &shop, Reach::Departments).await;
    assert_eq!(wider.told_since(from).await.unwrap(), None);
    assert!(!wider.sees_as(&rui), "an open socket notices");
    let from = head(&wider).await;
    shop.marta.change_department(shop.billing.clone(), "Billing", "", vec![shop.marta.id().clone()]).await.unwrap();
    let fewer = ground.agent(&shop.rui_token).await.unwrap();
    assert!(!fewer.sees_as(&wider));
    assert_eq!(fewer.told_since(from).await.unwrap(), None);
    assert!(shop.marta.told_since(from).await.unwrap().is_some(), "others go on");
    // what changes nothing for him is told as ever
    let from = head(&fewer).await;
    shop.marta.change_department(shop.billing.clone(), "Bills", "", vec![shop.marta.id().clone()]).await.unwrap();
    shop.marta.set_role(fewer.id().clone(), model::agent::Role::Admin).await.unwrap();
    let admin = ground.agent(&shop.rui_token).await.unwrap();
    assert_eq!(admin.told_since(from).await.unwrap(), None, "an admin sees all");
    let from = head(&admin).await;
    assert!(limit(&ground, &shop, Reach::All).await.told_since(from).await.unwrap().is_some(), "who sees all already sees no more");
});

contract!(what_is_signalled_is_of_what_is_seen, |ground| async {
    let Case { shop, rui, .. } = case(&ground, Reach::Own).await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello?")).await.unwrap();
    assert_eq!(rui.visitor_of(&chat).await.unwrap(), None, "he types to nobody");
    assert!(shop.marta.visitor_of(&chat).await.unwrap().is_some());
    shop.marta.assign(vec![chat.clone()], of(&rui)).await.unwrap();
    assert!(rui.visitor_of(&chat).await.unwrap().is_some());
    assert!(rui.open_thread(chat).await.unwrap().line.last_at > Moment(0));
});
