//! Who we are to a push service: a signed word that it can check and that is worth nothing elsewhere (RFC 8292, ES256).
//! The key is made here at the first start, and kept by the desk.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use data_encoding::BASE64URL_NOPAD as BASE64;
use desk::notify::PushKey;
use model::{Moment, moment::HOUR, moment::SECOND};

/// How long a word is good for; services take at most a day.
const GOOD: i64 = 12 * HOUR;

/// Our key.
pub struct Vapid {
    key: EcdsaKeyPair,
    public: String,
    subject: String,
}

impl Vapid {
    /// A new key, for the desk to keep.
    pub fn fresh() -> Result<PushKey, String> {
        let wrong = |_| "no key for web push could be made".to_owned();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(wrong)?;
        let private = pair.to_pkcs8v1().map_err(wrong)?;
        Ok(PushKey { private: BASE64.encode(private.as_ref()), public: BASE64.encode(pair.public_key().as_ref()) })
    }

    /// The key as it was kept. `subject`: where a push service reaches who runs this, `https:` or `mailto:`.
    pub fn new(kept: &PushKey, subject: String) -> Result<Self, String> {
        let wrong = "the key for web push in the database cannot be read";
        let private = BASE64.decode(kept.private.as_bytes()).map_err(|_| wrong)?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &private).map_err(|_| wrong)?;
        let public = BASE64.encode(key.public_key().as_ref());
        if public == kept.public { Ok(Self { key, public, subject }) } else { Err(wrong.into()) }
    }

    /// The value of `Authorization` for a push service, named by its origin.
    pub fn authorization(&self, origin: &str, now: Moment) -> Result<String, String> {
        let head = BASE64.encode(br#"{"typ":"JWT","alg":"ES256"}"#);
        let until = now.plus(GOOD).0 / SECOND;
        let claims = serde_json::json!({ "aud": origin, "exp": until, "sub": self.subject });
        let said = format!("{head}.{}", BASE64.encode(claims.to_string().as_bytes()));
        let signature = self.key.sign(&SystemRandom::new(), said.as_bytes()).map_err(|_| "it could not be signed")?;
        Ok(format!("vapid t={said}.{}, k={}", BASE64.encode(signature.as_ref()), self.public))
    }
}

/// Where a push service reaches who runs a Recado.
pub fn subject(public_url: &str, mail_domain: &str) -> String {
    if public_url.starts_with("https://") { public_url.to_owned() } else { format!("mailto:postmaster@{mail_domain}") }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn what_is_signed_can_be_checked_with_the_key_it_names() {
        let kept = Vapid::fresh().expect("a key");
        let vapid = Vapid::new(&kept, subject("https://desk.example", "x")).expect("the key");
        let header = vapid.authorization("https://push.example", Moment(1_000 * SECOND)).expect("signed");
        let (token, key) = header.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k=")).expect("both");
        assert_eq!(key, kept.public);
        let (said, signature) = token.rsplit_once('.').expect("three parts");
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, BASE64.decode(key.as_bytes()).expect("base64url"));
        key.verify(said.as_bytes(), &BASE64.decode(signature.as_bytes()).expect("base64url")).expect("signed by it");
        let claims = said.split_once('.').map(|(_, claims)| BASE64.decode(claims.as_bytes()).expect("base64url")).expect("claims");
        let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
        assert_eq!(claims, serde_json::json!({ "aud": "https://push.example", "exp": 1_000 + 12 * 3600, "sub": "https://desk.example" }));
        assert_eq!(subject("http://localhost:3000", "in.example.com"), "mailto:postmaster@in.example.com");
    }

    #[test]
    fn a_key_that_is_none_is_said() {
        let kept = PushKey { private: "AAAA".into(), public: String::new() };
        assert!(Vapid::new(&kept, String::new()).is_err());
    }
}
