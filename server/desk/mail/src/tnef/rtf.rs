//! Rich text as words: unpacked (MS-OXRTFCP), then read as far as its text goes. Fonts matter for their charsets only.
//! One pass and no recursion; what it does not know says nothing.

use std::collections::HashMap;

use crate::charset;

/// Bytes of rich text that are unpacked at most.
const LONGEST: usize = 4 * 1024 * 1024;
/// Groups in groups beyond these end the text.
const DEEPEST: usize = 500;
/// Longest name of a control word.
const LONGEST_WORD: usize = 32;

const PACKED: u32 = 0x7546_5a4c;
const PLAIN: u32 = 0x414c_454d;
const WINDOW: usize = 4096;
/// What the window holds before the first byte.
const PRELOADED: &[u8; 207] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Unpacks; `None` when it is of no known kind.
pub(super) fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    let field = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let size = usize::try_from(field(4)?).ok()?.min(LONGEST);
    let packed = bytes.get(16..)?;
    match field(8)? {
        PACKED => Some(inflate(packed, size)),
        PLAIN => Some(packed[..packed.len().min(size)].to_vec()),
        _ => None,
    }
}

/// What was unpacked, and the last of it.
struct Unpacked {
    out: Vec<u8>,
    window: [u8; WINDOW],
    at: usize,
}

impl Unpacked {
    fn put(&mut self, byte: u8) {
        self.out.push(byte);
        self.window[self.at] = byte;
        self.at = (self.at + 1) % WINDOW;
    }
}

/// Eight steps for each byte of flags: a byte as it is, or a piece of the window.
fn inflate(packed: &[u8], size: usize) -> Vec<u8> {
    let mut unpacked = Unpacked { out: Vec::new(), window: [0; WINDOW], at: PRELOADED.len() };
    unpacked.window[..PRELOADED.len()].copy_from_slice(PRELOADED);
    let mut bytes = packed.iter().copied();
    while let Some(flags) = bytes.next() {
        for bit in 0..8 {
            let Some(first) = bytes.next().filter(|_| unpacked.out.len() < size) else { return unpacked.out };
            if (flags >> bit) & 1 == 0 {
                unpacked.put(first);
                continue;
            }
            let Some(second) = bytes.next() else { return unpacked.out };
            let piece = u16::from_be_bytes([first, second]);
            let (from, length) = (usize::from(piece >> 4), usize::from(piece & 15) + 2);
            if from == unpacked.at {
                return unpacked.out;
            }
            for step in 0..length {
                unpacked.put(unpacked.window[(from + step) % WINDOW]);
            }
        }
    }
    unpacked.out
}

/// What holds inside one pair of braces.
#[derive(Clone, Copy)]
struct Group {
    /// Nothing of it is shown.
    is_silent: bool,
    /// It is the list of fonts.
    is_fonts: bool,
    /// The font in use.
    font: i32,
    /// Characters behind a Unicode one that stand for it where Unicode is not known.
    stand_ins: usize,
}

struct Reader<'r> {
    rest: &'r [u8],
    group: Group,
    outer: Vec<Group>,
    /// Charsets of fonts.
    fonts: HashMap<i32, &'static str>,
    label: Option<&'r str>,
    /// Bytes whose charset is that of the font.
    bytes: Vec<u8>,
    /// Stand-ins still to be passed over.
    passed: usize,
    units: Vec<u16>,
    out: String,
}

/// The words of rich text; `label` is the charset that the rest of the mail uses.
pub(super) fn text(rtf: &[u8], label: Option<&str>) -> String {
    if !rtf.trim_ascii_start().starts_with(b"{\\rtf") {
        return String::new();
    }
    let group = Group { is_silent: false, is_fonts: false, font: -1, stand_ins: 1 };
    let mut reader = Reader {
        rest: rtf,
        group,
        outer: Vec::new(),
        fonts: HashMap::new(),
        label,
        bytes: Vec::new(),
        passed: 0,
        units: Vec::new(),
        out: String::new(),
    };
    while let Some((byte, rest)) = reader.rest.split_first() {
        reader.rest = rest;
        match byte {
            b'{' if reader.outer.len() >= DEEPEST => break,
            b'{' => {
                reader.flush();
                reader.outer.push(reader.group);
            }
            b'}' => {
                reader.flush();
                let Some(outer) = reader.outer.pop() else { break };
                reader.group = outer;
            }
            b'\\' => reader.control(),
            b'\r' | b'\n' | 0 => {}
            byte => reader.byte(*byte),
        }
    }
    reader.flush();
    reader.out
}

