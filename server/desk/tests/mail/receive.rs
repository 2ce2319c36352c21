//! Mail coming in: which addresses are taken, what becomes a ticket, where answers land.

use model::{
    Assignee,
    conversation::{Folder, Status},
    letter::LetterInStatus,
    message::{Channel, Happening, Mark, MessageKind},
    moment::HOUR,
    ticket::Part,
};

use crate::common::{JOANA, KENJI, MAIL_DOMAIN, Shop};
use crate::contract;
use crate::post::*;

contract!(only_addresses_of_ours_are_taken, |ground| async {
    let shop = ground.shop().await;
    let (_, reply) = joanas(&ground, &shop).await;
    let forwarding = forwarding(&shop).await;
    let postbox = ground.postbox();
    for good in [
        forwarding.clone(),
        forwarding.to_uppercase(),
        reply.clone(),
        reply.to_uppercase(),
        format!("support+{reply}"),
        format!("postmaster@{MAIL_DOMAIN}"),
        format!("Abuse@{MAIL_DOMAIN}"),
    ] {
        assert!(postbox.accepts(&good).await.unwrap(), "{good}");
    }
    let wrong = format!("{}{}", &reply[..reply.find('@').unwrap() - 1], if reply.contains("a@") { "b" } else { "a" });
    for bad in [
        format!("{wrong}@{MAIL_DOMAIN}"),
        format!("nobody@{MAIL_DOMAIN}"),
        "joana@example.com".into(),
        reply.replace(MAIL_DOMAIN, "elsewhere.test"),
    ] {
        assert!(!postbox.accepts(&bad).await.unwrap(), "{bad}");
    }
});

contract!(a_mail_to_the_forwarding_address_is_a_ticket_of_its_sender, |ground| async {
    let shop = ground.shop().await;
    let mail =
        Mail::new("\"Prado, Joana\" <Joana@Example.com>", "support@acme.test", "  Late   order ", "Where is it?\r\n\r\n> an older mail");
    let filed = receive(&ground, &forwarding(&shop).await, &mail, &nobody()).await;
    assert_eq!((filed.status, filed.why.as_str()), (LetterInStatus::Filed, "new"));
    let thread = thread(&shop, &filed.conversation.unwrap()).await;
    assert_eq!(
        (thread.line.subject.as_str(), thread.line.contact.email.as_str(), thread.line.contact.name.as_str()),
        ("Late order", JOANA.1, "Prado, Joana")
    );
    assert_eq!((thread.line.assignee, thread.line.status, thread.line.waiting_since.is_some()), (Assignee::Nobody, Status::Open, true));
    assert_eq!(thread.participants.iter().map(|one| (one.email.as_str(), one.part)).collect::<Vec<_>>(), [(JOANA.1, Part::Requester)]);
    let message = &thread.messages[0];
    assert_eq!(
        (message.text.as_str(), message.quoted.as_deref(), message.channel),
        ("Where is it?", Some("> an older mail"), Channel::Email)
    );
    assert_eq!(shop.marta.open_raw(message.letter_in.clone().unwrap()).await.unwrap(), mail.raw());
    let listed = shop.marta.list_letters_in(None, "late").await.unwrap();
    assert_eq!((listed.len(), listed[0].status, listed[0].conversation.as_ref()), (1, LetterInStatus::Filed, Some(&thread.line.id)));
    assert!(send(&ground).await.is_empty(), "nobody looks after it yet, and its sender has no letter of their own words");
});

contract!(a_mail_without_subject_or_words_is_a_ticket_all_the_same, |ground| async {
    let shop = ground.shop().await;
    let filed = receive(&ground, &forwarding(&shop).await, &Mail::new("joana@example.com", "support@acme.test", "", ""), &nobody()).await;
    let thread = thread(&shop, &filed.conversation.unwrap()).await;
    assert_eq!((thread.line.subject.as_str(), thread.messages[0].text.as_str()), ("(no subject)", "(no text)"));
});

contract!(senders_without_address_are_not_one_person, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    for text in ["one", "two"] {
        receive(&ground, &to, &Mail::new("", "support@acme.test", "Hello", text), &nobody()).await;
    }
    assert_eq!(ground.number("select count(*) from contact").await, 2);
});

