//! A letter as a value with all that goes on the wire, refused where it could break out of a header.
//! Knows nothing of sending; the server renders it to MIME. Addresses, ids and the time are brought by the caller.

use serde::{Deserialize, Serialize};

use crate::address::Mailbox;

/// References kept on a letter (email.md C3).
const MOST_REFERENCES: usize = 20;
/// Characters of a subject.
const LONGEST_SUBJECT: usize = 400;

/// A file that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterAttachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// The digest under which the bytes are kept.
    pub sha256: String,
    /// Its Content-ID, when the HTML shows it.
    pub cid: Option<String>,
}

/// All of a letter: two renderings of the same value give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// `From`.
    pub from: Mailbox,
    /// `Reply-To`: always ours.
    pub reply_to: Mailbox,
    /// `To`: the one recipient.
    pub to: Mailbox,
    /// The envelope sender (VERP).
    pub envelope_from: String,
    /// `Subject`.
    pub subject: String,
    /// `Message-ID` without brackets.
    pub message_id: String,
    /// `In-Reply-To` without brackets.
    pub in_reply_to: Option<String>,
    /// `References` without brackets, oldest first.
    pub references: Vec<String>,
    /// `Date`, microseconds UTC.
    pub date_micros: i64,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// Files.
    pub attachments: Vec<LetterAttachment>,
    /// What the MIME boundaries are made of, so that they are the same on each try.
    pub boundary_seed: String,
}

/// A letter that must not be sent as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Improper {
    /// A line break or control character in a header (name of the field).
    #[error("line break or control character in {0}")]
    Control(String),
    /// Not an address (name of the field).
    #[error("no valid address in {0}")]
    Address(&'static str),
    /// A header's name with characters that no name has.
    #[error("improper header name {0:?}")]
    HeaderName(String),
}

/// Why a letter is written: decides the headers against mail loops (email.md O7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person's words to the requester or a participant: vacation answers are wanted.
    Reply,
    /// A copy of a person's words to agents.
    Copy,
    /// An acknowledgement.
    Acknowledgement,
    /// Everything else that a machine writes.
    Notice,
}

impl Kind {
    /// The headers that mark a letter of this kind; the loop mark and the ticket are on every one.
    pub fn headers(self, loop_mark: &str, ticket: &str) -> Vec<(String, String)> {
        let all = [("X-Recado-Loop", loop_mark), ("X-Recado-Ticket", ticket)];
        let own: &[(&str, &str)] = match self {
            Self::Reply => &[],
            Self::Copy => &[("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply, DR, RN, NRN")],
            Self::Acknowledgement => &[("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")],
            Self::Notice => &[("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")],
        };
        all.iter()
            .chain(own)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }
}

impl Letter {
    /// Refuses what could break out of a header, or cannot be delivered.
    pub fn check(&self) -> Result<(), Improper> {
        for (field, mailbox) in [("From", &self.from), ("Reply-To", &self.reply_to), ("To", &self.to)] {
            if !mailbox.is_valid() {
                return Err(Improper::Address(field));
            }
            no_control(field, mailbox.name.as_deref().unwrap_or_default())?;
        }
        if !self.envelope_from.is_empty() && !crate::address::is_valid(&self.envelope_from) {
            return Err(Improper::Address("the envelope"));
        }
        no_control("Subject", &self.subject)?;
        no_control("Message-ID", &self.message_id)?;
        no_control("In-Reply-To", self.in_reply_to.as_deref().unwrap_or_default())?;
        for id in &self.references {
            no_control("References", id)?;
        }
        for (name, value) in &self.headers {
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                return Err(Improper::HeaderName(name.clone()));
            }
            no_control(name, value)?;
        }
        for file in &self.attachments {
            no_control("an attachment", &format!("{}{}{}", file.name, file.content_type, file.cid.as_deref().unwrap_or_default()))?;
        }
        Ok(())
    }
}

fn no_control(field: &str, value: &str) -> Result<(), Improper> {
    if value.chars().any(char::is_control) { Err(Improper::Control(field.to_owned())) } else { Ok(()) }
}

/// The references of an answer: those of the mail before it, its id, the ticket's constant id; the newest are kept.
pub fn references(before: &[String], answered: Option<&str>, ticket: &str) -> Vec<String> {
    let mut ids: Vec<String> =
        before.iter().map(String::as_str).chain(answered).filter(|id| *id != ticket && !id.is_empty()).map(str::to_owned).collect();
    let mut seen = std::collections::HashSet::new();
    ids.reverse();
    ids.retain(|id| seen.insert(id.clone()));
    ids.truncate(MOST_REFERENCES - 1);
    ids.push(ticket.to_owned());
    ids.reverse();
    ids
}

/// The subject of a letter: `Re: ` after the first, never twice, no line breaks, not too long.
pub fn subject(subject: &str, is_answer: bool) -> String {
    let plain: String =
        subject.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(LONGEST_SUBJECT).collect();
    if is_answer && !plain.to_lowercase().starts_with("re:") { format!("Re: {plain}") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        let mailbox = |address: &str| Mailbox { name: Some("Ana".into()), address: address.into() };
        Letter {
            from: mailbox("t@in.example.com"),
            reply_to: mailbox("t@in.example.com"),
            to: mailbox("ana@example.com"),
            envelope_from: "b@in.example.com".into(),
            subject: "Hello".into(),
            message_id: "m@in.example.com".into(),
            in_reply_to: None,
            references: vec![],
            date_micros: 0,
            text: "a".into(),
            html: "<p>a</p>".into(),
            headers: vec![("X-A".into(), "b".into())],
            attachments: vec![],
            boundary_seed: "s".into(),
        }
    }

    #[test]
    fn a_letter_refuses_line_breaks_and_bad_addresses() {
        assert_eq!(letter().check(), Ok(()));
        let bad = Letter { subject: "a\r\nBcc: b@c.example".into(), ..letter() };
        assert_eq!(bad.check(), Err(Improper::Control("Subject".into())));
        let bad = Letter { headers: vec![("X-A\r\nB".into(), String::new())], ..letter() };
        assert_eq!(bad.check(), Err(Improper::HeaderName("X-A\r\nB".into())));
        let bad = Letter { to: Mailbox { name: None, address: "nobody".into() }, ..letter() };
        assert_eq!(bad.check(), Err(Improper::Address("To")));
    }

    #[test]
    fn references_keep_the_ticket_and_the_newest() {
        let before: Vec<String> = (0..50).map(|number| format!("{number}@x")).collect();
        let ids = references(&before, Some("answered@x"), "t.ticket@x");
        assert_eq!((ids.len(), ids[0].as_str(), ids[19].as_str()), (20, "t.ticket@x", "answered@x"));
    }

    #[test]
    fn a_subject_is_answered_once() {
        assert_eq!(subject("Hello\r\n there", true), "Re: Hello there");
        assert_eq!(subject("RE: Hello", true), "RE: Hello");
    }
}
