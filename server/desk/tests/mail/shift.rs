//! Words in the wrong ticket: moved, split off, merged, and each undone; and mail to a ticket that was merged.

use model::{
    Assignee, ConversationId, MessageId, Refusal, ShiftId, Why,
    conversation::{Folder, Status},
    message::{Happening, Message},
    shift::{Fact, FactKind},
};

use crate::{
    common::{Ground, JOANA, KENJI, RUI, Shop, refused, ticket},
    contract,
    post::{Mail, count, forwarding, joanas, last, nobody, receive, send, thread, to, words},
};

/// What is said in a ticket, oldest first.
async fn said(shop: &Shop, id: &ConversationId) -> Vec<String> {
    let is_words = |message: &Message| message.happened.is_none();
    thread(shop, id).await.messages.into_iter().filter(is_words).map(|message| message.text).collect()
}

/// The last shift that a ticket tells of.
async fn shift_of(shop: &Shop, id: &ConversationId) -> (ShiftId, Option<String>) {
    let mut told = thread(shop, id).await.messages.into_iter().filter_map(|message| match message.happened {
        Some(Happening::Shifted { shift, undone_by, .. }) => Some((shift, undone_by)),
        _ => None,
    });
    told.next_back().expect("a shift is told")
}

async fn number(shop: &Shop, id: &ConversationId) -> i64 {
    thread(shop, id).await.line.number.expect("a number")
}

async fn emails(shop: &Shop, id: &ConversationId) -> Vec<String> {
    thread(shop, id).await.participants.into_iter().map(|one| one.email).collect()
}

/// Another ticket of Joana's, come by mail.
async fn another(ground: &Ground, shop: &Shop, from: &str, subject: &str) -> ConversationId {
    let mail = Mail::new(from, "support@acme.test", subject, &format!("About {subject}"));
    let id = receive(ground, &forwarding(shop).await, &mail, &nobody()).await.conversation.expect("a ticket");
    send(ground).await;
    id
}

contract!(a_message_moves_and_comes_back, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    let other = another(&ground, &shop, JOANA.1, "Invoice").await;
    let answer = Mail::new(JOANA.1, &address, "Re: Late order", "And the invoice is wrong");
    receive(&ground, &address, &answer, &nobody()).await;
    send(&ground).await;
    let wrong = last(&shop, &id).await.id;
    assert_eq!(shop.marta.move_message(wrong.clone(), number(&shop, &other).await).await.unwrap(), other);
    assert_eq!(said(&shop, &id).await, ["Where is it?"]);
    assert_eq!(said(&shop, &other).await, ["About Invoice", "And the invoice is wrong"]);
    assert!(send(&ground).await.is_empty(), "nobody is written to by it");
    // what answers it finds it where it is
    let next = Mail { reply_to_id: format!("<{}>", answer.id), ..Mail::new(JOANA.1, "support@acme.test", "Re: Late order", "Thanks") };
    assert_eq!(receive(&ground, &forwarding(&shop).await, &next, &nobody()).await.conversation, Some(other.clone()));
    let (shift, undone) = shift_of(&shop, &id).await;
    assert_eq!((shift_of(&shop, &other).await.0, undone), (shift.clone(), None));
    shop.rui.undo_shift(shift.clone()).await.unwrap();
    assert_eq!(said(&shop, &id).await, ["Where is it?", "And the invoice is wrong"]);
    assert_eq!(said(&shop, &other).await, ["About Invoice", "Thanks"]);
    assert_eq!(shift_of(&shop, &other).await.1.as_deref(), Some("Rui Alves"));
    shop.rui.undo_shift(shift).await.unwrap();
    assert_eq!(said(&shop, &id).await.len(), 2, "done twice is done once");
    assert_eq!(last(&shop, &id).await.id, wrong);
});

