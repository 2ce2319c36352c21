//! What the headers of a mail say that a ticket is decided by: who, to whom, in answer to what, by which way.
//! Knows headers only; nothing here is believed more than it deserves (authentication is the desk's).

use sha2::{Digest, Sha256};

use crate::{
    address::{self, Mailbox},
    header::{self, Headers},
    mime::Part,
    quote::Fresh,
};

/// References beyond the newest of this number are not kept.
const MOST_REFERENCES: usize = 100;

/// Facts of the headers that the desk decides by.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Whether mail could be sent to `from`.
    pub from_valid: bool,
    /// `From` as it stood.
    pub from_raw: String,
    /// `To` with names.
    pub to: Vec<Mailbox>,
    /// `Cc` with names.
    pub cc: Vec<Mailbox>,
    /// All of `Reply-To`.
    pub reply_to: Vec<Mailbox>,
    /// Delivered-To, X-Original-To, X-Forwarded-To and their like, lower case.
    pub delivered_to: Vec<String>,
    /// X-Original-Sender (Google Groups).
    pub original_sender: Option<String>,
    /// Whether it is a report by its words alone, and may be a person's mail.
    pub by_words: bool,
    /// Message-IDs of the mail that a bounce returns.
    pub returned_ids: Vec<String>,
    /// Every id of In-Reply-To.
    pub in_reply_to: Vec<String>,
    /// The key against duplicates: the Message-ID, or `gen-` and a digest of what travels unchanged.
    pub key: String,
    /// The date in microseconds UTC.
    pub date_micros: Option<i64>,
    /// How many Received headers there are.
    pub received: usize,
    /// Authentication-Results of the hop that wrote the first one of a name: authserv-id, lower case, and the value.
    pub authentication_results: Vec<(String, String)>,
    /// Headers that say an automat wrote or moved it, as they stood.
    pub automatic_headers: Vec<(String, String)>,
    /// Whether the sender asked that no automatic answer be sent (X-Auto-Response-Suppress, Auto-Submitted, lists).
    pub wants_no_answer: bool,
    /// Where the page says what is new in it, when a copy may show that.
    pub fresh: Option<Fresh>,
}

/// Reads the facts, and who sent the mail.
pub fn read(root: &Part<'_>, raw: &[u8]) -> (Option<Mailbox>, Facts) {
    let headers = &root.headers;
    let lists = |name: &str| headers.raw_all(name).flat_map(|raw| address::list(&raw)).collect::<Vec<_>>();
    let from = sender(headers);
    let facts = Facts {
        from_valid: from.as_ref().is_some_and(Mailbox::is_valid),
        from_raw: headers.text("from").unwrap_or_default(),
        to: lists("to"),
        cc: lists("cc"),
        reply_to: lists("reply-to"),
        delivered_to: delivered_to(headers),
        original_sender: lists("x-original-sender").into_iter().next().map(|mailbox| mailbox.address),
        in_reply_to: ids(&headers.raw("in-reply-to").unwrap_or_default()),
        key: key(headers, raw),
        received: headers.raw_all("received").count(),
        authentication_results: authentication_results(headers),
        automatic_headers: automatic_headers(headers),
        wants_no_answer: headers.has("x-auto-response-suppress") && headers.keyword("x-auto-response-suppress") != "none",
        ..Facts::default()
    };
    (from, facts)
}

/// The first usable of From, Sender, Reply-To and Return-Path; else what From says, usable or not.
fn sender(headers: &Headers) -> Option<Mailbox> {
    let fields = ["from", "sender", "reply-to", "return-path"];
    let all: Vec<Mailbox> = fields.iter().flat_map(|name| headers.raw_all(name)).flat_map(|raw| address::list(&raw)).collect();
    let mut chosen = all.iter().find(|mailbox| mailbox.is_valid()).or(all.first()).cloned()?;
    if chosen.name.is_none() && !address::list(&headers.raw("from").unwrap_or_default()).iter().any(|from| from.address == chosen.address) {
        // `From: "Ana"` with the address elsewhere: the name is still hers.
        chosen.name = headers
            .text("from")
            .map(|name| name.replace(['<', '>', '"'], "").trim().to_owned())
            .filter(|name| !name.is_empty() && !name.contains('@'));
    }
    Some(chosen)
}

