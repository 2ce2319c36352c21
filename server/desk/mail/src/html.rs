//! A page of HTML as the text that a reader would see: blocks as lines, quotes as `>`, nothing of scripts and styles.
//! One pass over the tokens and no tree: linear in time, and deep nesting costs nothing.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind},
};

/// Quotes deeper than this are shown at this depth.
const DEEPEST_QUOTE: usize = 20;

/// The text of a page.
pub fn text(html: &str) -> String {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Sink(RefCell::new(Page::default())), TokenizerOpts::default());
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

/// Text as HTML: escaped, its line breaks kept.
pub fn from_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("<br>\n"),
            _ => out.push(c),
        }
    }
    out
}

/// Steps that a parser may need for a page before it is too much (a mail of the corpus needs some thousands).
const MOST_WORK: usize = 20_000_000;
/// Elements that a parser opens again in each following block while they are open.
const FORMATTING: [&str; 14] = ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements whose end is often not written, or that have none.
const UNCLOSED: [&str; 22] = [
    "br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base", "p", "li", "td", "th", "tr", "dt", "dd", "option", "thead",
    "tbody", "html", "body",
];

/// Whether a tree can be made of a page in reasonable time: building one is quadratic in the depth of nesting and
/// copies unclosed formatting into each block.
pub fn is_reasonable(html: &str) -> bool {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Weigher(RefCell::new(Weight::default())), TokenizerOpts::default());
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.0.into_inner().work <= MOST_WORK
}

#[derive(Default)]
struct Weight {
    depth: usize,
    formatting: [usize; FORMATTING.len()],
    work: usize,
}

struct Weigher(RefCell<Weight>);

impl TokenSink for Weigher {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token {
            let mut weight = self.0.borrow_mut();
            let opens = tag.kind == TagKind::StartTag;
            let name: &str = &tag.name;
            let step = |count: usize| if opens { count + 1 } else { count.saturating_sub(1) };
            if let Some(at) = FORMATTING.iter().position(|known| *known == name) {
                weight.formatting[at] = step(weight.formatting[at]);
            } else if !UNCLOSED.contains(&name) {
                weight.depth = step(weight.depth);
            }
            // A copied element costs far more than a look at an open one.
            weight.work += weight.depth + 20 * weight.formatting.iter().sum::<usize>();
        }
        TokenSinkResult::Continue
    }
}

struct Sink(RefCell<Page>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => page.write(&text),
            Token::TagToken(tag) => return page.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[derive(Default)]
struct Page {
    out: String,
    line: String,
    blank_owed: bool,
    space_owed: bool,
    quotes: usize,
    preformatted: usize,
    hidden: Option<String>,
}

impl Page {
    fn write(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        if self.preformatted > 0 {
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    self.end_line(true);
                }
                self.line.push_str(line.trim_end_matches('\r'));
            }
            return;
        }
        for c in text.chars() {
            if c.is_whitespace() {
                self.space_owed = true;
            } else if !matches!(c, '\u{200b}' | '\u{200c}' | '\u{ad}' | '\u{34f}' | '\u{feff}') {
                if std::mem::take(&mut self.space_owed) && !self.line.is_empty() {
                    self.line.push(' ');
                }
                self.line.push(c);
            }
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let opens = tag.kind == TagKind::StartTag;
        if let Some(hidden) = &self.hidden {
            if !opens && hidden == name {
                self.hidden = None;
            }
            return TokenSinkResult::Continue;
        }
        if opens && matches!(name, "script" | "style" | "title") {
            self.hidden = Some(name.to_owned());
            let kind = match name {
                "script" => RawKind::ScriptData,
                "title" => RawKind::Rcdata,
                _ => RawKind::Rawtext,
            };
            return TokenSinkResult::RawData(kind);
        }
        self.lay_out(name, opens);
        TokenSinkResult::Continue
    }

    fn lay_out(&mut self, name: &str, opens: bool) {
        match name {
            "br" => self.end_line(true),
            "blockquote" => {
                self.end_line(false);
                self.quotes = if opens { self.quotes + 1 } else { self.quotes.saturating_sub(1) };
            }
            "pre" => {
                self.end_line(false);
                self.preformatted = if opens { self.preformatted + 1 } else { self.preformatted.saturating_sub(1) };
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" => {
                self.end_line(false);
                self.blank_owed = true;
            }
            "li" => {
                self.end_line(false);
                if opens {
                    self.line.push_str("* ");
                }
            }
            "td" | "th" => self.space_owed = true,
            "hr" => {
                self.end_line(false);
                self.line.push_str("---");
                self.end_line(false);
            }
            "div" | "table" | "tr" | "tbody" | "thead" | "section" | "article" | "header" | "footer" | "main" | "nav" | "aside"
            | "address" | "center" | "form" | "fieldset" | "dt" | "dd" | "body" | "figure" | "caption" | "option" => self.end_line(false),
            _ => {}
        }
    }

    /// Ends the line; an empty one counts only when it was asked for (`<br>`).
    fn end_line(&mut self, counts_when_empty: bool) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end();
        self.space_owed = false;
        if line.is_empty() && !counts_when_empty {
            return;
        }
        if std::mem::take(&mut self.blank_owed) && !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.start();
            self.out.push('\n');
        }
        self.start();
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn start(&mut self) {
        for _ in 0..self.quotes.min(DEEPEST_QUOTE) {
            self.out.push_str("> ");
        }
    }

    fn finish(mut self) -> String {
        self.end_line(false);
        let mut text = String::with_capacity(self.out.len());
        let mut empty = 0;
        for line in self.out.lines() {
            empty = if line.trim_end().is_empty() { empty + 1 } else { 0 };
            if empty < 3 {
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        text.trim_matches('\n').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_lines_and_scripts_nothing() {
        let page = "<html><head><title>t</title><style>p{}</style></head><body><p>Hello&nbsp;<b>you</b></p>\
                    <p>two<br>three</p><script>if (1 < 2) {}</script><ul><li>a<li>b</ul></body></html>";
        assert_eq!(text(page), "Hello you\n\ntwo\nthree\n\n* a\n* b");
    }

    #[test]
    fn quotes_are_marked() {
        assert_eq!(text("yes<blockquote>no<blockquote>maybe</blockquote></blockquote>"), "yes\n> no\n> > maybe");
    }

    #[test]
    fn deep_nesting_is_no_matter() {
        let page = format!("{}x{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
        assert_eq!(text(&page), "x");
    }
}
