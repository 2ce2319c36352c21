//! Zammad's own expectations for its mails: from, subject, recipients, attachments, body as text.

use serde_yaml_ng::Value;

use crate::{Score, hold, read, set};

/// The files carry Ruby's tags; what they tag is plain.
fn plain(text: &str) -> Value {
    let untagged: String = text
        .split_inclusive('\n')
        .map(|line| match line.find("!ruby/") {
            Some(at) => {
                let rest = &line[at..];
                let end = rest.find([' ', '\n']).unwrap_or(rest.len());
                format!("{}{}", &line[..at], &rest[end..])
            }
            None => line.to_owned(),
        })
        .collect();
    serde_yaml_ng::from_str(&untagged).expect("YAML")
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Tagged(tagged) => {
            let encoded: String = tagged.value.as_str()?.split_whitespace().collect();
            let bytes = data_encoding::BASE64.decode(encoded.as_bytes()).ok()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => None,
    }
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::String(text) => Some(text.clone().into_bytes()),
        Value::Tagged(tagged) => {
            let encoded: String = tagged.value.as_str()?.split_whitespace().collect();
            data_encoding::BASE64.decode(encoded.as_bytes()).ok()
        }
        _ => None,
    }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn letters(html: &str) -> String {
    mail::html::text(html).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn addresses(raw: &str) -> Vec<String> {
    mail::address::list(raw).into_iter().map(|mailbox| mailbox.address.to_lowercase()).collect()
}

#[test]
fn zammads_expectations() {
    let Some(folder) = set("zammad/zammad/test/data/mail") else { return };
    let [mut from, mut name, mut subject, mut to, mut files, mut contents, mut body] =
        ["zammad from", "zammad name", "zammad subject", "zammad to", "zammad attachment names", "zammad attachment bytes", "zammad body"]
            .map(Score::new);
    let mut paths: Vec<_> = std::fs::read_dir(&folder).expect("folder").map(|entry| entry.expect("entry").path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "yml")) {
        let expected = plain(&std::fs::read_to_string(path).expect("expectation"));
        let mail = read(&path.with_extension("box"));
        let id = path.file_stem().expect("name").to_string_lossy().into_owned();
        if let Some(wanted) = text(expected.get("from_email")) {
            from.check(&id, wanted == mail.from, || format!("wanted {wanted:?}, got {:?}", mail.from));
        }
        if let Some(wanted) = text(expected.get("from_display_name")) {
            let got = mail.from_name.clone().unwrap_or_default();
            name.check(&id, squeeze(&wanted) == squeeze(&got), || format!("wanted {wanted:?}, got {got:?}"));
        }
        if let Some(wanted) = text(expected.get("subject")) {
            subject.check(&id, squeeze(&wanted) == squeeze(&mail.subject), || format!("wanted {wanted:?}, got {:?}", mail.subject));
        }
        if let Some(wanted) = text(expected.get("to")) {
            let got: Vec<String> = mail.to.iter().map(|address| address.to_lowercase()).collect();
            to.check(&id, addresses(&wanted) == got, || format!("wanted {wanted:?}, got {got:?}"));
        }
        if let Some(wanted) = text(expected.get("body")) {
            // What Zammad shows for a mail without words.
            let wanted = if wanted.trim() == "no visible content" { String::new() } else { wanted };
            let (wanted, got) = (letters(&wanted), letters(mail.html.as_deref().unwrap_or(&mail::html::from_text(&mail.text))));
            body.check(&id, wanted == got, || format!("wanted {} letters, got {}", wanted.len(), got.len()));
        }
        check_files(&id, &expected, &mail, &mut files, &mut contents);
    }
    hold([(from, 97.0), (name, 97.0), (subject, 98.0), (to, 95.0), (files, 95.0), (contents, 100.0), (body, 82.0)]);
}

fn check_files(id: &str, expected: &Value, mail: &mail::Understood, files: &mut Score, contents: &mut Score) {
    let Some(list) = expected.get("attachments").and_then(Value::as_sequence) else { return };
    let is_copy = |file: &&Value| file.get("preferences").and_then(|said| said.get("content-alternative")).is_some();
    let wanted: Vec<&Value> = list.iter().filter(|file| !is_copy(file)).collect();
    let names: Vec<String> = wanted.iter().map(|file| squeeze(&text(file.get("filename")).unwrap_or_default())).collect();
    let got: Vec<String> = mail.attachments.iter().map(|file| squeeze(&file.name)).collect();
    // A letter that the expectation itself lost may be any that is not ASCII.
    let agrees = |wanted: &String, got: &String| {
        wanted.chars().count() == got.chars().count()
            && wanted.chars().zip(got.chars()).all(|(a, b)| a == b || (a == '\u{fffd}' && !b.is_ascii()))
    };
    let is_right = names.len() == got.len() && names.iter().zip(&got).all(|(wanted, got)| agrees(wanted, got));
    files.check(id, is_right, || format!("wanted {names:?}, got {got:?}"));
    if wanted.len() == mail.attachments.len() {
        for (file, got) in wanted.iter().zip(&mail.attachments) {
            let Some(data) = file.get("data").and_then(bytes) else { continue };
            // Ruby writes bytes that are text as text, with the line ends it found or made.
            let same = data == got.bytes || squeeze(&String::from_utf8_lossy(&data)) == squeeze(&String::from_utf8_lossy(&got.bytes));
            contents.check(id, same, || format!("{}: wanted {} bytes, got {}", got.name, data.len(), got.bytes.len()));
        }
    }
}
