//! What a browser answers for a passkey, read and checked as Web Authentication Level 3 asks of a relying party
//! (<https://www.w3.org/TR/webauthn-3/>, sections 7.1 and 7.2). Signatures are checked by the library that does our TLS. Knows no database.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Ways to sign that are taken, as COSE numbers them, the one we like best first: ES256, `EdDSA`, RS256 (which Windows Hello may need).
pub(super) const ALGORITHMS: [i64; 3] = [-7, -8, -257];
/// Longest name that a device may give a passkey, in bytes (section 7.1).
const CREDENTIAL_MOST: usize = 1023;
/// Longest answer that is looked at: names and keys are short.
const ANSWER_MOST: usize = 16 * 1024;

/// Where passkeys are at home: what browsers bind them to (the RP ID), and the pages they may be used on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Home {
    pub host: String,
    origin: String,
}

impl Home {
    /// By the address at which people open this Recado. None: browsers have no passkeys there, since they ask for a name and for TLS;
    /// `localhost` needs none.
    pub fn of(public_url: &str) -> Option<Self> {
        let address = public_url.to_ascii_lowercase();
        let (scheme, authority) = address.split_once("://")?;
        let authority = authority.trim_end_matches('/');
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        let local = host == "localhost" || host.ends_with(".localhost");
        let usual = if scheme == "https" { "443" } else { "80" };
        // an IPv6 address begins with a bracket; what ends in a number is an IPv4 one (URL Standard, "ends in a number")
        let named = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
            && host.rsplit('.').next().is_some_and(|last| !last.is_empty() && !last.bytes().all(|byte| byte.is_ascii_digit()));
        let place = if port.is_empty() || port == usual { host.to_owned() } else { format!("{host}:{port}") };
        (named && (scheme == "https" || (scheme == "http" && local)))
            .then(|| Self { host: host.to_owned(), origin: format!("{scheme}://{place}") })
    }
}

/// What a browser says of a passkey it made: what `navigator.credentials.create` gives by its getters (section 5.2.1.1). No attestation
/// is asked for, so there is no statement to verify and nothing that would bind the key more closely than the browser's word.
#[derive(Deserialize)]
pub(super) struct Made {
    /// What the device calls it, base64url.
    pub id: String,
    client: String,
    authenticator: String,
    /// Its public key, base64url.
    pub key: String,
    /// How it signs.
    pub algorithm: i64,
}

/// What a browser says of a passkey that was used.
#[derive(Deserialize)]
pub(super) struct Used {
    /// What the device calls it, base64url.
    pub id: String,
    client: String,
    authenticator: String,
    signature: String,
    user: String,
}

/// The public half of a passkey, as it is kept.
pub(super) struct Key {
    pub algorithm: i64,
    pub public: String,
}

/// Reads what a form holds of a browser's answer.
pub(super) fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Option<T> {
    if text.len() > ANSWER_MOST { None } else { serde_json::from_str(text).ok() }
}

impl Made {
    /// The challenge it answers, unchecked.
    pub fn challenge(&self) -> Option<String> {
        challenge(&self.client)
    }

    /// Checks it (section 7.1); gives the counter it begins with.
    pub fn check(&self, home: &Home) -> Option<u32> {
        client_data(&self.client, "webauthn.create", home)?;
        let authenticator = bytes(&self.authenticator)?;
        let said = Said::of(&authenticator, home)?;
        // the name it is known by is the one that the device says, and not too long
        let credential = bytes(&self.id).filter(|id| (1..=CREDENTIAL_MOST).contains(&id.len()))?;
        (said.credential? == credential.as_slice()).then_some(())?;
        // signs in a way that was asked for, and there is such a key
        verifier(&Key { algorithm: self.algorithm, public: self.key.clone() })?;
        Some(said.counter)
    }
}

impl Used {
    /// The challenge it answers, unchecked.
    pub fn challenge(&self) -> Option<String> {
        challenge(&self.client)
    }

    /// Checks it (section 7.2) against what is kept of the passkey and whose it is; gives the counter it says. That this goes up is for
    /// the caller, who has the one before.
    pub fn check(&self, home: &Home, key: &Key, user: &str) -> Option<u32> {
        // the owner it is kept of is the one it was made for
        (bytes(&self.user)? == user.as_bytes()).then_some(())?;
        let client = client_data(&self.client, "webauthn.get", home)?;
        let authenticator = bytes(&self.authenticator)?;
        let said = Said::of(&authenticator, home)?;
        let signed = [authenticator.as_slice(), &Sha256::digest(&client)[..]].concat();
        verifier(key)?.verify_sig(&signed, &bytes(&self.signature)?).ok()?;
        Some(said.counter)
    }
}

/// What the browser's own part says (section 5.8.1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

