//! The matrix of who sees a part of their property: what is a colleague's is answered exactly as what is not there, by every function
//! that names a conversation or what is in it.

use model::{
    ConversationId,
    agent::{Reach, Role},
};

use crate::{
    Side, body,
    common::{World, functions},
    random::random,
    row,
    rows::{Id as I, May},
    ticket, two_sides,
};

/// An agent of a side who sees what is theirs alone.
async fn limited(world: &World, side: &Side) -> String {
    let token = world.invite(&side.admin, "Limited", Role::Agent).await;
    let id = world.agent(&token).await.id().clone();
    world.agent(&side.admin).await.set_reach(id, Reach::Own).await.expect("limited");
    token
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_a_colleagues_is_answered_as_what_is_not_there() {
    let (world, a, _) = two_sides().await;
    let caller = limited(&world, &a).await;
    let mut asked = 0;
    for (name, path) in functions() {
        let (_, may, id, template) = row(&name);
        let inside = [I::Conversation, I::Pair, I::Wrong, I::Trashed, I::Message, I::Held, I::Chat, I::Said, I::Shift];
        if may != May::Agents || !inside.contains(&id) {
            continue;
        }
        let (theirs, nothing) = (a.make(&world, id, &a.admin).await, random(id));
        let (one, two) = (
            world.call(path, Some(&caller), &body(template, &theirs)).await,
            world.call(path, Some(&caller), &body(template, &nothing)).await,
        );
        assert_eq!((one.status, one.text.replace(&theirs, "ID")), (two.status, two.text.replace(&nothing, "ID")), "{name}");
        // a draft's place, and a place in a list, are the agent's own
        let empty = ["list_more", "load_draft", "save_draft"].contains(&name.as_str()) && one.status == 200;
        assert!([404, 422].contains(&one.status.as_u16()) || empty, "{name}: {} {}", one.status, one.text);
        asked += 1;
    }
    assert!(asked > 30, "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_files_and_pages_are_not_there() {
    let (world, a, _) = two_sides().await;
    let caller = limited(&world, &a).await;
    let admin = world.agent(&a.admin).await;
    let theirs = ticket(&admin).await;
    let file = admin.attach("x.txt", "text/plain", b"the plan".to_vec()).await.expect("a file").id;
    let words = model::ticket::ReplyForm { text: "Secret words".into(), attachments: vec![file.clone()], ..Default::default() };
    admin.reply(theirs.clone(), words.check().expect("words")).await.expect("said");
    let mail = a.make(&world, I::LetterIn, &a.admin).await;
    for (path, own) in [
        ("/attachments/{id}", file.to_string()),
        ("/raw/{id}", mail),
        ("/export/{id}.json", theirs.to_string()),
        ("/export/{id}.eml", theirs.to_string()),
    ] {
        assert_eq!(world.get(&body(path, &own), Some(&a.admin)).await.status, 200, "{path}");
        let (one, two) = (
            world.get(&body(path, &own), Some(&caller)).await,
            world.get(&body(path, ConversationId::new().as_str()), Some(&caller)).await,
        );
        assert_eq!((one.status.as_u16(), one.text), (404, two.text), "{path}");
    }
    // whole pages, as they are made on the server
    for path in [format!("/inbox/{theirs}"), "/inbox".into(), "/search?q=secret".into(), "/contacts".into(), "/inbox?status=any".into()] {
        let page = world.get(&path, Some(&caller)).await;
        let named = path != format!("/inbox/{theirs}") && page.text.contains(theirs.as_str());
        assert!(!page.text.contains("Secret words") && !named, "{path}");
    }
    assert_eq!(world.get(&format!("/inbox/{theirs}"), Some(&caller)).await.status, 404);
    assert!(world.get("/inbox", Some(&a.admin)).await.text.contains("Secret words"), "the preview that he does not see");
    assert_eq!(world.get("/reports/days.csv?period=30", Some(&caller)).await.status, 403);
}
