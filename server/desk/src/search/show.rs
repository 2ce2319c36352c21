//! What is shown of what was found: texts cut into pieces, hits marked; and the words of a conversation in which most hits stand.
//! The same on both databases, since it knows none: it folds the texts as the index did.

use std::ops::Range;

use model::search::Piece;

use super::words::Clause;
use crate::contact;

/// Characters of a snippet.
const SNIPPET: usize = 180;
/// Characters before its first hit.
const BEFORE: usize = 50;
/// Bytes of a text in which hits are looked for.
const LOOKED: usize = 20_000;

/// What is to be marked.
pub struct Marks<'a>(pub &'a [Clause]);

impl Marks<'_> {
    /// Where the hits of a text stand, in bytes, and how many different ones there are.
    fn hits(&self, text: &str) -> (Vec<Range<usize>>, usize) {
        let words = contact::spans(text);
        let (mut hits, mut different) = (vec![], 0);
        for clause in self.0.iter().filter(|clause| !clause.not) {
            let length = clause.first.len() + 1;
            let fits = |window: &&[(Range<usize>, String)]| {
                let (last, first) = window.split_last().expect("a window has a word");
                first.iter().map(|(_, word)| word).eq(&clause.first)
                    && (last.1 == clause.typed || (clause.open && last.1.starts_with(&clause.typed)))
            };
            let found: Vec<Range<usize>> =
                words.windows(length).filter(fits).map(|window| window[0].0.start..window[length - 1].0.end).collect();
            different += usize::from(!found.is_empty());
            hits.extend(found);
        }
        hits.sort_by_key(|hit| (hit.start, hit.end));
        let mut apart: Vec<Range<usize>> = vec![];
        for hit in hits {
            match apart.last_mut() {
                Some(last) if hit.start < last.end => last.end = last.end.max(hit.end),
                _ => apart.push(hit),
            }
        }
        (apart, different)
    }

    /// A whole text, marked.
    pub fn whole(&self, text: &str) -> Vec<Piece> {
        pieces(text, 0..text.len(), &self.hits(cut(text, LOOKED)).0)
    }

    /// How many words there are.
    pub fn wanted(&self) -> usize {
        self.0.iter().filter(|clause| !clause.not).count()
    }

    /// How many of the words stand in a text.
    pub fn count(&self, text: &str) -> usize {
        self.hits(cut(text, LOOKED)).1
    }

    /// The part of a text around its first hit; its beginning, when it has none.
    pub fn snippet(&self, text: &str) -> Vec<Piece> {
        let text = cut(text, LOOKED);
        let (hits, _) = self.hits(text);
        let first = hits.first().map_or(0, |hit| hit.start);
        let from = text[..first].char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
        // not from the middle of a word
        let from = if from == 0 { 0 } else { text[from..first].find(char::is_whitespace).map_or(from, |blank| from + blank) };
        let to = text[from..].char_indices().nth(SNIPPET).map_or(text.len(), |(length, _)| from + length);
        let mut all = pieces(text, from..to, &hits);
        let whole = to == text.len();
        for piece in &mut all {
            piece.text = one_line(&piece.text);
        }
        if let Some(piece) = all.first_mut().filter(|_| from > 0) {
            piece.text = format!("… {}", piece.text.trim_start());
        }
        if let Some(piece) = all.last_mut().filter(|_| !whole) {
            piece.text.push('…');
        }
        all
    }
}

/// A part of a text in pieces.
fn pieces(text: &str, part: Range<usize>, hits: &[Range<usize>]) -> Vec<Piece> {
    let (mut all, mut at) = (vec![], part.start);
    let mut put = |range: Range<usize>, hit: bool| {
        if !range.is_empty() {
            all.push(Piece { text: text[range].to_owned(), hit });
        }
    };
    for hit in hits.iter().filter(|hit| hit.start >= part.start && hit.end <= part.end) {
        put(at..hit.start, false);
        put(hit.clone(), true);
        at = hit.end;
    }
    put(at..part.end, false);
    all
}

/// Blanks and ends of lines as one blank.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !matches!(c, '*' | '`')) {
        if c.is_whitespace() || c.is_control() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// The beginning of a text, of so many bytes at most.
pub fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use model::search::read;

    use super::{super::words::clauses, *};

    fn told(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
    }

    fn marks(text: &str) -> Vec<Clause> {
        clauses(&read(text).0).0
    }

    #[test]
    fn hits_are_marked_as_they_are_written() {
        let clauses = marks("sao \"blue arm chair\" -blue deliv");
        let marks = Marks(&clauses);
        assert_eq!(told(&marks.whole("<b>São</b> blue  Arm-chair, DELIVERY")), "<b>[São]</b> [blue  Arm-chair], [DELIVERY]");
        assert_eq!(marks.count("São Delivered"), 2);
        assert_eq!(told(&marks.whole("nothing")), "nothing");
        assert!(marks.whole("").is_empty());
    }

    #[test]
    fn a_snippet_stands_around_the_first_hit() {
        let clauses = marks("needle");
        let text = format!("{}\n\n**needle** {}", "before ".repeat(40), "after ".repeat(60));
        let snippet = told(&Marks(&clauses).snippet(&text));
        assert!(snippet.starts_with("… before") && snippet.contains(" [needle] after") && snippet.ends_with('…'), "{snippet}");
        assert!(snippet.chars().count() < SNIPPET + 10);
        assert_eq!(told(&Marks(&clauses).snippet("é short one")), "é short one");
    }
}
