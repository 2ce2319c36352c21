//! Who is written to, and what the letters look like.

use model::{
    Assignee,
    address::EmailAddress,
    letter::{LetterKind, LetterStatus},
    message::Mark,
    moment::{HOUR, SECOND},
    ticket::TicketForm,
};

use crate::common::{self, JOANA, KENJI, MARTA, PUBLIC_URL, RUI};
use crate::contract;
use crate::post::*;

contract!(a_ticket_for_a_department_is_three_letters_with_one_reply_address, |ground| async {
    let shop = ground.shop().await;
    let file = shop.marta.attach("order.pdf", "application/pdf", b"%PDF-1.7".to_vec()).await.unwrap();
    let form = TicketForm {
        attachments: vec![file.id],
        assignee: Assignee::Department(shop.billing.clone()).to_string(),
        name: JOANA.0.into(),
        email: JOANA.1.into(),
        subject: "Late order".into(),
        text: "Hello **Joana**".into(),
        cc: KENJI.1.into(),
        ..TicketForm::default()
    };
    let id = shop.marta.open_ticket(form.check().unwrap()).await.unwrap();
    let letters = send(&ground).await;
    assert_eq!(to(&letters), [JOANA.1, KENJI.1, RUI], "Marta wrote it");
    let reply = thread(&shop, &id).await.reply_address;
    for due in &letters {
        let letter = &due.letter;
        assert_eq!(
            (letter.reply_to.address.as_str(), letter.from.address.as_str(), letter.subject.as_str()),
            (reply.as_str(), reply.as_str(), "Late order")
        );
        assert_eq!(letter.from.name.as_deref(), Some("Marta Lima via Acme Shop"));
        assert!(letter.html.contains("<strong>Joana</strong>") && letter.text.contains("Hello Joana"));
        assert_eq!((letter.attachments[0].name.as_str(), due.files[0].as_slice()), ("order.pdf", &b"%PDF-1.7"[..]));
        assert_eq!(letter.check(), Ok(()));
    }
    let header = |n: usize, name: &str| letters[n].letter.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    assert_eq!(header(0, "Auto-Submitted"), None, "a person's words: vacation answers are wanted");
    assert_eq!(header(2, "Auto-Submitted").as_deref(), Some("auto-generated"));
    assert!(header(0, "X-Recado-Loop").is_some());
    assert!(letters[0].letter.text.contains(KENJI.1), "the others are named, since the header names one");
    assert!(letters[2].letter.text.contains(&format!("{PUBLIC_URL}/inbox/{id}")));
    let ids: std::collections::HashSet<_> = letters.iter().map(|due| &due.letter.message_id).collect();
    assert_eq!(ids.len(), 3);
    let states = last(&shop, &id).await.letters;
    assert!(states.iter().all(|state| state.status == LetterStatus::Sent) && states.len() == 3);
});

contract!(a_customers_answer_goes_to_all_but_the_customer, |ground| async {
    let shop = ground.shop().await;
    let id = common::ticket(&shop.marta, "Late order", Assignee::Department(shop.billing.clone())).await;
    shop.marta.add_participant(id.clone(), KENJI.1.parse::<EmailAddress>().unwrap()).await.unwrap();
    let first = send(&ground).await;
    let reply = thread(&shop, &id).await.reply_address;
    let theirs =
        Mail { reply_to_id: format!("<{}>", first[0].letter.message_id), ..Mail::new(JOANA.1, &reply, "Re: Late order", "Thank you") };
    receive(&ground, &reply, &theirs, &nobody()).await;
    let letters = send(&ground).await;
    assert_eq!(to(&letters), [KENJI.1, MARTA, RUI]);
    let letter = &letters[2].letter;
    assert_eq!((letter.subject.as_str(), letter.from.name.as_deref()), ("Re: Late order", Some("Joana Prado via Acme Shop")));
    let known = first.iter().find(|due| due.letter.to.address == RUI).unwrap();
    assert_eq!(letter.in_reply_to.as_deref(), Some(known.letter.message_id.as_str()), "it stands below the copy Rui has");
    assert!(letter.references[0].starts_with("t."), "the ticket's constant id leads");
    assert!(!letter.text.contains(theirs.id.as_str()));
});

contract!(who_has_the_mail_already_gets_no_letter, |ground| async {
    let shop = ground.shop().await;
    let id = common::ticket(&shop.marta, "Late order", Assignee::Department(shop.billing.clone())).await;
    send(&ground).await;
    let reply = thread(&shop, &id).await.reply_address;
    receive(
        &ground,
        &reply,
        &Mail { cc: format!("{reply}, Rui <{RUI}>"), ..Mail::new(JOANA.1, MARTA, "Re: Late order", "To all of you") },
        &nobody(),
    )
    .await;
    assert!(send(&ground).await.is_empty());
});

contract!(a_note_is_mailed_to_nobody, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    shop.marta.assign(vec![id.clone()], Assignee::Agent(shop.rui.id().clone())).await.unwrap();
    shop.marta.note(id, words("She calls often.")).await.unwrap();
    assert!(send(&ground).await.is_empty());
});

