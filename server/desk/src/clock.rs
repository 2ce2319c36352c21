//! The desk's own time and randomness, so that tests own both.

use std::sync::Arc;

use model::Moment;
use rand::Rng;

/// Tells the time, and makes ids by it.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Moment + Send + Sync>);

impl Clock {
    /// The machine's wall clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the wall clock")]
    pub fn wall() -> Self {
        Self(Arc::new(|| Moment(jiff::Timestamp::now().as_microsecond())))
    }

    /// A clock of one's own.
    pub fn of(tell: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Now.
    pub fn now(&self) -> Moment {
        (self.0)()
    }

    /// The bits of a new UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, version, randomness.
    pub fn bits(&self) -> u128 {
        let millis = u128::from(self.now().0.div_euclid(1000).unsigned_abs()) & 0xffff_ffff_ffff;
        let random: u128 = rand::rng().random();
        (millis << 80) | (0x7 << 76) | ((random >> 4) & (0xfff << 64)) | (0b10 << 62) | (random & 0x3fff_ffff_ffff_ffff)
    }
}

/// A secret of 256 bits as text, for links and cookies.
pub fn secret() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    data_encoding::BASE32_NOPAD.encode(&bytes).to_lowercase()
}

/// A number from 0 up to 1, so that many do not do the same at the same instant.
pub fn chance() -> f64 {
    rand::rng().random()
}

/// What is stored of a secret: its SHA-256 in hex.
pub fn digest(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
}
