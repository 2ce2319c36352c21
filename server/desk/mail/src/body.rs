//! Which parts of a mail are its words: text and HTML, several of either, flowed or not; the rest is for `attachment.rs`.
//! Knows nothing of quoting: the whole body is kept here.

use crate::{
    attachment, html,
    mime::Part,
    tnef,
    transfer::{self, UuFile},
};

/// Body text beyond this is cut (email.md B: 1 MiB); the raw mail is kept elsewhere.
pub const LONGEST: usize = 1024 * 1024;
/// A page with as many links is no letter; only its text is shown.
const MOST_LINKS: usize = 5000;
/// Uuencoded files taken out of one text.
const MOST_UU_FILES: usize = 20;

/// The words of a mail, and the parts that are none.
#[derive(Debug, Default)]
pub struct Body<'a, 'x> {
    /// As text; of HTML if there was no text.
    pub text: String,
    /// As HTML, if some part was.
    pub html: Option<String>,
    /// Files that stood in the text itself.
    pub uuencoded: Vec<UuFile>,
    /// All other parts.
    pub others: Vec<Other<'a, 'x>>,
}

/// A part that is not the body, and where it stood.
#[derive(Debug, Clone, Copy)]
pub struct Other<'a, 'x> {
    /// The part.
    pub part: &'a Part<'x>,
    /// Inside `multipart/alternative`: another way to say the same.
    pub in_alternative: bool,
}

#[derive(Default)]
struct Words {
    text: Option<String>,
    html: Option<String>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    in_alternative: bool,
    is_root: bool,
    is_resource: bool,
}

/// Reads the body of a mail.
pub fn read<'a, 'x>(root: &'a Part<'x>) -> Body<'a, 'x> {
    let mut body = Body::default();
    let mut words = collect(root, Place { is_root: true, ..Place::default() }, &mut body);
    if words.iter().all(|word| word.html.is_none())
        && let Some(inside) = wrapped(&body)
    {
        words = merge(&words, inside);
    }
    body.html = join_html(&words).map(|page| cut(page, LONGEST)).filter(|page| page.matches("<a ").count() < MOST_LINKS);
    let text = join_text(&words);
    let text = if text.trim().is_empty() { join_html(&words).map_or(text, |page| html::text(&cut(page, LONGEST))) } else { text };
    body.text = cut(text, LONGEST);
    body
}

/// What Outlook wrapped with the files.
fn wrapped(body: &Body<'_, '_>) -> Option<tnef::Unwrapped> {
    let is_wrapped = |other: &&Other<'_, '_>| tnef::is_wrapped(&other.part.kind.value, attachment::said_name(other.part).as_deref());
    body.others.iter().find(is_wrapped).and_then(|other| tnef::read(&other.part.bytes()))
}

/// The page is the one inside; text beside it says the same as the text inside.
fn merge(words: &[Words], inside: tnef::Unwrapped) -> Vec<Words> {
    let text = Some(join_text(words)).filter(|text| !text.trim().is_empty()).or(inside.text);
    vec![Words { text, html: inside.html }]
}

fn collect<'a, 'x>(part: &'a Part<'x>, place: Place, body: &mut Body<'a, 'x>) -> Vec<Words> {
    if !part.is_multipart() {
        return leaf(part, place, body).into_iter().collect();
    }
    let mut place = Place { is_root: false, is_resource: false, ..place };
    match part.kind.value.as_str() {
        "multipart/alternative" => {
            place.in_alternative = true;
            let words: Vec<Words> = part.parts.iter().flat_map(|inner| collect(inner, place, body)).collect();
            best(words).into_iter().collect()
        }
        "multipart/related" => {
            let start = start_of(part);
            let mut words = Vec::new();
            for (at, inner) in part.parts.iter().enumerate() {
                words.extend(collect(inner, Place { is_resource: at != start, ..place }, body));
            }
            words
        }
        _ => part.parts.iter().flat_map(|inner| collect(inner, place, body)).collect(),
    }
}

/// The root of a `multipart/related`: named by `start`, else the first.
fn start_of(part: &Part<'_>) -> usize {
    let wanted = part.kind.parameter("start").map(|id| id.trim_matches(['<', '>', ' ']));
    let found =
        wanted.and_then(|id| part.parts.iter().position(|inner| inner.headers.keyword("content-id").contains(&id.to_ascii_lowercase())));
    found.unwrap_or(0)
}

/// Of alternatives, the text of all that are text and the page of all that are HTML.
fn best(words: Vec<Words>) -> Option<Words> {
    let mut chosen = Words::default();
    for word in words {
        if chosen.text.as_ref().is_none_or(|text| text.trim().is_empty()) && word.html.is_none() {
            chosen.text = word.text.or(chosen.text);
        }
        match (&mut chosen.html, word.html) {
            (Some(page), Some(more)) => page.push_str(&more),
            (page @ None, more) => *page = more,
            _ => {}
        }
    }
    (chosen.text.is_some() || chosen.html.is_some()).then_some(chosen)
}

