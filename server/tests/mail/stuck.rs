//! Mails over which understanding never ends or panics: each is kept and in time visibly failed, and the next one is a ticket within the
//! second. No mail is known that does either to the parser (the corpus and the hostile mails of `mail` do not), so the worker is given a
//! mind of its own, as the parser would behave.

use std::{sync::Arc, thread::sleep, time::Duration};

use mail::{Own, Understood};
use model::{
    letter::{LetterIn, LetterInStatus},
    moment::SECOND,
    view::View,
};
use server::mail::{
    authenticate::Authenticator,
    worker::{Mind, Worker, understand_now},
};
use tokio::time::Instant;

use super::{common::World, listener, say, wait};

/// How long understanding may take here.
const LONGEST: Duration = Duration::from_secs(3);

/// Never done with some mails, and mad over others.
#[expect(clippy::disallowed_methods, reason = "a parser that hangs holds its thread")]
fn moody(raw: &[u8], own: &Own) -> Result<Understood, String> {
    let head = String::from_utf8_lossy(raw);
    if head.contains("Subject: endless") {
        // an endless loop would hold up the end of this test; this is longer than anybody waits for
        sleep(LONGEST * 2);
    }
    assert!(!head.contains("Subject: mad"), "over this mail the parser panics");
    understand_now(raw, own)
}

async fn bring(smtp: std::net::SocketAddr, rcpt: &str, subject: &str) {
    let mail = format!("From: Ana <ana@example.com>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.com>\r\n\r\nHi\r\n.");
    let codes = say(smtp, &["EHLO x", "MAIL FROM:<ana@example.com>", rcpt, "DATA", &mail, "QUIT"]).await;
    assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "221"], "{subject}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_makes_the_parser_panic_or_take_for_ever_fails_visibly_and_holds_up_no_other() {
    assert_eq!(Mind::default().longest, Duration::from_secs(30));
    let (world, token) = World::with_founder().await;
    let agent = Arc::new(world.agent(&token).await);
    let smtp = listener(&world).await;
    let rcpt = format!("RCPT TO:<{}>", agent.overview().await.expect("an overview").forwarding_address);
    let authenticator = Authenticator::new(false, None, None, "in.example.com").expect("an authenticator");
    let mind = Mind { reads: moody, longest: LONGEST };
    tokio::spawn(Worker::new(world.desk.clone(), authenticator, world.closing.subscribe()).minding(mind).run());
    // more of them than there are processors, each of which may be lost to one for a while
    let endless = std::thread::available_parallelism().map_or(1, usize::from) + 1;
    for number in 0..endless {
        bring(smtp, &rcpt, &format!("endless{number}")).await;
    }
    bring(smtp, &rcpt, "mad").await;
    // until all of them are being read
    tokio::time::sleep(Duration::from_millis(700)).await;
    let brought = Instant::now();
    bring(smtp, &rcpt, "fine").await;
    let subjects = || async { agent.list_inbox(View::default()).await.expect("an Inbox").rows };
    while subjects().await.is_empty() {
        assert!(brought.elapsed() < Duration::from_secs(1), "the next mail waits");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    println!("the next mail was a ticket after {:?}", brought.elapsed());
    let mails = |known: fn(&LetterIn) -> bool| {
        let agent = agent.clone();
        async move { agent.list_letters_in(None, "").await.expect("letters").into_iter().filter(known).count() }
    };
    // said at once, though it is tried again
    wait(|| async {
        (mails(|mail| mail.why.as_deref().is_some_and(|why| why.contains("longer than 3 seconds"))).await == endless).then_some(())
    })
    .await;
    // each pause before the next try passes by the clock
    for _ in 0..60 {
        if mails(|mail| mail.status == LetterInStatus::Failed).await == endless + 1 {
            break;
        }
        world.later(SECOND);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(mails(|mail| mail.status == LetterInStatus::Failed).await, endless + 1, "all of them, after three tries");
    assert_eq!(mails(|mail| mail.why.as_deref().is_some_and(|why| why.contains("a fault of Recado"))).await, 1, "the one that panics");
    assert_eq!(subjects().await.len(), 1, "and the others became nothing");
}
