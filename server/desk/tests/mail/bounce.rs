//! Letters that come back: marked where everybody sees it, and nothing else happens.

use desk::postbox::Due;
use mail::compose::Letter;
use model::{
    Assignee,
    contact::form::ContactForm,
    conversation::Folder,
    letter::{LetterInStatus, LetterStatus},
    message::Happening,
    moment::SECOND,
};

use crate::common::{self, Ground, JOANA, KENJI, Shop};
use crate::contract;
use crate::post::*;

/// A report of RFC 3464 about a letter.
fn report(to: &str, due: &Due, action: &str, status: &str, code: &str) -> Mail {
    report_of(to, &due.letter, action, status, code)
}

fn report_of(to: &str, letter: &Letter, action: &str, status: &str, code: &str) -> Mail {
    let text = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; {0}\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {code}\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{1}>\r\nFrom: {2}\r\nSubject: x\r\n\r\nx\r\n--b--",
        letter.to.address, letter.message_id, letter.from.address
    );
    Mail::new("MAILER-DAEMON@mx.test", to, "Undelivered Mail Returned to Sender", &text)
        .header("Return-Path: <>")
        .header("Auto-Submitted: auto-replied")
        .header("Content-Type: multipart/report; report-type=delivery-status; boundary=b")
}

async fn sent(ground: &Ground, shop: &Shop) -> (model::ConversationId, Vec<Due>) {
    let id = common::ticket(&shop.marta, "Late order", Assignee::Agent(shop.rui.id().clone())).await;
    (id, send(ground).await)
}

contract!(a_letter_that_came_back_is_marked_and_told_and_nobody_is_written_to, |ground| async {
    let shop = ground.shop().await;
    let (id, letters) = sent(&ground, &shop).await;
    let envelope = letters[0].letter.envelope_from.clone();
    assert!(ground.postbox().accepts(&envelope).await.unwrap());
    let filed = receive(&ground, &envelope, &report(&envelope, &letters[0], "failed", "5.1.1", "550 5.1.1 no such user"), &nobody()).await;
    assert_eq!((filed.status, filed.conversation.as_ref()), (LetterInStatus::Logged, Some(&id)));
    let thread = thread(&shop, &id).await;
    let state = |to: &str| thread.messages[0].letters.iter().find(|state| state.to == to).unwrap().clone();
    assert_eq!(state(JOANA.1).status, LetterStatus::Bounced);
    assert!(state(JOANA.1).why.unwrap().contains("no such user"));
    assert!(
        matches!(&thread.messages.last().unwrap().happened, Some(Happening::Bounced { email, why }) if email == JOANA.1 && why.contains("5.1.1"))
    );
    assert_eq!(count(&shop, Folder::Inbox).await, 1);
    assert!(send(&ground).await.is_empty());
    // a dead address is not written to again
    shop.marta.reply(id.clone(), words("Hello?")).await.unwrap();
    assert_eq!(to(&send(&ground).await), [common::RUI]);
    // the report once more changes nothing
    receive(
        &ground,
        &envelope,
        &Mail { id: "again@mx.test".into(), ..report(&envelope, &letters[0], "failed", "5.1.1", "550 5.1.1 no such user") },
        &nobody(),
    )
    .await;
    let told = shop.marta.open_thread(id).await.unwrap().messages;
    assert_eq!(told.iter().filter(|message| matches!(message.happened, Some(Happening::Bounced { .. }))).count(), 1);
});

contract!(a_report_is_matched_by_what_it_returns, |ground| async {
    let shop = ground.shop().await;
    let (id, letters) = sent(&ground, &shop).await;
    let filed = receive(
        &ground,
        &forwarding(&shop).await,
        &report("support@acme.test", &letters[0], "failed", "5.2.2", "552 5.2.2 mailbox full"),
        &nobody(),
    )
    .await;
    assert_eq!(filed.conversation.as_ref(), Some(&id));
    assert_eq!(thread(&shop, &id).await.messages[0].letters.iter().filter(|state| state.status == LetterStatus::Bounced).count(), 1);
    shop.marta.reply(id, words("Hello?")).await.unwrap();
    assert!(to(&send(&ground).await).contains(&JOANA.1), "a full mailbox is no dead address");
});

