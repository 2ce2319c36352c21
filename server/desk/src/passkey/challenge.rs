//! What a passkey is asked to sign: randomness, until when it counts, and a mark that we made it for this purpose (HMAC-SHA-256). So nothing is
//! stored for who only asks; an answer is written down when it was taken, and counts once. Knows no database.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::{
    Moment, SessionId,
    moment::{MINUTE, SECOND},
};
use rand::Rng as _;
use sha2::Sha256;

/// How long a challenge may be answered: as long as a browser is told to wait.
pub(super) const LASTS: i64 = 5 * MINUTE;
/// Bytes of randomness (Web Authentication Level 3, section 13.4.3, asks for 16), of the moment, and of the mark.
const RANDOM: usize = 16;
const MOMENT: usize = 8;

/// What a challenge is for: an answer to one for the one purpose is none for the other.
#[derive(Clone, Copy)]
pub(super) enum Purpose<'a> {
    /// Making a passkey, in this session.
    Make(&'a SessionId),
    /// Showing who one is.
    Use,
}

/// Makes one, in base64url.
pub(super) fn make(key: &str, purpose: Purpose<'_>, now: Moment) -> String {
    let random: [u8; RANDOM] = rand::rng().random();
    let mut bytes = [&random[..], &(now.plus(LASTS).0 / SECOND).to_be_bytes()].concat();
    let mark = marking(key, purpose, &bytes).finalize().into_bytes();
    bytes.extend_from_slice(&mark);
    BASE64URL_NOPAD.encode(&bytes)
}

/// Until when it counts. None: it is none of ours, was made for something else, or has expired.
pub(super) fn check(key: &str, purpose: Purpose<'_>, challenge: &str, now: Moment) -> Option<Moment> {
    let bytes = BASE64URL_NOPAD.decode(challenge.as_bytes()).ok()?;
    let (said, mark) = bytes.split_at_checked(RANDOM + MOMENT)?;
    marking(key, purpose, said).verify_slice(mark).ok()?;
    let seconds = i64::from_be_bytes(said[RANDOM..].try_into().ok()?);
    let until = Moment(seconds * SECOND);
    (now <= until).then_some(until)
}

fn marking(key: &str, purpose: Purpose<'_>, said: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length is a key");
    mac.update(match purpose {
        Purpose::Make(_) => b"make ",
        Purpose::Use => b"use ",
    });
    if let Purpose::Make(session) = purpose {
        mac.update(session.as_str().as_bytes());
    }
    // what goes before is as long for each purpose, so that no two say the same bytes
    mac.update(said);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_counts_for_its_purpose_and_its_time_alone() {
        let (now, here, there) = (Moment(1_795_435_200_000_000), SessionId::new(), SessionId::new());
        let made = make("key", Purpose::Make(&here), now);
        assert_eq!(check("key", Purpose::Make(&here), &made, now), Some(now.plus(LASTS)));
        assert_eq!(check("key", Purpose::Make(&here), &made, now.plus(LASTS)), Some(now.plus(LASTS)));
        assert_eq!(check("key", Purpose::Make(&here), &made, now.plus(LASTS + 1)), None, "too late");
        assert_eq!(check("key", Purpose::Make(&there), &made, now), None, "of another session");
        assert_eq!(check("key", Purpose::Use, &made, now), None, "for something else");
        assert_eq!(check("other key", Purpose::Make(&here), &made, now), None, "of another house");
        let mut longer = BASE64URL_NOPAD.decode(made.as_bytes()).unwrap();
        longer[RANDOM + 2] ^= 1;
        assert_eq!(check("key", Purpose::Make(&here), &BASE64URL_NOPAD.encode(&longer), now), None, "made to last longer");
        for nothing in ["", "AA", "!", &made[1..], &format!("{made}A")] {
            assert_eq!(check("key", Purpose::Make(&here), nothing, now), None, "{nothing}");
        }
        assert_ne!(made, make("key", Purpose::Make(&here), now));
    }
}
