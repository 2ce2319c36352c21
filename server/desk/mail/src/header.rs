//! The header block of a mail or of a part: fields unfolded, and the structured ones (type and parameters).
//! Knows nothing of what a field means for a ticket.

use encoding_rs::Encoding;

use crate::{charset, transfer};

/// More fields than this, or more bytes, are not read (email.md B).
pub const MOST_FIELDS: usize = 1000;
/// See [`MOST_FIELDS`].
pub const MOST_BYTES: usize = 256 * 1024;
/// Segments of a parameter (RFC 2231) beyond this are not read.
const MOST_SEGMENTS: usize = 64;

/// The fields of one header block, in their order.
#[derive(Debug, Default, Clone)]
pub struct Headers {
    fields: Vec<(String, Vec<u8>)>,
    hint: Option<&'static Encoding>,
}

/// A field such as `text/plain; charset=utf-8`: the value and its parameters, decoded.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Structured {
    /// The value before the first semicolon, lower case.
    pub value: String,
    /// Parameter names in lower case, and their values.
    pub parameters: Vec<(String, String)>,
}

impl Structured {
    /// A parameter by its lower-case name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Headers {
    /// Reads the block at the start of `bytes`; the second value is where the body begins. A line that is no
    /// field is taken as the rest of the one before when the block goes on after it (mailers break subjects).
    pub fn read(bytes: &[u8]) -> (Self, usize) {
        let mut headers = Self::default();
        let mut at = 0;
        while at < bytes.len() {
            let end = line_end(bytes, at);
            let line = trim_ending(&bytes[at..end]);
            if line.is_empty() || (line.trim_ascii().is_empty() && !goes_on(bytes, end)) {
                return (headers, end);
            }
            let folded = line[0] == b' ' || line[0] == b'\t';
            match field_name(line) {
                Some((name, value)) if !folded => headers.push(name, value, at),
                _ if headers.fields.is_empty() && is_envelope_line(line) => {}
                _ if !headers.fields.is_empty() && (folded || goes_on(bytes, end)) => headers.fold(line, at),
                _ if headers.fields.is_empty() && folded && goes_on(bytes, end) => {}
                _ => return (headers, at),
            }
            at = end;
        }
        (headers, bytes.len())
    }

    fn push(&mut self, name: &[u8], value: &[u8], offset: usize) {
        if self.fields.len() < MOST_FIELDS && offset < MOST_BYTES {
            let name = String::from_utf8_lossy(name).to_ascii_lowercase();
            self.fields.push((name, value.trim_ascii().to_vec()));
        }
    }

    fn fold(&mut self, line: &[u8], offset: usize) {
        if offset >= MOST_BYTES || self.fields.len() >= MOST_FIELDS {
            return;
        }
        if let Some((_, value)) = self.fields.last_mut() {
            if !line[0].is_ascii_whitespace() {
                value.push(b' ');
            }
            value.extend_from_slice(line.trim_ascii_end());
        }
    }

    /// Whether nothing was there.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The charset that undeclared bytes in the fields are most likely in.
    pub fn set_hint(&mut self, hint: Option<&'static Encoding>) {
        self.hint = hint;
    }

    /// Whether the field is there at all.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    /// All fields in order, as text with encoded words still encoded.
    pub fn all(&self) -> impl Iterator<Item = (&str, String)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), charset::header(value, self.hint).into_owned()))
    }

    /// The first field of a lower-case name that is not empty, encoded words still encoded.
    pub fn raw(&self, name: &str) -> Option<String> {
        self.raw_all(name).find(|value| !value.trim().is_empty())
    }

    /// Every field of a name.
    pub fn raw_all(&self, name: &str) -> impl Iterator<Item = String> {
        self.fields
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| charset::header(value, self.hint).into_owned())
    }

    /// The first field of a name as a person reads it.
    pub fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(|raw| clean(&charset::words(&raw)))
    }

    /// The first field of a name in lower case without blanks around: for keywords.
    pub fn keyword(&self, name: &str) -> String {
        self.raw(name).unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// A structured field.
    pub fn structured(&self, name: &str) -> Option<Structured> {
        let raw = self.raw(name)?;
        let (value, rest) = raw.split_once(';').unwrap_or((&raw, ""));
        let value = value.split_whitespace().collect::<String>().trim_matches('"').to_ascii_lowercase();
        Some(Structured { value, parameters: parameters(rest) })
    }
}

/// Line breaks and control characters never reach a subject or a name.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\r' && *c != '\n')
        .map(|c| if c.is_control() && c != '\t' { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length + 1)
}

