//! Tickets as agents handle them: opened, answered, taken back, moved about; what is refused, and that nothing is lost by it.

mod common;

use common::{JOANA, Shop, refused};
use model::{
    Assignee, ConversationId, MessageId, Refusal, Why,
    conversation::{Folder, Priority, Status},
    draft::{Draft, DraftPlace},
    message::{MessageKind, UNDO},
    moment::{HOUR, SECOND},
    ticket::{Part, TicketForm, Words},
    view::View,
};

fn form(subject: &str) -> TicketForm {
    TicketForm {
        id: ConversationId::new().to_string(),
        name: JOANA.0.into(),
        email: JOANA.1.into(),
        subject: subject.into(),
        text: "Hello **Joana**".into(),
        ..TicketForm::default()
    }
}

fn words(text: &str) -> Words {
    Words { id: MessageId::new(), text: text.into(), attachments: vec![], status: None }
}

async fn open(shop: &Shop, form: TicketForm) -> ConversationId {
    shop.marta.open_ticket(form.check().expect("a good form")).await.expect("opened")
}

contract!(a_ticket_opened_appears_with_number_assignee_and_words, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, TicketForm { priority: "high".into(), tags: "Refund".into(), ..form("Late order") }).await;
    let thread = shop.rui.open_thread(id).await.unwrap();
    assert_eq!(thread.line.subject, "Late order");
    assert_eq!(thread.line.assignee, Assignee::Agent(shop.marta.id().clone()), "mine, unless said otherwise");
    assert_eq!((thread.line.priority, thread.line.tags.as_slice()), (Priority::High, &["refund".to_owned()][..]));
    assert_eq!(thread.participants.iter().map(|one| (one.email.as_str(), one.part)).collect::<Vec<_>>(), [(JOANA.1, Part::Requester)]);
    assert_eq!(thread.messages[0].text, "Hello **Joana**");
    assert!(thread.messages[0].rendered.contains("<strong>Joana</strong>"));
    let second = open(&shop, form("Another")).await;
    let second = shop.rui.open_thread(second).await.unwrap();
    assert_eq!(second.line.number, thread.line.number.map(|number| number + 1));
    assert_eq!(second.others.len(), 1, "the same contact's other ticket");
});

contract!(opening_twice_with_one_id_opens_one_ticket, |ground| async {
    let shop = ground.shop().await;
    let form = form("Late order");
    let first = open(&shop, form.clone()).await;
    assert_eq!(open(&shop, form.clone()).await, first);
    assert_eq!(shop.marta.list_inbox(View::default()).await.unwrap().rows.len(), 1);
    let other = TicketForm { subject: "Something else".into(), ..form };
    assert_eq!(refused(shop.marta.open_ticket(other.check().unwrap()).await), Refusal::Conflict);
});

contract!(sending_a_reply_again_says_it_once, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, form("Late order")).await;
    let reply = words("Any news?");
    shop.marta.reply(id.clone(), reply.clone()).await.unwrap();
    shop.marta.reply(id.clone(), reply.clone()).await.unwrap();
    let said = shop.marta.open_thread(id.clone()).await.unwrap().messages;
    assert_eq!(said.iter().filter(|message| message.text == "Any news?").count(), 1);
    assert_eq!(refused(shop.marta.reply(id, Words { text: "Other words".into(), ..reply }).await), Refusal::Conflict);
});

contract!(a_reply_taken_back_in_time_is_a_draft_again, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, form("Late order")).await;
    ground.clock.pass(HOUR);
    let file = shop.marta.attach("statement.pdf", "application/pdf", b"%PDF-1.7 x".to_vec()).await.unwrap();
    let reply = Words { attachments: vec![file.id.clone()], ..words("Wrong words") };
    shop.marta.reply(id.clone(), reply.clone()).await.unwrap();
    ground.follow_mail().await.unwrap();
    assert_eq!(refused(shop.rui.undo(reply.id.clone()).await), Refusal::Forbidden, "only its author may");
    let (place, draft) = shop.marta.undo(reply.id.clone()).await.unwrap();
    assert_eq!(place, DraftPlace::Reply(id.clone()));
    assert_eq!((draft.form.text.as_str(), draft.attachments.len()), ("Wrong words", 1));
    assert_eq!(shop.marta.load_draft(place).await.unwrap().form.text, "Wrong words");
    let thread = shop.marta.open_thread(id.clone()).await.unwrap();
    assert_eq!(thread.messages.len(), 1);
    assert_eq!(thread.line.preview, "Hello Joana");
    ground.clock.pass(HOUR);
    let owed = ground.number("select count(*) from letter_out where kind <> 'invitation'").await;
    assert_eq!(owed, 1, "the letter of the opening alone");
    // and it can be sent after all
    shop.marta.reply(id, Words { id: MessageId::new(), ..reply }).await.unwrap();
});

