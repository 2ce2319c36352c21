//! Reports about our own mail: RFC 3464 read field by field, and what other reports say in their own words.
//! Knows which addresses failed and how; which letter it was is for the desk (it gets the returned Message-IDs).

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use crate::{address, body::Body, failure, header::Headers, mime::Part};

/// Groups of a delivery-status part beyond this are not read.
const MOST_GROUPS: usize = 200;
/// As much of a report's own words is searched.
const SEARCHED: usize = 200_000;

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Bounce {
    /// The addresses it is about.
    pub recipients: Vec<String>,
    /// The status of RFC 3463, `5.1.1`.
    pub status: Option<String>,
    /// `failed`, `delayed`, `delivered`, `relayed`, `expanded`, `displayed`, `complaint`.
    pub action: Option<String>,
    /// The words of the server that refused.
    pub diagnostic: Option<String>,
    /// Whether the address itself is dead, so that nothing more should be sent there.
    pub hard: bool,
    /// Message-IDs of the mail that came back, without brackets.
    #[serde(skip)]
    pub message_ids: Vec<String>,
}

#[derive(Default)]
struct Group {
    recipient: Option<String>,
    action: Option<String>,
    status: Option<String>,
    diagnostic: Option<String>,
}

/// Reads a mail that `class.rs` found to be a report.
pub fn read(root: &Part<'_>, body: &Body<'_, '_>) -> Bounce {
    let mut bounce = Bounce::default();
    let mut groups = Vec::new();
    let mut words = body.text.chars().take(SEARCHED).collect::<String>();
    for leaf in root.leaves() {
        match leaf.kind.value.as_str() {
            "message/delivery-status" | "message/global-delivery-status" => {
                let bytes = leaf.bytes();
                groups.extend(status_groups(&bytes));
            }
            "message/disposition-notification" => read_disposition(leaf, &mut bounce),
            "message/feedback-report" => read_feedback(leaf, &mut bounce),
            "message/rfc822" | "message/global" | "text/rfc822-headers" | "text/rfc822-header" | "message/rfc822-headers" => {
                add_returned(&leaf.bytes(), &mut bounce);
            }
            kind if kind.starts_with("text/") && words.len() < SEARCHED && !is_words(leaf, body) => {
                words.push('\n');
                words.extend(leaf.text().chars().take(SEARCHED));
            }
            _ => {}
        }
    }
    from_groups(&groups, &mut bounce);
    from_words(root, &words, &mut bounce);
    bounce
}

fn is_words(leaf: &Part<'_>, body: &Body<'_, '_>) -> bool {
    !body.others.iter().any(|other| std::ptr::eq(other.part, leaf))
}

fn status_groups(bytes: &[u8]) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut at = 0;
    while at < bytes.len() && groups.len() < MOST_GROUPS {
        let (headers, length) = Headers::read(&bytes[at..]);
        if length == 0 {
            break;
        }
        at += length;
        let recipient = ["final-recipient", "original-recipient", "x-actual-recipient"]
            .iter()
            .filter_map(|name| headers.raw(name))
            .map(|raw| typed(&raw))
            .find(|text| text.contains('@'));
        if recipient.is_none() && !headers.has("action") && !headers.has("status") {
            continue;
        }
        groups.push(Group {
            recipient,
            action: headers.raw("action").and_then(|raw| first_word(&raw)),
            status: headers.raw("status").and_then(|raw| failure::status(&raw)),
            diagnostic: headers.raw("diagnostic-code").map(|raw| diagnostic(&raw)).filter(|text| !text.is_empty()),
        });
    }
    groups
}

/// `rfc822;a@b` → `a@b`.
fn typed(raw: &str) -> String {
    let value = raw.split_once(';').map_or(raw, |(_, value)| value);
    address::mailbox(value).map_or_else(|| address::tidy(value), |mailbox| mailbox.address)
}

fn first_word(raw: &str) -> Option<String> {
    raw.split(|c: char| !c.is_ascii_alphabetic() && c != '-').find(|word| !word.is_empty()).map(str::to_ascii_lowercase)
}

fn diagnostic(raw: &str) -> String {
    let text = match raw.split_once(';') {
        Some((kind, rest)) if kind.trim().len() <= 12 && !kind.trim().contains(' ') => rest,
        _ => raw,
    };
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.chars().take(1000).collect()
}