contract!(an_answer_lands_in_its_ticket_and_reopens_it, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    shop.marta.set_status(vec![id.clone()], Status::Solved).await.unwrap();
    ground.clock.pass(HOUR);
    let filed =
        receive(&ground, &reply.to_uppercase(), &Mail::new("joana@example.com", "x@y.test", "Something else", "Still nothing."), &nobody())
            .await;
    assert_eq!((filed.conversation.as_ref(), filed.why.as_str()), (Some(&id), "envelope"));
    let thread = thread(&shop, &id).await;
    assert_eq!(thread.line.status, Status::Open);
    assert!(thread.messages.iter().any(|message| message.happened == Some(Happening::Reopened)));
    assert_eq!(thread.line.preview, "Still nothing.");
});

contract!(an_answer_is_found_by_an_address_in_its_header, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    let mail = Mail { cc: reply, ..Mail::new("joana@example.com", "rui@acme.test", "Late order", "In copy.") };
    let filed = receive(&ground, &forwarding(&shop).await, &mail, &nobody()).await;
    assert_eq!((filed.conversation, filed.why.as_str()), (Some(id), "header"));
});

contract!(an_answer_is_found_by_the_message_id_of_our_letter, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    shop.marta.reply(id.clone(), words("It left today.")).await.unwrap();
    let letters = send(&ground).await;
    let ours = &letters[0].letter;
    let to = forwarding(&shop).await;
    let answer = Mail {
        reply_to_id: format!("<{}>", ours.message_id),
        ..Mail::new("joana@example.com", "support@acme.test", "Re: Late order", "Thanks")
    };
    assert_eq!(receive(&ground, &to, &answer, &nobody()).await.why, "reference");
    let constant = Mail::new("joana@example.com", "support@acme.test", "Re: Late order", "Thanks again")
        .header(&format!("References: <x@y.test> <{}>", ours.references[0]));
    let filed = receive(&ground, &to, &constant, &nobody()).await;
    assert_eq!((filed.conversation.as_ref(), filed.why.as_str()), (Some(&id), "reference"));
    // a stranger who knows the id opens a ticket of their own
    let stranger = Mail {
        reply_to_id: format!("<{}>", ours.message_id),
        ..Mail::new("mallory@evil.test", "support@acme.test", "Re: Late order", "And me?")
    };
    let filed = receive(&ground, &to, &stranger, &nobody()).await;
    assert_ne!(filed.conversation.as_ref(), Some(&id));
    let thread = thread(&shop, &filed.conversation.unwrap()).await;
    assert!(matches!(&thread.messages[0].happened, Some(Happening::Follows { conversation, .. }) if *conversation == id));
});

contract!(the_relays_own_id_finds_the_ticket_too, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    shop.marta.reply(id.clone(), words("It left today.")).await.unwrap();
    let letters = due(&ground).await;
    for letter in &letters {
        ground.postbox().sent(&letter.lease, "250 Ok 0100018c4e5f6a7b-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000").await.unwrap();
    }
    let answer = Mail {
        reply_to_id: "<0100018c4e5f6a7b-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000@eu-west-1.amazonses.com>".into(),
        ..Mail::new("joana@example.com", "support@acme.test", "Re: Late order", "Thanks")
    };
    assert_eq!(receive(&ground, &forwarding(&shop).await, &answer, &nobody()).await.conversation, Some(id));
});

contract!(a_number_in_the_subject_counts_for_who_is_in_the_ticket, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    let number = thread(&shop, &id).await.line.number.unwrap();
    let to = forwarding(&shop).await;
    let subject = format!("Re: Late order [#{number}]");
    assert_eq!(
        receive(&ground, &to, &Mail::new("joana@example.com", "support@acme.test", &subject, "a"), &nobody()).await.conversation.as_ref(),
        Some(&id)
    );
    assert_ne!(
        receive(&ground, &to, &Mail::new(KENJI.1, "support@acme.test", &subject, "b"), &nobody()).await.conversation.as_ref(),
        Some(&id)
    );
    assert_ne!(
        receive(&ground, &to, &Mail::new("joana@example.com", "support@acme.test", "Late order", "c"), &nobody())
            .await
            .conversation
            .as_ref(),
        Some(&id),
        "a subject alone threads nothing"
    );
});

