//! A whole mail understood: the one entry for the worker and for `recado mail explain`.
//! Puts together what the other files know; never panics, and what it cannot read it says so.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::DateTime;
use serde::Serialize;

use crate::{
    address::{self, Mailbox},
    attachment::{self, Attachment},
    body,
    bounce::{self, Bounce},
    class::{self, Class, Own},
    facts::{self, Facts},
    forward,
    header::{self, Headers},
    mime, quote, sanitise,
};

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
    let root = mime::read(&raw[header::start(raw)..]);
    let body = body::read(&root);
    let (from, facts) = facts::read(&root, raw);
    let class = class::of(&root, &body, from.as_ref(), own);
    let headers = &root.headers;
    let subject = headers.text("subject").unwrap_or_default();
    let mut understood = Understood {
        to: facts.to.iter().map(|mailbox| mailbox.address.clone()).collect(),
        cc: facts.cc.iter().map(|mailbox| mailbox.address.clone()).collect(),
        reply_to: facts.reply_to.first().map(|mailbox| mailbox.address.clone()),
        message_id: facts::ids(&headers.raw("message-id").unwrap_or_default()).into_iter().next(),
        in_reply_to: facts.in_reply_to.first().cloned(),
        references: facts::references(headers),
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

impl From<forward::Forwarded> for Forwarded {
    fn from(found: forward::Forwarded) -> Self {
        let plain = |list: Vec<Mailbox>| list.into_iter().map(|mailbox| mailbox.address).collect();
        let (from, from_name) = found.from.map_or((None, None), |from| (Some(from.address), from.name));
        Self { from, from_name, to: plain(found.to), cc: plain(found.cc), subject: found.subject, text: found.text, before: found.before }
    }
}
