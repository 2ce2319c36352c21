//! The law for what agents do to contacts: every list, every page, every Inbox and conversation that shows them.

use model::{
    contact::{
        form::{ContactForm, Facts},
        profile::Tab,
    },
    moment::SECOND,
};

use crate::{common::JOANA, contract, form, screens::Screens};

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
    step!(ground, shop, "saying more of the customer", marta.change_contact(joana.clone(), renamed));
    step!(ground, shop, "saying less", marta.change_contact(joana.clone(), facts("", "", "joana@new.example", "")));
    step!(ground, shop, "noting", shop.rui.note_contact(joana.clone(), "Prefers mornings"));
    step!(ground, shop, "noting again", marta.note_contact(joana.clone(), "Very kind"));
    let note = marta.open_contact(joana, Tab::Notes).await.unwrap().notes[0].id.clone();
    step!(ground, shop, "changing a note", marta.change_contact_note(note.clone(), "Very, very kind"));
    step!(ground, shop, "deleting a note", marta.delete_contact_note(note));
    step!(ground, shop, "renaming who never wrote", marta.change_contact(made, facts("Zoe", "", "", "112")));
});
