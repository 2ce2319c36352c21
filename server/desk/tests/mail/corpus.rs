//! Mails that others collected, carried in and filed: each ends in a conversation, in the log of mails, or visibly failed.
//! Nothing of the corpus is in the project: `RECADO_MAIL_CORPUS` names the folder, else `../shared/mail-corpus`.

use std::path::{Path, PathBuf};

use mail::Own;
use model::{letter::LetterInStatus, moment::MINUTE};

use crate::contract;
use crate::post::*;

/// Every file of the corpus that is a mail; none when there is no corpus (outside CI).
fn mails() -> Vec<(PathBuf, Vec<u8>)> {
    let root = std::env::var_os("RECADO_MAIL_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/mail-corpus"), PathBuf::from);
    if !root.exists() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no mail corpus at {}", root.display());
        eprintln!("skipped: no mail corpus at {}", root.display());
        return vec![];
    }
    let (mut folders, mut found) = (vec![root], vec![]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ["eml", "box"].iter().any(|known| ending == *known)) {
                let raw = std::fs::read(&path).expect("a file");
                found.push((path, raw));
            }
        }
    }
    found.sort();
    found
}

contract!(every_mail_of_the_corpus_ends_somewhere, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let mails = mails();
    let mut taken = std::collections::HashMap::new();
    for (path, raw) in &mails {
        taken.insert(carry(&ground, &[&to], raw.clone()).await, path.clone());
    }
    let (mut filed, mut logged, mut broken) = (0, 0, vec![]);
    while let Some(next) = ground.postbox().next().await.unwrap() {
        let read = {
            let (raw, own) = (next.raw.clone(), Own::of(ground.keys()));
            tokio::task::spawn_blocking(move || mail::understand(&raw, &own)).await.expect("no panic")
        };
        let outcome = match read {
            Ok(understood) => ground.postbox().file(&next, understood, proven()).await.map_err(|error| error.to_string()),
            Err(unreadable) => Err(unreadable.to_string()),
        };
        match outcome {
            Ok(one) if one.status == LetterInStatus::Filed => filed += 1,
            Ok(_) => logged += 1,
            Err(why) => {
                for _ in 0..3 {
                    ground.postbox().fail(&next.id, &why).await.unwrap();
                }
                broken.push((taken[&next.id].clone(), why));
            }
        }
        // more tickets than one sender may open within ten minutes
        ground.clock.pass(MINUTE);
    }
    eprintln!("{:?}: {} mails, {filed} in conversations, {logged} logged, {} failed", ground.base, mails.len(), broken.len());
    assert!(broken.is_empty(), "{broken:#?}");
    assert_eq!(filed + logged, mails.len());
    assert_eq!(ground.number("select count(*) from letter_in where status not in ('filed', 'logged')").await, 0);
    assert_eq!(ground.number("select count(*) from letter_in where status = 'filed' and message is null").await, 0);
    // nobody looks after any of it, so that a letter can only carry a person's words to others who are in copy of the same ticket
    let letters = send(&ground).await;
    eprintln!("{} letters", letters.len());
    assert!(letters.iter().all(|due| due.letter.check().is_ok()));
    assert_eq!(ground.number("select count(*) from letter_out o join message m on m.id = o.message join letter_in l on l.id = m.letter_in where l.class <> 'human' or o.kind <> 'forward'").await, 0);
    for row in sqlx::query("select why, count(*) as n from letter_in group by why order by n desc limit 12")
        .fetch_all(ground.db().read())
        .await
        .unwrap()
    {
        eprintln!("{:5} {}", sqlx::Row::get::<i64, _>(&row, "n"), sqlx::Row::get::<String, _>(&row, "why"));
    }
});
