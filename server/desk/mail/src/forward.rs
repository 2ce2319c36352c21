//! The mail inside a mail that a person forwarded by hand: who wrote it, to whom, when, what; and what stands above it.
//! Knows text only; whether the sender may forward in a customer's name is for the desk.

mod head;

use crate::{
    address::Mailbox,
    quote::{attribution, block, words},
};

/// Lines below this number are not searched.
const MOST_LINES: usize = 5_000;
/// Blank lines and the like between a separator and its headers.
const MOST_BETWEEN: usize = 4;

/// A forwarded mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forwarded {
    /// Its sender.
    pub from: Option<Mailbox>,
    /// Its `To`.
    pub to: Vec<Mailbox>,
    /// Its `Cc`.
    pub cc: Vec<Mailbox>,
    /// Its subject.
    pub subject: Option<String>,
    /// Its date, as it was written above it.
    pub date: Option<String>,
    /// Its text.
    pub text: String,
    /// What stands above it.
    pub before: String,
}

/// How much it takes to be taken for a forwarded mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// The subject says it: a header block or an attribution is enough.
    Forward,
    /// No subject: a reply would have its `Re:`, so headers are enough.
    None,
    /// Any other: only a line that says "forwarded" counts.
    Other,
}

/// Finds the forwarded mail in a text. A reply that quotes is none; the subject tells the two apart where the text does not.
pub fn find(subject: &str, text: &str) -> Option<Forwarded> {
    let text = attribution::plain_text(text);
    let lines: Vec<&str> = text.lines().collect();
    let subject = match subject.trim() {
        "" => Subject::None,
        said if words::is_forward_subject(said) => Subject::Forward,
        _ => Subject::Other,
    };
    by_separator(&lines, subject)
        .or_else(|| (subject != Subject::Other).then(|| by_headers(&lines)).flatten())
        .or_else(|| (subject == Subject::Forward).then(|| by_attribution(&lines)).flatten())
}

/// `---- Forwarded message ----` and headers below it.
fn by_separator(lines: &[&str], subject: Subject) -> Option<Forwarded> {
    let mut quoted_above = false;
    for (at, line) in lines.iter().take(MOST_LINES).enumerate() {
        let bare = unquoted(line);
        let is_above = block::is_forwarded(bare) || block::is_forwarded(words_before_headers(bare));
        let is_top = lines[..at].iter().all(|line| line.trim().is_empty());
        let is_separator =
            is_above || (block::between_dashes(bare).is_some() && (subject == Subject::Forward || (subject == Subject::None && is_top)));
        if is_separator
            && (!quoted_above || subject == Subject::Forward)
            && let Some(found) = below_separator(lines, at)
        {
            return Some(found);
        }
        quoted_above |= is_quote_start(lines, at);
    }
    None
}

fn is_quote_start(lines: &[&str], at: usize) -> bool {
    block::is_original(lines[at]) || block::headers(lines, at).is_some() || attribution::at(lines, at).is_some()
}

/// `----- Forwarded Message ----- From: …`: all in one line.
fn words_before_headers(line: &str) -> &str {
    let inner = line.trim_start_matches('-');
    match inner.find("--") {
        Some(end) if inner.len() < line.len() => {
            let rest = &inner[end..];
            let dashes = rest.len() - rest.trim_start_matches('-').len();
            &line[..line.len() - rest.len() + dashes]
        }
        _ => "",
    }
}

fn below_separator(lines: &[&str], at: usize) -> Option<Forwarded> {
    let is_quoted = lines[at].trim_start().starts_with('>');
    let inside = inside(lines, at, is_quoted);
    let first = unquoted(inside.first()?);
    let separator = words_before_headers(first);
    let on_the_line = first[separator.len()..].trim();
    if !separator.is_empty() && on_the_line.contains([':', '\u{ff1a}']) {
        let split = head::split_line(on_the_line);
        let rows: Vec<&str> = split.iter().map(String::as_str).collect();
        let headers = block::headers_below_separator(&rows, 0)?;
        let mut body: Vec<&str> = rows.get(headers.lines..).unwrap_or_default().to_vec();
        body.extend(&inside[1..]);
        return Some(head::forwarded(&headers.fields, &body, &lines[..at]));
    }
    let start = (1..inside.len().min(MOST_BETWEEN + 1)).find(|row| !inside[*row].trim().is_empty())?;
    let headers = block::headers_below_separator(&inside, start)?;
    Some(head::forwarded(&headers.fields, &inside[start + headers.lines..], &lines[..at]))
}

/// The first header block that nothing announces (Outlook).
fn by_headers(lines: &[&str]) -> Option<Forwarded> {
    for at in 0..lines.len().min(MOST_LINES) {
        let is_quoted = lines[at].trim_start().starts_with('>');
        if is_quoted && at > 0 && lines[at - 1].trim_start().starts_with('>') {
            continue;
        }
        let rows: Vec<&str> = if is_quoted { inside(lines, at, true) } else { lines[at..].iter().take(60).copied().collect() };
        let Some(headers) = block::headers(&rows, 0) else { continue };
        let body = if is_quoted { rows[headers.lines..].to_vec() } else { lines[at + headers.lines..].to_vec() };
        return Some(head::forwarded(&headers.fields, &body, &lines[..at]));
    }
    None
}

