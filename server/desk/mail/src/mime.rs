//! The tree of a mail: parts by their boundaries, with depth and number bounded, in linear time.
//! Knows where the bytes of each part are; what they mean is for `body.rs` and `attachment.rs`.
//!
//! Why not the tree of the parser crate: it nests `message/rfc822` without bound, and dropping such a tree overflows
//! the stack, which no `catch_unwind` catches; and it hands out attachments of type text only after decoding.

use crate::{
    charset,
    header::{Headers, Structured},
    transfer,
};

/// Multiparts inside multiparts beyond this are one opaque part.
pub const DEEPEST: usize = 10;
/// Parts beyond this are not read.
pub const MOST_PARTS: usize = 1000;

/// One part of a mail.
#[derive(Debug)]
pub struct Part<'x> {
    /// Its header block.
    pub headers: Headers,
    /// Content-Type, `text/plain` when nothing usable is said.
    pub kind: Structured,
    /// Whether Content-Type was said.
    pub is_typed: bool,
    /// Content-Disposition.
    pub disposition: Option<Structured>,
    /// Its bytes, still transfer-encoded.
    pub raw: &'x [u8],
    /// The parts inside, when it is a multipart.
    pub parts: Vec<Part<'x>>,
}

impl Part<'_> {
    /// The bytes with the transfer encoding undone, nothing else.
    pub fn bytes(&self) -> Vec<u8> {
        let encoding = self.headers.keyword("content-transfer-encoding");
        let encoding = encoding.split([';', ' ', '(']).next().unwrap_or_default();
        transfer::decode(self.raw, encoding.trim_matches(['"', '\'']))
    }

    /// The part as text.
    pub fn text(&self) -> String {
        let bytes = self.bytes();
        let meta = (self.kind.parameter("charset").is_none() && self.kind.value == "text/html").then(|| meta_charset(&bytes)).flatten();
        charset::decode(&bytes, self.kind.parameter("charset").or(meta.as_deref()))
    }

    /// Whether it is a multipart that was split.
    pub fn is_multipart(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Every leaf below, in order.
    pub fn leaves(&self) -> Vec<&Self> {
        if self.parts.is_empty() {
            return vec![self];
        }
        self.parts.iter().flat_map(Self::leaves).collect()
    }
}

/// Reads a whole mail.
pub fn read(raw: &[u8]) -> Part<'_> {
    let mut left = MOST_PARTS;
    let mut root = part(raw, DEEPEST, "text/plain", &mut left);
    let hint = root
        .leaves()
        .iter()
        .filter(|leaf| leaf.kind.value.starts_with("text/"))
        .find_map(|leaf| leaf.kind.parameter("charset").and_then(charset::encoding));
    set_hint(&mut root, hint);
    root
}

fn set_hint(part: &mut Part<'_>, hint: Option<&'static encoding_rs::Encoding>) {
    part.headers.set_hint(hint);
    for inner in &mut part.parts {
        set_hint(inner, hint);
    }
}

fn part<'x>(raw: &'x [u8], depth: usize, default_kind: &str, left: &mut usize) -> Part<'x> {
    *left = left.saturating_sub(1);
    let (headers, body_at) = Headers::read(raw);
    let body = &raw[body_at..];
    let said = headers.structured("content-type").filter(|kind| kind.value.contains('/'));
    let is_typed = said.is_some();
    let kind = said.unwrap_or_else(|| Structured { value: default_kind.to_owned(), parameters: Vec::new() });
    let disposition = headers.structured("content-disposition");
    let mut part = Part { headers, kind, is_typed, disposition, raw: body, parts: Vec::new() };
    if part.kind.value.starts_with("multipart/") && depth > 0 {
        let inner_kind = if part.kind.value == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        for chunk in chunks(body, part.kind.parameter("boundary")) {
            if *left == 0 {
                break;
            }
            part.parts.push(self::part(chunk, depth - 1, inner_kind, left));
        }
    }
    if part.kind.value.starts_with("multipart/") && part.parts.is_empty() {
        // A multipart that has no parts is read as the text that it is.
        "text/plain".clone_into(&mut part.kind.value);
    }
    part
}

