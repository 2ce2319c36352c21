//! The lines that programs put above a quote besides the attribution: separators, header blocks, our own marker; and quote marks.
//! Knows single lines and small blocks, not what becomes of them.

use super::{
    attribution::plain,
    words::{self, Field},
};

/// Lines that a header may go on over, when another header follows.
const MOST_CONTINUATION: usize = 2;
/// Lines of the longest header block.
const MOST_HEADER_LINES: usize = 30;
/// Headers that make a block.
const FEWEST_HEADERS: usize = 3;
/// Characters in which a header's name must end.
const LONGEST_NAME: usize = 64;

/// A small header block: its fields with their values, and the lines it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Headers {
    pub(crate) fields: Vec<(Field, String)>,
    pub(crate) lines: usize,
}

impl Headers {
    fn kinds(&self) -> usize {
        let mut seen: Vec<Field> = Vec::new();
        for (field, _) in &self.fields {
            if !seen.contains(field) {
                seen.push(*field);
            }
        }
        seen.len()
    }

    fn has(&self, wanted: Field) -> bool {
        self.fields.iter().any(|(field, _)| *field == wanted)
    }
}

/// Reads `Name: value` when the name is that of a mail header; stars around it do not matter.
pub(crate) fn header(line: &str) -> Option<(Field, String)> {
    let line = plain(line);
    let line = line.trim();
    let head = &line[..line.floor_char_boundary(LONGEST_NAME)];
    let at = head.find([':', '\u{ff1a}'])?;
    let colon = head[at..].chars().next().map_or(1, char::len_utf8);
    let stars = |c: char| c == '*' || c == '_' || c.is_whitespace();
    let field = words::field(line[..at].trim_matches(stars))?;
    let value = line[at + colon..].trim_start_matches(stars).trim();
    Some((field, value.to_owned()))
}

/// The header block that starts at a line, if one does.
pub(crate) fn headers(lines: &[&str], start: usize) -> Option<Headers> {
    let found = header_lines(lines, start)?;
    let addressed = found.has(Field::From) || (found.has(Field::To) && found.has(Field::Subject));
    (found.kinds() >= FEWEST_HEADERS && addressed && (found.has(Field::Date) || found.has(Field::Subject))).then_some(found)
}

/// Like [`headers`], where a separator above has said already that headers come: two are enough.
pub(crate) fn headers_below_separator(lines: &[&str], start: usize) -> Option<Headers> {
    header_lines(lines, start).filter(|found| found.kinds() >= 2 && (found.has(Field::From) || found.has(Field::Subject)))
}

fn header_lines(lines: &[&str], start: usize) -> Option<Headers> {
    let first = header(lines.get(start)?)?;
    let mut fields = vec![first];
    let mut taken = 1;
    while taken < MOST_HEADER_LINES {
        let Some((skipped, next)) = next_header(lines, start + taken) else { break };
        if let Some((_, value)) = fields.last_mut() {
            for line in lines.iter().skip(start + taken).take(skipped) {
                value.push(' ');
                value.push_str(line.trim());
            }
        }
        fields.push(next);
        taken += skipped + 1;
    }
    Some(Headers { fields, lines: taken })
}

/// The next header, at most two lines further on; an empty line ends the block.
fn next_header(lines: &[&str], from: usize) -> Option<(usize, (Field, String))> {
    for skipped in 0..=MOST_CONTINUATION {
        let line = lines.get(from + skipped)?;
        if line.trim().is_empty() {
            return None;
        }
        if let Some(found) = header(line) {
            return Some((skipped, found));
        }
    }
    None
}

/// `---- some words ----`: the words between the dashes.
pub(crate) fn between_dashes(line: &str) -> Option<&str> {
    let line = line.trim().trim_matches('*');
    let is_rule = |c: char| matches!(c, '-' | '_' | '=' | '—' | '–' | '#');
    let inner = line.trim_start_matches(is_rule);
    let opened = line.len() - inner.len();
    let words = inner.trim_end_matches(is_rule);
    let closed = inner.len() - words.len();
    let words = words.trim();
    (opened >= 2 && closed >= 2 && words.chars().count() <= 80 && words.chars().any(char::is_alphabetic)).then_some(words)
}

/// `-----Original Message-----` in any of the languages.
pub(crate) fn is_original(line: &str) -> bool {
    between_dashes(line).is_some_and(words::is_original)
}

/// The line above a forwarded mail: `---- Forwarded message ----`, `Begin forwarded message:`.
pub(crate) fn is_forwarded(line: &str) -> bool {
    let line = line.trim();
    if line.len() > 200 {
        return false;
    }
    between_dashes(line).is_some_and(words::is_forwarded)
        || (line.ends_with([':', '\u{ff1a}']) && line.split_whitespace().count() <= 6 && words::is_forwarded(line) && !line.contains('@'))
}

/// A line that says that the reply goes above it: ours (`-- words --`), and those of other desks.
pub(crate) fn is_reply_above(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['>', ' ', '*']).trim_end_matches(['*', ' ']);
    if line.len() > 200 {
        return false;
    }
    let ours = line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")).is_some_and(|words| {
        let words = words.trim();
        words.contains(' ') && !words.starts_with('-') && !words.ends_with('-') && words.chars().count() <= 80
    });
    let lower = line.to_lowercase();
    ours || (lower.starts_with(['#', '-', '=', '_'])
        && [
            "above this line",
            "acima desta linha",
            "oberhalb dieser",
            "au-dessus de cette ligne",
            "encima de esta línea",
            "sopra questa riga",
        ]
        .iter()
        .any(|words| lower.contains(words)))
}

/// A quoted line; `|` only marks one when blanks follow, as Gmail's plain text once had it.
pub(crate) fn is_quoted(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('>') || line == "|" || line.starts_with("| ")
}

/// `Ana> quoted`: the old way to quote with a name.
pub(crate) fn is_quoted_by_name(line: &str) -> bool {
    let line = line.trim_start();
    let name = line.chars().take_while(char::is_ascii_alphabetic).count();
    (1..=16).contains(&name) && line.starts_with(|c: char| c.is_ascii_uppercase()) && line[name..].starts_with('>')
}

/// A line of nothing but dashes and their like.
pub(crate) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let mut count = 0;
    for c in line.chars() {
        if !matches!(c, '-' | '_' | '=' | '*' | '~' | '#' | '+' | '—' | '–' | 'ᐧ' | '·' | '•' | '─' | '━') {
            return false;
        }
        count += 1;
    }
    count >= 2 || line == "ᐧ" || line == "—"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_block_has_three_headers() {
        let lines: Vec<&str> =
            "*Von:* Ana <a@b.example>\n*Gesendet:* Montag\n*An:* Bo\n*Betreff:* Ein langer\nBetreff\n\nHallo".lines().collect();
        assert_eq!(headers(&lines, 0).map(|found| found.lines), Some(4));
        assert_eq!(headers(&["From: us", "it came", "to: you"], 0), None);
    }

    #[test]
    fn separators_and_markers() {
        assert!(is_original("-----Original Message-----"));
        assert!(is_original("*-------- Ursprüngliche Nachricht --------*"));
        assert!(is_forwarded("---------- Forwarded message ---------"));
        assert!(is_forwarded("Anfang der weitergeleiteten Nachricht:"));
        assert!(is_reply_above("> -- reply above this line --"));
        assert!(!is_reply_above("-- first -- second"));
        assert!(is_rule("______"));
        assert!(is_quoted_by_name("Ana> hi") && !is_quoted_by_name("a -> b"));
    }
}