contract!(a_new_participant_never_receives_earlier_words, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    // said before Kenji came, read by the mail reader after
    shop.marta.reply(id.clone(), words("Between us: the van broke down.")).await.unwrap();
    shop.marta.add_participant(id.clone(), KENJI.1.parse::<EmailAddress>().unwrap()).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1]);
    // held before Kenji came, let through after
    let reply = thread(&shop, &id).await.reply_address;
    receive(&ground, &reply, &Mail::new("mallory@evil.test", &reply, "Re: Late order", "Secret"), &nobody()).await;
    let held = last(&shop, &id).await;
    assert_eq!(held.mark, Some(Mark::Stranger));
    shop.marta.add_participant(id.clone(), "late@example.org".parse::<EmailAddress>().unwrap()).await.unwrap();
    shop.marta.approve(held.id).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1, KENJI.1]);
    shop.marta.reply(id, words("Now for all.")).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1, KENJI.1, "late@example.org", "mallory@evil.test"]);
});

contract!(words_that_can_be_taken_back_wait_and_go_nowhere_when_they_are, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    let reply = words("Wrong ticket!");
    shop.marta.reply(id.clone(), reply.clone()).await.unwrap();
    while ground.follow_mail().await.unwrap() {}
    assert!(ground.postbox().lease(10).await.unwrap().is_empty(), "it waits for its ten seconds");
    ground.clock.pass(9 * SECOND);
    assert!(ground.postbox().lease(10).await.unwrap().is_empty());
    shop.marta.undo(reply.id).await.unwrap();
    assert!(send(&ground).await.is_empty());
    // taken back before the reader came
    let reply = words("Wrong again!");
    shop.marta.reply(id, reply.clone()).await.unwrap();
    shop.marta.undo(reply.id).await.unwrap();
    assert!(send(&ground).await.is_empty());
});

contract!(an_address_that_mail_came_back_from_is_seen_not_written_to, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    ground
        .db()
        .write(|tx| {
            Box::pin(async move {
                Ok(sqlx::query("insert into dead_address (property, email, since_at) select property, email, 1 from contact")
                    .execute(tx.conn())
                    .await
                    .map(|_| ())?)
            })
        })
        .await
        .unwrap();
    shop.marta.reply(id.clone(), words("Hello?")).await.unwrap();
    assert!(send(&ground).await.is_empty());
    let state = last(&shop, &id).await.letters.remove(0);
    assert_eq!((state.status, state.kind), (LetterStatus::Failed, LetterKind::Reply));
    shop.rui.retry_letter(state.id).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1], "tried again because somebody asked for it");
    shop.marta.reply(id, words("And now?")).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1], "and written to as anybody from then on");
});

contract!(files_too_large_for_a_mail_become_links, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    let small = shop.marta.attach("small.txt", "text/plain", b"small".to_vec()).await.unwrap();
    let large = shop.marta.attach("large.bin", "application/octet-stream", vec![7; 16 * 1024 * 1024]).await.unwrap();
    let reply = model::ticket::Words { attachments: vec![small.id, large.id.clone()], ..words("Files") };
    shop.marta.reply(id, reply).await.unwrap();
    let letter = send(&ground).await.remove(0).letter;
    assert_eq!(letter.attachments.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["small.txt"]);
    let (_, link) = letter.text.split_once(&format!("{PUBLIC_URL}/files/")).expect("a link");
    let parts: Vec<&str> = link.split_whitespace().next().unwrap().split('/').collect();
    let (file, bytes) = ground.open_letter_file(parts[0].parse().unwrap(), parts[1].parse().unwrap(), parts[2]).await.unwrap();
    assert_eq!((file.name.as_str(), bytes.len()), ("large.bin", 16 * 1024 * 1024));
    let wrong = ground.open_letter_file(parts[0].parse().unwrap(), parts[1].parse().unwrap(), "aaaaaaaaaaaaaaaa").await;
    assert_eq!(common::refused(wrong), model::Refusal::NotFound);
});

contract!(copies_of_mails_are_limited, |ground| async {
    let shop = ground.shop().await;
    let id = common::ticket(&shop.marta, "Loop", Assignee::Agent(shop.rui.id().clone())).await;
    send(&ground).await;
    let reply = thread(&shop, &id).await.reply_address;
    for n in 0..14 {
        receive(&ground, &reply, &Mail::new(JOANA.1, &reply, "Re: Loop", &format!("{n}")), &nobody()).await;
    }
    assert_eq!(send(&ground).await.len(), 9, "ten within ten minutes, the first of the agent counted");
    assert_eq!(ground.number("select count(*) from letter_out where status = 'failed' and why like 'too many copies%'").await, 5);
    ground.clock.pass(2 * HOUR);
    receive(&ground, &reply, &Mail::new(JOANA.1, &reply, "Re: Loop", "later"), &nobody()).await;
    assert_eq!(to(&send(&ground).await), [RUI]);
});

contract!(letters_speak_the_propertys_language, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let form = TicketForm { email: JOANA.1.into(), subject: "Pedido".into(), text: "Olá".into(), ..TicketForm::default() };
    olga.open_ticket(form.check().unwrap()).await.unwrap();
    let letter = send(&ground).await.remove(0).letter;
    assert!(letter.text.starts_with("-- Escreva sua resposta acima desta linha --"), "{}", letter.text);
    // and what is answered above it is all that is new
    let quoted = letter.text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\r\n");
    let answer = format!("Obrigada!\r\n\r\n{quoted}");
    let mail =
        Mail { reply_to_id: format!("<{}>", letter.message_id), ..Mail::new(JOANA.1, &letter.reply_to.address, "Re: Pedido", &answer) };
    let filed = receive(&ground, &letter.reply_to.address, &mail, &nobody()).await;
    let thread = olga.open_thread(filed.conversation.unwrap()).await.unwrap();
    assert_eq!(thread.messages.iter().rfind(|message| message.happened.is_none()).unwrap().text, "Obrigada!");
});
