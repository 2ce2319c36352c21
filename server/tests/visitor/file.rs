//! Files of visitors: taken from who is known, given to whom they concern, never active.

use axum::http::{Method, StatusCode};
use model::{AttachmentId, attachment::Attachment, chat::SayForm};

use crate::{Shop, answer, common::Answer};

async fn send(shop: &Shop, key: &str, cookie: &str, name: &str, body: String, from: &str) -> Answer {
    let headers = [("cookie", cookie), ("sec-fetch-site", from), ("content-type", "text/html")];
    shop.world.ask(Method::POST, &format!("/chat/{key}/upload?name={name}"), &headers, body).await
}

async fn load(shop: &Shop, token: &str, id: &str) -> Answer {
    let cookie = shop.cookie(token);
    shop.world.ask(Method::GET, &format!("/chat/{}/attachments/{id}", shop.key), &[("cookie", &cookie)], String::new()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_for_its_visitor_and_for_agents() {
    let shop = Shop::new().await;
    let (mine, theirs) = (shop.visit().await, shop.visit().await);
    let sent = send(&shop, &shop.key, &shop.cookie(&mine), "a%22.html", "<script>alert(1)</script>".into(), "same-origin").await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    let file: Attachment = serde_json::from_str(&sent.text).expect("an attachment");
    let chat = shop.chat(&mine, "Look").await;
    let form = SayForm { attachments: vec![file.id.clone()], ..SayForm::default() };
    shop.visitor(&mine).await.say(chat.clone(), form).await.expect("said");
    let got = load(&shop, &mine, file.id.as_str()).await;
    assert_eq!((got.status, got.text.as_str()), (StatusCode::OK, "<script>alert(1)</script>"));
    assert!(got.header("content-disposition").starts_with("attachment; ") && !got.header("content-type").contains("html"));
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert!(got.header("content-security-policy").contains("sandbox") && !got.header("content-security-policy").contains("allow-"));
    assert_eq!(got.header("cross-origin-resource-policy"), "same-origin");
    let nothing = load(&shop, &theirs, AttachmentId::new().as_str()).await;
    let foreign = load(&shop, &theirs, file.id.as_str()).await;
    assert_eq!((foreign.status, &foreign.text), (StatusCode::NOT_FOUND, &nothing.text), "as if it were not there");
    assert_eq!(load(&shop, "nobody", file.id.as_str()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(shop.world.get(&format!("/attachments/{}", file.id), Some(&shop.founder)).await.status, StatusCode::OK);
    // an agent's file is the visitor's once it was said, not noted
    let agent = shop.world.agent(&shop.founder).await;
    for (noted, status) in [(false, StatusCode::OK), (true, StatusCode::NOT_FOUND)] {
        let own = agent.attach("b.txt", "text/plain", b"b".to_vec()).await.expect("a file").id;
        assert_eq!(load(&shop, &mine, own.as_str()).await.status, StatusCode::NOT_FOUND);
        let said = model::ticket::Words { attachments: vec![own.clone()], ..answer("Here") };
        let done = if noted { agent.note(chat.clone(), said).await } else { agent.reply(chat.clone(), said).await };
        done.expect("written");
        assert_eq!(load(&shop, &mine, own.as_str()).await.status, status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_from_our_own_pages_and_within_bounds() {
    let shop = Shop::new().await;
    let token = shop.visit().await;
    let cookie = shop.cookie(&token);
    let status = async |cookie: &str, body: &str, from: &str| send(&shop, &shop.key, cookie, "a.txt", body.into(), from).await.status;
    assert_eq!(status(&cookie, "x", "cross-site").await, StatusCode::FORBIDDEN);
    assert_eq!(status("", "x", "same-origin").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&cookie, "", "same-origin").await, StatusCode::LENGTH_REQUIRED);
    assert_eq!(status(&cookie, &"x".repeat(25 * 1024 * 1024 + 1), "same-origin").await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(send(&shop, "nobodyskey", &cookie, "a.txt", "x".into(), "same-origin").await.status, StatusCode::NOT_FOUND);
    assert_eq!(shop.world.get(&format!("/chat/{}/upload", shop.key), None).await.status, StatusCode::METHOD_NOT_ALLOWED);
    shop.visitor(&token).await.log_out().await.expect("out");
    assert_eq!(status(&cookie, "x", "same-origin").await, StatusCode::UNAUTHORIZED);
}
