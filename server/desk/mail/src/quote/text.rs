//! Splits the lines of a body: which are new, which were quoted.
//! Each line gets a kind first; then the kinds decide, from the first quote down and from the end up.

use super::{Split, attribution, block, html, signature};

/// Attributions looked for in one body; hostile bodies have more lines that almost are one.
const MOST_ATTEMPTS: usize = 4000;
/// Lines below this number are not looked at; they go with the line above them.
const MOST_LINES: usize = 20_000;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Text,
    Quoted,
    QuotedByName,
    /// "Ana wrote:", over all its lines.
    Attribution,
    /// An attribution that the page itself marks as one.
    MarkedAttribution,
    /// A separator or a header block: all below is quoted.
    Head,
    Signature,
}

/// Splits lines that may hold the marks of [`html::marked`].
pub(crate) fn split(text: &str) -> Split {
    let (lines, mut kinds) = read(text);
    let mut keep: Vec<bool> = lines.iter().map(|line| !html::is_mark(line)).collect();
    let end = cut_below(&kinds, &mut keep);
    sign(&lines[..end], &mut kinds, &mut keep);
    cut_quotes(&kinds, end, &mut keep);
    cut_end(&lines, &mut keep);
    gather(&lines, &keep)
}

/// Whether the text is a mail forwarded by a person: a line that says so comes before anything quoted.
pub(crate) fn forwards(text: &str) -> Option<usize> {
    let (lines, kinds) = read(text);
    for (at, line) in lines.iter().enumerate() {
        let unquoted = line.trim_start().trim_start_matches(['>', ' ']);
        if block::is_forwarded(unquoted) && has_headers_soon(&lines, at) {
            return Some(at);
        }
        if matches!(kinds[at], Kind::Attribution | Kind::Head) {
            return None;
        }
    }
    None
}

fn has_headers_soon(lines: &[&str], at: usize) -> bool {
    let below: Vec<&str> = lines.iter().skip(at + 1).take(4).map(|line| line.trim_start().trim_start_matches(['>', ' '])).collect();
    let on_the_line = lines[at].matches([':', '\u{ff1a}']).count() >= 3;
    on_the_line || below.iter().any(|line| block::header(line).is_some())
}

fn read(text: &str) -> (Vec<&str>, Vec<Kind>) {
    let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    let mut kinds = Vec::with_capacity(lines.len());
    let mut attempts = 0;
    let mut fenced = false;
    let mut marks = Marks::default();
    while kinds.len() < lines.len() {
        let at = kinds.len();
        let line = lines[at];
        fenced ^= line.trim_start().starts_with("```");
        if let Some(kind) = marks.kind(line) {
            kinds.push(kind);
            continue;
        }
        if fenced || at > MOST_LINES || line.trim().is_empty() {
            kinds.push(if line.trim().is_empty() { Kind::Blank } else { Kind::Text });
            continue;
        }
        let (kind, length) = kind_at(&lines, at, &mut attempts);
        kinds.extend(std::iter::repeat_n(kind, length.max(1)));
    }
    kinds.truncate(lines.len());
    (lines, kinds)
}

/// Which marks of the page are open.
#[derive(Default)]
struct Marks {
    quoted: usize,
    attributed: bool,
}

impl Marks {
    fn kind(&mut self, line: &str) -> Option<Kind> {
        match line.trim_start_matches(['>', ' ']).chars().next() {
            Some(html::CUT) => return Some(Kind::Head),
            Some(html::QUOTE_OPENS) => self.quoted += 1,
            Some(html::QUOTE_ENDS) => self.quoted = self.quoted.saturating_sub(1),
            Some(html::ATTRIBUTION_OPENS) => self.attributed = true,
            Some(html::ATTRIBUTION_ENDS) => self.attributed = false,
            _ if self.quoted > 0 => return Some(Kind::Quoted),
            _ if self.attributed && !line.trim().is_empty() => return Some(Kind::MarkedAttribution),
            _ => return None,
        }
        Some(Kind::Blank)
    }
}

fn kind_at(lines: &[&str], at: usize, attempts: &mut usize) -> (Kind, usize) {
    let line = lines[at];
    if block::is_quoted(line) {
        return (Kind::Quoted, 1);
    }
    if block::is_reply_above(line) || block::is_original(line) || (block::between_dashes(line).is_some() && is_above_headers(lines, at)) {
        return (Kind::Head, 1);
    }
    if let Some(headers) = block::headers(lines, at) {
        return (Kind::Head, headers.lines);
    }
    if *attempts < MOST_ATTEMPTS {
        *attempts += 1;
        if let Some(length) = attribution::at(lines, at) {
            return (Kind::Attribution, length);
        }
    }
    if block::is_quoted_by_name(line) { (Kind::QuotedByName, 1) } else { (Kind::Text, 1) }
}

/// Words between dashes right above headers belong to them, whatever they say.
fn is_above_headers(lines: &[&str], at: usize) -> bool {
    let below = (at + 1..lines.len().min(at + 3)).find(|below| !lines[*below].trim().is_empty());
    below.is_some_and(|below| block::headers(lines, below).is_some())
}

