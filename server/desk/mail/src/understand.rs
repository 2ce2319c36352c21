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
    confirmation::{self, Confirmation},
    facts::{self, Facts},
    forward,
    header::{self, Headers},
    mime,
    quote::{self, Fresh},
    sanitise,
};

/// A text beyond this was not typed by a person: it is not looked through for quotes.
const LONGEST_LETTER: usize = 200_000;

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
    /// The forwarding that a provider asks to confirm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
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

    /// Who From says wrote it: the only one whom a proof vouches for.
    pub fn author(&self) -> Mailbox {
        Mailbox { name: self.from_name.clone(), address: self.from.clone() }
    }

    /// Who a new ticket of it belongs to (email.md C10): the sender behind a group; `Reply-To` when From is a
    /// no-reply address or of the same organisation; else From.
    pub fn sender(&self) -> Mailbox {
        let from = self.author();
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
    let (from, mut facts) = facts::read(&root, raw);
    let class = class::of(&root, &body, from.as_ref(), own);
    facts.by_words = class == Class::Bounce && class::is_report_by_words(&root, &body, from.as_ref());
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
        html: body.html.as_deref().map(sanitise::kept).filter(|page| !page.trim().is_empty()),
        subject,
        facts,
        ..Understood::default()
    };
    (understood.from, understood.from_name) = from.map(|from| (from.address, from.name)).unwrap_or_default();
    understood.facts.returned_ids = understood.bounce.as_ref().map(|bounce| bounce.message_ids.clone()).unwrap_or_default();
    set_date(headers, &mut understood);
    set_reply(&body, &mut understood);
    understood.facts.fresh = fresh(&body, &understood);
    understood.text = body.text;
    understood.confirmation = confirmation::find(&confirmation::Words {
        class,
        from: &understood.from,
        subject: &understood.subject,
        text: &understood.text,
        html: understood.html.as_deref(),
        domain: &own.domain,
    });
    understood
}

/// A forwarded mail is not stripped: what it quotes is what it is about.
fn set_reply(body: &body::Body<'_, '_>, understood: &mut Understood) {
    if body.text.len() > LONGEST_LETTER {
        body.text.trim().clone_into(&mut understood.reply_text);
        return;
    }
    understood.forwarded = forward::find(&understood.subject, &body.text).map(Forwarded::from);
    if understood.forwarded.is_some() {
        body.text.trim().clone_into(&mut understood.reply_text);
        return;
    }
    let split = quote::split(&body.text, body.html.as_deref());
    understood.reply_text = split.reply;
    understood.quoted_text = split.quoted;
}

/// Where the page says what is new in it: the page as it came tells what it quotes.
fn fresh(body: &body::Body<'_, '_>, understood: &Understood) -> Option<Fresh> {
    let (page, clean) = (body.html.as_deref()?, understood.html.as_deref()?);
    if body.text.len() > LONGEST_LETTER {
        return None;
    }
    let new = if understood.forwarded.is_some() { crate::html::text(page) } else { quote::split("", Some(page)).reply };
    Fresh::find(clean, &new, &understood.reply_text)
}

fn set_date(headers: &Headers, understood: &mut Understood) {
    let Some(date) = dated(headers) else { return };
    understood.date = Some(date.to_rfc3339());
    understood.facts.date_micros = date.to_timestamp().checked_mul(1_000_000);
}

fn dated(headers: &Headers) -> Option<DateTime> {
    headers.raw("date").and_then(|raw| DateTime::parse_rfc822(&raw)).filter(DateTime::is_valid)
}

/// When a mail says it was written, in microseconds UTC, read from its header block alone.
pub fn date(head: &[u8]) -> Option<i64> {
    let (headers, _) = Headers::read(&head[header::start(head)..]);
    dated(&headers)?.to_timestamp().checked_mul(1_000_000)
}

