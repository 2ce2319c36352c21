//! The one server-only file: the cookie of a widget's key → visitor; what went wrong → the visitor's words and a status; the page.
//! Decides nothing that the desk decides. What agents' requests share stands in `app::caller`.

use std::sync::Arc;

use app::caller::{Address, append_cookie, browser, desk, log_fault, set_status, status};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use desk::{Arrival, Desk, Visitor, clock::secret};
use leptos::{prelude::*, server_fn::error::ServerFnUrlError};
use model::{
    AgentId, DepartmentId, Language, PropertyId, Refusal,
    colour::{BLACK, Colour},
    text::{
        common, hours,
        window::{CATALOGUE, place as texts},
    },
    visit::{FirstWords, Greeting},
    widget::{Appearance, Consent, Wording},
    window::{Front, Window as Shown},
};

use crate::{
    api::At,
    fail::{Fail, NOT_FOUND, OnNonsense, Result, SIGNED_OUT},
    state::{Opened, State},
    view::{Files, Page},
};

/// Who of a property's agents is connected, as the process knows. A context.
#[derive(Clone)]
pub struct Connected(pub Arc<Agents>);

/// The agents of a property.
type Agents = dyn Fn(&PropertyId) -> Vec<AgentId> + Send + Sync;

/// The country of an address, as the process knows. A context.
#[derive(Clone)]
pub struct Countries(pub Arc<CountryOf>);

/// Tells the country of an address.
type CountryOf = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Gives everything below what visitors' requests need besides `app::caller::provide`. Called by the process for each server function.
pub fn provide(connected: &Connected, countries: &Countries) {
    provide_context(connected.clone());
    provide_context(countries.clone());
    provide_context(OnNonsense(Arc::new(|| set_status(StatusCode::BAD_REQUEST))));
}

/// Language of what is said to this visitor, for refusals.
#[derive(Clone, Copy)]
struct Speaks(Language);

/// How long a browser keeps its cookie, in days; the desk forgets who is idle for as long.
const COOKIE_DAYS: u32 = 90;

/// A widget's key as it may stand in a cookie's name.
fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).take(40).map(|c| c.to_ascii_lowercase()).collect()
}

/// The cookie's name. `__Host-` binds it to this host and TLS; a site's frame keeps it apart from those of other sites.
pub fn cookie_name(key: &str, secure: bool) -> String {
    format!("{}recado-{}", if secure { "__Host-" } else { "" }, plain(key))
}

/// Whether this browser keeps cookies that are `Secure`: over TLS, and on the machine itself.
pub fn secure(desk: &Desk, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(name, _)| name);
    let loopback = name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback());
    app::caller::secure(desk) || loopback || name == "[::1]" || name == "localhost" || name.ends_with(".localhost")
}

/// The visitor's secret among a request's cookies.
pub fn token<'a>(desk: &Desk, headers: &'a HeaderMap, key: &str) -> Option<&'a str> {
    app::caller::cookie(headers, &cookie_name(key, secure(desk, headers))).filter(|token| !token.is_empty())
}

/// The visitor that a request's cookie stands for, if it is one of this widget: for the routes that are no server functions.
pub async fn visitor_of(desk: &Desk, headers: &HeaderMap, key: &str, address: &str) -> desk::Result<Visitor> {
    if let Some(token) = token(desk, headers, key) {
        return desk.visitor_at(key, token, address).await;
    }
    desk.property_of_widget(key).await?;
    Err(Refusal::SignedOut.into())
}

/// The visitor who asks.
pub async fn visitor(at: &At) -> Result<Visitor> {
    let (parts, desk) = (expect_context::<Parts>(), desk());
    provide_context(Speaks(language(at, &parts.headers)));
    Ok(visitor_of(&desk, &parts.headers, &at.key, &browser().address).await?)
}

/// The visitor who asks, if they are known.
pub async fn known(at: &At) -> Result<Option<Visitor>> {
    match visitor(at).await {
        Ok(visitor) => Ok(Some(visitor)),
        Err(fail) if fail.code == SIGNED_OUT => {
            set_status(StatusCode::OK);
            wipe(at);
            Ok(None)
        }
        Err(fail) => Err(fail),
    }
}

/// The visitor who asks; who is not known begins a visit with this act.
pub async fn arriving(at: &At) -> Result<Visitor> {
    if let Some(visitor) = known(at).await? {
        return Ok(visitor);
    }
    let (parts, desk, browser) = (expect_context::<Parts>(), desk(), browser());
    let arrival = Arrival {
        country: (expect_context::<Countries>().0)(&browser.address),
        address: browser.address.clone(),
        browser: browser.name,
        language: language(at, &parts.headers),
        pass: at.pass.clone(),
        agreed: !at.agreed.is_empty(),
    };
    let token = desk.begin_visit(&at.key, arrival).await?;
    append_cookie(&cookie(&desk, &parts.headers, &at.key, &token, COOKIE_DAYS));
    Ok(desk.visitor(&token, &browser.address).await?)
}

