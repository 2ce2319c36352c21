//! The one server-only file: cookie → agent, refusal and fault → status, once. What a request says of itself
//! is read here and nowhere else. Decides nothing that the desk decides.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};
use desk::{Agent, Browser, Desk};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_router::components::provide_server_redirect;
use model::{ConversationId, Language, Refusal, view::escape};

use crate::{
    ask,
    error::{Error, OnRefusal, Result},
    visit::{Theme, Visit},
};

/// Address of the browser, when the process knows better than the socket (behind a proxy). A request extension.
#[derive(Clone, Debug)]
pub struct Address(pub String);

/// Cookie that remembers the theme.
const THEME_COOKIE: &str = "theme";
/// Days a session lasts without being seen.
const SESSION_DAYS: u32 = 30;
/// Most bytes of a refused form that travel back to it in the address: browsers and proxies take 8 KiB.
const TYPED_MOST: usize = 6_000;

/// The agent of a request: asked for once, however many server functions a page calls.
#[derive(Clone, Default)]
struct Known(Arc<Mutex<Option<Agent>>>);

/// Gives everything below what a request says. Called by the process for each page and each server function.
pub fn provide(desk: &Desk) {
    provide_context(desk.clone());
    provide_context(Known::default());
    provide_context(OnRefusal(Arc::new(|refusal| set_status(refusal.map_or(StatusCode::BAD_REQUEST, status)))));
    let Some(parts) = use_context::<Parts>() else { return };
    provide_server_redirect(redirect);
    let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let theme = cookie(&parts.headers, THEME_COOKIE).map(Theme::of_word).unwrap_or_default();
    provide_context(Visit { language: Language::accepted(accepted), theme });
}

/// The desk.
pub fn desk() -> Desk {
    expect_context()
}

/// The agent who asks. Nobody signed in: a page is sent to the sign-in page, and told to come back. One whose second step is missing
/// is sent to set it up. A page that was made for another property than their session looks at now is refused: it is about to be loaded anew.
pub async fn agent() -> Result<Agent> {
    let (parts, desk, known) = (expect_context::<Parts>(), desk(), expect_context::<Known>());
    if let Some(agent) = known.0.lock().ok().and_then(|known| known.clone()) {
        return Ok(agent);
    }
    let found = match session_token(&parts.headers, secure(&desk)) {
        Some(token) => desk.agent(token).await.map(|agent| agent.at(browser().address)),
        None => Err(Refusal::SignedOut.into()),
    };
    match &found {
        Err(desk::Error::Refused(Refusal::SignedOut)) => redirect(&sign_in_path(&parts)),
        Err(desk::Error::Refused(Refusal::SecondStepMissing)) => redirect("/second-step"),
        _ => {}
    }
    let agent = found?;
    let made_for = parts.headers.get(ask::MADE_FOR).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !made_for.is_empty() && made_for != agent.property().as_str() {
        return Err(Refusal::Conflict.into());
    }
    if let Ok(mut known) = known.0.lock() {
        *known = Some(agent.clone());
    }
    Ok(agent)
}

/// The agent who asks, be it that their second step is missing: for setting it up, and for signing out.
pub async fn agent_setting_up() -> Result<Agent> {
    let (parts, desk) = (expect_context::<Parts>(), desk());
    let Some(token) = session_token(&parts.headers, secure(&desk)) else {
        redirect(&sign_in_path(&parts));
        return Err(Refusal::SignedOut.into());
    };
    Ok(desk.agent_setting_up(token).await?)
}

/// The browser that asks.
pub fn browser() -> Browser {
    let parts = expect_context::<Parts>();
    let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let address = parts.extensions.get::<Address>().map(|address| address.0.clone());
    let peer = || parts.extensions.get::<ConnectInfo<std::net::SocketAddr>>().map(|peer| peer.0.ip().to_string());
    Browser {
        name: text(header::USER_AGENT).chars().take(300).collect(),
        address: address.or_else(peer).unwrap_or_default(),
        holds: session_token(&parts.headers, secure(&desk())).map(str::to_owned),
    }
}

/// Signs this browser in: its cookie holds the token.
pub fn start_session(token: &str) {
    let age = SESSION_DAYS * 86_400;
    put_cookie(token, age);
}

/// Signs this browser out.
pub fn end_session() {
    put_cookie("", 0);
}

/// Sends a plain form on to a path. A form with wasm goes on by itself.
pub fn go(path: &str) {
    if use_context::<Parts>().is_some_and(|parts| accepts_html(&parts)) {
        redirect(path);
    }
}

/// Sends a plain form on to a path; gives what was made.
pub fn go_after<T>(made: T, path: &str) -> Result<T> {
    go(path);
    Ok(made)
}

/// Sends a plain form on to where something went, and says where that is.
pub fn gone(to: ConversationId) -> Result<ConversationId> {
    go(&format!("/inbox/{to}"));
    Ok(to)
}

/// Sends the browser on. A page is sent on whatever its reader accepts.
fn redirect(path: &str) {
    leptos_axum::redirect(path);
    if let (Some(parts), Some(options)) = (use_context::<Parts>(), use_context::<ResponseOptions>())
        && parts.method == Method::GET
    {
        options.set_status(StatusCode::FOUND);
    }
}

/// Remembers the theme in this browser.
pub fn remember_theme(theme: Theme) {
    let cookie = format!("{THEME_COOKIE}={}; Path=/; SameSite=Lax; Max-Age=31536000", theme.word());
    append_cookie(&cookie);
}

