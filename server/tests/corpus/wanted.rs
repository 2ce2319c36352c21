//! What the collectors of each set expect of its mails, compared with what the server made of them.

mod chatwoot;
mod zammad;

use std::{collections::HashMap, path::Path};

use serde_json::Value;

use crate::{
    Sample,
    delivered::Delivered,
    field::Table,
    wrapped::{REPLIES, WRAPPINGS},
};

/// The mails of the corpus with what became of them, by their place in it.
pub struct Mails<'a> {
    root: &'a Path,
    by_path: HashMap<&'a Path, (&'a Sample, &'a Delivered)>,
}

impl<'a> Mails<'a> {
    /// A mail of a set, if it is in this corpus.
    fn get(&self, folder: &str, name: &str) -> Option<(&'a Sample, &'a Delivered)> {
        self.by_path.get(self.root.join(folder).join(name).as_path()).copied()
    }

    /// Expectations of a set; none when it is not in this corpus.
    fn json(&self, path: &str) -> serde_json::Map<String, Value> {
        let Ok(text) = std::fs::read(self.root.join(path)) else { return serde_json::Map::new() };
        serde_json::from_slice::<Value>(&text).expect("JSON").as_object().expect("an object").clone()
    }
}

/// All of it.
pub fn compare(root: &Path, samples: &[Sample], delivered: &[Delivered]) -> Table {
    let by_path = samples.iter().zip(delivered).map(|(sample, mail)| (sample.path.as_path(), (sample, mail))).collect();
    let (mails, mut table) = (Mails { root, by_path }, Table::default());
    zammad::compare(&mails, &mut table);
    chatwoot::compare(&mails, &mut table);
    libredesk(&mails, &mut table);
    sisimai(&mails, &mut table);
    replies(&mails, &mut table);
    wrappings(&mails, &mut table);
    table
}

/// Words without what only divides them.
pub fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Names, Content-IDs, types and places of files. What does not begin like the picture it is said to be is kept as no picture.
fn libredesk(mails: &Mails<'_>, table: &mut Table) {
    for (name, files) in mails.json("abhinavxd/libredesk/expected.json") {
        let Some((_, mail)) = mails.get("abhinavxd/libredesk/internal/inbox/channel/email/testdata", &name) else { continue };
        let wanted = files.as_array().expect("a list");
        let same = |wanted: &Value, got: &crate::delivered::File| {
            (wanted["name"] == "(any)" || wanted["name"] == got.name)
                && wanted["content_id"].as_str() == got.cid.as_deref()
                && (wanted["content_type"] == got.media_type || got.media_type == "application/octet-stream")
                && (wanted["disposition"] == "inline") == got.inline
        };
        // a report is in no ticket, and has no file there
        let agrees = wanted.len() == mail.files.len() && wanted.iter().zip(&mail.files).all(|(wanted, got)| same(wanted, got));
        table.check(("libredesk", &name, "attachments"), agrees, || format!("wanted {wanted:?}, got {:?}", mail.files));
    }
}

/// Reports of mail systems, and what only looks like one.
fn sisimai(mails: &Mails<'_>, table: &mut Table) {
    for (name, recipients) in mails.json("sisimai/set-of-emails/expected.json") {
        for kind in ["bsd", "dos", "mac"] {
            let Some((_, mail)) = mails.get(&format!("sisimai/set-of-emails/maildir/{kind}"), &name) else { continue };
            let wanted = if recipients[0]["reason"] == "vacation" { "auto_reply" } else { "bounce" };
            table.same(("sisimai", &format!("{kind}/{name}"), "class"), wanted, &mail.class);
        }
    }
    for (path, (_, mail)) in &mails.by_path {
        if path.to_string_lossy().contains("sisimai/set-of-emails/maildir/not/") {
            let name = path.file_name().expect("a name").to_string_lossy();
            table.check(("sisimai", &name, "no report"), mail.class != "bounce" && mail.filed, || format!("{mail:?}"));
        }
    }
}

/// What is new in a reply, and what is folded.
fn replies(mails: &Mails<'_>, table: &mut Table) {
    let folder = mails.root.join(REPLIES);
    let read = |place: &str, name: &str| {
        String::from_utf8_lossy(&std::fs::read(folder.join(place).join(name)).unwrap_or_default()).replace("\r\n", "\n")
    };
    for (path, (_, mail)) in &mails.by_path {
        if path.parent() == Some(folder.join("emails").as_path()) {
            let name = path.file_name().expect("a name").to_string_lossy();
            table.same(("discourse", &name, "reply"), read("trimmed", &name).trim(), mail.text.trim());
        }
    }
    for (name, wanted) in mails.json("mailgun/talon/expected.json") {
        let Some((_, mail)) = mails.get("mailgun/talon/tests/fixtures", &name) else { continue };
        if let Some(wanted) = wanted["reply_equals"].as_str() {
            // it keeps signatures, we fold them
            table.same(("talon", &name, "reply"), &squeeze(&mail::quote::split(wanted, None).reply), &squeeze(&mail.text));
        }
    }
}

/// Names of the files that Outlook wrapped; its bodies are none.
fn wrappings(mails: &Mails<'_>, table: &mut Table) {
    for (path, (_, mail)) in &mails.by_path {
        if path.parent() != Some(mails.root.join(WRAPPINGS).as_path()) {
            continue;
        }
        let Ok(list) = std::fs::read_to_string(path.with_extension("list")) else { continue };
        let mut wanted: Vec<&str> = list.lines().map(str::trim).filter(|name| !name.is_empty() && !name.starts_with("body.")).collect();
        let mut got: Vec<String> = mail.files.iter().map(|file| before_number(&file.name)).collect();
        wanted.sort_unstable();
        got.sort_unstable();
        let name = path.file_stem().expect("a name").to_string_lossy();
        table.check(("tnef", &name, "names"), wanted == got, || format!("wanted {wanted:?}, got {got:?}"));
    }
}

/// The name before a second file of that name got its number.
fn before_number(name: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').map_or((name, ""), |(stem, _)| (stem, &name[stem.len()..]));
    let bare = stem.strip_suffix(')').and_then(|stem| stem.rsplit_once(" (")).filter(|(_, number)| number.parse::<u32>().is_ok());
    bare.map_or_else(|| name.to_owned(), |(stem, _)| format!("{stem}{ending}"))
}