fn trim_ending(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn field_name(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().take(200).position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    let printable = !name.is_empty() && name.iter().all(|byte| (b'!'..=b'~').contains(byte));
    printable.then(|| (name, &line[colon + 1..]))
}

/// `From somebody Mon Jan …` of mailbox files.
fn is_envelope_line(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}

/// Whether the line at `at` still belongs to a header block.
fn goes_on(bytes: &[u8], at: usize) -> bool {
    let line = trim_ending(&bytes[at..line_end(bytes, at)]);
    let name_like = |name: &[u8]| name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    field_name(line).is_some_and(|(name, _)| name_like(name) && !name.eq_ignore_ascii_case(b"http"))
}

/// The parameters after the first semicolon: quoted or not, encoded words or RFC 2231 or neither.
pub fn parameters(text: &str) -> Vec<(String, String)> {
    let mut plain: Vec<(String, String)> = Vec::new();
    let mut segments: Vec<(String, usize, bool, String)> = Vec::new();
    for piece in split_outside_quotes(text, ';').into_iter().take(MOST_SEGMENTS) {
        let Some((name, value)) = piece.split_once('=') else { continue };
        let name = name.trim().to_ascii_lowercase();
        let value = unquote(value.trim());
        match segment(&name) {
            Some((base, index, encoded)) => segments.push((base.to_owned(), index, encoded, value)),
            None => plain.push((name, charset::words(&value).trim().to_owned())),
        }
    }
    segments.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    for run in segments.chunk_by(|a, b| a.0 == b.0) {
        let value = join(run);
        // RFC 2231 is the more exact form where both are given.
        plain.retain(|(name, _)| *name != run[0].0);
        plain.push((run[0].0.clone(), value));
    }
    plain
}

/// `filename*1*` → base, number, whether percent-encoded.
fn segment(name: &str) -> Option<(&str, usize, bool)> {
    let (base, rest) = name.split_once('*')?;
    let (number, encoded) = match rest.strip_suffix('*') {
        Some(number) => (number, true),
        None => (rest, rest.is_empty()),
    };
    let index = if number.is_empty() { 0 } else { number.parse().ok()? };
    Some((base, index, encoded))
}

fn join(run: &[(String, usize, bool, String)]) -> String {
    let mut label = None;
    let mut bytes = Vec::new();
    for (at, (_, _, encoded, value)) in run.iter().enumerate() {
        let mut value = value.as_str();
        if at == 0 && *encoded {
            let mut pieces = value.splitn(3, '\'');
            if let (Some(charset), Some(_), Some(rest)) = (pieces.next(), pieces.next(), pieces.next()) {
                (label, value) = (Some(charset.to_owned()), rest);
            }
        }
        if *encoded { bytes.extend(percent(value)) } else { bytes.extend_from_slice(value.as_bytes()) }
    }
    match label.filter(|label| !label.eq_ignore_ascii_case("us-ascii")) {
        Some(label) => charset::decode(&bytes, Some(&label)),
        None => charset::words(&charset::decode(&bytes, None)),
    }
}

fn percent(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| Some(transfer::hex(*bytes.get(at + 1)?)? << 4 | transfer::hex(*bytes.get(at + 2)?)?))
            .flatten();
        out.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    out
}

fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if c == separator && !quoted => {
                pieces.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        // `name=a.txt (comment)` and the like stay as they are; blanks inside unquoted names are common.
        return value.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => {
                // `"=?utf-8?…?=".jpg`: what stands behind the quotes belongs to the name.
                out.push_str(characters.as_str().trim_end().trim_matches('"'));
                break;
            }
            '\\' => match characters.clone().next() {
                Some(next @ ('"' | '\\')) => {
                    out.push(next);
                    characters.next();
                }
                _ => out.push('\\'),
            },
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_unfolded_and_found_by_name() {
        let (headers, body) = Headers::read(b"From x Mon\nSubject: a\r\n b\r\nX: y\r\n\r\nbody");
        assert_eq!(headers.text("subject").as_deref(), Some("a b"));
        assert_eq!(body, 35);
    }

    #[test]
    fn a_broken_line_inside_the_block_belongs_to_the_field_before() {
        let (headers, _) = Headers::read(b"Subject: one\ntwo and three\nFrom: a@b.example\n\nbody");
        assert_eq!(headers.text("subject").as_deref(), Some("one two and three"));
        assert!(headers.has("from"));
    }

    #[test]
    fn parameters_in_every_dress() {
        let read = |text: &str| parameters(text);
        assert_eq!(read(" charset=\"utf-8\" ; x=y"), [("charset".into(), "utf-8".into()), ("x".into(), "y".into())]);
        assert_eq!(read("name=\"a;b.txt\"")[0].1, "a;b.txt");
        assert_eq!(read("filename*0*=utf-8''gr%C3%BC; filename*1=n.txt")[0].1, "grün.txt");
        assert_eq!(read("name=\"=?ISO-8859-1?Q?gr=FCn?=.jpg\"")[0].1, "grün.jpg");
    }

    #[test]
    fn a_hundred_thousand_fields_are_cut() {
        let (headers, body) = Headers::read(&b"X-A: b\r\n".repeat(100_000));
        assert_eq!((headers.all().count(), body), (MOST_FIELDS, 800_000));
    }
}