/// `On 3 Feb 2025, Ana wrote:` in a mail whose subject says that it is a forward.
fn by_attribution(lines: &[&str]) -> Option<Forwarded> {
    for at in 0..lines.len().min(MOST_LINES) {
        let Some(length) = attribution::at(lines, at) else { continue };
        let said = lines[at..at + length].iter().map(|line| unquoted(line)).collect::<Vec<_>>().join(" ");
        let from = head::sender_of(&said)?;
        let mut found = head::forwarded(&[], &lines[at + length..], &lines[..at]);
        found.from = Some(from);
        return Some(found);
    }
    None
}

/// The lines from one on, as the forwarded mail has them: without the quote marks that a program put before all of them.
fn inside<'a>(lines: &[&'a str], at: usize, is_quoted: bool) -> Vec<&'a str> {
    if !is_quoted {
        return lines[at..].to_vec();
    }
    lines[at..]
        .iter()
        .take_while(|line| line.trim_start().starts_with('>') || line.trim().is_empty())
        .map(|line| unquoted_once(line))
        .collect()
}

fn unquoted_once(line: &str) -> &str {
    let bare = line.trim_start();
    bare.strip_prefix('>').map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest))
}

fn unquoted(line: &str) -> &str {
    line.trim_start().trim_start_matches(['>', ' ']).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox(name: &str, address: &str) -> Mailbox {
        Mailbox { name: (!name.is_empty()).then(|| name.to_owned()), address: address.to_owned() }
    }

    #[test]
    fn a_forward_with_its_headers() {
        let text = "please help her\n\n---------- Forwarded message ---------\nFrom: Ana <ana@shop.example>\nDate: Mon, 3 Feb 2025\nSubject: broken\nTo: <me@desk.example>\nCc: Bo <bo@x.example>, c@x.example\n\nIt broke.\n\nAna\n";
        let found = find("Fwd: broken", text).expect("a forward");
        assert_eq!(found.from, Some(mailbox("Ana", "ana@shop.example")));
        assert_eq!(found.to, [mailbox("", "me@desk.example")]);
        assert_eq!(found.cc.len(), 2);
        assert_eq!((found.subject.as_deref(), found.date.as_deref()), (Some("broken"), Some("Mon, 3 Feb 2025")));
        assert_eq!((found.text.as_str(), found.before.as_str()), ("It broke.\n\nAna", "please help her"));
    }

    #[test]
    fn a_forward_by_quoting() {
        let text = "> Anfang der weitergeleiteten Nachricht:\n>\n> Von: \"Ana\" <ana@shop.example>\n> Betreff: kaputt\n> Datum: 3. Februar 2025\n> An: me@desk.example\n>\n> Es ist kaputt.\n> > zitiert\n";
        let found = find("kaputt", text).expect("a forward");
        assert_eq!(found.from, Some(mailbox("Ana", "ana@shop.example")));
        assert_eq!(found.text, "Es ist kaputt.\n> zitiert");
    }

    #[test]
    fn a_forward_known_by_its_subject() {
        let outlook =
            "siehe unten\n\nVon: Ana <ana@shop.example>\nGesendet: Montag\nAn: me@desk.example\nBetreff: kaputt\n\nEs ist kaputt.";
        assert_eq!(find("WG: kaputt", outlook).map(|found| found.text), Some("Es ist kaputt.".into()));
        assert_eq!(find("AW: kaputt", outlook), None);
        let attributed = "see\n\nOn 03/02/2025 10:12, \"Ana Lima\" <ana@shop.example> wrote:\n\n    It broke.\n";
        let found = find("FW: x", attributed).expect("a forward");
        assert_eq!((found.from, found.text.as_str()), (Some(mailbox("Ana Lima", "ana@shop.example")), "It broke."));
    }

    #[test]
    fn a_forward_inside_a_quote_is_no_forward() {
        let text = "thanks\n\nOn 3 Feb 2025, at 10:12, Bo wrote:\n\n> ---------- Forwarded message ---------\n> From: Ana <ana@shop.example>\n> Subject: x\n> To: b@c.example\n>\n> text";
        assert_eq!(find("Re: Fwd: x", text), None);
    }

    #[test]
    fn all_headers_in_one_line() {
        let text = "see\n   ----- Forwarded Message ----- From: Ana <ana@shop.example>To: \"me@desk.example\" <me@desk.example>Sent: Monday, February 3, 2025, 10:12:00 AM GMT+1Subject: broken\n It broke.";
        let found = find("Fw: broken", text).expect("a forward");
        assert_eq!(found.from, Some(mailbox("Ana", "ana@shop.example")));
        assert_eq!((found.subject.as_deref(), found.text.as_str(), found.before.as_str()), (Some("broken"), "It broke.", "see"));
    }
}
