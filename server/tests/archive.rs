//! Archives as a browser sends them: received, looked at, taken in by the importers of the command; what is none is refused, with why.

mod common;

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use axum::http::{Method, StatusCode};
use common::{Answer, World};
use model::{
    agent::Role,
    history::{Archive, Form, Stage},
    view::View,
};
use tokio::sync::watch;
use zip::{ZipWriter, write::SimpleFileOptions};

const ASKS: &str = "From ana@x.example Mon Mar  2 12:00:00 2026\nFrom: Ana <ana@x.example>\nTo: shop@old.example\nSubject: Late\n\
    Message-ID: <1@x.example>\nDate: Mon, 2 Mar 2026 12:00:00 +0000\n\nWhere is it?\n\n";
const ANSWERS: &str = "From: Shop <shop@old.example>\nTo: ana@x.example\nSubject: Re: Late\nMessage-ID: <2@old.example>\n\
    In-Reply-To: <1@x.example>\nDate: Tue, 3 Mar 2026 12:00:00 +0000\n\nOn its way.\n";
const TRASH: &str = "From - Mon Mar  2 12:00:00 2026\nX-Mozilla-Status: 0009\nSubject: gone\n\nx\n\n";
const UNDATED: &str = "From - \nSubject: never\n\nx\n";
const CHATS: &str = r#"{"chats": [{"id": "c1", "visitor": {"name": "Ana"}, "messages": [
    {"sender": {"t": "v"}, "msg": "Hello?", "time": "2026-03-05T10:00:00Z"}]}, {"id": "c2", "messages": "none"}]}"#;

/// Sends the form of the page.
async fn bring(world: &World, token: &str, name: &str, bytes: impl AsRef<[u8]>, fields: &[(&str, &str)]) -> Answer {
    let property = world.agent(token).await.property().to_string();
    let mut body = String::new();
    for (field, value) in [("property", property.as_str())].iter().chain(fields) {
        write!(body, "--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").expect("written");
    }
    write!(body, "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").expect("written");
    let body = [body.as_bytes(), bytes.as_ref(), b"\r\n--edge--\r\n"].concat();
    let cookie = format!("recado={token}");
    let kind = "multipart/form-data; boundary=edge";
    world.ask(Method::POST, "/archives", &[("cookie", &cookie), ("sec-fetch-site", "same-origin"), ("content-type", kind)], body).await
}

/// Goes through what waits.
async fn go(world: &World) {
    let (_close, closing) = watch::channel(false);
    while server::import::follow(world.desk.clone(), 1, closing.clone()).await.expect("gone through") {}
}

async fn newest(world: &World, token: &str) -> Archive {
    world.agent(token).await.list_archives().await.expect("listed").all.remove(0)
}

