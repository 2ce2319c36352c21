//! Who speaks in a mail: agents by proof, participants, those who join, strangers.

use model::{
    Assignee,
    address::EmailAddress,
    conversation::Status,
    letter::LetterStatus,
    message::{Author, Happening, Mark},
    moment::SECOND,
    ticket::{PARTICIPANTS_MOST, Part},
};

use crate::common::{JOANA, KENJI, MARTA, RUI};
use crate::contract;
use crate::post::*;

fn emails(thread: &model::thread::Thread) -> Vec<&str> {
    thread.participants.iter().map(|one| one.email.as_str()).collect()
}

contract!(an_agent_who_proves_it_answers_as_the_agent, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    shop.marta.assign(vec![id.clone()], Assignee::Agent(shop.marta.id().clone())).await.unwrap();
    let filed = receive(
        &ground,
        &reply,
        &Mail::new(&format!("Rui <{}>", RUI.to_uppercase()), &reply, "Re: Late order", "It left *today*."),
        &proven(),
    )
    .await;
    assert_eq!(filed.conversation.as_ref(), Some(&id));
    let message = last(&shop, &id).await;
    assert_eq!((message.author, message.mark), (shop.rui.author(), None));
    assert_eq!(thread(&shop, &id).await.line.waiting_since, None);
    let letters = send(&ground).await;
    assert_eq!(to(&letters), [JOANA.1, MARTA], "to the customer and the assignee, not back to Rui");
    assert!(letters[0].letter.text.contains("It left *today*."), "words of a mail are no Markdown");
});

contract!(an_agents_address_without_proof_is_held_and_mailed_to_nobody, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    shop.marta.assign(vec![id.clone()], Assignee::Agent(shop.marta.id().clone())).await.unwrap();
    receive(&ground, &reply, &Mail::new(RUI, &reply, "Re: Late order", "Pay to this account."), &nobody()).await;
    let message = last(&shop, &id).await;
    assert_eq!(message.mark, Some(Mark::Unverified));
    let line = &shop.marta.open_thread(message.conversation.clone()).await.unwrap().line;
    assert_eq!(line.preview_by, None, "the list does not say that it was the agent");
    assert!(thread(&shop, &id).await.line.waiting_since.is_some(), "the customer still waits");
    assert!(send(&ground).await.is_empty());
    shop.marta.approve(message.id.clone()).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1, MARTA], "let through, it goes out");
    shop.marta.approve(message.id).await.unwrap();
    assert!(send(&ground).await.is_empty(), "once");
});

contract!(only_from_makes_an_agent, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    let mail = Mail::new("mallory@evil.test", &reply, "Re: Late order", "I am Rui")
        .header(&format!("Reply-To: {RUI}"))
        .header(&format!("Sender: {RUI}"));
    receive(&ground, &reply, &mail, &proven()).await;
    assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger));
    assert!(matches!(last(&shop, &id).await.author, Author::Contact { .. }));
});

contract!(a_disabled_agent_is_a_stranger, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    shop.marta.disable_agent(shop.rui.id().clone()).await.unwrap();
    receive(&ground, &reply, &Mail::new(RUI, &reply, "Re: Late order", "Still me"), &proven()).await;
    assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger));
});

contract!(an_agent_answering_an_own_ticket_is_its_requester, |ground| async {
    let shop = ground.shop().await;
    let filed =
        receive(&ground, &forwarding(&shop).await, &Mail::new(RUI, "support@acme.test", "My own order", "Where is it?"), &proven()).await;
    let id = filed.conversation.unwrap();
    let reply = thread(&shop, &id).await.reply_address;
    receive(&ground, &reply, &Mail::new(RUI, &reply, "Re: My own order", "And now?"), &nobody()).await;
    let message = last(&shop, &id).await;
    assert!(matches!(message.author, Author::Contact { .. }) && message.mark.is_none());
});

contract!(a_stranger_with_the_address_is_held_until_an_agent_approves, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    shop.marta.set_status(vec![id.clone()], Status::Solved).await.unwrap();
    receive(
        &ground,
        &reply,
        &Mail { cc: "friend@evil.test".into(), ..Mail::new("mallory@evil.test", &reply, "Re: Late order", "Send it to me") },
        &proven(),
    )
    .await;
    let held = last(&shop, &id).await;
    assert_eq!(held.mark, Some(Mark::Stranger));
    let open = thread(&shop, &id).await;
    assert_eq!((emails(&open), open.line.status), (vec![JOANA.1], Status::Open), "somebody has to look at it");
    assert!(send(&ground).await.is_empty());
    // those in copy of a held mail are not let in by it
    receive(&ground, &reply, &Mail::new("friend@evil.test", &reply, "Re: Late order", "To me too"), &nobody()).await;
    assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger));
    shop.marta.approve(held.id).await.unwrap();
    assert_eq!(to(&send(&ground).await), [JOANA.1]);
    assert!(emails(&thread(&shop, &id).await).contains(&"mallory@evil.test"));
    receive(&ground, &reply, &Mail::new("mallory@evil.test", &reply, "Re: Late order", "Thanks"), &nobody()).await;
    assert_eq!(mark(&shop, &id).await, None, "a participant now");
});

