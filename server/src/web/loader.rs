//! `GET /w/KEY.js`: the widget's loader with the property's settings in it, for any site. Compressed as well as can be, once, and kept
//! until the settings or the state of the widget are others. Knows no setting by name.

use std::{
    collections::HashMap,
    io::Write as _,
    path::Path as File,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use desk::Fault;
use model::{
    Refusal,
    loader::Loader,
    site::{allows, site},
};
use tokio::{sync::Mutex as Turn, time::Instant};

use super::router::House;

/// For so long nothing is asked anew: a page that many open at once.
const FRESH: Duration = Duration::from_secs(1);
/// Where the settings go.
const PLACE: &str = "RECADO_CONFIG";

/// The scripts of all properties that were asked for.
pub struct Scripts {
    /// The loader before and after its settings; none when the browser's files were not built.
    source: Option<(String, String)>,
    made: Mutex<HashMap<String, Arc<Turn<Script>>>>,
}

/// A property's script.
#[derive(Default)]
struct Script {
    settings: String,
    sites: Vec<String>,
    at: Option<Instant>,
    etag: String,
    plain: Bytes,
    gzip: Bytes,
    brotli: Bytes,
}

impl Scripts {
    /// With the loader that lies in the site folder.
    pub fn new(site: &File) -> Self {
        let source = std::fs::read_to_string(site.join("widget/loader.js")).ok();
        let source = source.and_then(|text| text.split_once(PLACE).map(|(before, after)| (before.to_owned(), after.to_owned())));
        Self { source, made: Mutex::default() }
    }

    fn turn(&self, key: &str) -> Option<Arc<Turn<Script>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn begin(&self, key: &str) -> Arc<Turn<Script>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).entry(key.to_owned()).or_default().clone()
    }
}

