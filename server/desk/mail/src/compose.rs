//! What we write: Markdown to text and HTML, and the letter as a value with all that goes on the wire.
//! Knows nothing of sending; the server renders a letter to MIME. Addresses and keys are brought by the caller.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html as cmark_html};
use serde::{Deserialize, Serialize};

use crate::{address::Mailbox, html, sanitise};

/// References kept on a letter (email.md C3).
const MOST_REFERENCES: usize = 20;
/// Characters of a subject.
const LONGEST_SUBJECT: usize = 400;

/// A file that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterAttachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// The digest under which the bytes are kept.
    pub sha256: String,
    /// Its Content-ID, when the HTML shows it.
    pub cid: Option<String>,
}

/// All of a letter: two renderings of the same value give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// `From`.
    pub from: Mailbox,
    /// `Reply-To`: always ours.
    pub reply_to: Mailbox,
    /// `To`: the one recipient.
    pub to: Mailbox,
    /// The envelope sender (VERP).
    pub envelope_from: String,
    /// `Subject`.
    pub subject: String,
    /// `Message-ID` without brackets.
    pub message_id: String,
    /// `In-Reply-To` without brackets.
    pub in_reply_to: Option<String>,
    /// `References` without brackets, oldest first.
    pub references: Vec<String>,
    /// `Date`, microseconds UTC.
    pub date_micros: i64,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// Files.
    pub attachments: Vec<LetterAttachment>,
    /// What the MIME boundaries are made of, so that they are the same on each try.
    pub boundary_seed: String,
}

/// A letter that must not be sent as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Improper {
    /// A line break or control character in a header (name of the field).
    #[error("line break or control character in {0}")]
    Control(String),
    /// Not an address (name of the field).
    #[error("no valid address in {0}")]
    Address(&'static str),
    /// A header's name with characters that no name has.
    #[error("improper header name {0:?}")]
    HeaderName(String),
}

/// Why a letter is written: decides the headers against mail loops (email.md O7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person's words to the requester or a participant: vacation answers are wanted.
    Reply,
    /// A copy of a person's words to agents.
    Copy,
    /// An acknowledgement.
    Acknowledgement,
    /// Everything else that a machine writes.
    Notice,
}

impl Kind {
    /// The headers that mark a letter of this kind; the loop mark and the ticket are on every one.
    pub fn headers(self, loop_mark: &str, ticket: &str) -> Vec<(String, String)> {
        let all = [("X-Recado-Loop", loop_mark), ("X-Recado-Ticket", ticket)];
        let own: &[(&str, &str)] = match self {
            Self::Reply => &[],
            Self::Copy => &[("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply, DR, RN, NRN")],
            Self::Acknowledgement => &[("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")],
            Self::Notice => &[("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")],
        };
        all.iter().chain(own).filter(|(_, value)| !value.is_empty()).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }
}

impl Letter {
    /// Refuses what could break out of a header, or cannot be delivered.
    pub fn check(&self) -> Result<(), Improper> {
        for (field, mailbox) in [("From", &self.from), ("Reply-To", &self.reply_to), ("To", &self.to)] {
            if !mailbox.is_valid() {
                return Err(Improper::Address(field));
            }
            no_control(field, mailbox.name.as_deref().unwrap_or_default())?;
        }
        if !self.envelope_from.is_empty() && !crate::address::is_valid(&self.envelope_from) {
            return Err(Improper::Address("the envelope"));
        }
        no_control("Subject", &self.subject)?;
        no_control("Message-ID", &self.message_id)?;
        no_control("In-Reply-To", self.in_reply_to.as_deref().unwrap_or_default())?;
        for id in &self.references {
            no_control("References", id)?;
        }
        for (name, value) in &self.headers {
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                return Err(Improper::HeaderName(name.clone()));
            }
            no_control(name, value)?;
        }
        for file in &self.attachments {
            no_control("an attachment", &format!("{}{}{}", file.name, file.content_type, file.cid.as_deref().unwrap_or_default()))?;
        }
        Ok(())
    }
}