contract!(a_colleague_joins_by_proof_a_neighbour_at_a_public_provider_does_not, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    receive(&ground, &reply, &Mail::new("Paulo <paulo@sales.example.com>", &reply, "Re: Late order", "I am her colleague"), &proven())
        .await;
    let thread = thread(&shop, &id).await;
    assert_eq!((mark(&shop, &id).await, emails(&thread)), (None, vec![JOANA.1, "paulo@sales.example.com"]));
    assert!(
        thread
            .messages
            .iter()
            .any(|message| matches!(&message.happened, Some(Happening::Joined { email }) if email == "paulo@sales.example.com"))
    );
    receive(&ground, &reply, &Mail::new("pia@example.com", &reply, "Re: Late order", "Me too, without proof"), &nobody()).await;
    assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger));

    let filed = receive(&ground, &forwarding(&shop).await, &Mail::new("ana@gmail.com", "support@acme.test", "Hello", "a"), &nobody()).await;
    let id = filed.conversation.unwrap();
    let reply = crate::post::thread(&shop, &id).await.reply_address;
    receive(&ground, &reply, &Mail::new("eve@gmail.com", &reply, "Re: Hello", "b"), &proven()).await;
    assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger));
    // nor one of a country of theirs
    let filed = receive(&ground, &forwarding(&shop).await, &Mail::new("ana@yahoo.es", "support@acme.test", "Hola", "a"), &nobody()).await;
    let id = filed.conversation.unwrap();
    let reply = crate::post::thread(&shop, &id).await.reply_address;
    receive(&ground, &reply, &Mail::new("eve@yahoo.es", &reply, "Re: Hola", "b"), &proven()).await;
    assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger));
});

contract!(who_was_in_copy_of_an_earlier_mail_joins_by_writing, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    receive(
        &ground,
        &reply,
        &Mail { cc: format!("Kenji <{}>", KENJI.1), ..Mail::new(JOANA.1, &reply, "Re: Late order", "Kenji knows more") },
        &nobody(),
    )
    .await;
    assert_eq!(emails(&thread(&shop, &id).await), [JOANA.1], "nobody is brought in without proof");
    receive(&ground, &reply, &Mail::new(KENJI.1, &reply, "Re: Late order", "Let me see"), &nobody()).await;
    assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger), "nor by having been in copy of a mail without proof");
    // one with proof, that came to us as a hidden copy, brings in nobody by itself
    let hidden = Mail { cc: KENJI.1.into(), ..Mail::new(JOANA.1, "joana@home.example", "Re: Late order", "Kenji knows more") };
    receive(&ground, &reply, &hidden, &proven()).await;
    assert_eq!(emails(&thread(&shop, &id).await), [JOANA.1]);
    receive(&ground, &reply, &Mail::new(KENJI.1, &reply, "Re: Late order", "Yes"), &nobody()).await;
    assert_eq!((mark(&shop, &id).await, emails(&thread(&shop, &id).await)), (None, vec![JOANA.1, KENJI.1]));
});

contract!(a_proven_sender_brings_others_in_but_neither_us_nor_agents, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let mail = Mail {
        cc: format!("Kenji Sato <{}>, {RUI}, Bad <not an address>", KENJI.1),
        ..Mail::new(JOANA.1, &to, "Late order", "Where is it?")
    };
    let filed = receive(&ground, &to, &mail, &proven()).await;
    let open = thread(&shop, &filed.conversation.unwrap()).await;
    assert_eq!(emails(&open), [JOANA.1, KENJI.1]);
    assert_eq!((open.participants[1].name.as_str(), open.participants[1].part), ("Kenji Sato", Part::Cc));
    // by a hidden copy: our address stands nowhere
    let hidden = Mail { cc: KENJI.1.into(), ..Mail::new(JOANA.1, "someone@else.test", "Other", "x") };
    let filed = receive(&ground, &to, &hidden, &proven()).await;
    assert_eq!(emails(&thread(&shop, &filed.conversation.unwrap()).await), [JOANA.1]);
    // never more than twenty
    let crowd = (0..50).map(|n| format!("p{n}@crowd.test")).collect::<Vec<_>>().join(", ");
    let filed = receive(&ground, &to, &Mail { cc: crowd, ..Mail::new(JOANA.1, &to, "Crowd", "x") }, &proven()).await;
    assert!(thread(&shop, &filed.conversation.unwrap()).await.participants.len() <= PARTICIPANTS_MOST as usize + 1);
});

