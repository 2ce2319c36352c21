//! Web push by the real binary, to a push service on this machine that reads what it is sent as a browser would: encrypted for the
//! browser alone, signed by us, once, also over a `kill -9`; nothing while somebody looks; and what each answer of a service leads to.

#[path = "../process/mod.rs"]
mod process;
mod service;

use std::time::Duration;

use axum::http::header;
use futures::{SinkExt as _, StreamExt as _};
use model::{PushId, notify::PushState};
// its functions' addresses are known where it is linked
use process::{Base, Recado, browser::Browser, wire::Wire};
use server as _;
use service::{Reader, Service};
use sqlx::Row as _;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

/// So long nothing may come: longer than a push waits.
const SILENCE: Duration = Duration::from_secs(7);

/// Recado, its founder's browser, and the push service of that browser.
struct World {
    recado: Recado,
    founder: Browser,
    service: Service,
    reader: Reader,
    forwarding: String,
    mails: u32,
}

fn function(name: &str) -> &'static str {
    let mut all = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path);
    all.find(|path| path.trim_start_matches("/api/").trim_end_matches(|c: char| c.is_ascii_digit()) == name).expect("a function")
}

impl World {
    async fn new(base: Base) -> Self {
        let recado = Recado::started(base, &[("RECADO_PUSH_LOCAL", "true".into())]).await;
        let founder = Browser::set_up(recado.http).await;
        let forwarding = founder.forwarding().await;
        Self { recado, founder, service: Service::start().await, reader: Reader::new(), forwarding, mails: 0 }
    }

