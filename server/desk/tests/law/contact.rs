//! The law for what agents do to contacts: every list, every page, every Inbox and conversation that shows them.

use model::{
    Assignee,
    contact::{
        form::{ContactForm, Facts},
        profile::Tab,
    },
    moment::SECOND,
    organisation::OrganisationForm,
    ticket::TicketForm,
};

use crate::{common::JOANA, contract, form, receive, words};

fn facts(name: &str, organisation: &str, emails: &str, phones: &str) -> Facts {
    let form = ContactForm { name: name.into(), organisation: organisation.into(), emails: emails.into(), phones: phones.into() };
    form.check().expect("a good form")
}

contract!(what_is_known_and_noted_of_a_contact_keeps_the_law, |ground| async {
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    let conversation = step!(ground, shop, "opening a ticket", marta.open_ticket(form("Late order").check().unwrap()));
    let joana = marta.open_thread(conversation).await.unwrap().line.contact.id;
    let made = step!(ground, shop, "making a contact", marta.create_contact(facts("Joan Prager", "Acme", "joan@x.example", "")));
    let renamed = facts("Joana Silva", "Escola", &format!("joana@new.example\n{}", JOANA.1), "+351 912 000 118");
    step!(ground, shop, "saying more of the customer", marta.change_contact(joana.clone(), renamed, None));
    step!(ground, shop, "saying less", marta.change_contact(joana.clone(), facts("", "", "joana@new.example", ""), None));
    step!(ground, shop, "tagging a contact", marta.tag_contact(joana.clone(), "VIP"));
    step!(ground, shop, "saying something under a name", shop.rui.set_contact_attribute(joana.clone(), "Plan", "Gold"));
    step!(ground, shop, "saying something else", marta.set_contact_attribute(joana.clone(), "Plan", "Free"));
    step!(ground, shop, "taking it back", marta.set_contact_attribute(joana.clone(), "Plan", ""));
    step!(ground, shop, "taking the tag off", shop.rui.untag_contact(joana.clone(), "vip"));
    step!(ground, shop, "noting", shop.rui.note_contact(joana.clone(), "Prefers mornings"));
    step!(ground, shop, "noting again", marta.note_contact(joana.clone(), "Very kind"));
    let note = marta.open_contact(joana.clone(), Tab::Notes).await.unwrap().notes[0].id.clone();
    step!(ground, shop, "changing a note", marta.change_contact_note(note.clone(), "Very, very kind"));
    step!(ground, shop, "deleting a note", marta.delete_contact_note(note));
    let choice = || model::contact::merge::Choice::new("goes", "goes", "goes", vec![]);
    let merge = step!(ground, shop, "merging contacts", marta.merge_contacts(made.clone(), joana.clone(), choice()));
    step!(ground, shop, "tagging who was merged", marta.tag_contact(made.clone(), "one"));
    step!(ground, shop, "undoing the merge of contacts", shop.rui.undo_contact_merge(merge));
    step!(ground, shop, "merging the other way", marta.merge_contacts(joana, made.clone(), choice()));
    let table = b"Name,E-mail,Tags\nJoan Prager,joan@x.example,new\nSilva,joana@new.example,\n".to_vec();
    let import = marta.bring_contacts("people.csv", table).await.unwrap();
    let columns = marta.open_contact_import(import.clone()).await.unwrap().columns;
    step!(ground, shop, "looking at a table", marta.check_contact_import(import.clone(), columns));
    ground.follow_contact_imports().await.unwrap();
    marta.run_contact_import(import).await.unwrap();
    step!(ground, shop, "taking a table in", ground.follow_contact_imports());
    let made = marta.create_contact(facts("Joan Prager", "", "", "113")).await.unwrap();
    step!(ground, shop, "renaming who never wrote", marta.change_contact(made, facts("Zoe", "", "", "112"), None));
});

contract!(organisations_keep_the_law, |ground| async {
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    let described = |name: &str, domains: &str| {
        OrganisationForm { name: name.into(), domains: domains.into(), notes: String::new() }.check().expect("a good form")
    };
    let acme = step!(ground, shop, "making an organisation", marta.create_organisation(described("Acme", "example.com")));
    let conversation = step!(ground, shop, "opening a ticket with one of them", marta.open_ticket(form("Late order").check().unwrap()));
    let joana = marta.open_thread(conversation.clone()).await.unwrap().line.contact.id;
    step!(ground, shop, "noting in it", shop.rui.note(conversation.clone(), words("Hm")));
    step!(ground, shop, "assigning it", marta.assign(vec![conversation], Assignee::Agent(shop.rui.id().clone())));
    step!(ground, shop, "calling it otherwise", shop.rui.change_organisation(acme.clone(), described("Acme Limited", "acme.example")));
    let other = step!(ground, shop, "making a contact of it", marta.create_contact(facts("Joan", "acme limited", "joan@x.example", "")));
    step!(ground, shop, "putting one into another", marta.change_contact(other, facts("Joan", "Zebra", "joan@x.example", ""), None));
    step!(ground, shop, "taking one out", marta.change_contact(joana.clone(), facts("Joana", "", JOANA.1, ""), None));
    step!(ground, shop, "putting one in", marta.change_contact(joana, facts("Joana", "Acme Limited", JOANA.1, ""), None));
    step!(ground, shop, "deleting an organisation", marta.delete_organisation(acme, ""));
});

contract!(an_erasure_keeps_the_law_at_each_step, |ground| async {
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    // hers, with Paulo in copy; and one of Paulo's that she is in copy of and answers
    let hers = marta.open_ticket(form("Late order").check().unwrap()).await.unwrap();
    let joana = marta.open_thread(hers.clone()).await.unwrap().line.contact.id;
    marta.open_ticket(form("Another").check().unwrap()).await.unwrap();
    let paulos = TicketForm { name: "Paulo".into(), email: "paulo@example.com".into(), cc: JOANA.1.into(), ..form("Paulo's") };
    let paulos = marta.open_ticket(paulos.check().unwrap()).await.unwrap();
    marta.note_contact(joana.clone(), "Prefers mornings").await.unwrap();
    let visitor = ground.visit(&marta).await;
    let chat = visitor.start_chat(crate::common::chat_form("Hello")).await.unwrap();
    visitor.leave_details(chat, crate::common::details(JOANA)).await.unwrap();
    ground.follow_mail().await.unwrap();
    for (ticket, from) in [(&hers, JOANA.1), (&hers, "paulo@example.com"), (&paulos, JOANA.1)] {
        let address = marta.open_thread(ticket.clone()).await.unwrap().reply_address;
        receive(&ground, from, &address, "Re: order", "Words of mine").await.unwrap();
    }
    step!(ground, shop, "erasing somebody", marta.erase_contact(joana.clone(), JOANA.0));
    let mut steps = 0;
    while step!(ground, shop, "a step of erasing", ground.follow_erasures()) {
        steps += 1;
    }
    assert!(steps > 8 && marta.open_erasure(joana).await.unwrap().begun.unwrap().done);
    assert!(marta.open_thread(hers).await.unwrap().messages.iter().any(|message| message.text.trim() == "Words of mine"));
});