/// What stands between the boundary lines. No boundary said: the first line that looks like one.
fn chunks<'x>(body: &'x [u8], boundary: Option<&str>) -> Vec<&'x [u8]> {
    let said = boundary.map(str::trim_end).filter(|boundary| !boundary.is_empty()).map(str::as_bytes);
    let exact = said.map(|boundary| split(body, boundary)).unwrap_or_default();
    if !exact.is_empty() {
        return exact;
    }
    match first_boundary(body) {
        Some(guessed) => split(body, guessed),
        None => Vec::new(),
    }
}

fn first_boundary(body: &[u8]) -> Option<&[u8]> {
    let line = body
        .split(|byte| *byte == b'\n')
        .take(200)
        .map(<[u8]>::trim_ascii_end)
        .find(|line| line.len() > 8 && line.starts_with(b"--") && !line.contains(&b' '))?;
    line.strip_prefix(b"--")
}

fn split<'x>(body: &'x [u8], boundary: &[u8]) -> Vec<&'x [u8]> {
    let mut chunks = Vec::new();
    let (mut at, mut open): (usize, Option<usize>) = (0, None);
    while at < body.len() && chunks.len() <= MOST_PARTS {
        let end = body[at..].iter().position(|byte| *byte == b'\n').map_or(body.len(), |length| at + length + 1);
        if let Some(closes) = delimiter(&body[at..end], boundary) {
            if let Some(start) = open.take() {
                chunks.push(without_last_break(&body[start..at]));
            }
            open = (!closes).then_some(end);
        }
        at = end;
    }
    if let Some(start) = open {
        let rest = &body[start.min(body.len())..];
        if !rest.trim_ascii().is_empty() || chunks.is_empty() {
            chunks.push(rest);
        }
    }
    chunks
}

/// `--boundary` (false) or `--boundary--` (true) and nothing else but blanks.
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    match rest.trim_ascii_end() {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// The line break before a boundary belongs to the boundary.
fn without_last_break(chunk: &[u8]) -> &[u8] {
    let chunk = chunk.strip_suffix(b"\n").unwrap_or(chunk);
    chunk.strip_suffix(b"\r").unwrap_or(chunk)
}

/// `<meta charset=…>` or `content="text/html; charset=…"` near the start of a page.
fn meta_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let rest = &head[head.find("<meta")?..];
    let rest = &rest[rest.find("charset")? + "charset".len()..];
    let rest = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let label: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    (!label.is_empty()).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_and_a_part_keeps_its_bytes() {
        let raw = b"Content-Type: multipart/mixed; boundary=\"a b\"\r\n\r\npreamble\r\n--a b\r\n\r\none\r\n--a b\r\nContent-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\n\r\n/w==\r\n--a b--\r\nepilogue";
        let mail = read(raw);
        assert_eq!(mail.parts.len(), 2);
        assert_eq!(mail.parts[0].text(), "one");
        assert_eq!(mail.parts[1].bytes(), [0xff]);
    }

    #[test]
    fn a_boundary_that_starts_like_another_is_its_own() {
        let raw = b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=xy\n\n--xy\n\na\n--xy\n\nb\n--xy--\n--x\n\nc\n--x--\n";
        let mail = read(raw);
        assert_eq!(mail.parts.len(), 2);
        assert_eq!(mail.parts[0].parts.len(), 2);
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let level = |number: u32| format!("Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n");
        let raw = (0..100_000).map(level).collect::<Vec<_>>().concat();
        let mail = read(raw.as_bytes());
        assert!(mail.leaves().len() <= DEEPEST + 1);
        let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(10_000));
        assert!(read(many.as_bytes()).leaves().len() <= MOST_PARTS);
    }
}
