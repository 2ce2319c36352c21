//! Chatwoot's expectations: words, ids, dates, the kind of mail, and that broken headers break nothing.

use mail::{Class, Understood};
use serde_json::Value;

use crate::{Score, hold, json, read, set};

#[test]
fn chatwoots_expectations() {
    let Some(folder) = set("chatwoot/chatwoot") else { return };
    let expected = json(&folder.join("expected.json"));
    let mut score = Score::new("chatwoot");
    for (name, wanted) in expected.as_object().expect("an object") {
        let mail = read(&folder.join("spec/fixtures/files").join(name));
        for (key, value) in wanted.as_object().expect("an object") {
            if let Some(is_right) = agrees(&mail, key, value) {
                score.check(&format!("{name} {key}"), is_right, || {
                    format!(
                        "wanted {value}, got {}",
                        serde_json::to_string(&mail).unwrap_or_default().chars().take(700).collect::<String>()
                    )
                });
            }
        }
    }
    hold([(score, 100.0)]);
}

/// Whether a mail agrees with one expectation; `None` for what is no matter of reading a mail.
fn agrees(mail: &Understood, key: &str, value: &Value) -> Option<bool> {
    let text = value.as_str().unwrap_or_default();
    let list = |value: &Value| value.as_array().map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>());
    Some(match key {
        "content" => mail.reply_text.trim() == text,
        "text" => mail.text.trim() == text.trim(),
        "text_starts" => mail.text.split_whitespace().collect::<Vec<_>>().join(" ").starts_with(text.trim()),
        "content_contains" => mail.text.contains(text),
        "subject" => mail.subject.trim() == text.trim(),
        "attachments" => Some(mail.attachments.len()) == value.as_u64().and_then(|count| usize::try_from(count).ok()),
        "attachments_listed" => mail.attachments.iter().filter(|file| !file.inline).count() == 0,
        "cids_replaced" => list(value)?.iter().all(|cid| mail.attachments.iter().any(|file| file.cid.as_ref() == Some(cid) && file.inline)),
        "date" => mail.date.as_deref() == Some(text),
        "in_reply_to" => mail.in_reply_to.as_deref() == value.as_str(),
        "in_reply_to_first" => mail.in_reply_to.as_deref() == Some(text),
        "references" => Some(&mail.references) == list(value).as_ref(),
        "auto_reply" => (mail.class == Some(Class::AutoReply)) == value.as_bool()?,
        "bounce" => mail.class == Some(Class::Bounce) && mail.bounce.as_ref().is_some_and(|bounce| !bounce.recipients.is_empty()),
        "must" => text != "not fail" || mail.class.is_some(),
        "contact_email" if text.contains('@') => mail.from == text || mail.sender().address == text,
        "contact_email" => Some(mail.sender().address) == mail.facts.original_sender,
        "sender" => Some(mail.sender().address) == mail.reply_to,
        _ => return None,
    })
}
