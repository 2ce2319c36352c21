//! What is noted of a contact is found as what is said is.

use desk::Agent;
use model::{ContactId, contact::form::ContactForm};

use crate::{common::JOANA, contract, search, told};

/// Who is found by words, and what is shown of a note, its hits between bars.
async fn found(agent: &Agent, text: &str) -> Vec<(String, String)> {
    search(agent, text).await.people.into_iter().map(|person| (person.card.contact.name, told(&person.note))).collect()
}

async fn contact(agent: &Agent, (name, email): (&str, &str)) -> ContactId {
    let form = ContactForm { name: name.into(), emails: email.into(), ..ContactForm::default() };
    agent.create_contact(form.check().unwrap()).await.unwrap()
}

contract!(what_is_noted_of_a_contact_is_found, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let joana = contact(marta, JOANA).await;
    contact(&olga, JOANA).await;
    marta.note_contact(joana.clone(), "Joana pays by Überweisung, on the third of each month.").await.unwrap();
    for (text, finds) in [
        ("uberweisung", true),
        ("ÜBERW", true),
        ("month third", true),
        // the beginning of a word is enough for the last one alone
        ("third berweis", false),
        ("uberw third", false),
        ("third invoice", false),
        ("third -month", false),
    ] {
        let names: Vec<String> = found(rui, text).await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, if finds { vec![JOANA.0] } else { vec![] }, "{text}");
        assert_eq!(found(&olga, text).await, [], "{text}");
    }
    assert_eq!(found(rui, "third").await[0].1, "Joana pays by Überweisung, on the [third] of each month.");
    // whose name it is, too, is found once
    assert_eq!(found(rui, "joana").await, [(JOANA.0.to_owned(), String::new())]);
    let note = marta.open_contact(joana.clone(), model::contact::profile::Tab::Notes).await.unwrap().notes.remove(0).id;
    marta.change_contact_note(note.clone(), "Pays in cash.").await.unwrap();
    assert_eq!((found(rui, "third").await.len(), found(rui, "cash").await.len()), (0, 1));
    marta.delete_contact_note(note).await.unwrap();
    assert_eq!(found(rui, "cash").await, []);
    assert_eq!(ground.number("select count(*) from contact_note_word").await, 0);
});

contract!(notes_of_an_earlier_database_are_found_after_a_while, |ground| async {
    let shop = ground.shop().await;
    let joana = contact(&shop.marta, JOANA).await;
    shop.marta.note_contact(joana, "Prefers walnut.").await.unwrap();
    for text in ["delete from contact_note_word", "update contact_note set index_version = 0"] {
        let done = ground.db().write(move |tx| Box::pin(async move { Ok(sqlx::query(text).execute(tx.conn()).await.map(drop)?) }));
        done.await.unwrap();
    }
    assert_eq!(found(&shop.rui, "walnut").await, []);
    while ground.clock_tick().await.unwrap() > 0 {}
    assert_eq!(found(&shop.rui, "walnut").await.len(), 1);
});
