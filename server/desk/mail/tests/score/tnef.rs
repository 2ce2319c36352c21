//! `MimeKit`'s lists of what is inside each `winmail.dat`, in mails that carry it; the made-up names of bodies are not files.

use std::path::Path;

use data_encoding::BASE64;
use mail::Understood;

use crate::{Score, hold, own, set};

/// The extracted files of the corpus lost their carriage returns, and keep the id before an object.
fn without_returns(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| *byte != b'\r').collect()
}

/// A mail with nothing but the wrapping, as Exchange sends it inside one organisation.
fn mail_of(wrapping: &[u8]) -> Understood {
    let head =
        "From: ana@home.example\r\nSubject: x\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64";
    mail::understand(format!("{head}\r\n\r\n{}\r\n", BASE64.encode(wrapping)).as_bytes(), &own()).expect("a mail")
}

/// The name before a second file of that name got its number.
fn before_number(name: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').map_or((name, ""), |(stem, _)| (stem, &name[stem.len()..]));
    let bare = stem.strip_suffix(')').and_then(|stem| stem.rsplit_once(" (")).filter(|(_, number)| number.parse::<u32>().is_ok());
    bare.map_or_else(|| name.to_owned(), |(stem, _)| format!("{stem}{ending}"))
}

/// The names of what `MimeKit` itself took out of a wrapping: without bodies, and without the words that stand in for a message.
fn extracted(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let stands_in = |path: &Path| std::fs::read(path).expect("a file").starts_with(b"This attachment is a MAPI 1.0 embedded message");
    let paths = entries.map(|entry| entry.expect("entry").path()).filter(|path| !stands_in(path));
    let names = paths.map(|path| path.file_name().expect("a name").to_string_lossy().into_owned());
    // several of one name were numbered
    names
        .filter(|name| !name.starts_with("message."))
        .map(|name| if name.starts_with("Untitled Attachment.") { "Untitled Attachment".into() } else { name })
        .collect()
}

#[test]
fn what_outlook_wraps() {
    let Some(folder) = set("jstedfast/MimeKit/UnitTests/TestData/tnef") else { return };
    let [mut listed_names, mut names, mut bytes, mut words] =
        ["tnef names, as listed", "tnef names, as extracted", "tnef bytes", "tnef words"].map(Score::new);
    let mut lists: Vec<_> = std::fs::read_dir(&folder).expect("folder").map(|entry| entry.expect("entry").path()).collect();
    lists.sort();
    for list in lists.iter().filter(|path| path.extension().is_some_and(|ending| ending == "list")) {
        let id = list.file_stem().expect("name").to_string_lossy().into_owned();
        let listed = std::fs::read_to_string(list).expect("list");
        let (bodies, mut wanted): (Vec<&str>, Vec<&str>) =
            listed.lines().map(str::trim).filter(|name| !name.is_empty()).partition(|name| name.starts_with("body."));
        let mail = mail_of(&std::fs::read(list.with_extension("tnef")).expect("file"));
        let mut got: Vec<String> = mail.attachments.iter().map(|file| before_number(&file.name)).collect();
        wanted.sort_unstable();
        got.sort_unstable();
        let mut extracted = extracted(&folder.join(&id));
        extracted.sort_unstable();
        listed_names.check(&id, wanted == got, || format!("wanted {wanted:?}, got {got:?}"));
        names.check(&id, extracted == got || (extracted.is_empty() && wanted == got), || format!("wanted {extracted:?}, got {got:?}"));
        if !bodies.is_empty() {
            words.check(&id, mail.text.trim().chars().any(char::is_alphanumeric), || format!("{bodies:?}: {:?}", mail.text));
        }
        for file in &mail.attachments {
            if let Ok(same) = std::fs::read(folder.join(&id).join(&file.name)) {
                bytes.check(&format!("{id}/{}", file.name), without_returns(&same).ends_with(&without_returns(&file.bytes)), || {
                    format!("{} and {} bytes", same.len(), file.bytes.len())
                });
            }
        }
    }
    // Two lists leave out files that are there and were extracted; one counts what stands in for a message as a file beside it.
    hold([(listed_names, 84.0), (names, 100.0), (bytes, 100.0), (words, 100.0)]);
}
