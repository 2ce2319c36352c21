//! A chat from its first words to its end, and the one after it.

use model::{
    Assignee, ConversationId, MessageId, Refusal,
    chat::{Rating, SayForm},
    conversation::{Kind, Status},
    message::{Channel, Happening},
    moment::{DAY, MINUTE, SECOND},
    ticket::TicketForm,
    view::{Sort, View},
    window::{Speaker, WindowHappening},
};

use crate::{
    common::{Ground, JOANA, chat_form, details, refused, said, words},
    contract, thread,
};

contract!(a_visitor_writes_an_agent_answers_and_the_visitor_sees_it, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Is it true to size?")).await.unwrap();
    let inbox = shop.rui.list_inbox(View { kind: Some(Kind::Chat), sort: Sort::Waiting, ..View::default() }).await.unwrap();
    assert_eq!((inbox.rows[0].line.preview.as_str(), inbox.rows[0].line.waiting_since), ("Is it true to size?", Some(ground.clock.now())));
    ground.clock.pass(SECOND);
    shop.rui.reply(chat.clone(), words("It runs **large**")).await.unwrap();
    let window = visitor.open_window(&[]).await.unwrap();
    assert_eq!(window.chat().unwrap().hosts[0].name, "Rui Alves");
    let last = window.messages.last().unwrap();
    assert_eq!(last.speaker, Speaker::Agent { id: shop.rui.id().clone(), name: "Rui Alves".into() });
    assert!(last.rendered.contains("<strong>large</strong>"));
    assert_eq!(window.unread(), 1);
    ground.clock.pass(SECOND);
    visitor.mark_read(chat.clone(), last.id.clone()).await.unwrap();
    assert_eq!(visitor.open_window(&[]).await.unwrap().unread(), 0);
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!(seen.line.assignee, Assignee::Agent(shop.rui.id().clone()), "who writes first has it");
    assert_eq!(seen.line.waiting_since, None);
    let facts = seen.chat.unwrap();
    assert_eq!((facts.page.as_str(), facts.language.as_str()), ("https://acme.test/jackets", "pt-BR"));
    assert!(facts.read_at.is_some() && facts.answered_at.is_some());
    assert_eq!(seen.messages.last().unwrap().channel, Channel::Chat);
    while ground.follow_mail().await.unwrap() {}
    let mailed = ground.number("select count(*) from letter_out where kind <> 'invitation'").await;
    assert_eq!(mailed, 0, "who is there gets no mail, nor do agents");
});

contract!(what_agents_keep_to_themselves_never_reaches_the_window, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.reply(chat.clone(), words("Hello!")).await.unwrap();
    shop.rui.note(chat.clone(), words("CANARY a difficult one")).await.unwrap();
    shop.marta.tag(vec![chat.clone()], "canary".into()).await.unwrap();
    shop.marta.set_priority(vec![chat.clone()], model::conversation::Priority::Highest).await.unwrap();
    shop.marta.assign(vec![chat.clone()], Assignee::Department(shop.billing.clone())).await.unwrap();
    shop.rui.invite_to_chat(chat.clone(), shop.marta.id().clone()).await.unwrap();
    shop.marta.move_to(vec![chat.clone()], model::conversation::Folder::Spam).await.unwrap();
    crate::common::ticket(&shop.marta, "CANARY", Assignee::Nobody).await;
    let window = serde_json::to_string(&visitor.open_window(&[]).await.unwrap()).unwrap();
    let told = serde_json::to_string(&visitor.told_since(0).await.unwrap().unwrap()).unwrap();
    for text in [window, told] {
        for secret in ["CANARY", "canary", "Billing", "marta@acme.test", "rui@acme.test", "highest", "spam", "joana"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(text.contains("Hello!"));
    }
});

contract!(words_said_twice_are_said_once, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let form = chat_form("Hello");
    let chat = visitor.start_chat(form.clone()).await.unwrap();
    assert_eq!(visitor.start_chat(form.clone()).await.unwrap(), chat);
    let more = said("And more");
    visitor.say(chat.clone(), more.clone()).await.unwrap();
    visitor.say(chat.clone(), more.clone()).await.unwrap();
    assert_eq!(thread(&shop.rui, &chat).await.messages.len(), 2);
    assert_eq!(refused(visitor.say(chat.clone(), SayForm { text: "Other".into(), ..more.clone() }).await), Refusal::Conflict);
    let mut other = chat_form("Hello again");
    other.id.clone_from(&form.id);
    assert_eq!(refused(visitor.start_chat(other).await), Refusal::Conflict, "the chat's id with other words");
    let neighbour = ground.visit(&shop.marta).await;
    assert_eq!(refused(neighbour.start_chat(form).await), Refusal::Conflict, "somebody else's ids and words");
    let second = visitor.start_chat(chat_form("From another tab")).await.unwrap();
    assert_eq!(second, chat, "one chat goes on at a time");
});

