//! What a browser alone can read: the encryption of web push (RFC 8291 over RFC 8188, aes128gcm). Knows keys and bytes;
//! knows no wire.

use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    hkdf::{HKDF_SHA256, KeyType, Salt},
    rand,
};

/// Size of a record as announced: ours is one, and smaller.
const RECORD: u32 = 4096;
/// What is encrypted is filled up to a multiple of this, so that its length tells little.
const ROOM: usize = 256;
/// An uncompressed point of P-256.
const POINT: usize = 65;

/// It could not be encrypted for this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey;

impl<E: std::error::Error> From<E> for NotAKey {
    fn from(_: E) -> Self {
        Self
    }
}

/// How many bytes are asked of a key derivation.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

/// The body of a push for the browser with this public key and secret.
pub fn encrypt(words: &[u8], p256dh: &[u8], auth: &[u8]) -> Result<Vec<u8>, NotAKey> {
    let mut salt = [0; 16];
    rand::fill(&mut salt)?;
    let room = (words.len() + 1).next_multiple_of(ROOM) - words.len() - 1;
    encrypt_with(words, room, p256dh, auth, &PrivateKey::generate(&ECDH_P256)?, salt)
}

/// The same with everything given that is otherwise left to chance.
fn encrypt_with(words: &[u8], room: usize, p256dh: &[u8], auth: &[u8], own: &PrivateKey, salt: [u8; 16]) -> Result<Vec<u8>, NotAKey> {
    let public = own.compute_public_key()?;
    let shared = agree(own, UnparsedPublicKey::new(&ECDH_P256, p256dh), NotAKey, |secret| {
        derive(auth, secret, &[b"WebPush: info\0", p256dh, public.as_ref()], 32)
    })?;
    let key = derive(&salt, &shared, &[b"Content-Encoding: aes128gcm\0"], 16)?;
    let nonce = derive(&salt, &shared, &[b"Content-Encoding: nonce\0"], 12)?;
    // the mark of the last record, then what fills it up
    let mut record = words.to_vec();
    record.push(2);
    record.resize(record.len() + room, 0);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::try_assume_unique_for_key(&nonce)?, Aad::empty(), &mut record)?;
    let mut body = Vec::with_capacity(21 + POINT + record.len());
    body.extend_from_slice(&salt);
    body.extend_from_slice(&RECORD.to_be_bytes());
    body.push(u8::try_from(POINT)?);
    body.extend_from_slice(public.as_ref());
    body.extend(record);
    Ok(body)
}

/// HKDF with SHA-256 (RFC 5869).
fn derive(salt: &[u8], secret: &[u8], info: &[&[u8]], bytes: usize) -> Result<Vec<u8>, NotAKey> {
    let mut out = vec![0; bytes];
    Salt::new(HKDF_SHA256, salt).extract(secret).expand(info, Bytes(bytes))?.fill(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL_NOPAD;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url")
    }

    /// RFC 8291, appendix A: every value of it.
    #[test]
    fn the_example_of_the_standard_comes_out_to_the_byte() {
        let own = PrivateKey::from_private_key(&ECDH_P256, &bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).expect("a key");
        let p256dh = bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let public = own.compute_public_key().expect("its public key");
        assert_eq!(
            BASE64URL_NOPAD.encode(public.as_ref()),
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
        );
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().expect("16 bytes");
        let words = b"When I grow up, I want to be a watermelon";
        let body = encrypt_with(words, 0, &p256dh, &bytes("BTBZMqHH6r4Tts7J_aSIgg"), &own, salt).expect("encrypted");
        assert_eq!(
            BASE64URL_NOPAD.encode(&body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn lengths_tell_little_and_a_wrong_key_is_refused() {
        let own = PrivateKey::generate(&ECDH_P256).expect("a key");
        let public = own.compute_public_key().expect("its public key");
        let length = |words: &[u8]| encrypt(words, public.as_ref(), &[1; 16]).expect("encrypted").len();
        assert_eq!(length(b"a"), length(&[b'a'; 200]));
        assert!(length(&[b'a'; 3000]) < usize::try_from(RECORD).expect("small"));
        let mut off = public.as_ref().to_vec();
        off[64] ^= 1;
        assert_eq!(encrypt(b"a", &off, &[1; 16]), Err(NotAKey), "no point of the curve");
        assert_eq!(encrypt(b"a", &[], &[1; 16]), Err(NotAKey));
    }
}
