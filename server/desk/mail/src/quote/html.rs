//! Where a page of HTML itself says what is quoted: by class, by id, by our own marker.
//! Writes the page anew with marks in these places, to be read as text; one pass over the tokens, linear in time.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind},
};

/// All below is quoted.
pub(crate) const CUT: char = '\u{E000}';
/// A quoted element opens.
pub(crate) const QUOTE_OPENS: char = '\u{E001}';
/// A quoted element ends.
pub(crate) const QUOTE_ENDS: char = '\u{E002}';
/// An attribution opens.
pub(crate) const ATTRIBUTION_OPENS: char = '\u{E003}';
/// An attribution ends.
pub(crate) const ATTRIBUTION_ENDS: char = '\u{E004}';

/// Classes and ids below which (the element and all after it) everything is quoted.
const CUTS: &[&str] =
    &["divrplyfwdmsg", "appendonsend", "outlookmessageheader", "stopspelling", "zwchr", "reply-intro", "olk_src_body_section"];
/// Classes and ids of elements that are a quote.
const QUOTES: &[&str] =
    &["yahoo_quoted", "protonmail_quote", "zmail_extra", "tutanota_quote", "mimestream_quote", MAIL_EDITOR, OUTLOOK_PHONE];
const MAIL_EDITOR: &str = "mail-editor-reference-message-container";
const OUTLOOK_PHONE: &str = "ms-outlook-mobile-reference-message";
/// Classes of elements that are an attribution.
const ATTRIBUTIONS: &[&str] = &["gmail_attr", "moz-cite-prefix", "moz-email-headers-table-reply"];
/// Classes of Gmail's container: an attribution, then the quote, then perhaps answers.
const CONTAINERS: &[&str] = &["gmail_quote", "gmail_quote_container"];

/// Whether a line holds nothing but a mark.
pub(crate) fn is_mark(line: &str) -> bool {
    line.trim_start_matches(['>', ' ']).starts_with([CUT, QUOTE_OPENS, QUOTE_ENDS, ATTRIBUTION_OPENS, ATTRIBUTION_ENDS])
}

/// Text without characters that could be taken for marks.
pub(crate) fn without_marks(text: &str) -> String {
    text.chars().filter(|c| !(CUT..=ATTRIBUTION_ENDS).contains(c)).collect()
}

/// The page with marks (as lines of their own), and whether there are any.
pub(crate) fn marked(page: &str) -> (String, bool) {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(page));
    let tokenizer = Tokenizer::new(Sink(RefCell::new(Writer::default())), TokenizerOpts::default());
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let writer = tokenizer.sink.0.into_inner();
    (writer.out, writer.marks)
}

