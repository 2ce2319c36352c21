//! Files of the form mbox: mails behind each other, each after a line `From SENDER DATE`. Such lines inside of a mail have a `>` before;
//! lengths in headers are not believed. Read line by line, whatever its size and its line ends.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    sync::Arc,
};

use model::Moment;

use super::archive::{Found, HEAD_MOST, Place, Written};

/// Bytes of a line that are looked at.
const LINE_MOST: usize = 4_096;
/// What Thunderbird writes of a mail that it deleted and has not taken out of the file yet.
const EXPUNGED: u32 = 0x8;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Where the mails of a file are.
pub fn find(path: &Path) -> io::Result<Found> {
    let file = Arc::new(path.to_owned());
    let mut found = Found::default();
    let mut lines = Lines { from: BufReader::with_capacity(1 << 20, File::open(path)?), line: vec![] };
    let mut open: Option<Open> = None;
    let (mut at, mut after_blank) = (0, true);
    while let Some(length) = lines.next()? {
        let line = trimmed(&lines.line);
        if after_blank && is_separator(line) {
            if let Some(mail) = open.take() {
                mail.close(&file, at, &mut found);
            }
            open = Some(Open { at: at + length, head: vec![], in_head: true, kept: separator_date(line), blank: 0 });
        } else if let Some(mail) = &mut open {
            mail.take(&lines.line, line, length);
        }
        after_blank = trimmed(&lines.line).is_empty();
        at += length;
    }
    match open {
        Some(mail) => mail.close(&file, at, &mut found),
        None if at > 0 => {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "this is no mbox: it does not begin with a line `From SENDER DATE`"));
        }
        None => {}
    }
    Ok(found)
}

/// A mail as it was before it was written into such a file.
pub fn unquoted(bytes: Vec<u8>) -> Vec<u8> {
    let quoted = |line: &[u8]| {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        marks > 0 && line[marks..].starts_with(b"From ")
    };
    if !bytes.split_inclusive(|byte| *byte == b'\n').any(quoted) {
        return bytes;
    }
    let mut plain = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        plain.extend_from_slice(if quoted(line) { &line[1..] } else { line });
    }
    plain
}

