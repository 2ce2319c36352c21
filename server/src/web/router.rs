//! Which address is answered by what. Pages and server functions come from `app`; each is given what its request says.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, OnceLock},
};

use app::{App, caller, shell};
use axum::{
    Router,
    extract::{FromRef, Request, State},
    http::{HeaderValue, StatusCode, request::Parts},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use desk::Desk;
use leptos::{
    config::LeptosOptions,
    nonce::Nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes as _, ResponseOptions, generate_route_list_with_exclusions_and_ssg_and_context,
    render_app_async_with_context,
};
use tokio::sync::Semaphore;
use tower_http::{catch_panic::CatchPanicLayer, services::ServeDir};

use super::{
    archive, chat, docs, everywhere, export, file, guard, header,
    hub::Hub,
    ingest, live,
    loader::{self, Scripts},
    offline, passkey, person, picture, report, script, table,
    turn::Turns,
    upload, visit, visitor, window,
};
use crate::{closing::Closing, config::Config};

/// What every route can reach.
#[derive(Clone)]
pub struct House {
    /// The desk.
    pub desk: Desk,
    /// How it is set up.
    pub config: Arc<Config>,
    /// The log, passed on to open tabs.
    pub hub: Hub,
    /// Places for agents' uploads at once.
    pub uploads: Arc<Semaphore>,
    /// Places for visitors' uploads at once.
    pub visitor_uploads: Arc<Semaphore>,
    /// Visitors' turns.
    pub turns: Arc<Turns>,
    /// The widget's script of each property.
    pub scripts: Arc<Scripts>,
    /// Becomes true when the process closes.
    pub closing: Closing,
    /// The files that visitors' windows load.
    pub window: ::window::view::Files,
    options: LeptosOptions,
}

impl House {
    /// Puts it together.
    pub fn new(desk: Desk, config: Arc<Config>, closing: Closing) -> Self {
        let (options, window) = (options(&config.site), window::files(&config.site));
        Self {
            hub: Hub::new(desk.clone(), config.visitor_limits),
            scripts: Arc::new(Scripts::new(&config.site)),
            desk,
            config,
            uploads: Arc::new(Semaphore::new(4)),
            visitor_uploads: Arc::new(Semaphore::new(8)),
            turns: Arc::default(),
            closing,
            window,
            options,
        }
    }
}

impl FromRef<House> for LeptosOptions {
    fn from_ref(house: &House) -> Self {
        house.options.clone()
    }
}

/// Names of the browser's files carry hashes, which `hash.txt` in the site folder tells.
fn options(site: &Path) -> LeptosOptions {
    let hashes = std::path::absolute(site.join("hash.txt")).unwrap_or_else(|_| site.join("hash.txt"));
    LeptosOptions::builder()
        .output_name("recado")
        .site_root(site.display().to_string())
        .site_pkg_dir("pkg")
        .hash_files(hashes.is_file())
        .hash_file(Arc::<str>::from(hashes.display().to_string()))
        .build()
}

/// For each part of the app that is a file of its own, what tells a browser to fetch it along with its page.
fn preloads(site: &Path) -> BTreeMap<String, HeaderValue> {
    let hashes = std::fs::read_to_string(site.join("hash.txt")).unwrap_or_default();
    let part = |line: &str| {
        let (part, files) = line.split_once(": ")?;
        let links: Vec<_> = files.split(' ').map(|file| format!("</pkg/{file}>; rel=preload; as=fetch; crossorigin")).collect();
        Some((part.to_owned(), HeaderValue::from_str(&links.join(", ")).ok()?))
    };
    hashes.lines().filter_map(part).collect()
}

/// The app's pages.
static PAGES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();

/// All of it.
pub fn router(house: House) -> Router {
    let desk = house.desk.clone();
    let (preloads, connected, countries) = (preloads(&house.config.site), window::connected(&house), window::countries(&house));
    let context = move || {
        caller::provide(&desk);
        ::window::caller::provide(&connected, &countries);
        if let (Some(answer), Some(parts)) = (use_context::<ResponseOptions>(), use_context::<Parts>())
            && let Some(part) = app::part::of_page(parts.uri.path(), parts.uri.query().unwrap_or_default())
            && let Some(links) = preloads.get(part)
        {
            answer.insert_header(axum::http::header::LINK, links.clone());
        }
        if let Some(nonce) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<header::PageNonce>().cloned()) {
            provide_context(Nonce::from_value(nonce.0));
        }
    };
    // once: while Leptos asks for the list, no page of the process loads anything
    let pages = PAGES.get_or_init(|| generate_route_list_with_exclusions_and_ssg_and_context(App, None, context.clone()).0).clone();
    let options = house.options.clone();
    let unknown = {
        let options = options.clone();
        render_app_async_with_context(context.clone(), move || shell(options.clone()))
    };
    // Not the handler that Leptos has for both: its answer for a file takes status and headers from whichever page its thread is at.
    let files = ServeDir::new(house.config.site.join("pkg")).precompressed_br().precompressed_gzip();
    Router::new()
        .leptos_routes_with_context(&house, pages, context, move || shell(options.clone()))
        .route_layer(middleware::from_fn(caller::keep_typed))
        .route("/health", get(health))
        .route("/favicon.ico", get(file::icon))
        .route("/notify.js", get(script::notify))
        .route("/push.js", get(script::push))
        .route("/passkey.js", get(passkey::script))
        .route("/passkey/challenge", get(passkey::challenge))
        .route("/app-icon-180.png", get(script::app_icon))
        .route("/app-icon-192.png", get(script::app_icon))
        .route("/app-icon-512.png", get(script::app_icon))
        .route("/offline", get(offline::page))
        .route("/offline.js", get(script::offline))
        .route("/manifest.webmanifest", get(script::manifest))
        .route("/docs/widget", get(docs::widget))
        .route("/docs/moving", get(docs::moving))
        .route("/w/recado.d.ts", get(docs::types))
        .route("/live", get(live::open))
        .route("/live/everywhere", get(everywhere::open))
        .route("/chat/{key}", get(window::open))
        .route("/ingest/raw", post(ingest::raw).get(upload::not_here))
        .route("/upload", post(upload::upload).get(upload::not_here))
        .route("/w/{key}/visit", post(visit::beacon))
        .route("/attachments/{id}", get(file::attachment))
        .route("/files/{property}/{id}/{token}", get(file::linked))
        .route("/chat/{key}/live", get(chat::open))
        .route("/chat/{key}/upload", post(visitor::upload).get(upload::not_here))
        .route("/chat/{key}/attachments/{id}", get(visitor::attachment))
        .route("/w/{file}", get(loader::script))
        .route("/mail/{id}", get(file::mail))
        .route("/raw/{id}", get(file::raw))
        .route("/export/{file}", get(export::file))
        .route("/reports/{file}", get(report::file))
        .route("/audit.csv", get(report::audit))
        .route("/contacts.csv", get(export::contacts))
        .route("/contacts/{id}/person.zip", get(person::zip))
        .route("/property.zip", get(person::property))
        .route("/account/picture", post(picture::bring).get(upload::not_here))
        .route("/pictures/{name}", get(picture::show))
        .route("/archives", post(archive::bring).get(upload::not_here))
        .route("/contacts/import", post(table::bring).get(upload::not_here))
        .route("/contacts/import/{id}", get(table::refused))
        .route("/letters/{id}/html", get(file::letter))
        .route("/letters/{id}/raw", get(file::raw_letter))
        .nest_service("/pkg", files)
        .fallback(move |request: Request| unknown_page(unknown(request)))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(middleware::from_fn_with_state(house.clone(), guard::guard))
        .with_state(house)
}

/// The page that says that there is none: not found, unless it leads elsewhere.
async fn unknown_page(page: impl Future<Output = Response>) -> Response {
    let mut page = page.await;
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    page
}

/// Whether we serve: the database answers.
async fn health(State(house): State<House>) -> Response {
    match house.desk.vacant().await {
        Ok(_) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "not healthy");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}
