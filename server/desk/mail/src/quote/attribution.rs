//! The line above a quote that says who wrote it and when ("On … Ana wrote:"), in any language, over up to five lines.
//! Looks at shape (a date, an address, a verb, a colon), not at one mail program; linear, and bounded for hostile input.

use std::sync::LazyLock;

use regex::Regex;

use super::words::WROTE;

/// Lines that one attribution may span.
const MOST_LINES: usize = 6;
/// Characters of the longest attribution.
const LONGEST: usize = 400;

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a constant pattern")
}

/// Numbers that are a date or a time of day.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x) \d{4}\s?[-/.年년]\s?\d{1,2} | \d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4} | \d{1,2}[:h.]\d{2}(?:\D|$)
        | \d{1,2}(?:\.|er|º|ª|th|st|nd|rd)?,?\s(?:de\s|d[’'])?\p{L}{3,12}\.?(?:\s|,|$) | \p{L}{3,12}\.?\s\d{1,2}(?:,|\s\d{4})
        | \d{1,2}\s?(?:月|월)|tháng\s\d",
    )
});
/// A time of day, as a word.
static TIME: LazyLock<Regex> = LazyLock::new(|| regex(r"^\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?$"));
/// An attribution that starts with its date, perhaps with the day of the week before.
static STARTS_WITH_DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x)^ (?:\p{L}{1,16}(?:-\p{L}+)?\.?,?\s{1,2}|\(\p{L}+\)\s)?
        (?: \d{4}\s?[-/.年년]\s?\d{1,2} | \d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4} | \d{1,2}[:.]\d{2} | \d{1,2}\.?\s(?:de\s)?\p{L}{3,12}\.?,?\s | \p{L}{3,12}\.?\s\d{1,2},?\s\d{4} )",
    )
});
/// Words that an attribution starts with.
static STARTS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?xi)^ (?: -{2,5}\s? )? (?: on | at | le | am | el | em | no\sdia | il | il\sgiorno | op | den | dnia | w\sdniu | dne | dňa | pe | pe\sdata\sde | la | la\sdata\sde | în | în\sdata\sde | a | em\sdata | на | в | у | от | στις | στο | την | u | dana | dne | vào | vào\slúc | vào\sngày | pada | tanggal | på | i | 在 | 于 | 於
        | בתאריך | ב | في | در | בתאריך | ons | tor | ngày | dňa | ma | kl | il\s | el\sdía | o\sdia | 보낸 | am | um | gg | data )\b[\s,:]* \S",
    )
});
/// Gmail's old form: the date in numbers, the sender, nothing else.
static ISO_FORM: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2})?)?(?: (?:GMT|UTC)[+-]\d{1,2}:?\d{2})? \S"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| regex(r#"[^\s<>()\[\]"',;:@]+@[^\s<>()\[\]"',;:@]+"#));
/// What an attribution in any language has that says when and who: the year, the time of day, the address in its brackets.
static YEAR: LazyLock<Regex> = LazyLock::new(|| regex(r"(?:^|\D)(?:19|20)\d{2}(?:\D|$)"));
static CLOCK: LazyLock<Regex> = LazyLock::new(|| regex(r"(?:^|\D)\d{1,2}[:.h]\d{2}(?:\D|$)"));
static BRACKETED: LazyLock<Regex> = LazyLock::new(|| regex(r#"[<(]\s?[^\s<>()"']+@[^\s<>()"']+\s?[>)]"#));
/// `Quoting Ana <ana@home.example>:`, in the languages of the programs that write so.
static QUOTES: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?xi)^ (?: quoting | quote\sfrom | zitat\svon | citando(?:\sa)? | citation\sde | citaat\svan | citat\s(?:de|från|fra) | citazione\sda | cytat\sod | цитирую | цитата\sот | selon ) \s",
    )
});
/// A sender first: a name without a sentence in it, then the address.
static STARTS_WITH_SENDER: LazyLock<Regex> = LazyLock::new(|| {
    regex(r#"^["'„“«]?[^.!?:<>]{0,80}?["'”“»]?,?\s*(?:via [^<>]{1,40})?[<(\[]?(?:mailto:)?[^\s<>()\[\]"',;:@]+@[^\s<>()\[\]"',;:@]+"#)
});

/// How many lines from `start` are one attribution; `None` when they are none.
pub(crate) fn at(lines: &[&str], start: usize) -> Option<usize> {
    let first = plain(lines.get(start)?);
    let first = first.trim_start();
    if first.is_empty() || !can_start(first) {
        return None;
    }
    let mut joined = String::new();
    for length in 1..=MOST_LINES {
        let Some(line) = lines.get(start + length - 1) else { break };
        let line = plain(line);
        if line.trim().is_empty() {
            // Some programs break the address off by an empty line.
            let goes_on = lines.get(start + length).is_some_and(|next| next.trim_start().starts_with('<'));
            if goes_on {
                continue;
            }
            break;
        }
        if length > 1
            && starts_quote(&line)
            && !line.trim_start_matches(['>', ' ']).ends_with(':')
            && !line.trim_start().starts_with("> wrote")
        {
            break;
        }
        if joined.len() + line.len() > LONGEST {
            break;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line.trim());
        if is_attribution(&joined) {
            return Some(length);
        }
    }
    None
}

fn starts_quote(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// Without the marks that only steer the direction of text, and with plain blanks.
pub(crate) fn plain(line: &str) -> String {
    line.chars()
        .filter(|c| !matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .map(|c| if matches!(c, '\u{a0}' | '\u{202f}' | '\t') { ' ' } else { c })
        .collect()
}

/// [`plain`] for a whole text, its line ends made one kind.
pub(crate) fn plain_text(text: &str) -> String {
    plain_blanks(&text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn plain_blanks(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{feff}' | '\u{200b}')).map(|c| if c == '\u{a0}' { ' ' } else { c }).collect()
}

fn can_start(first: &str) -> bool {
    let head = &first[..first.floor_char_boundary(LONGEST)];
    first.len() <= LONGEST
        && (head.contains(['@', '<'])
            || STARTS.is_match(head)
            || STARTS_WITH_DATE.is_match(head)
            || has_verb(head)
            || QUOTES.is_match(head)
            || (YEAR.is_match(head) && CLOCK.is_match(head)))
}

/// Any of the verbs, as a word of its own where words are divided by blanks; all of them are looked for in one pass.
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    let (spaced, joined): (Vec<&str>, Vec<&str>) = WROTE.split('|').partition(|verb| is_spaced(verb));
    let any = |verbs: &[&str]| verbs.iter().map(|verb| regex::escape(verb)).collect::<Vec<_>>().join("|");
    regex(&format!(r"(?:^|\P{{Alphabetic}})(?:{})(?:\P{{Alphabetic}}|$)|(?:{})", any(&spaced), any(&joined)))
});

fn has_verb(text: &str) -> bool {
    VERB.is_match(&text.to_lowercase())
}

/// Whether a verb's language divides its words by blanks.
fn is_spaced(verb: &str) -> bool {
    verb.is_ascii() || verb.chars().next().is_some_and(|c| c < '\u{3000}')
}

/// Whether a verb stands in the text as a word of its own.
fn is_word_in(text: &str, verb: &str) -> bool {
    text.match_indices(verb).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + verb.len()..].chars().next();
        !is_spaced(verb) || (!before.is_some_and(char::is_alphabetic) && !after.is_some_and(char::is_alphabetic))
    })
}

