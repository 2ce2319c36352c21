//! The widget's script: what is sent, to whom, and that settings stay settings.

use axum::http::{Method, StatusCode};
use model::{
    Language,
    agent::Presence,
    widget::{Widget, Wording},
};

use crate::common::{Answer, World};

const LOADER: &str = "(()=>{const config=RECADO_CONFIG;window.config=config})();\n";

/// A property whose process has a loader.
async fn shop() -> (World, String, String, tempfile::TempDir) {
    let site = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(site.path().join("widget")).expect("a folder");
    std::fs::write(site.path().join("widget/loader.js"), LOADER).expect("a file");
    let folder = site.path().display().to_string();
    let (world, founder) = World::founded(&[("RECADO_SITE", &folder), ("RECADO_PUBLIC_URL", "https://desk.example")]).await;
    let key = world.agent(&founder).await.widget().await.expect("a widget").0;
    (world, founder, key, site)
}

async fn get(world: &World, path: &str, headers: &[(&str, &str)]) -> Answer {
    world.ask(Method::GET, path, headers, String::new()).await
}

fn settings(answer: &Answer) -> serde_json::Value {
    let text = answer.text.strip_prefix("(()=>{const config=").and_then(|text| text.strip_suffix(";window.config=config})();\n"));
    serde_json::from_str(text.unwrap_or_else(|| panic!("{}", answer.text))).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn any_site_loads_it_and_keeps_it_for_a_minute() {
    let (world, founder, key, _site) = shop().await;
    let path = format!("/w/{key}.js");
    let answer = get(&world, &path, &[("sec-fetch-site", "cross-site"), ("origin", "https://shop.example")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    for (name, value) in [
        ("content-type", "text/javascript; charset=utf-8"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("cache-control", "public, max-age=60"),
        ("vary", "accept-encoding"),
        ("content-encoding", ""),
        ("set-cookie", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let told = settings(&answer);
    assert_eq!((&told["url"], &told["key"], &told["status"]), (&"https://desk.example".into(), &key.as_str().into(), &"offline".into()));
    for encoding in ["br", "gzip", ""] {
        let answer = get(&world, &path, &[("accept-encoding", encoding)]).await;
        assert_eq!(answer.header("content-encoding"), encoding);
        let etag = answer.header("etag").to_owned();
        let same = get(&world, &path, &[("accept-encoding", encoding), ("if-none-match", &etag)]).await;
        assert_eq!((same.status, same.text.as_str(), same.header("etag")), (StatusCode::NOT_MODIFIED, "", etag.as_str()));
    }
    // another state is another script
    let etag = answer.header("etag").to_owned();
    world.agent(&founder).await.set_widget(Widget { online_with_nobody: true, ..Widget::default() }).await.expect("changed");
    world.agent(&founder).await.set_presence(Presence::Away).await.expect("away");
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let changed = get(&world, &path, &[("if-none-match", &etag)]).await;
    assert_eq!((changed.status, &settings(&changed)["status"]), (StatusCode::OK, &"online".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_not_the_propertys_is_told_so() {
    let (world, founder, key, _site) = shop().await;
    let path = format!("/w/{key}.js");
    world.agent(&founder).await.set_widget(Widget { sites: vec!["shop.example".into()], ..Widget::default() }).await.expect("set");
    for (name, value, status) in [
        ("referer", "https://shop.example/a", StatusCode::OK),
        ("origin", "https://shop.example:8443", StatusCode::OK),
        ("accept", "*/*", StatusCode::OK),
        ("origin", "null", StatusCode::OK),
        ("referer", "https://evil.example/", StatusCode::FORBIDDEN),
        ("origin", "https://shop.example.evil.example", StatusCode::FORBIDDEN),
    ] {
        let answer = get(&world, &path, &[(name, value)]).await;
        assert_eq!(answer.status, status, "{name}: {value}: {}", answer.text);
        if status == StatusCode::OK {
            assert_eq!(settings(&answer)["sites"], serde_json::json!(["shop.example"]), "it looks itself where it is");
        } else {
            assert!(answer.text.starts_with("// Recado: the chat may not be shown at ") && answer.header("cache-control") == "no-store");
        }
    }
}

/// The loader as a release has it; none on a machine without the tools that make it.
#[expect(clippy::disallowed_methods, reason = "the widget's own build is what is measured")]
fn built() -> Option<tempfile::TempDir> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tools = root.join("end2end/node_modules/.bin");
    if !tools.join("esbuild").exists() {
        println!("not measured: `npm ci` in end2end brings esbuild");
        return None;
    }
    let site = tempfile::tempdir().expect("a folder");
    let made = std::process::Command::new(root.join("frontend/widget/build")).arg(tools).arg(site.path().join("widget")).status();
    assert!(made.is_ok_and(|status| status.success()), "the loader's build");
    Some(site)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_at_most_five_kilobytes() {
    let Some(site) = built() else { return };
    let folder = site.path().display().to_string();
    let (world, founder) = World::founded(&[("RECADO_SITE", &folder), ("RECADO_PUBLIC_URL", "https://desk.example.com")]).await;
    let key = world.agent(&founder).await.widget().await.expect("a widget").0;
    let answer = get(&world, &format!("/w/{key}.js"), &[("accept-encoding", "gzip, deflate, br")]).await;
    assert_eq!((answer.status, answer.header("content-encoding")), (StatusCode::OK, "br"));
    let bytes: usize = answer.header("content-length").parse().expect("a size");
    println!("the widget's script: {bytes} bytes with the default settings");
    assert!(bytes <= 5_000, "{bytes} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_stay_settings() {
    let (world, founder, key, _site) = shop().await;
    let hostile = "</script><script>alert(1)//\u{2028}RECADO_CONFIG";
    let wording = Wording { language: Language::English, launcher: hostile.into(), ..Wording::default() };
    world.agent(&founder).await.set_widget(Widget { wordings: vec![wording], ..Widget::default() }).await.expect("changed");
    let answer = get(&world, &format!("/w/{key}.js"), &[]).await;
    assert!(!answer.text.contains("</script") && !answer.text.contains('\u{2028}'), "{}", answer.text);
    let said = settings(&answer)["texts"]["en"]["online"].as_str().expect("a text").replace('\u{2028}', "");
    assert_eq!(said, hostile.replace('\u{2028}', ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_widget_is_told_so() {
    let (world, founder, key, _site) = shop().await;
    for path in ["/w/nobodyskey.js", "/w/x%2f..%2fy.js", "/w/loader.css", &format!("/w/{key}")] {
        let answer = get(&world, path, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text.starts_with("// Recado: ") && answer.header("content-type").starts_with("text/javascript"), "{}", answer.text);
    }
    let (in_b, _) = world.second_property(&founder, "B").await;
    let other = world.agent(&in_b).await.widget().await.expect("a widget").0;
    assert_eq!(settings(&get(&world, &format!("/w/{other}.js"), &[]).await)["key"], other.as_str());
    let (bare, founder) = World::with_founder().await;
    let key = bare.agent(&founder).await.widget().await.expect("a widget").0;
    assert_eq!(get(&bare, &format!("/w/{key}.js"), &[]).await.status, StatusCode::SERVICE_UNAVAILABLE, "not built");
}
