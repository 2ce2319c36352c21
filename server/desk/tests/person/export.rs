//! All that is kept of a person, handed out.

use std::collections::BTreeMap;

use desk::Agent;
use model::{
    Assignee, ContactId, Refusal,
    agent::{Reach, Role},
    audit,
    contact::form::ContactForm,
};

use crate::{
    common::{JOANA, RUI, refused, ticket},
    contract, dump,
    post::{self, Mail},
    world::{self, PARTS},
};

/// The files, by name.
async fn files(agent: &Agent, person: &ContactId) -> BTreeMap<String, Vec<u8>> {
    let mut export = agent.export_person(person.clone()).await.unwrap();
    let mut all = BTreeMap::new();
    while let Some((name, bytes)) = export.next().await.unwrap() {
        assert!(all.insert(name.clone(), bytes).is_none(), "{name} comes twice");
    }
    all
}

contract!(an_export_holds_all_that_is_kept, |ground| async {
    let world = world::make(&ground).await;
    let everything = dump::all(&ground).await.into_iter().map(|(_, row)| row).collect::<Vec<_>>().join("\n");
    let missing: Vec<&str> = PARTS.into_iter().filter(|part| !dump::holds(&everything, part)).collect();
    assert!(missing.is_empty(), "the world lacks {missing:?}");

    let all = files(&world.shop.marta, &world.person).await;
    let texts: Vec<_> = all.iter().map(|(name, bytes)| format!("{name}\n{}\n", String::from_utf8_lossy(bytes).to_lowercase())).collect();
    let text = texts.concat();
    let missing: Vec<&str> = PARTS.into_iter().filter(|part| !text.contains(part)).collect();
    assert!(missing.is_empty(), "the export lacks {missing:?} in {:?}", all.keys());
    // what was said to her in Kenji's ticket is hers to have; what was said there before, and his own ticket, are not
    assert!(text.contains("ruikeeps") && text.contains("martakeeps"));
    assert!(!text.contains("kenjialone"));
    // nor is what an agent typed and did not send
    assert!(dump::holds(&everything, "draftcanary") && !text.contains("draftcanary"));
    // no secret of a browser
    let token = ground.text("select token from visitor where token is not null limit 1").await;
    assert!(!text.contains(&token));
    let facts: serde_json::Value = serde_json::from_slice(&all["person.json"]).unwrap();
    assert_eq!((facts["format"].as_str(), facts["property"].as_str()), (Some("recado.person.1"), Some("Acme Shop")));
    assert!(facts["contacts"][0]["created_at"].as_str().is_some_and(|at| at.starts_with("2026-11-23T")));
    let told = world.shop.marta.list_audit(audit::Asked::default(), None).await.unwrap().entries;
    assert_eq!((told[0].act, told[0].subject.as_str()), (audit::Act::PersonExported, world.person.as_str()));
    // of one that went into another, that one
    let (olga, _) = ground.other_shop(&world.shop).await;
    assert_eq!(refused(olga.export_person(world.person).await.map(drop)), Refusal::NotFound);
    assert_eq!(refused(world.shop.marta.export_person(ContactId::new()).await.map(drop)), Refusal::NotFound);
});

contract!(what_an_address_got_for_who_its_owner_is_besides_is_not_handed_out, |ground| async {
    let shop = ground.shop().await;
    shop.marta.invite_agent("boss@acme.test", Role::Admin, Reach::All).await.unwrap();
    let link = ground.link_for("boss@acme.test").await;
    let ticket = ticket(&shop.marta, "Secret lamp", Assignee::Agent(shop.rui.id().clone())).await;
    let address = shop.marta.open_thread(ticket).await.unwrap().reply_address;
    let hers = Mail::new(&format!("{} <{}>", JOANA.0, JOANA.1), &address, "Re: Secret lamp", "copycanary");
    post::receive(&ground, &address, &hers, &post::proven()).await;
    post::send(&ground).await;
    let copies = "select count(*) from letter_out where kind = 'copy' and recipient = 'rui@acme.test' and letter like '%copycanary%'";
    assert_eq!(ground.number(copies).await, 1);
    for email in ["boss@acme.test", RUI] {
        let form = ContactForm { emails: email.into(), ..ContactForm::default() };
        let made = shop.rui.create_contact(form.check().unwrap()).await.unwrap();
        assert_eq!(refused(shop.rui.export_person(made.clone()).await.map(drop)), Refusal::Forbidden);
        let text: String = files(&shop.marta, &made).await.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
        assert!(text.contains(email) && !text.contains(&link) && !text.contains("copycanary"), "{text}");
    }
});