fn read_disposition(leaf: &Part<'_>, bounce: &mut Bounce) {
    let bytes = leaf.bytes();
    let headers = Headers::read(&bytes).0;
    bounce.recipients.extend(headers.raw("final-recipient").map(|raw| typed(&raw)).filter(|text| text.contains('@')));
    bounce.action =
        headers.raw("disposition").and_then(|raw| raw.rsplit(';').next().and_then(first_word)).or_else(|| Some("displayed".to_owned()));
    bounce.message_ids.extend(headers.raw("original-message-id").map(|raw| raw.trim().trim_matches(['<', '>']).to_owned()));
}

fn read_feedback(leaf: &Part<'_>, bounce: &mut Bounce) {
    let bytes = leaf.bytes();
    let headers = Headers::read(&bytes).0;
    let recipients = ["original-rcpt-to", "removal-recipient"].iter().flat_map(|name| headers.raw_all(name)).map(|raw| typed(&raw));
    bounce.recipients.extend(recipients.filter(|text| text.contains('@')));
    bounce.action = Some("complaint".to_owned());
    bounce.diagnostic = headers.raw("feedback-type").map(|kind| kind.trim().to_ascii_lowercase());
}

fn add_returned(bytes: &[u8], bounce: &mut Bounce) {
    let headers = Headers::read(bytes).0;
    bounce.message_ids.extend(headers.raw("message-id").map(|raw| raw.trim().trim_matches(['<', '>']).to_owned()));
}

fn from_groups(groups: &[Group], bounce: &mut Bounce) {
    // The group that failed is the one to show; a report may also name those that were reached.
    let weight = |group: &Group| match group.action.as_deref() {
        Some("failed") => 0,
        Some("delayed") => 1,
        None => 2,
        Some(_) => 3,
    };
    let worst = groups.iter().map(weight).min();
    for group in groups.iter().filter(|group| Some(weight(group)) == worst) {
        if let Some(recipient) = &group.recipient
            && !bounce.recipients.contains(recipient)
        {
            bounce.recipients.push(recipient.clone());
        }
        bounce.action = bounce.action.take().or_else(|| group.action.clone());
        bounce.status = bounce.status.take().or_else(|| group.status.clone());
        bounce.diagnostic = bounce.diagnostic.take().or_else(|| group.diagnostic.clone());
    }
}

static RETURNED_ID: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?im)^[ \t>]*Message-ID:\s*<([^<>\s]{3,250})>").ok());
static RECIPIENT_FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?im)^[ \t]*(?:Final-Recipient|Original-Recipient)\s*:\s*(?:[a-z0-9-]+\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+)").ok()
});
static ANY_ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{1,250}").ok());

/// What the fields did not say, from the words of the report and from its own header.
fn from_words(root: &Part<'_>, words: &str, bounce: &mut Bounce) {
    let (own_words, returned) = failure::own_words(words);
    if bounce.recipients.is_empty() {
        bounce.recipients = recipients(root, words, own_words);
    }
    if bounce.message_ids.is_empty()
        && let Some(pattern) = RETURNED_ID.as_ref()
    {
        let found = pattern.captures_iter(returned).chain(pattern.captures_iter(own_words)).take(3);
        bounce.message_ids = found.map(|captures| captures[1].to_owned()).collect();
    }
    if matches!(bounce.action.as_deref(), Some("complaint" | "displayed" | "deleted" | "dispatched" | "processed")) {
        return;
    }
    let line = failure::line(own_words);
    if bounce.diagnostic.is_none() {
        bounce.diagnostic.clone_from(&line);
    }
    let said = bounce.diagnostic.clone().unwrap_or_default();
    refine_status(&said, own_words, bounce);
    if bounce.action.is_none() {
        bounce.action = Some(failure::action(root.headers.text("subject").as_deref(), bounce.status.as_deref(), own_words).to_owned());
    }
    let is_failure = bounce.action.as_deref() == Some("failed");
    bounce.hard = is_failure && failure::is_dead_address(bounce.status.as_deref(), &said, own_words);
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

/// A status that says little (`5.0.0`, `5.1.0`) gives way to a better one in the refusal's own words.
fn refine_status(said: &str, own_words: &str, bounce: &mut Bounce) {
    let is_exact = |status: &String| !status.ends_with(".0");
    match bounce.status.take() {
        Some(status) if is_exact(&status) => bounce.status = Some(status),
        Some(status) if !status.ends_with(".0.0") => {
            bounce.status = failure::statuses(said).into_iter().find(is_exact).or(Some(status));
        }
        vague => {
            let better = failure::status(said).or_else(|| failure::status(own_words));
            let code = failure::code_status(said).or_else(|| failure::code_status(own_words));
            bounce.status = better.or(vague).or(code);
        }
    }
}

fn recipients(root: &Part<'_>, words: &str, own_words: &str) -> Vec<String> {
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
        found = addresses(&starts);
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
