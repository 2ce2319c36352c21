//! What kind of mail it is: ours, a report, an answer of a machine, a mass mail, or a person's (email.md C6).
//! Decides nothing about tickets; the rule of rules, that no automatic mail causes a mail, is kept by the desk.

use serde::{Deserialize, Serialize};

use crate::{
    address::Mailbox,
    body::Body,
    failure,
    mime::Part,
    reply_address::{self, Keys},
};

/// Hops beyond this are a loop.
const MOST_HOPS: usize = 20;
/// The header that marks all mail of ours.
pub const LOOP_HEADER: &str = "X-Recado-Loop";

/// The kinds of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Written by a person.
    Human,
    /// An answer of a machine: out of office.
    AutoReply,
    /// A report about mail: bounce, delay, read receipt, complaint.
    Bounce,
    /// A newsletter, a list, a monitoring mail.
    Bulk,
    /// Our own mail come back, or one that runs in a circle.
    Own,
}

/// How our own mail is recognised.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// The mail domain, of which every address is ours.
    pub domain: String,
    /// The value of [`LOOP_HEADER`] that we write; without it (no key at hand) any value counts.
    pub loop_mark: Option<String>,
}

impl Own {
    /// What the keys of an installation know of it.
    pub fn of(keys: &Keys) -> Self {
        Self { domain: keys.domain().to_owned(), loop_mark: Some(keys.loop_mark()) }
    }
}

/// Finds the class of a mail.
pub fn of(root: &Part<'_>, body: &Body<'_, '_>, from: Option<&Mailbox>, own: &Own) -> Class {
    if is_own(root, own) {
        Class::Own
    } else if report(root, body, from).is_some() {
        Class::Bounce
    } else if is_auto_reply(root) {
        Class::AutoReply
    } else if is_bulk(root, from) {
        Class::Bulk
    } else {
        Class::Human
    }
}

fn is_own(root: &Part<'_>, own: &Own) -> bool {
    let headers = &root.headers;
    let marked = headers.raw(&LOOP_HEADER.to_ascii_lowercase()).is_some_and(|value| match &own.loop_mark {
        Some(mark) => reply_address::is_equal(value.trim(), mark),
        None => !own.domain.is_empty(),
    });
    let ids = headers.raw("message-id").unwrap_or_default();
    let of_ours = reply_address::is_message_id(ids.trim().trim_matches(['<', '>']), &own.domain);
    // A report in answer to our mail carries marks of ours only inside; those of the outer header are from a copy.
    marked || of_ours || headers.raw_all("received").count() > MOST_HOPS || circles(root, own)
}

/// The same address of ours twice in Delivered-To.
fn circles(root: &Part<'_>, own: &Own) -> bool {
    if own.domain.is_empty() {
        return false;
    }
    let ending = format!("@{}", own.domain.to_lowercase());
    let mut seen = std::collections::HashSet::new();
    root.headers
        .raw_all("delivered-to")
        .map(|raw| crate::address::tidy(&raw).to_lowercase())
        .filter(|address| address.ends_with(&ending))
        .any(|address| !seen.insert(address))
}

/// What shows that a mail is a report.
#[derive(PartialEq)]
enum Sign {
    /// Its parts, its headers or its sender.
    Mark,
    /// What it says, and that nobody sent it.
    Words,
}

/// Whether a mail is a report by its words alone: a person may have written it.
pub(crate) fn is_report_by_words(root: &Part<'_>, body: &Body<'_, '_>, from: Option<&Mailbox>) -> bool {
    report(root, body, from) == Some(Sign::Words)
}

fn report(root: &Part<'_>, body: &Body<'_, '_>, from: Option<&Mailbox>) -> Option<Sign> {
    let headers = &root.headers;
    if headers.has("x-failed-recipients") || root.kind.value == "multipart/report" {
        return Some(Sign::Mark);
    }
    let subject = headers.text("subject").unwrap_or_default();
    let subject_says = failure::is_report_subject(&subject);
    let is_vacation = headers.keyword("auto-submitted").starts_with("auto-replied") && !subject_says;
    let is_null = headers.raw("return-path").is_some_and(|raw| raw.split_whitespace().collect::<String>() == "<>");
    let by_daemon = from.is_none_or(|from| failure::is_daemon(&from.address))
        || from.and_then(|from| from.name.as_deref()).is_some_and(failure::is_daemon_name)
        || headers.raw("return-path").is_some_and(|raw| failure::is_daemon(&crate::address::tidy(&raw)));
    // a person may hand on a report among their own words
    let has_report = root.leaves().iter().any(|leaf| is_report_part(leaf));
    // `From: <>`, whatever the envelope said
    let by_nobody = headers.raw("from").is_none_or(|raw| !raw.contains('@'));
    if has_report && (is_null || by_daemon || by_nobody || (subject_says && !is_answer(&subject)) || body.text.trim().is_empty()) {
        return Some(Sign::Mark);
    }
    let words_say = || failure::speaks_of_failure(&body.text);
    let words_refuse = || failure::refuses(&body.text);
    // `From: MAILER-DAEMON <>` has no address.
    let by_mailer_daemon = headers.raw("from").is_some_and(|raw| raw.to_lowercase().replace('-', " ").contains("mailer daemon"));
    let is_complaint = subject.to_lowercase().starts_with("complaint about message from")
        && root.leaves().iter().any(|leaf| leaf.kind.value == "message/rfc822");
    if (by_mailer_daemon && (!is_vacation || words_say()))
        || is_complaint
        || (headers.has("x-amz-sns-message-id") && body.text.contains("\"notificationType\":"))
        || (by_daemon && from.is_some() && (subject_says || words_say()))
    {
        return Some(Sign::Mark);
    }
    // people write such subjects as well, and "500 Internal Server Error" below them
    let by_words = (subject_says && (is_null || (by_nobody && words_refuse())) && !is_answer(&subject))
        // who sends from nowhere, answers nobody and shows a refusal is a mail system, by whatever name
        || (is_null && !is_vacation && !headers.has("in-reply-to") && words_refuse());
    by_words.then_some(Sign::Words)
}

