//! Zammad's expectations: what it reads of a mail, and what its process makes of some of them.

use model::{Language, text::letter};
use serde_json::Value as Json;
use serde_yaml_ng::Value;

use super::{Mails, squeeze};
use crate::{delivered::Delivered, field::Table};

/// Where its mails are.
const MAILS: &str = "zammad/zammad/test/data/mail";
/// What it shows of a mail without words.
const NO_WORDS: &str = "no visible content";

/// All of them.
pub fn compare(mails: &Mails<'_>, table: &mut Table) {
    let names = std::fs::read_dir(mails.root.join(MAILS)).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut expectations: Vec<_> = names.filter(|path| path.extension().is_some_and(|ending| ending == "yml")).collect();
    expectations.sort();
    for path in expectations {
        let id = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let Some((_, mail)) = mails.get(MAILS, &format!("{id}.box")) else { continue };
        reading(&id, &plain(&std::fs::read_to_string(&path).expect("expectations")), mail, table);
    }
    for (name, wanted) in mails.json("zammad/zammad/expected_process.json") {
        let Some((_, mail)) = mails.get(MAILS, &name) else { continue };
        process(name.trim_end_matches(".box"), &wanted, mail, table);
    }
}

fn reading(id: &str, expected: &Value, mail: &Delivered, table: &mut Table) {
    let wanted = |key: &str| text(expected.get(key));
    if let Some(wanted) = wanted("from_email") {
        table.same(("zammad", id, "from"), &wanted, &mail.from);
    }
    if let Some(wanted) = wanted("subject") {
        table.same(("zammad", id, "subject"), &squeeze(&wanted), &squeeze(&mail.subject));
    }
    // what is in no ticket has no more to compare
    if !mail.filed {
        return;
    }
    let addresses = |key: &str| wanted(key).map(|list| mail::address::list(&list)).unwrap_or_default();
    let to: Vec<String> = ["to", "cc"].iter().flat_map(|key| addresses(key)).map(|one| one.address.to_lowercase()).collect();
    if !to.is_empty() {
        let got: Vec<String> = serde_json::from_str(&mail.reached).unwrap_or_default();
        table.check(("zammad", id, "to and cc"), to == got, || format!("wanted {to:?}, got {got:?}"));
    }
    if let Some(wanted) = wanted("body") {
        let wanted = if wanted.trim() == NO_WORDS { String::new() } else { letters(&wanted) };
        let got = whole(mail);
        table.check(("zammad", id, "body"), wanted == got, || format!("wanted {} letters, got {}", wanted.len(), got.len()));
    }
    files(id, expected, mail, table);
}

fn files(id: &str, expected: &Value, mail: &Delivered, table: &mut Table) {
    let Some(list) = expected.get("attachments").and_then(Value::as_sequence).cloned() else { return };
    let is_copy = |file: &Value| file.get("preferences").and_then(|said| said.get("content-alternative")).is_some();
    let wanted: Vec<Value> = list.into_iter().filter(|file| !is_copy(file)).collect();
    let names: Vec<String> = wanted.iter().map(|file| squeeze(&text(file.get("filename")).unwrap_or_default())).collect();
    let got: Vec<String> = mail.files.iter().map(|file| squeeze(&file.name)).collect();
    // a letter that the expectation itself lost may be any that is not ASCII
    let agrees = |(wanted, got): (&String, &String)| {
        wanted.chars().count() == got.chars().count()
            && wanted.chars().zip(got.chars()).all(|(a, b)| a == b || (a == '\u{fffd}' && !b.is_ascii()))
    };
    let same = names.len() == got.len() && names.iter().zip(&got).all(agrees);
    table.check(("zammad", id, "attachment names"), same, || format!("wanted {names:?}, got {got:?}"));
    for (file, got) in wanted.iter().zip(&mail.files).filter(|_| same) {
        let Some(data) = file.get("data").and_then(bytes) else { continue };
        // Ruby writes bytes that are text as text, with the line ends it found or made
        let same = data == got.bytes || squeeze(&String::from_utf8_lossy(&data)) == squeeze(&String::from_utf8_lossy(&got.bytes));
        table.check(("zammad", id, "attachment bytes"), same, || format!("{}: {} bytes, got {}", got.name, data.len(), got.bytes.len()));
    }
}

/// What its process makes of a mail: a ticket, whose, called how; or nothing.
fn process(id: &str, wanted: &Json, mail: &Delivered, table: &mut Table) {
    if wanted["kind"].as_str().is_some_and(|kind| kind.starts_with("bounce")) {
        table.check(("zammad", id, "no ticket of it"), mail.class == "bounce" && !mail.filed, || format!("{mail:?}"));
        return;
    }
    table.check(("zammad", id, "accepted"), mail.filed && mail.class != "bounce", || format!("{} {}", mail.status, mail.class));
    if let Some(title) = wanted["ticket_title"].as_str().or(wanted["subject"].as_str()) {
        table.same(("zammad", id, "ticket title"), &squeeze(title), &squeeze(&mail.title));
    }
    if wanted["sender_type"] == "Customer" {
        table.check(("zammad", id, "sender type"), mail.author.contains("contact"), || mail.author.clone());
    }
    // the others in To and Cc join where somebody vouches for the sender; here nobody does
    if let Some(contacts) = wanted["contacts_created_or_matched"].as_array() {
        table.check(("zammad", id, "contact"), contacts.iter().any(|one| *one == mail.contact), || {
            format!("wanted one of {contacts:?}, got {:?}", mail.contact)
        });
    }
    if let Some(address) = wanted["sender_email"].as_str() {
        table.same(("zammad", id, "contact"), address, &mail.contact);
    }
    match wanted["body"].as_str() {
        Some(NO_WORDS) => table.same(("zammad", id, "ticket body"), "", &whole(mail)),
        Some(body) => table.check(("zammad", id, "ticket body"), letters(body) == whole(mail), || mail.text.clone()),
        None => {}
    }
    if let Some(words) = wanted["body_contains"].as_str() {
        table.check(("zammad", id, "ticket body"), mail.text.contains(words), || mail.text.clone());
    }
}

/// The letters of all that a mail says, as its ticket has them.
fn whole(mail: &Delivered) -> String {
    let text = if mail.text == Language::English.say(letter::NO_TEXT) { "" } else { &mail.text };
    letters(&mail.html.clone().unwrap_or_else(|| mail::html::from_text(&format!("{text}\n{}", mail.quoted))))
}

fn letters(html: &str) -> String {
    mail::html::text(html).chars().filter(|c| c.is_alphanumeric()).collect()
}

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
    bytes(value?).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
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