contract!(a_report_that_is_from_nobody_is_one_by_whatever_envelope_it_came, |ground| async {
    let shop = ground.shop().await;
    let (_, letters) = sent(&ground, &shop).await;
    let envelope = letters[0].letter.envelope_from.clone();
    let whole = report(&envelope, &letters[0], "failed", "5.1.1", "550 5.1.1 no such user");
    let by_relay = Mail {
        from: "<>".into(),
        subject: "Delivery Status".into(),
        headers: vec!["Return-Path: <relay@mx.test>".into(), "Content-Type: multipart/mixed; boundary=b".into()],
        ..whole
    };
    let filed = receive(&ground, &envelope, &by_relay, &nobody()).await;
    assert_eq!(filed.status, LetterInStatus::Logged, "{}", filed.why);
    assert!(filed.why.starts_with("bounce: "), "{}", filed.why);
});

contract!(a_delay_is_said_at_the_letter, |ground| async {
    let shop = ground.shop().await;
    let (id, letters) = sent(&ground, &shop).await;
    let envelope = letters[0].letter.envelope_from.clone();
    receive(&ground, &envelope, &report(&envelope, &letters[0], "delayed", "4.4.1", "connection timed out"), &nobody()).await;
    let thread = thread(&shop, &id).await;
    let state = thread.messages[0].letters.iter().find(|state| state.to == JOANA.1).unwrap();
    assert_eq!(state.status, LetterStatus::Sent);
    assert!(state.why.as_deref().unwrap().contains("timed out"));
    assert_eq!(thread.messages.len(), 1);
});

contract!(a_report_about_an_agents_copy_leaves_the_conversation_alone, |ground| async {
    let shop = ground.shop().await;
    let (id, letters) = sent(&ground, &shop).await;
    let copy = letters.iter().find(|due| due.letter.to.address == common::RUI).unwrap();
    let before = thread(&shop, &id).await;
    receive(&ground, &copy.letter.envelope_from, &report("x@y.test", copy, "failed", "5.1.1", "550 no such user"), &nobody()).await;
    let after = thread(&shop, &id).await;
    assert_eq!(
        (after.messages.len(), after.line.last_at, after.line.status),
        (before.messages.len(), before.line.last_at, before.line.status)
    );
    assert_eq!(after.messages[0].letters.iter().filter(|state| state.status == LetterStatus::Bounced).count(), 1);
});

contract!(reports_about_nothing_of_ours_and_forged_ones_are_logged, |ground| async {
    let shop = ground.shop().await;
    let (id, mut letters) = sent(&ground, &shop).await;
    letters[0].letter.message_id = "someone@else.test".into();
    let filed =
        receive(&ground, &forwarding(&shop).await, &report("support@acme.test", &letters[0], "failed", "5.1.1", "no"), &nobody()).await;
    assert_eq!((filed.status, filed.conversation), (LetterInStatus::Logged, None));
    // an id with a changed signature
    let real = letters[1].letter.message_id.clone();
    let (before, after) = real.split_once('@').unwrap();
    letters[1].letter.message_id = format!("{}{}@{after}", &before[..before.len() - 1], if before.ends_with('0') { "1" } else { "0" });
    assert_eq!(
        receive(&ground, &forwarding(&shop).await, &report("support@acme.test", &letters[1], "failed", "5.1.1", "no"), &nobody())
            .await
            .conversation,
        None
    );
    assert!(thread(&shop, &id).await.messages[0].letters.iter().all(|state| state.status == LetterStatus::Sent));
    assert_eq!(count(&shop, Folder::Inbox).await, 1);
});

contract!(a_report_of_another_property_is_not_believed, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let (id, letters) = sent(&ground, &shop).await;
    let there = olga.roster().await.unwrap().property.forwarding_address;
    assert_eq!(receive(&ground, &there, &report("x@y.test", &letters[0], "failed", "5.1.1", "no"), &nobody()).await.conversation, None);
    assert!(thread(&shop, &id).await.messages[0].letters.iter().all(|state| state.status == LetterStatus::Sent));
});

