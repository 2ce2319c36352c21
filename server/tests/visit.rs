//! Beacons over HTTP: from any site, without a cookie, and with garbage.

mod common;

use axum::http::{Method, StatusCode};
use common::World;
use model::widget::Widget;

const KEYS: [(&str, &str); 2] = [("origin", "https://shop.example"), ("sec-fetch-site", "cross-site")];

#[tokio::test(flavor = "multi_thread")]
async fn a_beacon_comes_from_any_site_and_garbage_is_refused() {
    let (world, founder) = World::with_founder().await;
    let admin = world.agent(&founder).await;
    let (key, _) = admin.widget().await.expect("a widget");
    let path = format!("/w/{key}/visit");
    let good = r#"{"id":"1-2-3-4","page":"https://shop.example/a","referrer":"","idle":false,"extra":{"x":1}}"#;
    let send = async |path: &str, body: String| world.ask(Method::POST, path, &KEYS, body).await;
    assert_eq!(send(&path, good.into()).await.status, StatusCode::NOT_FOUND, "monitoring is off");
    admin.set_monitor(true).await.expect("switched on");
    let answer = send(&path, good.into()).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert!(!answer.headers.contains_key("set-cookie"));
    for (body, status) in [
        (String::new(), StatusCode::BAD_REQUEST),
        ("garbage".into(), StatusCode::BAD_REQUEST),
        (good.replace("1-2-3-4", "../../etc"), StatusCode::BAD_REQUEST),
        (good.replace("https://shop.example/a", "javascript:alert(1)"), StatusCode::BAD_REQUEST),
        (good.replace("\"x\":1", &format!("\"x\":\"{}\"", "y".repeat(9_000))), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        assert_eq!(send(&path, body.clone()).await.status, status, "{}", &body[..body.len().min(80)]);
    }
    let sites = |site: &str| vec![site.to_owned()];
    admin.change_widget(move |widget| Ok(Widget { sites: sites("*.shop.example"), ..widget })).await.expect("set");
    let elsewhere = send(&path, good.into()).await;
    assert_eq!((elsewhere.status, elsewhere.text.as_str()), (StatusCode::FORBIDDEN, ""), "only the sites below it");
    admin.change_widget(move |widget| Ok(Widget { sites: sites("shop.example"), ..widget })).await.expect("set");
    assert_eq!(send(&path, good.into()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(send("/w/nobody/visit", good.into()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(send("/w/a/b/visit", good.into()).await.status, StatusCode::FORBIDDEN, "no other route is open to other sites");
    let seen = admin.list_visits().await.expect("visits").visits;
    assert_eq!((seen.len(), seen[0].page.as_str(), seen[0].address.as_str()), (1, "https://shop.example/a", "127.0.0.1"));
    admin.start_chat_with(seen[0].id.clone(), "Hello <b>you</b>").await.expect("written");
    let answer = send(&path, good.into()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains(r#""say":{"":"Hello <b>you</b>"}"#), "{}", answer.text);
    admin.ban_visit(seen[0].id.clone(), "address", "", "", "1").await.expect("banned");
    assert_eq!(send(&path, good.into()).await.status, StatusCode::FORBIDDEN);
}
