//! An agent's browser without scripts: loads pages, finds the forms in them, sends them with its cookie.
//! Knows the words of forms as a reader of the page does; gives what came back, and an error when nothing did.

use std::{fmt::Write as _, time::Duration};

use axum::{
    body::Bytes,
    http::{HeaderMap, Method, Request, response::Parts},
};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::timeout;

use super::DOMAIN;

/// The founder.
pub const EMAIL: &str = "founder@shop.example";
const PASSWORD: &str = "correct horse battery";
/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(40);

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

/// A browser.
pub struct Browser {
    client: Client<HttpConnector, Full<Bytes>>,
    host: String,
    cookie: String,
    /// Where it says to come from: many browsers of a test are at one address.
    address: String,
}

/// Whether pages are answered at this port.
pub async fn healthy(port: u16) -> bool {
    let asked = Browser::new(port);
    timeout(Duration::from_secs(2), asked.get("/health")).await.is_ok_and(|answer| answer.is_ok_and(|answer| answer.status == 200))
}

impl Browser {
    /// One that nobody is signed in with.
    pub fn new(port: u16) -> Self {
        Self::at(port, "")
    }

    /// One that comes from an address, for a Recado that believes this machine as a proxy.
    pub fn at(port: u16, address: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, host: format!("127.0.0.1:{port}"), cookie: String::new(), address: address.into() }
    }

    /// The same one by another port.
    #[must_use]
    pub fn by(&self, port: u16) -> Self {
        Self { cookie: self.cookie.clone(), ..Self::at(port, &self.address) }
    }

    /// Where it goes to.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What it says of itself when it opens a line.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![("origin", format!("http://{}", self.host)), ("cookie", self.cookie.clone())];
        if !self.address.is_empty() {
            headers.push(("x-forwarded-for", self.address.clone()));
        }
        headers
    }

    /// Keeps the cookie that an answer gives.
    pub fn keep_cookie(&mut self, answer: &Answer) {
        let cookie = answer.headers.get("set-cookie").and_then(|value| value.to_str().ok()).expect("a cookie");
        cookie.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
    }

    /// Sets an empty Recado up and is signed in.
    pub async fn set_up(port: u16) -> Self {
        let fields =
            [("name", "Founder"), ("email", EMAIL), ("password", PASSWORD), ("property", "Shop"), ("language", "en"), ("time_zone", "UTC")];
        Self::new(port).enter("/setup", "set_up", &fields).await
    }

    /// Signs the founder in.
    pub async fn sign_in(port: u16) -> Self {
        Self::sign_in_as(port, EMAIL, PASSWORD).await
    }

    /// Signs somebody in.
    pub async fn sign_in_as(port: u16, email: &str, password: &str) -> Self {
        Self::new(port).enter("/sign-in", "sign_in", &[("email", email), ("password", password), ("next", "")]).await
    }

    async fn enter(mut self, page: &str, form: &str, fields: &[(&str, &str)]) -> Self {
        let action = self.action(page, form).await;
        let answer = self.send(&action, fields).await.expect("an answer");
        assert_eq!(answer.status, 200, "{form}: {}", answer.text);
        self.keep_cookie(&answer);
        self
    }

    /// Where a page's form of this name goes.
    pub async fn action(&self, page: &str, form: &str) -> String {
        let html = self.get(page).await.expect("a page").text;
        let begin = format!("action=\"/api/{form}");
        let at = html.find(&begin).unwrap_or_else(|| panic!("no form {form} on {page}:\n{html}"));
        html[at..].split('"').nth(1).expect("an address").to_owned()
    }

    /// The property's forwarding address, as its page shows it.
    pub async fn forwarding(&self) -> String {
        let html = self.get("/admin/overview").await.expect("a page").text;
        let at = html.find(&format!("@{DOMAIN}")).expect("the forwarding address");
        let local = html[..at].rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.')).next().unwrap_or_default();
        format!("{local}@{DOMAIN}")
    }

    /// Its cookie, as it sends it.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Loads a page.
    pub async fn get(&self, path: &str) -> Result<Answer, String> {
        self.ask(Method::GET, path, "text/html", String::new()).await
    }

    /// Loads a file.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let answer = self.fetch(Method::GET, path, "*/*", String::new()).await?;
        if answer.0.status.as_u16() == 200 { Ok(answer.1.to_vec()) } else { Err(answer.0.status.to_string()) }
    }

    /// Sends a form as a page with scripts does: what comes back is JSON.
    pub async fn send(&self, action: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let mut body = String::new();
        for (name, value) in fields {
            let _ = write!(body, "{}{}={}", if body.is_empty() { "" } else { "&" }, escaped(name), escaped(value));
        }
        self.ask(Method::POST, action, "application/json", body).await
    }

    /// Calls a server function with a value, as a page with scripts does.
    pub async fn call(&self, path: &str, json: &str) -> Result<Answer, String> {
        self.ask(Method::POST, path, "application/json", json.to_owned()).await
    }

    async fn ask(&self, method: Method, path: &str, accept: &str, body: String) -> Result<Answer, String> {
        let (parts, bytes) = self.fetch(method, path, accept, body).await?;
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() })
    }

    async fn fetch(&self, method: Method, path: &str, accept: &str, body: String) -> Result<(Parts, Bytes), String> {
        let mut request = Request::builder()
            .method(&method)
            .uri(format!("http://{}{path}", self.host))
            .header("accept", accept)
            .header("cookie", &self.cookie);
        if !self.address.is_empty() {
            request = request.header("x-forwarded-for", &self.address);
        }
        if method == Method::POST {
            let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
            request = request.header("sec-fetch-site", "same-origin").header("content-type", kind);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())?;
        let asked = async {
            let (parts, body) = self.client.request(request).await.map_err(|error| error.to_string())?.into_parts();
            Ok((parts, body.collect().await.map_err(|error| error.to_string())?.to_bytes()))
        };
        timeout(PATIENCE, asked).await.map_err(|_| "no answer".to_owned())?
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