contract!(an_agent_may_bring_somebody_in_by_mail, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    receive(&ground, &reply, &Mail { cc: KENJI.1.into(), ..Mail::new(RUI, &reply, "Re: Late order", "Kenji drives the van") }, &proven())
        .await;
    assert_eq!(emails(&thread(&shop, &id).await), [JOANA.1, KENJI.1]);
    assert_eq!(to(&send(&ground).await), [JOANA.1], "Kenji has it already");
});

contract!(an_address_added_by_an_agent_may_answer, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    shop.marta.add_participant(id.clone(), KENJI.1.parse::<EmailAddress>().unwrap()).await.unwrap();
    receive(&ground, &reply, &Mail::new(KENJI.1, &reply, "Re: Late order", "Hello"), &nobody()).await;
    assert_eq!(mark(&shop, &id).await, None);
});

contract!(a_disabled_agent_gets_no_copy_of_anything, |ground| async {
    let shop = ground.shop().await;
    let (one, reply) = joanas(&ground, &shop).await;
    let (two, other) = joanas(&ground, &shop).await;
    shop.marta.assign(vec![one.clone()], Assignee::Agent(shop.rui.id().clone())).await.unwrap();
    shop.marta.assign(vec![two.clone()], Assignee::Department(shop.billing.clone())).await.unwrap();
    let answer = |to: &str, n: u32| Mail::new(JOANA.1, to, "Re: Late order", &format!("Still nothing {n}"));
    receive(&ground, &reply, &answer(&reply, 1), &nobody()).await;
    receive(&ground, &other, &answer(&other, 2), &nobody()).await;
    assert_eq!(to(&send(&ground).await), [MARTA, RUI, RUI]);
    // copies that are written already, and not sent yet
    receive(&ground, &reply, &answer(&reply, 3), &nobody()).await;
    ground.clock.pass(11 * SECOND);
    while ground.follow_mail().await.unwrap() {}
    shop.marta.disable_agent(shop.rui.id().clone()).await.unwrap();
    assert!(send(&ground).await.is_empty());
    let letter = last(&shop, &one).await.letters.remove(0);
    assert_eq!((letter.status, letter.why.as_deref()), (LetterStatus::Failed, Some("its reader is no agent of this property any more")));
    receive(&ground, &reply, &answer(&reply, 4), &nobody()).await;
    receive(&ground, &other, &answer(&other, 5), &nobody()).await;
    assert_eq!(to(&send(&ground).await), [MARTA], "to the department without him");
    shop.marta.enable_agent(shop.rui.id().clone()).await.unwrap();
    receive(&ground, &other, &answer(&other, 6), &nobody()).await;
    assert_eq!(to(&send(&ground).await), [MARTA, RUI]);
});

contract!(who_was_removed_from_a_ticket_comes_back_by_an_agent_alone, |ground| async {
    let shop = ground.shop().await;
    let (id, reply) = joanas(&ground, &shop).await;
    let colleague = "paulo@example.com";
    let both = |from: &str, n: u32| {
        let mail = Mail::new(from, &reply, "Re: Late order", &format!("With the others {n}"));
        Mail { cc: format!("{}, {colleague}", KENJI.1), ..mail }
    };
    receive(&ground, &reply, &both(JOANA.1, 1), &proven()).await;
    assert_eq!(emails(&thread(&shop, &id).await), [JOANA.1, KENJI.1, colleague]);
    for email in [KENJI.1, colleague] {
        shop.marta.remove_participant(id.clone(), email.parse().unwrap()).await.unwrap();
    }
    // not by writing, in copy before or of the same organisation; nor by the copies of others
    for email in [KENJI.1, colleague] {
        receive(&ground, &reply, &Mail::new(email, &reply, "Re: Late order", "And me?"), &proven()).await;
        assert_eq!(mark(&shop, &id).await, Some(Mark::Stranger), "{email}");
    }
    receive(&ground, &reply, &both(JOANA.1, 2), &proven()).await;
    receive(&ground, &reply, &both(RUI, 3), &proven()).await;
    assert_eq!(emails(&thread(&shop, &id).await), [JOANA.1]);
    // what they wrote is let through, and they are in it again
    let held = thread(&shop, &id).await.messages.into_iter().find(|message| message.mark == Some(Mark::Stranger)).unwrap();
    shop.marta.approve(held.id).await.unwrap();
    receive(&ground, &reply, &Mail::new(KENJI.1, &reply, "Re: Late order", "Thanks"), &nobody()).await;
    assert_eq!((mark(&shop, &id).await, emails(&thread(&shop, &id).await)), (None, vec![JOANA.1, KENJI.1]));
    shop.marta.add_participant(id.clone(), colleague.parse().unwrap()).await.unwrap();
    receive(&ground, &reply, &Mail::new(colleague, &reply, "Re: Late order", "Thanks"), &nobody()).await;
    assert_eq!(mark(&shop, &id).await, None);
});
