//! Reads what a program wrote above a forwarded mail: its small headers, all headers in one line, or an attribution.
//! Knows no mail as a whole.

use crate::{
    address::{self, Mailbox},
    forward::Forwarded,
    quote::words::{self, Field},
};

/// Characters in which the name of a header in the middle of a line is looked for.
const LONGEST_NAME: usize = 40;
/// Headers that one line may hold.
const MOST_IN_LINE: usize = 30;

/// Puts a forwarded mail together.
pub(super) fn forwarded(fields: &[(Field, String)], body: &[&str], before: &[&str]) -> Forwarded {
    let first = |wanted: Field| fields.iter().find(|(field, _)| *field == wanted).map(|(_, value)| value.trim().to_owned());
    let list = |wanted: Field| first(wanted).map(|value| mailboxes(&value)).unwrap_or_default();
    Forwarded {
        from: first(Field::From).and_then(|value| mailboxes(&value).into_iter().next()),
        to: list(Field::To),
        cc: list(Field::Cc),
        subject: first(Field::Subject).filter(|subject| !subject.is_empty()),
        date: first(Field::Date).filter(|date| !date.is_empty()),
        text: text(body),
        before: above(before),
    }
}

/// The lines above, without the rule that belongs to the separator.
fn above(lines: &[&str]) -> String {
    let mut lines = lines.to_vec();
    while lines.last().is_some_and(|line| line.trim().is_empty() || crate::quote::block::is_rule(line)) {
        lines.pop();
    }
    lines.join("\n").trim().to_owned()
}

/// The text; quote marks or an indent that stand before each line are not its own.
fn text(lines: &[&str]) -> String {
    let written = || lines.iter().filter(|line| !line.trim().is_empty());
    if written().next().is_some() && written().all(|line| line.trim_start().starts_with('>')) {
        let bare: Vec<&str> = lines.iter().map(|line| super::unquoted_once(line)).collect();
        return trimmed(&bare);
    }
    let indent = written().map(|line| line.len() - line.trim_start_matches(' ').len()).min().unwrap_or(0);
    let dedented: Vec<&str> = lines.iter().map(|line| line.get(indent..).unwrap_or("")).collect();
    trimmed(&dedented)
}

fn trimmed(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Reads addresses as programs write them for people: `Ana<mailto:a@b>`, `Ana [mailto:a@b]`, `Ana (a@b)`, "on behalf of".
fn mailboxes(value: &str) -> Vec<Mailbox> {
    let value = without_links(value);
    let value = value.split(" on behalf of ").next().unwrap_or(&value).replace('*', "");
    let value = value.replace(['„', '“', '”', '«', '»'], "\"");
    address::list(&value).into_iter().filter(Mailbox::is_valid).map(nameless_if_same).collect()
}

fn nameless_if_same(mut mailbox: Mailbox) -> Mailbox {
    let address = mailbox.address.clone();
    mailbox.name = mailbox.name.filter(|name| !name.eq_ignore_ascii_case(&address));
    mailbox
}

/// A link that repeats the address before it goes; a link that is the only address becomes it.
fn without_links(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find("mailto:").filter(|at| rest[..*at].ends_with(['<', '['])) {
        let close = if rest[..at].ends_with('<') { '>' } else { ']' };
        let link = &rest[at + "mailto:".len()..];
        let end = link.find(close).unwrap_or(link.len());
        let (address, behind) = (&link[..end], link.get(end + 1..).unwrap_or(""));
        out.push_str(&rest[..at - 1]);
        let person = out.rsplit([',', ';']).next().unwrap_or_default();
        let next = behind.split([',', ';']).next().unwrap_or_default();
        let next = next.split("<mailto:").next().unwrap_or_default();
        if !person.contains('@') && !next.contains('@') {
            out.push_str(" <");
            out.push_str(address);
            out.push('>');
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Breaks `From: a To: b Subject: c` before each header's name.
pub(super) fn split_line(line: &str) -> Vec<String> {
    let mut starts: Vec<usize> = Vec::new();
    for (at, _) in line.match_indices([':', '>']) {
        let found = if line[at..].starts_with('>') { nameless_colon(line, at + 1) } else { name_before(line, at) };
        if let Some(start) = found.filter(|start| starts.last().is_none_or(|last| start > last)) {
            starts.push(start);
        }
        if starts.len() >= MOST_IN_LINE {
            break;
        }
    }
    let mut rows: Vec<String> = Vec::new();
    for (row, start) in starts.iter().enumerate() {
        let end = starts.get(row + 1).copied().unwrap_or(line.len());
        rows.push(with_colon(line[*start..end].trim()));
    }
    rows
}

/// The longest header's name that ends at a colon, and is not the end of another word.
fn name_before(line: &str, colon: usize) -> Option<usize> {
    let from = line.floor_char_boundary(colon.saturating_sub(LONGEST_NAME));
    let head = line[from..colon].trim_end();
    head.char_indices().find_map(|(at, c)| {
        let before = head[..at].chars().next_back().or_else(|| line[..from].chars().next_back());
        // `CETSubject:` a new word starts where capitals end.
        let is_start = c.is_alphabetic() && before.is_none_or(|b| !b.is_alphabetic() || (b.is_uppercase() && c.is_uppercase()));
        (is_start && words::field(&head[at..]).is_some()).then_some(from + at)
    })
}

/// Some programs forget the colon: `<a@b>Dw Ana <…>`.
fn nameless_colon(line: &str, at: usize) -> Option<usize> {
    let word = line[at..].split(char::is_whitespace).next().filter(|word| !word.is_empty())?;
    words::field(word).map(|_| at)
}

fn with_colon(row: &str) -> String {
    if crate::quote::block::header(row).is_some() {
        return row.to_owned();
    }
    row.replacen(' ', ": ", 1)
}

/// The sender that an attribution names.
pub(super) fn sender_of(said: &str) -> Option<Mailbox> {
    let said = without_links(said).replace(['„', '“', '”', '«', '»'], "\"");
    let word = said.split(|c: char| c.is_whitespace() || "<>()[]\",;".contains(c)).find(|word| word.contains('@'))?;
    let address = address::tidy(word);
    if !address::is_valid(&address) {
        return None;
    }
    let before = said[..said.find(word)?].trim_end_matches(|c: char| c.is_whitespace() || "<([".contains(c));
    Some(nameless_if_same(Mailbox { name: name_at_end(before), address }))
}

/// The name in quotes at the end, or the last words that are written as names are.
fn name_at_end(text: &str) -> Option<String> {
    if let Some(inner) = text.strip_suffix('"') {
        let name = inner.rsplit('"').next().unwrap_or(inner).trim();
        return (!name.is_empty()).then(|| name.to_owned());
    }
    let mut words: Vec<&str> = text
        .rsplit(char::is_whitespace)
        .take_while(|word| {
            word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
                && !word.ends_with([',', ':', '.'])
                && !matches!(*word, "AM" | "PM" | "Uhr")
        })
        .take(5)
        .collect();
    words.reverse();
    (!words.is_empty()).then(|| words.join(" "))
}
