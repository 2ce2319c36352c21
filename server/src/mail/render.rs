//! A letter as the bytes that go on the wire: the same on each try, so that a receiver folds a second copy.
//! Everything that could differ (date, ids, boundaries) comes with the letter. 7-bit safe; knows no socket.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Attachment, Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use mail::compose::{Letter, LetterAttachment};
use sha2::{Digest as _, Sha256};

/// A letter that cannot be written; trying again will not help.
#[derive(Debug, thiserror::Error)]
pub enum Unwritable {
    /// A value that must not go into a header.
    #[error("{0}")]
    Improper(#[from] mail::compose::Improper),
    /// An address that cannot be written to.
    #[error("{0} is no address that mail can be sent to")]
    Address(String),
    /// The contents of a file are missing.
    #[error("the file {0} is missing")]
    Missing(String),
    /// Anything else the mail library refuses.
    #[error("the letter cannot be written: {0}")]
    Refused(String),
}

/// Envelope and bytes. `files` holds the contents of the letter's attachments, in their order.
pub fn render(letter: &Letter, files: &[Vec<u8>]) -> Result<(Envelope, Vec<u8>), Unwritable> {
    letter.check()?;
    let sender = if letter.envelope_from.is_empty() { None } else { Some(address(&letter.envelope_from)?) };
    let envelope = Envelope::new(sender, vec![address(&letter.to.address)?]).map_err(refused)?;
    let date = UNIX_EPOCH + Duration::from_micros(u64::try_from(letter.date_micros).unwrap_or_default());
    let mut builder = Message::builder()
        .from(mailbox(&letter.from)?)
        .reply_to(mailbox(&letter.reply_to)?)
        .to(mailbox(&letter.to)?)
        .subject(letter.subject.clone())
        .date(date)
        .message_id(Some(format!("<{}>", letter.message_id)))
        .envelope(envelope.clone());
    if let Some(id) = &letter.in_reply_to {
        builder = builder.in_reply_to(format!("<{id}>"));
    }
    if !letter.references.is_empty() {
        builder = builder.references(letter.references.iter().map(|id| format!("<{id}>")).collect::<Vec<_>>().join(" "));
    }
    for (name, value) in &letter.headers {
        let name = HeaderName::new_from_ascii(name.clone()).map_err(refused)?;
        builder = builder.raw_header(HeaderValue::new(name, value.clone()));
    }
    let message = builder.multipart(body(letter, files)?).map_err(refused)?;
    Ok((envelope, message.formatted()))
}

fn body(letter: &Letter, files: &[Vec<u8>]) -> Result<MultiPart, Unwritable> {
    if let Some(missing) = letter.attachments.get(files.len()) {
        return Err(Unwritable::Missing(missing.name.clone()));
    }
    let (inline, others): (Vec<_>, Vec<_>) = letter.attachments.iter().zip(files).partition(|(file, _)| file.cid.is_some());
    let text = SinglePart::plain(letter.text.clone());
    let html = SinglePart::html(letter.html.clone());
    let mut alternative = MultiPart::alternative().boundary(boundary(letter, "alternative")).singlepart(text);
    alternative = if inline.is_empty() {
        alternative.singlepart(html)
    } else {
        let mut related = MultiPart::related().boundary(boundary(letter, "related")).singlepart(html);
        for (file, bytes) in inline {
            related = related.singlepart(part(file, bytes)?);
        }
        alternative.multipart(related)
    };
    if others.is_empty() {
        return Ok(alternative);
    }
    let mut mixed = MultiPart::mixed().boundary(boundary(letter, "mixed")).multipart(alternative);
    for (file, bytes) in others {
        mixed = mixed.singlepart(part(file, bytes)?);
    }
    Ok(mixed)
}

fn part(file: &LetterAttachment, bytes: &[u8]) -> Result<SinglePart, Unwritable> {
    // base64 for every file: line ends of a text file stay as they are
    let bytes =
        Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64).map_err(|_| Unwritable::Missing(file.name.clone()))?;
    let content_type =
        ContentType::parse(&file.content_type).or_else(|_| ContentType::parse("application/octet-stream")).map_err(refused)?;
    let attachment = match &file.cid {
        Some(cid) => Attachment::new_inline_with_name(cid.clone(), file.name.clone()),
        None => Attachment::new(file.name.clone()),
    };
    Ok(attachment.body(bytes, content_type))
}

/// Fixed by the letter; nobody who writes text into it can know it (the seed is ours).
fn boundary(letter: &Letter, part: &str) -> String {
    let digest = Sha256::digest(format!("{part}|{}|{}", letter.boundary_seed, letter.message_id).as_bytes());
    format!("recado-{part}-{}", data_encoding::HEXLOWER.encode(&digest[..12]))
}