contract!(a_customers_words_open_the_ticket_they_come_to, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    let other = another(&ground, &shop, JOANA.1, "Invoice").await;
    shop.marta.set_status(vec![other.clone()], Status::Solved).await.unwrap();
    receive(&ground, &address, &Mail::new(JOANA.1, &address, "Re: Late order", "And the invoice?"), &nobody()).await;
    let wrong = last(&shop, &id).await.id;
    shop.marta.note(id.clone(), words("Not ours")).await.unwrap();
    let note = last(&shop, &id).await.id;
    let there = number(&shop, &other).await;
    shop.marta.move_message(note, there).await.unwrap();
    assert_eq!(thread(&shop, &other).await.line.status, Status::Solved, "a note waits for nobody");
    shop.marta.move_message(wrong, there).await.unwrap();
    let line = thread(&shop, &other).await.line;
    assert!(line.status == Status::Open && line.waiting_since.is_some());
});

contract!(a_ticket_is_split_for_who_wrote_the_message_and_put_together_again, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    shop.marta.add_participant(id.clone(), KENJI.1.parse().unwrap()).await.unwrap();
    receive(&ground, &address, &Mail::new(KENJI.1, &address, "Re: Late order", "I have another question"), &nobody()).await;
    let from = last(&shop, &id).await.id;
    shop.marta.reply(id.clone(), words("Which one?")).await.unwrap();
    send(&ground).await;
    let first = thread(&shop, &id).await.messages[0].id.clone();
    assert_eq!(refused(shop.marta.split_ticket(first, "").await), Refusal::Conflict, "nothing would be left");
    let new = shop.marta.split_ticket(from, " Another  question ").await.unwrap();
    let fresh = thread(&shop, &new).await;
    assert_eq!((fresh.line.subject.as_str(), fresh.line.contact.email.as_str()), ("Another question", KENJI.1));
    assert_eq!(said(&shop, &new).await, ["I have another question", "Which one?"]);
    assert_eq!((said(&shop, &id).await.len(), emails(&shop, &new).await), (1, vec![KENJI.1.to_owned()]));
    assert!(send(&ground).await.is_empty(), "nobody is written to by it");
    // it lives as any other: Kenji gets what is said in it, and its address is its own
    shop.marta.reply(new.clone(), words("We look into it")).await.unwrap();
    let letters = send(&ground).await;
    assert_eq!(to(&letters), [KENJI.1]);
    assert_eq!(letters[0].letter.reply_to.address, fresh.reply_address);
    shop.marta.undo_shift(shift_of(&shop, &new).await.0).await.unwrap();
    assert_eq!(said(&shop, &id).await.len(), 4, "what was written since comes along");
    assert_eq!(thread(&shop, &new).await.line.folder, Folder::Merged);
    let late = Mail::new(KENJI.1, &fresh.reply_address, "Re: Another question", "Any news?");
    let filed = receive(&ground, &fresh.reply_address, &late, &nobody()).await;
    assert_eq!(filed.conversation, Some(id), "its address goes on to work");
});

