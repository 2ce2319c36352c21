//! A ticket made from a chat: linked both ways, with what was said if wanted, for whom the chat was with.

use model::{
    Assignee, ConversationId, Refusal,
    conversation::Status,
    draft::{Draft, DraftPlace},
    message::{Channel, Happening},
    moment::MINUTE,
    ticket::TicketForm,
};

use crate::{
    common::{JOANA, KENJI, chat_form, details, refused, words},
    contract, letters, thread,
};

fn form(chat: &ConversationId) -> TicketForm {
    TicketForm {
        id: ConversationId::new().to_string(),
        name: JOANA.0.into(),
        email: JOANA.1.into(),
        subject: "Shortening the sleeves".into(),
        text: "Our workshop will answer here.".into(),
        chat: chat.to_string(),
        ..TicketForm::default()
    }
}

contract!(a_ticket_from_a_missed_chat_is_linked_both_ways_and_settles_it, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Could you shorten the sleeves?")).await.unwrap();
    shop.rui.note(chat.clone(), words("CANARY")).await.unwrap();
    ground.clock.pass(6 * MINUTE);
    ground.miss_unanswered_chats().await.unwrap();
    let wanted = TicketForm { transcript: true, assignee: format!("department:{}", shop.billing), ..form(&chat) };
    let ticket = shop.rui.open_ticket(wanted.check().unwrap()).await.unwrap();
    assert_eq!(shop.rui.open_ticket(wanted.check().unwrap()).await.unwrap(), ticket, "once");
    let (opened, from) = (thread(&shop.marta, &ticket).await, thread(&shop.marta, &chat).await);
    assert!(opened.line.from_chat);
    assert_eq!(opened.origin, Some(chat.clone()));
    assert_eq!(opened.participants[0].email, JOANA.1);
    let linked = &from.chat.as_ref().unwrap().tickets;
    assert_eq!((linked.len(), &linked[0].id, Some(linked[0].number)), (1, &ticket, opened.line.number));
    assert!(
        matches!(&from.messages.last().unwrap().happened, Some(Happening::TicketOpened { conversation, .. }) if *conversation == ticket)
    );
    assert_eq!((from.line.status, from.line.missed), (Status::Solved, false), "it is seen to");
    assert_eq!((from.line.contact.email.as_str(), from.line.contact.id), (JOANA.1, opened.line.contact.id.clone()), "one person");
    let file = &opened.messages[0].attachments[0];
    let (_, bytes) = shop.rui.open_attachment(file.id.clone()).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("Could you shorten the sleeves?") && !text.contains("CANARY"), "{text}");
    let sent = letters(&ground, "reply").await;
    assert_eq!((sent.len(), sent[0].to.address.as_str(), sent[0].attachments[0].name.as_str()), (1, JOANA.1, "transcript.txt"));
    assert_eq!(letters(&ground, "copy").await.len(), 1, "Marta, of the department; Rui wrote it");
    shop.marta.move_to(vec![ticket.clone()], model::conversation::Folder::Trash).await.unwrap();
    shop.marta.delete(vec![ticket]).await.unwrap();
    assert_eq!(thread(&shop.marta, &chat).await.chat.unwrap().tickets, []);
});

