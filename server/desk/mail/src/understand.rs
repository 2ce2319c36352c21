//! A whole mail understood: the one entry for the worker and for `recado mail explain`.
//! Puts together what the other files know; never panics, and what it cannot read it says so.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::DateTime;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    address::{self, Mailbox},
    attachment::{self, Attachment},
    body,
    bounce::{self, Bounce},
    class::{self, Class, Own},
    forward, header::Headers,
    mime::{self, Part},
    quote, sanitise,
};

/// References beyond the newest of this number are not kept.
const MOST_REFERENCES: usize = 100;

/// Why a mail could not be read at all; it is kept, shown to the admin and can be tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No bytes, or only blanks.
    #[error("the mail is empty")]
    Empty,
    /// The reader itself failed: a fault of ours.
    #[error("the mail could not be read: {0}")]
    Failed(String),
}

/// What a mail says. Serialises to the JSON of `recado mail explain`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Understood {
    /// The sender's address, repaired; empty when no header names one.
    pub from: String,
    /// The sender's name.
    pub from_name: Option<String>,
    /// Addresses of `To`.
    pub to: Vec<String>,
    /// Addresses of `Cc`.
    pub cc: Vec<String>,
    /// The first address of `Reply-To`.
    pub reply_to: Option<String>,
    /// The subject, decoded.
    pub subject: String,
    /// Message-ID without brackets.
    pub message_id: Option<String>,
    /// The first of In-Reply-To.
    pub in_reply_to: Option<String>,
    /// References in their order, oldest first.
    pub references: Vec<String>,
    /// The date as RFC 3339.
    pub date: Option<String>,
    /// What kind of mail it is.
    pub class: Option<Class>,
    /// The body as text.
    pub text: String,
    /// The body as clean HTML, `cid:` and remote addresses still in it.
    pub html: Option<String>,
    /// What is new in the text.
    pub reply_text: String,
    /// What the text quotes.
    pub quoted_text: Option<String>,
    /// The files.
    pub attachments: Vec<Attachment>,
    /// What a report says.
    pub bounce: Option<Bounce>,
    /// The mail inside, when this one forwards it.
    pub forwarded: Option<Forwarded>,
    /// What only the desk needs.
    #[serde(skip)]
    pub facts: Facts,
}

/// A forwarded mail.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Forwarded {
    /// Its sender's address.
    pub from: Option<String>,
    /// Its sender's name.
    pub from_name: Option<String>,
    /// Addresses of its `To`.
    pub to: Vec<String>,
    /// Addresses of its `Cc`.
    pub cc: Vec<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// Its text.
    pub text: String,
    /// What the one who forwards wrote above it.
    #[serde(skip)]
    pub before: String,
}

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
    /// Authentication-Results: authserv-id and the value.
    pub authentication_results: Vec<(String, String)>,
    /// Headers that say an automat wrote or moved it, as they stood.
    pub automatic_headers: Vec<(String, String)>,
    /// Whether the sender asked that no automatic answer be sent (X-Auto-Response-Suppress, Auto-Submitted, lists).
    pub wants_no_answer: bool,
}

impl Understood {
    /// Whether a machine wrote it: such a mail must never cause another.
    pub fn is_automatic(&self) -> bool {
        self.class != Some(Class::Human)
    }

    /// Who a ticket of it belongs to (email.md C10): the sender behind a group; `Reply-To` when From is a
    /// no-reply address or of the same organisation; else From.
    pub fn sender(&self) -> Mailbox {
        let from = Mailbox { name: self.from_name.clone(), address: self.from.clone() };
        if let Some(original) = self.facts.original_sender.as_deref().filter(|address| address::is_valid(address)) {
            return Mailbox { name: from.name, address: original.to_owned() };
        }
        match self.facts.reply_to.iter().find(|mailbox| mailbox.is_valid()) {
            Some(reply) if is_no_reply(&self.from) || address::is_same_organisation(&self.from, &reply.address) => {
                Mailbox { name: reply.name.clone().or(from.name), address: reply.address.clone() }
            }
            _ => from,
        }
    }
}

fn is_no_reply(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    let local: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    local.contains("noreply") || local.contains("donotreply")
}

/// Reads a mail.
pub fn understand(raw: &[u8], own: &Own) -> Result<Understood, Unreadable> {
    if raw.trim_ascii().is_empty() {
        return Err(Unreadable::Empty);
    }
    // Line ends of old Macs: no line feed at all.
    let mended: Vec<u8>;
    let raw = if raw.contains(&b'\n') || !raw.contains(&b'\r') {
        raw
    } else {
        mended = raw.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect();
        &mended
    };
    catch_unwind(AssertUnwindSafe(|| read(raw, own))).map_err(|panic| {
        let said = panic.downcast_ref::<&str>().map(ToString::to_string).or_else(|| panic.downcast_ref::<String>().cloned());
        Unreadable::Failed(said.unwrap_or_else(|| "no reason given".to_owned()))
    })
}