fn leaf<'a, 'x>(part: &'a Part<'x>, place: Place, body: &mut Body<'a, 'x>) -> Option<Words> {
    let other = Other { part, in_alternative: place.in_alternative };
    let kind = part.kind.value.as_str();
    if place.in_alternative && matches!(kind, "text/x-amp-html" | "text/watch-html") {
        return None;
    }
    if !is_words(part, place) {
        body.others.push(other);
        return None;
    }
    let text = part.text().replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
    match kind {
        "text/html" | "application/xhtml+xml" => {
            let has_text = !text.trim().is_empty();
            Some(Words { text: None, html: has_text.then_some(text) })
        }
        "text/enriched" | "text/richtext" => Some(Words { text: Some(html::text(&text)), html: None }),
        _ => {
            let text = take_files(text, &mut body.uuencoded);
            Some(Words { text: Some(unflow(part, text)), html: None })
        }
    }
}

/// A text part is the body unless it is said to be a file.
fn is_words(part: &Part<'_>, place: Place) -> bool {
    let is_text = matches!(
        part.kind.value.as_str(),
        "text/plain" | "text/html" | "application/xhtml+xml" | "text/enriched" | "text/richtext" | "text"
    );
    let disposition = part.disposition.as_ref().map(|said| said.value.as_str());
    let file_name = part.disposition.as_ref().and_then(|said| said.parameter("filename")).or(part.kind.parameter("name"));
    let is_file = disposition == Some("attachment") || file_name.is_some_and(|name| !name.trim().is_empty());
    is_text && !place.is_resource && (!is_file || (place.is_root && file_name.is_none()) || is_named_alternative(part, place))
}

/// Some mailers name the alternatives themselves (`name="message.html"`).
fn is_named_alternative(part: &Part<'_>, place: Place) -> bool {
    let disposition = part.disposition.as_ref().map(|said| said.value.as_str());
    place.in_alternative && disposition != Some("attachment")
}

fn take_files(mut text: String, files: &mut Vec<UuFile>) -> String {
    while files.len() < MOST_UU_FILES && text.contains("begin ") {
        let Some(file) = transfer::uuencoded(text.as_bytes()) else { break };
        if !text.is_char_boundary(file.range.start) || !text.is_char_boundary(file.range.end) {
            break;
        }
        text.replace_range(file.range.clone(), "");
        files.push(file);
    }
    text
}

/// RFC 3676: lines that end in a blank go on in the next one of the same quote depth.
fn unflow(part: &Part<'_>, text: String) -> String {
    let is = |name: &str, value: &str| part.kind.parameter(name).is_some_and(|said| said.eq_ignore_ascii_case(value));
    if !is("format", "flowed") {
        return text;
    }
    let delsp = is("delsp", "yes");
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        if open != Some(depth) || content == "-- " {
            if open.is_some() {
                out.push('\n');
            }
            if depth > 0 {
                out.push_str(&">".repeat(depth));
                out.push(' ');
            }
        }
        let flows = content.ends_with(' ') && content != "-- ";
        out.push_str(if flows && delsp { &content[..content.len() - 1] } else { content });
        if !flows {
            out.push('\n');
        }
        open = flows.then_some(depth);
    }
    out
}

fn join_text(words: &[Words]) -> String {
    let mut out = String::new();
    for word in words {
        let piece = match word {
            Words { text: Some(text), html } if !text.trim().is_empty() || html.is_none() => text.clone(),
            Words { html: Some(page), .. } => html::text(page),
            _ => continue,
        };
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&piece);
    }
    out
}

fn join_html(words: &[Words]) -> Option<String> {
    words.iter().any(|word| word.html.is_some()).then(|| {
        words
            .iter()
            .filter_map(|word| {
                word.html.clone().or_else(|| word.text.as_deref().filter(|text| !text.trim().is_empty()).map(html::from_text))
            })
            .collect::<Vec<_>>()
            .join("\n")
    })
}

fn cut(mut text: String, longest: usize) -> String {
    if text.len() > longest {
        let end = text.floor_char_boundary(longest);
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime;

    #[test]
    fn of_alternatives_both_forms_are_kept() {
        let raw = "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nHi\n--b\nContent-Type: text/html\n\n<p>Hi</p>\n--b--\n";
        let mail = mime::read(raw.as_bytes());
        let body = read(&mail);
        assert_eq!((body.text.as_str(), body.html.as_deref()), ("Hi", Some("<p>Hi</p>")));
    }

    #[test]
    fn flowed_lines_are_joined_within_a_quote() {
        let raw = "Content-Type: text/plain; format=flowed; delsp=no\n\nlong \nline\n> quo \n> ted\n-- \nme\n";
        let mail = mime::read(raw.as_bytes());
        assert_eq!(read(&mail).text, "long line\n> quo ted\n-- \nme\n");
    }

    #[test]
    fn a_text_file_is_not_the_body() {
        let raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n--b\nContent-Type: text/plain; name=a.txt\n\nfile\n--b--\n";
        let mail = mime::read(raw.as_bytes());
        let body = read(&mail);
        assert_eq!((body.text.as_str(), body.others.len()), ("body", 1));
    }
}