contract!(a_ticket_from_a_chat_taken_back_was_none_and_its_draft_is_of_that_chat, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Could you shorten the sleeves?")).await.unwrap();
    ground.clock.pass(6 * MINUTE);
    ground.miss_unanswered_chats().await.unwrap();
    let before = thread(&shop.marta, &chat).await;
    let file = shop.rui.attach("sleeves.pdf", "application/pdf", b"%PDF-1.7".to_vec()).await.unwrap();
    let mine = Draft { form: TicketForm { subject: "Something else".into(), ..TicketForm::default() }, attachments: vec![] };
    shop.rui.save_draft(DraftPlace::Ticket, mine.clone()).await.unwrap();
    let wanted = TicketForm { transcript: true, attachments: vec![file.id.clone()], ..form(&chat) };
    let ticket = shop.rui.open_ticket(wanted.check().unwrap()).await.unwrap();
    let words = thread(&shop.rui, &ticket).await.messages[0].id.clone();
    let (place, draft) = shop.rui.undo(words).await.unwrap();
    assert_eq!((place, draft.form.chat.as_str(), draft.form.transcript), (DraftPlace::FromChat(chat.clone()), chat.as_str(), true));
    assert_eq!(draft.attachments, [file], "the transcript is made anew");
    assert_eq!(shop.rui.load_draft(DraftPlace::Ticket).await.unwrap(), mine, "another draft is left alone");
    let after = thread(&shop.marta, &chat).await;
    assert_eq!((after.line.missed, after.line.status, after.line.waiting_since), (true, Status::Open, before.line.waiting_since));
    assert_eq!((after.messages.len(), after.chat.unwrap().tickets), (before.messages.len(), vec![]));
    let again = TicketForm { id: ConversationId::new().to_string(), ..draft.form };
    let ticket = shop.rui.open_ticket(again.check().unwrap()).await.unwrap();
    let opened = thread(&shop.marta, &ticket).await;
    assert_eq!((opened.origin, opened.messages[0].attachments.len()), (Some(chat.clone()), 2));
    assert!(!thread(&shop.marta, &chat).await.line.missed);
    // a chat that is gone keeps nobody from taking back
    shop.marta.move_to(vec![chat.clone()], model::conversation::Folder::Trash).await.unwrap();
    shop.marta.delete(vec![chat]).await.unwrap();
    assert_eq!(shop.rui.undo(opened.messages[0].id.clone()).await.unwrap().0, DraftPlace::Ticket);
});

contract!(a_chat_that_goes_on_goes_on_beside_its_ticket, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    visitor.leave_details(chat.clone(), details(KENJI)).await.unwrap();
    shop.rui.reply(chat.clone(), words("Hello Kenji")).await.unwrap();
    let ticket = shop.rui.open_ticket(form(&chat).check().unwrap()).await.unwrap();
    let from = thread(&shop.rui, &chat).await;
    assert_eq!((from.line.status, from.line.contact.email.as_str()), (Status::Open, KENJI.1), "what the visitor said of themselves stays");
    assert_eq!(thread(&shop.rui, &ticket).await.messages[0].attachments, [], "no transcript unless wanted");
    shop.rui.reply(chat.clone(), words("Still here")).await.unwrap();
    assert_eq!(thread(&shop.rui, &chat).await.messages.last().unwrap().channel, Channel::Chat);
    let window = serde_json::to_string(&visitor.open_window(&[]).await.unwrap()).unwrap();
    assert!(!window.contains("ticket") && !window.contains("sleeves"), "{window}");
});

contract!(only_a_chat_of_the_property_becomes_a_ticket, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    let ticket = crate::common::ticket(&shop.marta, "A ticket", Assignee::Nobody).await;
    for (agent, origin) in [(&olga, &chat), (&shop.rui, &ticket), (&shop.rui, &ConversationId::new())] {
        for transcript in [true, false] {
            let wanted = TicketForm { transcript, ..form(origin) };
            assert_eq!(refused(agent.open_ticket(wanted.check().unwrap()).await), Refusal::NotFound);
        }
    }
    assert_eq!(ground.number("select count(*) from conversation where kind = 'ticket'").await, 1);
    visitor.log_out().await.unwrap();
    shop.rui.open_ticket(form(&chat).check().unwrap()).await.unwrap();
});

contract!(what_was_begun_on_a_ticket_from_a_chat_is_kept_apart_until_the_ticket_is_there, |ground| async {
    let shop = ground.shop().await;
    let chat = ground.visit(&shop.marta).await.start_chat(chat_form("Hello")).await.unwrap();
    let (own, other) = (DraftPlace::FromChat(chat.clone()), DraftPlace::Ticket);
    for place in [&own, &other] {
        shop.rui.save_draft(place.clone(), Draft { form: form(&chat), attachments: vec![] }).await.unwrap();
    }
    let draft = form(&chat).check().unwrap();
    assert_eq!(draft.next(), chat, "the agent stays in the chat");
    shop.rui.open_ticket(draft).await.unwrap();
    assert!(shop.rui.load_draft(own).await.unwrap().is_empty());
    assert!(!shop.rui.load_draft(other).await.unwrap().is_empty());
});
