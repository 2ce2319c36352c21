//! Bugs that other helpdesks became known for, each under its number there.

use std::fmt::Write as _;

use futures::future::join_all;
use model::{
    Assignee,
    conversation::Folder,
    draft::{Draft, DraftPlace},
    letter::LetterInStatus,
    message::Happening,
    moment::SECOND,
    shift::FactKind,
    ticket::TicketForm,
};

use crate::{
    common::{JOANA, KENJI, RUI},
    contract,
    post::{Mail, carry, count, due, forwarding, joanas, last, nobody, proven, receive, send, thread, to, words, work},
    thread::answered,
    ways::mailbox,
};

/// What an agent's mail server says of a copy that it did not take.
fn undeliverable(to: &str, returned: &str, id: &str) -> Mail {
    let text = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nUndeliverable.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; {RUI}\r\nAction: failed\r\nStatus: 5.7.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{returned}>\r\n\r\n--b--"
    );
    let report = Mail::new("MAILER-DAEMON@mx.test", to, "Undeliverable: Late order", &text)
        .header("Return-Path: <>")
        .header("Content-Type: multipart/report; report-type=delivery-status; boundary=b");
    Mail { id: id.into(), ..report }
}

contract!(freescout_4250_a_bounce_of_a_copy_opens_nothing_and_tells_nobody, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    shop.marta.assign(vec![id.clone()], Assignee::Agent(shop.rui.id().clone())).await.unwrap();
    for n in 0..30 {
        receive(&ground, &address, &Mail::new(JOANA.1, &address, "Re: Late order", &format!("Number {n}")), &nobody()).await;
        for copy in due(&ground).await {
            ground.postbox().sent(&copy.lease, "250 2.0.0 Ok: queued as 1").await.unwrap();
            let report = undeliverable(&copy.letter.envelope_from, &copy.letter.message_id, &format!("{n}@mx.test"));
            let filed = receive(&ground, &copy.letter.envelope_from, &report, &nobody()).await;
            assert_eq!(filed.status, LetterInStatus::Logged);
        }
    }
    assert_eq!(count(&shop, Folder::Inbox).await, 1, "no ticket of a report");
    assert_eq!(thread(&shop, &id).await.messages.iter().filter(|message| message.happened.is_none()).count(), 31);
});

contract!(freescout_4806_a_bounce_to_the_visible_address_is_no_message, |ground| async {
    // the report comes to the address in From, not to the one of the envelope
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    shop.marta.reply(id.clone(), words("It left on Friday.")).await.unwrap();
    let letter = send(&ground).await.remove(0).letter;
    let before = thread(&shop, &id).await.messages.len();
    for (to, n) in [(address, 1), (forwarding(&shop).await, 2)] {
        let filed = receive(&ground, &to, &undeliverable(&to, &letter.message_id, &format!("{n}@mx.test")), &nobody()).await;
        assert_eq!((filed.status, filed.conversation.as_ref()), (LetterInStatus::Logged, Some(&id)));
    }
    let after = thread(&shop, &id).await.messages;
    assert_eq!(after.iter().filter(|message| message.happened.is_none()).count(), before, "no message of it");
    assert!(send(&ground).await.is_empty());
    assert_eq!(count(&shop, Folder::Inbox).await, 1);
});

contract!(zammad_5064_a_number_in_the_subject_lets_nobody_into_a_ticket, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    let number = thread(&shop, &id).await.line.number.unwrap();
    let mail = Mail::new(KENJI.1, "support@acme.test", &format!("[#{number}] Mine too"), "Hello");
    assert_ne!(receive(&ground, &forwarding(&shop).await, &mail, &proven()).await.conversation, Some(id));
});

contract!(chatwoot_10028_an_answer_to_what_an_agent_wrote_from_outlook_stays_in_the_ticket, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let first = Mail::new(JOANA.1, "support@acme.test", "Late order", "Where is it?");
    let id = receive(&ground, &to, &first, &nobody()).await.conversation.unwrap();
    for n in 0..3 {
        let outlook = Mail {
            id: format!("{n}.agent@outlook.example"),
            cc: "support@acme.test".into(),
            reply_to_id: format!("<{}>", first.id),
            ..Mail::new(RUI, JOANA.1, "RE: Late order", &format!("Answer {n}"))
        };
        assert_eq!(receive(&ground, &to, &outlook, &proven()).await.conversation.as_ref(), Some(&id));
        let answer = Mail {
            id: format!("{n}.joana@mail.example"),
            reply_to_id: format!("<{n}.agent@outlook.example>"),
            cc: "support@acme.test".into(),
            ..Mail::new(JOANA.1, RUI, "Re: Late order", &format!("Thanks {n}"))
        };
        assert_eq!(receive(&ground, &to, &answer, &nobody()).await.conversation.as_ref(), Some(&id));
        let why = shop.marta.explain_message(last(&shop, &id).await.id).await.unwrap();
        assert_eq!(why[0].kind, FactKind::Reference);
    }
    assert_eq!(count(&shop, Folder::Inbox).await, 1);
});

