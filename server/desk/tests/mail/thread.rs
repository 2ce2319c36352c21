//! Threading (email.md C3–C5) against the mail programs and providers there are: each of these once broke a helpdesk.

use model::{
    ConversationId,
    message::{Author, Mark},
    sender::SenderName,
    shift::FactKind,
};

use crate::{
    common::{Ground, JOANA, KENJI, MAIL_DOMAIN, RUI, Shop},
    contract,
    post::{Mail, forwarding, joanas, last, mark, nobody, proven, receive, send, thread, to, words},
};

/// What was decided about the last words of a ticket.
async fn facts(shop: &Shop, id: &ConversationId) -> Vec<FactKind> {
    let message = last(shop, id).await.id;
    shop.marta.explain_message(message).await.unwrap().into_iter().map(|fact| fact.kind).collect()
}

/// A ticket of Joana's that was answered: its id, its address, and the letter with the answer.
pub async fn answered(ground: &Ground, shop: &Shop) -> (ConversationId, String, mail::compose::Letter) {
    let (id, address) = joanas(ground, shop).await;
    shop.marta.reply(id.clone(), words("It left on Friday.")).await.unwrap();
    (id, address, send(ground).await.remove(0).letter)
}

contract!(a_client_that_drops_references_and_changes_the_subject_is_known_by_the_address, |ground| async {
    let shop = ground.shop().await;
    let (id, address, _) = answered(&ground, &shop).await;
    let bare = Mail::new(JOANA.1, &address, "Something else entirely", "Sent from my phone");
    assert_eq!(receive(&ground, &address, &bare, &nobody()).await.conversation.as_ref(), Some(&id));
    assert_eq!(facts(&shop, &id).await, [FactKind::Envelope, FactKind::Party, FactKind::Unproven]);
    // written in capitals, and with a name before it, as some programs do
    let shouted = format!("JOANA+{}", address.to_uppercase());
    let again = Mail::new(JOANA.1, &shouted, "SOMETHING ELSE", "Again");
    assert_eq!(receive(&ground, &shouted, &again, &nobody()).await.conversation, Some(id));
});

contract!(an_answer_to_the_first_letter_of_many_is_found, |ground| async {
    let shop = ground.shop().await;
    let (id, _, first) = answered(&ground, &shop).await;
    for n in 0..30 {
        shop.marta.reply(id.clone(), words(&format!("And {n}"))).await.unwrap();
        let letter = send(&ground).await.remove(0).letter;
        assert!(letter.references.len() <= 21, "the last twenty and the ticket's own id");
        assert!(letter.references.iter().any(|one| *one == first.references[0]), "the ticket's own id is always there");
    }
    let late = Mail {
        reply_to_id: format!("<{}>", first.message_id),
        ..Mail::new(JOANA.1, "support@acme.test", "Re: Late order", "Still nothing")
    };
    assert_eq!(receive(&ground, &forwarding(&shop).await, &late, &nobody()).await.conversation, Some(id));
});

contract!(an_agents_own_client_and_a_customer_who_answers_it_directly_stay_in_the_ticket, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    // Rui writes to Joana from his own program, with the ticket in copy
    let direct = Mail { cc: address.clone(), ..Mail::new(&format!("Rui <{RUI}>"), JOANA.1, "Re: Late order", "I look into it myself") };
    assert_eq!(receive(&ground, &address, &direct, &proven()).await.conversation.as_ref(), Some(&id));
    assert!(matches!(last(&shop, &id).await.author, Author::Agent { .. }));
    assert!(send(&ground).await.is_empty(), "Joana has it already");
    // Joana answers him and everybody
    let answer = Mail {
        cc: address.clone(),
        reply_to_id: format!("<{}>", direct.id),
        ..Mail::new(JOANA.1, &format!("Rui <{RUI}>"), "Re: Late order", "Thank you")
    };
    assert_eq!(receive(&ground, &address, &answer, &nobody()).await.conversation.as_ref(), Some(&id));
    // and once more to him alone, whose program sends it on: found by the mail it answers
    let sent_on = Mail { id: format!("2.{}", answer.id), cc: String::new(), ..answer };
    assert_eq!(receive(&ground, &forwarding(&shop).await, &sent_on, &nobody()).await.conversation.as_ref(), Some(&id));
    assert!(facts(&shop, &id).await.contains(&FactKind::Reference));
});

contract!(a_stranger_who_quotes_a_number_gets_a_ticket_of_their_own, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    let number = thread(&shop, &id).await.line.number.unwrap();
    let to = forwarding(&shop).await;
    for subject in [format!("[#{number}] What is this about?"), format!("Ticket #{number}"), format!("Re: Late order [#{number}]")] {
        let filed = receive(&ground, &to, &Mail::new(KENJI.1, "support@acme.test", &subject, "Tell me more"), &proven()).await;
        let own = filed.conversation.expect("a ticket");
        assert_ne!(own, id);
        assert_eq!(facts(&shop, &own).await, [FactKind::Fresh, FactKind::Proven]);
    }
    assert_eq!(thread(&shop, &id).await.messages.len(), 1);
});

