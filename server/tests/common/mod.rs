//! A real Recado on a port of this machine, with people in it, and a client that speaks HTTP to it as a browser does.
//! Knows how to ask; judges nothing.

#![allow(dead_code, reason = "each test program uses its own part")]

#[path = "../../desk/tests/common/postgres.rs"]
pub mod postgres;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use desk::{Agent, Arrival, Browser, Clock, Desk, HashCost, Settings, VisitorLimits, db::Place};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use model::{
    ConversationId, Language, PropertyId,
    agent::Role,
    chat::{ChatForm, SayForm},
    property::SetUp,
};
use postgres::Postgres;
use server::{
    config::Config,
    web::router::{House, router},
};
use tempfile::TempDir;
use tokio::sync::watch;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// A running Recado.
pub struct World {
    pub desk: Desk,
    pub address: SocketAddr,
    pub closing: watch::Sender<bool>,
    client: Client<HttpConnector, Body>,
    ahead: Arc<AtomicI64>,
    _folder: TempDir,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl World {
    /// A chat of an admin's property that a visitor has just begun; each comes from an address of its own, since one may begin few.
    pub async fn chat(&self, admin: &Agent) -> ConversationId {
        static VISITORS: AtomicU32 = AtomicU32::new(0);
        let address = Ipv4Addr::from(0x0a00_0000 + VISITORS.fetch_add(1, Ordering::Relaxed)).to_string();
        let (key, _) = admin.widget().await.expect("a widget");
        let arrival = Arrival { address: address.clone(), ..Arrival::default() };
        let token = self.desk.begin_visit(&key, arrival).await.expect("a visit");
        let visitor = self.desk.visitor(&token, &address).await.expect("a visitor");
        let said = SayForm { text: "Hello".into(), ..SayForm::default() };
        visitor.start_chat(ChatForm { said, ..ChatForm::default() }).await.expect("a chat")
    }

    /// An empty one, on SQLite, or on PostgreSQL when `RECADO_TEST_BASE=postgres` says so. `settings`: names and values of the environment.
    pub async fn empty(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut environment: BTreeMap<String, String> =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        environment.insert("RECADO_DATA".into(), folder.path().display().to_string());
        environment.entry("RECADO_MAIL_DOMAIN".into()).or_insert_with(|| "in.example.com".into());
        // letters of tests leave at once
        environment.entry("RECADO_MAIL_DOMAIN_LETTERS_PER_MINUTE".into()).or_insert_with(|| "0".into());
        environment.entry("RECADO_SITE".into()).or_insert_with(|| folder.path().join("site").display().to_string());
        if std::env::var("RECADO_TEST_BASE").is_ok_and(|base| base == "postgres") {
            environment.insert("DATABASE_URL".into(), database().await);
        }
        let config = Config::read(None, &environment).expect("a configuration");
        let ahead = Arc::new(AtomicI64::new(0));
        let desk = Desk::open(Settings {
            place: config.database_url.clone().map_or_else(|| Place::Sqlite(config.sqlite_file()), Place::Postgres),
            data: config.data.clone(),
            mail_domain: config.mail.domain.clone(),
            public_url: config.public_url.clone(),
            undo: config.mail.undo,
            ticket_limits: config.mail.ticket_limits,
            clock: clock(&ahead),
            visitor_limits: VisitorLimits::default().times(config.visitor_limits),
            // strong ones took a quarter of the time of some tests
            hash_cost: HashCost { memory: 64, passes: 1 },
        })
        .await
        .expect("a desk");
        desk.connect(server::mail::world::World::new(&config, None));
        let (closing, hears) = watch::channel(false);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let service = router(House::new(desk.clone(), Arc::new(config), hears)).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { desk, address, closing, client: Client::builder(TokioExecutor::new()).build_http(), ahead, _folder: folder }
    }

    /// With a first property and its admin; gives the admin's session.
    pub async fn with_founder() -> (Self, String) {
        Self::founded(&[]).await
    }

    /// The same with settings.
    pub async fn founded(settings: &[(&str, &str)]) -> (Self, String) {
        let world = Self::empty(settings).await;
        let form = SetUp {
            name: "Founder".into(),
            email: "founder@a.example".into(),
            password: PASSWORD.into(),
            property: "A".into(),
            language: Language::English.tag().into(),
            time_zone: "UTC".into(),
        };
        let token = world.desk.set_up(form, browser()).await.expect("set up");
        (world, token)
    }

    /// Lets the desk's clock run ahead by some microseconds.
    pub fn later(&self, micros: i64) {
        self.ahead.fetch_add(micros, Ordering::Relaxed);
    }

    /// Whoever a session stands for.
    pub async fn agent(&self, token: &str) -> Agent {
        self.desk.agent(token).await.expect("signed in")
    }

    /// Invites somebody to the property that a session looks at, and lets them come; gives their session.
    pub async fn invite(&self, by: &str, name: &str, role: Role) -> String {
        let admin = self.agent(by).await;
        let email = format!("{}@people.example", name.to_lowercase());
        admin.invite_agent(&email, role, model::agent::Reach::All).await.expect("invited");
        let letters = admin.list_letters_out(None, &email).await.expect("letters");
        let letter = admin.read_letter(letters[0].state.id.clone()).await.expect("the letter");
        let link = letter
            .text
            .split("/invitation/")
            .nth(1)
            .expect("a link")
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .expect("its secret")
            .to_owned();
        self.desk.accept_invitation(&link, name, PASSWORD, browser()).await.expect("came")
    }

    /// A further property; gives the founder's session in it and its id. The session given stays where it was.
    pub async fn second_property(&self, founder: &str, name: &str) -> (String, PropertyId) {
        let property = self.agent(founder).await.create_property(name, Language::English, "UTC").await.expect("a property");
        let other = self.desk.sign_in("founder@a.example", PASSWORD, browser()).await.expect("signed in");
        self.agent(&other).await.switch_property(property.clone()).await.expect("switched");
        (other, property)
    }

    /// Asks, with exactly these headers.
    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.client.request(request.body(body.into()).expect("a request")).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(Body::new(body), 64 << 20).await.expect("a body");
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Loads a page.
    pub async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        let cookie = token.map(|token| format!("recado={token}")).unwrap_or_default();
        self.ask(Method::GET, path, &[("cookie", &cookie), ("accept", "text/html")], String::new()).await
    }