fn delivered_to(headers: &Headers) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in [
        "delivered-to",
        "x-original-to",
        "x-forwarded-to",
        "x-forwarded-for",
        "envelope-to",
        "x-envelope-to",
        "x-delivered-to",
        "apparently-to",
    ] {
        for raw in headers.raw_all(name) {
            let spaced = if raw.contains(',') { raw } else { raw.split_whitespace().collect::<Vec<_>>().join(", ") };
            for mailbox in address::list(&spaced) {
                let address = mailbox.address.to_lowercase();
                if !found.contains(&address) && found.len() < 50 {
                    found.push(address);
                }
            }
        }
    }
    found
}

/// The ids in brackets, or else the words: some mailers leave the brackets out.
pub fn ids(raw: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = raw;
    while let Some(open) = rest.find('<') {
        let Some(length) = rest[open..].find('>') else { break };
        let id: String = rest[open + 1..open + length].split_whitespace().collect();
        if !id.is_empty() {
            found.push(id);
        }
        rest = &rest[open + length + 1..];
    }
    if found.is_empty() {
        found = raw
            .split([' ', '\t', ','])
            .map(|word| word.trim_matches(['<', '>', '"']))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
    }
    found
}

/// All ids of References, the newest of them when there are too many.
pub fn references(headers: &Headers) -> Vec<String> {
    let mut found: Vec<String> = headers.raw_all("references").flat_map(|raw| ids(&raw)).collect();
    let surplus = found.len().saturating_sub(MOST_REFERENCES);
    found.drain(..surplus);
    found
}

/// Without a Message-ID a mail is known by all of it that does not change from hop to hop.
fn key(headers: &Headers, raw: &[u8]) -> String {
    if let Some(id) = headers.raw("message-id").and_then(|raw| ids(&raw).into_iter().next()) {
        return id;
    }
    let raw = &raw[header::start(raw)..];
    let (_, body_at) = Headers::read(raw);
    let mut digest = Sha256::new();
    for (name, value) in
        headers.all().filter(|(name, _)| !matches!(*name, "received" | "return-path" | "delivered-to" | "x-original-to" | "x-received"))
    {
        digest.update(name.as_bytes());
        digest.update(b":");
        digest.update(value.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
        digest.update(b"\n");
    }
    digest.update(&raw[body_at.min(raw.len())..]);
    format!("gen-{}", data_encoding::HEXLOWER.encode(&digest.finalize()))
}

/// Below the next Received stands what came with the mail: whatever name it says, others wrote it.
fn authentication_results(headers: &Headers) -> Vec<(String, String)> {
    let (mut hop, mut found) = (0, Vec::<(usize, String, String)>::new());
    for (name, raw) in headers.all() {
        if name == "received" {
            hop += 1;
        } else if name == "authentication-results" && found.len() < 20 {
            let id = raw.split([';', ' ', '\t', '\r', '\n']).find(|word| !word.is_empty()).unwrap_or_default().to_lowercase();
            if found.iter().all(|(first, known, _)| *known != id || *first == hop) {
                found.push((hop, id, raw.split_whitespace().collect::<Vec<_>>().join(" ")));
            }
        }
    }
    found.into_iter().map(|(_, id, value)| (id, value)).collect()
}

fn automatic_headers(headers: &Headers) -> Vec<(String, String)> {
    let is_told = |name: &str| {
        matches!(
            name,
            "auto-submitted"
                | "precedence"
                | "x-auto-response-suppress"
                | "x-autoreply"
                | "x-autorespond"
                | "x-failed-recipients"
                | "feedback-id"
                | "return-path"
        ) || name.starts_with("list-")
    };
    headers.all().filter(|(name, _)| is_told(name)).map(|(name, value)| (name.to_owned(), value.trim().to_owned())).take(20).collect()
}
