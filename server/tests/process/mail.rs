//! Mails of strangers, numbered: the same number is the same mail, byte for byte, so that it can be sent again. Between 1 KB and 1 MB;
//! a large one carries a file. Knows what each must look like when it was filed.

use std::fmt::Write as _;

use super::Dice;

/// A mail to be sent.
pub struct Mail {
    /// Stands in its first line, and nowhere else.
    pub token: String,
    /// Message-ID without brackets.
    pub id: String,
    /// Size of its file, when it has one.
    pub file: Option<usize>,
    /// Its file in base64, in lines; empty without one.
    pub encoded: String,
    /// The whole of it.
    pub raw: Vec<u8>,
}

impl Mail {
    /// The mail of a number.
    pub fn of(number: u64) -> Self {
        let mut dice = Dice::new(number);
        let (token, id) = (format!("token-{number:08}"), format!("{number:08}.{:x}@peer.example", dice.roll(1, u64::MAX / 2)));
        let text = words(&token, dice.roll(600, 4_000), &mut dice);
        let file = match dice.roll(1, 100) {
            1..=70 => None,
            71..=90 => Some(dice.roll(5_000, 40_000)),
            91..=97 => Some(dice.roll(60_000, 200_000)),
            _ => Some(dice.roll(600_000, 750_000)),
        };
        Self::made(number, (token, id, text), file, &mut dice)
    }

    /// The mail of a number with a file of so many bytes.
    pub fn with_file(number: u64, size: u64) -> Self {
        let mut dice = Dice::new(number);
        let token = format!("token-{number:08}");
        let text = words(&token, 600, &mut dice);
        Self::made(number, (token, format!("{number:08}.large@peer.example"), text), Some(size), &mut dice)
    }

    fn made(number: u64, (token, id, text): (String, String, String), file: Option<u64>, dice: &mut Dice) -> Self {
        let mut content = String::new();
        let mut head = format!(
            "From: Person {number} <person{number}@peer.example>\r\nTo: Support <support@shop.example>\r\nSubject: Question {number}\r\n\
             Message-ID: <{id}>\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        );
        match file {
            None => {
                let _ = write!(head, "Content-Type: text/plain; charset=utf-8\r\n\r\n{text}");
            }
            Some(size) => {
                let _ = write!(
                    head,
                    "Content-Type: multipart/mixed; boundary=\"cut\"\r\n\r\n--cut\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
                );
                let _ = write!(
                    head,
                    "--cut\r\nContent-Type: application/octet-stream; name=\"file-{number}.bin\"\r\nContent-Disposition: attachment; filename=\"file-{number}.bin\"\r\n"
                );
                content = encoded(size, dice);
                let _ = write!(head, "Content-Transfer-Encoding: base64\r\n\r\n{content}\r\n--cut--\r\n");
            }
        }
        let file = file.and_then(|size| usize::try_from(size / 3 * 3).ok());
        Self { token, id, file, encoded: content, raw: head.into_bytes() }
    }
}

/// The token of a text that begins with one.
pub fn token(text: &str) -> Option<&str> {
    let line = text.lines().next()?;
    line.split_whitespace().next().filter(|word| word.starts_with("token-"))
}

fn words(token: &str, size: u64, dice: &mut Dice) -> String {
    const WORDS: [&str; 12] = ["the", "parcel", "has", "not", "arrived", "please", "look", "again", "invoice", "seems", "wrong", "thanks"];
    let mut text = format!("{token}\r\n\r\n");
    let mut line = 0;
    while (text.len() as u64) < size {
        let word = WORDS[usize::try_from(dice.roll(0, 11)).unwrap_or(0)];
        text.push_str(word);
        line += word.len() + 1;
        text.push_str(if line > 66 { "\r\n" } else { " " });
        line = if line > 66 { 0 } else { line };
    }
    text.push_str("\r\n");
    text
}

/// So many bytes of noise in base64, a multiple of three.
fn encoded(size: u64, dice: &mut Dice) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    let (mut bits, mut left) = (0, 0);
    for at in 0..size / 3 * 4 {
        if left == 0 {
            (bits, left) = (dice.roll(0, u64::MAX - 1), 10);
        }
        out.push(char::from(DIGITS[usize::try_from(bits & 63).unwrap_or(0)]));
        (bits, left) = (bits >> 6, left - 1);
        if at % 76 == 75 {
            out.push_str("\r\n");
        }
    }
    out
}