contract!(every_decision_about_a_mail_is_written_down, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    assert_eq!(facts(&shop, &id).await, [FactKind::Fresh, FactKind::Unproven]);
    let quoting =
        "Yes, please.\n\nOn Mon, 23 Nov 2026 at 12:00, Acme Shop <x@in.recado.test> wrote:\n> It left on Friday.\n> It should be there.";
    let copy = Mail { cc: format!("Kenji <{}>", KENJI.1), ..Mail::new(JOANA.1, &address, "Re: Late order", quoting) };
    receive(&ground, &address, &copy, &proven()).await;
    assert_eq!(
        facts(&shop, &id).await,
        [FactKind::Envelope, FactKind::Party, FactKind::Joined, FactKind::Proven, FactKind::Cut],
        "which rule, who spoke, who came along, who vouched, what was cut"
    );
    receive(&ground, &address, &Mail::new("mallory@evil.test", &address, "Re: Late order", "Me too"), &nobody()).await;
    assert_eq!(facts(&shop, &id).await, [FactKind::Envelope, FactKind::Stranger, FactKind::Unproven, FactKind::Held]);
    receive(&ground, &address, &Mail::new(RUI, &address, "Re: Late order", "I am Rui"), &nobody()).await;
    assert_eq!(facts(&shop, &id).await, [FactKind::Envelope, FactKind::Claimed, FactKind::Unproven, FactKind::Held]);
    let away = Mail::new(JOANA.1, &address, "Away", "I am away").header("Auto-Submitted: auto-replied");
    receive(&ground, &address, &away, &nobody()).await;
    assert!(facts(&shop, &id).await.contains(&FactKind::AutoReply));
    // what an agent typed was decided by nobody but the agent
    shop.marta.reply(id.clone(), words("Hello")).await.unwrap();
    assert!(facts(&shop, &id).await.is_empty());
});

contract!(a_verification_mail_to_a_tickets_address_reaches_nobody_outside, |ground| async {
    // an attacker opens a ticket, and names its address to a service that mails secrets to whoever reads there
    let shop = ground.shop().await;
    let attacker = Mail::new("mallory@evil.test", "support@acme.test", "Hello", "A question");
    let id = receive(&ground, &forwarding(&shop).await, &attacker, &proven()).await.conversation.unwrap();
    let address = thread(&shop, &id).await.reply_address;
    send(&ground).await;
    for (from, headers) in [
        ("no-reply@chat.example", vec!["Auto-Submitted: auto-generated"]),
        ("Chat <team@chat.example>", vec!["List-Unsubscribe: <https://chat.example/u>"]),
        ("confirm@chat.example", vec![]),
    ] {
        let mut secret = Mail::new(from, &address, "Confirm your address", "Your code is 123 456");
        secret.headers = headers.into_iter().map(Into::into).collect();
        receive(&ground, &address, &secret, &proven()).await;
        assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger), "{from}");
        assert!(send(&ground).await.is_empty(), "{from}: mailed to nobody");
    }
    assert_eq!(thread(&shop, &id).await.participants.len(), 1);
});

contract!(copies_of_a_mail_bring_in_nobody_whom_its_sender_cannot_vouch_for, |ground| async {
    let shop = ground.shop().await;
    let (id, address, _) = answered(&ground, &shop).await;
    // somebody who saw the address writes as Joana, with themselves in copy, and then as themselves
    let forged = Mail { cc: "mallory@evil.test".into(), ..Mail::new(JOANA.1, &address, "Re: Late order", "Copy my friend") };
    receive(&ground, &address, &forged, &nobody()).await;
    receive(&ground, &address, &Mail::new("mallory@evil.test", &address, "Re: Late order", "What was it about?"), &proven()).await;
    assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger), "to be in copy of a mail that nobody vouches for is nothing");
    send(&ground).await;
    // what is said next goes to Joana alone
    shop.marta.reply(id.clone(), words("The address is Rua A, 1.")).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1]);
    // and one who is vouched for brings in so many and no more, none of whom receives what was said before
    let many: Vec<String> = (0..60).map(|n| format!("friend{n}@example.net")).collect();
    let crowd = Mail { cc: many.join(", "), ..Mail::new(JOANA.1, &address, "Re: Late order", "Everybody!") };
    receive(&ground, &address, &crowd, &proven()).await;
    assert_eq!(thread(&shop, &id).await.participants.len(), 20);
    assert!(send(&ground).await.is_empty(), "they have this mail already, and get none before it");
});

