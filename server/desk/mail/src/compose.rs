//! What we write: Markdown to text and HTML, and the marker above which an answer is written.
//! Knows nothing of sending and nothing of headers (`letter.rs`).

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html as cmark_html};
use serde::{Deserialize, Serialize};

pub use crate::letter::{Improper, Kind, Letter, LetterAttachment, references, subject};
use crate::{html, sanitise};

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
    fn the_marker_stands_on_top() {
        let marked = with_reply_marker(&markdown("Hi"), "-- reply above this line --", "0123abcd");
        assert!(marked.text.starts_with("-- reply above this line --\n\nHi"));
        assert!(marked.html.starts_with("<div class=\"rc-reply-above-0123abcd\""));
    }
}
