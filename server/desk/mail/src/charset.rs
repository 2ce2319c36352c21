//! Bytes to text: declared charsets, undeclared ones, wrong ones, and the encoded words of headers (RFC 2047).
//! Knows nothing of mail structure; never fails, the worst answer is a text with replacement characters.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16LE, WINDOWS_1252};

use crate::transfer;

/// An encoded word longer than this is no encoded word; the bound keeps the search for its end linear.
const LONGEST_WORD: usize = 8192;

/// Decodes a body. A declared charset is believed unless the bytes contradict it and are valid UTF-8.
pub fn decode(bytes: &[u8], label: Option<&str>) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let label = label.map(clean_label).filter(|label| !label.is_empty());
    let Some(label) = label else {
        return guess(bytes, None);
    };
    if let Some(encoding) = encoding(&label) {
        return known(bytes, encoding);
    }
    // UTF-7 and the old DOS code pages are not on the web's list; the mail parser has tables for them.
    match mail_parser::decoders::charsets::map::charset_decoder(label.as_bytes()) {
        Some(decoder) => decoder(bytes),
        None => guess(bytes, None),
    }
}

fn known(bytes: &[u8], encoding: &'static Encoding) -> String {
    if encoding == UTF_8 {
        return match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => broken_utf8(bytes),
        };
    }
    if encoding.is_ascii_compatible() && !bytes.is_ascii() && is_plausible_utf8(bytes) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    // "us-ascii" and "latin1" with bytes that neither has are common; the web reads both as windows-1252.
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    if !malformed {
        return text.into_owned();
    }
    // Japanese mailers say ISO-2022-JP and send Shift_JIS: a charset that reads all of it is the better one.
    let (other, still_malformed) = detect(bytes).decode_without_bom_handling(bytes);
    if still_malformed { text.into_owned() } else { other.into_owned() }
}

/// Said to be UTF-8 and is not: a few bad bytes stay replacement characters, a whole text of them is another charset.
fn broken_utf8(bytes: &[u8]) -> String {
    let lossy = String::from_utf8_lossy(bytes);
    let bad = lossy.chars().filter(|&c| c == '\u{fffd}').count();
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    if bad * 2 > high { guess(bytes, None) } else { lossy.into_owned() }
}

/// Latin text is almost never valid UTF-8 with several multi-byte characters by chance.
fn is_plausible_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

/// Decodes bytes of which nobody said the charset; `hint` is the charset that the rest of the mail uses.
pub fn guess(bytes: &[u8], hint: Option<&'static Encoding>) -> String {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains('\u{1b}')
    {
        return text.to_owned();
    }
    if let Some(encoding) = hint.filter(|encoding| *encoding != UTF_8) {
        let (text, malformed) = encoding.decode_without_bom_handling(bytes);
        if !malformed {
            return text.into_owned();
        }
    }
    detect(bytes).decode_without_bom_handling(bytes).0.into_owned()
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    // The first 64 KiB say as much as the whole.
    detector.feed(&bytes[..bytes.len().min(65_536)], true);
    detector.guess(None, Utf8Detection::Allow)
}

/// The encoding behind a label as mails write them.
pub fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = clean_label(label);
    let found = match label.as_str() {
        "cp932" | "windows-932" | "ms932" => "shift_jis",
        "cp936" | "ms936" | "x-gbk" | "hz-gb-2312" => "gbk",
        "cp949" | "ms949" | "uhc" => "euc-kr",
        "cp950" => "big5",
        "utf-8-mac" | "utf8mb4" | "unicode-1-1-utf-8" => "utf-8",
        "utf-16" => return Some(UTF_16LE),
        "ansi" | "default" | "unknown-8bit" | "8bit" | "us" => return None,
        other => other,
    };
    Encoding::for_label(found.as_bytes())
        .or_else(|| found.strip_prefix("cp").and_then(|page| Encoding::for_label(format!("windows-{page}").as_bytes())))
        .or_else(|| (found.starts_with("ansi_x3") || found.starts_with("iso646")).then_some(WINDOWS_1252))
}

/// The label of a code page of Windows, as its programs number them.
pub fn code_page(page: u32) -> Option<&'static str> {
    const LATIN: [&str; 16] = [
        "iso-8859-1",
        "iso-8859-2",
        "iso-8859-3",
        "iso-8859-4",
        "iso-8859-5",
        "iso-8859-6",
        "iso-8859-7",
        "iso-8859-8",
        "iso-8859-9",
        "iso-8859-10",
        "iso-8859-11",
        "iso-8859-12",
        "iso-8859-13",
        "iso-8859-14",
        "iso-8859-15",
        "iso-8859-16",
    ];
    const WINDOWS: [&str; 9] = [
        "windows-1250",
        "windows-1251",
        "windows-1252",
        "windows-1253",
        "windows-1254",
        "windows-1255",
        "windows-1256",
        "windows-1257",
        "windows-1258",
    ];
    let of = |list: &[&'static str], first: u32| list.get(usize::try_from(page - first).ok()?).copied();
    match page {
        1250..=1258 => of(&WINDOWS, 1250),
        28591..=28606 => of(&LATIN, 28591),
        65001 => Some("utf-8"),
        20127 => Some("us-ascii"),
        874 => Some("windows-874"),
        932 => Some("shift_jis"),
        936 | 52936 => Some("gbk"),
        949 | 51949 => Some("euc-kr"),
        950 => Some("big5"),
        20866 => Some("koi8-r"),
        21866 => Some("koi8-u"),
        50220..=50222 => Some("iso-2022-jp"),
        51932 => Some("euc-jp"),
        54936 => Some("gb18030"),
        437 => Some("cp437"),
        850 => Some("cp850"),
        _ => None,
    }
}