async fn taken_in(world: &World, token: &str) -> Archive {
    world.agent(token).await.run_archive(newest(world, token).await.id).await.expect("begun");
    go(world).await;
    newest(world, token).await
}

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(vec![]));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a file");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("a ZIP").into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_mbox_is_looked_at_and_taken_in() {
    let (world, token) = World::with_founder().await;
    let text = format!("{ASKS}{TRASH}{ASKS}");
    let answer = bring(&world, &token, "Inbox.mbox", &text, &[("ours", "shop@old.example"), ("open_since", "2026-03-01")]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/admin/data"));
    go(&world).await;
    let looked = newest(&world, &token).await;
    assert_eq!((looked.stage, looked.form, looked.total, looked.looked), (Stage::Checked, Form::Mbox, 2, 2));
    assert_eq!((looked.tally.would, looked.tally.left.values().sum::<i64>()), (2, 1));
    let agent = world.agent(&token).await;
    assert!(agent.list_inbox(View { status: None, ..View::default() }).await.unwrap().rows.is_empty(), "nothing came yet");
    let done = taken_in(&world, &token).await;
    assert_eq!((done.stage, done.tally.opened, done.tally.known), (Stage::Done, 1, 1));
    assert_eq!(done.tally.cases[0].place, format!("Inbox.mbox, byte {}", ASKS.len() + TRASH.len() + ASKS.find('\n').unwrap() + 1));
    let rows = agent.list_inbox(View::default()).await.unwrap().rows;
    assert_eq!((rows.len(), rows[0].line.subject.as_str()), (1, "Late"), "it is young enough to stay open");
    let page = world.get("/admin/data", Some(&token)).await;
    assert!(page.text.contains("Inbox.mbox") && !page.text.contains("/archives/"), "no path of the machine is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn zips_hold_folders_of_mail_and_chats() {
    let (world, token) = World::with_founder().await;
    let maildir = zip(&[
        ("Maildir/cur/1.a:2,S", &ASKS[ASKS.find('\n').unwrap() + 1..]),
        ("Maildir/.Sent/new/2.b", ANSWERS),
        ("Maildir/cur/3.c:2,T", "x"),
    ]);
    let chats = zip(&[("export/chats.json", CHATS), ("export/broken.json", "{\"chats\": [")]);
    for (name, bytes, form, would, refused) in [("mail.zip", maildir, Form::Maildir, 2, 0), ("tawk.zip", chats, Form::Tawk, 1, 2)] {
        let answer = bring(&world, &token, name, &bytes, &[("ours", "shop@old.example")]).await;
        assert_eq!(answer.location(), "/admin/data", "{name}");
        go(&world).await;
        let looked = newest(&world, &token).await;
        assert_eq!(
            (looked.stage, looked.form, looked.tally.would, looked.tally.refused),
            (Stage::Checked, form, would, refused),
            "{looked:?}"
        );
        let done = taken_in(&world, &token).await;
        assert_eq!((done.tally.opened, done.tally.refused), (1, refused), "{done:?}");
        assert!(done.tally.cases.iter().all(|case| !case.place.starts_with('/')), "{done:?}");
    }
    let left: Vec<_> = std::fs::read_dir(world.desk.settings().data.join("archives")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_archive_is_refused_with_why() {
    let (world, token) = World::founded(&[("RECADO_IMPORT_MAX_SIZE", "1")]).await;
    let large = format!("{ASKS}{}", "x".repeat(1 << 20));
    for (name, bytes, fields, why) in [
        ("people.csv", "Name,E-mail\n", &[][..], "unknown"),
        ("empty.mbox", "", &[], "required"),
        ("large.mbox", large.as_str(), &[], "too_large"),
        ("Inbox.mbox", ASKS, &[("ours", "nobody")], "not_an_address"),
        ("Inbox.mbox", ASKS, &[("open_since", "soon")], "not_a_day"),
        ("Inbox.mbox", ASKS, &[("property", "0000000000000000000000000")], "Conflict"),
    ] {
        let answer = bring(&world, &token, name, bytes, fields).await;
        let said = answer.location().to_lowercase();
        assert!(answer.status == StatusCode::SEE_OTHER && said.starts_with("/admin/data?refused="), "{name}: {}", answer.text);
        assert!(said.replace('_', "").contains(&why.to_lowercase().replace('_', "")), "{name}: {said}");
        assert_eq!(world.get(answer.location(), Some(&token)).await.status, StatusCode::OK);
    }
    assert!(world.agent(&token).await.list_archives().await.unwrap().all.is_empty());
    assert_eq!(std::fs::read_dir(world.desk.settings().data.join("archives")).unwrap().count(), 0, "no file stays");
    let agent = world.invite(&token, "Rui", Role::Agent).await;
    assert_eq!(bring(&world, &agent, "Inbox.mbox", ASKS, &[]).await.status, StatusCode::FORBIDDEN);
    let undated = bring(&world, &token, "x.mbox", UNDATED, &[]).await;
    assert_eq!(undated.location(), "/admin/data");
    go(&world).await;
    let failed = newest(&world, &token).await;
    assert!(failed.stage == Stage::Failed && failed.why.contains("this is no mbox"), "{failed:?}");
}