/// `Re:` and the like: a person answers to a report.
fn is_answer(subject: &str) -> bool {
    let folded = subject.trim().to_lowercase();
    ["re:", "aw:", "sv:", "antw:", "fwd:", "fw:", "wg:", "enc:", "tr:"].iter().any(|prefix| folded.starts_with(prefix))
}

fn is_report_part(leaf: &Part<'_>) -> bool {
    matches!(
        leaf.kind.value.as_str(),
        "message/delivery-status" | "message/global-delivery-status" | "message/feedback-report" | "message/disposition-notification"
    )
}

fn is_auto_reply(root: &Part<'_>) -> bool {
    let headers = &root.headers;
    let submitted = headers.keyword("auto-submitted");
    let submitted = submitted.split([';', ' ', '(']).next().unwrap_or_default();
    let answers = headers.has("in-reply-to");
    let precedence = headers.keyword("precedence");
    let is_said = |name: &str| !matches!(headers.keyword(name).as_str(), "" | "no" | "false" | "none");
    matches!(submitted, "auto-replied" | "auto_reply" | "autoreply")
        || (submitted == "auto-generated" && answers)
        || ["x-autoreply", "x-autorespond", "x-autoreply-from", "x-auto-reply-from", "x-autogenerated", "x-autoresponder"]
            .iter()
            .any(|name| is_said(name))
        || matches!(precedence.as_str(), "auto_reply" | "auto-reply" | "autoreply")
        || headers.has("x-ms-exchange-inbox-rules-loop")
        || headers.keyword("delivered-to") == "autoresponder"
        || headers.keyword("x-ms-exchange-generated-message-source").contains("oof")
        || is_null_answer(root)
}

/// A mail that says no more than its subject: a null sender that answers, or a subject of absence with another sign.
fn is_null_answer(root: &Part<'_>) -> bool {
    let headers = &root.headers;
    let is_null = headers.raw("return-path").is_some_and(|raw| raw.split_whitespace().collect::<String>() == "<>");
    let answers = headers.has("in-reply-to") || headers.has("references");
    let is_marked = headers.has("x-auto-response-suppress") || matches!(headers.keyword("precedence").as_str(), "bulk" | "junk");
    (is_null && headers.has("in-reply-to"))
        || ((is_null || answers || is_marked) && is_absence_subject(&headers.text("subject").unwrap_or_default()))
}

/// How programs start the subject of an answer for somebody who is away. Only a hint: people write such subjects too.
const ABSENCE: &str = "\
    automatic reply|automatic response|auto reply|auto-reply|autoreply|autoresponse|auto response|auto-response|auto:|\
    out of office|out of the office|out-of-office|ooo:|vacation reply|vacation response|on vacation|away from |i am away|away until|\
    abwesenheitsnotiz|abwesenheit|abwesend|automatische antwort|automatische abwesenheit|außer haus|ausser haus|nicht im büro|\
    réponse automatique|message d'absence|absence du bureau|absent du bureau|absence :|absence:|en congé|\
    respuesta automática|respuesta automatica|fuera de la oficina|fuera de oficina|ausencia|ausente|\
    resposta automática|resposta automatica|ausência|fora do escritório|fora do escritorio|ausente|mensagem automática|\
    risposta automatica|fuori sede|fuori ufficio|assente|assenza|\
    automatisch antwoord|automatische reactie|afwezig|niet op kantoor|\
    自動応答|自動返信|不在|自动回复|自動回覆|自动答复|外出|\
    автоответ|автоматический ответ|автоматична відповідь|вне офиса|autosvar|automatiskt svar|automatisk svar|fraværende|frånvarande|\
    automaattinen vastaus|automatyczna odpowiedź|odpowiedź automatyczna|poza biurem|automatická odpověď|automatická odpoveď|\
    automatikus válasz|otomatik yanıt|răspuns automat|자동 회신|부재중|رد تلقائي|תשובה אוטומטית|αυτόματη απάντηση";