contract!(chatwoot_15869_who_begins_something_new_is_answered_under_their_own_subject, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    let answer = Mail::new(JOANA.1, &address, "AW: Re: Late order", "Still nothing");
    receive(&ground, &address, &answer, &nobody()).await;
    shop.marta.reply(id.clone(), words("It comes today.")).await.unwrap();
    assert_eq!(send(&ground).await[0].letter.subject, "Re: Late order");
    receive(&ground, &address, &Mail::new(JOANA.1, &address, "Invoice of May", "And please send the invoice"), &nobody()).await;
    shop.marta.reply(id.clone(), words("Here it is.")).await.unwrap();
    let letters = send(&ground).await;
    assert_eq!((to(&letters), letters[0].letter.subject.as_str()), (vec![JOANA.1], "Re: Invoice of May"));
    // a stranger's subject is nobody's
    receive(&ground, &address, &Mail::new("mallory@evil.test", &address, "Cheap watches", "Buy"), &nobody()).await;
    shop.marta.reply(id, words("Anything else?")).await.unwrap();
    assert_eq!(send(&ground).await[0].letter.subject, "Re: Invoice of May");
});

contract!(chatwoot_13502_fifty_who_answer_one_newsletter_are_fifty_tickets, |ground| async {
    let shop = ground.shop().await;
    let (id, _, letter) = answered(&ground, &shop).await;
    let (to, number) = (forwarding(&shop).await, thread(&shop, &id).await.line.number.unwrap());
    for n in 0..50 {
        let answer = Mail {
            reply_to_id: format!("<{}>", letter.message_id),
            ..Mail::new(&format!("reader{n}@readers.example"), "news@acme.test", "Re: Our autumn news", "Please call me")
        };
        let filed = receive(&ground, &to, &answer, &nobody()).await;
        let own = filed.conversation.expect("a ticket");
        assert_ne!(own, id);
        let messages = thread(&shop, &own).await.messages;
        assert_eq!(messages[0].happened, Some(Happening::Follows { number, conversation: id.clone() }), "with a link");
    }
    assert_eq!(ground.number("select count(*) from conversation").await, 51);
    assert_eq!(thread(&shop, &id).await.messages.len(), 2, "and nothing in the first one");
});

contract!(freescout_4293_a_mail_with_very_many_large_files_stops_no_other, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let mut text = String::new();
    for n in 0..400 {
        let _ = write!(
            text,
            "--b\r\nContent-Type: application/pdf; name=\"invoice {n}.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            "JVBERi0xLjcK".repeat(3_000)
        );
    }
    text.push_str("--b--");
    let heavy = Mail::new(KENJI.1, "support@acme.test", "All my invoices", &text).header("Content-Type: multipart/mixed; boundary=b");
    assert!(heavy.raw().len() > 14_000_000);
    for mail in
        [&Mail::new(JOANA.1, "support@acme.test", "Before", "One"), &heavy, &Mail::new(JOANA.1, "support@acme.test", "After", "Two")]
    {
        carry(&ground, &[&to], mail.raw()).await;
        ground.clock.pass(SECOND);
    }
    let done = work(&ground, &nobody()).await;
    assert_eq!(done.iter().filter(|one| one.status == LetterInStatus::Filed).count(), 3, "{done:?}");
    let files = &last(&shop, done[1].conversation.as_ref().unwrap()).await.attachments;
    assert!(!files.is_empty() && files.iter().all(|file| file.size == 27_000), "the files are there, and whole");
});

