//! What is new in a reply and what it quotes.
//! Knows text and HTML only; a mail that forwards another is not split (`forward.rs`).

/// A body in its two halves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Split {
    /// What is new.
    pub reply: String,
    /// What was quoted, if anything.
    pub quoted: Option<String>,
}

/// Splits off the block of `>` lines at the end.
pub fn split(text: &str, _html: Option<&str>) -> Split {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let quoted = lines.iter().rev().take_while(|line| line.starts_with('>') || line.trim().is_empty()).count();
    let (reply, quote) = lines.split_at(lines.len() - quoted);
    let reply = reply.join("\n").trim().to_owned();
    let quote = quote.join("\n").trim().to_owned();
    if reply.is_empty() || quote.is_empty() {
        return Split { reply: text.trim().to_owned(), quoted: None };
    }
    Split { reply, quoted: Some(quote) }
}
