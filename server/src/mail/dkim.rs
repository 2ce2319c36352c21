//! Our signature on letters (DKIM, RFC 6376): the key in its file, the record that DNS has to show, and the signing itself.
//! A letter is signed with its own date, so that each try sends the same bytes.

use std::{io::Write as _, path::Path};

use aws_lc_rs::{
    encoding::AsDer as _,
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use data_encoding::BASE64;
use mail_auth::{
    common::{
        crypto::{RsaKey, Sha256, SigningKey as _},
        headers::{HeaderStream, Writable, Writer},
    },
    dkim::{DkimSigner, Done, Signature, canonicalize::CanonicalHeaders},
};
use model::mailbox::DkimRecord;
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};

/// What is signed. From stands twice: nobody may add a second one.
const HEADERS: [&str; 13] = [
    "From",
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
];

/// A key, and what it signs for.
pub struct Dkim {
    signer: DkimSigner<RsaKey<Sha256>, Done>,
    record: DkimRecord,
}

/// What stands before a mail: the headers that are signed, then the signature without its value.
struct Signed<'a>(CanonicalHeaders<'a>, &'a Signature);

impl Writable for Signed<'_> {
    fn write(self, writer: &mut impl Writer) {
        self.0.write(writer);
        self.1.write(writer, false);
    }
}

/// A mail of ours, header by header: every line ends with CR LF, and an empty one stands before the body.
struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> HeaderStream<'a> for Lines<'a> {
    fn next_header(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let colon = self.rest.iter().position(|byte| *byte == b':').filter(|_| !self.rest.starts_with(b"\r\n"))?;
        // a line that begins with a blank belongs to the one before it
        let begins = |at: usize| !matches!(self.rest.get(at), Some(b' ' | b'\t'));
        let end = (colon..self.rest.len()).find(|at| self.rest[*at] == b'\n' && begins(at + 1)).map_or(self.rest.len(), |at| at + 1);
        let header = (&self.rest[..colon], &self.rest[colon + 1..end]);
        self.rest = &self.rest[end..];
        Some(header)
    }

    fn body(&mut self) -> &'a [u8] {
        self.rest.strip_prefix(b"\r\n").unwrap_or(self.rest)
    }
}

impl Dkim {
    /// Reads a key (PEM) that signs for a domain.
    pub fn load(file: &Path, selector: &str, domain: &str) -> Result<Self, String> {
        let wrong = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
        let pem = std::fs::read(file).map_err(|error| wrong(&error))?;
        let pkcs8 = PrivateKeyDer::from_pem_slice(&pem).map_err(|error| wrong(&error))?;
        let pair = match &pkcs8 {
            PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(wrong(&"holds no RSA key")),
        };
        let pair = pair.map_err(|_| wrong(&"holds no RSA key of 2048 bits or more"))?;
        let record = record(&pair, selector, domain)?;
        let key = RsaKey::<Sha256>::from_key_der(pkcs8).map_err(|error| wrong(&error))?;
        Ok(Self { signer: DkimSigner::from_key(key).domain(domain).selector(selector).headers(HEADERS), record })
    }

    /// The TXT record that vouches for it.
    pub fn record(&self) -> &DkimRecord {
        &self.record
    }

    /// A mail from an address with the signature of its domain before it, made at a moment (seconds since 1970).
    pub fn sign(&self, mail: &[u8], from: &str, at: u64) -> Result<Vec<u8>, String> {
        let (_, headers, names, body) = self.signer.template.canonicalize(Lines { rest: mail });
        let mut signature = self.signer.template.clone();
        if let Some((_, domain)) = from.rsplit_once('@') {
            signature.d = idna::domain_to_ascii(domain).map_err(|_| format!("{domain} is no domain"))?;
        }
        signature.bh = self.signer.key.hash(body).as_ref().to_vec();
        signature.t = at;
        signature.h = names;
        signature.b = self.signer.key.sign(Signed(headers, &signature)).map_err(|error| error.to_string())?;
        let mut signed = Vec::with_capacity(mail.len() + 1024);
        signature.write(&mut signed, true);
        signed.extend_from_slice(mail);
        Ok(signed)
    }
}

fn record(pair: &KeyPair, selector: &str, domain: &str) -> Result<DkimRecord, String> {
    let der = pair.public_key().as_der().map_err(|_| "the public key cannot be written".to_owned())?;
    Ok(DkimRecord { name: format!("{selector}._domainkey.{domain}"), value: format!("v=DKIM1; k=rsa; p={}", BASE64.encode(der.as_ref())) })
}

/// Makes a key of 2048 bits in a file that is not there yet, for its owner's eyes.
pub fn make(file: &Path) -> Result<(), String> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let wrong = |error: std::io::Error| format!("{}: {error}", file.display());
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| "no key could be made".to_owned())?;
    let der = pair.as_der().map_err(|_| "the key cannot be written".to_owned())?;
    let text = BASE64.encode(der.as_ref());
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(wrong)?;
    }
    let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            format!("{} holds a key already; it stays. Name another file with mail.dkim.key_file for a new one", file.display())
        }
        _ => wrong(error),
    })?;
    out.write_all(pem.as_bytes()).and_then(|()| out.sync_all()).map_err(wrong)
}

/// A record's value as name servers' files want it: pieces of at most 255 characters.
pub fn zone_line(record: &DkimRecord) -> String {
    let pieces: Vec<&str> = (0..record.value.len()).step_by(250).map(|at| &record.value[at..record.value.len().min(at + 250)]).collect();
    format!("{}. IN TXT ( \"{}\" )", record.name, pieces.join("\" \""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_signs_the_same_bytes_each_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("dkim.key");
        make(&file).expect("made");
        assert!(make(&file).expect_err("made once").contains("holds a key already"));
        let dkim = Dkim::load(&file, "recado", "in.example.com").expect("a key");
        assert_eq!(dkim.record().name, "recado._domainkey.in.example.com");
        assert!(dkim.record().value.starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkq"));
        let mail = b"From: <a@in.example.com>\r\nTo: <b@example.com>\r\nSubject: x\r\n\r\nHello\r\n";
        let signed = dkim.sign(mail, "a@in.example.com", 1_700_000_000).expect("signed");
        assert!(signed.ends_with(mail) && signed.starts_with(b"DKIM-Signature: "));
        assert_eq!(signed, dkim.sign(mail, "a@in.example.com", 1_700_000_000).expect("signed"));
        let text = String::from_utf8_lossy(&signed).to_lowercase();
        assert!(text.contains("d=in.example.com") && text.contains("c=relaxed/relaxed") && text.contains("from:from"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 998));
    }

    #[test]
    fn a_zone_line_is_cut_into_pieces() {
        let line = zone_line(&DkimRecord { name: "s._domainkey.a.example".into(), value: "x".repeat(400) });
        assert_eq!(line.matches('"').count(), 4);
        assert!(line.split('"').all(|piece| piece.len() <= 255));
    }
}
