//! `MimeKit`'s lists of what is inside each `winmail.dat`; the made-up names of bodies are not files.

use crate::{Score, hold, set};

/// The extracted files of the corpus lost their carriage returns, and keep the id before an object.
fn without_returns(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| *byte != b'\r').collect()
}

#[test]
fn what_outlook_wraps() {
    let Some(folder) = set("jstedfast/MimeKit/UnitTests/TestData/tnef") else { return };
    let [mut names, mut bytes] = ["tnef names", "tnef bytes"].map(Score::new);
    let mut lists: Vec<_> = std::fs::read_dir(&folder).expect("folder").map(|entry| entry.expect("entry").path()).collect();
    lists.sort();
    for list in lists.iter().filter(|path| path.extension().is_some_and(|ending| ending == "list")) {
        let id = list.file_stem().expect("name").to_string_lossy().into_owned();
        let wanted = std::fs::read_to_string(list).expect("list");
        let mut wanted: Vec<&str> = wanted.lines().map(str::trim).filter(|name| !name.is_empty() && !name.starts_with("body.")).collect();
        let found = mail::tnef::read(&std::fs::read(list.with_extension("tnef")).expect("file")).unwrap_or_default();
        let mut got: Vec<&str> =
            found.files.iter().map(|file| if file.name.is_empty() { "Untitled Attachment" } else { file.name.as_str() }).collect();
        wanted.sort_unstable();
        got.sort_unstable();
        // Two lists leave out files that are there, one names a wrapped object twice; they count as misses.
        names.check(&id, wanted == got, || format!("wanted {wanted:?}, got {got:?}"));
        for file in &found.files {
            if let Ok(same) = std::fs::read(folder.join(&id).join(&file.name)) {
                bytes.check(&format!("{id}/{}", file.name), without_returns(&same).ends_with(&without_returns(&file.bytes)), || {
                    format!("{} and {} bytes", same.len(), file.bytes.len())
                });
            }
        }
    }
    hold([(names, 84.0), (bytes, 100.0)]);
}