contract!(the_words_after_an_end_begin_a_chat_that_shows_the_earlier_one, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let first = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.reply(first.clone(), words("Hello!")).await.unwrap();
    ground.clock.pass(SECOND);
    shop.rui.end_chat(first.clone()).await.unwrap();
    shop.rui.end_chat(first.clone()).await.unwrap();
    let ended = thread(&shop.rui, &first).await;
    assert_eq!((ended.line.status, ended.line.missed), (Status::Solved, false));
    assert_eq!(ended.messages.iter().filter(|message| message.happened == Some(Happening::Ended)).count(), 1);
    assert!(visitor.open_window(&[]).await.unwrap().chat().is_none());
    ground.clock.pass(DAY);
    let more = said("One more thing");
    let second = visitor.say(first.clone(), more.clone()).await.unwrap();
    assert_ne!(second, first);
    assert_eq!(visitor.say(first.clone(), more.clone()).await.unwrap(), second, "again, and nothing more");
    assert_eq!(visitor.say(first.clone(), said("And another")).await.unwrap(), second, "an old window's words");
    let window = visitor.open_window(&[]).await.unwrap();
    let texts: Vec<&str> =
        window.messages.iter().filter(|message| message.happened.is_none()).map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["Hello", "Hello!", "One more thing", "And another"]);
    assert_eq!(window.chat().unwrap().id, second);
    assert_eq!(thread(&shop.rui, &second).await.others[0].id, first, "the same contact");
});

contract!(a_chat_that_nobody_answers_is_missed_until_somebody_does, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Anybody there?")).await.unwrap();
    ground.clock.pass(4 * MINUTE);
    assert_eq!(ground.miss_unanswered_chats().await.unwrap(), 0);
    ground.clock.pass(2 * MINUTE);
    assert_eq!(ground.clock_tick().await.unwrap(), 1);
    assert_eq!(ground.clock_tick().await.unwrap(), 0, "once");
    let missed = thread(&shop.rui, &chat).await;
    assert_eq!(
        (missed.line.missed, missed.line.status, missed.messages.last().unwrap().happened.clone()),
        (true, Status::Open, Some(Happening::Missed))
    );
    assert!(visitor.open_window(&[]).await.unwrap().chat().unwrap().missed);
    visitor.say(chat.clone(), said("Still here")).await.unwrap();
    shop.rui.reply(chat.clone(), words("Sorry!")).await.unwrap();
    let answered = thread(&shop.rui, &chat).await;
    assert!(!answered.line.missed && answered.chat.unwrap().missed_at.is_some(), "the flag is over, the moment stays");
    let own = answered.messages.last().unwrap().id.clone();
    shop.rui.withdraw_message(own).await.unwrap();
    assert!(thread(&shop.rui, &chat).await.line.missed, "an answer that was taken back is none");
});

contract!(an_answer_in_time_is_no_miss, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.join_chat(chat.clone()).await.unwrap();
    ground.clock.pass(10 * MINUTE);
    assert_eq!(ground.miss_unanswered_chats().await.unwrap(), 0, "somebody is there");
    shop.rui.leave_chat(chat.clone()).await.unwrap();
    assert_eq!(thread(&shop.marta, &chat).await.line.assignee, Assignee::Nobody);
    ground.clock.pass(10 * MINUTE);
    assert_eq!(ground.miss_unanswered_chats().await.unwrap(), 1, "and left without a word");
});

contract!(a_visitor_who_goes_unanswered_leaves_a_missed_chat, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    visitor.end_chat(chat.clone()).await.unwrap();
    let missed = thread(&shop.rui, &chat).await;
    assert_eq!((missed.line.missed, missed.line.status), (true, Status::Open));
});

