//! What is new of a page, as a page: the piece of it that says what its split calls new, for a copy that shows a mail as it was laid out.
//! Reads pages of the sanitiser only: text escaped, values of attributes in double quotes. One pass; tags left open or closed twice are
//! for the sanitiser to mend.

use serde::{Deserialize, Serialize};

/// A page beyond this was not laid out by a person: its text goes on alone.
const LONGEST: usize = 512 * 1024;

/// Where the new words of a page stand: the first of its letters that is new, and how many are. Found once, where the mail is read, since
/// a page that was made safe tells less of what it quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fresh(usize, usize);

impl Fresh {
    /// Finds in a clean page what is `new` of it. None when it cannot be told, or when the page would say more than `reply`, the text
    /// that goes on: a copy shows nobody what its text would not.
    pub fn find(page: &str, new: &str, reply: &str) -> Option<Self> {
        let wanted: String = new.chars().filter(|c| counts(*c)).collect();
        if page.len() > LONGEST || !is_within(&wanted, reply) {
            return None;
        }
        let all: String = letters(page).iter().map(|letter| letter.sign).collect();
        let mut places = all.match_indices(&wanted).map(|(at, _)| at);
        // what stands there twice may be meant in the quote; a letter that begins with it is above its quote
        let first = match (places.next()?, places.next()) {
            (0, _) => 0,
            (at, None) => all[..at].chars().count(),
            (_, Some(_)) => return None,
        };
        let is_told = !wanted.is_empty() || all.is_empty();
        is_told.then(|| Self(first, wanted.chars().count()))
    }

    /// The new piece of the page in which it was found. None when it is another page by now.
    pub fn of(self, page: &str) -> Option<&str> {
        let Self(first, count) = self;
        let letters = letters(page);
        if first == 0 && count == letters.len() {
            return Some(page);
        }
        (count > 0 && first + count <= letters.len()).then(|| piece(page, &letters, first, count))
    }
}

/// A character that says something, and where it stands.
struct Letter {
    sign: char,
    at: usize,
}

/// Letters, digits, and signs that are words by themselves. Marks of lists and quotes, dashes and quotation marks are written in one way in a
/// page and in another in a text.
fn counts(c: char) -> bool {
    c.is_alphanumeric() || ('\u{2190}'..'\u{e000}').contains(&c) || c >= '\u{1f000}'
}

/// Whether all letters stand in a text in the same order; programs that make a text of a page only add to it.
fn is_within(letters: &str, text: &str) -> bool {
    let mut rest = text.chars();
    letters.chars().all(|letter| rest.any(|c| c == letter))
}

/// The letters outside of tags. What is written as `&…;` is a sign or a blank.
fn letters(page: &str) -> Vec<Letter> {
    let mut found = vec![];
    let mut rest = page.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '<' => skip_tag(&mut rest),
            '&' => drop(rest.find(|(_, c)| *c == ';')),
            sign if counts(sign) => found.push(Letter { sign, at }),
            _ => {}
        }
    }
    found
}

fn skip_tag(rest: &mut std::str::CharIndices<'_>) {
    let mut quoted = false;
    for (_, c) in rest {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return,
            _ => {}
        }
    }
}

/// From behind the letter before to the letter after; a quote that opens or ends in between is none of it.
fn piece<'p>(page: &'p str, letters: &[Letter], first: usize, count: usize) -> &'p str {
    let behind = |letter: &Letter| letter.at + letter.sign.len_utf8();
    let last = behind(&letters[first + count - 1]);
    let after = letters.get(first + count).map_or(page.len(), |letter| letter.at);
    let limit = page[last..after].find("<blockquote").map_or(after, |quote| last + quote);
    let before = if first == 0 { 0 } else { behind(&letters[first - 1]) };
    let start = page[before..letters[first].at].rfind("</blockquote>").map_or(before, |quote| before + quote);
    // the sentence to its end, and pictures below it; what else there is above a quote (a line, the quote's own box) says nothing
    let sentence = page[last..limit].find('<').map_or(limit, |tag| last + tag);
    let mut end = sentence;
    if let Some(at) = page[sentence..limit].rfind("<img ") {
        let mut rest = page[sentence + at..].char_indices();
        skip_tag(&mut rest);
        end += at + rest.offset();
    }
    &page[start..end]
}