/// What the desk says to a window that a site's page has greeted, in the language that the browser prefers.
pub async fn greeted(at: &At, greeting: &Greeting, visitor: Option<&Visitor>) -> desk::Result<Vec<FirstWords>> {
    let parts = expect_context::<Parts>();
    let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let language = accepted.split([',', ';']).next().unwrap_or_default().trim().to_owned();
    desk().greet(&at.key, &Greeting { language, ..greeting.clone() }, visitor).await
}

/// Ends the visit here and for good. Who is not known is wiped from the browser alike.
pub async fn log_out(at: &At) -> Result<()> {
    if let Some(visitor) = known(at).await? {
        visitor.log_out().await?;
    }
    wipe(at);
    Ok(())
}

/// Takes the cookie from the browser, if it has one.
fn wipe(at: &At) {
    let (parts, desk) = (expect_context::<Parts>(), desk());
    if token(&desk, &parts.headers, &at.key).is_some() {
        append_cookie(&cookie(&desk, &parts.headers, &at.key, "", 0));
    }
}

/// The cookie. A site's frame gets it as that of a third party, apart for each site (`Partitioned`); both need `Secure`.
fn cookie(desk: &Desk, headers: &HeaderMap, key: &str, token: &str, days: u32) -> String {
    let secure = secure(desk, headers);
    let kind = if secure { "SameSite=None; Secure; Partitioned" } else { "SameSite=Lax" };
    format!("{}={token}; Path=/; HttpOnly; Max-Age={}; {kind}", cookie_name(key, secure), u64::from(days) * 86_400)
}

/// The language that is spoken: the page's if it is one of ours, else what the browser prefers.
fn language(at: &At, headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = ["en", "pt"].iter().any(|short| at.lang.to_ascii_lowercase().starts_with(short));
    Language::accepted(if known { &at.lang } else { accepted })
}

/// Makes an address that shows this chat in a window of its own: a frame's cookies are not those of a window.
pub async fn pop_out(at: &At) -> Result<String> {
    let visitor = visitor(at).await?;
    let (parts, desk) = (expect_context::<Parts>(), desk());
    let code = visitor.pop_out(token(&desk, &parts.headers, &at.key).unwrap_or_default()).await?;
    Ok(format!("{}/chat/{}?lang={}&hand={code}", desk.settings().public_url, plain(&at.key), plain(&at.lang)))
}

/// The cookie that such an address gives to the window, once.
pub async fn take_over(desk: &Desk, headers: &HeaderMap, key: &str, code: &str) -> desk::Result<String> {
    Ok(cookie(desk, headers, key, &desk.take_over(key, code).await?, COOKIE_DAYS))
}

/// The window as a visitor sees it, or somebody who is not known.
pub async fn show(at: &At, visitor: Option<&Visitor>) -> Result<Opened> {
    let headers = expect_context::<Parts>().headers;
    Ok(opened(&desk(), &expect_context::<Connected>(), &language_of(at, &headers), visitor).await?)
}

/// The widget's key as it is written, and the language that is spoken.
fn language_of(at: &At, headers: &HeaderMap) -> (String, Language) {
    (plain(&at.key), language(at, headers))
}

async fn opened(
    desk: &Desk,
    connected: &Connected,
    (key, language): &(String, Language),
    visitor: Option<&Visitor>,
) -> desk::Result<Opened> {
    let window = match visitor {
        Some(visitor) => visitor.open_window(&(connected.0)(visitor.property())).await?,
        None => desk.open_front(key, &*connected.0).await?,
    };
    let Shown { head, front, state, opens_at, guest, chats, messages, earlier, now } = window;
    let Front { property, zone, widget, departments, .. } = front;
    let wording = widget.wording(*language);
    // who chooses one that is closed is told so there
    let says = |(id, name): (DepartmentId, String)| {
        let open = widget.hours_of(&id).open(now, &zone);
        let says = if open { name } else { language.fill(hours::DEPARTMENT_CLOSED, &[("name", &name)]) };
        (id, says)
    };
    let departments = departments.into_iter().map(says).collect();
    Ok(Opened {
        key: key.clone(),
        language: *language,
        property,
        zone,
        known: visitor.is_some(),
        pass: if visitor.is_some() { String::new() } else { secret() },
        words: words(*language, &wording),
        intro: wording.before_chat,
        suggestions: wording.suggestions,
        departments,
        rescue_after: widget.rescue_after,
        consent: widget.consent,
        sites: widget.sites,
        scheme: widget.appearance.scheme.word().to_owned(),
        colours: colours(&widget.appearance),
        fields: widget.before_chat,
        window: Shown { head, front: (), state, opens_at, guest, chats, messages, earlier, now },
    })
}

