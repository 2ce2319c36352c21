//! A disk that is full: the sender of a mail is told to try again, and does not lose it.

use desk::Desk;
use model::letter::LetterInStatus;
use sqlx::Row as _;

use super::{common::World, listener, say};

/// Gives the database no page more than it has: what a full disk does. It ends with the connection it is said on.
async fn fill(desk: &Desk) {
    let full = desk.db().write(|tx| {
        Box::pin(async move {
            let row = sqlx::query("pragma max_page_count = 1").fetch_one(tx.conn()).await?;
            Ok(row.try_get::<i64, _>(0)?)
        })
    });
    assert!(full.await.expect("a limit") > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_for_which_there_is_no_room_is_refused_for_now_and_taken_later() {
    let (world, token) = World::with_founder().await;
    if !world.desk.db().is_sqlite() {
        eprintln!("skipped: PostgreSQL's disk is another program's");
        return;
    }
    let agent = world.agent(&token).await;
    let address = listener(&world).await;
    let rcpt = format!("RCPT TO:<{}>", agent.overview().await.expect("an overview").forwarding_address);
    let mail =
        format!("From: <ana@example.com>\r\nSubject: Large\r\nMessage-ID: <1@example.com>\r\n\r\n{}.", "words and more\r\n".repeat(3_000));
    fill(&world.desk).await;
    let talk = ["EHLO there.example", "MAIL FROM:<ana@example.com>", &rcpt, "DATA", &mail, "QUIT"];
    assert_eq!(say(address, &talk).await, ["220", "250", "250", "250", "354", "452", "221"]);
    assert!(agent.list_letters_in(None, "").await.expect("letters").is_empty(), "nothing of it is kept");
    // there is room again: the writer has connected anew
    assert_eq!(say(address, &talk).await, ["220", "250", "250", "250", "354", "250", "221"]);
    let listed = agent.list_letters_in(None, "").await.expect("letters");
    assert_eq!((listed.len(), listed[0].status), (1, LetterInStatus::New));
}