contract!(after_ten_seconds_it_is_too_late, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, form("Late order")).await;
    let reply = words("On its way");
    shop.marta.reply(id, reply.clone()).await.unwrap();
    ground.clock.pass(UNDO + SECOND);
    assert_eq!(refused(shop.marta.undo(reply.id).await), Refusal::TooLate);
});

contract!(taking_the_opening_back_leaves_no_ticket_and_keeps_what_was_typed, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, TicketForm { tags: "vip".into(), cc: "paulo@example.com".into(), ..form("By mistake") }).await;
    let first = shop.marta.open_thread(id.clone()).await.unwrap().messages[0].id.clone();
    let (place, draft) = shop.marta.undo(first).await.unwrap();
    assert_eq!(place, DraftPlace::Ticket);
    let expected = ("By mistake", JOANA.1, "vip", "paulo@example.com");
    assert_eq!((draft.form.subject.as_str(), draft.form.email.as_str(), draft.form.tags.as_str(), draft.form.cc.as_str()), expected);
    assert_eq!(refused(shop.marta.open_thread(id).await), Refusal::NotFound);
    assert!(common::tallies(&ground, &shop.marta).await.is_empty());
});

contract!(a_draft_survives_and_goes_when_it_is_sent, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, form("Late order")).await;
    let place = DraftPlace::Reply(id.clone());
    let draft = Draft { form: TicketForm { text: "half a sen".into(), ..TicketForm::default() }, attachments: vec![] };
    shop.marta.save_draft(place.clone(), draft.clone()).await.unwrap();
    assert_eq!(shop.marta.load_draft(place.clone()).await.unwrap(), draft);
    assert!(shop.rui.load_draft(place.clone()).await.unwrap().is_empty(), "drafts are one's own");
    shop.marta.reply(id, words("half a sentence")).await.unwrap();
    assert!(shop.marta.load_draft(place).await.unwrap().is_empty());
});

contract!(a_file_belongs_to_its_uploader_until_it_is_sent, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, form("Late order")).await;
    let large = vec![7_u8; 300_000];
    let file = shop.marta.attach("../photo.bin", "application/octet-stream", large.clone()).await.unwrap();
    assert_eq!(file.name, "photo.bin");
    assert_eq!(refused(shop.rui.open_attachment(file.id.clone()).await), Refusal::NotFound);
    let reply = Words { attachments: vec![file.id.clone()], ..words("With a file") };
    assert_eq!(refused(shop.rui.reply(id.clone(), reply.clone()).await), Refusal::invalid("attachments", Why::Unknown));
    shop.marta.reply(id.clone(), reply).await.unwrap();
    assert_eq!(shop.rui.open_attachment(file.id).await.unwrap().1, large);
    assert_eq!(shop.rui.open_thread(id).await.unwrap().line.attachments, 1);
    let empty = shop.marta.attach("empty.txt", "text/plain", vec![]).await;
    assert_eq!(refused(empty), Refusal::invalid("attachments", Why::Required));
});

contract!(only_what_lies_in_spam_or_trash_is_deleted_for_ever, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, form("Late order")).await;
    assert_eq!(refused(shop.marta.delete(vec![id.clone()]).await), Refusal::Conflict);
    shop.marta.move_to(vec![id.clone()], Folder::Trash).await.unwrap();
    shop.marta.delete(vec![id.clone()]).await.unwrap();
    assert_eq!(refused(shop.marta.open_thread(id).await), Refusal::NotFound);
    assert_eq!(ground.number("select count(*) from message").await, 0);
});

