//! The header block of a mail or of a part: fields unfolded, and the structured ones (type and parameters).
//! Knows nothing of what a field means for a ticket.

use encoding_rs::Encoding;

use crate::{charset, parameter::parameters};

/// More fields than this, or more bytes, are not read (email.md B).
pub const MOST_FIELDS: usize = 1000;
/// See [`MOST_FIELDS`].
pub const MOST_BYTES: usize = 256 * 1024;

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
                _ if folded && goes_on(bytes, end) => {}
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
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| charset::header(value, self.hint).into_owned())
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

/// Lines of rubbish that a header block may have in a row.
const MOST_RUBBISH: usize = 60;
/// Fields by which a header block is known to go on.
const KNOWN: [&[u8]; 24] = [
    b"from",
    b"to",
    b"cc",
    b"bcc",
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"reply-to",
    b"sender",
    b"received",
    b"return-path",
    b"delivered-to",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"content-disposition",
    b"content-id",
    b"dkim-signature",
    b"authentication-results",
    b"user-agent",
    b"list-id",
    b"precedence",
];

/// Whether a header block goes on at `at`, if need be behind some lines that are no fields.
fn goes_on(bytes: &[u8], mut at: usize) -> bool {
    for _ in 0..MOST_RUBBISH {
        let end = line_end(bytes, at);
        let line = trim_ending(&bytes[at..end]);
        if line.trim_ascii().is_empty() {
            return false;
        }
        if field_name(line).is_some_and(|(name, _)| is_known(name)) {
            return true;
        }
        at = end;
    }
    false
}

fn is_known(name: &[u8]) -> bool {
    let folded = name.to_ascii_lowercase();
    KNOWN.contains(&folded.as_slice()) || folded.starts_with(b"x-")
}

/// Where a mail's own header begins: behind blanks and one line that somebody put above it.
pub fn start(raw: &[u8]) -> usize {
    let start = raw.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let end = line_end(raw, start);
    let first = trim_ending(&raw[start..end]);
    if field_name(first).is_none() && !is_envelope_line(first) && goes_on_at_once(raw, end) { end } else { start }
}

fn goes_on_at_once(raw: &[u8], at: usize) -> bool {
    let line = trim_ending(&raw[at..line_end(raw, at)]);
    field_name(line).is_some_and(|(name, _)| is_known(name))
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
    fn a_hundred_thousand_fields_are_cut() {
        let (headers, body) = Headers::read(&b"X-A: b\r\n".repeat(100_000));
        assert_eq!((headers.all().count(), body), (MOST_FIELDS, 800_000));
    }
}