struct Sink(RefCell<Writer>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut writer = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => writer.text(&text),
            Token::TagToken(tag) => return writer.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An element whose end is waited for.
struct Open {
    name: String,
    /// Elements of the same name inside it.
    depth: usize,
    mark: char,
    /// Gmail's container: its attribution ends where the first quote starts.
    is_container: bool,
}

#[derive(Default)]
struct Writer {
    out: String,
    marks: bool,
    raw: Option<String>,
    open: Vec<Open>,
    blockquotes: usize,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if self.raw.is_some() {
            return;
        }
        for c in text.chars() {
            match c {
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '&' => self.out.push_str("&amp;"),
                CUT..=ATTRIBUTION_ENDS => {}
                _ => self.out.push(c),
            }
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        if tag.kind == TagKind::EndTag {
            self.end(name);
            return TokenSinkResult::Continue;
        }
        if let Some(kind) = raw_kind(name) {
            self.raw = Some(name.to_owned());
            return TokenSinkResult::RawData(kind);
        }
        if self.raw.is_none() {
            self.start(tag, name);
        }
        TokenSinkResult::Continue
    }

    fn start(&mut self, tag: &Tag, name: &str) {
        for open in &mut self.open {
            if open.name == name {
                open.depth += 1;
            }
        }
        if name == "blockquote" {
            self.end_containers_attribution();
            self.blockquotes += 1;
        } else if self.blockquotes == 0 && self.open.len() < 100 {
            self.place(tag, name);
        }
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
    }

    fn place(&mut self, tag: &Tag, name: &str) {
        let is_void = matches!(name, "br" | "hr" | "img" | "input" | "meta" | "link" | "base");
        match found(tag) {
            Some(Found::Cut) => self.mark(CUT),
            Some(Found::Quote) if !is_void => self.opens(name, QUOTE_OPENS, QUOTE_ENDS, false),
            Some(Found::Attribution) if !is_void => self.opens(name, ATTRIBUTION_OPENS, ATTRIBUTION_ENDS, false),
            Some(Found::Container) if !is_void => self.opens(name, ATTRIBUTION_OPENS, ATTRIBUTION_ENDS, true),
            _ => {}
        }
    }

    fn opens(&mut self, name: &str, start: char, end: char, is_container: bool) {
        self.mark(start);
        self.open.push(Open { name: name.to_owned(), depth: 0, mark: end, is_container });
    }

    /// Text behind the quote is no attribution any more.
    fn end_containers_attribution(&mut self) {
        if self.blockquotes == 0 && self.open.iter().any(|open| open.is_container) {
            self.mark(ATTRIBUTION_ENDS);
        }
    }

    fn end(&mut self, name: &str) {
        if let Some(raw) = &self.raw {
            if raw == name {
                self.raw = None;
            }
            return;
        }
        if name == "blockquote" {
            self.blockquotes = self.blockquotes.saturating_sub(1);
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        let mut ended = Vec::new();
        self.open.retain_mut(|open| {
            let is_end = open.name == name && open.depth == 0;
            if open.name == name && open.depth > 0 {
                open.depth -= 1;
            }
            if is_end {
                ended.push(open.mark);
            }
            !is_end
        });
        for mark in ended {
            self.mark(mark);
        }
    }

    fn mark(&mut self, mark: char) {
        self.marks = true;
        self.out.push_str("<div>");
        self.out.push(mark);
        self.out.push_str("</div>");
    }
}

fn raw_kind(name: &str) -> Option<RawKind> {
    match name {
        "script" => Some(RawKind::ScriptData),
        "style" | "xmp" | "noframes" => Some(RawKind::Rawtext),
        "title" | "textarea" => Some(RawKind::Rcdata),
        _ => None,
    }
}

enum Found {
    Cut,
    Quote,
    Attribution,
    Container,
}

/// What an element is, by its class, id, name or style. Programs put prefixes before the classes of others (`x_`, `m_…`).
fn found(tag: &Tag) -> Option<Found> {
    let mut found = None;
    for attribute in &tag.attrs {
        let value = attribute.value.to_lowercase();
        let value = &value[..value.floor_char_boundary(1000)];
        match &*attribute.name.local {
            "class" | "id" => {
                for word in value.split_whitespace() {
                    found = found.or(by_word(word));
                }
            }
            "name" if value == "quote" && &*tag.name == "div" => found = Some(Found::Quote),
            "style" if is_outlook_rule(value) => found = found.or(Some(Found::Cut)),
            _ => {}
        }
    }
    found
}

fn by_word(word: &str) -> Option<Found> {
    let is = |known: &str| {
        word.strip_suffix(known).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_') || prefix.chars().all(char::is_numeric))
    };
    if word.contains("rc-reply-above-") || CUTS.iter().any(|known| is(known)) {
        Some(Found::Cut)
    } else if QUOTES.iter().any(|known| is(known)) || word.contains("yahoo_quoted_") {
        Some(Found::Quote)
    } else if ATTRIBUTIONS.iter().any(|known| is(known)) {
        Some(Found::Attribution)
    } else if CONTAINERS.iter().any(|known| is(known)) {
        Some(Found::Container)
    } else {
        None
    }
}

/// Outlook's line above the headers of the quoted mail.
fn is_outlook_rule(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    style.contains("border:none") && style.contains("border-top:solid") && style.contains("1.0pt") && style.contains("padding:3.0pt")
}

#[cfg(test)]
mod tests {
    use crate::quote::split;

    fn reply(page: &str) -> String {
        split("", Some(page)).reply
    }

    #[test]
    fn quotes_known_by_structure_are_cut() {
        for page in [
            "<p>Hi</p><div class=\"rc-reply-above-0123abcd\">x</div><p>old</p>",
            "<p>Hi</p><div class=\"x_rc-reply-above-0123abcd\">x</div><p>old</p>",
            "<div>Hi</div><div id=\"appendonsend\"></div><hr><div>old</div>",
            "<div>Hi</div><div id=\"x_divRplyFwdMsg\">Gud: Ana</div><div>old</div>",
            "<p>Hi</p><div class=\"yahoo_quoted\" id=\"yahoo_quoted_1\"><div>at some time, Ana:</div><div>old</div></div>",
            "<p>Hi</p><div class=\"protonmail_quote\">Ana:<blockquote>old</blockquote></div>",
            "<div>Hi</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">Ana ekrives, je la 3a:<br></div><blockquote>old</blockquote></div>",
            "<p>Hi</p><div class=\"moz-cite-prefix\">Je la 3a Ana ekrives:</div><blockquote type=\"cite\">old</blockquote>",
            "<p>Hi<o:p></o:p></p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p>Gud: Ana</p></div><p>old</p>",
        ] {
            assert_eq!(reply(page), "Hi", "{page}");
        }
    }

    #[test]
    fn answers_between_quotes_stay() {
        let page = "<div class=\"gmail_quote\"><div class=\"gmail_attr\">On x:</div><blockquote>one?</blockquote><div>yes</div><blockquote>two?</blockquote><div>no</div></div>";
        assert_eq!(reply(page), "> one?\nyes\n> two?\nno");
    }

    #[test]
    fn a_body_that_is_all_quote_is_shown() {
        assert_eq!(reply("<div class=\"yahoo_quoted\">all</div>"), "all");
    }

    #[test]
    fn a_page_as_deep_as_it_likes_is_read_at_once() {
        let page = "<div class=\"gmail_quote\">".repeat(20_000);
        assert_eq!(reply(&format!("{page}x")), "x");
    }
}