contract!(a_snoozed_ticket_wakes_at_its_time, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, form("Late order")).await;
    let now = ground.clock.now();
    assert_eq!(refused(shop.marta.snooze(id.clone(), now).await), Refusal::invalid("until", Why::Past));
    shop.marta.snooze(id.clone(), now.plus(HOUR)).await.unwrap();
    assert_eq!(ground.clock_tick().await.unwrap(), 0);
    assert!(shop.marta.list_inbox(View::default()).await.unwrap().rows.is_empty());
    ground.clock.pass(HOUR + SECOND);
    assert_eq!(ground.clock_tick().await.unwrap(), 1);
    assert_eq!(shop.marta.open_thread(id).await.unwrap().line.status, Status::Open);
});

contract!(another_property_s_tickets_are_not_there, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let id = open(&shop, form("Late order")).await;
    let message = shop.marta.open_thread(id.clone()).await.unwrap().messages[0].id.clone();
    let several = vec![id.clone()];
    assert_eq!(refused(olga.open_thread(id.clone()).await), Refusal::NotFound);
    assert_eq!(refused(olga.reply(id.clone(), words("hm")).await), Refusal::NotFound);
    assert_eq!(refused(olga.note(id.clone(), words("hm")).await), Refusal::NotFound);
    assert_eq!(refused(olga.set_status(several.clone(), Status::Solved).await), Refusal::NotFound);
    assert_eq!(refused(olga.assign(several.clone(), Assignee::Nobody).await), Refusal::NotFound);
    assert_eq!(refused(olga.move_to(several, Folder::Trash).await), Refusal::NotFound);
    assert_eq!(refused(olga.undo(message.clone()).await), Refusal::NotFound);
    assert_eq!(refused(olga.approve(message).await), Refusal::NotFound);
    assert_eq!(refused(olga.mark_read(id).await), Refusal::NotFound);
    assert!(olga.list_inbox(View::default()).await.unwrap().rows.is_empty());
    let foreign = Assignee::Agent(olga.id().clone());
    let mine = open(&shop, form("Another")).await;
    assert_eq!(refused(shop.marta.assign(vec![mine], foreign).await), Refusal::invalid("assignee", Why::Unknown));
});

contract!(changes_are_told_in_the_conversation, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, form("Late order")).await;
    shop.marta.set_status(vec![id.clone()], Status::Solved).await.unwrap();
    shop.marta.set_status(vec![id.clone()], Status::Solved).await.unwrap();
    shop.rui.assign(vec![id.clone()], Assignee::Department(shop.billing.clone())).await.unwrap();
    let happened: Vec<_> =
        shop.marta.open_thread(id).await.unwrap().messages.into_iter().filter(|message| message.kind == MessageKind::Happened).collect();
    assert_eq!(happened.len(), 2, "the same status again is nothing new");
});

contract!(verbs_at_once_lose_nothing, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, form("Late order")).await;
    let mut tasks = vec![];
    for n in 0..40 {
        let (agent, id) = (if n % 2 == 0 { shop.marta.clone() } else { shop.rui.clone() }, id.clone());
        tasks.push(tokio::spawn(async move {
            match n % 4 {
                0 | 1 => agent.note(id, words(&format!("note {n}"))).await,
                2 => agent.tag(vec![id], format!("tag-{}", n / 4)).await,
                _ => agent.reply(id, words(&format!("reply {n}"))).await,
            }
        }));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let thread = shop.marta.open_thread(id).await.unwrap();
    assert_eq!(thread.messages.iter().filter(|message| message.kind != MessageKind::Happened).count(), 31);
    assert_eq!(thread.line.tags.len(), 10, "no tag was overwritten by another");
    let gaps = ground.number("select max(seq) - count(*) from event where property = (select property from conversation limit 1)").await;
    assert_eq!(gaps, 0, "no number is left out");
});

contract!(a_write_that_nobody_waits_for_is_done_all_the_same, |ground| async {
    let shop = ground.shop().await;
    let id = open(&shop, form("Late order")).await;
    for n in 0..50 {
        let reply = shop.marta.note(id.clone(), words(&format!("note {n}")));
        // the client left: its future is polled once and dropped
        let _ = futures::future::poll_immediate(Box::pin(reply)).await;
    }
    let noted = || ground.number("select count(*) from message where kind = 'noted'");
    for _ in 0..100 {
        if noted().await == 50 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(noted().await, 50);
});
