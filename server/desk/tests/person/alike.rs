//! A person erased: who is called alike loses nothing, and what is at work is waited for.

use model::{
    Assignee,
    agent::Role,
    contact::{import::Column, list::Asked},
    draft::{Draft, DraftPlace},
    message::Happening,
    ticket::TicketForm,
};

use crate::{
    common::{KENJI, words},
    contract,
    erase::{begun, erase, follow},
    post::{self, Mail},
    world::{self, EMAIL, NAME},
};

contract!(who_is_called_like_them_loses_nothing, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let (agent, _) = ground.hire(marta, "Maria Reis", "maria.reis@acme.test", Role::Agent).await;
    let asked = Mail::new(&format!("{} <{}>", KENJI.0, KENJI.1), "support@acme.test", "Kenji asks", "kenjikeeps");
    let ticket = post::receive(&ground, &post::forwarding(&shop).await, &asked, &post::nobody()).await.conversation.unwrap();
    marta.add_participant(ticket.clone(), "maria@x.example".parse().unwrap()).await.unwrap();
    let address = marta.open_thread(ticket.clone()).await.unwrap().reply_address;
    let hers = Mail::new("Maria <maria@x.example>", &address, "Re: Kenji asks", "Me too");
    post::receive(&ground, &address, &hers, &post::proven()).await;
    post::send(&ground).await;
    marta.assign(vec![ticket.clone()], Assignee::Agent(agent.id().clone())).await.unwrap();
    marta.reply(ticket.clone(), words("Maria Reis looks after it, or mariana@acme.test.")).await.unwrap();
    post::due(&ground).await;
    let form = TicketForm { email: "other@x.example".into(), subject: "Ask Maria".into(), ..TicketForm::default() };
    shop.rui.save_draft(DraftPlace::Ticket, Draft { form, ..Draft::default() }).await.unwrap();
    let table = marta.bring_contacts("people.csv", b"Name,E-mail\nMaria,other@x.example\n".to_vec()).await.unwrap();
    marta.check_contact_import(table, vec![Column::Name, Column::Email]).await.unwrap();
    while ground.follow_contact_imports().await.unwrap() {}
    let person = marta.list_contacts(Asked::new("maria", "name")).await.unwrap().cards.remove(0).contact.id;
    marta.erase_contact(person, "maria@x.example").await.unwrap();
    follow(&ground).await;

    let thread = marta.open_thread(ticket).await.unwrap();
    let assigned = Happening::Assigned { to: Some("Maria Reis".into()) };
    assert!(thread.messages.iter().any(|message| message.happened.as_ref() == Some(&assigned)), "an agent is somebody else");
    let letter =
        ground.text("select letter from letter_out where recipient = 'kenji@example.org' order by created_at desc, id desc limit 1").await;
    let letter: mail::compose::Letter = serde_json::from_str(&letter).unwrap();
    assert!(letter.text.contains("Maria Reis looks after it, or mariana@acme.test."), "{}", letter.text);
    assert!(letter.text.contains("(erased)") && !letter.text.contains("maria@x.example"), "{}", letter.text);
    assert!(letter.to.address == KENJI.1 && letter.subject.contains("Kenji asks"), "{}", letter.subject);
    assert_eq!(ground.number("select count(*) from draft").await, 1);
    assert_eq!(ground.number("select count(*) from contact_import").await, 1);
});

contract!(a_table_that_is_being_taken_in_is_waited_for, |ground| async {
    let world = world::make(&ground).await;
    let marta = &world.shop.marta;
    let table = marta.bring_contacts("more.csv", format!("Name,E-mail\n{NAME},{EMAIL}\n").into_bytes()).await.unwrap();
    marta.check_contact_import(table.clone(), vec![Column::Name, Column::Email]).await.unwrap();
    while ground.follow_contact_imports().await.unwrap() {}
    marta.run_contact_import(table).await.unwrap();
    erase(&world).await;
    follow(&ground).await;
    assert!(!begun(&world).await.done);
    assert_eq!(ground.number("select count(*) from contact_import where stage = 'running'").await, 1);
    while ground.follow_contact_imports().await.unwrap() {}
    follow(&ground).await;
    assert!(begun(&world).await.done);
    assert_eq!(ground.number("select count(*) from contact_import").await, 0);
});
