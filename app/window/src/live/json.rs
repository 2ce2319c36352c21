//! Reads JSON, as much of it as the server and a site's page send: whole numbers, no more. serde's reader would be a third of the
//! window's wasm. Knows no noun.

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// Nothing, or not there.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A number, without what is behind its point.
    Number(i64),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Json>),
    /// Values by name.
    Map(Vec<(String, Json)>),
}

/// Something that can be read from JSON.
pub trait Read: Sized {
    /// None if it is something else.
    fn read(json: &Json) -> Option<Self>;
}

/// What stands for values that are not there.
static NULL: Json = Json::Null;
/// Deepest nesting that is read.
const DEEPEST: u8 = 32;

impl Json {
    /// Reads a text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = Rest { bytes: text.as_bytes(), at: 0 };
        let value = rest.value(0)?;
        rest.space();
        (rest.at == text.len()).then_some(value)
    }

    /// A value by its name.
    pub fn get(&self, name: &str) -> &Self {
        match self {
            Self::Map(all) => all.iter().find(|(known, _)| known == name).map_or(&NULL, |(_, value)| value),
            _ => &NULL,
        }
    }

    /// A value by its name, read.
    pub fn field<T: Read>(&self, name: &str) -> Option<T> {
        T::read(self.get(name))
    }

    /// A text by its name, or the empty one.
    pub fn text(&self, name: &str) -> String {
        self.field(name).unwrap_or_default()
    }

    /// The values of a list.
    pub fn list(&self) -> &[Self] {
        match self {
            Self::List(all) => all,
            _ => &[],
        }
    }
}

struct Rest<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Rest<'_> {
    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Option<u8> {
        self.space();
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.next() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        self.bytes[self.at..].starts_with(word.as_bytes()).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self, depth: u8) -> Option<Json> {
        if depth > DEEPEST {
            return None;
        }
        match self.next()? {
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Flag(true)),
            b'f' => self.word("false", Json::Flag(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => self.all(b']', &mut |rest| rest.value(depth + 1)).map(Json::List),
            b'{' => {
                let mut all = vec![];
                self.all(b'}', &mut |rest| {
                    rest.next()?;
                    let name = rest.string()?;
                    let value = if rest.eat(b':') { rest.value(depth + 1)? } else { return None };
                    all.push((name, value));
                    Some(Json::Null)
                })?;
                Some(Json::Map(all))
            }
            _ => self.number(),
        }
    }

    fn all(&mut self, end: u8, one: &mut dyn FnMut(&mut Self) -> Option<Json>) -> Option<Vec<Json>> {
        let mut all = vec![];
        self.at += 1;
        while !self.eat(end) {
            if !all.is_empty() && !self.eat(b',') {
                return None;
            }
            all.push(one(self)?);
        }
        Some(all)
    }

    fn number(&mut self) -> Option<Json> {
        let negative = self.eat(b'-');
        let (start, mut number) = (self.at, 0_i64);
        while let Some(digit) = self.bytes.get(self.at).filter(|byte| byte.is_ascii_digit()) {
            number = number.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
            self.at += 1;
        }
        if start == self.at {
            return None;
        }
        while matches!(self.bytes.get(self.at), Some(b'.' | b'e' | b'E' | b'+' | b'-' | b'0'..=b'9')) {
            self.at += 1;
        }
        Some(Json::Number(if negative { -number } else { number }))
    }

    fn string(&mut self) -> Option<String> {
        if !self.eat(b'"') {
            return None;
        }
        let mut out = vec![];
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => return String::from_utf8(out).ok(),
                b'\\' => {
                    let c = self.escaped()?;
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                byte => out.push(byte),
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(match byte {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let high = self.unit()?;
                let mut code = high;
                if (0xd800..0xdc00).contains(&high) && self.bytes[self.at..].starts_with(b"\\u") {
                    self.at += 2;
                    code = 0x10000 + ((high - 0xd800) << 10) + (self.unit()?.wrapping_sub(0xdc00) & 0x3ff);
                }
                char::from_u32(code).unwrap_or('\u{fffd}')
            }
            other => char::from(other),
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let mut code = 0;
        for _ in 0..4 {
            code = code * 16 + char::from(*self.bytes.get(self.at)?).to_digit(16)?;
            self.at += 1;
        }
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_serde_writes_is_read() {
        let text = r#" {"a":[1,-2,3.5e2,null,true,false],"b":{"c":"x\"\\\n\u00e9\ud83d\ude42é"},"d":[],"e":{}} "#;
        let json = Json::parse(text).unwrap();
        let numbers = [Json::Number(1), Json::Number(-2), Json::Number(3), Json::Null, Json::Flag(true), Json::Flag(false)];
        assert_eq!(json.get("a").list(), numbers);
        assert_eq!(json.get("b").get("c"), &Json::Text("x\"\\\né🙂é".into()));
        assert_eq!((json.get("d"), json.get("e"), json.get("f")), (&Json::List(vec![]), &Json::Map(vec![]), &Json::Null));
    }

    #[test]
    fn what_is_broken_is_not_read() {
        for text in ["", "{", "[1", "[1 2]", "{\"a\"}", "{a:1}", "\"x", "\"\\u12\"", "nul", "1 2", "-", "[,]"] {
            assert_eq!(Json::parse(text), None, "{text}");
        }
        assert_eq!(Json::parse(&"[".repeat(100_000)), None);
    }
}