    /// The founder's browser is told from now on, at a path of the service.
    async fn subscribe(&self, path: &str) -> PushId {
        let form = serde_json::json!({ "form": { "endpoint": format!("{}{path}", self.service.origin), "p256dh": self.reader.key(), "auth": self.reader.secret() } });
        let answer = self.founder.call(function("subscribe_push"), &form.to_string()).await.expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text);
        serde_json::from_str(&answer.text).expect("an id")
    }

    async fn test(&self, id: &PushId) {
        let answer = self.founder.send(function("test_push"), &[("push", id.as_str())]).await.expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// A customer writes a mail; comes back when it is taken. Gives its subject.
    async fn mail(&mut self) -> String {
        self.mails += 1;
        let subject = format!("Question {}", self.mails);
        let raw = format!(
            "From: Ana Prado <ana{}@example.com>\r\nTo: <{}>\r\nSubject: {subject}\r\nMessage-ID: <{}@example.com>\r\n\r\nWhere is my order?\r\n",
            self.mails, self.forwarding, self.mails
        );
        let mut wire = Wire::open(self.recado.smtp).await.expect("a line");
        wire.send(&format!("ana{}@example.com", self.mails), &self.forwarding, raw.as_bytes()).await.expect("taken");
        subject
    }

    async fn state(&self) -> Vec<(PushState, String)> {
        let rows = self.recado.rows("select state, why from push_subscription order by id").await;
        rows.iter().map(|row| (row.get::<String, _>("state").parse().expect("a state"), row.get("why"))).collect()
    }

    /// Waits for a state of the one browser; gives why.
    async fn until(&self, wanted: PushState) -> String {
        for _ in 0..150 {
            if let Some((_, why)) = self.state().await.into_iter().find(|(state, _)| *state == wanted) {
                return why;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("it did not come to {wanted}: {:?}", self.state().await);
    }
}

async fn story(base: Base) {
    let mut world = World::new(base).await;

    // a test: encrypted for this browser, signed with the key that the page names
    let id = world.subscribe("/ok/one").await;
    world.test(&id).await;
    let pushed = world.service.next(SILENCE).await.expect("the test");
    let note = world.reader.read(&pushed.body);
    assert_eq!((note["title"].as_str(), note["path"].as_str()), (Some("A test by Recado"), Some("/account/notifications")));
    let notifying = world.founder.call(function("load_notifying"), "{}").await.expect("an answer").text;
    let key = serde_json::from_str::<serde_json::Value>(&notifying).expect("JSON")["push_key"].as_str().expect("a key").to_owned();
    let claims = service::signed(pushed.headers[header::AUTHORIZATION].to_str().expect("text"), &key);
    assert_eq!(claims["aud"].as_str(), Some(world.service.origin.as_str()));
    assert_eq!(pushed.headers[header::CONTENT_ENCODING], "aes128gcm");
    assert!(pushed.headers.contains_key("ttl") && pushed.headers["urgency"] == "high" && pushed.headers["topic"] == "test");
    assert_eq!(world.until(PushState::Sent).await, "");

    // a ticket by mail; the process is killed after the mail was taken and before its push was due
    let subject = world.mail().await;
    world.recado.until_none("select 1 - count(*) from push_out where next_at is not null", Duration::from_secs(20)).await;
    world.recado.kill().await;
    sleep(Duration::from_secs(3)).await;
    assert!(world.service.next(Duration::ZERO).await.is_none(), "it was sent too soon");
    world.recado.start().await;
    let note = world.reader.read(&world.service.next(SILENCE).await.expect("the push").body);
    assert!(note["body"].as_str().is_some_and(|body| body.contains(&subject) && body.contains("Where is my order?")), "{note}");
    assert!(world.service.next(SILENCE).await.is_none(), "once");

    // nothing while somebody looks at a page, and again when they no longer do
    let mut request = format!("ws://127.0.0.1:{}/live?from=0", world.recado.http).into_client_request().expect("a request");
    request.headers_mut().insert("origin", format!("http://127.0.0.1:{}", world.recado.http).parse().expect("a header"));
    request.headers_mut().insert("cookie", world.founder.cookie().parse().expect("a header"));
    let (mut tab, _) = tokio_tungstenite::connect_async(request).await.expect("a tab");
    tab.send(Message::text(r#"{"Looking":true}"#)).await.expect("sent");
    world.mail().await;
    assert!(world.service.next(SILENCE).await.is_none(), "somebody looked");
    tab.send(Message::text(r#"{"Looking":false}"#)).await.expect("sent");
    world.mail().await;
    assert!(world.service.next(SILENCE).await.is_some(), "nobody looked any more");
    while tokio::time::timeout(Duration::from_millis(50), tab.next()).await.is_ok() {}

    // what a service answers
    let id = world.subscribe("/slow/one").await;
    world.test(&id).await;
    world.service.next(SILENCE).await.expect("tried");
    assert!(world.until(PushState::Waiting).await.is_empty() || world.until(PushState::Waiting).await.starts_with("429"));
    world
        .recado
        .until_none("select 1 - count(*) from push_out where tag = 'test' and next_at is not null and attempts = 1", Duration::from_secs(5))
        .await;
    assert!(world.service.next(Duration::from_secs(3)).await.is_none(), "it waits as it was asked to");

    let id = world.subscribe("/elsewhere/one").await;
    world.test(&id).await;
    assert_eq!(world.service.next(SILENCE).await.expect("tried").path, "/elsewhere/one");
    assert!(world.until(PushState::Failed).await.starts_with("307"));
    assert!(world.service.next(Duration::from_secs(2)).await.is_none(), "followed nowhere");

    let id = world.subscribe("/gone/one").await;
    world.test(&id).await;
    world.service.next(SILENCE).await.expect("tried");
    world.recado.until_none("select count(*) from push_subscription", Duration::from_secs(5)).await;

    // whoever signs out is told no more
    world.subscribe("/ok/two").await;
    world.founder.send(function("sign_out"), &[]).await.expect("signed out");
    world.mail().await;
    assert!(world.service.next(SILENCE).await.is_none());
    assert_eq!(world.recado.faults(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_told_while_no_page_is_open_on_sqlite() {
    story(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_told_while_no_page_is_open_on_postgres() {
    story(Base::Postgres).await;
}