contract!(a_read_receipt_changes_nothing, |ground| async {
    let shop = ground.shop().await;
    let (id, letters) = sent(&ground, &shop).await;
    let text = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nRead.\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; {}\r\nOriginal-Message-ID: <{}>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--",
        JOANA.1, letters[0].letter.message_id
    );
    let receipt = Mail::new(JOANA.1, "x@y.test", "Read: Late order", &text)
        .header("Content-Type: multipart/report; report-type=disposition-notification; boundary=b");
    let reply = thread(&shop, &id).await.reply_address;
    assert_eq!(receive(&ground, &reply, &receipt, &nobody()).await.status, LetterInStatus::Logged);
    assert_eq!(thread(&shop, &id).await.messages.len(), 1);
    assert!(send(&ground).await.is_empty());
});

contract!(who_complains_gets_no_more_letters_until_an_agent_tries_again, |ground| async {
    let shop = ground.shop().await;
    let (id, letters) = sent(&ground, &shop).await;
    let letter = letters.iter().find(|due| due.letter.to.address == JOANA.1).unwrap();
    let text = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\nOriginal-Rcpt-To: {}\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{}>\r\nFrom: x@y.test\r\nSubject: x\r\n\r\nx\r\n--b--",
        JOANA.1, letter.letter.message_id
    );
    let complaint = Mail::new("fbl@provider.example", "x@y.test", "complaint about message from 192.0.2.1", &text)
        .header("Content-Type: multipart/report; report-type=feedback-report; boundary=b");
    let envelope = letter.letter.envelope_from.clone();
    let filed = receive(&ground, &envelope, &complaint, &nobody()).await;
    assert_eq!((filed.status, filed.conversation.as_ref()), (LetterInStatus::Logged, Some(&id)));
    shop.marta.reply(id.clone(), words("Are you there?")).await.unwrap();
    assert_eq!(to(&send(&ground).await), [common::RUI]);
    let held = last(&shop, &id).await.letters.into_iter().find(|state| state.to == JOANA.1).unwrap();
    shop.rui.retry_letter(held.id).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1]);
});

contract!(an_address_that_is_said_to_be_unknown_twice_is_dead_whatever_else_is_said, |ground| async {
    let shop = ground.shop().await;
    let (id, letters) = sent(&ground, &shop).await;
    let joanas_of = |letters: &[Due]| letters.iter().position(|due| due.letter.to.address == JOANA.1).expect("to Joana");
    // the status says one thing and the words another: once is no proof
    let first = &letters[joanas_of(&letters)];
    let said = "550 5.1.1 mailbox full, try again later";
    let envelope = first.letter.envelope_from.clone();
    receive(&ground, &envelope, &report(&envelope, first, "failed", "5.1.1", said), &nobody()).await;
    receive(&ground, &envelope, &report(&envelope, first, "failed", "5.1.1", said), &nobody()).await;
    shop.marta.reply(id.clone(), words("Hello?")).await.unwrap();
    let letters = send(&ground).await;
    let second = &letters[joanas_of(&letters)];
    let envelope = second.letter.envelope_from.clone();
    receive(&ground, &envelope, &report(&envelope, second, "failed", "5.1.1", said), &nobody()).await;
    shop.marta.reply(id, words("Hello again?")).await.unwrap();
    assert!(!to(&send(&ground).await).contains(&JOANA.1), "the second time it is");
    assert_eq!(shop.marta.list_suppressed().await.unwrap().len(), 1);
});

