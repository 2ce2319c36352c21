//! Scores of the reply splitter and the forward reader against mails that other projects collected (email.md C, D).
//! Nothing of them is kept here; the folder is named by `RECADO_MAIL_CORPUS`.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use mail::{forward, quote};
use serde_json::Value;

/// The corpus, or `None` where it is not there (which fails in CI).
fn corpus() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../");
    let folder = std::env::var_os("RECADO_MAIL_CORPUS").map_or_else(|| root.join("../shared/mail-corpus"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "the mail corpus is not at {}", folder.display());
    println!("skipped: the mail corpus is not at {}", folder.display());
    None
}

/// One row of the table: how many of how many, and which not.
#[derive(Default)]
struct Score {
    right: usize,
    wrong: Vec<String>,
}

impl Score {
    fn count(&mut self, name: &str, is_right: bool) {
        if is_right {
            self.right += 1;
        } else {
            self.wrong.push(name.to_owned());
        }
    }

    /// Prints the row and holds it to its floor, which only rises.
    fn report(&self, set: &str, floor_percent: usize) {
        let all = self.right + self.wrong.len();
        let tenths = (self.right * 1000).checked_div(all).unwrap_or(0);
        println!("{set:<36} {:>4} of {all:>4}  {:>3}.{} %  wrong: {}", self.right, tenths / 10, tenths % 10, self.wrong.join(" "));
        assert!(all > 0, "{set}: nothing to compare");
        assert!(tenths >= floor_percent * 10, "{set}: {tenths} ‰ is below its floor of {floor_percent} %");
    }
}

fn read(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

fn expectations(path: &Path) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn show(name: &str, got: &str, wanted: &str) {
    if std::env::var_os("RECADO_SHOW").is_some() && got != wanted {
        println!("=== {name}\n--- got\n{got}\n--- wanted\n{wanted}");
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn replies_of_discourse() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("discourse/email_reply_trimmer/test");
    let (mut replies, mut rest) = (Score::default(), Score::default());
    for name in names(&folder.join("emails")) {
        let split = quote::split(&read(&folder.join("emails").join(&name)), None);
        let wanted = read(&folder.join("trimmed").join(&name));
        show(&name, split.reply.trim(), wanted.trim());
        replies.count(&name, split.reply.trim() == wanted.trim());
        let elided = read(&folder.join("elided").join(&name));
        rest.count(&name, squeezed(&split.quoted.unwrap_or_default()) == squeezed(&elided));
    }
    replies.report("discourse, reply", 95);
    rest.report("discourse, what is folded", 90);
}

#[test]
fn forwards_of_discourse() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("discourse/email_reply_trimmer/test");
    let mut score = Score::default();
    for name in names(&folder.join("embedded")) {
        let found = forward::find("Fwd: x", &read(&folder.join("emails").join(&name))).unwrap_or_default();
        let (before, embedded) = (read(&folder.join("before").join(&name)), read(&folder.join("embedded").join(&name)));
        show(&name, &found.before, before.trim());
        let tail = squeezed(&found.text);
        let is_right = found.before.trim() == before.trim() && !tail.is_empty() && squeezed(&embedded).ends_with(&tail);
        score.count(&name, is_right);
    }
    score.report("discourse, forwarded", 100);
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
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("mailgun/talon");
    let (mut text_score, mut html_score, mut raw_score) = (Score::default(), Score::default(), Score::default());
    for (name, wanted) in expectations(&folder.join("expected.json")).as_object().expect("cases") {
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
    text_score.report("talon, mails (signatures folded)", 100);
    raw_score.report("talon, mails (signatures kept)", 83);
    html_score.report("talon, pages", 100);
}

fn reply_set(corpus: &Path, set: &str, mails: &str, floor: usize) {
    let folder = corpus.join(set);
    if !folder.join("expected.json").is_file() {
        println!("{set:<36} is not in this corpus");
        return;
    }
    let mut score = Score::default();
    for (name, wanted) in expectations(&folder.join("expected.json")).as_object().expect("cases") {
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
    score.report(set, floor);
}

#[test]
fn replies_of_crisp_github_and_zapier() {
    let Some(corpus) = corpus() else { return };
    reply_set(&corpus, "crisp-oss/email-reply-parser", "test/fixtures", 94);
    reply_set(&corpus, "github/email_reply_parser", "test/emails", 95);
    reply_set(&corpus, "zapier/email-reply-parser", "test/emails", 85);
}

/// A value by the paths of the expectations (`email.to.0.address`).
fn value_of(found: Option<&forward::Forwarded>, path: &str) -> Option<String> {
    let Some(found) = found else { return Some("nothing found".into()) };
    let mailbox = |list: &[mail::Mailbox], path: &str| -> Option<String> {
        let (at, part) = path.split_once('.')?;
        let mailbox = list.get(at.parse::<usize>().ok()?)?;
        if part == "name" { mailbox.name.clone() } else { Some(mailbox.address.clone()) }
    };
    let from = found.from.clone().into_iter().collect::<Vec<_>>();
    match path {
        "email.subject" => found.subject.clone(),
        "email.body" => Some(found.text.clone()),
        "message" => Some(found.before.clone()).filter(|before| !before.is_empty()),
        _ => path
            .strip_prefix("email.from.")
            .map(|part| mailbox(&from, &format!("0.{part}")))
            .or_else(|| path.strip_prefix("email.to.").map(|part| mailbox(&found.to, part)))
            .or_else(|| path.strip_prefix("email.cc.").map(|part| mailbox(&found.cc, part)))
            .flatten(),
    }
}

#[test]
fn forwards_of_crisp() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("crisp-oss/email-forward-parser");
    let mut score = Score::default();
    for case in expectations(&folder.join("expected.json")).as_array().expect("cases") {
        let name = case["body"].as_str().expect("a name");
        let body = read(&folder.join("test/fixtures").join(name));
        let subject = case["subject_file"].as_str().map(|name| read(&folder.join("test/fixtures").join(name)));
        let found = forward::find(subject.as_deref().unwrap_or_default(), &body);
        let mut wrong = Vec::new();
        for (path, wanted) in case["expect"].as_object().expect("expectations") {
            // Outlook for Mac writes no subject in the body; there it is the subject of the mail.
            let by_subject = || subject.as_deref().and_then(|subject| subject.split_once(':')).map(|(_, rest)| rest.trim().to_owned());
            let got = match path.as_str() {
                "forwarded" => {
                    if wanted.as_bool() != Some(found.is_some()) {
                        wrong.push("forwarded".to_owned());
                    }
                    continue;
                }
                "email.subject" => value_of(found.as_ref(), path).or_else(by_subject),
                _ => value_of(found.as_ref(), path),
            };
            if got.as_deref().map(str::trim) != wanted.as_str().map(str::trim) {
                wrong.push(format!("{path}={got:?}"));
            }
        }
        if !wrong.is_empty() && std::env::var_os("RECADO_SHOW").is_some() {
            println!("=== {name}: {wrong:?}");
        }
        score.count(name, wrong.is_empty());
    }
    score.report("crisp, forwarded", 98);
}
