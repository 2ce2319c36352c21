//! Who a mail is from and to: mailboxes as people write them, and the repair of those that are broken.
//! Knows nothing of our own addresses (`reply_address.rs`) and nothing of contacts.

use serde::{Deserialize, Serialize};

use crate::{charset, header};

/// Addresses in one header beyond this are not read.
const MOST: usize = 500;

/// A person's address, with the name they gave themselves.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Mailbox {
    /// The display name, if one was given.
    pub name: Option<String>,
    /// The address itself, `local@domain`.
    pub address: String,
}

impl Mailbox {
    /// Whether mail could be sent there.
    pub fn is_valid(&self) -> bool {
        is_valid(&self.address)
    }
}

/// Whether a text has the shape of an address that mail can be sent to.
pub fn is_valid(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| !c.is_control() && !c.is_whitespace() && !"()<>[]:;@\\,\"".contains(c));
    let domain_ok = !domain.is_empty()
        && domain.len() <= 253
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        });
    local_ok && domain_ok
}

/// The organisational domain of an address (by the public suffix list), lower case.
pub fn organisation(address: &str) -> Option<String> {
    let domain = address.rsplit_once('@')?.1.trim_end_matches('.').to_lowercase();
    match psl::domain_str(&domain) {
        Some(organisation) => Some(organisation.to_owned()),
        None => (!domain.is_empty()).then_some(domain),
    }
}

/// Whether two addresses belong to one organisational domain.
pub fn is_same_organisation(one: &str, other: &str) -> bool {
    organisation(one).is_some_and(|organisation_of_one| Some(organisation_of_one) == organisation(other))
}

/// Reads an address header whose encoded words are still encoded. What has no address in it is left out.
pub fn list(raw: &str) -> Vec<Mailbox> {
    let found = list_of(raw);
    // some programs encode the address with the name, or all of it but the letters of the address
    let cut = |one: &Mailbox| one.name.as_deref().is_some_and(|name| name.contains("=?"));
    if raw.contains("=?") && (found.is_empty() || found.iter().any(cut)) { list_of(&charset::words(raw)) } else { found }
}

fn list_of(raw: &str) -> Vec<Mailbox> {
    let mut found: Vec<Mailbox> = Vec::new();
    let mut name_so_far = String::new();
    for piece in pieces(raw).into_iter().take(MOST) {
        let piece = without_group(piece);
        // `Smith, John <j@x>`: a piece without an address is the front of the next one's name.
        if !piece.contains('@') && !piece.contains('<') {
            if !piece.trim().is_empty() {
                name_so_far.push_str(piece.trim());
                name_so_far.push_str(", ");
            }
            continue;
        }
        let joined = if piece.contains('<') { format!("{name_so_far}{}", piece.trim()) } else { piece.to_owned() };
        name_so_far.clear();
        found.extend(mailbox(&joined));
    }
    found
}

/// Reads one mailbox.
pub fn mailbox(raw: &str) -> Option<Mailbox> {
    let raw = raw.trim();
    let (name, address) = match angle(raw) {
        // some write the name behind it
        Some((name, address, behind)) if address.contains('@') => (if name.trim().is_empty() { behind } else { name }, address),
        // `<>` or `<no address>`: the address may stand in the name.
        Some((name, ..)) => return bare(name),
        None => return bare(raw),
    };
    let name = display_name(name);
    let address = tidy(address);
    (address.contains('@')).then_some(Mailbox { name, address })
}

/// `a@b (Name)`, `Name a@b`, `Name [a@b]`, `Name (a@b)`, `"a@b"`.
fn bare(raw: &str) -> Option<Mailbox> {
    let (outside, comment) = without_comments(raw);
    let decoded = charset::words(&outside);
    let Some((written, address)) = address_in(&decoded) else {
        let (_, address) = address_in(comment.as_deref()?)?;
        return Some(Mailbox { name: display_name(&decoded), address });
    };
    let around = decoded.replace(written, " ");
    let around = display_name(around.trim_matches(|c: char| c.is_whitespace() || "\"'<>".contains(c)));
    Some(Mailbox { name: comment.as_deref().and_then(display_name).or(around), address })
}