fn clean_label(label: &str) -> String {
    label
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '+'))
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// Decodes the encoded words of an unfolded header. Blanks between two of them are no part of the text, and
/// bytes of neighbours in one charset are joined first: some mailers cut characters in two.
pub fn words(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut held: Option<(String, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let (before, candidate) = rest.split_at(start);
        let Some((charset, bytes, length)) = word(candidate) else {
            flush(&mut held, &mut out);
            out.push_str(before);
            out.push_str("=?");
            rest = &candidate[2..];
            continue;
        };
        let adjacent = held.is_some() && before.trim().is_empty();
        if !adjacent {
            flush(&mut held, &mut out);
            out.push_str(before);
        }
        match &mut held {
            Some((same, joined)) if same.eq_ignore_ascii_case(&charset) => joined.extend(bytes),
            _ => {
                flush(&mut held, &mut out);
                held = Some((charset, bytes));
            }
        }
        rest = &candidate[length..];
    }
    flush(&mut held, &mut out);
    out.push_str(rest);
    out
}

fn flush(held: &mut Option<(String, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = held.take() {
        out.push_str(&decode(&bytes, Some(&charset)));
    }
}

/// One encoded word at the start of `text`: its charset, its bytes and its length.
fn word(text: &str) -> Option<(String, Vec<u8>, usize)> {
    let window = &text.as_bytes()[..text.len().min(LONGEST_WORD)];
    let charset_end = 2 + window.get(2..)?.iter().take(60).position(|byte| *byte == b'?')?;
    let charset = text.get(2..charset_end)?;
    if charset.is_empty() || charset.contains(char::is_whitespace) {
        return None;
    }
    let kind = *window.get(charset_end + 1)?;
    if *window.get(charset_end + 2)? != b'?' {
        return None;
    }
    let body_start = charset_end + 3;
    let body_length = end_of_word(window.get(body_start..)?)?;
    let body = window.get(body_start..body_start + body_length)?;
    let bytes = match kind {
        b'b' | b'B' => transfer::base64(body),
        b'q' | b'Q' => transfer::quoted_word(body),
        _ => return None,
    };
    let charset = charset.split('*').next().unwrap_or_default().to_owned();
    Some((charset, bytes, body_start + body_length + 2))
}

/// Where `?=` ends a word. A question mark inside is not allowed and yet seen; a few are looked past.
fn end_of_word(rest: &[u8]) -> Option<usize> {
    let marks = rest.iter().enumerate().filter(|(_, byte)| **byte == b'?').map(|(at, _)| at);
    marks.take(8).find(|at| rest.get(at + 1) == Some(&b'='))
}

/// A header's bytes as text, before its encoded words are read.
pub fn header<'b>(bytes: &'b [u8], hint: Option<&'static Encoding>) -> Cow<'b, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\u{1b}') => Cow::Borrowed(text),
        _ => Cow::Owned(guess(bytes, hint)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_are_joined_before_they_are_decoded() {
        // "ü" cut between two words, as some mailers do.
        assert_eq!(words("=?utf-8?Q?f=C3?= =?utf-8?Q?=BCr?="), "für");
        assert_eq!(words("Re: =?ISO-8859-1?Q?gr=FC=DFe?= dort"), "Re: grüße dort");
        assert_eq!(words("=?utf-8?B?w7Y=?= =?iso-8859-1?Q?=E4?="), "öä");
        assert_eq!(words("kein =?wort"), "kein =?wort");
        assert_eq!(words("=?utf-8*de?Q?a_b?="), "a b");
    }

    #[test]
    fn a_wrong_label_is_outvoted_by_valid_utf8() {
        assert_eq!(decode("größe".as_bytes(), Some("iso-8859-1")), "größe");
        assert_eq!(decode(b"gr\xf6\xdfe", Some("iso-8859-1")), "größe");
        assert_eq!(decode(b"gr\xf6\xdfe", Some("utf-8")), "größe");
        assert_eq!(decode(b"plain", Some("nonsense")), "plain");
    }

    #[test]
    fn many_openings_of_words_take_linear_time() {
        let text = "=?a?q?x ".repeat(100_000);
        assert!(words(&text) == text, "nothing to decode, nothing to lose");
    }
}