contract!(an_address_is_dead_by_itself_whoever_has_it, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    // Joana has another address, and somebody in copy is no contact
    let joana = thread(&shop, &id).await.line.contact.id;
    let facts = ContactForm { name: JOANA.0.into(), emails: format!("{}\njoana@second.test", JOANA.1), ..ContactForm::default() };
    shop.marta.change_contact(joana, facts.check().unwrap(), None).await.unwrap();
    for email in ["joana@second.test", "gone@elsewhere.test"] {
        shop.marta.add_participant(id.clone(), email.parse().unwrap()).await.unwrap();
    }
    for dead in ["joana@second.test", "gone@elsewhere.test"] {
        ground.clock.pass(SECOND);
        shop.marta.reply(id.clone(), words("And now?")).await.unwrap();
        let letters = send(&ground).await;
        let one = letters.iter().find(|letter| letter.letter.to.address == dead).expect("a letter");
        receive(
            &ground,
            &one.letter.envelope_from,
            &report(&one.letter.envelope_from, one, "failed", "5.1.1", "550 5.1.1 no such user"),
            &nobody(),
        )
        .await;
    }
    shop.marta.reply(id.clone(), words("Hello")).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1], "her first address lives");
    let listed: Vec<_> = shop.marta.list_suppressed().await.unwrap().into_iter().map(|one| (one.email, one.name)).collect();
    assert_eq!(listed, [("gone@elsewhere.test".to_owned(), String::new()), ("joana@second.test".to_owned(), JOANA.0.to_owned())]);
});

contract!(a_report_by_its_words_alone_is_a_ticket_in_spam, |ground| async {
    let shop = ground.shop().await;
    shop.marta.set_acknowledges(true).await.unwrap();
    let to = forwarding(&shop).await;
    // a person's program that sends from nowhere
    let lost = Mail::new("ana@gmail.test", "support@acme.test", "Delivery problem", "My parcel to 512 Main Street never came");
    let filed = receive(&ground, &to, &lost.clone().header("Return-Path: <>"), &nobody()).await;
    assert_eq!(filed.status, LetterInStatus::Filed, "{}", filed.why);
    let kept = thread(&shop, &filed.conversation.unwrap()).await;
    assert_eq!((kept.line.folder, kept.messages[0].text.as_str()), (Folder::Spam, "My parcel to 512 Main Street never came"));
    while ground.follow_mail().await.unwrap() {}
    assert_eq!(ground.number("select count(*) from letter_out where kind = 'acknowledgement'").await, 0);
    // and one that says who sends
    let filed = receive(&ground, &to, &Mail { id: "2@gmail.test".into(), ..lost }, &nobody()).await;
    assert_eq!(thread(&shop, &filed.conversation.unwrap()).await.line.folder, Folder::Inbox);
});

contract!(a_report_that_somebody_in_the_ticket_makes_up_silences_nobody, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    for email in [KENJI.1, "mallory@evil.test"] {
        shop.marta.add_participant(id.clone(), email.parse().unwrap()).await.unwrap();
    }
    // it gives back the id of a mail that all of them have, that of a letter to its maker, or the one a relay made
    let hers = Mail::new(JOANA.1, &reply, "Re: Late order", "Still nothing");
    receive(&ground, &reply, &hers, &nobody()).await;
    send(&ground).await;
    shop.marta.reply(id.clone(), words("It left on Friday.")).await.unwrap();
    let letters = due(&ground).await;
    for letter in &letters {
        ground.postbox().sent(&letter.lease, "250 Ok 0100018c4e5f6a7b-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000").await.unwrap();
    }
    let own = letters.iter().find(|due| due.letter.to.address == "mallory@evil.test").unwrap();
    let relays = "0100018c4e5f6a7b-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000@eu-west-1.amazonses.com";
    for (n, returned) in [hers.id.as_str(), own.letter.message_id.as_str(), relays].into_iter().enumerate() {
        for victim in [JOANA.1, KENJI.1] {
            let mut letter = own.letter.clone();
            (letter.to.address, letter.message_id) = (victim.into(), returned.into());
            let made_up = report_of("support@acme.test", &letter, "failed", "5.1.1", "550 5.1.1 no such user");
            let made_up = Mail { id: format!("{n}{victim}"), ..made_up };
            receive(&ground, &forwarding(&shop).await, &made_up, &nobody()).await;
        }
    }
    assert!(shop.marta.list_suppressed().await.unwrap().is_empty());
    shop.marta.reply(id, words("And?")).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1, KENJI.1, "mallory@evil.test"]);
});