impl Reader<'_> {
    fn byte(&mut self, byte: u8) {
        if self.passed > 0 {
            self.passed -= 1;
        } else if !self.group.is_silent {
            self.flush_units();
            self.bytes.push(byte);
        }
    }

    fn say(&mut self, text: &str) {
        if !self.group.is_silent {
            self.flush();
            self.out.push_str(text);
        }
    }

    fn flush(&mut self) {
        if !self.bytes.is_empty() {
            let label = self.fonts.get(&self.group.font).copied().or(self.label);
            self.out.push_str(&charset::decode(&std::mem::take(&mut self.bytes), label));
        }
        self.flush_units();
    }

    fn flush_units(&mut self) {
        if !self.units.is_empty() {
            self.out.push_str(&String::from_utf16_lossy(&std::mem::take(&mut self.units)));
        }
    }

    /// What follows a backslash.
    fn control(&mut self) {
        let Some((first, rest)) = self.rest.split_first() else { return };
        if first.is_ascii_alphabetic() {
            let (word, number) = self.word();
            self.obey(&word, number);
            return;
        }
        self.rest = rest;
        match first {
            b'\'' => {
                let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                    self.rest = &rest[2..];
                    self.byte(byte);
                }
            }
            b'*' => self.group.is_silent = true,
            b'{' | b'}' | b'\\' => self.byte(*first),
            b'~' => self.say("\u{a0}"),
            b'_' => self.say("-"),
            b'\r' | b'\n' => self.say("\n"),
            _ => {}
        }
    }

    /// A control word and its number; a blank behind it belongs to it.
    fn word(&mut self) -> (String, Option<i32>) {
        let count = |bytes: &[u8], is: fn(&u8) -> bool| bytes.iter().take(LONGEST_WORD).take_while(|byte| is(byte)).count();
        let (name, rest) = self.rest.split_at(count(self.rest, u8::is_ascii_alphabetic));
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = count(&rest[sign..], u8::is_ascii_digit);
        let (number, behind) = if digits == 0 { (&rest[..0], rest) } else { rest.split_at(sign + digits) };
        self.rest = behind.strip_prefix(b" ").unwrap_or(behind);
        (String::from_utf8_lossy(name).into_owned(), String::from_utf8_lossy(number).parse().ok())
    }

    fn obey(&mut self, word: &str, number: Option<i32>) {
        match (word, number) {
            ("u", Some(number)) => {
                if !self.group.is_silent {
                    if !self.bytes.is_empty() {
                        self.flush();
                    }
                    self.units.push(u16::try_from(number.rem_euclid(0x1_0000)).unwrap_or(0xfffd));
                }
                self.passed = self.group.stand_ins;
            }
            ("uc", Some(number)) => self.group.stand_ins = usize::try_from(number).unwrap_or(1).min(16),
            ("bin", Some(number)) => {
                let length = usize::try_from(number).unwrap_or(0).min(self.rest.len());
                self.rest = &self.rest[length..];
            }
            ("ansicpg", Some(number)) => {
                self.label = u32::try_from(number).ok().and_then(charset::code_page).or(self.label);
            }
            ("f", Some(number)) => {
                self.flush();
                self.group.font = number;
            }
            ("fcharset", Some(number)) if self.group.is_fonts => {
                if let Some(label) = font_charset(number) {
                    self.fonts.insert(self.group.font, label);
                }
            }
            ("fonttbl", _) => (self.group.is_fonts, self.group.is_silent) = (true, true),
            (
                "colortbl" | "stylesheet" | "info" | "pict" | "object" | "fldinst" | "header" | "headerl" | "headerr" | "footer"
                | "footerl" | "footerr",
                _,
            ) => self.group.is_silent = true,
            ("par" | "line" | "row" | "sect" | "page", _) => self.say("\n"),
            ("tab" | "cell", _) => self.say("\t"),
            ("emdash", _) => self.say("\u{2014}"),
            ("endash", _) => self.say("\u{2013}"),
            ("lquote", _) => self.say("\u{2018}"),
            ("rquote", _) => self.say("\u{2019}"),
            ("ldblquote", _) => self.say("\u{201c}"),
            ("rdblquote", _) => self.say("\u{201d}"),
            ("bullet", _) => self.say("\u{2022}"),
            _ => {}
        }
    }
}

/// The charset behind the number of a font's; the usual Western one says no more than the mail itself.
fn font_charset(number: i32) -> Option<&'static str> {
    let page = match number {
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    };
    charset::code_page(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_rich_text() {
        for (rtf, words) in [
            (r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\colortbl;}\pard Hello\par {\b there}\tab \{you\}}", "Hello\nthere\t{you}"),
            (r"{\rtf1\ansi\ansicpg1252 gr\'fc\'dfe\line na\u239 ?ve \u-10179?\u-8704?}", "grüße\nnaïve 😀"),
            (r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 A;}}\f1 \'cf\'f0\'e8\f0 \'e9}", "При\u{e9}"),
            (r"{\rtf1\ansi\ansicpg932\uc2 \'93\'fa\'96\'7b \u26085\'93\'fa}", "日本 日"),
            (
                r#"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Hi {\field{\*\fldinst{HYPERLINK "x"}}{\fldrslt there}}{\*\htmltag72 </p>}\htmlrtf\par}\htmlrtf0 }"#,
                "Hi there\n",
            ),
            (r"{\rtf1 a\bin3 }}}b\'4", "ab4"),
            ("no rich text", ""),
        ] {
            assert_eq!(text(rtf.as_bytes(), Some("windows-1252")), words, "{rtf}");
        }
    }

    #[test]
    fn packed_text_is_unpacked() {
        // the example of MS-OXRTFCP, 3.1.1
        let packed = b"\x2d\x00\x00\x00\x2b\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg125\x42\x32\x0a\xf3\x20hel\x09\x00\x20bw\x05\xb0ld}\x0a\x80\x0f\xa0";
        assert_eq!(unpack(packed).as_deref(), Some(&b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"[..]));
        for cut in 0..packed.len() {
            let _ = unpack(&packed[..cut]);
        }
        assert_eq!(unpack(b"0123456789ab0123"), None);
    }
}