impl From<forward::Forwarded> for Forwarded {
    fn from(found: forward::Forwarded) -> Self {
        let plain = |list: Vec<Mailbox>| list.into_iter().map(|mailbox| mailbox.address).collect();
        let (from, from_name) = found.from.map_or((None, None), |from| (Some(from.address), from.name));
        Self { from, from_name, to: plain(found.to), cc: plain(found.cc), subject: found.subject, text: found.text, before: found.before }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Own {
        Own { domain: "in.example.com".into(), loop_mark: Some("mark".into()) }
    }

    fn read_text(raw: &str) -> Understood {
        understand(raw.as_bytes(), &own()).expect("a mail")
    }

    #[test]
    fn a_letter_of_a_person_is_understood() {
        let mail = read_text(
            "From: =?utf-8?Q?J=C3=B6rg?= <joerg@example.com>\r\nTo: Help <help@example.org>, b@example.org\r\nSubject: Hello\r\n\
             Message-ID: <1@example.com>\r\nIn-Reply-To: <0@example.org>\r\nReferences: <a@x> <0@example.org>\r\n\
             Date: Tue, 20 Apr 2020 04:20:20 -0400\r\n\r\nHi\r\n",
        );
        assert_eq!((mail.from.as_str(), mail.from_name.as_deref()), ("joerg@example.com", Some("Jörg")));
        assert_eq!((mail.to.len(), mail.subject.as_str(), mail.class), (2, "Hello", Some(Class::Human)));
        assert_eq!((mail.message_id.as_deref(), mail.in_reply_to.as_deref()), (Some("1@example.com"), Some("0@example.org")));
        assert_eq!((mail.references.len(), mail.date.as_deref()), (2, Some("2020-04-20T04:20:20-04:00")));
        assert_eq!((mail.facts.date_micros, mail.facts.key.as_str()), (Some(1_587_370_820_000_000), "1@example.com"));
        assert_eq!(date(b"Subject: x\r\nDate: Tue, 20 Apr 2020 04:20:20 -0400\r\n\r\n"), mail.facts.date_micros);
        assert_eq!((mail.text.trim(), mail.reply_text.as_str()), ("Hi", "Hi"));
    }

    #[test]
    fn without_an_id_the_key_is_the_same_by_every_way() {
        let one = read_text("Received: by a\r\nFrom: a@b.example\r\nSubject: x\r\n\r\nHi");
        let two = read_text("Received: by c\r\nDelivered-To: z@b.example\r\nFrom: a@b.example\r\nSubject: x\r\n\r\nHi");
        let other = read_text("From: a@b.example\r\nSubject: x\r\n\r\nHo");
        assert!(one.facts.key.starts_with("gen-") && one.facts.key == two.facts.key && one.facts.key != other.facts.key);
    }

    #[test]
    fn the_sender_behind_a_form_or_a_group() {
        let form = read_text("From: Shop <noreply@shop.example>\nReply-To: Ana <ana@home.example>\n\nHi");
        assert_eq!(form.sender().address, "ana@home.example");
        let stranger = read_text("From: bob@a.example\nReply-To: eve@b.example\n\nHi");
        assert_eq!(stranger.sender().address, "bob@a.example");
        let group = read_text("From: \"Ana via List\" <list@g.example>\nX-Original-Sender: ana@home.example\n\nHi");
        assert_eq!(group.sender().address, "ana@home.example");
    }

    #[test]
    fn machines_are_told_from_people() {
        let class = |header: &str| read_text(&format!("From: a@b.example\nSubject: x\n{header}\n\nHi")).class;
        assert_eq!(class("X-Other: 1"), Some(Class::Human));
        assert_eq!(class("Auto-Submitted: no"), Some(Class::Human));
        assert_eq!(class("X-Auto-Response-Suppress: All"), Some(Class::Human));
        assert_eq!(class("Auto-Submitted: auto-replied (vacation)"), Some(Class::AutoReply));
        assert_eq!(class("Auto-Submitted: auto-generated"), Some(Class::Bulk));
        assert_eq!(class("Precedence: bulk"), Some(Class::Bulk));
        assert_eq!(class("X-Recado-Loop: mark"), Some(Class::Own));
        assert_eq!(class("X-Recado-Loop: forged"), Some(Class::Human));
        assert_eq!(class("X-Failed-Recipients: c@d.example"), Some(Class::Bounce));
        assert_eq!(class("Delivered-To: s@in.example.com\nDelivered-To: S@in.example.com"), Some(Class::Own));
    }

    #[test]
    fn a_report_says_who_and_why() {
        let mail = read_text(
            "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n\
             Final-Recipient: rfc822; ana@home.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n\n\
             --b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <m.1@in.example.com>\n--b--\n",
        );
        let bounce = mail.bounce.expect("a report");
        assert_eq!((bounce.recipients, bounce.status.as_deref(), bounce.hard), (vec!["ana@home.example".to_owned()], Some("5.1.1"), true));
        assert_eq!(
            (bounce.diagnostic.as_deref(), mail.facts.returned_ids.as_slice()),
            (Some("550 5.1.1 User unknown"), &["m.1@in.example.com".to_owned()][..])
        );
        assert!(mail.attachments.is_empty());
    }

    #[test]
    fn bytes_of_a_file_are_kept_as_they_are() {
        let mail = read_text(
            "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHi\n\
             --b\nContent-Type: text/plain; charset=utf-16; name=a.txt\nContent-Transfer-Encoding: base64\n\n//5oAGkA\n--b--\n",
        );
        assert_eq!(mail.attachments[0].bytes, [0xff, 0xfe, b'h', 0, b'i', 0]);
        assert_eq!((mail.attachments[0].size, mail.attachments[0].sha256.len()), (6, 64));
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        assert_eq!(understand(b" \r\n", &own()).err(), Some(Unreadable::Empty));
        assert_eq!(read_text("no header at all").text, "no header at all");
    }
}