/// The word that is most like an address, as it is written and as it is meant.
fn address_in(text: &str) -> Option<(&str, String)> {
    let words = text.split_whitespace().map(|word| (word, tidy(word))).filter(|(_, word)| word.contains('@'));
    words.max_by_key(|(_, word)| is_valid(word))
}

/// What stands before the last `<…>`, in it, and behind it.
fn angle(raw: &str) -> Option<(&str, &str, &str)> {
    let open = raw.rfind('<')?;
    let rest = &raw[open + 1..];
    let close = rest.find('>').unwrap_or(rest.len());
    Some((raw[..open].trim_end_matches('<'), &rest[..close], rest[close..].trim_start_matches('>')))
}

/// Repairs an address: decoded, no blanks, no quotes around, no `mailto:`, no punctuation at its ends.
pub fn tidy(address: &str) -> String {
    let decoded = charset::words(address);
    let text: String = decoded.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let text = text.trim_matches(|c: char| "<>\"',;:()[]".contains(c));
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    text.trim_end_matches('.').trim_end_matches("\\r\\n").to_owned()
}

fn display_name(raw: &str) -> Option<String> {
    let (outside, _) = without_comments(raw);
    let text = unquoted(outside.trim());
    let text = header::clean(&charset::words(&text));
    let text = text.trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace()).trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn unquoted(text: &str) -> String {
    if !text.contains(['"', '\\']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' => {}
            '\\' => out.extend(characters.next()),
            _ => out.push(c),
        }
    }
    out
}

/// Text outside parentheses, and the last text inside them.
fn without_comments(raw: &str) -> (String, Option<String>) {
    let (mut outside, mut inside, mut depth, mut quoted) = (String::new(), String::new(), 0u32, false);
    for c in raw.chars() {
        match c {
            '"' if depth == 0 => {
                quoted = !quoted;
                outside.push(c);
            }
            '(' if !quoted => {
                if depth == 0 {
                    inside.clear();
                }
                depth += 1;
            }
            ')' if !quoted && depth > 0 => depth -= 1,
            _ if depth > 0 => inside.push(c),
            _ => outside.push(c),
        }
    }
    if depth > 0 {
        // Never closed: it was no comment.
        return (raw.replace('(', " "), None);
    }
    (outside, (!inside.trim().is_empty()).then_some(inside))
}

/// `Friends: a@b` → ` a@b`; the colon of a group stands before any address.
fn without_group(piece: &str) -> &str {
    let stop = piece.find(['@', '<', '"']).unwrap_or(piece.len());
    match piece[..stop].find(':') {
        Some(colon) if !piece[..colon].trim_start().eq_ignore_ascii_case("mailto") && !piece[..colon].contains("=?") => &piece[colon + 1..],
        _ => piece,
    }
}

/// Splits at commas and semicolons outside quotes, angles and comments; a quote that never closes is no quote.
fn pieces(raw: &str) -> Vec<&str> {
    split(raw, true).or_else(|| split(raw, false)).unwrap_or_default()
}

