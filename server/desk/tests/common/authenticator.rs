//! A device with one passkey, in software: makes real keys and real signatures, and says what a test has it say. Knows the forms of
//! Web Authentication (Level 3, sections 5.8.1, 6.1 and 6.5.1), and nothing of how they are checked.

use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa,
    signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Somebody is there, and the device knows whom.
pub const KNOWN: u8 = 0b0000_0101;
/// A passkey is told of that was made.
const MADE: u8 = 0b0100_0000;

/// Signs bytes.
type Sign = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// A device.
pub struct Device {
    /// The page it believes to be asked by.
    pub origin: String,
    /// The house it believes to be asked by.
    pub host: String,
    /// What it says of the person.
    pub flags: u8,
    /// How often it signed; stays 0 in one that does not count.
    pub counter: u32,
    /// Whether the page stood in a frame of another's.
    pub framed: bool,
    /// What it calls its passkey.
    pub id: Vec<u8>,
    /// Whose it is.
    pub user: Vec<u8>,
    /// How it signs, as COSE numbers it.
    pub algorithm: i64,
    public: Vec<u8>,
    sign: Sign,
}

impl Device {
    /// One that signs by ES256, as most do.
    pub fn new(origin: &str) -> Self {
        let key = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let public = key.public_key().as_der().expect("a public key").as_ref().to_vec();
        Self::of(origin, -7, public, move |signed| key.sign(&SystemRandom::new(), signed).expect("signed").as_ref().to_vec())
    }

    /// One that signs by `EdDSA`.
    pub fn ed25519(origin: &str) -> Self {
        let key = Ed25519KeyPair::generate().expect("a key");
        let public = key.public_key().as_der().expect("a public key").as_ref().to_vec();
        Self::of(origin, -8, public, move |signed| key.sign(signed).as_ref().to_vec())
    }

    /// One that signs by RS256.
    pub fn rsa(origin: &str) -> Self {
        let key = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).expect("a key");
        let public = key.public_key().as_der().expect("a public key").as_ref().to_vec();
        Self::of(origin, -257, public, move |signed| {
            let mut made = vec![0; key.public_modulus_len()];
            key.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), signed, &mut made).expect("signed");
            made
        })
    }

    fn of(origin: &str, algorithm: i64, public: Vec<u8>, sign: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let host = origin.split_once("://").expect("an origin").1.split(':').next().expect("a host").to_owned();
        let id = Sha256::digest(&public)[..16].to_vec();
        Self {
            origin: origin.to_owned(),
            host,
            flags: KNOWN,
            counter: 0,
            framed: false,
            id,
            user: vec![],
            algorithm,
            public,
            sign: Box::new(sign),
        }
    }

    /// Makes its passkey by what it is told; gives what a browser would answer.
    pub fn make(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        self.user = BASE64URL_NOPAD.decode(options["user"]["id"].as_str().expect("a user").as_bytes()).expect("base64url");
        let length = u16::try_from(self.id.len()).expect("short").to_be_bytes();
        // the key in COSE's form follows; a browser gives it in another as well, and nobody reads this one
        let told = [&[0; 16][..], &length, &self.id, &[0xa0]].concat();
        let (client, authenticator) = (self.client("webauthn.create", &options), self.authenticator(MADE, &told));
        json!({
            "id": text(&self.id), "client": text(&client), "authenticator": text(&authenticator),
            "key": text(&self.public), "algorithm": self.algorithm,
        })
        .to_string()
    }

    /// Uses it by what it is told; gives what a browser would answer.
    pub fn answer(&self, options: &str) -> String {
        let options = serde_json::from_str(options).expect("options");
        self.answer_as("webauthn.get", &options)
    }

    /// The same, and says it did something else.
    pub fn answer_as(&self, kind: &str, options: &Value) -> String {
        let (client, authenticator) = (self.client(kind, options), self.authenticator(0, &[]));
        let signed = [authenticator.as_slice(), &Sha256::digest(&client)[..]].concat();
        json!({
            "id": text(&self.id), "client": text(&client), "authenticator": text(&authenticator),
            "signature": text(&(self.sign)(&signed)), "user": text(&self.user),
        })
        .to_string()
    }

    fn client(&self, kind: &str, options: &Value) -> Vec<u8> {
        let said = json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": self.framed });
        said.to_string().into_bytes()
    }

    fn authenticator(&self, flags: u8, told: &[u8]) -> Vec<u8> {
        [Sha256::digest(self.host.as_bytes()).as_slice(), &[self.flags | flags][..], &self.counter.to_be_bytes(), told].concat()
    }
}

fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}
