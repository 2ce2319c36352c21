//! Chatwoot's expectations, as far as a ticket shows them. Dates, In-Reply-To and References decide where a mail goes and are kept in its raw
//! bytes alone: `mail`'s own test has them.

use model::{Language, text::letter};
use serde_json::Value;

use super::{Mails, squeeze};
use crate::{Sample, delivered::Delivered, field::Table};

/// All of them.
pub fn compare(mails: &Mails<'_>, table: &mut Table) {
    for (name, wanted) in mails.json("chatwoot/chatwoot/expected.json") {
        let Some((sample, mail)) = mails.get("chatwoot/chatwoot/spec/fixtures/files", &name) else { continue };
        for (key, value) in wanted.as_object().expect("an object") {
            if let Some((field, agrees)) = agrees(sample, mail, key, value) {
                table.check(("chatwoot", name.trim_end_matches(".eml"), field), agrees, || format!("wanted {key} {value}, got {mail:?}"));
            }
        }
    }
}

/// Whether a mail agrees with one expectation; `None` for what no ticket shows, and for what is about Chatwoot's own letters.
fn agrees(sample: &Sample, mail: &Delivered, key: &str, value: &Value) -> Option<(&'static str, bool)> {
    let text = value.as_str().unwrap_or_default();
    let count = |got: usize| value.as_u64().and_then(|wanted| usize::try_from(wanted).ok()) == Some(got);
    let no_subject = Language::English.say(letter::NO_SUBJECT);
    Some(match key {
        "content" | "text" => ("words", mail.text.trim() == text.trim()),
        "text_starts" => ("words", squeeze(&mail.text).starts_with(text.trim())),
        "content_contains" => ("words", mail.text.contains(text)),
        "subject" => ("subject", mail.title == squeeze(text) || (text.is_empty() && mail.title == no_subject)),
        "attachments" => ("attachments", count(mail.files.len())),
        "attachments_listed" => ("attachments", count(mail.files.iter().filter(|file| !file.inline).count())),
        "cids_replaced" => ("pictures in place", value.as_array()?.iter().all(|cid| shows(mail, cid.as_str().unwrap_or_default()))),
        "auto_reply" => ("automatic", (mail.class == "auto_reply") == value.as_bool()?),
        "bounce" => ("report", mail.class == "bounce" && !mail.filed),
        "creates_ticket" if mail.class == "bounce" => ("report", !mail.filed && value == false),
        "creates_ticket" if value == true => ("accepted", mail.filed),
        "must" => ("accepted", mail.filed || mail.class == "bounce"),
        "contact_email" if text.contains('@') => ("contact", mail.contact == text || mail.from == text),
        "contact_email" => ("contact", Some(mail.contact.clone()) == header(sample, "X-Original-Sender")),
        "sender" => ("contact", Some(mail.contact.clone()) == header(sample, "Reply-To")),
        _ => return None,
    })
}

/// Whether the page shows a picture by its file.
fn shows(mail: &Delivered, cid: &str) -> bool {
    let file = mail.files.iter().find(|file| file.cid.as_deref() == Some(cid) && file.inline);
    file.is_some_and(|file| mail.html.as_deref().unwrap_or_default().contains(&format!("src=\"/attachments/{}\"", file.id)))
}

/// The address in a header, as the mail has it.
fn header(sample: &Sample, name: &str) -> Option<String> {
    let raw = String::from_utf8_lossy(&sample.raw).into_owned();
    let line = raw.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::to_owned))?;
    mail::address::mailbox(&line).map(|mailbox| mailbox.address.to_lowercase())
}
