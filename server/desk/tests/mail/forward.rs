//! Mails that people hand on: the ticket belongs to who wrote it first, when an agent hands it on.

use model::{
    conversation::Folder,
    message::{Happening, Mark, MessageKind},
};

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

contract!(a_forward_into_a_ticket_is_a_note, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    let copied = Mail { cc: format!("{reply}, {}", KENJI.1), ..forwarded(RUI) };
    assert_eq!(receive(&ground, &reply, &copied, &proven()).await.conversation.as_ref(), Some(&id));
    let note = last(&shop, &id).await;
    assert_eq!((note.kind, note.author), (MessageKind::Noted, shop.rui.author()));
    assert!(note.text.contains("Can somebody take this?") && note.text.contains("The lamp came broken."), "{}", note.text);
    assert_eq!(thread(&shop, &id).await.participants.len(), 1, "and brings in nobody");
    assert!(send(&ground).await.is_empty());
    // who only says that they are Rui writes no notes
    receive(&ground, &reply, &forwarded(RUI), &nobody()).await;
    assert_eq!(last(&shop, &id).await.mark, Some(Mark::Unverified));
});

contract!(what_an_agent_hands_on_is_no_answer_to_what_it_names, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    // Joana writes to the shop, with Rui in copy, who hands his copy on
    let first = Mail { cc: RUI.into(), ..Mail::new(JOANA.1, "support@acme.test", "Broken lamp", "The lamp came broken.") };
    let id = receive(&ground, &to, &first, &nobody()).await.conversation.unwrap();
    shop.marta.assign(vec![id.clone()], model::Assignee::Agent(shop.marta.id().clone())).await.unwrap();
    send(&ground).await;
    let number = thread(&shop, &id).await.line.number.unwrap();
    for subject in ["Fwd: Broken lamp".to_owned(), format!("Fwd: Broken lamp [#{number}]")] {
        let mut handed = Mail { reply_to_id: format!("<{}>", first.id), ..forwarded(RUI) };
        handed.text = handed.text.replace("Can somebody take this?", "Troublemaker, charge full price");
        if subject.contains('#') {
            (handed.subject, handed.reply_to_id) = (subject, String::new());
        }
        let filed = receive(&ground, &to, &handed, &proven()).await;
        let other = thread(&shop, &filed.conversation.unwrap()).await;
        assert_ne!(other.line.id, id);
        assert!(matches!(&other.messages[0].happened, Some(Happening::Follows { conversation, .. }) if *conversation == id), "with a link");
        assert_eq!(other.line.contact.email, JOANA.1);
        let words: Vec<_> = other.messages.iter().map(|message| (message.kind, message.text.as_str())).collect();
        assert!(words.contains(&(MessageKind::Noted, "Troublemaker, charge full price")), "{words:?}");
        assert!(words.contains(&(MessageKind::Said, "The lamp came broken.")), "{words:?}");
    }
    assert_eq!(thread(&shop, &id).await.messages.iter().filter(|message| message.happened.is_none()).count(), 1);
    assert!(send(&ground).await.is_empty(), "mailed to nobody");
});

contract!(a_copy_of_ours_that_an_agent_forwards_is_a_note_in_its_ticket, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    shop.marta.assign(vec![id.clone()], model::Assignee::Agent(shop.rui.id().clone())).await.unwrap();
    receive(&ground, &reply, &Mail::new(JOANA.1, &reply, "Re: Late order", "Still nothing"), &nobody()).await;
    let copy = send(&ground).await.remove(0).letter;
    let mut handed = Mail { reply_to_id: format!("<{}>", copy.message_id), ..forwarded(RUI) };
    handed.text = handed.text.replace(JOANA.1, &copy.from.address);
    let filed = receive(&ground, &forwarding(&shop).await, &handed, &proven()).await;
    assert_eq!((filed.conversation.as_ref(), last(&shop, &id).await.kind), (Some(&id), MessageKind::Noted));
    assert!(send(&ground).await.is_empty());
});
