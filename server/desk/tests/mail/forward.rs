//! Mails that people hand on: the ticket belongs to who wrote it first, when an agent hands it on.

use model::{conversation::Folder, message::MessageKind};

use crate::common::{JOANA, KENJI, RUI};
use crate::contract;
use crate::post::*;

fn forwarded(from: &str) -> Mail {
    let text = format!(
        "Can somebody take this?\r\n\r\n---------- Forwarded message ---------\r\nFrom: {} <{}>\r\nDate: Mon, 23 Nov 2026 at 10:00\r\nSubject: Broken lamp\r\nTo: Rui <{RUI}>\r\n\r\nThe lamp came broken.\r\n",
        JOANA.0, JOANA.1
    );
    Mail::new(from, "x@y.test", "Fwd: Broken lamp", &text)
}

contract!(an_agent_hands_on_a_customers_mail_and_the_ticket_is_the_customers, |ground| async {
    let shop = ground.shop().await;
    let filed = receive(&ground, &forwarding(&shop).await, &forwarded(RUI), &proven()).await;
    let thread = thread(&shop, &filed.conversation.unwrap()).await;
    assert_eq!(
        (thread.line.contact.email.as_str(), thread.line.contact.name.as_str(), thread.line.subject.as_str()),
        (JOANA.1, JOANA.0, "Broken lamp")
    );
    let note = thread.messages.iter().find(|message| message.kind == MessageKind::Noted).expect("the agent's own words");
    assert_eq!((note.text.as_str(), &note.author), ("Can somebody take this?", &shop.rui.author()));
    let said = thread.messages.iter().find(|message| message.kind == MessageKind::Said).expect("the customer's words");
    assert_eq!(said.text, "The lamp came broken.");
    assert_eq!((thread.line.preview.as_str(), thread.line.waiting_since.is_some()), ("The lamp came broken.", true));
    assert!(send(&ground).await.is_empty());
});

contract!(who_is_no_proven_agent_forwards_in_their_own_name, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    for (mail, proof) in [(forwarded(KENJI.1), proven()), (forwarded(RUI), nobody())] {
        let filed = receive(&ground, &to, &mail, &proof).await;
        assert_eq!(thread(&shop, &filed.conversation.unwrap()).await.line.contact.email, mail.from);
    }
    assert_eq!(count(&shop, Folder::Inbox).await, 2);
});

contract!(a_forward_into_a_ticket_is_an_answer, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    assert_eq!(receive(&ground, &reply, &forwarded(RUI), &proven()).await.conversation.as_ref(), Some(&id));
    assert_eq!(last(&shop, &id).await.author, shop.rui.author());
});
