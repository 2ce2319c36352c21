//! What the list shows of each contact: as each agent chose, in each property.

use model::{
    Assignee,
    contact::{
        column::{Column, Columns},
        list::Asked,
    },
    moment::MINUTE,
};

use crate::{
    common::{JOANA, ticket},
    contract, make,
};

contract!(each_agent_chooses_what_the_list_shows, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    assert_eq!(marta.contact_columns().await.unwrap().columns, Columns::default());
    let ana = make(marta, "Ana Reis", "", "ana@x.example", "112").await.unwrap();
    marta.set_contact_attribute(ana, "Plan", "Gold").await.unwrap();
    let words = ["conversations", "attribute=Plan", "attribute=Gone", "email", "moon"].map(str::to_owned);
    marta.choose_contact_columns(Columns::of_words(words)).await.unwrap();
    let shown = marta.contact_columns().await.unwrap();
    assert_eq!(shown.columns.shown, [Column::Email, Column::Conversations]);
    assert_eq!(shown.columns.attributes, ["Gone", "Plan"]);
    assert_eq!(shown.attributes, ["Gone", "Plan"], "what is shown can be taken away, though nobody has it");
    assert_eq!(rui.contact_columns().await.unwrap().columns, Columns::default());
    assert_eq!(rui.contact_columns().await.unwrap().attributes, ["Plan"]);
    let (olga, _) = ground.other_shop(&shop).await;
    assert!(olga.contact_columns().await.unwrap().attributes.is_empty());
    marta.choose_contact_columns(Columns::of_words([])).await.unwrap();
    assert!(marta.contact_columns().await.unwrap().columns.is_empty(), "the name alone");
});

contract!(a_card_tells_its_conversations_and_its_last_change, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    ticket(marta, "One", Assignee::Nobody).await;
    ground.clock.pass(MINUTE);
    ticket(marta, "Two", Assignee::Nobody).await;
    let card = async || marta.list_contacts(Asked::new(JOANA.0, "")).await.unwrap().cards.remove(0);
    let before = card().await;
    assert_eq!((before.conversations, before.changed_at), (2, before.contact.created_at));
    ground.clock.pass(MINUTE);
    marta.tag_contact(before.contact.id, "vip").await.unwrap();
    let after = card().await;
    assert_eq!((after.changed_at, after.last_at), (ground.clock.now(), before.last_at));
});
