//! What a browser may and may not, over HTTP: where requests come from, what a GET may do, cookies, headers, limits.

#[path = "../desk/tests/common/authenticator.rs"]
#[expect(dead_code, reason = "the tests of the desk use all of it")]
mod authenticator;
mod common;

use authenticator::Device;
use axum::http::{Method, StatusCode};
use common::{PASSWORD, World, function, functions};
use futures::future::join_all;
use model::{attachment::BYTES_MOST, view::escape};

fn read<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_recado_leads_to_its_set_up() {
    let world = World::empty(&[]).await;
    let mut path = "/".to_owned();
    for _ in 0..5 {
        let answer = world.get(&path, None).await;
        if answer.location().is_empty() {
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            break;
        }
        path = answer.location().to_owned();
    }
    assert_eq!(path.split('?').next(), Some("/setup"));
    assert!(world.get("/setup", None).await.text.contains("<form"), "the form is there before any script");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_come_from_our_own_pages_changes_nothing() {
    let (world, token) = World::with_founder().await;
    let cookie = format!("recado={token}");
    let host = format!("http://{}", world.address);
    for (headers, status) in [
        (vec![], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("origin", "http://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("sec-fetch-site", "cross-site"), ("origin", host.as_str())], 403),
        (vec![("origin", host.as_str())], 200),
        (vec![("sec-fetch-site", "same-origin")], 200),
    ] {
        for (_, path) in functions() {
            if status == 200 && path != function("list_sessions") {
                continue;
            }
            let mut all = headers.clone();
            all.extend([("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")]);
            let answer = world.ask(Method::POST, path, &all, "{}".to_owned()).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {headers:?}: {}", answer.text);
        }
    }
    let socket = world
        .ask(
            Method::GET,
            "/live?from=0",
            &[
                ("cookie", &cookie),
                ("upgrade", "websocket"),
                ("connection", "upgrade"),
                ("sec-websocket-version", "13"),
                ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ("origin", "http://evil.example"),
            ],
            String::new(),
        )
        .await;
    assert_eq!(socket.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_changes_nothing() {
    let (world, token) = World::with_founder().await;
    let agent = world.agent(&token).await;
    let before = agent.roster().await.expect("a roster").head;
    for (name, path) in functions() {
        let answer = world.get(&format!("{path}?name=X&email=x%40x.example&theme=dark"), Some(&token)).await;
        assert!([404, 405].contains(&answer.status.as_u16()), "{name}: {}", answer.status);
        assert!(answer.header("set-cookie").is_empty(), "{name}");
    }
    assert_eq!(agent.roster().await.expect("still signed in").head, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let body = format!("email=founder%40a.example&password={}", PASSWORD.replace(' ', "+"));
    let (world, _) = World::with_founder().await;
    let answer = world.call(function("sign_in"), None, &body).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("recado=") && !cookie.contains("Secure"), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let token = cookie.trim_start_matches("recado=").split(';').next().expect("a token").to_owned();
    assert_eq!(world.get("/inbox", Some(&token)).await.status, StatusCode::OK);
    let out = world.call(function("sign_out"), Some(&token), "").await;
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
    assert!(world.get("/inbox", Some(&token)).await.location().starts_with("/sign-in"), "the session is gone, not only the cookie");
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let world = World::empty(&[("RECADO_PUBLIC_URL", "https://recado.example")]).await;
    let form = format!("name=F&email=f%40a.example&password={}&property=A&language=en&time_zone=UTC", PASSWORD.replace(' ', "+"));
    let answer = world.call(function("set_up"), None, &form).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-recado=") && cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie} {}", answer.text);
    assert!(answer.header("strict-transport-security").contains("max-age="));
    let plain = format!("recado={}", cookie.trim_start_matches("__Host-recado=").split(';').next().unwrap_or_default());
    let tried = world.ask(Method::GET, "/inbox", &[("cookie", &plain)], String::new()).await;
    assert!(tried.location().starts_with("/sign-in"), "another name does not count");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_may_run_only_its_own_scripts() {
    let (world, token) = World::with_founder().await;
    let page = world.get("/inbox", Some(&token)).await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "'strict-dynamic'",
        "'wasm-unsafe-eval'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    ] {
        assert!(policy.contains(part), "{part} is not in {policy}");
    }
    assert!(!policy.contains("script-src 'self'") && !policy.contains("'unsafe-eval'"), "{policy}");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    let scripts: Vec<&str> = page.text.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap_or_default()).collect();
    assert!(!scripts.is_empty() && scripts.iter().all(|script| script.contains(&format!("nonce=\"{nonce}\""))), "{scripts:?}");
    let again = world.get("/inbox", Some(&token)).await;
    assert!(!again.header("content-security-policy").contains(nonce), "a nonce is used once");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    assert!(page.header("permissions-policy").contains("camera=()"));
    let health = world.get("/health", None).await;
    assert_eq!((health.status, health.text.trim()), (StatusCode::OK, "ok"));
    assert!(health.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(world.get("/no/such/page", Some(&token)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_on_in_a_page_by_a_subject_or_an_address() {
    let (world, token) = World::with_founder().await;
    let subject = "%3C%2Ftitle%3E%3Cmeta+http-equiv%3Drefresh+content%3D%220%3Burl%3D%2F%2Fevil.example%22%3E";
    let form = format!("form[email]=ana%40example.com&form[subject]={subject}&form[text]=Words");
    assert!(world.call(function("open_ticket"), Some(&token), &form).await.status.as_u16() < 400);
    let list = world.get("/inbox", Some(&token)).await.text;
    let path = list.split("href=\"/inbox/").map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>());
    let id = path.into_iter().find(|id| id.len() == 25).expect("the ticket's link");
    let typed = "%3C%2Ftextarea%3E%3Cimg+src%3Dx%3E";
    let page = world.get(&format!("/inbox/{id}?__path={}&typed.form[text]={typed}", function("send_reply")), Some(&token)).await.text;
    assert!(page.contains("&lt;/title>&lt;meta http-equiv=refresh"), "the title says it");
    assert!(page.contains("&lt;/textarea>&lt;img src=x>"), "the field has it");
    assert!(!page.contains("<meta http-equiv=refresh") && !page.contains("<img src=x>"), "as words");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_up_to_its_size_and_never_served_active() {
    let (world, token) = World::with_founder().await;
    let cookie = format!("recado={token}");
    let up = |name: &'static str, kind: &'static str, body: String| {
        let (world, cookie) = (&world, &cookie);
        async move {
            world
                .ask(
                    Method::POST,
                    &format!("/upload?name={name}"),
                    &[("cookie", cookie), ("sec-fetch-site", "same-origin"), ("content-type", kind)],
                    body,
                )
                .await
        }
    };
    let evil = up("evil.html", "text/html", "<script>alert(1)</script>".into()).await;
    assert_eq!(evil.status, StatusCode::OK, "{}", evil.text);
    let id = evil.text.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned();
    let down = world.get(&format!("/attachments/{id}"), Some(&token)).await;
    assert!(down.header("content-disposition").starts_with("attachment"), "{}", down.header("content-disposition"));
    assert!(!down.header("content-type").contains("html"), "{}", down.header("content-type"));
    assert!(down.header("content-security-policy").contains("sandbox") && down.header("x-content-type-options") == "nosniff");
    let most = usize::try_from(BYTES_MOST).expect("a size");
    assert_eq!(up("large.bin", "application/octet-stream", "x".repeat(most)).await.status, StatusCode::OK);
    let over = up("larger.bin", "application/octet-stream", "x".repeat(most + 1)).await;
    assert_eq!(over.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(over.text.contains("TooLarge"), "{}", over.text);
    let nobody = world.ask(Method::POST, "/upload?name=x", &[("sec-fetch-site", "same-origin")], "x".to_owned()).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_malformed_is_a_clear_no() {
    let (world, token) = World::with_founder().await;
    let large = world.call(function("open_ticket"), Some(&token), &format!("form[text]={}", "x".repeat(3 << 20))).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    for body in ["conversation=%00&status=solved", "conversation=x&status=solved", "status=solved", "{\"a\":", "\u{0}"] {
        let answer = world.call(function("set_status"), Some(&token), body).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{body:?}: {} {}", answer.status, answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripts_beside_the_app_are_there_for_everybody_and_sent_when_they_changed() {
    let world = World::empty(&[]).await;
    for (path, kind) in [
        ("/notify.js", "text/javascript"),
        ("/push.js", "text/javascript"),
        ("/offline.js", "text/javascript"),
        ("/passkey.js", "text/javascript"),
        ("/app-icon-180.png", "image/png"),
        ("/app-icon-192.png", "image/png"),
        ("/app-icon-512.png", "image/png"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ] {
        let first = world.get(path, None).await;
        assert_eq!((first.status, first.header("cache-control")), (StatusCode::OK, "no-cache"), "{path}");
        assert!(first.header("content-type").starts_with(kind) && first.header("x-content-type-options") == "nosniff", "{path}");
        let again = world.ask(Method::GET, path, &[("if-none-match", first.header("etag"))], String::new()).await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
    }
    let page = world.ask(Method::GET, "/offline", &[("accept-language", "pt-BR")], String::new()).await;
    assert!(
        page.status == StatusCode::OK && page.text.contains("<html lang=\"pt-BR\">") && page.text.contains("Sem conexão"),
        "{}",
        page.text
    );
    assert!(page.header("content-security-policy").contains("default-src 'none'"), "whole in itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_comes_in_through_the_door_and_stands_in_no_address() {
    let (world, token) = World::with_founder().await;
    let mut phone = Device::new("http://localhost:3000");
    let form = format!("name=Phone&password={}", PASSWORD.replace(' ', "+"));
    let (name, options): (String, String) = read(&world.call(function("begin_passkey"), Some(&token), &form).await.text);
    let form = format!("name={name}&passkey={}", escape(&phone.make(&options)));
    let codes: Vec<String> = read(&world.call(function("add_passkey"), Some(&token), &form).await.text);
    assert_eq!(codes.len(), 10);
    let page = world.get("/sign-in", None).await;
    assert!(page.text.contains("<script src=\"/passkey.js\" nonce=\""), "there before the wasm");
    let asked = world.get("/passkey/challenge", None).await;
    assert_eq!(
        (asked.status, asked.header("cache-control"), asked.header("content-type")),
        (StatusCode::OK, "no-store", "application/json")
    );
    let form = format!("passkey={}&next=%2Faccount", escape(&phone.answer(&asked.text)));
    // without wasm the browser goes on by itself
    let plain = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "text/html"),
        ("sec-fetch-site", "same-origin"),
        ("referer", "http://localhost:3000/sign-in"),
    ];
    let answer = world.ask(Method::POST, function("sign_in_with_passkey"), &plain, form.clone()).await;
    assert_eq!(answer.location(), "/account");
    let token = answer.header("set-cookie").trim_start_matches("recado=").split(';').next().expect("a token").to_owned();
    assert_eq!(world.get("/account", Some(&token)).await.status, StatusCode::OK);
    // once, and what was answered stands in no address
    let again = world.ask(Method::POST, function("sign_in_with_passkey"), &plain, form).await;
    assert!(again.header("set-cookie").is_empty() && again.location().contains("__err="), "{}", again.location());
    assert!(!again.location().contains("typed.passkey") && again.location().contains("typed.next"), "{}", again.location());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_moves_in_reads_how() {
    let (world, _) = World::with_founder().await;
    for (path, words) in [("/docs/moving", "What stays behind"), ("/docs/moving?lang=pt-BR", "O que fica para trás")] {
        let page = world.get(path, None).await;
        assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
        assert!(page.text.contains(words) && page.text.contains("recado import mbox"), "{}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sites_developers_read_how_the_widget_is_used() {
    let (world, _) = World::with_founder().await;
    let page = world.get("/docs/widget", None).await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(!page.text.contains("HOST") && page.text.contains("/w/KEY.js"), "our own address stands in it");
    let portuguese = world.get("/docs/widget?lang=pt-BR", None).await;
    assert!(portuguese.text.contains("O widget de chat no seu site") && portuguese.text.contains("recado-identity-1\nKEY\nexpires "));
    let types = world.get("/w/recado.d.ts", None).await;
    assert_eq!((types.status, types.header("access-control-allow-origin")), (StatusCode::OK, "*"));
    assert!(types.header("content-type").contains("typescript") && types.text.contains("export interface Methods"));
    // what is said of identities is what is signed
    let identity = model::visitor::Identity { expires: 7, nonce: "n".into(), id: "i".into(), email: "e".into(), ..Default::default() };
    assert_eq!(identity.signed("KEY"), "recado-identity-1\nKEY\n7\nn\ni\ne\n");
    assert!(page.text.contains("recado-identity-1\nKEY\nexpires "));
}

/// One thread for all, as a busy server has it: a page that waits for the database leaves the thread to whoever asks for a file.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_file_takes_nothing_from_the_pages_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("pkg")).expect("a folder for files");
    std::fs::write(folder.path().join("pkg/words.js"), "export default 1\n").expect("a file");
    let (world, _) = World::founded(&[("RECADO_SITE", &folder.path().display().to_string())]).await;
    for _ in 0..20 {
        let pages = join_all((0..8).map(|number| {
            let path = if number % 2 == 0 { "/invitation/none" } else { "/inbox?compose=1" };
            world.get(path, None)
        }));
        let files = join_all((0..8).map(|_| world.get("/pkg/words.js", None)));
        let (pages, files) = tokio::join!(pages, files);
        assert!(pages.iter().all(|page| page.status != StatusCode::OK), "these pages are not for everybody");
        for file in files {
            assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, "export default 1\n"));
            for foreign in ["link", "location", "set-cookie"] {
                assert!(!file.headers.contains_key(foreign), "{foreign}: {:?}", file.headers);
            }
        }
    }
    let missing = world.get("/pkg/of-another-version.js", None).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.headers["cache-control"], "no-store", "or it would be missing for a year");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_made_for_another_property_does_nothing_in_this_one() {
    let (world, token) = World::with_founder().await;
    let (_, b) = world.second_property(&token, "B").await;
    let a = world.agent(&token).await.property().clone();
    let cookie = format!("recado={token}");
    let tickets = async || world.agent(&token).await.list_inbox(model::view::View::default()).await.expect("an Inbox").rows.len();
    let open = async |made_for: &str| {
        let headers = [
            ("cookie", cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "application/json"),
            (app::MADE_FOR, made_for),
        ];
        let form = "form[email]=ana%40x.example&form[subject]=Hello&form[text]=Words".to_owned();
        world.ask(Method::POST, function("open_ticket"), &headers, form).await.status
    };
    assert_eq!(open(a.as_str()).await, StatusCode::OK);
    // another tab of hers goes to B meanwhile
    world.agent(&token).await.switch_property(b.clone()).await.expect("switched");
    assert_eq!(open(a.as_str()).await, StatusCode::CONFLICT);
    assert_eq!(tickets().await, 0, "nothing of it came to B");
    assert_eq!((open(b.as_str()).await, tickets().await), (StatusCode::OK, 1));
}
