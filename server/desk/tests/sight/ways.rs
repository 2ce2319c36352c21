//! The ways to a conversation besides the list: opening it, its previews, search, what is handed out, files, contacts, several at once,
//! pushes, reports.

use model::{
    AttachmentId, BatchId, ConversationId, LetterInId, MessageId, Refusal,
    agent::Reach,
    batch::{BatchForm, Change, Of},
    contact::profile::Tab,
    conversation::Status,
    moment::{MINUTE, SECOND},
    notify::PushForm,
    report,
    search::Asked,
    ticket::Words,
    view::View,
};

use crate::{
    Case, case,
    common::{Ground, refused, words},
    contract, of,
    post::{self, Mail},
};

contract!(what_is_not_seen_is_opened_as_what_is_not_there, |ground| async {
    let Case { rui, foreign, own, .. } = case(&ground, Reach::Departments).await;
    for id in [foreign, ConversationId::new()] {
        assert_eq!(refused(rui.open_thread(id.clone()).await), Refusal::NotFound);
        assert_eq!(refused(rui.open_conversation(id.clone()).await), Refusal::NotFound);
        assert_eq!(refused(rui.list_earlier(id.clone(), i64::MAX).await), Refusal::NotFound);
        assert!(!rui.sees(&id).await.unwrap());
    }
    assert!(rui.sees(&own).await.unwrap());
});

// what Chatwoot #10221 became known for: limits that hold in the list, and not beside it. Each way has a test: previews here, counts and views in
// `list.rs`, search, files, mails, contacts, pushes below, sockets in `told.rs`, verbs in `verb.rs`
contract!(chatwoot_10221_no_preview_beside_a_ticket_shows_another_ones, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    // both are Joana's
    assert_eq!(rui.open_thread(own.clone()).await.unwrap().others, []);
    assert_eq!(shop.marta.open_thread(own.clone()).await.unwrap().others.len(), 1);
    let head = rui.roster().await.unwrap().head;
    let mut thread = rui.open_thread(own).await.unwrap();
    let contact = thread.line.contact.id.clone();
    shop.marta.reply(foreign.clone(), words("The secret is blue")).await.unwrap();
    let told = rui.told_since(head).await.unwrap().unwrap();
    for told in &told {
        thread.apply(told);
    }
    assert_eq!(thread.others, []);
    assert!(!serde_json::to_string(&told).unwrap().contains(foreign.as_str()));
    assert!(told.iter().all(|told| told.event.contacts.iter().all(|id| *id == contact)));
});

contract!(search_finds_nothing_of_others, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    shop.marta.note(foreign.clone(), words("zanzibar")).await.unwrap();
    settle(&ground).await;
    let number = shop.marta.open_thread(foreign.clone()).await.unwrap().line.number.unwrap();
    let marta = format!("assignee:{}", shop.marta.email());
    for text in [
        "secret",
        "lamp",
        "zanzibar",
        "\"secret lamp\"",
        &format!("#{number}"),
        "tag:hidden",
        "status:open secret",
        "in:all lamp",
        "from:joana lamp",
        &marta,
        "assignee:nobody",
        "dept:Billing",
        "-tag:plain",
    ] {
        let found = rui.search(Asked::new(text)).await.unwrap();
        assert_eq!((found.hits.len(), found.total), (0, 0), "{text}");
        let brief = rui.search(Asked { brief: true, ..Asked::new(text) }).await.unwrap();
        assert_eq!(brief.hits.len(), 0, "{text}, in the dialog");
    }
    for text in ["chair", "joana", "tag:plain", "status:open", "is:ticket", "in:all", "from:joana", "assignee:me", ""] {
        let found = rui.search(Asked::new(text)).await.unwrap();
        let ids: Vec<_> = found.hits.into_iter().map(|hit| hit.line.id).collect();
        let wanted = if text.is_empty() { vec![] } else { vec![own.clone()] };
        assert_eq!((ids, found.total), (wanted.clone(), wanted.len()), "{text}");
    }
    assert_eq!(shop.marta.search(Asked::new("zanzibar")).await.unwrap().total, 1);
});

async fn settle(ground: &Ground) {
    for _ in 0..2 {
        while ground.follow_search().await.unwrap() {}
        ground.clock.pass(10 * SECOND);
    }
    while ground.follow_search().await.unwrap() {}
}

contract!(nothing_of_others_is_handed_out, |ground| async {
    let Case { rui, foreign, own, .. } = case(&ground, Reach::Own).await;
    for id in [foreign, ConversationId::new()] {
        assert_eq!(refused(rui.whole_thread(id.clone()).await), Refusal::NotFound);
        assert_eq!(refused(rui.export(id.clone()).await), Refusal::NotFound);
        assert_eq!(refused(rui.export_letter(id).await), Refusal::NotFound);
    }
    rui.export(own).await.unwrap();
    assert_eq!(refused(rui.report(report::Asked { period: "30".parse().unwrap(), by: report::By::Agent }).await), Refusal::Forbidden);
});

contract!(an_attachment_of_others_is_not_there, |ground| async {
    let Case { shop, rui, foreign, own } = case(&ground, Reach::Own).await;
    let mut files = vec![];
    for id in [&foreign, &own] {
        let file = shop.marta.attach("plan.txt", "text/plain", b"the plan".to_vec()).await.unwrap().id;
        shop.marta.reply(id.clone(), Words { attachments: vec![file.clone()], ..words("Here it is") }).await.unwrap();
        files.push(file);
    }
    assert_eq!(refused(rui.open_attachment(files[0].clone()).await), Refusal::NotFound);
    assert_eq!(refused(rui.open_attachment(AttachmentId::new()).await), Refusal::NotFound);
    assert_eq!(rui.open_attachment(files[1].clone()).await.unwrap().1, b"the plan");
    // what they uploaded and did not send yet is theirs
    let draft = rui.attach("x.txt", "text/plain", b"x".to_vec()).await.unwrap().id;
    rui.open_attachment(draft).await.unwrap();
});

