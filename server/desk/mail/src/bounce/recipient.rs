//! Whom a report without fields is about: the addresses that its own words name.
//! Knows text only; which of them is whose is not asked.

use std::sync::LazyLock;

use regex::Regex;

use super::MOST_GROUPS;
use crate::{address, failure, header::Headers, mime::Part};

static RECIPIENT_FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?im)^[ \t]*(?:Final-Recipient|Original-Recipient)\s*:\s*(?:[a-z0-9-]+\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+)").ok()
});
static ANY_ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{1,250}").ok());

/// `554 <a@b>... 550 Host unknown`: the transcript of old Sendmails names each address with its refusal.
fn refused(own_words: &str) -> Vec<String> {
    static REFUSED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?m)^[45]\d\d <([^<>\s]{1,250}@[^<>\s]{1,250})>\.\.\. ").ok());
    let Some(pattern) = REFUSED.as_ref() else { return Vec::new() };
    pattern.captures_iter(own_words).take(MOST_GROUPS).map(|captures| captures[1].to_owned()).collect()
}

/// The addresses by fields, by the shape of the report, or the first one named.
pub(super) fn named(root: &Part<'_>, words: &str, own_words: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for raw in root.headers.raw_all("x-failed-recipients") {
        found.extend(address::list(&raw).into_iter().map(|mailbox| mailbox.address));
    }
    if found.is_empty()
        && let Some(pattern) = RECIPIENT_FIELD.as_ref()
    {
        found.extend(pattern.captures_iter(words).take(MOST_GROUPS).map(|captures| address::tidy(&captures[1])));
    }
    if found.is_empty()
        && let Some(pattern) = ANY_ADDRESS.as_ref()
    {
        // The report is from the daemon and to us; the failed address is another one.
        let ours: Vec<String> = ["from", "to", "sender", "delivered-to"]
            .iter()
            .flat_map(|name| root.headers.raw_all(name))
            .flat_map(|raw| address::list(&raw))
            .map(|mailbox| mailbox.address.to_lowercase())
            .collect();
        let is_meant = |text: &String| address::is_valid(text) && !ours.contains(&text.to_lowercase()) && !failure::is_daemon(text);
        let addresses = |text: &str| {
            pattern
                .find_iter(text)
                .map(|hit| hit.as_str().trim_end_matches(['.', '-']).to_owned())
                .filter(is_meant)
                .take(MOST_GROUPS)
                .collect::<Vec<_>>()
        };
        // A list of failed addresses has each at the start of its line; else the first one named is meant.
        let starts = own_words.lines().map(|line| line.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()));
        let starts = starts.filter_map(|line| line.split([' ', '\t', '>', ',', ':', ';']).next()).collect::<Vec<_>>().join("\n");
        found = refused(own_words);
        found.extend(addresses(&starts));
        if found.is_empty() {
            // `<a@b>:` alone on its line is meant whoever it is: people write to themselves.
            found = own_words.lines().filter_map(|line| line.trim().strip_prefix('<')?.strip_suffix(">:")).map(address::tidy).collect();
        }
        if found.is_empty() {
            found = addresses(own_words);
            found.truncate(1);
        }
        if found.is_empty() {
            found = returned_to(root, words).filter(is_meant).into_iter().collect();
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|recipient| seen.insert(recipient.to_lowercase()));
    found
}

/// Whom the returned mail was to: the last resort.
fn returned_to(root: &Part<'_>, words: &str) -> Option<String> {
    static TO: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?im)^[ \t>]*To:[ \t]*([^\r\n]{3,500})").ok());
    let of_part = |leaf: &&Part<'_>| {
        matches!(leaf.kind.value.as_str(), "message/rfc822" | "message/global" | "text/rfc822-headers" | "text/rfc822-header")
    };
    let from_parts = root.leaves().into_iter().filter(of_part).find_map(|leaf| Headers::read(&leaf.bytes()).0.raw("to"));
    let raw = from_parts.or_else(|| TO.as_ref()?.captures(words).map(|captures| captures[1].to_owned()))?;
    address::list(&raw).into_iter().next().map(|mailbox| mailbox.address)
}
