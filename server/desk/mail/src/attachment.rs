//! The files of a mail: which parts are files, their names made safe, their bytes exactly as sent.
//! Knows nothing of where files are kept.

use std::collections::HashSet;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    body::{Body, Other},
    header::Headers,
    mime::Part,
    tnef,
};

/// A file name's longest form in bytes.
const LONGEST_NAME: usize = 200;

/// One file of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Its name, safe to show and to save under.
    pub name: String,
    /// Its media type as said.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Its size in bytes.
    pub size: usize,
    /// Its Content-ID without brackets.
    pub cid: Option<String>,
    /// Shown inside the text rather than below it.
    pub inline: bool,
    /// The digest of its bytes, hexadecimal.
    pub sha256: String,
    /// Its bytes, exactly as sent.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// All files, in order.
pub fn list(body: &Body<'_, '_>) -> Vec<Attachment> {
    let has_calendar_file = body.others.iter().any(|other| is_calendar(other.part) && !other.in_alternative);
    let page = body.html.as_deref().unwrap_or_default();
    let mut files: Vec<Attachment> = body
        .others
        .iter()
        .filter(|other| !is_noise(other, has_calendar_file))
        .flat_map(|other| unwrapped(other.part, page).unwrap_or_else(|| vec![attachment(other.part, page)]))
        .collect();
    name_pictures(&mut files);
    files.extend(body.uuencoded.iter().map(|file| of_bytes(safe(&file.name), "application/octet-stream".into(), file.bytes.clone())));
    make_unique(&mut files);
    files
}

/// The files inside Outlook's own wrapping; what cannot be unwrapped stays a file.
fn unwrapped(part: &Part<'_>, page: &str) -> Option<Vec<Attachment>> {
    if !tnef::is_wrapped(&part.kind.value, said_name(part).as_deref()) {
        return None;
    }
    let found = tnef::read(&part.bytes())?;
    let files = found.files.into_iter().map(|file| {
        let kind = file.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        let inline = file.cid.as_deref().is_some_and(|id| mentions(page, id));
        Attachment { cid: file.cid, inline, ..of_bytes(safe(&file.name), kind, file.bytes) }
    });
    Some(files.collect())
}

fn of_bytes(name: String, content_type: String, bytes: Vec<u8>) -> Attachment {
    let name = if name.is_empty() { "attachment".to_owned() } else { name };
    let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
    Attachment { name, content_type, size: bytes.len(), cid: None, inline: false, sha256, bytes }
}

fn is_calendar(part: &Part<'_>) -> bool {
    matches!(part.kind.value.as_str(), "text/calendar" | "application/ics")
}

/// Machinery of mail that nobody sent as a file: reports, detached signatures, the invitation said twice.
fn is_noise(other: &Other<'_, '_>, has_calendar_file: bool) -> bool {
    let part = other.part;
    let is_nameless = said_name(part).is_none() && part.headers.raw("content-description").is_none();
    match part.kind.value.as_str() {
        "application/pgp-signature" | "application/pkcs7-signature" | "application/x-pkcs7-signature" | "application/pgp-encrypted" => true,
        "message/delivery-status"
        | "message/global-delivery-status"
        | "message/disposition-notification"
        | "message/feedback-report"
        | "text/rfc822-headers"
        | "text/rfc822-header" => is_nameless,
        "text/calendar" => other.in_alternative && is_nameless && has_calendar_file,
        "text/plain" | "text/html" => is_nameless && part.raw.trim_ascii().is_empty(),
        kind => kind.starts_with("multipart/") && part.raw.trim_ascii().is_empty(),
    }
}

fn attachment(part: &Part<'_>, page: &str) -> Attachment {
    let mut bytes = part.bytes();
    let cid = part
        .headers
        .raw("content-id")
        .map(|raw| raw.trim().trim_matches(['<', '>']).trim().chars().filter(|c| !c.is_control()).take(250).collect::<String>())
        .filter(|id| !id.is_empty());
    if part.kind.value == "message/rfc822" && part.headers.keyword("content-transfer-encoding").is_empty() {
        bytes = part.raw.to_vec();
    }
    let name = said_name(part).unwrap_or_else(|| made_name(part, &bytes, cid.as_deref()));
    let disposition = part.disposition.as_ref().map(|said| said.value.as_str());
    let is_shown = cid.as_deref().is_some_and(|id| mentions(page, id));
    let is_picture = part.kind.value.starts_with("image/");
    let inline = cid.is_some() && (is_shown || (is_picture && disposition != Some("attachment")));
    Attachment { cid, inline, ..of_bytes(safe(&name), part.kind.value.clone(), bytes) }
}

/// A second picture under one Content-ID is not the one that is shown: it is named for what it is.
fn name_pictures(files: &mut [Attachment]) {
    let mut shown: HashSet<String> = HashSet::new();
    for file in files {
        let Some(cid) = file.cid.clone() else { continue };
        if !shown.insert(cid)
            && let Some(ending) = file.name.strip_prefix("attachment.")
            && file.content_type.starts_with("image/")
        {
            file.name = format!("image.{ending}");
        }
    }
}

