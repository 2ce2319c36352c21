//! Bugs that other helpdesks became known for, each under its number there.

use model::{Assignee, conversation::Folder, letter::LetterInStatus, shift::FactKind};

use crate::{
    common::{JOANA, KENJI, RUI},
    contract,
    post::{Mail, count, due, forwarding, joanas, last, nobody, proven, receive, send, thread, to, words},
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