contract!(a_mail_to_others_is_not_there, |ground| async {
    let Case { shop, rui, .. } = case(&ground, Reach::Own).await;
    let to = shop.marta.roster().await.unwrap().property.forwarding_address;
    let mail = Mail::new("ana@example.com", &to, "Order", "<p>Where is <b>it</b>?</p>").header("Content-Type: text/html; charset=utf-8");
    post::carry(&ground, &[&to], mail.raw()).await;
    post::work(&ground, &post::nobody()).await;
    let view = View::default();
    let rows = shop.marta.list_inbox(view).await.unwrap().rows;
    let id = rows.iter().find(|row| row.line.subject == "Order").expect("it came").line.id.clone();
    let message = shop.marta.open_thread(id.clone()).await.unwrap().messages[0].clone();
    let raw = message.letter_in.clone().expect("a mail");
    for (message, raw) in [(message.id.clone(), raw.clone()), (MessageId::new(), LetterInId::new())] {
        assert_eq!(refused(rui.open_html(message.clone()).await), Refusal::NotFound);
        assert_eq!(refused(rui.explain_message(message).await), Refusal::NotFound);
        assert_eq!(refused(rui.open_raw(raw).await), Refusal::NotFound);
    }
    shop.marta.assign(vec![id], of(&rui)).await.unwrap();
    rui.open_html(message.id.clone()).await.unwrap();
    rui.explain_message(message.id).await.unwrap();
    rui.open_raw(raw).await.unwrap();
});

contract!(a_contacts_timeline_and_counts_are_of_what_is_seen, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    shop.marta.reply(foreign.clone(), words("The secret is blue")).await.unwrap();
    let contact = rui.open_thread(own.clone()).await.unwrap().line.contact.id;
    for tab in [Tab::Timeline, Tab::Tickets] {
        let profile = rui.open_contact(contact.clone(), tab).await.unwrap();
        assert_eq!((profile.counts.tickets, profile.counts.chats), (1, 0));
        assert_eq!(profile.lines.iter().map(|line| &line.id).collect::<Vec<_>>(), [&own], "{tab}");
        assert!(profile.entries.iter().all(|entry| entry.conversation() == Some(&own)), "{tab}");
        let whole = shop.marta.open_contact(contact.clone(), tab).await.unwrap();
        assert_eq!((whole.counts.tickets, whole.lines.len()), (2, 2), "{tab}");
    }
    // and merging, by which others' conversations go along, is not for them
    assert_eq!(refused(rui.compare_contacts(contact.clone(), contact).await), Refusal::Forbidden);
});

contract!(several_at_once_are_those_that_are_seen, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    let form = |of| BatchForm { id: BatchId::new(), change: Change::Status(Status::Solved), of };
    assert_eq!(refused(rui.begin_batch(form(Of::These(vec![foreign.clone()]))).await), Refusal::NotFound);
    let both = rui.begin_batch(form(Of::These(vec![foreign.clone(), own.clone()]))).await.unwrap();
    assert_eq!((both.total, both.changed), (1, 1));
    shop.marta.set_status(vec![own.clone()], Status::Open).await.unwrap();
    let view = rui.begin_batch(form(Of::View(View::default()))).await.unwrap();
    assert_eq!((view.total, view.changed), (1, 1));
    let status = async |id: &ConversationId| shop.marta.open_thread(id.clone()).await.unwrap().line.status;
    assert_eq!((status(&own).await, status(&foreign).await), (Status::Solved, Status::Open));
    // what they gave away is taken back all the same, as long as nobody changed it
    shop.marta.set_status(vec![own.clone()], Status::Open).await.unwrap();
    let given = BatchForm { id: BatchId::new(), change: Change::Assign(of(&shop.marta)), of: Of::These(vec![own.clone()]) };
    let given = rui.begin_batch(given).await.unwrap();
    assert!(!rui.sees(&own).await.unwrap());
    rui.undo_batch(given.id).await.unwrap();
    assert!(rui.sees(&own).await.unwrap());
});

contract!(a_push_tells_nothing_of_others, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    let form = PushForm { endpoint: "https://push.example/rui".into(), p256dh: "B".repeat(87), auth: "a".repeat(22) };
    rui.subscribe_push(form.check().unwrap()).await.unwrap();
    let due = async || {
        while ground.follow_push().await.unwrap() {}
        ground.clock.pass(MINUTE);
        ground.take_pushes(100).await.unwrap().into_iter().map(|push| push.note.path).collect::<Vec<_>>()
    };
    ground.clock.pass(SECOND);
    due().await;
    // a new ticket of nobody's, a waiting chat: told to who sees all
    crate::common::ticket(&shop.marta, "Another secret", model::Assignee::Nobody).await;
    let visitor = ground.visit(&shop.marta).await;
    visitor.start_chat(crate::common::chat_form("Is anybody there?")).await.unwrap();
    shop.marta.note(foreign.clone(), words("Ask somebody")).await.unwrap();
    assert_eq!(due().await, Vec::<String>::new());
    shop.marta.note(own.clone(), words("Look at this")).await.unwrap();
    shop.marta.note(foreign.clone(), words("@Rui, look at this")).await.unwrap();
    let mut told = due().await;
    told.sort();
    let mut wanted = vec![format!("/inbox/{own}"), format!("/inbox/{foreign}")];
    wanted.sort();
    assert_eq!(told, wanted, "what is theirs, and where they are called");
});
