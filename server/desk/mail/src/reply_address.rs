//! The addresses and Message-IDs that we hand out, and their recognition without a database (email.md C1, C3, O6).
//! A token proves that someone saw a mail of this ticket, never who: it is no authority.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The version of the key, part of what is signed.
const VERSION: &str = "1";
/// Length of an id (the model's: a UUID in base 36).
const ID_LENGTH: usize = 25;
/// Characters of base32 of the first ten bytes of the MAC.
const MAC_LENGTH: usize = 16;
/// Characters of a Message-ID's own MAC.
const SHORT_MAC_LENGTH: usize = 8;

/// The secret of an installation and its mail domain.
#[derive(Clone)]
pub struct Keys {
    domain: String,
    secret: Vec<u8>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("domain", &self.domain).finish_non_exhaustive()
    }
}

/// Whom an address at our domain stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressed {
    /// The reply address of a ticket, by the conversation's id.
    Ticket {
        /// The conversation.
        id: String,
    },
    /// The envelope sender of a letter of ours: a bounce of it.
    Bounce {
        /// The letter.
        letter: String,
    },
    /// Looks like a token of ours, and its MAC is wrong.
    Forged,
    /// Anything else at our domain, in lower case: a property's forwarding address, or nothing.
    Other(String),
}

impl Keys {
    /// Keys for a domain; the domain is compared without regard to case.
    pub fn new(domain: &str, secret: &[u8]) -> Self {
        Self { domain: domain.trim().trim_end_matches('.').to_lowercase(), secret: secret.to_vec() }
    }

    /// The mail domain.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The reply address of a ticket. The ticket's id is unique over all properties, so that the address can be
    /// read back without knowing the property; `property` is not part of the MAC for that reason.
    pub fn ticket_address(&self, _property: &str, conversation: &str) -> String {
        format!("t{conversation}-{}@{}", self.mac("reply", conversation), self.domain)
    }

    /// The constant id of a ticket for `References`, without brackets.
    pub fn ticket_reference(&self, property: &str, conversation: &str) -> String {
        format!("t.{}", self.ticket_address(property, conversation))
    }

    /// The envelope sender of a letter (VERP): a bounce to it names the letter.
    pub fn bounce_address(&self, letter: &str) -> String {
        format!("b{letter}-{}@{}", self.mac("bounce", letter), self.domain)
    }

    /// What lets whoever has the letter open a file of it that was too large to be sent.
    pub fn file_token(&self, attachment: &str) -> String {
        self.mac("file", attachment)
    }

    /// The secret of a browser that begins with a pass: the same for the same pass, so that to begin a second time is the same thing.
    pub fn visitor_secret(&self, property: &str, pass: &str) -> String {
        BASE32_NOPAD.encode(&self.digest("visitor", &format!("{property}.{pass}"))).to_ascii_lowercase()
    }

    /// The value of `X-Recado-Loop` on all mail of ours.
    pub fn loop_mark(&self) -> String {
        self.mac("loop", &self.domain)
    }

    /// The Message-ID of a letter, without brackets: fixed when it is queued, the same on each try.
    pub fn message_id(&self, message: &str, letter: &str) -> String {
        let mac = &self.hexadecimal("message-id", &format!("{message}.{letter}"))[..SHORT_MAC_LENGTH];
        format!("m.{message}.{letter}.{mac}@{}", self.domain)
    }

    /// The message and the letter of a Message-ID of ours, with its MAC checked.
    pub fn read_message_id(&self, id: &str) -> Option<(String, String)> {
        let id = id.trim().trim_matches(['<', '>']).to_lowercase();
        if !is_message_id(&id, &self.domain) {
            return None;
        }
        let mut pieces = id.split('@').next()?.split('.').skip(1);
        let (message, letter) = (pieces.next()?.to_owned(), pieces.next()?.to_owned());
        is_equal(&self.message_id(&message, &letter), &id).then_some((message, letter))
    }

    /// The ticket of a `t.` reference of ours.
    pub fn read_ticket_reference(&self, id: &str) -> Option<String> {
        let id = id.trim().trim_matches(['<', '>']);
        match self.read(id.strip_prefix("t.").or_else(|| id.strip_prefix("T."))?)? {
            Addressed::Ticket { id } => Some(id),
            _ => None,
        }
    }

    /// The eight digits of the marker above which a reply is written, made of the Message-ID.
    pub fn reply_marker(&self, message_id: &str) -> String {
        self.hexadecimal("marker", message_id)[..SHORT_MAC_LENGTH].to_owned()
    }

