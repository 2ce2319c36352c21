//! The visitor's window over HTTP: its page without any script, its cookie, who may show it in a frame, and what of others it never shows.

mod common;

use axum::http::{Method, StatusCode};
use common::{Answer, World, function};
use desk::{Arrival, Visitor};
use model::{
    ConversationId, Language,
    chat::{ChatForm, SayForm},
    widget::{Consent, Field, FieldKind, Widget, Wording},
};

async fn key(world: &World, session: &str) -> String {
    world.agent(session).await.widget().await.expect("a widget").0
}

async fn set(world: &World, session: &str, widget: Widget) {
    world.agent(session).await.set_widget(widget).await.expect("set");
}

/// A visitor with a chat: their cookie, themselves and the chat.
async fn visitor(world: &World, key: &str, words: &str) -> (String, Visitor, ConversationId) {
    let token = world.desk.begin_visit(key, Arrival::default()).await.expect("a visit");
    let visitor = world.desk.visitor(&token, "127.0.0.1").await.expect("a visitor");
    // as the window's script does: a chat has the id of its first words
    let id = ConversationId::new().to_string();
    let said = SayForm { id: id.clone(), text: words.into(), ..SayForm::default() };
    let chat = visitor.start_chat(ChatForm { id, said, ..ChatForm::default() }).await.expect("a chat");
    (format!("__Host-recado-{key}={token}"), visitor, chat)
}

async fn page(world: &World, path: &str, cookie: &str) -> Answer {
    world.ask(Method::GET, path, &[("cookie", cookie), ("accept", "text/html")], String::new()).await
}