fn no_control(field: &str, value: &str) -> Result<(), Improper> {
    if value.chars().any(char::is_control) { Err(Improper::Control(field.to_owned())) } else { Ok(()) }
}

/// The references of an answer: those of the mail before it, its id, the ticket's constant id; the newest are kept.
pub fn references(before: &[String], answered: Option<&str>, ticket: &str) -> Vec<String> {
    let mut ids: Vec<String> = before.iter().map(String::as_str).chain(answered).filter(|id| *id != ticket && !id.is_empty()).map(str::to_owned).collect();
    let mut seen = std::collections::HashSet::new();
    ids.reverse();
    ids.retain(|id| seen.insert(id.clone()));
    ids.truncate(MOST_REFERENCES - 1);
    ids.push(ticket.to_owned());
    ids.reverse();
    ids
}

/// The subject of a letter: `Re: ` after the first, never twice, no line breaks, not too long.
pub fn subject(subject: &str, is_answer: bool) -> String {
    let plain: String = subject.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(LONGEST_SUBJECT).collect();
    if is_answer && !plain.to_lowercase().starts_with("re:") { format!("Re: {plain}") } else { plain }
}

/// The two forms of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// As text.
    pub text: String,
    /// As clean HTML.
    pub html: String,
}

/// Markdown to text and HTML. HTML in it is shown as it was typed, never obeyed; a single line break stays one.
pub fn markdown(source: &str) -> Written {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
    let events: Vec<Event<'_>> = Parser::new_ext(source, options)
        .map(|event| match event {
            Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
            Event::SoftBreak => Event::HardBreak,
            other => other,
        })
        .collect();
    let mut page = String::with_capacity(source.len() * 2);
    cmark_html::push_html(&mut page, events.iter().cloned());
    Written { text: plain(&events), html: sanitise::kept(&page) }
}

/// Markdown as a reader of plain text wants it: marks of emphasis gone, links with their address.
fn plain(events: &[Event<'_>]) -> String {
    let mut out = String::new();
    let mut lists: Vec<Option<u64>> = Vec::new();
    let mut links: Vec<(String, usize)> = Vec::new();
    let mut quotes: Vec<usize> = Vec::new();
    for event in events {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(text),
            Event::HardBreak => out.push('\n'),
            Event::Rule => out.push_str("---\n\n"),
            Event::Start(Tag::List(first)) => {
                end_line(&mut out);
                lists.push(*first);
            }
            Event::Start(Tag::Item) => {
                let indent = "  ".repeat(lists.len().saturating_sub(1));
                let mark = match lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
                end_line(&mut out);
                out.push_str(&indent);
                out.push_str(&mark);
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => links.push((dest_url.to_string(), out.len())),
            Event::End(TagEnd::Link | TagEnd::Image) => end_link(&mut links, &mut out),
            Event::Start(Tag::BlockQuote(_)) => quotes.push(out.len()),
            Event::End(TagEnd::BlockQuote(_)) => end_quote(&mut quotes, &mut out),
            Event::End(TagEnd::List(_)) => {
                lists.pop();
                if lists.is_empty() {
                    out.push('\n');
                }
            }
            Event::End(TagEnd::TableCell) => out.push('\t'),
            Event::End(TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead) => end_line(&mut out),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Table) => {
                end_line(&mut out);
                if lists.is_empty() {
                    out.push('\n');
                }
            }
            _ => {}
        }
    }
    out.trim_end().to_owned()
}

fn end_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

fn end_link(links: &mut Vec<(String, usize)>, out: &mut String) {
    if let Some((address, start)) = links.pop() {
        let is_said = out.get(start..).is_some_and(|text| text == address || format!("mailto:{text}") == address);
        if !is_said && !address.is_empty() {
            out.extend([" <", &address, ">"]);
        }
    }
}

fn end_quote(quotes: &mut Vec<usize>, out: &mut String) {
    if let Some(start) = quotes.pop() {
        let inside = out.split_off(start.min(out.len()));
        for line in inside.trim_end().lines() {
            out.push_str("> ");
            out.push_str(line);
            out.push('\n');
        }
        out.push('\n');
    }
}