contract!(a_merged_tickets_addresses_and_threads_work_into_the_surviving_one, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    shop.marta.reply(id.clone(), words("It left on Friday.")).await.unwrap();
    let ours = send(&ground).await.remove(0).letter.message_id;
    let other = another(&ground, &shop, KENJI.1, "The same order").await;
    let (mine, theirs) = (number(&shop, &id).await, number(&shop, &other).await);
    assert_eq!(shop.marta.merge_ticket(id.clone(), theirs).await.unwrap(), other);
    assert_eq!(said(&shop, &other).await, ["Where is it?", "It left on Friday.", "About The same order"]);
    assert_eq!(count(&shop, Folder::Inbox).await, 1, "the other is in no list");
    assert_eq!(emails(&shop, &other).await, [KENJI.1, JOANA.1]);
    assert!(send(&ground).await.is_empty(), "nobody is written to by it");

    // by its address, by a mail of it, by its number
    let by_number = format!("[#{mine}] Late order");
    let forwarding = forwarding(&shop).await;
    for (to, mail) in [
        (&address, Mail::new(JOANA.1, &address, "Re: Late order", "One")),
        (&forwarding, Mail { reply_to_id: ours, ..Mail::new(JOANA.1, "support@acme.test", "Re: Late order", "Two") }),
        (&forwarding, Mail::new(JOANA.1, "support@acme.test", &by_number, "Three")),
    ] {
        let filed = receive(&ground, to, &mail, &nobody()).await;
        assert_eq!(filed.conversation.as_ref(), Some(&other), "{}", filed.why);
        let facts = shop.marta.explain_message(filed.message.unwrap()).await.unwrap();
        // what it answers lies in this ticket itself
        let known = |fact: &Fact| fact.kind == FactKind::Reference || (fact.kind == FactKind::Merged && fact.value == mine.to_string());
        assert!(facts.iter().any(known), "{facts:?}");
    }
    assert_eq!(last(&shop, &other).await.mark, None, "who was in the merged ticket is in this one");
    // what is said goes to both; what was said before goes to neither
    send(&ground).await;
    shop.marta.reply(other.clone(), words("To both of you")).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1, KENJI.1]);

    // nothing is done to what was merged
    for outcome in [
        shop.marta.reply(id.clone(), words("Hello?")).await,
        shop.marta.set_status(vec![id.clone()], Status::Open).await,
        shop.marta.assign(vec![id.clone()], Assignee::Nobody).await,
        shop.marta.delete(vec![id.clone()]).await,
        shop.marta.merge_ticket(id.clone(), theirs).await.map(drop),
    ] {
        assert_eq!(refused(outcome), Refusal::Conflict);
    }
    shop.marta.undo_shift(shift_of(&shop, &id).await.0).await.unwrap();
    assert_eq!(said(&shop, &id).await, ["Where is it?", "It left on Friday."]);
    assert_eq!(emails(&shop, &other).await, [KENJI.1]);
    assert_eq!(count(&shop, Folder::Inbox).await, 2);
    let filed = receive(&ground, &address, &Mail::new(JOANA.1, &address, "Re: Late order", "Four"), &nobody()).await;
    assert_eq!(filed.conversation, Some(id));
});

contract!(merges_go_on_and_are_undone_from_the_last, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    let second = another(&ground, &shop, JOANA.1, "Second").await;
    let third = another(&ground, &shop, JOANA.1, "Third").await;
    let (two, three) = (number(&shop, &second).await, number(&shop, &third).await);
    shop.marta.merge_ticket(id.clone(), two).await.unwrap();
    shop.marta.merge_ticket(second.clone(), three).await.unwrap();
    let filed = receive(&ground, &address, &Mail::new(JOANA.1, &address, "Re: Late order", "Hello"), &nobody()).await;
    assert_eq!(filed.conversation.as_ref(), Some(&third));
    assert_eq!(refused(shop.marta.undo_shift(shift_of(&shop, &id).await.0).await), Refusal::Conflict);
    // into one that was merged is into the one that is left
    let fourth = another(&ground, &shop, JOANA.1, "Fourth").await;
    assert_eq!(shop.marta.merge_ticket(fourth, two).await.unwrap(), third);
    shop.marta.undo_shift(shift_of(&shop, &second).await.0).await.unwrap();
    assert_eq!(said(&shop, &second).await, ["Where is it?", "About Second"]);
    shop.marta.undo_shift(shift_of(&shop, &id).await.0).await.unwrap();
    assert_eq!((said(&shop, &id).await.len(), said(&shop, &second).await.len()), (1, 1));
    // deleted for ever, it takes what was merged into it along
    shop.marta.merge_ticket(second.clone(), three).await.unwrap();
    shop.marta.move_to(vec![third.clone()], Folder::Trash).await.unwrap();
    shop.marta.delete(vec![third]).await.unwrap();
    assert_eq!(refused(shop.marta.open_thread(second).await), Refusal::NotFound);
});

contract!(the_last_words_take_their_ticket_along, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    let other = another(&ground, &shop, KENJI.1, "Together").await;
    let only = last(&shop, &id).await.id;
    shop.marta.move_message(only, number(&shop, &other).await).await.unwrap();
    assert_eq!(thread(&shop, &id).await.line.folder, Folder::Merged);
    let filed = receive(&ground, &address, &Mail::new(JOANA.1, &address, "Re: Late order", "And?"), &nobody()).await;
    assert_eq!((filed.conversation.as_ref(), last(&shop, &other).await.mark), (Some(&other), None));
});