/// The script of a key.
pub async fn script(State(house): State<House>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let key = file.strip_suffix(".js").filter(|key| key.len() < 100 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let Some(key) = key.map(str::to_lowercase) else { return said(StatusCode::NOT_FOUND, "there is no such file") };
    match found(&house, &key, &headers).await {
        Ok(answer) => answer,
        Err(desk::Error::Refused(_)) => {
            said(StatusCode::NOT_FOUND, "no property has this key: copy the code from Admin > Chat widget anew")
        }
        Err(desk::Error::Fault(fault)) => {
            tracing::error!(%fault, "the widget's script cannot be made");
            said(StatusCode::SERVICE_UNAVAILABLE, "the chat is not available right now")
        }
    }
}

async fn found(house: &House, key: &str, headers: &HeaderMap) -> desk::Result<Response> {
    let Some((before, after)) = &house.scripts.source else {
        return Ok(said(StatusCode::SERVICE_UNAVAILABLE, "the browser's files are not built: `make serve` builds them"));
    };
    let turn = if let Some(turn) = house.scripts.turn(key) {
        turn
    } else {
        // only keys that there are get a place
        house.desk.property_of_widget(key).await?;
        house.scripts.begin(key)
    };
    let mut script = turn.lock().await;
    if script.at.is_none_or(|at| at.elapsed() >= FRESH) {
        let (settings, sites) = settings(house, key).await?;
        if settings != script.settings {
            *script = make(format!("{before}{settings}{after}"), settings).await?;
        }
        script.sites = sites;
        script.at = Some(Instant::now());
    }
    let site = asking(headers);
    if site.is_empty() || allows(&script.sites, &site) {
        return Ok(script.answer(headers));
    }
    let why = format!("the chat may not be shown at {site}: an admin adds it in Admin > Chat widget > Sites");
    Ok(said(StatusCode::FORBIDDEN, &why))
}

/// The site that asks, as far as its browser says it; where it says nothing the script itself looks where it is.
fn asking(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asking = site(text(header::ORIGIN)).or_else(|| site(text(header::REFERER)));
    asking.filter(|site| site != "null").unwrap_or_default()
}

/// The settings as they stand, as JSON that is JavaScript and cannot end the script around it; and the sites that may show the chat.
async fn settings(house: &House, key: &str) -> desk::Result<(String, Vec<String>)> {
    let (property, language, widget) = house.desk.widget_of(key).await?;
    let (state, _) = house.desk.widget_state(&property, &house.hub.connected(&property)).await?;
    let loader =
        Loader::new(&house.config.public_url, key, &widget, language, state).with_triggers(house.desk.simple_triggers(&property).await?);
    Ok((inert(&serde_json::to_string(&loader)?), widget.sites))
}

fn inert(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

async fn make(text: String, settings: String) -> desk::Result<Script> {
    let made = tokio::task::spawn_blocking(move || {
        let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
        gzip.write_all(text.as_bytes())?;
        let brotli = smallest(text.as_bytes())?;
        let etag = desk::clock::digest(text.as_bytes())[..24].to_owned();
        Ok::<_, std::io::Error>(Script {
            settings,
            sites: vec![],
            at: None,
            etag,
            gzip: gzip.finish()?.into(),
            brotli: brotli.into(),
            plain: text.into(),
        })
    });
    let made = made.await.map_err(|_| Refusal::NotFound)?;
    made.map_err(|error| Fault::Row(format!("the widget's script cannot be compressed: {error}")).into())
}

/// Of brotli's ways to guess, that which guesses best: it differs by forty bytes of five thousand.
fn smallest(text: &[u8]) -> std::io::Result<Vec<u8>> {
    use brotli::enc::backward_references::BrotliEncoderMode as Mode;
    let mut best: Option<Vec<u8>> = None;
    for mode in [Mode::BROTLI_MODE_GENERIC, Mode::BROTLI_MODE_TEXT, Mode::BROTLI_MODE_FONT, Mode::BROTLI_FORCE_UTF8_PRIOR] {
        let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 16, mode, ..Default::default() };
        let mut made = vec![];
        brotli::BrotliCompress(&mut &*text, &mut made, &parameters)?;
        if best.as_ref().is_none_or(|best| made.len() < best.len()) {
            best = Some(made);
        }
    }
    Ok(best.unwrap_or_default())
}

impl Script {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let (encoding, bytes) = if accepts(headers, "br") {
            ("br", &self.brotli)
        } else if accepts(headers, "gzip") {
            ("gzip", &self.gzip)
        } else {
            ("", &self.plain)
        };
        let etag = format!("\"{}{encoding}\"", self.etag);
        let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let same = known.is_some_and(|all| all.split(',').any(|one| one.trim().trim_start_matches("W/") == etag));
        let mut answer = if same { StatusCode::NOT_MODIFIED.into_response() } else { bytes.clone().into_response() };
        let put = answer.headers_mut();
        everywhere(put);
        put.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            put.insert(header::ETAG, etag);
        }
        if !encoding.is_empty() && !same {
            put.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        answer
    }
}

/// What lets any site load it, whatever it asks with.
fn everywhere(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
}

/// An answer that whoever looks for the cause finds in their browser's console of requests.
fn said(status: StatusCode, why: &str) -> Response {
    let mut answer = (status, format!("// Recado: {why}\n")).into_response();
    everywhere(answer.headers_mut());
    answer
}

/// Whether a browser takes an answer that is encoded so.
pub fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        named && !parts.any(|part| part.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|q| q <= 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_cannot_leave_their_place() {
        let text = inert(&serde_json::to_string("</script><!--\u{2028}\u{2029}").expect("JSON"));
        assert_eq!(text, r#""\u003c/script>\u003c!--\u2028\u2029""#);
    }

    #[test]
    fn an_encoding_is_taken_unless_it_is_refused() {
        for (given, br, gzip) in
            [("gzip, deflate, br", true, true), ("br;q=0, GZIP;q=0.5", false, true), ("", false, false), ("brotli", false, false)]
        {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(given))]);
            assert_eq!((accepts(&headers, "br"), accepts(&headers, "gzip")), (br, gzip), "{given}");
        }
    }
}