/// The lines of a file, of each its beginning.
struct Lines<R> {
    from: R,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The next line's length with its end, all of it; the beginning is in `line`.
    fn next(&mut self) -> io::Result<Option<u64>> {
        self.line.clear();
        let mut length = 0;
        loop {
            let bytes = self.from.fill_buf()?;
            if bytes.is_empty() {
                return Ok((length > 0).then_some(length));
            }
            let end = bytes.iter().position(|byte| *byte == b'\n').map(|end| end + 1);
            let part = end.unwrap_or(bytes.len());
            let room = LINE_MOST.saturating_sub(self.line.len()).min(part);
            self.line.extend_from_slice(&bytes[..room]);
            self.from.consume(part);
            length += part as u64;
            if end.is_some() {
                return Ok(Some(length));
            }
        }
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A mail whose end is not found yet.
struct Open {
    at: u64,
    head: Vec<u8>,
    in_head: bool,
    kept: Option<Moment>,
    /// Length of the empty line that was last: it parts mails and belongs to none.
    blank: u64,
}

impl Open {
    fn take(&mut self, whole: &[u8], line: &[u8], length: u64) {
        self.blank = if line.is_empty() { length } else { 0 };
        self.in_head &= !line.is_empty() && self.head.len() < HEAD_MOST;
        if self.in_head {
            self.head.extend_from_slice(whole);
        }
    }

    fn close(self, file: &Arc<std::path::PathBuf>, end: u64, found: &mut Found) {
        if is_discarded(&self.head) {
            found.discarded += 1;
            return;
        }
        found.places.push(Place {
            file: file.clone(),
            at: self.at,
            size: (end - self.blank).saturating_sub(self.at),
            date: mail::date(&self.head).map(Moment),
            kept: self.kept,
            written: Written::Mbox,
        });
    }
}

/// Whether a line parts two mails: behind the sender stands a time of the day, as in no sentence that begins with *From*.
fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let time = |word: &[u8]| {
        word.len() >= 5 && word[0].is_ascii_digit() && word.contains(&b':') && word.iter().all(|c| c.is_ascii_digit() || *c == b':')
    };
    rest.split(|byte| *byte == b' ').skip(1).any(time)
}

/// When such a line says that the mail came: `Tue Nov 24 10:00:00 2026`, with a zone somewhere or none.
fn separator_date(line: &[u8]) -> Option<Moment> {
    let text = std::str::from_utf8(line).ok()?;
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let place = words.iter().position(|word| MONTHS.contains(word))?;
    let (day, time) = (words.get(place + 1)?, words.get(place + 2)?);
    let rest = words.get(place + 3..)?;
    let year = rest.iter().find(|word| word.len() == 4 && word.bytes().all(|c| c.is_ascii_digit()))?;
    let zone = rest.iter().find(|word| word.len() == 5 && word.starts_with(['+', '-'])).unwrap_or(&"+0000");
    mail::date(format!("Date: {day} {} {year} {time} {zone}\n\n", words[place]).as_bytes()).map(Moment)
}

/// Whether the program that wrote it had thrown it away, or it was never sent.
fn is_discarded(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    fields.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim())).any(|(name, value)| match name.as_str() {
        "x-mozilla-status" => u32::from_str_radix(value, 16).is_ok_and(|flags| flags & EXPUNGED != 0),
        // as mutt, Dovecot and others write deleted mails and drafts
        "x-status" => value.contains(['D', 'T']),
        "x-gmail-labels" => value.split(',').any(|label| matches!(label.trim().trim_matches('"'), "Trash" | "Spam" | "Drafts" | "Draft")),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(text: &str) -> (Vec<String>, Vec<Place>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive.mbox");
        std::fs::write(&path, text).unwrap();
        let found = find(&path).unwrap();
        let read = found.places.iter().map(|place| String::from_utf8(place.read().unwrap()).unwrap()).collect();
        (read, found.places)
    }

    #[test]
    fn mails_are_parted_by_their_lines_whatever_ends_them() {
        let text = "From ana@x.example Tue Nov 24 10:00:00 2026\nSubject: one\nContent-Length: 99999\n\nFrom me to you: hello\n\n\
                    From Monday on we are closed\n\nFrom - Wed Nov 25 11:30:00 +0100 2026\nSubject: two\n\nbye\n";
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let (mails, places) = mails(&text);
            assert_eq!(mails.len(), 2, "{mails:?}");
            let plain: Vec<String> = mails.iter().map(|mail| mail.replace('\r', "")).collect();
            assert_eq!(plain[0], "Subject: one\nContent-Length: 99999\n\nFrom me to you: hello\n\nFrom Monday on we are closed\n");
            assert_eq!(plain[1], "Subject: two\n\nbye\n");
            let kept: Vec<i64> = places.iter().filter_map(|place| place.kept).map(|at| at.0 / 1_000_000).collect();
            assert_eq!(kept, [1_795_514_400, 1_795_602_600]);
        }
    }

    #[test]
    fn marks_before_from_are_taken_away_once() {
        let (mails, _) = mails("From a@b Tue Nov 24 10:00:00 2026\nSubject: x\n\n>From here on\n>>From there\n> From nowhere\n");
        assert_eq!(mails, ["Subject: x\n\nFrom here on\n>From there\n> From nowhere\n"]);
    }

    #[test]
    fn the_date_of_the_header_is_read_without_the_mail() {
        let (_, places) = mails("From a@b Tue Nov 24 10:00:00 2026\nDate: Mon, 23 Nov 2026 12:00:00 +0100\nSubject: x\n\nDate: no\n");
        assert_eq!(places[0].date, Some(Moment(1_795_431_600_000_000)));
    }

    #[test]
    fn what_was_thrown_away_stays_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Inbox");
        let mail = |head: &str| format!("From - Tue Nov 24 10:00:00 2026\n{head}\nSubject: x\n\nHi\n\n");
        let heads = [
            "X-Mozilla-Status: 0009",
            "X-Mozilla-Status: 0001",
            "X-Status: AD",
            "X-Gmail-Labels: Inbox,Important",
            "X-Gmail-Labels: Trash,Unread",
        ];
        std::fs::write(&path, heads.map(mail).concat()).unwrap();
        let found = find(&path).unwrap();
        assert_eq!((found.places.len(), found.discarded), (2, 3));
    }

    #[test]
    fn other_files_are_refused_and_empty_ones_are_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "{\"chats\": []}\n").unwrap();
        assert!(find(&path).is_err());
        std::fs::write(&path, "").unwrap();
        assert!(find(&path).unwrap().places.is_empty());
        // a line that never ends takes no memory, and a mail may have one
        std::fs::write(&path, format!("From a@b Tue Nov 24 10:00:00 2026\nSubject: x\n\n{}", "y".repeat(3 << 20))).unwrap();
        assert_eq!(find(&path).unwrap().places[0].size, (3 << 20) + 12);
    }
}