    /// Reads an address. `None`: not at our domain. Case does not matter, and `anything+token@` is the token.
    pub fn read(&self, address: &str) -> Option<Addressed> {
        let address = address.trim().trim_matches(['<', '>']).to_lowercase();
        let (local, domain) = address.rsplit_once('@')?;
        if domain.trim_end_matches('.') != self.domain || self.domain.is_empty() {
            return None;
        }
        let token = local.rsplit('+').next().unwrap_or(local);
        let Some((kind, id, mac)) = token_pieces(token) else {
            return Some(Addressed::Other(local.to_owned()));
        };
        let purpose = if kind == 't' { "reply" } else { "bounce" };
        Some(match (is_equal(mac, &self.mac(purpose, id)), kind) {
            (false, _) => Addressed::Forged,
            (true, 't') => Addressed::Ticket { id: id.to_owned() },
            (true, _) => Addressed::Bounce { letter: id.to_owned() },
        })
    }

    fn digest(&self, purpose: &str, text: &str) -> Vec<u8> {
        // HMAC takes a key of any length; the fall-back keeps the signature total without a panic.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.secret) else { return vec![0; 32] };
        for piece in [VERSION, purpose, text] {
            mac.update(piece.as_bytes());
            mac.update(b"|");
        }
        mac.finalize().into_bytes().to_vec()
    }

    fn mac(&self, purpose: &str, text: &str) -> String {
        BASE32_NOPAD.encode(&self.digest(purpose, text)[..10]).to_ascii_lowercase()
    }

    fn hexadecimal(&self, purpose: &str, text: &str) -> String {
        HEXLOWER.encode(&self.digest(purpose, text))
    }
}

/// `t<25>-<16>` or `b<25>-<16>`.
fn token_pieces(token: &str) -> Option<(char, &str, &str)> {
    let kind = token.chars().next().filter(|kind| matches!(kind, 't' | 'b'))?;
    let (id, mac) = token[1..].split_once('-')?;
    let is_mac = mac.len() == MAC_LENGTH && mac.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
    (is_id(id) && is_mac).then_some((kind, id, mac))
}

fn is_id(text: &str) -> bool {
    text.len() == ID_LENGTH && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
}

/// Whether an id has the form of our Message-IDs at a domain (its MAC is not looked at).
pub fn is_message_id(id: &str, domain: &str) -> bool {
    let id = id.to_lowercase();
    let Some((local, at)) = id.rsplit_once('@') else { return false };
    let pieces: Vec<&str> = local.split('.').collect();
    !domain.is_empty()
        && at == domain.to_lowercase()
        && matches!(pieces.as_slice(), ["m", message, letter, mac]
            if is_id(message) && is_id(letter) && mac.len() == SHORT_MAC_LENGTH && mac.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Compares in a time that does not tell where two texts differ.
pub fn is_equal(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0abcdefghijklmnopqrstuvwx";
    const LETTER: &str = "1bcdefghijklmnopqrstuvwxy";

    fn keys() -> Keys {
        Keys::new("In.Example.com", b"a secret of thirty-two bytes....")
    }

    #[test]
    fn a_ticket_address_is_read_back_in_any_case_and_behind_a_plus() {
        let address = keys().ticket_address("property", ID);
        let local_length = address.split('@').next().map_or(0, str::len);
        assert!(local_length <= 64, "{local_length}");
        for written in [address.clone(), address.to_uppercase(), format!("support+{address}"), format!("<{address}>")] {
            assert_eq!(keys().read(&written), Some(Addressed::Ticket { id: ID.into() }), "{written}");
        }
    }

    #[test]
    fn a_wrong_mac_or_a_foreign_key_is_forged() {
        let address = keys().ticket_address("property", ID);
        let other = Keys::new("in.example.com", b"another");
        assert_eq!(other.read(&address), Some(Addressed::Forged));
        let bounce = keys().bounce_address(ID).replacen('b', "t", 1);
        assert_eq!(keys().read(&bounce), Some(Addressed::Forged));
    }

    #[test]
    fn other_addresses_are_left_to_the_desk() {
        assert_eq!(keys().read("Support-ABC@in.example.com"), Some(Addressed::Other("support-abc".into())));
        assert_eq!(keys().read("a@elsewhere.example"), None);
        assert_eq!(keys().read(&keys().bounce_address(LETTER)), Some(Addressed::Bounce { letter: LETTER.into() }));
    }

    #[test]
    fn a_message_id_is_ours_or_not() {
        let id = keys().message_id(ID, LETTER);
        assert_eq!(keys().read_message_id(&format!("<{id}>")), Some((ID.into(), LETTER.into())));
        assert!(is_message_id(&id, "in.example.com") && !is_message_id(&id, "example.com"));
        assert_eq!(keys().read_message_id(&id.replace(ID, LETTER)), None);
        assert_eq!(keys().read_ticket_reference(&keys().ticket_reference("p", ID)).as_deref(), Some(ID));
    }
}