contract!(an_id_of_another_property_threads_nothing, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let (id, reply) = joanas(&ground, &shop).await;
    let there = olga.roster().await.unwrap().property.forwarding_address;
    let mail = Mail {
        reply_to_id: format!("<t.{reply}>"),
        cc: reply,
        ..Mail::new("joana@example.com", "loja@other.test", "Re: Late order", "Hello there")
    };
    let filed = receive(&ground, &there, &mail, &nobody()).await;
    assert_ne!(filed.conversation.as_ref(), Some(&id));
    let thread = olga.open_thread(filed.conversation.unwrap()).await.expect("a ticket of the other property");
    assert_eq!(thread.messages.len(), 1, "with no link to the first property's ticket");
});

contract!(an_answer_to_a_closed_ticket_is_a_new_one_that_follows_it, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    shop.marta.set_status(vec![id.clone()], Status::Closed).await.unwrap();
    let filed = receive(&ground, &reply, &Mail::new("joana@example.com", "x@y.test", "Re: Late order", "One more thing"), &nobody()).await;
    let next = filed.conversation.unwrap();
    assert_ne!(next, id);
    let (old, new) = (thread(&shop, &id).await, thread(&shop, &next).await);
    assert_eq!((old.line.status, new.line.status), (Status::Closed, Status::Open));
    assert_eq!(new.messages[0].happened, Some(Happening::Follows { number: old.line.number.unwrap(), conversation: id }));
    assert_eq!(new.line.preview, "One more thing");
});

contract!(an_automatic_answer_is_grey_and_changes_nothing, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    shop.marta.assign(vec![id.clone()], Assignee::Agent(shop.rui.id().clone())).await.unwrap();
    shop.marta.set_status(vec![id.clone()], Status::Solved).await.unwrap();
    let before = thread(&shop, &id).await.line;
    let away = Mail::new("joana@example.com", "x@y.test", "Away: Late order", "I am away.").header("Auto-Submitted: auto-replied");
    let filed = receive(&ground, &reply, &away, &proven()).await;
    assert_eq!(filed.conversation.as_ref(), Some(&id));
    let after = thread(&shop, &id).await;
    assert_eq!(after.messages.last().unwrap().mark, Some(Mark::AutoReply));
    assert_eq!((after.line.status, after.line.last_at, &after.line.preview), (Status::Solved, before.last_at, &before.preview));
    // to the forwarding address, answering nothing: kept apart
    let lost = receive(&ground, &forwarding(&shop).await, &Mail { id: "away2@y.test".into(), ..away }, &proven()).await;
    assert_eq!(thread(&shop, &lost.conversation.unwrap()).await.line.folder, Folder::Spam);
    assert!(send(&ground).await.is_empty(), "an automatic mail causes no mail");
});

contract!(out_of_office_to_the_envelope_sender_finds_its_ticket, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    shop.marta.reply(id.clone(), words("It left today.")).await.unwrap();
    let envelope = send(&ground).await[0].letter.envelope_from.clone();
    let away = Mail::new("joana@example.com", &envelope, "Automatic reply", "I am away.").header("Auto-Submitted: auto-replied");
    assert_eq!(receive(&ground, &envelope, &away, &nobody()).await.conversation.as_ref(), Some(&id));
    assert_eq!(mark(&shop, &id).await, Some(Mark::AutoReply));
});

contract!(what_machines_send_is_a_ticket_and_mailed_to_nobody, |ground| async {
    let shop = ground.shop().await;
    let news = Mail::new("forwarding-noreply@google.com", "support@acme.test", "Confirm forwarding", "Code 123").header("Precedence: bulk");
    let filed = receive(&ground, &forwarding(&shop).await, &news, &nobody()).await;
    let id = filed.conversation.expect("a ticket");
    assert_eq!(thread(&shop, &id).await.line.folder, Folder::Inbox);
    shop.marta.assign(vec![id.clone()], Assignee::Department(shop.billing.clone())).await.unwrap();
    let reply = thread(&shop, &id).await.reply_address;
    receive(&ground, &reply, &Mail { id: "second@google.com".into(), ..news }, &nobody()).await;
    assert_eq!(thread(&shop, &id).await.messages.iter().filter(|message| message.kind == MessageKind::Said).count(), 2);
    assert!(send(&ground).await.is_empty());
});