/// The bytes of the browser's part, which says what was done and on which page: one of ours, in no frame of others.
fn client_data(text: &str, kind: &str, home: &Home) -> Option<Vec<u8>> {
    let bytes = bytes(text)?;
    let said: ClientData = serde_json::from_slice(&bytes).ok()?;
    let ours = said.kind == kind && said.origin == home.origin && !said.cross_origin && said.top_origin.is_none();
    ours.then_some(bytes)
}

fn challenge(client: &str) -> Option<String> {
    Some(serde_json::from_slice::<ClientData>(&bytes(client)?).ok()?.challenge)
}

/// What the device's own part says (section 6.1).
struct Said<'a> {
    counter: u32,
    /// What it calls a passkey that was made.
    credential: Option<&'a [u8]>,
}

impl<'a> Said<'a> {
    /// Reads it, and checks what is asked of every answer: made for this house, by a person who was there and whom the device knew.
    fn of(bytes: &'a [u8], home: &Home) -> Option<Self> {
        const PRESENT: u8 = 1;
        const VERIFIED: u8 = 1 << 2;
        const MAY_BE_COPIED: u8 = 1 << 3;
        const IS_COPIED: u8 = 1 << 4;
        const HAS_CREDENTIAL: u8 = 1 << 6;
        let (house, rest) = bytes.split_at_checked(32)?;
        let (flags, rest) = rest.split_first()?;
        let (counter, rest) = rest.split_at_checked(4)?;
        let person = flags & PRESENT != 0 && flags & VERIFIED != 0;
        let sound = flags & IS_COPIED == 0 || flags & MAY_BE_COPIED != 0;
        (house == Sha256::digest(home.host.as_bytes()).as_slice() && person && sound).then_some(())?;
        let credential = if flags & HAS_CREDENTIAL == 0 { None } else { Some(credential(rest)?) };
        Some(Self { counter: u32::from_be_bytes(counter.try_into().ok()?), credential })
    }
}

/// What is said of a passkey that was made (section 6.5.1): 16 bytes of the device's kind, two of a length, the name. Its key follows,
/// which the browser gives in a form of its own.
fn credential(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.get(16..)?.split_at_checked(2)?;
    rest.get(..usize::from(u16::from_be_bytes(length.try_into().ok()?)))
}

/// What checks the signatures of a key. None: it is no key of this kind.
fn verifier(key: &Key) -> Option<ParsedPublicKey> {
    let algorithm: &'static dyn VerificationAlgorithm = match key.algorithm {
        -7 => &ECDSA_P256_SHA256_ASN1,
        -8 => &ED25519,
        -257 => &RSA_PKCS1_2048_8192_SHA256,
        _ => return None,
    };
    ParsedPublicKey::new(algorithm, bytes(&key.public)?).ok()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_at_home_where_browsers_have_them() {
        for (address, host, origin) in [
            ("https://desk.example.com", "desk.example.com", "https://desk.example.com"),
            ("https://Desk.Example.com:443/", "desk.example.com", "https://desk.example.com"),
            ("https://desk.example.com:8443", "desk.example.com", "https://desk.example.com:8443"),
            ("https://desk", "desk", "https://desk"),
            ("http://localhost:3000", "localhost", "http://localhost:3000"),
            ("http://localhost:80", "localhost", "http://localhost"),
            ("http://desk.localhost", "desk.localhost", "http://desk.localhost"),
            ("https://xn--caf-dma.example", "xn--caf-dma.example", "https://xn--caf-dma.example"),
        ] {
            assert_eq!(Home::of(address), Some(Home { host: host.into(), origin: origin.into() }), "{address}");
        }
        for address in [
            "https://192.0.2.1",
            "http://127.0.0.1:3000",
            "https://[::1]:3000",
            "http://desk.example.com",
            "https://192.0.2.1.",
            "https://",
            "",
        ] {
            assert_eq!(Home::of(address), None, "{address}");
        }
    }

    #[test]
    fn what_is_too_short_or_says_nothing_is_no_answer() {
        let home = Home::of("https://desk.example.com").unwrap();
        for length in 0..60 {
            assert!(Said::of(&vec![0xff; length], &home).is_none());
        }
        let mut right = Sha256::digest(b"desk.example.com").to_vec();
        right.extend([0b0000_0101, 0, 0, 0, 7]);
        assert_eq!(Said::of(&right, &home).map(|said| (said.counter, said.credential)), Some((7, None)));
        for flags in [0, 0b0000_0001, 0b0000_0100, 0b0001_0101] {
            right[32] = flags;
            assert!(Said::of(&right, &home).is_none(), "nobody there, nobody known, or copied though it may not be: {flags:b}");
        }
        for length in 0..40 {
            right.truncate(37);
            right[32] = 0b0100_0101;
            right.extend(vec![9; length]);
            assert!(Said::of(&right, &home).is_none(), "a name of 2,313 bytes is not in {length}");
        }
        assert!(read::<Used>(&format!("{:?}", "x".repeat(ANSWER_MOST))).is_none() && read::<Made>("[").is_none());
    }
}
