//! Passwords of others that must be read again (those of mailboxes): sealed with AES-256-GCM under a key that stands in the data
//! folder, `secret.key`, and not in the database. So a copy of the database alone tells no password; without the key they are typed anew.

use std::{
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use data_encoding::BASE64;
use rand::Rng as _;

use crate::{Desk, Fault, Result};

/// Name of the key's file.
const FILE: &str = "secret.key";

impl Desk {
    /// Seals a text for a place: it can be opened as of that place alone.
    pub(crate) fn seal(&self, place: &str, text: &str) -> Result<String> {
        let key = key(&self.settings().data, true)?.ok_or_else(|| broken("there is no key"))?;
        let mut bytes = text.as_bytes().to_vec();
        let nonce = key.seal_in_place_append_tag(Aad::from(place), &mut bytes).map_err(|_| broken("sealing failed"))?;
        Ok(BASE64.encode(&[&nonce.as_ref()[..], &bytes].concat()))
    }

    /// Opens what was sealed. None: not with the key that is here.
    pub(crate) fn unseal(&self, place: &str, sealed: &str) -> Option<String> {
        let key = key(&self.settings().data, false).ok()??;
        let bytes = BASE64.decode(sealed.as_bytes()).ok()?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN)?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = key.open_in_place(nonce, Aad::from(place), &mut rest).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

fn key(data: &Path, make: bool) -> Result<Option<RandomizedNonceKey>> {
    let path = data.join(FILE);
    if make {
        create(&path).map_err(|error| Fault::File(path.display().to_string(), error))?;
    }
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Fault::File(path.display().to_string(), error).into()),
    };
    let bytes = BASE64.decode(text.trim().as_bytes()).map_err(|_| broken("secret.key holds no key"))?;
    Ok(Some(RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| broken("secret.key holds no key of 256 bits"))?))
}

/// Makes the file once, for its owner's eyes. It is whole when it has its name.
fn create(path: &PathBuf) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    if path.exists() {
        return Ok(());
    }
    let bytes: [u8; 32] = rand::rng().random();
    let making = path.with_extension(format!("key.{}", &crate::clock::secret()[..8]));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&making)?;
    file.write_all(format!("{}\n", BASE64.encode(&bytes)).as_bytes())?;
    file.sync_all()?;
    // of two who make it at once the first one's stays
    let linked = match std::fs::hard_link(&making, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    };
    std::fs::remove_file(&making)?;
    linked
}

fn broken(what: &str) -> Fault {
    Fault::Setting(what.to_owned())
}
