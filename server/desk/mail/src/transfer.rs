//! Content-Transfer-Encoding undone, byte for byte: base64, quoted-printable, uuencode.
//! Lenient: what is no part of the alphabet is skipped, a cut end gives what came before it.

/// Undoes a part's transfer encoding by its name; an unknown name leaves the bytes as they are.
pub fn decode(bytes: &[u8], encoding: &str) -> Vec<u8> {
    match encoding {
        "base64" => base64(bytes),
        "quoted-printable" => quoted_printable(bytes),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => uuencoded(bytes).map_or_else(|| bytes.to_vec(), |file| file.bytes),
        _ => bytes.to_vec(),
    }
}

/// Base64 with everything foreign skipped. Padding ends a group, not the text: some mailers join two encodings.
pub fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for &byte in bytes {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                finish_group(bits, count, &mut out);
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    finish_group(bits, count, &mut out);
    out
}

fn finish_group(bits: u32, count: u32, out: &mut Vec<u8>) {
    match count {
        2 => out.push((bits >> 4).to_be_bytes()[3]),
        3 => out.extend_from_slice(&(bits >> 2).to_be_bytes()[2..]),
        _ => {}
    }
}

/// Quoted-printable of a body: soft breaks joined, blanks before a line's end dropped, bad escapes kept as written.
pub fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (content, ending) = split_ending(line);
        let content = content.trim_ascii_end();
        let (content, soft) = match content.strip_suffix(b"=") {
            // A line's end that is no escape of its own: a soft break.
            Some(kept) => (kept, true),
            None => (content, false),
        };
        escapes(content, false, &mut out);
        if !soft {
            out.extend_from_slice(ending);
        }
    }
    out
}

fn split_ending(line: &[u8]) -> (&[u8], &[u8]) {
    let length = match line {
        [.., b'\r', b'\n'] => line.len() - 2,
        [.., b'\n'] => line.len() - 1,
        _ => line.len(),
    };
    line.split_at(length)
}

/// The Q encoding of an encoded word: `_` is a blank.
pub fn quoted_word(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    escapes(bytes, true, &mut out);
    out
}

fn escapes(bytes: &[u8], underscore_is_blank: bool, out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'=').then(|| Some(hex(*bytes.get(at + 1)?)? << 4 | hex(*bytes.get(at + 2)?)?)).flatten();
        if let Some(value) = escaped {
            out.push(value);
            at += 3;
        } else {
            out.push(if underscore_is_blank && byte == b'_' { b' ' } else { byte });
            at += 1;
        }
    }
}

/// The value of a hexadecimal digit.
pub fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// A file inside a uuencoded block.
#[derive(Debug, PartialEq, Eq)]
pub struct UuFile {
    /// The name on the `begin` line.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Where the block starts and ends in the text.
    pub range: std::ops::Range<usize>,
}

/// The first uuencoded block of a text, if it is whole enough to be one: `begin MODE NAME`, lines, `end`.
pub fn uuencoded(text: &[u8]) -> Option<UuFile> {
    let mut offset = 0;
    let mut open: Option<UuFile> = None;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let (content, _) = split_ending(line);
        let end = offset + line.len();
        match &mut open {
            None => open = begin_line(content).map(|name| UuFile { name, bytes: Vec::new(), range: offset..end }),
            Some(file) if content.trim_ascii() == b"end" => {
                file.range.end = end;
                return (!file.bytes.is_empty()).then(|| open.take()).flatten();
            }
            Some(file) => {
                if !uu_line(content, &mut file.bytes) {
                    open = begin_line(content).map(|name| UuFile { name, bytes: Vec::new(), range: offset..end });
                }
            }
        }
        offset = end;
    }
    None
}

fn begin_line(line: &[u8]) -> Option<String> {
    let rest = line.strip_prefix(b"begin ")?;
    let (mode, name) = (rest.get(..3)?, rest.get(3..)?);
    let (mode_end, name) = if name.first().is_some_and(u8::is_ascii_digit) { (1, name.get(1..)?) } else { (0, name) };
    let name = name.strip_prefix(b" ")?.trim_ascii();
    (mode.iter().all(u8::is_ascii_digit) && mode_end <= 1 && !name.is_empty()).then(|| String::from_utf8_lossy(name).into_owned())
}

fn uu_line(line: &[u8], out: &mut Vec<u8>) -> bool {
    let Some((&first, body)) = line.split_first() else { return true };
    if !(b' '..=b'`').contains(&first) {
        return false;
    }
    let length = usize::from((first - b' ') & 0x3f);
    // Trailing blanks are often cut on the way, so a short body is filled up; a longer one by a check character is let be.
    if body.len() > length.div_ceil(3) * 4 + 2 || body.iter().any(|byte| !(b' '..=b'`').contains(byte)) {
        return false;
    }
    let mut decoded = Vec::with_capacity(length + 3);
    for group in body.chunks(4) {
        let bits = (0..4).fold(0u32, |bits, at| bits << 6 | u32::from(group.get(at).map_or(0, |byte| byte.wrapping_sub(b' ') & 0x3f)));
        decoded.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    decoded.resize(length, 0);
    out.extend_from_slice(&decoded);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_survives_line_breaks_padding_and_rubbish() {
        assert_eq!(base64(b"SGV s\r\nbG8="), b"Hello");
        assert_eq!(base64(b"SGVsbG8"), b"Hello");
        assert_eq!(base64(b"SGk=IQ=="), b"Hi!");
        assert_eq!(base64(b"*"), b"");
    }

    #[test]
    fn quoted_printable_keeps_what_is_no_escape() {
        assert_eq!(quoted_printable(b"a=3Db=\r\nc  \r\nd=zz"), b"a=bc\r\nd=zz");
        assert_eq!(quoted_printable(b"end="), b"end");
        assert_eq!(quoted_word(b"a_b=20c"), b"a b c");
    }

    #[test]
    fn a_uuencoded_file_is_found_in_a_text() {
        let text = b"see:\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nbye";
        let file = uuencoded(text).expect("a file");
        assert_eq!((file.name.as_str(), file.bytes.as_slice()), ("cat.txt", &b"Cat"[..]));
        assert_eq!(&text[file.range.clone()][..5], b"begin");
        assert_eq!(uuencoded(b"begin 644 reading this\nlong story that is none\n"), None);
    }
}
