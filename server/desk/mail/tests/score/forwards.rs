//! The mail inside a forward (crisp, discourse): email.md C11, D.

use mail::forward;

use crate::{
    Score, hold, json,
    replies::{names, read, show, squeezed},
    set,
};

#[test]
fn forwards_of_discourse() {
    let Some(corpus) = set("") else { return };
    let folder = corpus.join("discourse/email_reply_trimmer/test");
    let mut score = Score::new("discourse, forwarded");
    for name in names(&folder.join("embedded")) {
        let found = forward::find("Fwd: x", &read(&folder.join("emails").join(&name))).unwrap_or_default();
        let (before, embedded) = (read(&folder.join("before").join(&name)), read(&folder.join("embedded").join(&name)));
        show(&name, &found.before, before.trim());
        let tail = squeezed(&found.text);
        let is_right = found.before.trim() == before.trim() && !tail.is_empty() && squeezed(&embedded).ends_with(&tail);
        score.count(&name, is_right);
    }
    hold([(score, 100.0)]);
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
    let Some(corpus) = set("") else { return };
    let folder = corpus.join("crisp-oss/email-forward-parser");
    let mut score = Score::new("crisp, forwarded");
    for case in json(&folder.join("expected.json")).as_array().expect("cases") {
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
    hold([(score, 100.0)]);
}