contract!(only_from_says_who_speaks_in_a_ticket_that_is_there, |ground| async {
    let shop = ground.shop().await;
    let (id, address, _) = answered(&ground, &shop).await;
    let number = thread(&shop, &id).await.line.number.unwrap();
    // whoever knows the customer's address and the number says that a group sent it on for her, or that she is to be answered
    let pretences =
        [("mallory@evil.test", format!("X-Original-Sender: {}", JOANA.1)), ("noreply@evil.test", format!("Reply-To: {}", JOANA.1))];
    for (from, header) in pretences {
        let numbered = Mail {
            cc: format!("x@{MAIL_DOMAIN}, eve@evil.test"),
            ..Mail::new(from, "support@acme.test", &format!("Late order [#{number}]"), "And where?")
        }
        .header(&header);
        let filed = receive(&ground, &forwarding(&shop).await, &numbered, &proven()).await;
        assert_ne!(filed.conversation.as_ref(), Some(&id), "{header}: the number is no authority");
        let opened = thread(&shop, &filed.conversation.unwrap()).await;
        assert!(opened.participants.iter().all(|one| one.email != "eve@evil.test"), "{header}: nobody answers to whom the sender likes");
        let copied = Mail { cc: "eve@evil.test".into(), ..Mail::new(from, &address, "Re: Late order", "And where?") }.header(&header);
        assert_eq!(receive(&ground, &address, &copied, &proven()).await.conversation.as_ref(), Some(&id));
        assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger), "{header}");
        assert!(
            matches!(last(&shop, &id).await.author, Author::Contact { name, .. } if name != JOANA.0),
            "{header}: and they are shown as who they are"
        );
    }
    assert_eq!(thread(&shop, &id).await.participants.len(), 1);
    send(&ground).await;
    shop.marta.reply(id.clone(), words("It is on its way.")).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1]);
});

contract!(who_shares_a_domain_with_the_customer_speaks_as_themselves_and_brings_nobody, |ground| async {
    let shop = ground.shop().await;
    let (id, address, _) = answered(&ground, &shop).await;
    let number = thread(&shop, &id).await.line.number.unwrap();
    let mail = |to: &str, subject: &str, n: u32| {
        Mail { cc: format!("{address}, eve@evil.test"), ..Mail::new("mallory@example.com", to, subject, &format!("And where? {n}")) }
            .header(&format!("Reply-To: {}", JOANA.1))
    };
    // the number is no authority, whomever of their domain they name
    let numbered = Mail { cc: "eve@evil.test".into(), ..mail("support@acme.test", &format!("Late order [#{number}]"), 1) };
    assert_ne!(receive(&ground, &forwarding(&shop).await, &numbered, &proven()).await.conversation.as_ref(), Some(&id));
    // with the ticket's address they join it, as who they are
    receive(&ground, &address, &mail(&address, "Re: Late order", 2), &proven()).await;
    assert!(matches!(last(&shop, &id).await.author, Author::Contact { name, .. } if name != JOANA.0));
    let emails: Vec<_> = thread(&shop, &id).await.participants.into_iter().map(|one| one.email).collect();
    assert_eq!(emails, [JOANA.1, "mallory@example.com"], "and nobody else by the same mail");
});

contract!(who_is_in_copy_of_a_mail_to_our_own_address_is_answered, |ground| async {
    let shop = ground.shop().await;
    shop.marta.change_sender(Some("Support@acme.test".parse().unwrap()), SenderName::Property, String::new()).await.unwrap();
    // to the shop's own mailbox, which is forwarded to us: it names no address of Recado
    let first = Mail { cc: "bruno@home.test, x@home.test".into(), ..Mail::new(JOANA.1, "support@acme.test", "A chair", "Is it blue?") };
    let id = receive(&ground, &forwarding(&shop).await, &first, &proven()).await.conversation.unwrap();
    let emails: Vec<_> = thread(&shop, &id).await.participants.into_iter().map(|one| one.email).collect();
    assert_eq!(emails.len(), 3, "{emails:?}");
    shop.marta.reply(id.clone(), words("It is.")).await.unwrap();
    let letters = send(&ground).await;
    assert_eq!(to(&letters), ["bruno@home.test", JOANA.1, "x@home.test"]);
    // an answer to all names the ticket and the mailbox: the mailbox is no participant, and gets no letter
    let address = letters[0].letter.reply_to.address.clone();
    let all = Mail { cc: format!("SUPPORT@acme.test, {}", JOANA.1), ..Mail::new("bruno@home.test", &address, "Re: A chair", "Good") };
    receive(&ground, &address, &all, &proven()).await;
    assert_eq!(thread(&shop, &id).await.participants.len(), 3);
    // behind a group of that address, the one it names speaks
    let group = Mail::new("Joana via Support <support@acme.test>", "support@acme.test", "Re: A chair", "Then I take it")
        .header(&format!("X-Original-Sender: {}", JOANA.1));
    let group = Mail { reply_to_id: format!("<{}>", letters[1].letter.message_id), ..group };
    assert_eq!(receive(&ground, &forwarding(&shop).await, &group, &proven()).await.conversation, Some(id.clone()));
    assert_eq!(mark(&shop, &id).await, None);
});