/// Puts the marker above which an answer is written on top of both forms; `line` is the sentence in the reader's
/// language, `digits` come from [`crate::reply_address::Keys::reply_marker`].
pub fn with_reply_marker(written: &Written, line: &str, digits: &str) -> Written {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let digits: String = digits.chars().filter(char::is_ascii_hexdigit).take(8).collect();
    Written {
        text: format!("{line}\n\n{}", written.text),
        html: format!(
            "<div class=\"rc-reply-above-{digits}\" style=\"color:#8a8a8a;font-size:12px\">{}</div>\n{}",
            html::from_text(&line),
            written.html
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        let mailbox = |address: &str| Mailbox { name: Some("Ana".into()), address: address.into() };
        Letter {
            from: mailbox("t@in.example.com"),
            reply_to: mailbox("t@in.example.com"),
            to: mailbox("ana@example.com"),
            envelope_from: "b@in.example.com".into(),
            subject: "Hello".into(),
            message_id: "m@in.example.com".into(),
            in_reply_to: None,
            references: vec![],
            date_micros: 0,
            text: "a".into(),
            html: "<p>a</p>".into(),
            headers: vec![("X-A".into(), "b".into())],
            attachments: vec![],
            boundary_seed: "s".into(),
        }
    }

    #[test]
    fn markdown_has_two_forms() {
        let written = markdown("Hello **you**\nsecond line\n\n- one\n- two\n\n[here](https://a.example/x)\n\n> quoted");
        assert_eq!(written.text, "Hello you\nsecond line\n\n- one\n- two\n\nhere <https://a.example/x>\n\n> quoted");
        assert!(written.html.contains("<strong>you</strong><br>") || written.html.contains("<strong>you</strong><br"));
        assert!(written.html.contains("<li>one</li>") && written.html.contains("<blockquote>"));
    }

    #[test]
    fn html_in_markdown_is_shown_and_not_obeyed() {
        let written = markdown("a <img src=x onerror=alert(1)> <script>b</script>\n\n<div>c</div>");
        assert!(!written.html.contains("<img") && !written.html.contains("<script") && !written.html.contains("<div"));
        assert!(written.html.contains("&lt;script&gt;"));
        assert!(written.text.contains("<script>b</script>"));
        assert!(!markdown("[x](javascript:alert(1))").html.contains("javascript"));
    }

    #[test]
    fn a_letter_refuses_line_breaks_and_bad_addresses() {
        assert_eq!(letter().check(), Ok(()));
        let bad = Letter { subject: "a\r\nBcc: b@c.example".into(), ..letter() };
        assert_eq!(bad.check(), Err(Improper::Control("Subject".into())));
        let bad = Letter { headers: vec![("X-A\r\nB".into(), String::new())], ..letter() };
        assert_eq!(bad.check(), Err(Improper::HeaderName("X-A\r\nB".into())));
        let bad = Letter { to: Mailbox { name: None, address: "nobody".into() }, ..letter() };
        assert_eq!(bad.check(), Err(Improper::Address("To")));
    }

    #[test]
    fn references_keep_the_ticket_and_the_newest() {
        let before: Vec<String> = (0..50).map(|number| format!("{number}@x")).collect();
        let ids = references(&before, Some("answered@x"), "t.ticket@x");
        assert_eq!((ids.len(), ids[0].as_str(), ids[19].as_str()), (20, "t.ticket@x", "answered@x"));
    }

    #[test]
    fn a_subject_is_answered_once() {
        assert_eq!(subject("Hello\r\n there", true), "Re: Hello there");
        assert_eq!(subject("RE: Hello", true), "RE: Hello");
    }

    #[test]
    fn the_marker_stands_on_top() {
        let marked = with_reply_marker(&markdown("Hi"), "-- reply above this line --", "0123abcd");
        assert!(marked.text.starts_with("-- reply above this line --\n\nHi"));
        assert!(marked.html.starts_with("<div class=\"rc-reply-above-0123abcd\""));
    }
}