contract!(only_words_of_tickets_of_this_property_go_anywhere, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    let mine = number(&shop, &id).await;
    let unknown = || Refusal::invalid("ticket", Why::Unknown);
    let words = last(&shop, &id).await.id;
    assert_eq!(refused(shop.marta.move_message(words.clone(), mine).await), unknown(), "into itself");
    assert_eq!(refused(shop.marta.merge_ticket(id.clone(), mine).await), unknown());
    assert_eq!(refused(shop.marta.move_message(words.clone(), 999_999).await), unknown());
    assert_eq!(refused(shop.marta.move_message(MessageId::new(), mine).await), Refusal::NotFound);
    let (olga, _) = ground.other_shop(&shop).await;
    let theirs = ticket(&olga, "Theirs", Assignee::Nobody).await;
    let foreign = olga.open_thread(theirs.clone()).await.unwrap();
    assert_eq!(refused(olga.move_message(words, foreign.line.number.unwrap()).await), Refusal::NotFound);
    assert_eq!(refused(olga.merge_ticket(id.clone(), foreign.line.number.unwrap()).await), Refusal::NotFound);
    let told = thread(&shop, &id).await.messages[0].id.clone();
    assert_eq!(refused(olga.explain_message(told).await), Refusal::NotFound);
    assert_eq!(refused(olga.undo_shift(ShiftId::new()).await), Refusal::NotFound);
});

contract!(two_agents_at_once_leave_no_message_twice_or_nowhere, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    let other = another(&ground, &shop, JOANA.1, "Other").await;
    for n in 0..6 {
        receive(&ground, &address, &Mail::new(JOANA.1, &address, "Re: Late order", &format!("Number {n}")), &nobody()).await;
    }
    let all: Vec<MessageId> =
        thread(&shop, &id).await.messages.into_iter().filter(|one| one.happened.is_none()).map(|one| one.id).skip(1).collect();
    let there = number(&shop, &other).await;
    let here = number(&shop, &id).await;
    let moving = all.iter().map(|message| {
        let (marta, message) = (shop.marta.clone(), message.clone());
        tokio::spawn(async move { marta.move_message(message, there).await })
    });
    let moving: Vec<_> = moving.collect();
    let merging = {
        let (rui, other) = (shop.rui.clone(), other.clone());
        tokio::spawn(async move { rui.merge_ticket(other, here).await })
    };
    for one in moving {
        // refused is fine: the ticket may have been merged meanwhile; a fault is not
        if let Err(error) = one.await.unwrap() {
            assert!(matches!(error, desk::Error::Refused(_)), "{error:?}");
        }
    }
    let merged = merging.await.unwrap();
    assert!(!matches!(merged, Err(desk::Error::Fault(_))), "{merged:?}");
    let left = [said(&shop, &id).await, said(&shop, &other).await].concat();
    assert_eq!(left.len(), 8, "{left:?}");
});

contract!(words_moved_before_their_letters_were_written_are_mailed_to_those_they_were_said_to, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    shop.marta.assign(vec![id.clone()], Assignee::Agent(shop.rui.id().clone())).await.unwrap();
    shop.marta.add_participant(id.clone(), "paulo@example.net".parse().unwrap()).await.unwrap();
    let other = another(&ground, &shop, KENJI.1, "Invoice").await;
    let there = number(&shop, &other).await;
    // an answer typed in the right ticket, and carried into another one at once
    shop.marta.reply(id.clone(), words("It left on Friday.")).await.unwrap();
    shop.marta.move_message(last(&shop, &id).await.id, there).await.unwrap();
    let letters = send(&ground).await;
    assert_eq!(to(&letters), [JOANA.1, "paulo@example.net", RUI], "not lost, and none to the other ticket's people");
    assert_eq!(letters[0].letter.reply_to.address, address);
    assert_eq!(last(&shop, &other).await.letters.len(), 3, "their states are seen where the words are");
    // a customer's mail, in a ticket that is merged before anybody was told
    receive(&ground, &address, &Mail::new(JOANA.1, &address, "Re: Late order", "Still nothing"), &nobody()).await;
    shop.marta.merge_ticket(id, there).await.unwrap();
    assert_eq!(to(&send(&ground).await), ["paulo@example.net", RUI]);
    assert!(send(&ground).await.is_empty(), "and once");
});
