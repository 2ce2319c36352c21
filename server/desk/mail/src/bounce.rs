//! Reports about our own mail: RFC 3464 read field by field, and what other reports say in their own words.
//! Knows which addresses failed and how; which letter it was is for the desk (it gets the returned Message-IDs).

mod recipient;

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use crate::{
    address,
    body::{self, Body},
    failure,
    header::Headers,
    mime::{self, Part},
    refusal,
};

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
    is_bad: bool,
}

/// Reads a mail that `class.rs` found to be a report. One that says nothing itself may wrap one that does.
pub fn read(root: &Part<'_>, body: &Body<'_, '_>) -> Bounce {
    let outer = read_one(root, body);
    if outer.status.is_some() || matches!(outer.action.as_deref(), Some("complaint" | "displayed")) {
        return outer;
    }
    wrapped(root, &body.text).unwrap_or(outer)
}

/// The report inside a report: attached as a mail, or copied below the words.
fn wrapped(root: &Part<'_>, text: &str) -> Option<Bounce> {
    let is_report = |inner: &Part<'_>| inner.kind.value == "multipart/report" || is_by_daemon(inner);
    let attached = root.leaves().into_iter().find(|leaf| leaf.kind.value == "message/rfc822").map(Part::bytes);
    let returned = failure::own_words(text).1;
    let bytes = attached.or_else(|| (!returned.is_empty()).then(|| returned.as_bytes().to_vec()))?;
    let inner = mime::read(&bytes);
    let found = is_report(&inner).then(|| read_one(&inner, &body::read(&inner)))?;
    found.status.is_some().then_some(found)
}

fn is_by_daemon(part: &Part<'_>) -> bool {
    part.headers.raw("from").is_some_and(|raw| address::list(&raw).iter().any(|from| failure::is_daemon(&from.address)))
}

fn read_one(root: &Part<'_>, body: &Body<'_, '_>) -> Bounce {
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
    bounce.hard |= bounce.action.as_deref() == Some("failed") && groups.iter().any(|group| group.is_bad);
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
            // PowerMTA puts its own judgement beside the status.
            is_bad: matches!(headers.keyword("x-powermta-bouncecategory").as_str(), "bad-mailbox" | "bad-domain" | "inactive-mailbox"),
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
/// What the fields did not say, from the words of the report and from its own header.
fn from_words(root: &Part<'_>, words: &str, bounce: &mut Bounce) {
    let (own_words, returned) = failure::own_words(words);
    if bounce.recipients.is_empty() {
        bounce.recipients = recipient::named(root, words, own_words);
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
    bounce.status = refusal::exact_status(bounce.status.take(), &said, own_words);
    if bounce.action.is_none() {
        bounce.action = Some(failure::action(root.headers.text("subject").as_deref(), bounce.status.as_deref(), own_words).to_owned());
    }
    let is_failure = bounce.action.as_deref() == Some("failed");
    bounce.hard = is_failure && refusal::is_dead_address(bounce.status.as_deref(), &said, own_words);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(raw: &str) -> Bounce {
        let root = mime::read(raw.as_bytes());
        read(&root, &body::read(&root))
    }

    #[test]
    fn a_report_inside_a_report_is_read() {
        let inner =
            "From: MAILER-DAEMON@mx.example\nTo: us@shop.example\nSubject: Returned mail\n\n<ana@home.example>: 550 5.1.1 user unknown\n";
        let attached = format!(
            "From: MAILER-DAEMON@relay.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSorry.\n--b\nContent-Type: message/rfc822\n\n{inner}--b--\n"
        );
        let copied = format!("From: MAILER-DAEMON@relay.example\n\nSorry, see below.\n\nReceived: from a by b\n{inner}");
        for raw in [attached, copied] {
            let bounce = report(&raw);
            assert_eq!((bounce.recipients, bounce.status.as_deref()), (vec!["ana@home.example".to_owned()], Some("5.1.1")), "{raw}");
        }
    }

    #[test]
    fn each_address_of_a_transcript_is_named() {
        let bounce =
            report("From: MAILER-DAEMON@mx.example\n\n554 <a@x.example>... 550 Host unknown\n554 <b@y.example>... 550 Host unknown\n");
        assert_eq!((bounce.recipients.len(), bounce.hard), (2, true));
    }
}
