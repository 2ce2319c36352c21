//! One request to a push service: https, to an address out in the world, looked at when it is connected to, and followed nowhere
//! else. Knows HTTP; what follows from an answer is the sender's.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderMap, Request, Uri, header},
};
use http_body_util::{BodyExt as _, Collected, Limited};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::global::is_global;

/// Longest time to be connected, and of a whole request.
const CONNECT: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(30);
/// Most bytes read of what a service says besides.
const SAID_MOST: usize = 4096;

/// Why nothing was answered.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It may be answered later.
    Later(String),
    /// It never will be: the address is none that we go to.
    Never(String),
}

/// What a push service answered.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Seconds it asks us to wait.
    pub retry_after: Option<i64>,
    /// The beginning of what it says.
    pub said: String,
}

/// The way out.
#[derive(Clone)]
pub struct Wire {
    /// With the machine's certificate authorities, read when they are first needed.
    tls: Arc<OnceLock<TlsConnector>>,
    local: bool,
}

/// An endpoint taken apart.
struct Place {
    host: String,
    port: u16,
    secure: bool,
    path: String,
}

impl Wire {
    /// `local`: this very machine may be told too, without TLS; for tests.
    pub fn new(local: bool) -> Self {
        Self { tls: Arc::default(), local }
    }

    /// Sends a body to an endpoint.
    pub async fn post(&self, endpoint: &str, headers: HeaderMap, body: Vec<u8>) -> Result<Answer, Trouble> {
        let place = place(endpoint, self.local)?;
        timeout(WHOLE, self.exchange(&place, headers, body)).await.map_err(|_| Trouble::Later(format!("{} does not answer", place.host)))?
    }

    async fn exchange(&self, place: &Place, headers: HeaderMap, body: Vec<u8>) -> Result<Answer, Trouble> {
        let line = self.connect(place).await?;
        if !place.secure {
            return speak(line, place, headers, body).await;
        }
        let name =
            ServerName::try_from(place.host.clone()).map_err(|_| Trouble::Never(format!("{} is no name of a server", place.host)))?;
        let line = self
            .tls
            .get_or_init(connector)
            .connect(name, line)
            .await
            .map_err(|error| Trouble::Later(format!("TLS with {}: {error}", place.host)))?;
        speak(line, place, headers, body).await
    }

    /// Connected to one of the addresses that its name has now; to none that is not out in the world.
    async fn connect(&self, place: &Place) -> Result<TcpStream, Trouble> {
        let host = place.host.trim_matches(['[', ']']);
        let found =
            timeout(CONNECT, lookup_host((host, place.port))).await.map_err(|_| Trouble::Later(format!("{host} is not found in time")))?;
        let found = found.map_err(|error| Trouble::Later(format!("{host} is not found: {error}")))?;
        let (mut allowed, mut why) = (false, String::new());
        for address in found.filter(|address| self.may(place, *address)) {
            allowed = true;
            match timeout(CONNECT, TcpStream::connect(address)).await {
                Ok(Ok(line)) => return Ok(line),
                Ok(Err(error)) => why = error.to_string(),
                Err(_) => "it takes too long".clone_into(&mut why),
            }
        }
        if allowed {
            Err(Trouble::Later(format!("{host} cannot be reached: {why}")))
        } else {
            Err(Trouble::Never(format!("{host} has no address out in the world")))
        }
    }

    fn may(&self, place: &Place, address: SocketAddr) -> bool {
        let ip = address.ip().to_canonical();
        if ip.is_loopback() { self.local } else { place.secure && is_global(ip) }
    }
}

fn connector() -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config))
}

/// Takes an endpoint apart: https alone, or http where this very machine may be told.
fn place(endpoint: &str, local: bool) -> Result<Place, Trouble> {
    let wrong = || Trouble::Never("the endpoint is no address of a push service".into());
    let uri: Uri = endpoint.parse().map_err(|_| wrong())?;
    let secure = match uri.scheme_str() {
        Some("https") => true,
        Some("http") if local => false,
        _ => return Err(wrong()),
    };
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?.to_owned();
    let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    Ok(Place { host, port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }), secure, path })
}