contract!(freescout_2873_a_draft_thrown_away_while_its_words_are_sent_sends_nothing_else, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    shop.marta.reply(id.clone(), words("It left on Friday.")).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1]);
    let place = DraftPlace::Reply(id.clone());
    let typed = Draft { form: TicketForm { text: "It comes today.".into(), ..TicketForm::default() }, ..Draft::default() };
    shop.marta.save_draft(place.clone(), typed).await.unwrap();
    // she sends, and in another window throws the draft away, before its letter went, while it goes, and after
    let reply = words("It comes today.");
    shop.marta.reply(id.clone(), reply.clone()).await.unwrap();
    shop.marta.save_draft(place.clone(), Draft::default()).await.unwrap();
    let leaving = due(&ground).await;
    shop.marta.save_draft(place.clone(), Draft::default()).await.unwrap();
    assert!(shop.marta.undo(reply.id.clone()).await.is_err(), "what is on its way cannot be taken back");
    assert_eq!((leaving.len(), leaving[0].letter.text.contains("It comes today.")), (1, true), "the new words, and not the old ones");
    ground.postbox().sent(&leaving[0].lease, "250 2.0.0 Ok: queued as 1").await.unwrap();
    shop.marta.save_draft(place, Draft::default()).await.unwrap();
    assert!(send(&ground).await.is_empty(), "nothing is sent again");
    let said: Vec<String> = thread(&shop, &id).await.messages.into_iter().map(|message| message.text).collect();
    assert_eq!(said, ["Where is it?", "It left on Friday.", "It comes today."], "and nothing is gone");
});

contract!(zammad_1662_one_mail_is_one_ticket_however_often_it_is_fetched, |ground| async {
    // the server fails between the fetch and the mark: the mail is fetched again, by another reader too
    let shop = ground.shop().await;
    shop.marta.set_acknowledges(true).await.unwrap();
    shop.marta.save_mailbox(mailbox()).await.unwrap();
    let reading = ground.postbox().mailboxes().await.unwrap().remove(0);
    let mail = Mail::new(JOANA.1, "support@shop.example", "Late order", "Where is it?");
    let fetches = (0..4).map(|_| {
        let (desk, reading, raw) = (ground.desk.clone(), reading.clone(), mail.raw());
        tokio::spawn(async move { desk.postbox().fetched(&reading, raw).await.unwrap() })
    });
    let ids: Vec<_> = join_all(fetches).await.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    work(&ground, &nobody()).await;
    // and the provider sends it on as well
    receive(&ground, &forwarding(&shop).await, &mail.header("Received: from mx.shop.example; Mon, 23 Nov 2026 12:00:00 +0000"), &nobody())
        .await;
    assert_eq!(count(&shop, Folder::Inbox).await, 1);
    while ground.follow_mail().await.unwrap() {}
    assert_eq!(ground.number("select count(*) from letter_out where kind = 'acknowledgement'").await, 1, "and one letter to her");
});

contract!(chatwoot_12054_a_ticket_deleted_for_ever_does_not_come_back_from_its_mailbox, |ground| async {
    let shop = ground.shop().await;
    shop.marta.save_mailbox(mailbox()).await.unwrap();
    let reading = ground.postbox().mailboxes().await.unwrap().remove(0);
    let raw = Mail::new(JOANA.1, "support@shop.example", "Cheap watches", "Buy").raw();
    ground.postbox().fetched(&reading, raw.clone()).await.unwrap();
    let id = work(&ground, &nobody()).await.remove(0).conversation.unwrap();
    shop.marta.move_to(vec![id.clone()], Folder::Trash).await.unwrap();
    shop.marta.delete(vec![id]).await.unwrap();
    // the mail is still in the mailbox: looked at again, and under new numbers after a restore
    for _ in 0..3 {
        ground.clock.pass(60 * SECOND);
        ground.postbox().fetched(&reading, raw.clone()).await.unwrap();
        work(&ground, &nobody()).await;
    }
    assert_eq!(ground.number("select count(*) from conversation").await, 0);
});

contract!(osticket_3607_people_who_write_the_same_subject_at_the_same_time_have_tickets_of_their_own, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let people: Vec<String> = (0..5).map(|n| format!("person{n}@people.example")).collect();
    for (n, person) in people.iter().enumerate() {
        carry(&ground, &[&to], Mail::new(person, "support@acme.test", "[HELP] Help", &format!("I am number {n}")).raw()).await;
    }
    let filed = work(&ground, &nobody()).await;
    let mut ids: Vec<_> = filed.iter().filter_map(|one| one.conversation.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    for one in &filed {
        let own = thread(&shop, one.conversation.as_ref().unwrap()).await;
        assert_eq!((own.messages.len(), own.participants.len()), (1, 1), "one person's words each");
    }
    // nor does one of them who writes again under it: without the ticket's address or a reference it is something new
    receive(&ground, &to, &Mail::new(&people[0], "support@acme.test", "[HELP] Help", "Something else"), &nobody()).await;
    assert_eq!(count(&shop, Folder::Inbox).await, 6);
});