contract!(our_own_mail_come_back_opens_nothing, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    shop.marta.reply(id, words("It left today.")).await.unwrap();
    let ours = send(&ground).await.remove(0).letter;
    let mut back = Mail { id: ours.message_id, ..Mail::new(&ours.from.address, "support@acme.test", &ours.subject, &ours.text) };
    back.headers = ours.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let filed = receive(&ground, &forwarding(&shop).await, &back, &proven()).await;
    assert_eq!((filed.status, filed.conversation), (LetterInStatus::Logged, None));
    assert_eq!(count(&shop, Folder::Inbox).await, 1);
    assert!(send(&ground).await.is_empty());
});

contract!(mail_to_postmaster_is_logged, |ground| async {
    let shop = ground.shop().await;
    let filed =
        receive(&ground, &format!("postmaster@{MAIL_DOMAIN}"), &Mail::new(KENJI.1, "postmaster", "Hello", "You there?"), &nobody()).await;
    assert_eq!(filed.status, LetterInStatus::Logged);
    assert_eq!(shop.marta.list_letters_in(None, "").await.unwrap().len(), 1);
});

contract!(pictures_and_files_of_a_mail_are_kept_and_its_html_made_safe, |ground| async {
    let shop: Shop = ground.shop().await;
    let text = "--b\r\nContent-Type: text/html\r\n\r\n<p onclick=x()>Look <img src=\"cid:pic@x\"><img src=\"https://t.test/p.gif\"><script>bad()</script></p>\r\n--b\r\nContent-Type: image/png; name=pic.png\r\nContent-ID: <pic@x>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b\r\nContent-Type: application/pdf; name=../a.pdf\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcK\r\n--b--";
    let mail = Mail::new("joana@example.com", "support@acme.test", "Look", text).header("Content-Type: multipart/related; boundary=b");
    let filed = receive(&ground, &forwarding(&shop).await, &mail, &nobody()).await;
    let message = last(&shop, &filed.conversation.unwrap()).await;
    assert!(message.html);
    let html = shop.marta.open_html(message.id.clone()).await.unwrap();
    let picture = message.attachments.iter().find(|file| file.inline).expect("an inline picture");
    assert!(html.contains(&format!("/attachments/{}", picture.id)), "{html}");
    assert!(!html.contains("script") && !html.contains("onclick"), "{html}");
    let file = message.attachments.iter().find(|file| !file.inline).expect("a file");
    let (known, bytes) = shop.marta.open_attachment(file.id.clone()).await.unwrap();
    assert_eq!((known.media_type.as_str(), bytes.as_slice()), ("application/pdf", &b"%PDF-1.7\n"[..]));
    assert!(!known.name.contains('/'));
});

contract!(earlier_forwarding_addresses_go_on_working, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let mut all = vec![forwarding(&shop).await];
    for _ in 0..2 {
        shop.marta.renew_forwarding_address().await.unwrap();
        all.push(forwarding(&shop).await);
    }
    olga.renew_forwarding_address().await.unwrap();
    for (n, address) in all.iter().enumerate() {
        for written in [address.clone(), address.to_uppercase(), address.replace('@', "+tag@")] {
            assert!(ground.postbox().accepts(&written).await.unwrap(), "{written}");
        }
        let filed = receive(&ground, address, &Mail::new(JOANA.1, "support@acme.test", &format!("Mail {n}"), "Hi"), &nobody()).await;
        assert_eq!(filed.status, LetterInStatus::Filed);
    }
    // to two of them at once it is still one mail
    carry(&ground, &[&all[0], &all[2]], Mail::new(JOANA.1, "support@acme.test", "Both", "Hi").raw()).await;
    assert_eq!(work(&ground, &nobody()).await.len(), 1);
    assert_eq!(count(&shop, Folder::Inbox).await, 4);
    assert!(olga.list_inbox(model::view::View::default()).await.unwrap().rows.is_empty());
});

contract!(a_subject_behind_hundreds_of_blanks_is_read_to_its_end, |ground| async {
    let shop = ground.shop().await;
    let subject = format!("Where{}is it?", "\u{3000}".repeat(600));
    receive(&ground, &forwarding(&shop).await, &Mail::new(JOANA.1, "support@acme.test", &subject, "Hi"), &nobody()).await;
    assert_eq!(shop.marta.list_letters_in(None, "").await.unwrap()[0].subject, "Where is it?");
});