    /// Calls a server function from one of our own pages. A body that begins with `{` is JSON.
    pub async fn call(&self, path: &str, token: Option<&str>, body: &str) -> Answer {
        let cookie = token.map(|token| format!("recado={token}")).unwrap_or_default();
        let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
        self.ask(
            Method::POST,
            path,
            &[("cookie", &cookie), ("sec-fetch-site", "same-origin"), ("content-type", kind), ("accept", "application/json")],
            body.to_owned(),
        )
        .await
    }
}

/// The address of a new PostgreSQL database.
async fn database() -> String {
    static CLUSTER: OnceLock<Postgres> = OnceLock::new();
    static COUNT: AtomicI64 = AtomicI64::new(0);
    let cluster = CLUSTER.get_or_init(Postgres::start);
    let name = format!("recado_test_world_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    cluster.run(format!("create database {name}")).await.expect("a database");
    cluster.address(&name)
}

fn clock(ahead: &Arc<AtomicI64>) -> Clock {
    let (wall, ahead) = (Clock::wall(), ahead.clone());
    Clock::of(move || wall.now().plus(ahead.load(Ordering::Relaxed)))
}

impl Answer {
    /// A header's text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where it sends on to.
    pub fn location(&self) -> &str {
        self.header(header::LOCATION.as_str())
    }
}

/// A browser of the tests.
pub fn browser() -> Browser {
    Browser { name: "test".into(), address: "127.0.0.1".into(), holds: None }
}

/// Every server function: its name and its path.
pub fn functions() -> Vec<(String, &'static str)> {
    let mut all: Vec<(String, &'static str)> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| (path.trim_start_matches("/api/").trim_end_matches(|c: char| c.is_ascii_digit()).to_owned(), path))
        .collect();
    all.sort();
    all
}

/// The path of a server function.
pub fn function(name: &str) -> &'static str {
    functions().into_iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no server function {name}")).1
}