fn is_absence_subject(subject: &str) -> bool {
    let subject = subject.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '[' | '(' | '*')).to_lowercase();
    let subject = subject.replace('\u{2019}', "'");
    ABSENCE.split('|').any(|start| subject.starts_with(start))
}

fn is_bulk(root: &Part<'_>, from: Option<&Mailbox>) -> bool {
    let headers = &root.headers;
    let submitted = headers.keyword("auto-submitted");
    let local = from.map(|from| from.address.split('@').next().unwrap_or_default().to_lowercase()).unwrap_or_default();
    let local: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    (!submitted.is_empty() && submitted != "no")
        || matches!(headers.keyword("precedence").as_str(), "bulk" | "list" | "junk")
        || ["list-id", "list-unsubscribe", "list-post", "list-help", "list-subscribe", "feedback-id"].iter().any(|name| headers.has(name))
        || ["noreply", "donotreply", "dontreply", "forwardingnoreply"]
            .iter()
            .any(|known| local.ends_with(known) || local.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{body, mime};

    fn class(raw: &str) -> Class {
        let root = mime::read(raw.as_bytes());
        of(&root, &body::read(&root), None, &Own::default())
    }

    #[test]
    fn a_subject_of_absence_counts_with_another_sign() {
        for subject in [
            "Automatic reply: Your order",
            "Out of Office: back on Monday",
            "Automatische Antwort: Ihre Bestellung",
            "Abwesenheitsnotiz: Urlaub",
            "Réponse automatique : Commande",
            "Respuesta automática: Pedido",
            "Resposta automática: Pedido",
            "Risposta automatica: Ordine",
            "Automatisch antwoord: Bestelling",
            "自動応答: 注文",
            "自动回复: 订单",
            "Автоответ: заказ",
        ] {
            for sign in ["In-Reply-To: <1@x.example>", "X-Auto-Response-Suppress: All", "Precedence: bulk", "Return-Path: <>"] {
                assert_eq!(class(&format!("Subject: {subject}\n{sign}\n\nI am away.")), Class::AutoReply, "{subject} {sign}");
            }
            assert_eq!(class(&format!("Subject: {subject}\n\nThis is what I got.")), Class::Human, "{subject}");
            assert_eq!(class(&format!("Subject: Re: {subject}\nIn-Reply-To: <1@x.example>\n\nThanks")), Class::Human, "{subject}");
        }
    }

    #[test]
    fn who_writes_of_a_failure_is_a_person_and_who_has_no_address_is_none() {
        let of = |from: &str, more: &str, subject: &str, words: &str| {
            let raw = format!("From: {from}\nSubject: {subject}\n{more}\n{words}");
            let from = crate::address::list(from).pop();
            let root = mime::read(raw.as_bytes());
            let body = body::read(&root);
            (super::of(&root, &body, from.as_ref(), &Own::default()), is_report_by_words(&root, &body, from.as_ref()))
        };
        for (subject, words) in [
            ("Delivery problem", "My parcel to 512 Main Street never came"),
            ("System error when saving", "500 Internal Server Error"),
            ("System error when saving", "It is version 5.1.0 here"),
            ("Delivery failed", "550 5.1.1 is all I get when I write to you"),
        ] {
            assert_eq!(of("Ana <ana@gmail.com>", "Return-Path: <ana@gmail.com>\n", subject, words), (Class::Human, false), "{subject}");
            assert_eq!(of("Ana <ana@gmail.com>", "", subject, words), (Class::Human, false), "{subject}, by an unknown way");
            assert_eq!(of("Ana <ana@gmail.com>", "Return-Path: <>\n", subject, words), (Class::Bounce, true), "{subject}, sent by nobody");
            assert_eq!(of("Mail <MAILER-DAEMON@mx.example>", "", subject, words), (Class::Bounce, false), "{subject}, by a daemon");
        }
    }

    #[test]
    fn who_hands_on_a_report_is_a_person() {
        let report = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{words}\n--b\n\
            Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ana@home.example\n\
            Action: failed\nStatus: 5.1.1\n--b--\n";
        let of = |from: &str, words: &str| {
            let raw = format!("From: {from}\nSubject: What is this?\nMIME-Version: 1.0\n{}", report.replace("{words}", words));
            let from = crate::address::list(from).pop();
            let root = mime::read(raw.as_bytes());
            super::of(&root, &body::read(&root), from.as_ref(), &Own::default())
        };
        assert_eq!(of("Ana <ana@home.example>", "I got the report below. What shall I do?"), Class::Human);
        assert_eq!(of("Ana <ana@home.example>", ""), Class::Bounce, "and a report without words is one");
        assert_eq!(of("Mail <MAILER-DAEMON@mx.example>", "I got the report below. What shall I do?"), Class::Bounce);
    }
}
