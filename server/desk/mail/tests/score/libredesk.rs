//! Libredesk's expectations: which parts are attachments, their names, types and whether they are inline.

use crate::{Score, hold, json, read, set};

#[test]
fn libredesks_expectations() {
    let Some(folder) = set("abhinavxd/libredesk") else { return };
    let expected = json(&folder.join("expected.json"));
    let mails = folder.join("internal/inbox/channel/email/testdata");
    let mut score = Score::new("libredesk attachments");
    for (name, files) in expected.as_object().expect("an object") {
        let mail = read(&mails.join(name));
        let wanted: Vec<_> = files
            .as_array()
            .expect("a list")
            .iter()
            .map(|file| {
                (file["name"].as_str(), file["content_id"].as_str(), file["content_type"].as_str(), file["disposition"] == "inline")
            })
            .collect();
        let got: Vec<_> = mail
            .attachments
            .iter()
            .map(|file| (Some(file.name.as_str()), file.cid.as_deref(), Some(file.content_type.as_str()), file.inline))
            .collect();
        let is_same = wanted.len() == got.len()
            && wanted.iter().zip(&got).all(|(wanted, got)| {
                (wanted.0 == Some("(any)") || wanted.0 == got.0) && wanted.1 == got.1 && wanted.2 == got.2 && wanted.3 == got.3
            });
        score.check(name, is_same, || format!("wanted {wanted:?}, got {got:?}"));
    }
    hold([(score, 100.0)]);
}
