//! The parameters of a structured field: quoted or not, encoded words, RFC 2231 in pieces, and what mailers make of them.
//! Knows nothing of which field it is.

use crate::{charset, transfer};

/// Segments of a parameter (RFC 2231) beyond this are not read.
const MOST_SEGMENTS: usize = 64;

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
        let escaped =
            (byte == b'%').then(|| Some(transfer::hex(*bytes.get(at + 1)?)? << 4 | transfer::hex(*bytes.get(at + 2)?)?)).flatten();
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
    fn parameters_in_every_dress() {
        let read = |text: &str| parameters(text);
        assert_eq!(read(" charset=\"utf-8\" ; x=y"), [("charset".into(), "utf-8".into()), ("x".into(), "y".into())]);
        assert_eq!(read("name=\"a;b.txt\"")[0].1, "a;b.txt");
        assert_eq!(read("filename*0*=utf-8''gr%C3%BC; filename*1=n.txt")[0].1, "grün.txt");
        assert_eq!(read("name=\"=?ISO-8859-1?Q?gr=FCn?=.jpg\"")[0].1, "grün.jpg");
    }
}