/// Sends a form as a browser without script does.
async fn form(world: &World, name: &str, cookie: &str, referer: &str, body: &str) -> Answer {
    let referer = format!("http://{}{referer}", world.address);
    let headers = [
        ("cookie", cookie),
        ("accept", "text/html"),
        ("referer", referer.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    world.ask(Method::POST, function(name), &headers, body.to_owned()).await
}

/// The same by the script.
async fn ask(world: &World, name: &str, cookie: &str, body: &str) -> Answer {
    let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
    world.ask(Method::POST, function(name), &headers, body.to_owned()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_may_stand_in_a_frame_and_keeps_nothing_by_being_opened() {
    let (world, founder) = World::with_founder().await;
    let key = key(&world, &founder).await;
    let opened = page(&world, &format!("/chat/{key}?embed=1&lang=pt"), "").await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    let policy = opened.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors *;") && policy.contains("default-src 'none'") && !policy.contains("'unsafe-eval'"),
        "{policy}"
    );
    assert_eq!(opened.header("set-cookie"), "");
    assert!(opened.text.contains("lang=\"pt-BR\"") && opened.text.contains("Deixe uma mensagem"), "{}", opened.text);
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    let scripts: Vec<&str> = opened.text.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap_or_default()).collect();
    assert!(!scripts.is_empty() && scripts.iter().all(|script| script.contains(&format!("nonce=\"{nonce}\""))), "{scripts:?}");
    assert_eq!(page(&world, "/chat/nothing", "").await.status, StatusCode::NOT_FOUND);
    assert!(world.get("/inbox", Some(&founder)).await.header("content-security-policy").contains("frame-ancestors 'none'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_sites_of_the_property_may_show_it_in_a_frame() {
    let (world, founder) = World::with_founder().await;
    let key = key(&world, &founder).await;
    set(&world, &founder, Widget { sites: vec!["https://shop.example/".into(), "*.store.example".into()], ..Widget::default() }).await;
    let opened = page(&world, &format!("/chat/{key}?embed=1"), "").await;
    let policy = opened.header("content-security-policy");
    let wanted = "frame-ancestors 'self' https://shop.example:* http://shop.example:* https://*.store.example:* http://*.store.example:*;";
    assert!(policy.contains(wanted), "{policy}");
    assert!(opened.text.contains("\"sites\":[\"shop.example\",\"*.store.example\"]"), "{}", opened.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_a_message_is_left_and_what_was_wrong_comes_back_at_its_field() {
    let (world, founder) = World::with_founder().await;
    let key = key(&world, &founder).await;
    let here = format!("/chat/{key}?lang=en");
    let at = format!("at[key]={key}&at[lang]=en");
    let wrong = format!("{at}&form[details][name]=Ana&form[details][email]=nonsense&form[said][text]=Where+is+it%3F");
    let refused = form(&world, "leave_message", "", &here, &wrong).await;
    assert_eq!(refused.status, StatusCode::FOUND, "{}", refused.text);
    let back = refused.location().to_owned();
    assert!(back.contains("/chat/") && back.contains("__err="), "{back}");
    let path = back.split_once("/chat/").map(|(_, rest)| format!("/chat/{rest}")).expect("a page");
    let again = page(&world, &path, "").await;
    for part in ["aria-invalid=\"true\"", "This is not an e-mail address", "value=\"Ana\"", "value=\"nonsense\"", "Where is it?"] {
        assert!(again.text.contains(part), "{part} is not in {}", again.text);
    }
    let taken = form(&world, "leave_message", "", &here, &wrong.replace("nonsense", "ana%40example.com")).await;
    assert_eq!(taken.status, StatusCode::FOUND, "{}", taken.text);
    assert!(taken.location().ends_with(&here), "{}", taken.location());
    let cookie = taken.header("set-cookie");
    assert!(cookie.starts_with(&format!("__Host-recado-{key}=")), "{cookie}");
    for part in ["HttpOnly", "SameSite=None", "Secure", "Partitioned", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let cookie = cookie.split(';').next().expect("its value").to_owned();
    let chat = page(&world, &here, &cookie).await;
    assert!(chat.text.contains("Where is it?") && chat.text.contains("We answer to ana@example.com"), "{}", chat.text);
    let id = chat.text.split("name=\"chat\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("the chat").to_owned();
    let more = form(&world, "say_words", &cookie, &here, &format!("{at}&chat={id}&form[text]=%3Cb%3Eplease%3C%2Fb%3E")).await;
    assert_eq!(more.status, StatusCode::FOUND, "{}", more.text);
    let chat = page(&world, &here, &cookie).await;
    assert!(chat.text.contains("&lt;b&gt;please&lt;/b&gt;") && !chat.text.contains("<b>please"), "{}", chat.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_before_a_chat_asks_in_the_propertys_words() {
    let (world, founder) = World::with_founder().await;
    let key = key(&world, &founder).await;
    let question = Field { kind: FieldKind::Question, key: "order".into(), label: "Order <number>?".into(), required: true };
    let wording = Wording {
        language: Language::Portuguese,
        online: ("Loja da Ana".into(), "Já respondemos".into()),
        before_chat: "Conte um pouco".into(),
        ..Wording::default()
    };
    let widget = Widget { online_with_nobody: true, before_chat: vec![question], wordings: vec![wording], ..Widget::default() };
    set(&world, &founder, widget).await;
    let here = format!("/chat/{key}?lang=pt");
    let shown = page(&world, &here, "").await;
    for part in ["Conte um pouco", "Já respondemos", "Order &lt;number&gt;?", "form[answers][order]", "Iniciar conversa"] {
        assert!(shown.text.contains(part), "{part} is not in {}", shown.text);
    }
    let begun =
        form(&world, "begin_chat", "", &here, &format!("at[key]={key}&at[lang]=pt&form[said][text]=Oi&form[answers][order]=17")).await;
    let cookie = begun.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    assert!(page(&world, &here, &cookie).await.text.contains("data-write"));
    let refused = ask(&world, "begin_chat", "", &format!("at[key]={key}&at[lang]=pt&form[said][text]=Oi")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("\"field\":\"order\"") && refused.text.contains("Preencha"), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_words_sent_twice_begin_one_chat_and_nothing_is_kept_unasked() {
    let (world, founder) = World::with_founder().await;
    let key = key(&world, &founder).await;
    set(&world, &founder, Widget { consent: Consent::All, online_with_nobody: true, ..Widget::default() }).await;
    let shown = page(&world, &format!("/chat/{key}?lang=en&consent=yes"), "").await;
    let pass = shown.text.split("name=\"at[pass]\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a pass");
    let id = ConversationId::new();
    let words = format!("at[key]={key}&at[lang]=en&at[pass]={pass}&form[id]={id}&form[said][id]={id}&form[said][text]=Hello");
    let refused = ask(&world, "begin_chat", "", &words).await;
    assert_eq!((refused.status, refused.header("set-cookie")), (StatusCode::FORBIDDEN, ""), "{}", refused.text);
    assert!(refused.text.contains("NO_CONSENT") && refused.text.contains("Agree first"), "{}", refused.text);
    let agreed = format!("{words}&at[agreed]=yes");
    let first = ask(&world, "begin_chat", "", &agreed).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    // the answer was lost, and with it the cookie
    let second = ask(&world, "begin_chat", "", &agreed).await;
    assert_eq!((second.status, second.header("set-cookie")), (StatusCode::OK, first.header("set-cookie")), "{}", second.text);
    assert_eq!(second.text.matches("\"text\":\"Hello\"").count(), 1, "{}", second.text);
    let cookie = second.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    assert!(!page(&world, &format!("/chat/{key}"), &cookie).await.text.contains(pass), "it has served");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_theirs_is_not_there() {
    let (world, founder) = World::with_founder().await;
    let (other, _) = world.second_property(&founder, "B").await;
    let (key_a, key_b) = (key(&world, &founder).await, key(&world, &other).await);
    let (cookie, _, own) = visitor(&world, &key_a, "mine").await;
    let (_, _, beside) = visitor(&world, &key_a, "a secret of somebody else").await;
    let (_, _, foreign) = visitor(&world, &key_b, "a secret of another property").await;
    for (name, rest) in [
        ("say_words", "form[text]=Hello"),
        ("leave_details", "form[email]=a%40x.example"),
        ("rate_chat", "rating=good"),
        ("finish_chat", ""),
        ("ask_transcript", "email=a%40x.example"),
        ("read_chat", "message={chat}"),
    ] {
        let call = async |chat: &ConversationId| {
            let rest = rest.replace("{chat}", chat.as_str());
            ask(&world, name, &cookie, &format!("at[key]={key_a}&chat={chat}&{rest}")).await
        };
        let nothing = call(&ConversationId::new()).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND, "{name}: {}", nothing.text);
        for chat in [&beside, &foreign] {
            let answer = call(chat).await;
            assert_eq!((answer.status, &answer.text), (nothing.status, &nothing.text), "{name}");
        }
        let mine = call(&own).await;
        // only what an agent answered can be had by mail
        let wanted = if name == "ask_transcript" { 404 } else { 200 };
        assert_eq!(mine.status.as_u16(), wanted, "{name}: {}", mine.text);
        let elsewhere = ask(
            &world,
            name,
            &cookie.replace(&key_a, &key_b),
            &format!("at[key]={key_b}&chat={own}&{}", rest.replace("{chat}", own.as_str())),
        )
        .await;
        assert_eq!(elsewhere.status, StatusCode::UNAUTHORIZED, "{name}: the cookie of one widget counts at another");
    }
    let shown = page(&world, &format!("/chat/{key_a}"), &cookie).await;
    assert!(shown.text.contains("mine") && !shown.text.contains("secret"), "{}", shown.text);
    assert!(!page(&world, &format!("/chat/{key_b}"), &cookie).await.text.contains("mine"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_logs_out_is_forgotten_and_a_window_of_its_own_opens_once() {
    let (world, founder) = World::with_founder().await;
    let key = key(&world, &founder).await;
    let (cookie, _, _) = visitor(&world, &key, "a word in private").await;
    let at = format!("at[key]={key}&at[lang]=en");
    let popped = ask(&world, "pop_out", &cookie, &at).await;
    let path = popped.text.trim_matches('"').split_once("/chat/").map(|(_, rest)| format!("/chat/{rest}")).expect("an address");
    let first = page(&world, &path, "").await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    let own = first.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    assert!(page(&world, first.location(), &own).await.text.contains("a word in private"));
    assert_eq!(page(&world, &path, "").await.status, StatusCode::NOT_FOUND, "a second time");
    let out = ask(&world, "log_out_visitor", &cookie, &at).await;
    assert!(out.status == StatusCode::OK && out.header("set-cookie").contains("Max-Age=0"), "{}", out.text);
    assert!(!page(&world, &format!("/chat/{key}"), &cookie).await.text.contains("in private"));
    let gone = ask(&world, "list_earlier_words", &cookie, &format!("{at}&before=9")).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED, "{}", gone.text);
}
