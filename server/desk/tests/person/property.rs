//! Everything of a property, handed out: each row and each file of it, none of another's, and no secret.

use std::collections::BTreeMap;

use desk::{Agent, Piece};
use model::{
    Refusal, audit,
    ticket::{ReplyForm, TicketForm},
};
use serde_json::Value;

use crate::{
    common::{Ground, refused},
    contract, dump, world,
};

/// The files, by name.
async fn files(agent: &Agent) -> BTreeMap<String, Vec<u8>> {
    let mut export = agent.export_property().await.expect("an export");
    let (mut all, mut open) = (BTreeMap::new(), String::new());
    while let Some(piece) = export.next().await.expect("a piece") {
        match piece {
            Piece::File(name, bytes) => {
                open.clone_from(&name);
                assert!(all.insert(name.clone(), bytes).is_none(), "{name} comes twice");
            }
            Piece::More(bytes) => all.get_mut(&open).expect("an open file").extend(bytes),
        }
    }
    all
}

fn rows(all: &BTreeMap<String, Vec<u8>>, name: &str) -> Vec<Value> {
    let text = std::str::from_utf8(&all[name]).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

async fn count(ground: &Ground, of: &'static str, property: &str) -> usize {
    let found: i64 = sqlx::query_scalar(of).bind(property).fetch_one(ground.db().read()).await.expect(of);
    usize::try_from(found).expect("a number")
}

contract!(everything_of_a_property_is_handed_out, |ground| async {
    let world = world::make(&ground).await;
    let (marta, rui) = (&world.shop.marta, &world.shop.rui);
    // more than a page
    for n in 0..210 {
        let words = ReplyForm { text: format!("[\"{n}\"]"), ..ReplyForm::default() };
        marta.note(world.shared.clone(), words.check().unwrap()).await.expect("noted");
    }
    let (olga, _) = ground.other_shop(&world.shop).await;
    let ticket =
        TicketForm { email: "x@y.example".into(), subject: "Not of the shop".into(), text: "Words".into(), ..TicketForm::default() };
    olga.open_ticket(ticket.check().unwrap()).await.expect("opened");
    assert_eq!(refused(rui.export_property().await.map(|_| ())), Refusal::Forbidden);

    let all = files(marta).await;
    let property = marta.property().as_str();
    for (name, of) in [
        ("property.jsonl", "select count(*) from property where id = $1"),
        ("agents.jsonl", "select count(*) from membership where property = $1"),
        ("organisations.jsonl", "select count(*) from organisation where property = $1"),
        ("contacts.jsonl", "select count(*) from contact where property = $1"),
        ("addresses.jsonl", "select count(*) from contact_address where property = $1"),
        ("contact_notes.jsonl", "select count(*) from contact_note where property = $1"),
        ("conversations.jsonl", "select count(*) from conversation where property = $1"),
        ("participants.jsonl", "select count(*) from participant where property = $1"),
        ("chats.jsonl", "select count(*) from chat where property = $1"),
        ("messages.jsonl", "select count(*) from message where property = $1"),
        ("events.jsonl", "select count(*) from event where property = $1"),
        ("attachments.jsonl", "select count(*) from attachment where property = $1 and message is not null"),
        ("mails.jsonl", "select count(*) from letter_in where property = $1"),
    ] {
        let found = rows(&all, name);
        assert_eq!(found.len(), count(&ground, of, property).await, "{name}");
        assert!(!found.is_empty() && all["README.md"].windows(name.len()).any(|part| part == name.as_bytes()), "{name}");
    }
    let messages = rows(&all, "messages.jsonl");
    assert!(messages.iter().any(|row| row["body"] == "[\"7\"]" && row["author"]["who"] == "agent"), "words are words: {}", messages[0]);
    assert!(messages[0]["at"].as_str().unwrap().starts_with("2026-"));
    let seqs: Vec<i64> = rows(&all, "events.jsonl").iter().map(|row| row["seq"].as_i64().unwrap()).collect();
    assert!(seqs.is_sorted() && seqs[0] == 1);
    for (name, folder) in [("attachments.jsonl", "attachments/"), ("mails.jsonl", "mails/")] {
        for row in rows(&all, name) {
            let bytes = &all[row["file"].as_str().unwrap()];
            assert!(bytes.len() as u64 == row["size"].as_u64().unwrap() && row["file"].as_str().unwrap().starts_with(folder), "{row}");
        }
        assert_eq!(all.keys().filter(|file| file.starts_with(folder)).count(), rows(&all, name).len());
    }
    let text = all.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect::<String>();
    assert!(!text.contains("Not of the shop") && !text.contains("olga@other.test"));
    let token = ground.text("select token from visitor where token is not null limit 1").await;
    assert!(!text.contains(&token) && !text.contains("$argon2"));
    assert!(dump::all(&ground).await.iter().any(|(_, row)| row.contains("$argon2")), "it could have been there");

    let told = marta.list_audit(audit::Asked::default(), None).await.unwrap().entries;
    assert_eq!((told[0].act, told[0].agent.as_ref()), (audit::Act::PropertyExported, Some(marta.id())));
    assert!(!files(&olga).await.contains_key("attachments/"), "another's is its own");
});