fn mailbox(mailbox: &mail::Mailbox) -> Result<Mailbox, Unwritable> {
    let name = mailbox.name.clone().filter(|name| !name.trim().is_empty());
    Ok(Mailbox::new(name, address(&mailbox.address)?))
}

/// Domains of other scripts go out as A-labels, which every server understands.
fn address(text: &str) -> Result<Address, Unwritable> {
    let wrong = || Unwritable::Address(text.to_owned());
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let domain = if domain.is_ascii() { domain.to_owned() } else { idna::domain_to_ascii(domain).map_err(|_| wrong())? };
    Address::new(local, domain).map_err(|_| wrong())
}

fn refused(error: impl std::fmt::Display) -> Unwritable {
    Unwritable::Refused(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        let mailbox = |name: &str, address: &str| mail::Mailbox { name: Some(name.into()), address: address.into() };
        Letter {
            from: mailbox("Márta, via Aurora", "t1@in.example.com"),
            reply_to: mailbox("Aurora", "t1@in.example.com"),
            to: mailbox("", "joão@köln.example"),
            envelope_from: "b1@in.example.com".into(),
            subject: "Café: pedido nº 7, ".repeat(20),
            message_id: "m.1@in.example.com".into(),
            in_reply_to: Some("a@b.example".into()),
            references: (0..20).map(|n| format!("reference-{n}-{}@b.example", "x".repeat(60))).collect(),
            date_micros: 1_700_000_000_000_000,
            text: "Olá\n.\n..\nfrom here\n".into(),
            html: format!("<p>Olá {}</p>", "long ".repeat(500)),
            headers: vec![("X-Recado-Loop".into(), "mark".into())],
            attachments: vec![
                LetterAttachment { name: "relatório.pdf".into(), content_type: "application/pdf".into(), sha256: "a".into(), cid: None },
                LetterAttachment {
                    name: "pic.png".into(),
                    content_type: "image/png".into(),
                    sha256: "b".into(),
                    cid: Some("pic@x".into()),
                },
            ],
            boundary_seed: "seed".into(),
        }
    }

    fn contents() -> Vec<Vec<u8>> {
        vec![b"one\ntwo\r\nthree\0".to_vec(), vec![137, 80]]
    }

    #[test]
    fn two_renderings_are_the_same_bytes() {
        let mut ascii = letter();
        ascii.to.address = "joao@example.com".into();
        let first = render(&ascii, &contents()).expect("written").1;
        assert_eq!(first, render(&ascii, &contents()).expect("written").1);
        assert!(String::from_utf8_lossy(&first).contains("Date: Tue, 14 Nov 2023 22:13:20 +0000"), "the letter's own date, not today's");
        assert!(first.is_ascii(), "7-bit safe");
        assert!(first.split(|byte| *byte == b'\n').all(|line| line.len() <= 998));
        assert!(!first.windows(2).any(|pair| pair[1] == b'\n' && pair[0] != b'\r'), "every line ends with CR LF");
    }

    #[test]
    fn what_was_written_reads_back() {
        let mut ascii = letter();
        ascii.to.address = "joao@example.com".into();
        let bytes = render(&ascii, &contents()).expect("written").1;
        let read = mail::understand(&bytes, &mail::Own::default()).expect("readable");
        assert_eq!(
            (read.from.as_str(), read.message_id.as_deref(), read.in_reply_to.as_deref()),
            ("t1@in.example.com", Some("m.1@in.example.com"), Some("a@b.example"))
        );
        assert_eq!(read.from_name.as_deref(), Some("Márta, via Aurora"));
        assert_eq!(read.references.len(), 20);
        assert_eq!(read.attachments.len(), 2);
        assert!(read.attachments.iter().any(|file| file.bytes == contents()[0]), "a file's line ends stay");
    }

    #[test]
    fn a_domain_of_another_script_goes_out_as_a_label() {
        let mut other = letter();
        other.to.address = "joao@köln.example".into();
        let (envelope, bytes) = render(&other, &contents()).expect("written");
        assert_eq!(envelope.to()[0].to_string(), "joao@xn--kln-sna.example");
        assert!(bytes.is_ascii());
    }

    #[test]
    fn a_line_break_in_a_header_is_refused() {
        let mut evil = letter();
        evil.subject = "x\r\nBcc: all@example.com".into();
        assert!(matches!(render(&evil, &contents()), Err(Unwritable::Improper(_))));
    }
}