fn split(raw: &str, heed_quotes: bool) -> Option<Vec<&str>> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped, mut angle, mut comment) = (false, false, false, 0u32);
    let last_close = raw.rfind('>').unwrap_or(0);
    for (at, c) in raw.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if heed_quotes && comment == 0 => quoted = !quoted,
            _ if quoted => {}
            '(' if heed_quotes => comment += 1,
            ')' if comment > 0 => comment -= 1,
            '<' => angle = true,
            '>' => angle = false,
            ',' | ';' if comment == 0 && (!angle || at > last_close) => {
                pieces.push(&raw[start..at]);
                start = at + 1;
                angle = false;
            }
            _ => {}
        }
        if pieces.len() > MOST {
            break;
        }
    }
    if quoted || comment > 0 {
        return None;
    }
    pieces.push(&raw[start..]);
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(raw: &str) -> (String, String) {
        let mailbox = list(raw).into_iter().next().expect("a mailbox");
        (mailbox.name.unwrap_or_default(), mailbox.address)
    }

    #[test]
    fn mailboxes_as_people_write_them() {
        for (raw, name, address) in [
            ("a@b.example", "", "a@b.example"),
            ("Ana <a@b.example>", "Ana", "a@b.example"),
            ("\"Smith, John\" <j@b.example>", "Smith, John", "j@b.example"),
            ("Smith, John <j@b.example>", "Smith, John", "j@b.example"),
            ("a@b.example (Ana)", "Ana", "a@b.example"),
            ("=?utf-8?Q?J=C3=B6rg?= <j@b.example>", "Jörg", "j@b.example"),
            ("<mailto:a@b.example>", "", "a@b.example"),
            ("Ana a@b.example", "Ana", "a@b.example"),
            ("\"Nobody\" <>, \"Ltd\" <l@b.example>", "Ltd", "l@b.example"),
            ("\"never closed <a@b.example>", "never closed", "a@b.example"),
            ("friends: a@b.example, c@d.example;", "", "a@b.example"),
        ] {
            assert_eq!(one(raw), (name.to_owned(), address.to_owned()), "{raw}");
        }
        assert_eq!(list("undisclosed-recipients:;"), []);
        assert_eq!(list("a@b.example, C <c@d.example>; e@f.example").len(), 3);
    }

    #[test]
    fn an_organisation_is_the_registered_domain() {
        assert!(is_same_organisation("a@mail.shop.co.uk", "b@shop.co.uk"));
        assert!(!is_same_organisation("a@one.co.uk", "b@two.co.uk"));
    }

    #[test]
    fn an_address_is_valid_or_not() {
        for good in ["a@b.example", "a+b@c-d.example", "jörg@köln.example", "a@localhost"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b..c", "a@@b", ".a@b", "a@-b"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn what_stands_in_from_is_read_however_it_is_written() {
        for (raw, name, address) in [
            ("\"Ana \"the boss\" Lima\" <ana@home.example>", Some("Ana the boss Lima"), "ana@home.example"),
            ("Ana Lima <ana@home.example", Some("Ana Lima"), "ana@home.example"),
            ("Ana Lima ana@home.example>", Some("Ana Lima"), "ana@home.example"),
            ("<ana@home.example> Ana Lima", Some("Ana Lima"), "ana@home.example"),
            ("Ana, Lima <ana@home.example>", Some("Ana, Lima"), "ana@home.example"),
            ("Ana Lima <mailto:ana@home.example>", Some("Ana Lima"), "ana@home.example"),
            ("Ana Lima [ana@home.example]", Some("Ana Lima"), "ana@home.example"),
            ("Ana Lima (ana@home.example)", Some("Ana Lima"), "ana@home.example"),
            ("ana@home.example (Ana Lima)", Some("Ana Lima"), "ana@home.example"),
            ("'ana@home.example'", None, "ana@home.example"),
            ("\"ana@home.example\"", None, "ana@home.example"),
            ("Ana <ana @home.example>", Some("Ana"), "ana@home.example"),
            ("Ana <<ana@home.example>>", Some("Ana"), "ana@home.example"),
            ("Ana <ana@home.example>;", Some("Ana"), "ana@home.example"),
            ("Ana <ana@home.example.>", Some("Ana"), "ana@home.example"),
            ("\"Ana\" <>, \"Lima\" <ana@home.example>", Some("Lima"), "ana@home.example"),
            ("Ana@Lima <ana@home.example>", Some("Ana@Lima"), "ana@home.example"),
            ("=?utf-8?Q?Ana_Lima_<ana@home.example>?=", Some("Ana Lima"), "ana@home.example"),
        ] {
            let found = list(raw).into_iter().find(Mailbox::is_valid);
            let got = found.as_ref().map(|found| (found.name.as_deref(), found.address.as_str()));
            assert_eq!(got, Some((name, address)), "{raw}");
        }
    }
}