/// Drops everything below a head, or below an attribution with no marked quote; tells where what is left ends.
fn cut_below(kinds: &[Kind], keep: &mut [bool]) -> usize {
    let mut text_seen = false;
    for (at, kind) in kinds.iter().enumerate() {
        let is_start = at == 0 || kinds[at - 1] != *kind;
        let cuts = match kind {
            Kind::Text => {
                text_seen = true;
                false
            }
            Kind::Head => is_start || text_seen,
            Kind::Attribution => is_start && !is_above_quote(kinds, at),
            _ => false,
        };
        if !cuts {
            continue;
        }
        if text_seen {
            keep[at..].fill(false);
            return at;
        }
        // Nothing stands above it: it is no end, but it is not new either.
        for (below, kind) in kinds.iter().enumerate().skip(at) {
            if !matches!(kind, Kind::Head | Kind::Attribution) {
                break;
            }
            keep[below] = false;
        }
    }
    kinds.len()
}

/// Whether the next line with anything on it, below the attribution, is a quoted one.
fn is_above_quote(kinds: &[Kind], at: usize) -> bool {
    kinds[at..].iter().find(|kind| !matches!(kind, Kind::Attribution | Kind::Blank)).is_some_and(|kind| *kind == Kind::Quoted)
}

/// Drops attributions and quotes; quotes between the writer's own lines stay, they are what he answers to.
fn cut_quotes(kinds: &[Kind], end: usize, keep: &mut [bool]) {
    let last_text = kinds[..end].iter().rposition(|kind| *kind == Kind::Text);
    let first_text = kinds[..end].iter().position(|kind| *kind == Kind::Text);
    let (Some(last_text), Some(first_text)) = (last_text, first_text) else {
        for (at, kind) in kinds[..end].iter().enumerate() {
            keep[at] &= !matches!(kind, Kind::Attribution | Kind::MarkedAttribution);
        }
        return;
    };
    let is_quote = |kind: &Kind| matches!(kind, Kind::Quoted | Kind::QuotedByName);
    let is_interleaved = kinds[first_text..last_text].iter().any(is_quote);
    let top_attributed = kinds[..first_text].iter().any(|kind| matches!(kind, Kind::Attribution | Kind::MarkedAttribution));
    for (at, kind) in kinds[..end].iter().enumerate() {
        keep[at] &= match kind {
            Kind::Attribution | Kind::MarkedAttribution => false,
            Kind::Quoted | Kind::QuotedByName if at > last_text => false,
            Kind::Quoted if at < first_text => !top_attributed || is_interleaved,
            _ => true,
        };
    }
}

/// Drops the signature: from its dashes to the end, a quote in between or not.
fn sign(lines: &[&str], kinds: &mut [Kind], keep: &mut [bool]) {
    // What is quoted is no signature, however it looks, and does not make one too long.
    let own: Vec<&str> = lines.iter().zip(kinds.iter()).map(|(line, kind)| if *kind == Kind::Text { *line } else { "" }).collect();
    let Some(start) = signature::start(&own) else { return };
    for at in start..lines.len() {
        keep[at] = false;
        kinds[at] = Kind::Signature;
    }
}

/// Drops rules and telephone lines from the end up.
fn cut_end(lines: &[&str], keep: &mut [bool]) {
    for (line, kept) in lines.iter().zip(keep).rev().filter(|(_, kept)| **kept) {
        if !line.trim().is_empty() && !block::is_rule(line) && !signature::is_sent_from(line) {
            break;
        }
        *kept = false;
    }
}

fn gather(lines: &[&str], keep: &[bool]) -> Split {
    let of = |wanted: bool| {
        let mut chosen: Vec<&str> = Vec::new();
        for (line, kept) in lines.iter().zip(keep) {
            if *kept == wanted && !html::is_mark(line) {
                chosen.push(line);
            }
        }
        let joined = chosen.join("\n");
        joined.trim_start_matches(['\n', '\r']).trim_end().to_owned()
    };
    let quoted = of(false);
    let reply = of(true);
    let reply = reply.lines().skip_while(|line| line.trim().is_empty()).collect::<Vec<_>>().join("\n");
    Split { reply, quoted: (!quoted.trim().is_empty()).then_some(quoted) }
}

/// A forward with nothing written above it: what is forwarded is what is said, only its head is folded.
pub(crate) fn split_forward(text: &str, at: usize) -> Option<Split> {
    let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    if lines[..at].iter().any(|line| !line.trim().is_empty()) || block::is_quoted(lines.get(at)?) {
        return None;
    }
    let start = at + 1 + lines[at + 1..].iter().position(|line| !line.trim().is_empty())?;
    let headers = block::headers_below_separator(&lines, start)?;
    let mut keep = vec![true; lines.len()];
    keep[..start + headers.lines].fill(false);
    let split = gather(&lines, &keep);
    (!split.reply.trim().is_empty()).then_some(split)
}
