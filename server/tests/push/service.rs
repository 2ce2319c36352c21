//! A push service, and a browser that reads what it is sent. Both are written after the standards and share no line with the sender.

use std::time::Duration;

use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    hmac::{self, HMAC_SHA256},
    signature::{self, ECDSA_P256_SHA256_FIXED},
};
use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use data_encoding::BASE64URL_NOPAD as BASE64;
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::timeout,
};

/// What was sent.
pub struct Pushed {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A push service: the first word of a path says what it answers.
pub struct Service {
    pub origin: String,
    pushed: UnboundedReceiver<Pushed>,
}

impl Service {
    pub async fn start() -> Self {
        let (told, pushed) = unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(answer).with_state(told);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { origin, pushed }
    }

    /// The next push, if one comes in time.
    pub async fn next(&mut self, wait: Duration) -> Option<Pushed> {
        timeout(wait, self.pushed.recv()).await.ok().flatten()
    }
}

async fn answer(State(told): State<UnboundedSender<Pushed>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 16).await.expect("a small body");
    let path = parts.uri.path().to_owned();
    let answer = match path.split('/').nth(1) {
        Some("ok") => StatusCode::CREATED.into_response(),
        Some("slow") => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response(),
        Some("elsewhere") => (StatusCode::TEMPORARY_REDIRECT, [("location", "/ok/elsewhere")]).into_response(),
        _ => StatusCode::GONE.into_response(),
    };
    told.send(Pushed { path, headers: parts.headers, body }).expect("heard");
    answer
}

/// A browser's half: its key and its secret.
pub struct Reader {
    private: PrivateKey,
    secret: [u8; 16],
}

impl Reader {
    pub fn new() -> Self {
        Self { private: PrivateKey::generate(&ECDH_P256).expect("a key"), secret: *b"sixteen letters!" }
    }

    fn public(&self) -> Vec<u8> {
        self.private.compute_public_key().expect("its public key").as_ref().to_vec()
    }

    pub fn key(&self) -> String {
        BASE64.encode(&self.public())
    }

    pub fn secret(&self) -> String {
        BASE64.encode(&self.secret)
    }

    /// Reads a body by RFC 8291 and RFC 8188, step by step with plain HMACs.
    pub fn read(&self, body: &[u8]) -> serde_json::Value {
        let (salt, rest) = body.split_at(16);
        let (size, rest) = rest.split_at(4);
        let (length, rest) = rest.split_first().expect("a length");
        let (theirs, record) = rest.split_at(usize::from(*length));
        assert!(record.len() <= usize::try_from(u32::from_be_bytes(size.try_into().expect("four"))).expect("small"), "one record");
        let shared = agree(&self.private, UnparsedPublicKey::new(&ECDH_P256, theirs), "no key", |secret| Ok(hash(&self.secret, &[secret])))
            .expect("agreed");
        let secret = hash(&shared, &[b"WebPush: info\0", &self.public(), theirs, &[1]]);
        let main = hash(salt, &[&secret]);
        let key = hash(&main, &[b"Content-Encoding: aes128gcm\0", &[1]]);
        let nonce = hash(&main, &[b"Content-Encoding: nonce\0", &[1]]);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).expect("a key"));
        let mut text = record.to_vec();
        let text = key
            .open_in_place(Nonce::try_assume_unique_for_key(&nonce[..12]).expect("a nonce"), Aad::empty(), &mut text)
            .expect("for this browser");
        let end = text.iter().rposition(|byte| *byte != 0).expect("a mark");
        assert_eq!(text[end], 2, "the mark of the last record");
        serde_json::from_slice(&text[..end]).expect("JSON")
    }
}

fn hash(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(HMAC_SHA256, key), &parts.concat()).as_ref().to_vec()
}

/// What is said under a signature by this key (RFC 8292).
pub fn signed(authorization: &str, key: &str) -> serde_json::Value {
    let (token, named) = authorization.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k=")).expect("a token and a key");
    assert_eq!(named, key);
    let decoded = |text: &str| BASE64.decode(text.as_bytes()).expect("base64url");
    let (said, signature) = token.rsplit_once('.').expect("a signature");
    signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decoded(key))
        .verify(said.as_bytes(), &decoded(signature))
        .expect("signed by that key");
    serde_json::from_slice(&decoded(said.split_once('.').expect("claims").1)).expect("JSON")
}