fn mentions(page: &str, id: &str) -> bool {
    page.contains(&format!("cid:{id}")) || page.contains(&format!("cid:{}", id.replace('@', "%40")))
}

/// The name that a part says it has.
pub fn said_name(part: &Part<'_>) -> Option<String> {
    let filename = part.disposition.as_ref().and_then(|said| said.parameter("filename"));
    [filename, part.kind.parameter("name"), part.kind.parameter("filename")]
        .into_iter()
        .flatten()
        .map(str::trim)
        .find(|name| !name.is_empty())
        .map(str::to_owned)
}

/// A name for a part that has none, from what else is known of it.
fn made_name(part: &Part<'_>, bytes: &[u8], cid: Option<&str>) -> String {
    let kind = part.kind.value.as_str();
    let described = part.headers.text("content-description").filter(|text| !text.is_empty());
    if kind == "message/rfc822" || kind == "message/global" {
        let subject = Headers::read(bytes).0.text("subject").filter(|subject| !subject.is_empty());
        let stem = subject.or(described).unwrap_or_else(|| "message".to_owned());
        return format!("{}.eml", stem.trim_end_matches('.'));
    }
    let Some(extension) = extension(kind) else {
        let of_cid = cid.map(|id| id.split('@').next().unwrap_or(id).to_owned());
        return described.or(of_cid).unwrap_or_else(|| "attachment".to_owned());
    };
    match described {
        Some(stem) if stem.to_lowercase().ends_with(&format!(".{extension}")) => stem,
        Some(stem) if kind.starts_with("message/") => format!("{stem}.{extension}"),
        _ if kind == "text/calendar" => "invite.ics".to_owned(),
        _ => format!("attachment.{extension}"),
    }
}

/// The usual ending of a type.
fn extension(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "image/png" => "png",
        "image/jpeg" | "image/jpg" | "image/pjpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/svg+xml" => "svg",
        "image/bmp" => "bmp",
        "image/tiff" => "tiff",
        "image/heic" => "heic",
        "application/pdf" => "pdf",
        "application/zip" | "application/x-zip-compressed" => "zip",
        "application/json" => "json",
        "application/xml" | "text/xml" => "xml",
        "application/rtf" | "text/rtf" => "rtf",
        "application/msword" => "doc",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "text/calendar" | "application/ics" => "ics",
        "text/csv" => "csv",
        "text/html" => "html",
        "text/vcard" | "text/x-vcard" => "vcf",
        "text/plain"
        | "message/delivery-status"
        | "message/disposition-notification"
        | "message/feedback-report"
        | "text/rfc822-headers" => "txt",
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/wav" | "audio/x-wav" => "wav",
        "audio/ogg" => "ogg",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        "application/ms-tnef" | "application/vnd.ms-tnef" => "dat",
        _ => return None,
    })
}

/// No paths, no controls, no characters that turn the reading direction, not too long, its ending kept.
pub fn safe(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).find(|piece| !piece.trim().is_empty()).unwrap_or(name);
    let base = if base.chars().any(char::is_alphanumeric) { base } else { name };
    let cleaned: String = base
        .chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\r' | '\n'))
        .map(|c| if c.is_control() || matches!(c, '/' | '\\') { '_' } else { c })
        .collect();
    let cleaned = cleaned.trim().trim_start_matches("..").trim();
    if cleaned.len() <= LONGEST_NAME {
        return cleaned.to_owned();
    }
    let (stem, ending) = cleaned.rsplit_once('.').filter(|(_, ending)| ending.len() <= 16).unwrap_or((cleaned, ""));
    let room = LONGEST_NAME - ending.len() - usize::from(!ending.is_empty());
    let stem = &stem[..stem.floor_char_boundary(room)];
    if ending.is_empty() { stem.to_owned() } else { format!("{stem}.{ending}") }
}

/// A second `a.txt` becomes `a (2).txt`.
fn make_unique(files: &mut [Attachment]) {
    let mut seen: HashSet<String> = HashSet::new();
    for file in files {
        let original = file.name.clone();
        let mut number = 2;
        while !seen.insert(file.name.to_lowercase()) {
            file.name = match original.rsplit_once('.') {
                Some((stem, ending)) if !stem.is_empty() => format!("{stem} ({number}).{ending}"),
                _ => format!("{original} ({number})"),
            };
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe() {
        assert_eq!(safe("../../etc/passwd"), "passwd");
        assert_eq!(safe("C:\\a\\b.txt"), "b.txt");
        assert_eq!(safe("in\r\nvoice\u{202e}fdp.exe"), "invoicefdp.exe");
        let long = safe(&format!("{}.pdf", "é".repeat(300)));
        assert!(long.len() <= LONGEST_NAME && long.rsplit('.').next() == Some("pdf"));
    }

    #[test]
    fn names_are_made_unique() {
        let file = |name: &str| of_bytes(name.into(), "text/plain".into(), Vec::new());
        let mut files = [file("a.txt"), file("A.txt"), file("a.txt"), file("b")];
        make_unique(&mut files);
        assert_eq!(files.map(|file| file.name), ["a.txt", "A (2).txt", "a (3).txt", "b"]);
    }
}
