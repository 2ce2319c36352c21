//! How names become what they are sorted and found by: letters without marks and digits alone, in lower case. Whatever else is a letter is
//! written by its number, so that every collation of every database sorts and compares it alike, and as bytes do. Pure.

use std::{collections::BTreeSet, ops::Range};

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Most characters of a word; the rest is cut off, of what is searched for as well.
const WORD_MOST: usize = 40;
/// Most characters of what a name is sorted as.
const KEY_MOST: usize = 120;
/// Most words of a contact.
const WORDS_MOST: usize = 60;
/// The least digits of the end of a telephone number by which it is found.
const ENDING_LEAST: usize = 4;
/// After every word that begins with a term, and before every other.
const AFTER: &str = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";
/// What one without name and address is sorted as: the last.
const NOBODY: &str = "zzzzzz";

/// The words of a text, folded, in their order.
pub fn words(text: &str) -> Vec<String> {
    spans(text).into_iter().map(|(_, word)| word).collect()
}

/// The same with the bytes of the text where each stands.
pub fn spans(text: &str) -> Vec<(Range<usize>, String)> {
    let (mut all, mut word, mut from, mut to) = (vec![], String::new(), 0, 0);
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        for c in std::iter::once(c).nfkd().flat_map(char::to_lowercase) {
            if is_combining_mark(c) {
                // a mark of its own belongs to the letter before
                if !word.is_empty() {
                    to = end;
                }
            } else if c.is_alphanumeric() {
                if word.is_empty() {
                    from = at;
                }
                to = end;
                letter(&mut word, c);
            } else if !word.is_empty() {
                all.push((from..to, std::mem::take(&mut word)));
            }
        }
    }
    all.extend((!word.is_empty()).then_some((from..to, word)));
    // all of it is ASCII
    for (_, word) in &mut all {
        word.truncate(WORD_MOST);
    }
    all
}

fn letter(word: &mut String, c: char) {
    let known = match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        _ if c.is_ascii_alphanumeric() => return word.push(c),
        _ => {
            let number = format!("z{:05x}", u32::from(c));
            return word.push_str(&number);
        }
    };
    word.push_str(known);
}

/// A text as one word, by which it is sorted and compared; empty for what has no letter.
pub fn key(text: &str) -> String {
    // a digit sorts before every letter: Ana Maria stands before Anabela
    let mut key = words(text).join("0");
    key.truncate(KEY_MOST);
    key
}

/// The digits of telephone numbers, each number between blanks.
pub fn digits(phones: &[String]) -> String {
    let digits = |phone: &String| phone.chars().filter(char::is_ascii_digit).collect::<String>();
    phones.iter().fold(String::new(), |all, phone| format!("{all} {} ", digits(phone)))
}

/// What a contact is sorted as. Never empty.
pub fn sorted_as(name: &str, email: &str) -> String {
    let key = key(if name.is_empty() { email } else { name });
    if key.is_empty() { NOBODY.to_owned() } else { key }
}

/// What a contact is found by.
pub fn found_by(name: &str, organisation: &str, emails: &[String], phones: &[String]) -> BTreeSet<String> {
    let texts = [name, organisation].into_iter().chain(emails.iter().map(String::as_str)).chain(phones.iter().map(String::as_str));
    let mut all: Vec<String> = texts.flat_map(words).collect();
    for phone in phones {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        // people know the end of a number, with the prefix of the town or without
        all.extend((0..=digits.len().saturating_sub(ENDING_LEAST)).map(|from| digits[from..].to_owned()).filter(|end| !end.is_empty()));
    }
    all.into_iter().take(WORDS_MOST).collect()
}

/// Between which two every word lies that begins with a term.
pub fn range(term: &str) -> (&str, String) {
    (term, format!("{term}{AFTER}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_capitals_make_no_difference() {
        assert_eq!(words("Élodie D'Ávila-São_João"), ["elodie", "d", "avila", "sao", "joao"]);
        assert_eq!(words("Weiß Łukasz Øre ﬁ"), ["weiss", "lukasz", "ore", "fi"]);
        assert_eq!(words("joana.prado@example.com"), ["joana", "prado", "example", "com"]);
    }

    #[test]
    fn a_word_knows_where_it_stands() {
        let text = "Olá, «São-João» e\u{301}!";
        let found: Vec<(&str, String)> = spans(text).into_iter().map(|(at, word)| (&text[at], word)).collect();
        assert_eq!(found, [("Olá", "ola".into()), ("São", "sao".into()), ("João", "joao".into()), ("e\u{301}", "e".into())]);
    }

    #[test]
    fn letters_of_other_scripts_are_found_by_their_beginning() {
        let (whole, beginning) = (words("Дмитрий"), words("дми"));
        assert!(whole[0].starts_with(&beginning[0]), "{whole:?} {beginning:?}");
        assert!(whole[0].bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }

    #[test]
    fn everybody_is_sorted_and_spaces_count() {
        let mut all = ["Anabela", "Ana Maria", "", "Ánabela B"].map(|name| sorted_as(name, ""));
        all.sort();
        assert_eq!(all, ["ana0maria", "anabela", "anabela0b", NOBODY]);
        assert_eq!(sorted_as("", "joana@x.example"), "joana0x0example");
        assert_eq!(sorted_as("!!", "a@x.example"), NOBODY);
    }

    #[test]
    fn a_telephone_number_is_found_by_its_parts_and_its_end() {
        let all = found_by("", "", &[], &["+351 912-000-118".into()]);
        for part in ["351", "912", "000118", "0118", "351912000118", "912000118"] {
            assert!(all.contains(part), "{part} in {all:?}");
        }
        assert!(!found_by("", "", &[], &["112".into()]).is_empty());
    }

    #[test]
    fn a_range_holds_what_begins_so_and_nothing_else() {
        let (from, to) = range("jo");
        for (word, inside) in [("jo", true), ("joana", true), ("jozzzzzzzzzzzzz", true), ("jp", false), ("jn", false), ("j", false)] {
            assert_eq!((from..to.as_str()).contains(&word), inside, "{word}");
        }
    }
}