fn ends_with_verb(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '\u{ff1a}' | '-' | '>')).to_lowercase();
    WROTE.split('|').any(|verb| text.ends_with(verb) && is_word_in(&text[text.len() - verb.len()..], verb) && !joins_a_word(&text, verb))
}

fn joins_a_word(text: &str, verb: &str) -> bool {
    let before = text[..text.len() - verb.len()].chars().next_back();
    before.is_some_and(char::is_alphanumeric)
        && verb.chars().next().is_some_and(|c| c < '\u{0e00}')
        && !before.is_some_and(char::is_numeric)
}

/// What every attribution ends with; asked first, because it costs nothing.
fn may_end(text: &str) -> bool {
    text.ends_with([':', '\u{ff1a}', '-', '>'])
        || ends_with_verb(text)
        || ((text.contains(" GMT") || text.contains(" UTC")) && text.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_attribution(joined: &str) -> bool {
    let text = joined.trim();
    if !may_end(text) {
        return false;
    }
    let text_end = text.trim_end_matches(|c: char| c == '-' || c.is_whitespace());
    let has_colon = text_end.ends_with([':', '\u{ff1a}']);
    let is_dashed = text.starts_with("--") && text.ends_with("--");
    let has_address = ADDRESS.is_match(text);
    let has_date = DATE.is_match(text);
    let from_date = STARTS_WITH_DATE.is_match(text);
    let by_word = STARTS.is_match(text);
    let by_sender = has_address && STARTS_WITH_SENDER.is_match(text);
    let placed = from_date || by_word || by_sender;
    if has_colon && says_when_and_who(text) {
        return true;
    }
    if ends_with_verb(text) {
        let said = has_date && (from_date || by_word) && (has_colon || has_address || is_dashed);
        return said || (by_sender && has_colon) || (by_word && has_address && has_colon);
    }
    if has_colon && has_date && placed && has_verb(text) && (has_address || from_date || by_word) {
        return !reads_like_a_sentence(text);
    }
    if has_colon && ((has_date && has_address && (from_date || by_word)) || is_named_and_dated(text)) {
        return true;
    }
    ISO_FORM.is_match(text) && (text.ends_with('>') && has_address || is_zoned_without_address(text))
}

/// Year, time of day and an address in brackets before a colon: no sentence has them all, in no language. Or an address that is said to be quoted.
fn says_when_and_who(text: &str) -> bool {
    let is_short = |most: usize| text.split_whitespace().take(most + 1).count() <= most;
    (YEAR.is_match(text) && CLOCK.is_match(text) && BRACKETED.is_match(text) && is_short(25))
        || (QUOTES.is_match(text) && ADDRESS.is_match(text) && is_short(9))
}

/// `Ana Lima schrieb am 03.02.2025 um 10:12:`, which has no address: a name of some words, the verb, then no more than a day and a time.
fn is_named_and_dated(text: &str) -> bool {
    let words: Vec<&str> = text.trim_end_matches([':', '\u{ff1a}', ' ']).split(' ').filter(|word| !word.is_empty()).take(14).collect();
    let is_name =
        |word: &&&str| word.starts_with(char::is_uppercase) && !word.contains(|c: char| c.is_ascii_digit() || matches!(c, ',' | ':'));
    let name = words.iter().take_while(is_name).count();
    let Some(verb) = words.get(name).filter(|_| (2..=4).contains(&name)) else { return false };
    let (times, rest): (Vec<&str>, Vec<&str>) = words[name + 1..].iter().partition(|word| TIME.is_match(word));
    WROTE.split('|').any(|known| known == *verb) && !times.is_empty() && rest.len() <= 7 && DATE.is_match(&rest.join(" "))
}

/// `2016-03-03 17:21 GMT+01:00 Some One`: the zone makes it sure.
fn is_zoned_without_address(text: &str) -> bool {
    (text.contains(" GMT") || text.contains(" UTC"))
        && text.chars().count() < 80
        && !text.ends_with('<')
        && !text.contains('@')
        && !text.contains('<')
}

/// A verb in the middle, and many words behind it that are neither date nor name.
fn reads_like_a_sentence(text: &str) -> bool {
    text.split_whitespace().count() > 30 || text.contains(". I ") || text.contains("? ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(text: &str) -> Option<usize> {
        at(&text.lines().collect::<Vec<_>>(), 0)
    }

    #[test]
    fn attributions_of_many_languages() {
        for (text, lines) in [
            ("On Mon, 3 Feb 2025 at 10:12, Ana Lima <ana@shop.example> wrote:", 1),
            ("On Mon, 3 Feb 2025 at 10:12, Ana Lima <\nana@shop.example> wrote:", 2),
            ("Le lun. 3 févr. 2025 à 10:12, Ana <ana@shop.example> a écrit :", 1),
            ("Am 03.02.25 um 10:12 schrieb Ana:", 1),
            ("Ana Lima schrieb am 03.02.2025 um 10:12:", 1),
            ("Ana Lima kirjoitti 3.2.2025 klo 10.12:", 1),
            ("Ana <ana@shop.example> schrieb am Mo., 3. Feb. 2025, 10:12:", 1),
            ("El lun, 3 feb 2025 a las 10:12, Ana (<ana@shop.example>) escribió:", 1),
            ("Em seg., 3 de fev. de 2025 às 10:12, Ana <ana@shop.example> escreveu:", 1),
            ("Il giorno lun 3 feb 2025 alle ore 10:12 Ana <ana@shop.example> ha scritto:", 1),
            ("Op ma 3 feb 2025 om 10:12 schreef Ana <ana@shop.example>:", 1),
            ("Den mån 3 feb. 2025 kl 10:12 skrev Ana <ana@shop.example>:", 1),
            ("ma 3. helmik. 2025 klo 10.12 Ana (ana@shop.example) kirjoitti:", 1),
            ("pon., 3 lut 2025 o 10:12 Ana <ana@shop.example> napisał(a):", 1),
            ("po 3. 2. 2025 v 10:12 odesílatel Ana <ana@shop.example> napsal:", 1),
            ("пн, 3 февр. 2025 г. в 10:12, Ana <ana@shop.example>:", 1),
            ("Ana <ana@shop.example>, 3 Şub 2025 Pzt, 10:12 tarihinde şunu yazdı:", 1),
            ("Ana <ana@shop.example> ezt írta (időpont: 2025. febr. 3., H, 10:12):", 1),
            ("Ana <ana@shop.example> 于2025年2月3日周一 10:12写道\u{ff1a}", 1),
            ("2025年2月3日(月) 10:12 Ana <ana@shop.example>:", 1),
            ("2025년 2월 3일 (월) 오전 10:12, Ana <ana@shop.example>님이 작성:", 1),
            ("Vào Th 2, 3 thg 2, 2025 vào lúc 10:12 Ana <ana@shop.example> đã viết:", 1),
            ("În lun., 3 feb. 2025 la 10:12, Ana <ana@shop.example> a scris:", 1),
            ("Στις Δευ 3 Φεβ 2025 στις 10:12 π.μ., ο χρήστης Ana <ana@shop.example> έγραψε:", 1),
        ] {
            assert_eq!(length(text), Some(lines), "{text}");
        }
    }

    #[test]
    fn sentences_are_no_attributions() {
        for text in [
            "On the other hand, I never wrote that.",
            "On Monday I wrote to you:",
            "See what Ana wrote:",
            "Ana wrote on 3.2.2025 at 10:12 that this is what matters:",
            "Ana Lima wrote these on 3.2.2025:",
            "Please call me at 10:30",
            "The dates are: 3.2.2025, 4.2.2025",
            "I wrote to ana@shop.example about it.",
        ] {
            assert_eq!(length(text), None, "{text}");
        }
    }
}
