//! Reports of many mail systems (sisimai): recognised, whose, why; and mails that only look like one.

use std::collections::BTreeMap;

use mail::Class;

use crate::{Score, hold, json, read, set};

#[test]
fn reports_of_many_systems() {
    let Some(folder) = set("sisimai/set-of-emails") else { return };
    let expected = json(&folder.join("expected.json"));
    let [mut seen, mut count, mut status, mut class, mut hard] =
        ["bounces recognised", "bounces: recipients", "bounces: status", "bounces: class of status", "bounces: hard"].map(Score::new);
    for (set, ending) in [("bsd", "eml"), ("dos", "eml"), ("mac", "eml")] {
        for (name, recipients) in expected.as_object().expect("an object") {
            let path = folder.join("maildir").join(set).join(name).with_extension(ending);
            let recipients = recipients.as_array().expect("a list");
            let first = &recipients[0];
            if !path.exists() || first["reason"] == "vacation" {
                continue;
            }
            let mail = read(&path);
            let id = format!("{set}/{name}");
            seen.check(&id, mail.class == Some(Class::Bounce), || {
                format!("{:?} from {:?} subject {:?}", mail.class, mail.from, mail.subject)
            });
            let Some(bounce) = mail.bounce else { continue };
            count.check(&id, bounce.recipients.len() == recipients.len(), || {
                format!("wanted {}, got {:?}", recipients.len(), bounce.recipients)
            });
            // A pseudo status (5.0.9xx) is the other program's own.
            let wanted = first["dsn"].as_str().unwrap_or_default();
            if !wanted.is_empty() {
                let got = bounce.status.clone().unwrap_or_default();
                if !wanted.contains(".0.9") {
                    status.check(&id, got == wanted, || format!("wanted {wanted}, got {got:?}: {:?}", bounce.diagnostic));
                }
                if wanted.contains(".0.9") && got.is_empty() {
                    continue;
                }
                class.check(&id, got.get(..1) == wanted.get(..1), || format!("wanted {wanted}, got {got:?}: {:?}", bounce.diagnostic));
                hard.check(&id, first["hard_bounce"] == bounce.hard, || {
                    format!("wanted {} ({}), got {:?} {:?}", first["hard_bounce"], first["reason"], bounce.status, bounce.diagnostic)
                });
            }
        }
    }
    hold([(seen, 99.0), (count, 98.0), (status, 98.0), (class, 97.0), (hard, 94.0)]);
}

#[test]
fn what_is_no_report() {
    let mut wrong = BTreeMap::new();
    let mut count = 0;
    for (name, ending) in [
        ("sisimai/set-of-emails/maildir/not", "eml"),
        ("zammad/zammad/test/data/mail", "box"),
        ("chatwoot/chatwoot/spec/fixtures/files", "eml"),
    ] {
        let Some(folder) = set(name) else { return };
        for entry in std::fs::read_dir(folder).expect("folder") {
            let path = entry.expect("entry").path();
            if path.extension().is_none_or(|said| said != ending) {
                continue;
            }
            count += 1;
            let mail = read(&path);
            if mail.class == Some(Class::Bounce) {
                wrong.insert(path.file_name().expect("name").to_string_lossy().into_owned(), mail.subject);
            }
        }
    }
    println!("taken for reports among {count} mails of people and some reports: {wrong:#?}");
    assert!(wrong.keys().all(|name| !name.starts_with("is-not-bounce")), "{wrong:?}");
    assert!(count > 0 && wrong.len() <= 12, "{wrong:?}");
}
