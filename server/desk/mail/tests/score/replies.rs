//! What is new in a reply (discourse and talon's pages are the rule, the other sets a score): email.md C.
//! `RECADO_SHOW=1` prints each miss beside what was wanted.

use std::{fs, path::Path, time::Instant};

use mail::quote;
use serde_json::Value;

use crate::{Score, hold, json, set};

pub(crate) fn read(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

pub(crate) fn show(name: &str, got: &str, wanted: &str) {
    if std::env::var_os("RECADO_SHOW").is_some() && got != wanted {
        println!("=== {name}\n--- got\n{got}\n--- wanted\n{wanted}");
    }
}

pub(crate) fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn replies_of_discourse() {
    let Some(corpus) = set("") else { return };
    let folder = corpus.join("discourse/email_reply_trimmer/test");
    let [mut replies, mut rest] = ["discourse, reply", "discourse, what is folded"].map(Score::new);
    for name in names(&folder.join("emails")) {
        let split = quote::split(&read(&folder.join("emails").join(&name)), None);
        let wanted = read(&folder.join("trimmed").join(&name));
        show(&name, split.reply.trim(), wanted.trim());
        replies.count(&name, split.reply.trim() == wanted.trim());
        let elided = read(&folder.join("elided").join(&name));
        rest.count(&name, squeezed(&split.quoted.unwrap_or_default()) == squeezed(&elided));
    }
    hold([(replies, 95.0), (rest, 90.0)]);
}

/// The text of a fixture that is a whole mail.
fn body_of(path: &Path) -> (String, Option<String>) {
    let raw = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let parsed = mail_parser::MessageParser::default().parse(&raw).expect("a mail");
    let text = parsed.body_text(0).map(|text| text.replace("\r\n", "\n")).unwrap_or_default();
    let html = parsed
        .html_body
        .first()
        .and_then(|part| parsed.parts.get(*part as usize))
        .filter(|part| part.is_text_html())
        .and_then(|part| part.text_contents().map(str::to_owned));
    (text, html)
}

#[test]
fn replies_of_talon() {
    let Some(corpus) = set("") else { return };
    let folder = corpus.join("mailgun/talon");
    let [mut text_score, mut raw_score, mut html_score] =
        ["talon, mails (signatures folded)", "talon, mails (signatures kept)", "talon, pages"].map(Score::new);
    for (name, wanted) in json(&folder.join("expected.json")).as_object().expect("cases") {
        let path = folder.join("tests/fixtures").join(name);
        if let Some(wanted) = wanted["reply_equals"].as_str() {
            // Talon keeps signatures, we fold them: both halves are compared up to the first quote.
            let (text, html) = body_of(&path);
            let split = quote::split(&text, html.as_deref());
            let unsigned = quote::split(wanted, None).reply;
            show(name, &split.reply, &unsigned);
            text_score.count(name, squeezed(&split.reply) == squeezed(&unsigned));
            raw_score.count(name, squeezed(&split.reply) == squeezed(wanted));
        } else if let Some(wanted) = wanted["html_reply_text_equals_ignoring_whitespace"].as_str() {
            let page = read(&path);
            let split = quote::split(&mail::html::text(&page), Some(&page));
            show(name, &split.reply, wanted);
            html_score.count(name, split.reply.split_whitespace().eq(wanted.split_whitespace()));
        }
    }
    hold([(text_score, 100.0), (raw_score, 83.0), (html_score, 100.0)]);
}

fn reply_set(corpus: &Path, set: &'static str, mails: &str, floor: f64) {
    let folder = corpus.join(set);
    if !folder.join("expected.json").is_file() {
        println!("{set:<36} is not in this corpus");
        return;
    }
    let mut score = Score::new(set);
    for (name, wanted) in json(&folder.join("expected.json")).as_object().expect("cases") {
        let path = folder.join(mails).join(name);
        if !path.is_file() {
            continue;
        }
        let text = read(&path);
        let start = Instant::now();
        let reply = quote::split(&text, None).reply;
        let seconds = start.elapsed().as_secs_f64();
        let equal = wanted["reply_equals"].as_str().or(wanted["reply_equals_trimmed"].as_str()).or(wanted["visible_text_equals"].as_str());
        if let Some(equal) = equal {
            show(name, &reply, equal.trim());
            score.count(name, reply.trim() == equal.trim());
        } else if let Some(patterns) = wanted["reply_matches_regex"].as_array() {
            let is_right =
                patterns.iter().filter_map(Value::as_str).all(|pattern| regex::Regex::new(pattern).expect("a pattern").is_match(&reply));
            score.count(name, is_right);
        } else if wanted["max_seconds"].is_number() {
            score.count(name, seconds < 1.0);
        }
    }
    hold([(score, floor)]);
}

#[test]
fn replies_of_crisp_github_and_zapier() {
    let Some(corpus) = set("") else { return };
    reply_set(&corpus, "crisp-oss/email-reply-parser", "test/fixtures", 94.0);
    reply_set(&corpus, "github/email_reply_parser", "test/emails", 100.0);
    reply_set(&corpus, "zapier/email-reply-parser", "test/emails", 85.0);
}