fn read(raw: &[u8], own: &Own) -> Understood {
    let start = raw.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let root = mime::read(&raw[start..]);
    let body = body::read(&root);
    let (from, facts) = facts(&root, raw);
    let class = class::of(&root, &body, from.as_ref(), own);
    let headers = &root.headers;
    let subject = headers.text("subject").unwrap_or_default();
    let mut understood = Understood {
        to: facts.to.iter().map(|mailbox| mailbox.address.clone()).collect(),
        cc: facts.cc.iter().map(|mailbox| mailbox.address.clone()).collect(),
        reply_to: facts.reply_to.first().map(|mailbox| mailbox.address.clone()),
        message_id: ids(&headers.raw("message-id").unwrap_or_default()).into_iter().next(),
        in_reply_to: facts.in_reply_to.first().cloned(),
        references: references(headers),
        class: Some(class),
        attachments: attachment::list(&body),
        bounce: (class == Class::Bounce).then(|| bounce::read(&root, &body)),
        forwarded: forward::find(&subject, &body.text).map(Forwarded::from),
        html: body.html.as_deref().map(sanitise::kept).filter(|page| !page.trim().is_empty()),
        subject,
        facts,
        ..Understood::default()
    };
    (understood.from, understood.from_name) = from.map(|from| (from.address, from.name)).unwrap_or_default();
    understood.facts.returned_ids = understood.bounce.as_ref().map(|bounce| bounce.message_ids.clone()).unwrap_or_default();
    set_date(headers, &mut understood);
    set_reply(&body, &mut understood);
    understood.text = body.text;
    understood
}

/// A forwarded mail is not stripped: what it quotes is what it is about.
fn set_reply(body: &body::Body<'_, '_>, understood: &mut Understood) {
    if understood.forwarded.is_some() {
        understood.reply_text = body.text.trim().to_owned();
        return;
    }
    let split = quote::split(&body.text, body.html.as_deref());
    understood.reply_text = split.reply;
    understood.quoted_text = split.quoted;
}

fn set_date(headers: &Headers, understood: &mut Understood) {
    let Some(date) = headers.raw("date").and_then(|raw| DateTime::parse_rfc822(&raw)).filter(DateTime::is_valid) else {
        return;
    };
    understood.date = Some(date.to_rfc3339());
    understood.facts.date_micros = date.to_timestamp().checked_mul(1_000_000);
}

fn facts(root: &Part<'_>, raw: &[u8]) -> (Option<Mailbox>, Facts) {
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
        chosen.name = headers.text("from").map(|name| name.replace(['<', '>', '"'], "").trim().to_owned()).filter(|name| !name.is_empty() && !name.contains('@'));
    }
    Some(chosen)
}

fn delivered_to(headers: &Headers) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in ["delivered-to", "x-original-to", "x-forwarded-to", "x-forwarded-for", "envelope-to", "x-envelope-to", "x-delivered-to", "apparently-to"] {
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
fn ids(raw: &str) -> Vec<String> {
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
        found = raw.split([' ', '\t', ',']).map(|word| word.trim_matches(['<', '>', '"'])).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    }
    found
}

fn references(headers: &Headers) -> Vec<String> {
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
    let (_, body_at) = Headers::read(raw);
    let mut digest = Sha256::new();
    for (name, value) in headers.all().filter(|(name, _)| !matches!(*name, "received" | "return-path" | "delivered-to" | "x-original-to" | "x-received")) {
        digest.update(name.as_bytes());
        digest.update(b":");
        digest.update(value.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
        digest.update(b"\n");
    }
    digest.update(&raw[body_at.min(raw.len())..]);
    format!("gen-{}", data_encoding::HEXLOWER.encode(&digest.finalize()))
}

fn authentication_results(headers: &Headers) -> Vec<(String, String)> {
    headers
        .raw_all("authentication-results")
        .map(|raw| {
            let id = raw.split([';', ' ', '\t', '\r', '\n']).find(|word| !word.is_empty()).unwrap_or_default();
            (id.to_lowercase(), raw.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .take(20)
        .collect()
}

fn automatic_headers(headers: &Headers) -> Vec<(String, String)> {
    let is_told = |name: &str| {
        matches!(name, "auto-submitted" | "precedence" | "x-auto-response-suppress" | "x-autoreply" | "x-autorespond" | "x-failed-recipients" | "feedback-id" | "return-path")
            || name.starts_with("list-")
    };
    headers.all().filter(|(name, _)| is_told(name)).map(|(name, value)| (name.to_owned(), value.trim().to_owned())).take(20).collect()
}

impl From<forward::Forwarded> for Forwarded {
    fn from(found: forward::Forwarded) -> Self {
        let plain = |list: Vec<Mailbox>| list.into_iter().map(|mailbox| mailbox.address).collect();
        let (from, from_name) = found.from.map_or((None, None), |from| (Some(from.address), from.name));
        Self {
            from,
            from_name,
            to: plain(found.to),
            cc: plain(found.cc),
            subject: found.subject,
            text: found.text,
            before: found.before,
        }
    }
}