/// The session's token among a request's cookies.
pub fn session_token(headers: &HeaderMap, secure: bool) -> Option<&str> {
    cookie(headers, cookie_name(secure)).filter(|token| !token.is_empty())
}

/// Whether people open this Recado over TLS, as its public address says.
pub fn secure(desk: &Desk) -> bool {
    desk.settings().public_url.starts_with("https://")
}

/// The session cookie's name: `__Host-` binds it to this host and TLS, and works only there.
const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-recado" } else { "recado" }
}

/// A cookie among a request's.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn put_cookie(token: &str, age: u32) {
    let secure = secure(&desk());
    let flag = if secure { "; Secure" } else { "" };
    append_cookie(&format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{flag}", cookie_name(secure)));
}

/// Sends a cookie with the answer.
pub fn append_cookie(cookie: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        options.append_header(header::SET_COOKIE, value);
    }
}

fn accepts_html(parts: &Parts) -> bool {
    parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"))
}

/// Where to sign in, and where to go on afterwards: the page itself, or the page a server function was called from.
fn sign_in_path(parts: &Parts) -> String {
    let page = if parts.method == Method::GET {
        parts.uri.path_and_query().map(|path| path.as_str().to_owned())
    } else {
        let referer = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        referer.splitn(4, '/').nth(3).map(|path| format!("/{path}"))
    };
    match page.filter(|page| page != "/") {
        Some(page) => format!("/sign-in?next={}", escape(&page)),
        None => "/sign-in".to_owned(),
    }
}

/// Sets the answer's status. A plain form is sent back to its page instead, by a redirect that must stay one.
pub fn set_status(status: StatusCode) {
    let (Some(parts), Some(options)) = (use_context::<Parts>(), use_context::<ResponseOptions>()) else { return };
    let page = parts.method == Method::GET || accepts_html(&parts);
    let leaving = page && options.0.read().is_ok_and(|set| set.headers.contains_key(header::LOCATION));
    let form = parts.method == Method::POST && accepts_html(&parts);
    if !(leaving || form) {
        options.set_status(status);
    }
}

/// The status of a refusal.
pub const fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::SignedOut => StatusCode::UNAUTHORIZED,
        Refusal::NotFound | Refusal::LinkGone => StatusCode::NOT_FOUND,
        Refusal::Forbidden | Refusal::SecondStepMissing | Refusal::Banned | Refusal::NoConsent | Refusal::NotProven => {
            StatusCode::FORBIDDEN
        }
        Refusal::Invalid { .. } | Refusal::WrongPassword => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Taken { .. }
        | Refusal::Conflict
        | Refusal::TooLate
        | Refusal::LastAdmin
        | Refusal::BeingErased
        | Refusal::SecondStepFirst => StatusCode::CONFLICT,
        Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
    }
}

impl From<desk::Error> for Error {
    /// The one place where a fault is logged and hidden.
    fn from(error: desk::Error) -> Self {
        match error {
            desk::Error::Refused(refusal) => refusal.into(),
            desk::Error::Fault(fault) => Self::Unavailable(log_fault(&fault)),
        }
    }
}

/// Logs a fault of a server function; gives the reference that the person can name.
pub fn log_fault(fault: &desk::Fault) -> String {
    let reference = desk::clock::secret().chars().take(8).collect::<String>();
    tracing::error!(%reference, %fault, "a server function failed");
    set_status(StatusCode::SERVICE_UNAVAILABLE);
    reference
}

/// Without wasm a refused form is sent back to its page: what was typed goes with it in the address as `typed.<field>`,
/// passwords and long texts left out. A layer around the server functions.
pub async fn keep_typed(request: Request, next: Next) -> Response {
    let form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    let html = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"));
    if !(form && html) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(typed) = to_bytes(body, 1 << 20).await else {
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return answer;
    };
    let mut answer = next.run(Request::from_parts(parts, Body::from(typed.clone()))).await;
    let back = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).map(|location| sent_back(location, &typed));
    if let Some(Ok(value)) = back.map(|back| HeaderValue::from_str(&back)) {
        answer.headers_mut().insert(header::LOCATION, value);
    }
    answer
}

/// The address a refused form is sent back to: marks of an earlier refusal taken out, those of this one and what was typed kept.
fn sent_back(location: &str, typed: &[u8]) -> String {
    let Some((page, query)) = location.split_once('?') else { return location.to_owned() };
    let marks = |pair: &&str| pair.starts_with("__path=") || pair.starts_with("__err=");
    let mut kept: Vec<&str> = query.split('&').filter(|pair| !marks(pair) && !pair.starts_with("typed.") && !pair.is_empty()).collect();
    let last = |name: &str| query.split('&').rev().find(|pair| pair.starts_with(name));
    let refused = last("__err=");
    kept.extend(last("__path=").filter(|_| refused.is_some()).into_iter().chain(refused));
    let mut back = format!("{page}?{}", kept.join("&"));
    if refused.is_some() {
        let typed = std::str::from_utf8(typed).unwrap_or_default();
        // neither passwords nor what is shown for a second step stands in an address
        let secret = |pair: &str| {
            let name = pair.split('=').next().unwrap_or_default();
            name.contains("password") || name == "code" || name == "passkey"
        };
        for pair in typed.split('&').filter(|pair| pair.contains('=') && !secret(pair)) {
            if back.len() + pair.len() < TYPED_MOST {
                let _ = write!(back, "&typed.{pair}");
            }
        }
    }
    back.trim_end_matches('?').to_owned()
}