contract!(agents_come_go_and_change_their_own_words_only, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.reply(chat.clone(), words("Helo")).await.unwrap();
    shop.rui.invite_to_chat(chat.clone(), shop.marta.id().clone()).await.unwrap();
    shop.rui.invite_to_chat(chat.clone(), shop.marta.id().clone()).await.unwrap();
    let asked = thread(&shop.marta, &chat).await;
    assert_eq!(asked.chat.unwrap().seats.len(), 2);
    let own = asked.messages.iter().find(|message| message.text == "Helo").unwrap().id.clone();
    assert_eq!(refused(shop.marta.edit_message(own.clone(), "Mine").await), Refusal::Forbidden);
    shop.rui.edit_message(own.clone(), "Hello").await.unwrap();
    let window = visitor.open_window(&[]).await.unwrap();
    let seen = window.messages.iter().find(|message| message.id == own).unwrap();
    assert!(seen.edited && seen.text == "Hello");
    assert_eq!(thread(&shop.rui, &chat).await.line.preview, "Hello");
    shop.rui.withdraw_message(own.clone()).await.unwrap();
    assert!(!visitor.open_window(&[]).await.unwrap().messages.iter().any(|message| message.id == own));
    let waiting = thread(&shop.rui, &chat).await;
    assert!(waiting.line.waiting_since.is_some(), "the visitor waits again");
    let theirs = waiting.messages[0].id.clone();
    assert_eq!(refused(shop.rui.withdraw_message(theirs).await), Refusal::Forbidden);
    assert_eq!(refused(shop.rui.withdraw_message(MessageId::new()).await), Refusal::NotFound);
    let ticket = crate::common::ticket(&shop.marta, "A ticket", Assignee::Nobody).await;
    for refusal in [refused(shop.marta.end_chat(ticket.clone()).await), refused(shop.marta.join_chat(ticket.clone()).await)] {
        assert_eq!(refusal, Refusal::NotFound, "a ticket is no chat");
    }
});

contract!(a_chat_is_given_away_whole_or_not_at_all, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let chat = ground.visit(&shop.marta).await.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.reply(chat.clone(), words("Hello!")).await.unwrap();
    let before = thread(&shop.rui, &chat).await;
    assert_eq!(refused(shop.rui.transfer_chat(chat.clone(), Assignee::Agent(olga.id().clone())).await).field(), Some("assignee"));
    assert_eq!(refused(olga.transfer_chat(chat.clone(), Assignee::Agent(olga.id().clone())).await), Refusal::NotFound);
    assert_eq!(thread(&shop.rui, &chat).await, before, "nothing was done");
    shop.rui.transfer_chat(chat.clone(), Assignee::Agent(shop.marta.id().clone())).await.unwrap();
    let after = thread(&shop.rui, &chat).await;
    assert_eq!(after.line.assignee, Assignee::Agent(shop.marta.id().clone()));
    assert!(after.chat.unwrap().seats.iter().all(|seat| seat.left_at.is_some()), "Rui went");
});

contract!(a_chat_is_rated_and_rated_anew, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    for (rating, comment) in [(Rating::Bad, ""), (Rating::Good, " Better now "), (Rating::Good, " Better now ")] {
        visitor.rate(chat.clone(), rating, comment).await.unwrap();
    }
    let rated = thread(&shop.rui, &chat).await;
    let facts = rated.chat.unwrap();
    assert_eq!((facts.rating, facts.comment.trim()), (Some(Rating::Good), "Better now"));
    let window = visitor.open_window(&[]).await.unwrap();
    assert_eq!(window.messages.last().unwrap().happened, Some(WindowHappening::Rated { rating: Rating::Good }));
    let told = window.messages.iter().filter(|message| matches!(message.happened, Some(WindowHappening::Rated { .. }))).count();
    assert_eq!(told, 2);
});

contract!(files_go_both_ways_and_to_nobody_else, |ground| async {
    let shop = ground.shop().await;
    let (visitor, neighbour) = (ground.visit(&shop.marta).await, ground.visit(&shop.marta).await);
    let photo = visitor.attach("../photo.png", "image/png", b"\x89PNG\r\n\x1a\nx".to_vec()).await.unwrap();
    let form = SayForm { attachments: vec![photo.id.clone()], text: String::new(), ..said("") };
    assert_eq!(
        refused(neighbour.start_chat(model::chat::ChatForm { said: form.clone(), ..chat_form("") }).await).field(),
        Some("attachments")
    );
    let chat = visitor.start_chat(model::chat::ChatForm { said: form, ..chat_form("") }).await.unwrap();
    assert_eq!(shop.rui.open_attachment(photo.id.clone()).await.unwrap().0.name, "photo.png");
    let answer = shop.rui.attach("size.pdf", "application/pdf", b"%PDF-1.7".to_vec()).await.unwrap();
    let noted = shop.rui.attach("secret.txt", "text/plain", b"CANARY".to_vec()).await.unwrap();
    shop.rui.note(chat.clone(), model::ticket::Words { attachments: vec![noted.id.clone()], ..words("see file") }).await.unwrap();
    let unsent = shop.rui.attach("later.txt", "text/plain", b"x".to_vec()).await.unwrap();
    shop.rui.reply(chat.clone(), model::ticket::Words { attachments: vec![answer.id.clone()], ..words("here") }).await.unwrap();
    assert_eq!(visitor.open_attachment(answer.id.clone()).await.unwrap().1, b"%PDF-1.7");
    assert_eq!(visitor.open_attachment(photo.id.clone()).await.unwrap().0.size, 9);
    assert_eq!(visitor.open_window(&[]).await.unwrap().messages.last().unwrap().attachments[0].name, "size.pdf");
    for (who, file) in [(&visitor, &noted), (&visitor, &unsent), (&neighbour, &answer), (&neighbour, &photo)] {
        assert_eq!(refused(who.open_attachment(file.id.clone()).await), Refusal::NotFound, "{}", file.name);
    }
});