/// The catalogue of the window with the property's own words laid over.
fn words(language: Language, wording: &Wording) -> Vec<String> {
    let mut words: Vec<String> = CATALOGUE.iter().map(|text| language.say(*text).to_owned()).collect();
    for (text, own) in [
        (texts::ONLINE_HEAD, &wording.online.0),
        (texts::ONLINE_LINE, &wording.online.1),
        (texts::AWAY_HEAD, &wording.away.0),
        (texts::AWAY_LINE, &wording.away.1),
        (texts::OFFLINE_HEAD, &wording.offline.0),
        (texts::OFFLINE_LINE, &wording.offline.1),
        (texts::GREETING, &wording.greeting),
        (texts::RESCUE, &wording.rescue),
        (texts::LEFT, &wording.left),
        (texts::CONSENT, &wording.consent),
    ] {
        if !own.is_empty() {
            words[text.index()].clone_from(own);
        }
    }
    words
}

/// A page that was asked for: its address and what the request says.
pub struct Asked<'a> {
    /// The widget's key.
    pub key: &'a str,
    /// What stands in the address.
    pub query: &'a [(String, String)],
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// Where it comes from.
    pub address: &'a str,
    /// Lets scripts and styles of this page alone run.
    pub nonce: &'a str,
    /// Where the browser's files are.
    pub files: Files,
}

/// The page of a window as HTML, and the hosts that may show it.
pub async fn page(desk: &Desk, connected: &Connected, asked: Asked<'_>) -> desk::Result<(String, Vec<String>)> {
    let Asked { key, query, headers, address, nonce, files } = asked;
    let said = |name: &str| query.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let at = At { key: key.to_owned(), lang: said("lang").unwrap_or_default().to_owned(), ..At::default() };
    let visitor = match visitor_of(desk, headers, key, address).await {
        Ok(visitor) => Some(visitor),
        Err(desk::Error::Refused(Refusal::SignedOut)) => None,
        Err(error) => return Err(error),
    };
    let mut state = State::new(opened(desk, connected, &language_of(&at, headers), visitor.as_ref()).await?);
    state.embed = said("embed").is_some();
    state.agreed |= said("consent") == Some("yes");
    state.asks = !state.agreed && state.opened.consent == Consent::Eu;
    state.agreed |= state.asks;
    state.typed = query.iter().filter_map(|(name, value)| Some((name.strip_prefix("typed.")?.to_owned(), value.clone()))).collect();
    state.refused = said("__path").zip(said("__err")).map(|(path, error)| (path.to_owned(), ServerFnUrlError::<Fail>::decode_err(error)));
    let sites = state.opened.sites.clone();
    let json = serde_json::to_string(&(&state.opened, &state.refused))?;
    let nonce = nonce.to_owned();
    let html = Owner::new().with(|| view! { <Page state json nonce files/> }.to_html());
    Ok((html, sites))
}

/// The colours as declarations: by day and by night, each with what is written on it.
fn colours(look: &Appearance) -> String {
    let day: Colour = look.colour.parse().unwrap_or(BLACK);
    let night = day.by_night();
    format!("--day:{day};--day-ink:{};--night:{night};--night-ink:{}", day.ink(), night.ink())
}

impl From<desk::Error> for Fail {
    /// The one place where a refusal gets its words and its status, and a fault is logged and hidden.
    fn from(error: desk::Error) -> Self {
        let Speaks(language) = use_context().unwrap_or(Speaks(Language::default()));
        let refusal = match error {
            desk::Error::Refused(refusal) => refusal,
            desk::Error::Fault(fault) => {
                let text = language.fill(common::UNAVAILABLE, &[("reference", &log_fault(&fault))]);
                return Self { code: "UNAVAILABLE".into(), field: String::new(), text };
            }
        };
        set_status(status(&refusal));
        let code = match refusal {
            Refusal::SignedOut => SIGNED_OUT,
            Refusal::TooMany { .. } => "TOO_MANY",
            Refusal::Banned => "BANNED",
            Refusal::NotProven => "IDENTITY_REFUSED",
            Refusal::NoConsent => "NO_CONSENT",
            Refusal::Invalid { .. } | Refusal::Taken { .. } => "INVALID",
            Refusal::Conflict => "CONFLICT",
            _ => NOT_FOUND,
        };
        Self { code: code.into(), field: refusal.field().unwrap_or_default().to_owned(), text: refusal.say(language) }
    }
}

/// Where a request comes from, as the process said.
pub fn address(parts: &Parts) -> String {
    parts.extensions.get::<Address>().map(|address| address.0.clone()).unwrap_or_default()
}