/// The origin of an endpoint, as our word to its service names it.
pub fn origin(endpoint: &str) -> String {
    let after = endpoint.find("://").map_or(0, |at| at + 3);
    let end = endpoint[after..].find(['/', '?']).map_or(endpoint.len(), |at| after + at);
    endpoint[..end].trim_end_matches(if endpoint.starts_with("https") { ":443" } else { ":80" }).to_owned()
}

async fn speak<L>(line: L, place: &Place, headers: HeaderMap, body: Vec<u8>) -> Result<Answer, Trouble>
where
    L: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let later = |error: &dyn std::fmt::Display| Trouble::Later(format!("{}: {error}", place.host));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(line)).await.map_err(|error| later(&error))?;
    let driven = tokio::spawn(connection);
    let default = if place.secure { 443 } else { 80 };
    let host = if place.port == default { place.host.clone() } else { format!("{}:{}", place.host, place.port) };
    let mut request =
        Request::post(&place.path).header(header::HOST, host).body(Body::from(body)).map_err(|error| Trouble::Never(error.to_string()))?;
    request.headers_mut().extend(headers);
    let answer = sender.send_request(request).await.map_err(|error| later(&error))?;
    let status = answer.status().as_u16();
    let retry_after =
        answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|value| value.trim().parse().ok());
    let said = Limited::new(answer.into_body(), SAID_MOST).collect().await.map(Collected::to_bytes).unwrap_or_default();
    driven.abort();
    let said = String::from_utf8_lossy(&said).split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Answer { status, retry_after, said: said.chars().take(120).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_stands_before_the_path() {
        assert_eq!(origin("https://push.example/send/abc"), "https://push.example");
        assert_eq!(origin("https://push.example:443/x"), "https://push.example");
        assert_eq!(origin("https://push.example:8443?x=/"), "https://push.example:8443");
        assert_eq!(origin("http://127.0.0.1:8080/x"), "http://127.0.0.1:8080");
    }

    /// Forms in which somebody would have us look inside: none is connected to.
    #[tokio::test]
    async fn nothing_inside_is_gone_to() {
        crate::tls::prepare();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("set");
        let port = listener.local_addr().expect("an address").port();
        let hosts = [
            "127.0.0.1",
            "localhost",
            "127.1",
            "0x7f.1",
            "2130706433",
            "0177.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "0.0.0.0",
            "[::]",
            "10.0.0.1",
            "192.168.0.1",
            "172.16.0.1",
            "169.254.169.254",
            "[fe80::1]",
            "[fd00::1]",
            "100.64.0.1",
            "LOCALHOST",
            "localhost.",
        ];
        for host in hosts {
            for scheme in ["https", "http", "ftp"] {
                let endpoint = format!("{scheme}://{host}:{port}/x");
                let outcome = Wire::new(false).post(&endpoint, HeaderMap::new(), vec![]).await;
                // a name that nobody knows is looked for again later; it is connected to no more than the others
                let unknown = matches!(&outcome, Err(Trouble::Later(why)) if why.contains("not found"));
                assert!(unknown || matches!(outcome, Err(Trouble::Never(_))), "{endpoint}: {outcome:?}");
            }
        }
        assert!(listener.accept().is_err(), "somebody connected");
    }

    #[tokio::test]
    async fn not_even_in_tests_is_anything_else_inside_gone_to() {
        crate::tls::prepare();
        for endpoint in ["http://10.0.0.1/x", "https://192.168.0.1/x", "http://8.8.8.8/x"] {
            let outcome = Wire::new(true).post(endpoint, HeaderMap::new(), vec![]).await;
            assert!(matches!(outcome, Err(Trouble::Never(_))), "{endpoint}: {outcome:?}");
        }
    }
}