contract!(a_chat_that_an_agent_closed_is_over_for_the_visitor, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let first = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.set_status(vec![first.clone()], Status::Solved).await.unwrap();
    assert_eq!(visitor.say(first.clone(), said("Not so fast")).await.unwrap(), first);
    assert_eq!(thread(&shop.rui, &first).await.line.status, Status::Open, "words open what was solved");
    shop.rui.set_status(vec![first.clone()], Status::Closed).await.unwrap();
    let second: ConversationId = visitor.say(first.clone(), said("Hello?")).await.unwrap();
    assert_ne!(second, first);
});

/// Words of two tabs at once, on both databases: each once, in one chat, in the same order for all.
async fn both_tabs(ground: &Ground) {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    let mut running = vec![];
    for n in 0..20 {
        let (visitor, chat, form) = (visitor.clone(), chat.clone(), said(&format!("Words {n}")));
        for _ in 0..2 {
            let (visitor, chat, form) = (visitor.clone(), chat.clone(), form.clone());
            running.push(tokio::spawn(async move { visitor.say(chat, form).await }));
        }
    }
    for one in running {
        assert_eq!(one.await.unwrap().unwrap(), chat);
    }
    let (agent, window) = (thread(&shop.rui, &chat).await, visitor.open_window(&[]).await.unwrap());
    let ids = |all: Vec<&MessageId>| all.into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(agent.messages.len(), 21);
    assert_eq!(ids(agent.messages.iter().map(|one| &one.id).collect()), ids(window.messages.iter().map(|one| &one.id).collect()));
}

contract!(words_at_once_come_once_and_in_one_order, |ground| async {
    both_tabs(&ground).await;
});

/// Everybody at once on the chats of one visitor, in every order in which rows can be wanted.
async fn crowd(ground: &Ground) {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let first = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.reply(first.clone(), words("Hello!")).await.unwrap();
    shop.rui.end_chat(first.clone()).await.unwrap();
    let second = visitor.say(first.clone(), said("Me again")).await.unwrap();
    let opened = shop.rui.open_thread(second.clone()).await.unwrap();
    let (contact, message) = (opened.line.contact.id, opened.messages.last().unwrap().id.clone());
    let mut running: Vec<tokio::task::JoinHandle<Result<(), desk::Error>>> = vec![];
    for n in 0..32 {
        let (visitor, marta, rui, first, second) = (visitor.clone(), shop.marta.clone(), shop.rui.clone(), first.clone(), second.clone());
        let (clock, contact, message) = (ground.clock.clone(), contact.clone(), message.clone());
        running.push(tokio::spawn(async move {
            // what is written only when it is later than before is written
            clock.pass(1);
            match n % 8 {
                0 => visitor.leave_details(second, details((&format!("Joana {n}"), JOANA.1))).await,
                1 => visitor.say(second, said("More")).await.map(drop),
                2 => rui.reply(second, words("Yes?")).await,
                3 => {
                    let form = TicketForm {
                        email: JOANA.1.into(),
                        subject: "Sleeves".into(),
                        text: "Here.".into(),
                        chat: first.to_string(),
                        ..TicketForm::default()
                    };
                    marta.open_ticket(form.check().unwrap()).await.map(drop)
                }
                4 => visitor.set_attributes([("n".into(), n.to_string())].into()).await,
                5 => visitor.mark_read(second, message).await,
                6 => match marta.tag_contact(contact, &format!("tag{n}")).await {
                    // they turned out to be somebody else
                    Err(desk::Error::Refused(Refusal::NotFound)) => Ok(()),
                    outcome => outcome,
                },
                _ => marta.tag(vec![second, first], format!("tag{n}")).await,
            }
        }));
    }
    for one in running {
        one.await.unwrap().unwrap();
    }
    assert_eq!(crate::common::tallies(ground, &shop.marta).await, crate::common::recounted(&shop.marta).await);
}

contract!(many_hands_in_one_chat_wait_for_no_other_in_turn, |ground| async {
    crowd(&ground).await;
});
