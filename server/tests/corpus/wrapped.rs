//! Samples that are no mails: texts of replies and wrappings of Outlook, each put into a mail as a program would have sent it.

use std::path::Path;

use data_encoding::BASE64_MIME;

use crate::{Sample, as_sent};

/// Texts of replies, beside what is new in them.
pub const REPLIES: &str = "discourse/email_reply_trimmer/test";
/// Files of Outlook, beside lists of what is in them.
pub const WRAPPINGS: &str = "jstedfast/MimeKit/UnitTests/TestData/tnef";

/// All of them; a set that is not in this corpus has none.
pub fn samples(root: &Path) -> Vec<Sample> {
    let mut all = vec![];
    for path in files(&root.join(REPLIES).join("emails")) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a text")).into_owned();
        let head = head(&path, "reply", "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit");
        all.push(Sample { set: "discourse/wrapped".into(), raw: as_sent(format!("{head}{text}\r\n").as_bytes()), path });
    }
    for path in files(&root.join(WRAPPINGS)).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "tnef")) {
        let head = head(&path, "wrapping", "application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64");
        let encoded = BASE64_MIME.encode(&std::fs::read(&path).expect("a file"));
        all.push(Sample { set: "tnef/wrapped".into(), raw: format!("{head}{encoded}\r\n").into_bytes(), path });
    }
    all
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}

fn head(path: &Path, what: &str, content_type: &str) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!(
        "From: {what} {plain} <{what}@corpus.example>\r\nSubject: {what} {plain}\r\nMessage-ID: <{what}-{plain}@corpus.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n"
    )
}
